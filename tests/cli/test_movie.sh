#!/bin/sh
# Runs to be shown to others: movies of logs, in a browser where there is one, and the command that repeats a run.
# PROGRAM is the argument. Says "ok NAME" or "not ok NAME" for each check.

suite=movie
here=$(cd "$(dirname "$0")/../.." && pwd)
. "$(dirname "$0")/box.sh"
small="--set task.p=11 --set model.dim=8 --set model.depth=1 --set model.heads=2 --set model.mlp=16
 --set train.batch=0 --set train.eval_every=10 --set train.sample_every=5 --set train.threads=1"
run=$here/tests/runs/l2-then-lrd.jsonl
demo=$here/presets/demos/classroom.jsonl

out_has() {
    grep -qF -e "$2" out
    report "$1" $?
}

# ---- The command that repeats a run
# shellcheck disable=SC2086
"$program" train $small --set decay.kind=l2 --at 20=decay.kind:lrd --at 20=decay.strength:0.01 --at 40=train.lr:0.002 --at 45=truncate:3 \
    --steps 60 --quiet --log first.jsonl >/dev/null
expect "info --command" 0 "" info first.jsonl --command
[ "$(wc -l <out)" -eq 1 ] && grep -q '^lrdlab train .*--at 40=train.lr:0.002 .*--steps 60$' out
report "is one line with every change" $?
! grep -qE -e '--(log|save|csv)' out
report "names no file" $?
(lrdlab() { "$program" "$@"; } && eval "$(cat out) --quiet --log second.jsonl" >/dev/null)
rows() {
    sed -n 's/^\({"step".*\)"time_s":[^,]*,\(.*\)"steps_per_s":[^,]*,/\1\2/p' "$1"
}
rows first.jsonl >a && rows second.jsonl >b && [ -s a ] && cmp -s a b
report "repeats the run, number for number" $?
# shellcheck disable=SC2086
"$program" train $small --steps 20 --quiet --save "first weights" --log whole.jsonl >/dev/null
"$program" train --resume "first weights" --steps 40 --quiet --save second --log whole.jsonl >/dev/null
expect "of a run that was resumed into its own log" 0 "" info whole.jsonl --command
(lrdlab() { "$program" "$@"; } && eval "$(cat out) --quiet --log again.jsonl" >/dev/null)
rows whole.jsonl | sort -u >a && rows again.jsonl | sort -u >b && [ -s a ] && cmp -s a b
report "is that of the run which was never stopped" $?
"$program" train --resume second --steps 60 --quiet --log rest.jsonl >/dev/null
expect "of one whose beginning is elsewhere" 2 "how that began is not in it" info rest.jsonl --command
awk 'BEGIN { for (a = 0; a < 11; a++) for (b = 0; b < 11; b += 2) print a, b }' >"my pairs"
# shellcheck disable=SC2086
"$program" train $small --steps 30 --quiet --init "first weights" --pairs "my pairs" --log given.jsonl >/dev/null
expect "of a run with --init and --pairs" 0 "" info given.jsonl --command
out_has "names both" "--init 'first weights' --pairs 'my pairs'"
(lrdlab() { "$program" "$@"; } && eval "$(cat out) --quiet --log given2.jsonl" >/dev/null)
rows given.jsonl >a && rows given2.jsonl >b && [ -s a ] && cmp -s a b
report "and repeats that" $?
printf '{"step":1,"train_loss":2,"test_loss":2,"train_acc":0.5,"test_acc":0.5}\n' >foreign.jsonl
expect "no command of another program's log" 2 "another program" info foreign.jsonl --command
expect "no command of no log" 2 "" info "$here/presets/classroom.ini" --command

# ---- Movies
expect "a page" 0 "" movie "$demo" "$here/presets/demos/classroom.l2.jsonl" --out page.html
[ "$(wc -c <page.html)" -lt 3000000 ] && ! grep -qE '(src|href)=|@import|url\(' page.html
report "is small and loads nothing" $?
expect "an SVG that moves" 0 "" movie "$demo" --out moving.svg
[ "$(wc -c <moving.svg)" -lt 1500000 ] && grep -q '@keyframes' moving.svg && ! grep -qi '<script' moving.svg
report "has no script" $?
"$program" shot "$demo" --step 3300 --size 80x24 --out last.svg --quiet
if command -v rsvg-convert >/dev/null; then
    rsvg-convert moving.svg -o moving.png && rsvg-convert last.svg -o last.png && [ -s moving.png ]
    report "is a picture where nothing moves" $?
fi
expect "a recording" 0 "" movie "$demo" --out run.cast --seconds 5
head -n 1 run.cast | grep -q '^{"version":3,"term":{"cols":120,"rows":40,' && tail -n 1 run.cast | grep -qF '[0.000,"x","0"]'
report "is asciicast 3" $?
expect "an older one" 0 "" movie "$demo" --out old.cast --cast 2 --seconds 5 --size 80x24
head -n 1 old.cast | grep -q '^{"version":2,"width":80,"height":24,'
report "is asciicast 2" $?
awk -F '[][,]' 'NR > 1 { if ($2 < before) bad = 1; before = $2 } END { exit bad || before != 5 }' old.cast
report "its times rise to the end" $?
awk -F '[][,]' 'NR > 1 { sum += $2 } END { exit sum < 4.9 || sum > 5.1 }' run.cast
report "those of version 3 add up" $?
if command -v python3 >/dev/null; then
    python3 -c 'import json; [json.loads(line) for name in ("run.cast", "old.cast") for line in open(name, encoding="utf-8")]'
    report "each line is JSON" $?
fi
# shellcheck disable=SC2086
expect "of a preset" 0 "" movie classroom $small --set train.steps=40 --out trained.html --quiet
grep -q -e '--steps 40' trained.html
report "says how the run is made" $?

# ---- What cannot be
expect "no --out" 2 "where shall the movie go" movie "$demo"
expect "another ending" 2 "no kind of movie" movie "$demo" --out x.gif
expect "from behind to" 2 "--from must lie before --to" movie "$demo" --from 500 --to 400 --out x.html
expect "beyond the log" 2 "the log has the steps 0 to 3300" movie "$demo" --to 9000 --out x.html
expect "a version that is none" 2 "--cast" movie "$demo" --cast 4 --out x.cast
expect "--cast of a page" 2 "--cast" movie "$demo" --cast 2 --out x.html
expect "--set with a log" 2 "a log is as it is" movie "$demo" --set train.lr=1 --out x.html
expect "no log" 2 "no-such.jsonl" movie no-such.jsonl --out x.html
echo precious >precious.html
expect "no movie is written over" 2 "give --force" movie "$demo" --out precious.html
[ "$(cat precious.html)" = precious ]
report "and stays" $?
expect "--force" 0 "" movie "$demo" --out precious.html --force
expect "a movie is replaced" 0 "" movie "$demo" --out precious.html

# ---- Words that a log brings
sed '1s|"lab.title":"[^"]*"|"lab.title":"</script></title><b>]]>\\"\&amp;@MOVIE@"|' "$demo" >hostile.jsonl
sed '1s|"lab.title":"|&\\u001b[31m\\u0007|' "$demo" >control.jsonl
expect "control characters in a title" 0 "such lines are left out" movie control.jsonl --out control.html
! grep -q "$(printf '[\033\007]')\|u001b\|u0007" control.html
report "are not taken" $?
expect "a hostile title" 0 "" movie hostile.jsonl --out hostile.html
[ "$(grep -c '</script>' hostile.html)" -eq 2 ] && ! grep -q "$(printf '\033')" hostile.html
report "stays inside of the page" $?
expect "and of an SVG" 0 "" movie hostile.jsonl --out hostile.svg
! grep -q '</script>\|<b>\|]]>' hostile.svg && ! grep -q "$(printf '[\033\007]')" hostile.svg
report "as words" $?
expect "and of a recording" 0 "" movie hostile.jsonl --out hostile.cast --seconds 2
! head -n 1 hostile.cast | grep -q "$(printf '[\033\007]')\|u001b\|u0007"
report "without control characters" $?

# ---- In a browser: #view and #step show what `shot` draws
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
if [ -z "$browser" ]; then
    echo "skipped: no Chromium to play the page in"
    exit "$failed"
fi

# ADDRESS OPTION...: the page as it stands after its script ran.
dump() {
    address=$1
    shift
    rm -rf profile
    timeout 60 "$browser" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --window-size=1280,1000 \
        --disable-background-networking --disable-component-update --disable-sync --user-data-dir="$box/profile" "$@" \
        --dump-dom "file://$box/$address" 2>/dev/null
}

"$program" movie "$demo" --out one.html
for place in "overview 300" "curves 3300" "spectrum 1000" "table 1500" "fourier 2000"; do
    view=${place% *}
    step=${place#* }
    "$program" shot "$demo" --step "$step" --view "$view" --size 120x40 --quiet --force --out shot.txt
    dump "one.html#view=$view&step=$step" >dom
    awk '/<pre id="cells">/ { on = 1; sub(/.*<pre id="cells">/, "") } /<\/pre>/ { on = 0 } on' dom |
        sed 's/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g' | cmp -s - shot.txt
    report "$view at $step is what shot draws" $?
done
dump "one.html#play" --virtual-time-budget=4000 >dom
grep -q '<output[^>]*>step [1-9]' dom
report "it plays" $?
dump hostile.html >dom
grep -q '<h1 id="title">&lt;/script&gt;' dom && ! grep -q '<b>' dom
report "a hostile title is shown as words" $?
exit "$failed"
