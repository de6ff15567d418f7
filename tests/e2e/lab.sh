#!/bin/sh
# Drives the real lab in a real terminal: lab.sh PROGRAM, or lab.sh PROGRAM minute for a minute of everything at
# once (for a program built with ThreadSanitizer, whose findings end it with another status than 0).

program=${1:?usage: lab.sh PROGRAM [minute]}
case $program in /*) ;; *) program=$PWD/$program ;; esac
# shellcheck source=tests/e2e/terminal.sh
. "$(dirname "$0")/terminal.sh"
ln -s "$program" "$box/lrdlab" && program=$box/lrdlab # what is typed into a shell has no blank in it

# Both the terminal and this shell compute alike.
unset OPENBLAS_CORETYPE

# A run that steps fast enough to be watched, and never ends by itself.
small="--set task.p=29 --set model.dim=32 --set model.depth=1 --set model.heads=2 --set model.mlp=64"
small="$small --set train.batch=128 --set train.eval_every=20 --set train.sample_every=5 --set train.steps=1000000"
small="$small --set train.threads=2 --set decay.kind=lrd --set lab.speed=200"

# What the screen says, as the tests look for it.
in_force_l2='\[L2\]'
in_force_lrd='\[LRD\]'
# Not of an event, where an arrow follows.
strength='strength [0-9.]+ [^→ ]'
paused='paused .* step'
help_words=' keys [─(]'

start_lab() {
    start_program "sh -c 'echo \$\$ >$box/pid; exec \"\$@\"' - $program lab $small $*"
}

# The number after "step" in the title, without its commas.
step() {
    screen | sed -n 's/.*step \([0-9][0-9,]*\).*/\1/p' | head -n 1 | tr -d ,
}

step_is_above() {
    now=$(step)
    [ "${now:-0}" -gt "$1" ]
}

# The same where an earlier step stands before it.
run_is_above() {
    now=$(screen | sed -n 's/.*step \([0-9][0-9,]*\) of.*/\1/p' | head -n 1 | tr -d ,)
    [ "${now:-0}" -gt "$1" ]
}

step_is_below() {
    now=$(step)
    [ "${now:-999999999}" -lt "$1" ]
}

step_is() {
    [ "$(step)" = "$1" ]
}

# Braille dots, byte by byte: whatever this shell's locale.
shows_curves() {
    screen | LC_ALL=C grep -q "$(printf '\342[\241-\243]')"
}

shows_every_panel() {
    for words in accuracy unseen loss test 'stable rank of Q/K' 'singular values' 'decay ' 'on Q, K' '\? help'; do
        shows "$words" || return 1
    done
}

walk_through() {
    must "$1: the lab opens" wait_for 'step [0-9]'
    expect "$1: curves are drawn" eventually shows_curves
    expect "$1: training goes on" eventually step_is_above 40
    expect "$1: every panel is there and names its quantity" eventually shows_every_panel

    press t
    expect "$1: t goes to L2" wait_for "$in_force_l2"
    press t
    expect "$1: t goes back to LRD" wait_for "$in_force_lrd"
    before=$(screen | grep -Eo "$strength" | head -n 1)
    press Up
    expect "$1: Up makes the decay stronger (was $before)" wait_gone "$before"
    press Down
    expect "$1: Down undoes it" wait_for "$before"

    press Space
    expect "$1: space pauses" wait_for "$paused"
    held=$(step)
    press .
    expect "$1: . makes one step" eventually step_is $((held + 1))
    press Space
    expect "$1: space goes on" eventually step_is_above $((held + 20))

    press 2
    expect "$1: 2 shows the curves alone" wait_gone 'singular values'
    press 3
    expect "$1: 3 shows the spectra alone" wait_gone '─ accuracy'
    press 1
    expect "$1: 1 shows the overview" wait_for '─ accuracy'
    press '?'
    expect "$1: ? explains the keys" wait_for "$help_words"
    press Escape
    expect "$1: Escape closes the help" wait_gone "$help_words"

    press '['
    expect "$1: [ looks back" wait_for 'Step [0-9,]*: train'
    far=$(step)
    press '['
    press Home
    expect "$1: Home goes to the beginning" wait_for 'Step 0: train'
    expect "$1: the run goes on meanwhile" eventually run_is_above "$far"
    press End
    press t
    expect "$1: the run has L2" wait_for "$in_force_l2"
    far=$(step)
    expect "$1: the run is under way" eventually step_is_above 200
    press '[' '[' '[' '['
    press t
    expect "$1: in the past t chooses for a branch" wait_for '\[LRD\].*Enter: from'
    press Enter
    expect "$1: Enter starts a branch" wait_for '\[2 LRD'
    expect "$1: which trains" eventually step_is_above "$far"
    press v
    expect "$1: v goes back to the first" wait_for '\[1 LRD'
    expect "$1: as it was left" wait_for "$in_force_l2"
    press c
    expect "$1: c starts a twin" wait_for '▔ twin 3 LRD'
    held=$(step)
    expect "$1: both train" eventually step_is_above $((held + 20))
    press c
    expect "$1: c ends it" wait_for '▔ 3 LRD'
    press t
    expect "$1: and back to LRD" wait_for "$in_force_lrd"
    press '['
    press End
    expect "$1: End comes back to now" wait_gone 'Step 0: train'

    press d
    expect "$1: d takes the next decay" wait_gone "$in_force_lrd"
    press u
    expect "$1: u takes it back" wait_for "$in_force_lrd"
    press :
    type_text 'decay.strength 0.0123'
    expect "$1: the prompt shows what is typed" wait_for 'decay.strength 0.0123'
    press Enter
    expect "$1: the prompt sets a strength" wait_for 'strength 0\.0123'

    expect "$1: the run is well under way" eventually step_is_above 100
    far=$(step)
    press R
    expect "$1: R starts anew" eventually step_is_below "$far"

    resize 40 10
    expect "$1: too small a terminal says what it needs" wait_for 'needs 60 x 16'
    resize 5 2
    resize 1 1
    resize 132 43
    expect "$1: it comes back when there is room" wait_for 'accuracy'
    expect "$1: and training went on" eventually step_is_above 20
    resize 60 16
    expect "$1: the smallest size" wait_for 'accuracy'

    press q
    expect "$1: q ends with 0" ended_with 0
    expect "$1: the terminal is as it was" terminal_is_restored
}

a_minute() {
    open_terminal 100 30
    start_lab
    must "minute: the lab opens" wait_for 'step [0-9]'
    end=$(($(date +%s) + 60))
    while [ "$(date +%s)" -lt $end ]; do
        for key in t Up Up Down d d u Space . . Space 2 3 1 x y x y n m b T '*' / L Right Right Left L '[' '[' '{' '}' Home End '[' t Enter v V c t c C '[' '[' Escape o Escape g g r R; do
            press "$key"
            sleep 0.05
        done
        resize 80 24
        resize 61 17
        resize 200 60
        resize 20 5
        resize 100 30
    done
    expect "minute: it is still training" wait_for 'step [0-9]'
    press q
    expect "minute: nothing was found" ended_with 0
    expect "minute: the terminal is as it was" terminal_is_restored
}

if [ "$2" = minute ]; then
    a_minute
    exit $failed
fi

for size in 80x24 120x40; do
    open_terminal ${size%x*} ${size#*x}
    start_lab
    walk_through $size
done

open_terminal 80 24
start_lab --log "$box/run.jsonl" --save "$box/run.safetensors"
must "log: the lab opens" wait_for 'step [0-9]'
expect "log: some steps" eventually step_is_above 40
kill -TERM "$(cat "$box/pid")"
expect "SIGTERM ends with 143" ended_with 143
expect "SIGTERM leaves the terminal as it was" terminal_is_restored
expect "SIGTERM leaves a log of whole lines that says how it ended" \
    eval '[ -z "$(tail -c 1 "$box/run.jsonl")" ] && tail -n 1 "$box/run.jsonl" | grep -q "\"event\": *\"end\""'
expect "SIGTERM leaves a checkpoint" eval '"$program" info "$box/run.safetensors" >"$box/info" && [ -s "$box/info" ]'

open_terminal 80 24
saved=$("$program" info "$box/run.safetensors" | sed -n 's/^step *\([0-9][0-9]*\)$/\1/p')
start_program "cd $box; $program lab --resume run.safetensors --paused"
must "resume: the lab opens at step ${saved:?}" eventually step_is "$saved"
press .
expect "resume: it goes on from there" eventually step_is $((saved + 1))
press w
expect "resume: w writes a checkpoint" wait_for "Saved step $((saved + 1))"
press q
expect "resume: and is left" ended_with 0
"$program" train --resume "$box/run.safetensors" --steps $((saved + 20)) --save "$box/straight" --quiet >"$box/out"
"$program" train --resume "$box/lrdlab-$((saved + 1)).safetensors" --steps $((saved + 20)) --save "$box/by-w" --quiet \
    >"$box/out"
expect "resume: what comes of it is the run that was never stopped" cmp "$box/straight" "$box/by-w"

open_terminal 100 30
start_program "XDG_STATE_HOME=$box/state $program lab $small"
must "first hints: the lab opens" wait_for 'step [0-9]'
expect "first hints: one comes by itself" wait_for 'New here'
press t
expect "first hints: a key does what it always does" wait_for "$in_force_l2"
press q
expect "first hints: q ends with 0" ended_with 0
expect "first hints: what was shown is noted" grep -qx 1 "$box/state/lrdlab/hints"

start_program "XDG_STATE_HOME=/dev/null/nowhere $program lab $small"
must "nowhere to note hints: the lab opens" wait_for 'step [0-9]'
expect "nowhere to note hints: they come all the same" wait_for 'New here'
press q
expect "nowhere to note hints: no harm" ended_with 0

start_program "$program lab $small --projector --theme contrast"
must "projector: the lab opens" wait_for 'unseen pairs right'
expect "projector: numbers in large" wait_for '██'
press P
expect "projector: P goes back to all panels" wait_for 'stable rank of Q/K'
press e
expect "one panel: e shows it alone" wait_gone 'stable rank of Q/K'
press Escape
expect "one panel: Escape shows all" wait_for 'stable rank of Q/K'
press q
expect "one panel: q ends with 0" ended_with 0

# Steps that only keys fulfil, and one that the run fulfils whatever its speed.
cat >"$box/short.ini" <<EOF
[lesson]
title = Short
about = A lesson for a test.
preset = $box/small.ini
[step]
title = First
do = Press * and then t.
notice = A first thing.
set = decay.kind none
view = geometry
wait = key *, setting decay.kind lrd
keys = * t
[step]
title = Second
do = Wait.
notice = A second thing.
set = lab.speed 100
view = curves
wait = steps 20
[step]
title = Third
do = Wait for ever.
notice = A third thing.
wait = step 1000000000000
EOF
printf '[task]\np = 29\n[model]\ndim = 32\ndepth = 1\nheads = 2\nmlp = 64\n[train]\nbatch = 128\neval_every = 20\nsample_every = 5\nsteps = 1000000\nthreads = 2\n[lab]\nspeed = 200\n' >"$box/small.ini"
for size in 80x24 60x16; do
    open_terminal ${size%x*} ${size#*x}
    start_program "$program lesson $box/short.ini --log $box/lesson-$size.jsonl"
    must "lesson $size: its first step" wait_for 'Lesson 1/3  First'
    expect "lesson $size: what the step changes is in force" wait_for '\[none\]'
    expect "lesson $size: it waits" wait_for 'waits for key \*'
    expect "lesson $size: the run goes on meanwhile" eventually step_is_above 40
    press '*'
    expect "lesson $size: for the second of its checks then" wait_for 'waits for decay.kind lrd'
    press t
    expect "lesson $size: done" wait_for '1/3 .*✓ done'
    press Right
    expect "lesson $size: the second step with its view" wait_for '─ accuracy'
    expect "lesson $size: which the run fulfils" wait_for '2/3 .*✓ done'
    press PPage
    expect "lesson $size: back, and still done" wait_for '1/3 .*✓ done'
    press NPage NPage
    expect "lesson $size: one that is not done can be skipped" wait_for '3/3 .*Third'
    press L
    expect "lesson $size: L closes it" wait_gone 'Lesson 3/3'
    expect "lesson $size: the run is kept" eventually step_is_above 60
    press L
    expect "lesson $size: L opens it where it was" wait_for 'Lesson 3/3'
    press P
    expect "lesson $size: it is there for a projector too" wait_for 'Lesson 3/3'
    press Right
    expect "lesson $size: the last one ends it" wait_gone 'Lesson'
    press q
    expect "lesson $size: q ends with 0" ended_with 0
    expect "lesson $size: its changes are in the log, the first at step 0" \
        grep -q '"event": *"set", *"step": *0, *"key": *"decay.kind"' "$box/lesson-$size.jsonl"
done

open_terminal 80 24
start_lab
must "lesson in the lab: the lab opens" wait_for 'step [0-9]'
expect "lesson in the lab: it has run a while" eventually step_is_above 400
press L
expect "lesson in the lab: L offers one" wait_for 'Lesson  Grokking'
far=$(step)
press L
expect "lesson in the lab: L again leaves the run as it was" eventually step_is_above $((far + 20))
press L
press Right
expect "lesson in the lab: it begins with a run of its own" wait_for 'Lesson 1/7'
expect "lesson in the lab: from step 0" eventually step_is_below 400
expect "lesson in the lab: as its first step wants it" wait_for "$in_force_l2"
press t
expect "lesson in the lab: t goes to the preset's own strength" wait_for "\[LRD\].*strength $("$program" settings classroom | sed -n 's/^strength = //p')"
press q
expect "lesson in the lab: q ends with 0" ended_with 0

open_terminal 80 24
start_lab
must "interrupt: the lab opens" wait_for 'step [0-9]'
press C-c
expect "^C ends with 130" ended_with 130
expect "^C leaves the terminal as it was" terminal_is_restored

start_lab
must "signal: the lab opens" wait_for 'step [0-9]'
kill -INT "$(cat "$box/pid")"
expect "SIGINT ends with 130" ended_with 130
expect "SIGINT leaves the terminal as it was" terminal_is_restored

start_lab
must "harmless keys: the lab opens" wait_for 'step [0-9]'
press C-d
press Escape
before=$(step)
expect "^D and Escape do not end it" eventually step_is_above "${before:-0}"
press q
expect "then q does" ended_with 0

exit $failed
