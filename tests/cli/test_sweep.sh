#!/bin/sh
# Sweeps as a user meets them: cells, restarts, stops, two at once, lists of commands. PROGRAM is the argument.
# With `full` behind it: also ends at random times. Says "ok NAME" or "not ok NAME" for each check; the exit status is 1
# when one failed.

suite=sweep
. "$(dirname "$0")/box.sh"

results() { # FOLDER: how many cells are done
    find "$1" -name result.json | wc -l
}

leftovers() { # FOLDER: locks and halves of files
    find "$1" -name '*.lock*' -o -name '*.tmp' | wc -l
}

# FILE STEPS: a grid of 8 cells, each done in no time when there are few steps.
spec() {
    cat >"$1" <<END
[sweep]
stop = never
[task]
p = 7
[model]
dim = 8
depth = 1
heads = 2
mlp = 16
[train]
batch = 8
steps = $2
eval_every = 10
sample_every = 0
[axes]
task.frac = .3 .5
decay.kind = l2 lrd
model.seed = 0 1
END
}

spec grid.ini 40
spec long.ini 100000000

# ---- train --result
small="--set task.p=7 --set model.dim=8 --set model.depth=1 --set model.heads=2 --set model.mlp=16
 --set train.batch=8 --set train.eval_every=10 --set train.sample_every=0 --set train.threads=1"
expect "train --result" 0 "" train $small --steps 20 --result one/r.json --quiet
grep -q '"outcome":"not-memorised","step":20,' one/r.json
report "says what the run came to" $?
cp one/r.json before
expect "train --result again" 0 "nothing is to be done" train $small --steps 20 --result one/r.json
cmp -s one/r.json before
report "leaves it as it is" $?
expect "the result of another run" 2 "train.steps" train $small --steps 21 --result one/r.json
printf '{"outcome":' >one/r.json
expect "a broken result" 0 "made again" train $small --steps 20 --result one/r.json
grep -q '"settings":' one/r.json
report "is made again" $?
expect "--result with --resume" 2 "leave out" train --resume x --result one/r.json
expect "--stop of a word that is none" 2 "grokked or never" train --stop soon

# ---- The sweep
expect "sweep" 0 "8 of 8 done" sweep grid.ini --out a --jobs 2
grep -q '^done              8$' out && [ "$(results a)" = 8 ] && [ "$(leftovers a)" = 0 ]
report "makes every cell" $?
cell=a/task.frac=0.3,decay.kind=lrd,model.seed=1
[ -s $cell/log.jsonl ] && "$program" info $cell/checkpoint.safetensors >out 2>err
report "each with its log and checkpoint" $?
"$program" train $small --set task.frac=.3 --set model.seed=1 --set train.steps=40 --log alone.jsonl >out 2>err
sed 's/"time_s":[^,]*,//;s/"steps_per_s":[^,]*,//;s/"time":[^,]*,//' alone.jsonl >x
sed 's/"time_s":[^,]*,//;s/"steps_per_s":[^,]*,//;s/"time":[^,]*,//' $cell/log.jsonl >y
grep -v '"event":"\(start\|saved\)"' x >xx && grep -v '"event":"\(start\|saved\)"' y >yy && cmp -s xx yy
report "with the numbers of a run by hand" $?
rm a/task.frac=0.5,decay.kind=l2,model.seed=0/result.json
printf '{' >$cell/result.json
expect "sweep again" 0 "6 of 8 cells are done already" sweep grid.ini --out a --jobs 2
[ "$(results a)" = 8 ] && grep -q '"settings"' $cell/result.json
report "makes what is missing or broken" $?
expect "its copy is a spec" 0 "8 of 8 cells are done already" sweep a/sweep.ini --out a
expect "another spec in the same folder" 2 "train.steps" sweep long.ini --out a
[ "$(results a)" = 8 ]
report "leaves the results alone" $?

expect "info of a result" 0 "" info $cell/result.json
grep -q '^outcome  *not-memorised$' out && grep -q '^frac = 0.3$' out
report "says outcome and settings" $?
for shipped in "$root"/presets/sweeps/*.ini; do
    "$program" info "$shipped" >out 2>err && grep -q "spec of a sweep" out
    report "$(basename "$shipped") is a good spec" $?
done
expect "info of a spec" 0 "" info grid.ini
grep -q '8 runs of up to 40 steps' out && grep -q 'decay.kind: 2 values, l2 lrd' out
report "says how many runs, and the axes" $?

# ---- Its diagram
utf8=$(locale -a 2>/dev/null | grep -im 1 -e '^C\.utf-\?8$' -e '^en_US\.utf-\?8$')
LC_ALL=${utf8:-C}
export LC_ALL
expect "phase" 0 "" phase a --csv phase.csv --svg phase.svg
cp out diagram
grep -q 'decay.kind' diagram && grep -q 'best unseen accuracy of a run; mean of 2 runs' diagram && grep -q '8 of 8 runs' diagram
report "states its axes, its measure and what is done" $?
! grep -q "$(printf '\033')" diagram
report "without colours in a file" $?
[ "$(head -n 1 phase.csv)" = "panel,task.frac,decay.kind,measure,mean,spread,with,done,runs" ] && [ "$(wc -l <phase.csv)" = 5 ]
report "--csv has a row for each place" $?
mean=$(sed -n 's/.*"best_unseen_acc":\([^,]*\),.*/\1/p' a/task.frac=0.3,decay.kind=l2,model.seed=[01]/result.json |
    awk '{ s += $1; q += $1 * $1 } END { m = s / 2; printf "%.6f %.6f", m, sqrt((q - 2 * m * m > 0 ? q - 2 * m * m : 0)) }')
[ "$mean" = "$(awk -F, '$2 == "0.3" && $3 == "l2" { printf "%.6f %.6f", $5, $6 }' phase.csv)" ]
report "mean and spread are those of the results" $?
grep -q '<svg' phase.svg && grep -q 'best unseen accuracy of a run' phase.svg
report "--svg" $?
expect "phase over other axes" 0 "" phase a --across model.seed --up task.frac --measure stable-rank --glyphs ascii
! LC_ALL=C grep -q '[^ -~]' out && grep -q 'decay.kind lrd' out
report "in ASCII" $?
LC_ALL=C "$program" phase a >out 2>err
! LC_ALL=C grep -q '[^ -~]' out
report "and where the locale knows nothing else" $?
expect "phase of a folder that is none" 2 "not the folder of a sweep" phase .
expect "phase by an axis that is none" 2 "the axes of this sweep are" phase a --up task.p
expect "phase of a measure that is none" 2 "it takes one of unseen" phase a --measure nope
"$program" sweep grid.ini --out empty --list >out 2>err
expect "phase of a sweep without results" 2 "no result yet" phase empty

# ---- Stops
for signal in INT TERM; do
    rm -rf stop
    "$program" sweep long.ini --out stop --jobs 2 >out 2>err </dev/null &
    process=$!
    for wait in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        [ "$(find stop -name log.jsonl -size +1k 2>/dev/null | wc -l)" = 2 ] && break
        sleep 0.25
    done
    kill -$signal $process
    wait $process
    got=$?
    case $signal in INT) want=130 ;; TERM) want=143 ;; esac
    [ $got = $want ] && grep -q "goes on" err && [ "$(leftovers stop)" = 0 ] && [ "$(results stop)" = 0 ]
    report "SIG$signal stops the workers, files whole" $?
    for log in stop/*/log.jsonl; do
        tail -n 1 "$log" | grep -q '"event":"end"' || echo "$log"
    done >torn
    [ ! -s torn ]
    report "SIG$signal: logs end with their last row" $?
done
spec grid2.ini 40
expect "a stopped sweep goes on" 0 "8 of 8 done" sweep grid2.ini --out stop --jobs 2
[ "$(results stop)" = 8 ]
report "and is whole then" $?

# Stopped on the way, twice, a cell comes to what it would have come to in one go, schedule and all.
cat >resume.ini <<END
[sweep]
stop = never
[task]
p = 11
[model]
dim = 16
depth = 1
heads = 2
mlp = 32
[train]
batch = 16
steps = 9000
eval_every = 150
sample_every = 0
[axes]
model.seed = 0 1
schedule.at = 2000 never
[schedule]
at = decay.kind l2
END
"$program" sweep resume.ini --out whole --jobs 2 --quiet >out 2>err
evaluations() { # FOLDER
    cat "$1"/*/log.jsonl 2>/dev/null | grep -c '"train_loss"'
}
for round in 1 2; do
    wanted=$(($(evaluations halves) + 30))
    "$program" sweep resume.ini --out halves --jobs 4 >out 2>err </dev/null &
    process=$!
    for wait in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        [ "$(evaluations halves)" -ge $wanted ] && break
        sleep 0.1
    done
    kill -TERM $process
    wait $process
done
[ "$(find halves -name result.json.part | wc -l)" -gt 0 ]
report "a stopped cell leaves what it had come to" $?
expect "cells that were stopped go on" 0 "4 of 4 done" sweep resume.ini --out halves --jobs 2
cat halves/*/log.jsonl | grep -q '"event":"resumed"' && [ "$(find halves -name '*.part' | wc -l)" = 0 ]
report "from where they were" $?
is_like_whole() { # FOLDER
    for cell in whole/*/; do
        other=$1/${cell#whole/}
        sed 's/"seconds":[^,]*,//' "$cell/result.json" >out
        sed 's/"seconds":[^,]*,//' "$other/result.json" >err
        cmp -s "$cell/checkpoint.safetensors" "$other/checkpoint.safetensors" && cmp -s out err || return 1
    done
}
is_like_whole halves
report "to the same results and weights, byte for byte" $?

# `make test-full`: whatever ends a sweep whenever, what comes of it in the end is the same.
if [ "$2" = full ]; then
    for round in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
        "$program" sweep resume.ini --out often --jobs 2 >out 2>err </dev/null &
        process=$!
        sleep 0.$(awk -v seed=$round 'BEGIN { srand(seed); printf "%02d", 5 + 40 * rand() }')
        case $((round % 3)) in 0) kill -KILL $process ;; 1) kill -TERM $process ;; 2) kill -INT $process ;; esac
        wait $process
    done 2>/dev/null
    sleep 1 # workers of a sweep that was killed outright are told to end
    expect "after 30 ends at random times" 0 "" sweep resume.ini --out often --jobs 2
    is_like_whole often && [ "$(leftovers often)" = 0 ]
    report "the results and weights are the same" $?
fi

# A coordinator that is killed outright leaves locks of dead processes behind, at worst.
"$program" sweep long.ini --out killed --jobs 2 >out 2>err </dev/null &
process=$!
for wait in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    [ "$(find killed -name log.jsonl -size +1k 2>/dev/null | wc -l)" = 2 ] && break
    sleep 0.25
done
kill -KILL $process
wait $process 2>/dev/null
sleep 0.5
expect "after a kill -9" 0 "8 of 8 done" sweep grid.ini --out killed --jobs 2
[ "$(results killed)" = 8 ] && [ "$(leftovers killed)" = 0 ]
report "everything is made all the same" $?

# ---- Two at once in one folder
spec both.ini 3000
"$program" sweep both.ini --out both --jobs 2 >out2 2>err2 </dev/null &
process=$!
expect "one of two sweeps at once" 0 "" sweep both.ini --out both --jobs 2
wait $process
[ $? = 0 ] && [ "$(results both)" = 8 ] && [ "$(leftovers both)" = 0 ] && grep -q '^done              8$' out2
report "the other one of them" $?
[ "$(cat both/*/log.jsonl | grep -c '"event":"start"')" = 8 ] && [ "$(cat both/*/log.jsonl | grep -c '"event":"end"')" = 8 ]
report "every cell was made once" $?

# ---- Commands
expect "--list" 0 "" sweep grid.ini --out listed --list
cp out commands
[ "$(wc -l <commands)" = 8 ] && [ "$(results listed)" = 0 ]
report "prints a command for each cell and makes none" $?
(cd / && sh "$box/commands") >out 2>err
[ "$(results listed)" = 8 ]
report "the commands make them, from anywhere" $?
expect "which the sweep finds" 0 "8 of 8 cells are done already" sweep grid.ini --out listed
(sh commands & sh commands & wait) >out 2>err
[ "$(grep -c 'nothing is to be done' err)" = 16 ]
report "the commands may be run again" $?
if command -v parallel >/dev/null 2>&1 && parallel --version 2>/dev/null | grep -q GNU; then
    "$program" sweep grid.ini --out para --list 2>err | (cd / && parallel --will-cite -j 2) >out 2>>err
    [ "$(results para)" = 8 ] && [ "$(leftovers para)" = 0 ]
    report "GNU parallel" $?
    # Another machine, as far as parallel knows: what ssh would run there is run here, in an environment with a SHELL,
    # as sshd makes it (parallel's far end asks for it; a build machine may have none).
    printf '#!/bin/sh\nshift\n[ "$1" != -- ] || shift\nSHELL=/bin/sh exec sh -c "$*"\n' >ssh
    chmod +x ssh
    "$program" sweep grid.ini --out far --list 2>err |
        PARALLEL_SSH=$box/ssh parallel --will-cite --sshlogin 2/anna,2/boris >out 2>>err
    [ "$(results far)" = 8 ] && [ "$(leftovers far)" = 0 ]
    report "GNU parallel --sshlogin" $?
else
    echo "ok sweep: GNU parallel # SKIP it is not installed"
fi
mkdir "it's here"
expect "a folder with blanks and quotes" 0 "" sweep grid.ini --out "it's here" --list
sh out >out2 2>err
[ "$(results "it's here")" = 8 ]
report "is quoted for the shell" $?
expect "--slurm" 0 "" sweep grid.ini --out slurm --slurm job.sh
grep -q '^#SBATCH --array=0-7$' job.sh && sh -n job.sh
report "writes a script" $?
for task in 0 1 2 3 4 5 6 7; do
    SLURM_ARRAY_TASK_ID=$task sh job.sh
done >out 2>err
[ "$(results slurm)" = 8 ]
report "whose tasks make the cells" $?

# ---- A folder in which nothing can be made any more
mkdir shut
"$program" sweep grid.ini --out shut --list >out 2>err
for cell in $(sed 's/.*--result \([^ ]*\)\/result.json.*/\1/' out | head -n 3); do
    : >"$cell" # a file where the cell's folder should be
done
expect "cells that cannot be made" 1 "3 cells failed; the same command tries them again" sweep grid.ini --out shut
grep -q 'failed with exit status 2: the folder .* cannot be made' err && [ "$(results shut)" = 5 ]
report "say why, and the others are made" $?
find shut -maxdepth 1 -type f -name 'task*' -exec rm {} +
expect "and are tried again" 0 "8 of 8 done" sweep grid.ini --out shut

# ---- Wrong input
printf '[axes]\ntask.q = 1\n[sweep]\nstop = x\n' >bad.ini
expect "a spec with faults" 2 "bad.ini:2: there is no setting" sweep bad.ini --out bad
grep -q "bad.ini:4: stop" err && [ ! -e bad ]
report "all of them, and no folder" $?
expect "a spec that is not there" 2 "there is no spec" sweep nope --out bad
expect "no --out" 2 "--out FOLDER" sweep grid.ini
expect "--list with --slurm" 2 "take one" sweep grid.ini --out bad --list --slurm x
(
    ulimit -v 4000000
    "$program" sweep "$root/presets/sweeps/reference-grid.ini" --out bad --jobs 1000
) >out 2>err </dev/null
[ $? = 2 ] && grep -q "take --jobs" err
report "more runs at a time than there is memory for" $?
: >file
expect "a folder that cannot be made" 2 "cannot be made" sweep grid.ini --out file/x

# ---- A cell brings no threads of BLAS along
if [ -r /proc/self/environ ]; then
    "$program" sweep long.ini --out threads --jobs 1 --quiet >out 2>err </dev/null &
    sweep=$!
    cell=
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        cell=$(cat /proc/$sweep/task/$sweep/children 2>/dev/null)
        [ -n "$cell" ] && tr '\0' '\n' </proc/${cell%% *}/environ | grep -q '^OPENBLAS_NUM_THREADS=1$' && break
        cell=
        sleep .1
    done
    [ -n "$cell" ]
    report "a cell starts with one thread of BLAS" $?
    kill $sweep
    wait $sweep
fi

exit $failed
