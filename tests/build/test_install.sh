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
    for file in LICENSE README.md screenshots/*.svg; do
        [ -e "$file" ] && echo "./opt/lab/share/doc/lrdlab/$file"
    done
    for file in presets/*.ini sweeps/*.ini; do
        echo "./opt/lab/share/lrdlab/$file"
    done
} | sort >"$box/expected"
files_in "$box/stage" | diff "$box/expected" - >"$box/said"
verdict $? "exactly the program, its presets and its documents"

mkdir -p "$box/stage/opt/lab/share/lrdlab/presets" && echo '# mine' >"$box/stage/opt/lab/share/lrdlab/presets/mine.ini"
make_quietly uninstall PREFIX=/opt/lab DESTDIR="$box/stage" &&
    [ "$(files_in "$box/stage")" = ./opt/lab/share/lrdlab/presets/mine.ini ]
verdict $? "uninstall leaves a preset that it did not bring"
rm -f "$box/stage/opt/lab/share/lrdlab/presets/mine.ini"
make_quietly uninstall PREFIX=/opt/lab DESTDIR="$box/stage" && [ -z "$(files_in "$box/stage")" ] &&
    [ ! -e "$box/stage/opt/lab/share/lrdlab" ] && [ ! -e "$box/stage/opt/lab/share/doc/lrdlab" ]
verdict $? "uninstall leaves nothing, also when run twice"

make_quietly install PREFIX="$box/usr" && cp presets/paper-lrd.ini "$box/usr/share/lrdlab/presets/only-here.ini" &&
    (cd / && "$box/usr/bin/lrdlab" presets) >"$box/said" 2>&1 && grep -q only-here "$box/said"
verdict $? "the installed program runs from elsewhere and finds the installed presets"
exit $failed
