#!/bin/sh
# survival.py on runs made up, whose medians and tests are known. Skipped with a word where SciPy or statsmodels is not there.

for python in python3 /usr/bin/python3 ""; do
    [ -z "$python" ] || "$python" -c 'import scipy, statsmodels' 2>/dev/null && break
done
[ -n "$python" ] || { echo "ok 1 # SKIP survival analysis: needs SciPy and statsmodels (Debian: python3-scipy python3-statsmodels)"; exit 0; }
suite=survival
. "$(dirname "$0")/../cli/box.sh"
script=$root/presets/sweeps/survival.py

# FOLDER KIND SEED GROKKED STEP
cell() {
    mkdir -p "$1/$2-$3"
    echo "{\"outcome\":\"x\",\"step\":$5,\"grokked\":$4,\"best_unseen_acc\":0.1234567890123456789,\"schedule\":\"\",\"settings\":{\"decay.kind\":\"$2\",\"task.seed\":\"1\",\"model.seed\":\"$3\",\"train.seed\":\"1\"}}" >"$1/$2-$3/result.json"
}

run() { # NAME ARGUMENT...
    label=$1
    shift
    "$python" "$script" "$@" >out 2>err
    report "$label" $?
}

holds() { # NAME LINE
    grep -qxF -e "$2" out
    report "$1" $?
}

# The groups of Freireich's trial of 6-MP (1963), which textbooks use: medians 8 and 23, log-rank chi squared 16.79.
seed=0
for time in 1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23; do
    cell trial placebo $seed $time $time
    seed=$((seed + 1))
done
seed=0
for time in 6 6 6 7 10 13 16 22 23; do
    cell trial drug $seed $time $time
    seed=$((seed + 1))
done
for time in 6 9 10 11 17 19 20 25 32 32 34 35; do
    cell trial drug $seed null $time
    seed=$((seed + 1))
done
for seed in 0 1 2; do
    cell trial never $seed null 40
done
run "medians" medians trial --arm decay.kind --svg curves.svg
grep -q '^| placebo | 21 | 21 | 8 | ' out && grep -q '^| drug | 21 | 9 | 23 | .* to > 35 |$' out
report "are Kaplan and Meier's, runs that never got there included" $?
holds "where fewer than half got there there is none" "| never | 3 | 0 | > 40 | – |"
"$python" -c 'import xml.dom.minidom as m; m.parse("curves.svg")' 2>err
report "the picture is whole" $?
run "contrasts" contrasts trial --arm decay.kind --pair placebo:drug --pair drug:never
grep -q '^| placebo:drug | 8 : 23 | 4.2e-05 | 8.3e-05 | 21 : 0 (0 ties) |' out
report "are log-rank tests, adjusted by Holm's method" $?
grep -q '^| drug:never | 23 : > 40 | .* | 3 : 0 (0 ties) | 0.25 |$' out
report "and pairs of the same seeds; one that got there is sooner than one that did not" $?
! "$python" "$script" contrasts trial --arm decay.kind --pair placebo:l2 >out 2>err && grep -q "no run is of l2; there are: drug never placebo" err
report "an arm that is not there is named" $?
! "$python" "$script" medians trial --arm decay.kid >out 2>err && grep -q "no setting decay.kid" err
report "so is a key" $?
! "$python" "$script" medians none --arm decay.kind >out 2>err && grep -q "none is no folder" err
report "so is a folder" $?
mkdir -p twins/x
echo '{"a":{"step":9,"grokked":5,"settings":{"decay.kind":"lrd"}},"b":{"step":9,"grokked":null,"settings":{"decay.kind":"none"}}}' >twins/x/result.json
run "a twin" medians twins --arm twin
holds "is two runs" "| b | 1 | 0 | > 9 | – |"

# ---- One table, and back: every digit, and for the program a finished cell.
run "pack" pack trial table.csv
run "unpack" unpack table.csv again
diff -r trial again >out 2>err
report "gives the same results, digit by digit" $?
printf '[sweep]\nkeep = result\n[task]\np = 7\n[model]\ndim = 8\ndepth = 1\nheads = 1\nmlp = 8\n[train]\nsteps = 4\n[axes]\nmodel.seed = 0 1\n' >grid.ini
"$program" sweep grid.ini --out first --jobs 1 --quiet >out 2>err && "$python" "$script" pack first table.csv 2>err &&
    sed '3d' table.csv >half.csv && "$python" "$script" unpack half.csv second 2>err && "$program" sweep grid.ini --out second --jobs 1 >out 2>err
report "a sweep goes on from a table" $?
[ second/model.seed=0/result.json -ot second/model.seed=1/result.json ] && [ "$(wc -l <half.csv)" = 2 ]
report "and makes only what is missing" $?
printf 'cell,step\n../x,1\n' >bad.csv
! "$python" "$script" unpack bad.csv third >out 2>err && [ ! -e third ]
report "a row that would leave the folder is refused" $?
exit $failed
