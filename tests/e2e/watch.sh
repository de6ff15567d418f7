#!/bin/sh
# Watches logs in a real terminal: watch.sh PROGRAM.

program=${1:?usage: watch.sh PROGRAM}
root=$(cd "$(dirname "$0")/../.." && pwd)
case $program in /*) ;; *) program=$PWD/$program ;; esac
# shellcheck source=tests/e2e/terminal.sh
. "$(dirname "$0")/terminal.sh"
ln -s "$program" "$box/lrdlab" && program=$box/lrdlab # what is typed into a shell has no blank in it

small="--set task.p=23 --set model.dim=32 --set model.depth=1 --set model.heads=2 --set model.mlp=64 --quiet"
small="$small --set train.batch=64 --set train.eval_every=50 --set train.sample_every=10 --set train.threads=1"

train() {
    # shellcheck disable=SC2086
    "$program" train $small "$@" >/dev/null 2>&1
}

watch() {
    start_program "$program watch $*"
}

# The step that the title shows, without its commas.
step() {
    screen | sed -n '1s/.*step \([0-9][0-9,]*\).*/\1/p' | tr -d ,
}

step_is_above() {
    now=$(step)
    [ "${now:-0}" -gt "$1" ]
}

step_is_below() {
    now=$(step)
    [ "${now:-999999999}" -lt "$1" ]
}

train --steps 2000 --log "$box/lrd.jsonl" --at 1000=decay.kind:l2
train --steps 2000 --set decay.kind=l2 --log "$box/l2.jsonl"

for size in 80x24 120x40; do
    open_terminal ${size%x*} ${size#*x}
    watch --speed 200 "$box/lrd.jsonl" "$box/l2.jsonl"
    must "$size: it replays" wait_for 'replay · step'
    expect "$size: the other log is a ghost with a name" wait_for ' l2'
    expect "$size: time passes" eventually step_is_above 100
    press Up
    press Up
    expect "$size: Up plays it faster" wait_for ' 1k/s'
    expect "$size: to the end of the log" wait_for 'at the end · step 2,000'
    expect "$size: a change of the run is shown" wait_for 'decay LRD'
    press r
    expect "$size: r begins again" eventually step_is_below 1500
    press Space
    expect "$size: space pauses" wait_for 'paused · step'
    held=$(step)
    press .
    expect "$size: . shows the next row" eventually step_is_above "$held"
    expect "$size: and stays there" step_is_below $((held + 60))
    press t
    expect "$size: a key that needs a live run says so" wait_for 'needs a live run'
    press p
    expect "$size: p takes the other log in front" wait_for 'In front: l2'
    press R
    expect "$size: R goes to the end" wait_for 'at the end · step 2,000'
    press [
    expect "$size: [ looks back" wait_for '◀ step'
    press End
    press 2
    expect "$size: 2 shows the curves alone" wait_gone 'singular values'
    press '?'
    expect "$size: ? tells the keys of a replay" wait_for 'replay of a log'
    press Escape
    resize 40 10
    expect "$size: too small a terminal says what it needs" wait_for 'needs 60 x 16'
    resize 60 16
    expect "$size: the smallest size" wait_for 'accuracy'
    press q
    expect "$size: q ends with 0" ended_with 0
    expect "$size: the terminal is as it was" terminal_is_restored
done

# A log that another process is writing, and one that someone's own loop wrote by hand.
open_terminal 100 30
: >"$box/live.jsonl"
watch "$box/live.jsonl"
must "an empty log is waited for" wait_for 'Waiting for the first row'
train --steps 1000 --force --log "$box/live.jsonl"
expect "then it is followed to its end" wait_for 'at the end · step 1,000'
press q
expect "and left" ended_with 0

i=0
while [ $i -le 20 ]; do
    echo "{\"step\": $((i * 100)), \"train_loss\": 0.$((99 - i)), \"train_acc\": 1, \"test_acc\": 0.$((10 + i))}"
    i=$((i + 1))
done >"$box/mine.jsonl"
watch "$box/mine.jsonl"
must "a log of another program is followed" wait_for 'following · step 2,000'
expect "its milestones are found" wait_for '100 memorised'
expect "what it does not tell is not made up" wait_for 'decay the log does not tell it'
printf '{"step": 2100, "train_acc": 1, "test_acc": 0.5}\n{"step": 2200' >>"$box/mine.jsonl"
expect "a new row is shown, half a row is waited for" wait_for 'following · step 2,100'
printf ', "train_acc": 1, "test_acc": 0.6}\n' >>"$box/mine.jsonl"
expect "until it is whole" wait_for 'following · step 2,200'
press C-c
expect "^C ends with 130" ended_with 130
expect "^C leaves the terminal as it was" terminal_is_restored

watch "$box/nothing.jsonl"
expect "a log that is not there is refused" ended_with 2
expect "with a sentence" wait_for 'cannot be opened'
watch "$box/lrd.jsonl" --step 700
expect "--step begins there, paused" wait_for 'paused · step 700'
press q
expect "and q leaves" ended_with 0

# Terminals that are not known, and those whose fonts have no Braille.
start_program "TERM=nonsense $program watch $box/lrd.jsonl"
expect "an unknown TERM is refused" ended_with 2
expect "with one that would do" wait_for 'set one that is \(TERM=[a-z]'
start_program "TERM=vt220 $program watch --step 1000 $box/lrd.jsonl"
must "a vt220 shows the log" wait_for 'paused . step 1,000'
braille=$(printf '\342[\240-\243]') # U+2800 to U+28FF
expect "without Braille" eval '! screen | LC_ALL=C grep -q "$braille"'
press q
expect "and q leaves" ended_with 0

# A recorded run that comes with the program.
start_program "cd '$root' && $program demo --speed 500"
must "demo plays at once" wait_for 'replay · step'
expect "its opponent is a ghost" wait_for ' l2'
press 6
expect "the table of answers is told" wait_for 'trained +[0-9]+% of 1,740'
press 8
expect "and the frequencies" wait_for 'top 5: '
press [
expect "also when looking back" wait_for '◀ step'
expect "with what was told then" wait_for 'top 5: '
press End
press 5
expect "and attention" wait_for 'mean of 512 rows|looks at'
press m
press m
expect "of the other layer too" wait_for 'layer 1'
press 1
expect "at its end it says what to do next" wait_for 'Your turn: q, then type lrdlab'
press q
expect "q leaves" ended_with 0
expect "and it was a recording" wait_for 'that was a recording'

exit $failed
