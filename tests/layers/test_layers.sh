#!/bin/sh
# The tree keeps its layers; and the check that says so catches each kind of breach.

here=$(dirname "$0")
box=$(mktemp -d) || exit 2
trap 'rm -rf "$box"' EXIT
failed=0

report() {
    echo "$1"
    case $1 in "not ok"*) failed=1 ;; esac
}

if faults=$(sh "$here/check.sh" .); then
    report "ok layers: the tree"
else
    echo "$faults"
    report "not ok layers: the tree"
fi

if faults=$(sh "$here/shape.sh" .); then
    report "ok layers: the shape of the tree"
else
    echo "$faults"
    report "not ok layers: the shape of the tree"
fi

# VERDICT FILE INCLUDE [FILE INCLUDE]...: a tree of these files must be found good or bad; bad with the first one's
# name and line, circle with that word and the first module.
while read -r verdict rest; do
    rm -rf "${box:?}"/*
    mkdir -p "$box/src" "$box/include/lrd"
    # shellcheck disable=SC2086
    set -- $rest
    first=$1
    while [ $# -gt 0 ]; do
        mkdir -p "$box/$(dirname "$1")"
        [ -f "$box/$1" ] || printf '#include <stdint.h>\nint x;\n' >"$box/$1"
        printf '#include %s\n' "$2" >>"$box/$1"
        shift 2
    done
    found=good
    words=$(sh "$here/check.sh" "$box") || found=bad
    case $words in
    "circle: "*"$(basename "${first%.[ch]}")"*) [ $found = bad ] && found=circle ;;
    "$first:"[1-9]*": "*) ;;
    *) [ $found = bad ] && found="bad without its place" ;;
    esac
    if [ "$found" = "$verdict" ]; then
        report "ok layers: $rest is $verdict"
    else
        report "not ok layers: $rest should be $verdict, not $found: $words"
    fi
done <<'LIST'
good src/base/a.c <lrd/base/util.h>
bad src/base/a.c <lrd/num/mat.h>
bad include/lrd/base/a.h <lrd/train/run.h>
good src/io/a.c <lrd/base/text.h>
bad src/io/a.c <lrd/config/preset.h>
bad include/lrd/io/a.h <lrd/num/mat.h>
good src/num/a.c <cblas.h>
good src/num/a.c <lapacke.h>
bad src/num/a.c <lrd/lab/model.h>
bad src/num/a.c <lrd/io/ini.h>
bad src/lab/a.c <cblas.h>
bad src/train/a.c <lapacke.h>
bad src/log/a.c <openblas/cblas.h>
bad src/app/a.c <cblas.h>
good src/lab/a.c <lrd/num/mat.h>
bad src/lab/a.c <lrd/config/settings.h>
bad src/lab/a.c <lrd/io/atomic_file.h>
bad src/lab/a.c <pthread.h>
bad src/lab/a.c <time.h>
bad src/lab/a.c <sys/time.h>
bad src/lab/a.c <fcntl.h>
bad src/lab/a.c <unistd.h>
good src/config/a.c <lrd/io/catalog.h>
bad src/config/a.c <lrd/log/record.h>
good src/log/a.c <lrd/lab/milestone.h>
bad include/lrd/log/a.h <lrd/train/checkpoint.h>
good src/train/a.c <lrd/log/recorder.h>
good src/train/a.c <pthread.h>
bad src/train/a.c <lrd/sweep/result.h>
bad src/train/a.c <lrd/session/session.h>
good src/sweep/a.c <lrd/train/run.h>
bad src/sweep/a.c <lrd/session/session.h>
bad src/sweep/a.c <lrd/view/format.h>
bad include/lrd/sweep/a.h <lrd/app/cli.h>
good src/session/a.c <lrd/train/run.h>
bad src/session/a.c <lrd/sweep/result.h>
bad src/session/a.c <lrd/view/canvas.h>
bad src/session/a.c <lrd/ui/ui.h>
good src/view/a.c <lrd/base/text.h>
bad src/view/a.c <lrd/num/mat.h>
bad src/view/a.c <lrd/log/run_summary.h>
bad include/lrd/view/a.h <lrd/panel/frame.h>
good src/panel/a.c <lrd/session/session.h>
good src/panel/a.c <lrd/view/canvas.h>
bad src/panel/a.c <lrd/ui/action.h>
bad src/panel/a.c <lrd/lesson/lesson_check.h>
bad src/panel/a.c <lrd/lab/decay.h>
good src/lesson/a.c <lrd/panel/panel.h>
bad src/lesson/a.c <lrd/ui/action.h>
good src/ui/a.c <lrd/lesson/lesson_check.h>
bad include/lrd/ui/a.h <lrd/lab/model.h>
bad src/ui/a.c <lrd/sweep/phase.h>
bad src/ui/a.c <lrd/app/cli.h>
good src/ui/term.c <curses.h>
bad src/ui/a.c <curses.h>
bad src/ui/a.c <ncursesw/ncurses.h>
bad src/view/a.c <term.h>
bad src/app/term.c <curses.h>
good src/view/figure.c <cairo-pdf.h>
bad src/view/export.c <cairo.h>
bad src/app/figure.c <cairo/cairo-svg.h>
good src/app/a.c <lrd/ui/ui.h>
good src/app/a.c <lrd/sweep/once.h>
bad src/train/a.c "../lab/model.h"
bad src/extra/a.c <lrd/base/util.h>
good src/log/a.c <lrd/log/b.h> src/log/b.c <lrd/log/c.h> src/log/a.c <lrd/log/c.h>
circle src/log/a.c <lrd/log/b.h> include/lrd/log/b.h <lrd/log/a.h>
circle include/lrd/log/a.h <lrd/log/b.h> include/lrd/log/b.h <lrd/log/c.h> src/log/c.c <lrd/log/a.h>
circle src/view/a.c "b.h" src/view/b.c <lrd/view/a.h>
good src/train/a.c <lrd/train/a_inside.h> include/lrd/train/a_inside.h <lrd/train/a.h>
good src/train/b.c <lrd/train/a_inside.h> include/lrd/train/a_inside.h <lrd/train/a.h>
circle src/train/b.c <lrd/train/a_inside.h> include/lrd/train/a_inside.h <lrd/train/b.h>
LIST

# The shape: PLACES to make in a tree of six even folders, and whether it then is good.
while read -r verdict places; do
    rm -rf "${box:?}"/*
    for name in a b c d e f; do
        mkdir -p "$box/src/$name" "$box/include/lrd/$name"
        printf 'int x;\nint y;\n' | tee "$box/src/$name/x.c" >"$box/include/lrd/$name/x.h"
    done
    for place in $places; do
        mkdir -p "$box/$(dirname "$place")"
        printf 'int z;\n' >"$box/$place"
    done
    found=good
    words=$(sh "$here/shape.sh" "$box") || found=bad
    if [ "$found" = "$verdict" ]; then
        report "ok shape: with $places it is $verdict"
    else
        report "not ok shape: with $places it should be $verdict: $words"
    fi
done <<'SHAPES'
good README.md Makefile LICENSE presets/a.ini tests/run.sh screenshots/a.svg .gitignore .ci/build.yml lrdlab build/x.o
bad sweeps/a.ini
bad NOTES.md
bad tools/a.sh
good src/a/y.c src/b/y.c
bad src/a/y.c src/a/z.c include/lrd/a/y.h include/lrd/a/z.h
SHAPES
exit $failed
