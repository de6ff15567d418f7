#!/bin/sh
# Files as they should not be: names that would harm a terminal or hide the reason, links that lead nowhere, pipes
# that nobody reads, one file named twice. PROGRAM is the argument.

suite=files
. "$(dirname "$0")/box.sh"
small="--set task.p=7 --set model.dim=8 --set model.depth=1 --set model.heads=2 --set model.mlp=16
 --set train.batch=8 --set train.eval_every=10 --set train.sample_every=0 --set train.threads=1 --set train.steps=20 --quiet"

"$program" train $small --save ckpt --log log.jsonl >out 2>err
report "a run to work with" $?

# ---- Names: whatever they hold, no control character and no newline of theirs comes out
name=$(printf 'a\033]0;x\007\033[31m\nb\302\233\377')
printf '[task\n' >"$name.ini"
head -c 100 ckpt >"$name.cut"
printf '{"step":\n' >"$name.jsonl"
printf '1  2\n' >"$name.pairs"
printf '[axes]\nmodel.seed = 1\n' >"$name.spec"
cp ckpt "$name.ckpt"

# NAME STATUS ARGUMENT...: told on one line of stderr, and plain.
plain() {
    what=$1 status=$2
    shift 2
    "$program" "$@" >out 2>err </dev/null
    got=$?
    [ $got = "$status" ] && ! LC_ALL=C grep -q '[^ -~]' err && grep -q '\\x1B\[31m\\x0Ab\\xC2\\x9B\\xFF' err out
    report "a hostile name: $what" $?
}
for option in --save --weights --grad --log --csv --init --resume --pairs; do
    plain "$option" 2 train $small $option "no-folder/$name"
done
plain "--log that is there" 2 train $small --log "$name.jsonl"
plain "--save over another file" 2 train $small --save "$name.ini"
plain "--resume of what is cut" 2 train --resume "$name.cut"
plain "--pairs with a fault" 2 train $small --pairs "$name.pairs"
plain "a preset" 2 train "no-folder/$name"
plain "a preset with a fault" 2 train "./$name.ini"
for ending in cut jsonl pairs ini; do
    plain "info of .$ending" 2 info "$name.$ending"
done
plain "info of nothing" 2 info "$name"
plain "info of a checkpoint" 0 info "$name.ckpt"
plain "info of a spec" 0 info "$name.spec"
plain "shot of nothing" 2 shot "no-folder/$name.jsonl" --step 1 --out x.svg
plain "shot to nowhere" 2 shot log.jsonl --step 10 --out "no-folder/$name.svg"
plain "sweep" 2 sweep "no-folder/$name" --out cells
plain "phase" 2 phase "no-folder/$name"

long=$(printf '%0150d' 7)
long=$long/$long/$long/$long/$long/$long
for option in --save --weights --log --csv --init --resume --pairs; do
    expect "a long name: $option" 2 "No such file" train $small $option "no-folder/$long"
done

# ---- One file for two purposes
expect "--log and --csv into one file" 2 "one file" train $small --log a --csv ./a
expect "--log and --save into one file" 2 "one file" train $small --log "$box/a" --save a
expect "--result and --save into one file" 2 "one file" train $small --result a --save a
expect "--csv over the pairs" 2 "one file" train $small --pairs "$name.pairs" --csv "$name.pairs" --force
ln -s ckpt link
expect "--weights over what is gone on with" 2 "one file" train --resume ckpt --weights link --steps 30
[ ! -e a ]
report "and nothing was begun" $?
expect "--log where --save stands while it is written" 2 "stands while it is written" train $small --save b --log b.tmp
expect "and that with another run's log is fine" 0 "" train $small --log b --save b.tmp
rm -f b b.tmp
expect "a name that .tmp does not fit behind" 2 "too long" train $small --save "$(printf '%0253d' 7)"
expect "--save to where it came from" 0 "" train --resume ckpt --save link --steps 30 --quiet
[ -L link ] && "$program" info ckpt | grep -q "step *30"
report "through a link, which stays one" $?
expect "a device as often as one likes" 0 "" train $small --log /dev/null --csv /dev/null --save /dev/null

# ---- Two runs at once
"$program" train $small --steps 1000000000 --log shared.jsonl >out 2>err &
first=$!
while [ ! -s shared.jsonl ] && kill -0 $first 2>/dev/null; do :; done
expect "the log of another run that goes on" 2 "another process" train $small --log shared.jsonl --force
kill -KILL $first
wait $first 2>/dev/null
expect "is free when that is dead" 0 "" train $small --log shared.jsonl --force
savers=
for seed in 1 2 3; do
    "$program" train $small --steps 300 --set train.seed=$seed --save both --save-every 1 >out$seed 2>err$seed &
    savers="$savers $!"
done
torn=0
looks=0
while kill -0 ${savers##* } 2>/dev/null; do
    [ ! -e both ] || "$program" info both >out 2>err || torn=$((torn + 1))
    looks=$((looks + 1))
done
fault=0
for process in $savers; do
    wait $process || fault=1
done
[ $looks -gt 0 ] && [ $torn = 0 ] && [ $fault = 0 ] && [ ! -s err1 ] && [ ! -s err2 ] && [ ! -s err3 ]
report "three runs that save into one file: it is whole whenever one looks" $?
[ ! -e both.tmp ]
report "nothing is left beside it" $?

# ---- What is there and no checkpoint
printf 'notes\n' >notes
expect "--save over another kind of file" 2 "give --force" train $small --save notes
[ "$(cat notes)" = notes ]
report "it is as it was" $?
expect "--force writes over it" 0 "" train $small --save notes --force

# ---- Links and pipes
ln -s round1 round2
ln -s round2 round1
ln -s nowhere dangling
for option in --save --weights --result --log --csv --init --resume --pairs; do
    expect "links in a circle: $option" 2 "oo many" train $small $option round1
done
expect "a link to nothing" 2 "dangling" train $small --save dangling
mkfifo pipe both.tmp
expect "a pipe where the temporary file goes" 1 "both cannot be written: File exists" train $small --save both
sleep 30 <both.tmp &
sleeper=$!
expect "one with a reader" 1 "both cannot be written: File exists" train $small --save both
kill $sleeper
rm both.tmp
"$program" train $small --log pipe >out 2>err &
logs=$!
"$program" train $small --save pipe >out2 2>err2 &
saves=$!
wait $logs
[ $? = 2 ] && grep -q "nobody reads" err
report "a log into a pipe that nobody reads is refused in seconds" $?
wait $saves
[ $? = 1 ] && grep -q "nobody reads" err2 && grep -q "^step  *20" out2
report "a checkpoint into one is given up in seconds" $?
cat pipe >got &
reader=$!
expect "a reader gets the log" 0 "" train $small --log pipe
wait $reader
tail -n 1 got | grep -q '"end"'
report "to its end" $?

# ---- Logs that others wrote: what a file is, its bytes say
i=0
while [ $i -le 20 ]; do
    echo "{\"step\": $((i * 100)), \"train_acc\": $([ $i -ge 4 ] && echo 100 || echo 40)}"
    echo "{\"step\": $((i * 100)), \"val_acc\": $([ $i -ge 12 ] && echo 99.5 || echo 2), \"loss\": NaN}"
    i=$((i + 1))
done >foreign.jsonl
for copy in foreign.log foreign.json foreign.ndjson foreign foreign.ini.txt; do
    cp foreign.jsonl $copy
    expect "shot of a log named $copy" 0 "val_acc as unseen_acc" shot ./$copy --step 2000 --out shot.txt
    grep -q 'grokked' shot.txt
    report "finds its milestones" $?
done
expect "info of it" 0 "" info foreign.log
grep -q '1300 *grokked' out && grep -q 'in per cent' out && grep -q 'wanted *test_loss' out
report "lists milestones, units and what is wanted" $?
printf 'nonsense\n{"step": 2100, "train_acc": 100}\n{"step": 2200, "tra' >>foreign.log
expect "shot passes over a bad line" 0 "such lines are left out" shot foreign.log --step 2100 --out shot.txt
expect "and says that the last one is not whole" 0 "foreign.log:45: the last line is not whole" shot foreign.log --step 2100 --out shot.txt
printf '{"step": 100, "train_acc": 0.5}' >one
expect "a row without its newline" 0 "" shot ./one --step 100 --out shot.txt
printf '{"step": 100, "tra' >half
expect "half a row alone" 2 "the last line is not whole" shot ./half --step 100 --out shot.txt
expect "--map of a field that is none" 2 "did you mean unseen_acc" info foreign.jsonl --map unseenacc=x
expect "--map of a column that is not there" 2 "it has step, train_acc, val_acc, loss" shot foreign.jsonl --step 100 --map mirror_acc=x --out shot.txt
expect "watch takes --map too" 2 "did you mean unseen_acc" watch foreign.jsonl --map unseenacc=x
printf 'Wall time,Step,Value\n1,0,0.5\n2,10,0.25\n' >board.csv
expect "an export that could be anything" 2 "--map train_loss=NAME" shot board.csv --step 10 --out shot.txt
expect "is named with --map" 0 "Value as train_loss" shot board.csv --step 10 --map train_loss=Value --out shot.txt
gzip -c foreign.jsonl >packed.jsonl
expect "a compressed log" 2 "unpack it first" shot packed.jsonl --step 10 --out shot.txt
printf 'step 0: train loss 4.2\n' >print.log
expect "what a program printed" 2 "a log is a JSON object a line" shot print.log --step 10 --out shot.txt
expect "a log is no preset" 2 "lrdlab watch ./foreign.jsonl" train ./foreign.jsonl
[ "$(wc -l <err)" = 1 ]
report "said in one line" $?
: >empty.ini
expect "an empty preset" 2 "no setting is in it" train ./empty.ini
printf '[task]\np = 7\nop = add\nseed = 1\n' | iconv -t UTF-16 >wide.ini
expect "a preset in UTF-16" 2 "UTF-16" train ./wide.ini
[ "$(wc -l <err)" = 1 ]
report "is told once" $?

exit $failed
