# Completion of lrdlab for bash: the program itself says what may follow. -*- sh -*-

# Files whose name ends so, and folders on the way to them.
_lrdlab_files() {
    local file
    compopt -o filenames
    while IFS= read -r file; do
        [[ -d $file || $file == *"$1" ]] && COMPREPLY+=("$file")
    done < <(compgen -f -- "$2")
}

_lrdlab() {
    local line word words kept= answer file
    line=${COMP_LINE:0:COMP_POINT}
    read -a words <<<"$line" # not -r: a blank behind a backslash ends no word
    case $line in *[[:blank:]]) words+=("") ;; esac
    word=${words[${#words[@]} - 1]}
    # Bash ends words at "=" and ":" where the program does not: what stands before them is not to be repeated.
    case $word in *[=:]*) kept=${word%"${word##*[=:]}"} ;; esac
    COMPREPLY=()
    while IFS= read -r answer; do
        case $answer in
        :files*)
            answer=${answer#:files}
            _lrdlab_files "${answer# }" "${word#"$kept"}"
            ;;
        :folders)
            compopt -o filenames
            while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -d -- "${word#"$kept"}")
            ;;
        *)
            answer=${answer%%$'\t'*}
            COMPREPLY+=("${answer#"$kept"}")
            ;;
        esac
    done < <("$1" complete -- "${words[@]:1}" 2>/dev/null)
    case ${COMPREPLY[0]-} in *[=:]) compopt -o nospace ;; esac
}

complete -F _lrdlab lrdlab
