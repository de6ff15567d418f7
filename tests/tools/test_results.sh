#!/bin/sh
# results.py on runs made up, whose medians and rank correlations are known. Skipped with a word where there is no python3.

command -v python3 >/dev/null || { echo "ok 1 # SKIP tables of sweeps: there is no python3"; exit 0; }
suite=results
. "$(dirname "$0")/../cli/box.sh"

# FOLDER NAME KIND FRAC SEED MEMORISED GROKKED BEST
cell() {
    mkdir -p "$1/$2"
    echo "{\"outcome\":\"x\",\"memorised\":$6,\"grokked\":$7,\"best_unseen_acc\":$8,\"schedule\":\"\",\"settings\":{\"decay.kind\":\"$3\",\"task.frac\":\"$4\",\"model.seed\":\"$5\"}}" >"$1/$2/result.json"
}

row() { # STEP TURN RANK NORM: of two matrices, whose mean counts
    printf '{"step":%s,"matrices":{"q":{"turn":%s,"stable_rank":%s,"effective_rank":5,"norm":%s},"k":{"turn":%s,"stable_rank":%s,"effective_rank":5,"norm":%s}}}\n' \
        "$1" "$2" "$3" "$4" "$2" "$3" "$4"
}

# FOLDER NAME TURN RANK: means from 100 to 200 are these; what is outside must not count, nor what a resumed run made anew.
log() {
    {
        echo '{"event":"start"}'
        row 0 null 900 900
        row 50 900 900 900
        row 100 "$(($3 - 1))" "$(($4 + 1))" 3
        row 150 900 900 900
        row 200 900 900 900
        echo '{"event":"resumed","step":100}'
        row 200 "$(($3 + 1))" "$(($4 - 1))" 3
        row 250 0 0 0
        printf '{"step":300,"matr'
    } >"$1/$2/log.jsonl"
}

tables() { # NAME ARGUMENT...
    label=$1
    shift
    python3 "$root/presets/sweeps/results.py" "$@" >out 2>err
    report "$label" $?
}

holds() { # NAME LINE
    grep -qxF -e "$2" out
    report "$1" $?
}

# ---- The table
cell grid a l2 0.3 0 200 null 0.125
cell grid b l2 0.3 1 200 null 0.25
cell grid c lrd 0.3 0 200 900 0.99
cell grid d lrd 0.3 1 200 1300 1
cell grid e lrd 0.3 2 200 2000 1
cell grid f lrd 0.5 0 200 399 1
cell grid g lrd 0.10 0 null null null
tables "a table" table grid --rows decay.kind --columns task.frac
holds "has its columns by size" "| decay.kind \\ task.frac | 0.10 | 0.3 | 0.5 |"
holds "counts, and takes the mean" "| l2 | – | 0 of 2 · 18.7% | – |"
holds "takes the median; generalised is not grokked" "| lrd | 0 of 1 | 3 of 3 · 1,300 · 99.6% | 0 of 1 · 100.0% |"
holds "says over what" "Each over model.seed 0, 1, 2."
tables "of some of the runs" table grid --rows model.seed --columns decay.kind,task.frac --where decay.kind=lrd --where task.frac=0.3
holds "with several keys in one" "| model.seed \\ decay.kind,task.frac | lrd 0.3 |"
! python3 "$root/presets/sweeps/results.py" table grid --rows decay.kid --columns task.frac >out 2>err && grep -q "no setting decay.kid" err
report "a key that is none is named" $?
! python3 "$root/presets/sweeps/results.py" table none --rows a --columns b >out 2>err && grep -q "none is no folder" err
report "so is a folder" $?

# ---- The rank correlation. Turn 2 4 6 8 10 against grokking as 2 1 4 3 5: rho is 1 - 6 x 4 / (5 x 24) = 0.8. With
# two that never grokked, ranked 6.5 both, at turns below all: -9.5 / sqrt(28 x 27.5) = -0.34.
turn=2
for step in 800 700 950 900 1000; do
    cell many "lrd$turn" lrd 0.3 0 100 $step 1
    log many "lrd$turn" $turn $((20 - turn))
    turn=$((turn + 2))
done
cell many n1 l2 0.3 0 100 null 0.5
log many n1 0 30
cell many n2 l2 0.3 1 100 null 0.5
log many n2 1 40
cell many early l2 0.3 2 100 199 1
cell many dull l2 0.3 3 null null 0.1
tables "the rank correlation" predict many --svg many.svg
holds "of the turn" "| all | turn per step, degrees | 0.80 (5) | −0.34 (7) | 6 | 0.5 |"
holds "of the rank, which falls as the turn rises" "| all | stable rank | −0.80 (5) | 0.34 (7) | 14 | 35 |"
holds "of what is the same everywhere there is none" "| all | norm | – (5) | – (7) | 3 | 3 |"
holds "of each group" "| lrd | turn per step, degrees | 0.80 (5) | 0.80 (5) | 6 | – |"
holds "of too few runs there is none" "| l2 | turn per step, degrees | – (0) | – (2) | – | 0.5 |"
grep -qF "7 runs, of which 5 grokked and 2 did not until their last step. Left out: 1 that did not memorise. Left out: 1 that generalised sooner." out
report "says who was left out" $?
python3 -c 'import sys, xml.dom.minidom as m; d = m.parse("many.svg"); sys.exit(len([p for p in d.getElementsByTagName("path") if p.getAttribute("fill-opacity")]) != 16)' 2>err
report "the picture has each run twice, and two signs" $?
[ -s many.svg ] && ! grep -qi script many.svg
report "and no script" $?
PYTHONPATH=$root/presets/sweeps python3 -c '
from results import ranks, spearman
assert ranks([3, 1, 3, 2]) == [3.5, 1, 3.5, 2]
assert spearman([1, 2, 3], [10, 100, 1000]) == 1
assert spearman([1, 2], [1, 2]) is None and spearman([1, 2, 3], [7, 7, 7]) is None' >out 2>err
report "ranks of equals, and nothing of nothing" $?
rm many/n2/log.jsonl
! python3 "$root/presets/sweeps/results.py" predict many >out 2>err && grep -q "keep = log" err
report "a log that was not kept is asked for" $?
exit $failed
