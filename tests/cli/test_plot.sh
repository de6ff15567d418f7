#!/bin/sh
# Figures from logs. PROGRAM is the argument. Says "ok NAME" or "not ok NAME" for each check.

suite=plot
here=$(cd "$(dirname "$0")/../.." && pwd)
. "$(dirname "$0")/box.sh"
a=$here/presets/demos/classroom.jsonl
b=$here/presets/demos/classroom.l2.jsonl

# FILE PART: what the figure says in words holds PART.
svg_has() {
    sed -n '/<desc>/,/<\/desc>/p' "$1" | grep -qF -e "$2"
    report "says: $2" $?
}

expect "a figure" 0 "" plot "$a" "$b" --out two.svg
svg_has two.svg "Accuracy: right answers (%) over step; classroom, unseen; classroom, train"
svg_has two.svg "classroom.l2, test"
expect "chosen panels" 0 "" plot "$a" --panels rank,spectrum --x log --out some.svg
svg_has some.svg "Stable rank of Q and K: stable rank (mean) over step; classroom."
! sed -n '/<desc>/,/<\/desc>/p' some.svg | grep -q Accuracy
report "and no others" $?
expect "the mechanism" 0 "" plot --layout mechanism "$a" "$b" --out six.pdf
[ "$(head -c 4 six.pdf)" = %PDF ]
report "as PDF" $?
for kind in lrd l2; do
    "$program" train --set task.p=7 --set model.dim=8 --set model.depth=1 --set model.heads=2 --set model.mlp=8 --quiet \
        --set train.eval_every=5 --set decay.kind=$kind --steps 20 --portraits --log $kind.jsonl >/dev/null
done
expect "the mechanism of two arms with portraits" 0 "" plot --layout mechanism lrd.jsonl l2.jsonl --out arms.svg
svg_has arms.svg "Singular values, relative to the largest: share of the largest (mean)"
svg_has arms.svg "Attention, layer 0: l2: number that looks over number that is looked at."
[ "$(grep -c '<image' arms.svg)" -ge 2 ]
report "has their maps" $?
expect "and where one has none" 0 "" plot --layout mechanism lrd.jsonl "$here/tests/runs/l2-then-lrd.jsonl" --out arm.svg
svg_has arm.svg "no portraits of attention. lrdlab train --portraits"
expect "a picture" 0 "" plot "$a" --out one.png
[ "$(head -c 4 one.png | tail -c 3)" = PNG ]
report "as PNG" $?
cp six.pdf before.pdf
expect "the same again" 0 "" plot --layout mechanism "$a" "$b" --out six.pdf
cmp -s six.pdf before.pdf
report "gives the same bytes" $?
if command -v rsvg-convert >/dev/null; then
    rsvg-convert two.svg -o two.png
    report "the SVG is one" $?
fi

# ---- Bands: copies of a run with other seeds, one of them not grokked
for seed in 1 2 3; do
    sed "1s/\"model.seed\":0/\"model.seed\":$seed/" "$a" >"lrd$seed.jsonl"
done
sed -i.bak 's/^{"event":"grokked".*//; /^$/d' lrd3.jsonl
expect "a band" 0 "" plot lrd1.jsonl lrd2.jsonl lrd3.jsonl "$b" --band --out band.svg
svg_has band.svg "kind lrd"
svg_has band.svg "2 of 3 grokked, unseen"
svg_has band.svg "0 of 1 grokked, unseen"
expect "no band" 0 "" plot lrd1.jsonl lrd2.jsonl lrd3.jsonl --out lines.svg
svg_has lines.svg "lrd3, unseen"

# ---- Changes are marked, hostile words stay words
"$program" train --set task.p=7 --set model.dim=8 --set model.depth=1 --set model.heads=2 --set model.mlp=8 --quiet \
    --set train.eval_every=5 --steps 20 --at 10=decay.kind:l2 --log '<b>&x.jsonl' >/dev/null
expect "a log with a change" 0 "" plot '<b>&x.jsonl' --out change.svg
svg_has change.svg "&lt;b&gt;&amp;x, unseen"

# ---- What cannot be
expect "no --out" 2 "where shall the figure go" plot "$a"
expect "another ending" 2 "no kind of figure" plot "$a" --out x.gif
expect "a panel that is none" 2 "--panels cannot have" plot "$a" --panels accuracy,colour --out x.svg
expect "an empty panel" 2 "--panels cannot have" plot "$a" --panels accuracy, --out x.svg
expect "a panel twice" 2 "twice" plot "$a" --panels rank,rank --out x.svg
expect "another layout" 2 "it takes mechanism" plot "$a" "$b" --layout grid --out x.svg
expect "one log for the mechanism" 2 "compares two logs" plot "$a" --layout mechanism --out x.svg
expect "three arms" 2 "compares two arms" plot lrd.jsonl l2.jsonl "$a" --band --layout mechanism --out x.svg
expect "another scale" 2 "log or linear" plot "$a" --x cubic --out x.svg
expect "no log" 2 "no-such" plot no-such.jsonl --out x.svg
expect "no rows" 2 "" plot "$here/presets/classroom.ini" --out x.svg
echo precious >precious.svg
expect "another file is not written over" 2 "give --force" plot "$a" --out precious.svg
expect "--force" 0 "" plot "$a" --out precious.svg --force
exit "$failed"
