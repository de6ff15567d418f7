#!/bin/sh
# make install puts the program where it is told, the program works from there, and uninstall takes all of it away.

box=$(mktemp -d) || exit 2
trap 'rm -rf "$box"' EXIT
failed=0

verdict() {
    if [ "$1" = 0 ]; then
        echo "ok install: $2"
    else
        cat "$box/said"
        echo "not ok install: $2"
        failed=1
    fi
}

make_quietly() {
    ${MAKE:-make} --no-print-directory B=build/gcc CC=gcc "$@" >"$box/said" 2>&1
}

files_in() {
    (cd "$1" 2>/dev/null && find . -type f | sort)
}

make_quietly install PREFIX=/opt/lab DESTDIR="$box/stage"
verdict $? "make install with PREFIX and DESTDIR"

{
    echo ./opt/lab/bin/lrdlab
    for file in man/man1/lrdlab.1 bash-completion/completions/lrdlab zsh/site-functions/_lrdlab \
        fish/vendor_completions.d/lrdlab.fish; do
        echo "./opt/lab/share/$file"
    done
    for file in LICENSE README.md presets/README.md presets/RESULTS.md presets/turn-and-rank.svg screenshots/*.svg; do
        [ -e "$file" ] && echo "./opt/lab/share/doc/lrdlab/$file"
    done
    for file in presets/*.ini presets/lessons/*.ini presets/demos/*.jsonl presets/sweeps/*.ini; do
        echo "./opt/lab/share/lrdlab/$file"
    done
} | sort >"$box/expected"
files_in "$box/stage" | diff "$box/expected" - >"$box/said"
verdict $? "exactly the program, its presets, its documents and its completions"

page=$box/stage/opt/lab/share/man/man1/lrdlab.1
grep -q '^\\fI/opt/lab/share/lrdlab\\fR$' "$page" >"$box/said" 2>&1
verdict $? "the manual page names the folder that it was installed for"
if command -v man >/dev/null; then
    LC_ALL=C.UTF-8 man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null | tee "$box/said" | wc -l | grep -qx ' *0'
    verdict $? "man has no warning for it"
    MANWIDTH=80 LC_ALL=C.UTF-8 man -E UTF-8 -l "$page" 2>/dev/null | grep -q '↑ ↓'
    verdict $? "and shows arrows"
else
    echo "ok install: the manual page in man # SKIP man is not installed"
fi
if command -v mandoc >/dev/null; then
    mandoc -T lint -W warning "$page" >"$box/said" 2>&1
    verdict $? "mandoc has none either"
fi

mkdir -p "$box/stage/opt/lab/share/lrdlab/presets" && echo '# mine' >"$box/stage/opt/lab/share/lrdlab/presets/mine.ini"
make_quietly uninstall PREFIX=/opt/lab DESTDIR="$box/stage" &&
    [ "$(files_in "$box/stage")" = ./opt/lab/share/lrdlab/presets/mine.ini ]
verdict $? "uninstall leaves a preset that it did not bring"
rm -f "$box/stage/opt/lab/share/lrdlab/presets/mine.ini"
make_quietly uninstall PREFIX=/opt/lab DESTDIR="$box/stage" && [ -z "$(files_in "$box/stage")" ] &&
    [ ! -e "$box/stage/opt/lab/share/lrdlab" ] && [ ! -e "$box/stage/opt/lab/share/doc/lrdlab" ]
verdict $? "uninstall leaves nothing, also when run twice"

# ---- Blanks and signs in paths

# Files in folders that a path cut at its blank would mean.
decoys() {
    for folder in aa aa/bin aa/share/lrdlab/presets bb stage; do
        mkdir -p "$box/x/$folder" && echo mine >"$box/x/$folder/lrdlab"
    done
    mkdir -p "$box/x/aa/share/doc/lrdlab" && echo mine >"$box/x/aa/share/doc/lrdlab/README.md"
    files_in "$box/x" >"$box/decoys"
}

decoys
make_quietly install PREFIX="$box/x/aa bb" && [ -x "$box/x/aa bb/bin/lrdlab" ] &&
    (cd / && "$box/x/aa bb/bin/lrdlab" presets) >"$box/said" 2>&1 && grep -q 'from installed' "$box/said"
verdict $? "a PREFIX with a blank: one tree, whose program finds its presets"
make_quietly uninstall PREFIX="$box/x/aa bb" && [ -z "$(files_in "$box/x/aa bb")" ] &&
    files_in "$box/x" | diff "$box/decoys" - >"$box/said"
verdict $? "uninstall takes it away and nothing else"
make_quietly install PREFIX=/opt/lab DESTDIR="$box/x/stage two" && files_in "$box/x/stage two" | diff "$box/expected" - >"$box/said"
verdict $? "a DESTDIR with a blank"
make_quietly uninstall PREFIX=/opt/lab DESTDIR="$box/x/stage two" && files_in "$box/x" | diff "$box/decoys" - >"$box/said"
verdict $? "uninstall likewise"
make_quietly install PREFIX="$box/x/p" ZSHDIR="$box/x/z z" FISHDIR="$box/x/aa f" BINDIR="$box/x/b  in" &&
    [ -e "$box/x/z z/_lrdlab" ] && [ -e "$box/x/aa f/lrdlab.fish" ] && [ -x "$box/x/b  in/lrdlab" ] &&
    make_quietly uninstall PREFIX="$box/x/p" ZSHDIR="$box/x/z z" FISHDIR="$box/x/aa f" BINDIR="$box/x/b  in" &&
    files_in "$box/x" | diff "$box/decoys" - >"$box/said"
verdict $? "ZSHDIR, FISHDIR and BINDIR with blanks"

# WORD MAKE-ARGUMENT...: refused in one line that has the word, before anything is touched.
refused() {
    word=$1
    shift
    make_quietly "$@"
    [ $? = 2 ] && [ "$(wc -l <"$box/said")" = 1 ] && grep -qF -- "$word" "$box/said" &&
        files_in "$box/x" | diff "$box/decoys" - >>"$box/said"
    verdict $? "refused: $*"
}

refused "PREFIX cannot have '" uninstall PREFIX="$box/x/it's"
refused 'PREFIX cannot have "' install PREFIX="$box/x/\"aa\""
refused "DESTDIR cannot have \`" install DESTDIR="$box/x/\`touch $box/x/aa/new\`"
refused "ZSHDIR cannot have \\" uninstall ZSHDIR="$box/x/a\\b"
refused "PREFIX takes a path from / on" install PREFIX=aa
refused "ZSHDIR takes a path from / on" install ZSHDIR='~/zsh'
refused "B takes a folder" clean B="$box/x/aa bb"
refused "B takes a folder" clean B=
# What clean takes away must have been built there.
refused "has other things in it" clean B="$box/x/aa"
refused "has other things in it" all B="$box/x/aa"
refused "has other things in it" clean B=src
refused "has other things in it" clean B=..
OUT="$box/x/aa bb" sh tests/tools/verify-presets.sh build/gcc/lrdlab >"$box/said" 2>&1
[ $? = 2 ] && grep -q 'OUT takes a folder without blanks' "$box/said"
verdict $? "refused: a blank in OUT of verify-presets"

make_quietly install PREFIX="$box/usr" && cp presets/paper-lrd.ini "$box/usr/share/lrdlab/presets/only-here.ini" &&
    (cd / && "$box/usr/bin/lrdlab" presets) >"$box/said" 2>&1 && grep -q only-here "$box/said"
verdict $? "the installed program runs from elsewhere and finds the installed presets"
(cd / && "$box/usr/bin/lrdlab" demo --list) >"$box/said" 2>&1 && grep -q '^classroom *installed ' "$box/said"
verdict $? "and the demos"
exit $failed
