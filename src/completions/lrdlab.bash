# Completion of lrdlab for bash: the program itself says what may follow. -*- sh -*-

# Files whose name ends so, and folders on the way to them. They are quoted here like all answers: readline's own
# quoting (compopt -o filenames) leaves names that are no files as they are, and a name can hold a command.
_lrdlab_files() {
    local file
    while IFS= read -r file; do
        if [ -d "$file" ] || [[ $file == "~"* && -d $HOME${file#\~} ]]; then
            COMPREPLY+=("$file/")
        elif [[ -n $1 && $file == *"${1#:}" ]]; then
            COMPREPLY+=("$file")
        fi
    done < <(compgen -f -- "$2")
}

# Bash may end words at "=" and ":", the program does not: what stands before the last of them is not to be repeated.
_lrdlab_kept() {
    local mark head kept=
    for mark in = :; do
        [[ $COMP_WORDBREAKS == *"$mark"* && $1 == *"$mark"* ]] || continue
        head=${1%"${1##*"$mark"}"}
        [ ${#head} -le ${#kept} ] || kept=$head
    done
    printf %s "$kept"
}

# A word as bash reads it: names of presets are names of files, which may hold anything. The marks of KEY=VALUE stay.
_lrdlab_quoted() {
    case $1 in
    "~/"*) printf '~/' && _lrdlab_quoted "${1#"~/"}" ;;
    *[!a-zA-Z0-9_./:=,+@%-]*) printf %q "$1" ;;
    *) printf %s "$1" ;;
    esac
}

_lrdlab() {
    local line word words kept answer
    line=${COMP_LINE:0:COMP_POINT}
    read -a words <<<"$line" # not -r: a blank behind a backslash ends no word
    case $line in *[[:blank:]]) words+=("") ;; esac
    word=${words[${#words[@]} - 1]}
    kept=$(_lrdlab_kept "$word")
    COMPREPLY=()
    while IFS= read -r answer; do
        case $answer in
        :files*)
            answer=${answer#:files}
            _lrdlab_files ":${answer# }" "${word#"$kept"}"
            ;;
        :folders) _lrdlab_files "" "${word#"$kept"}" ;;
        *)
            answer=${answer%%$'\t'*}
            COMPREPLY+=("${answer#"$kept"}")
            ;;
        esac
    done < <("$1" complete -- "${words[@]:1}" 2>/dev/null)
    for word in "${!COMPREPLY[@]}"; do
        COMPREPLY[word]=$(_lrdlab_quoted "${COMPREPLY[word]}")
    done
    case ${COMPREPLY[0]-} in *[=:/]) compopt -o nospace 2>/dev/null ;; esac
}

complete -F _lrdlab lrdlab
