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

# VERDICT FILE INCLUDE: a tree of this one file must be found good or bad.
while read -r verdict file include; do
    rm -rf "${box:?}"/*
    mkdir -p "$box/src" "$box/include/lrd" "$box/$(dirname "$file")"
    printf '#include <stdint.h>\n#include %s\nint x;\n' "$include" >"$box/$file"
    found=good
    words=$(sh "$here/check.sh" "$box") || found=bad
    where=$verdict
    [ "$verdict" = bad ] && case $words in "$file:"[12]": "*) ;; *) where="bad, with its line" ;; esac
    if [ "$found" = "$where" ]; then
        report "ok layers: $file with $include is $verdict"
    else
        report "not ok layers: $file with $include should be $where: $words"
    fi
done <<'LIST'
good src/base/a.c <lrd/base/util.h>
bad src/base/a.c <lrd/num/mat.h>
bad include/lrd/base/a.h <lrd/train/run.h>
good src/num/a.c <cblas.h>
good src/num/a.c <lapacke.h>
bad src/lab/a.c <cblas.h>
bad src/run/a.c <lapacke.h>
bad src/run/a.c <openblas/cblas.h>
bad src/num/a.c <lrd/lab/model.h>
good src/lab/a.c <lrd/num/mat.h>
bad src/lab/a.c <lrd/config/settings.h>
bad src/lab/a.c <pthread.h>
bad src/lab/a.c <time.h>
good src/run/a.c <lrd/lab/model.h>
good src/run/a.c <pthread.h>
bad src/run/a.c <lrd/view/canvas.h>
bad src/run/a.c <lrd/ui/ui.h>
good src/view/a.c <lrd/base/text.h>
bad src/view/a.c <lrd/num/mat.h>
bad src/view/a.c <lrd/log/run_summary.h>
bad include/lrd/view/a.h <lrd/panel/frame.h>
good src/ui/a.c <lrd/session/session.h>
good src/ui/a.c <lrd/view/canvas.h>
bad src/ui/a.c <lrd/lab/decay.h>
bad include/lrd/ui/a.h <lrd/lab/model.h>
bad src/ui/a.c <lrd/app/cli.h>
good src/ui/term.c <curses.h>
bad src/ui/a.c <curses.h>
bad src/ui/a.c <ncursesw/ncurses.h>
bad src/view/a.c <term.h>
good src/app/a.c <lrd/ui/ui.h>
bad src/app/a.c <cblas.h>
bad src/run/a.c "../lab/model.h"
bad src/extra/a.c <lrd/base/util.h>
LIST
exit $failed
