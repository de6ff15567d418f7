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
printf 'mine\n' >b.tmp
expect "--save beside a file NAME.tmp of the user's" 0 "" train $small --save b
[ "$(cat b.tmp)" = mine ]
report "which stays" $?
ln b.tmp hard
ln -f hard .lrdlab-00000000-1-1.tmp
expect "and beside hidden ones" 0 "" train $small --save b
[ "$(cat hard)" = mine ]
report "which stay too" $?
rm -f b b.tmp hard .lrdlab-*
expect "a name as long as names may be" 0 "" train $small --save "$(printf '%0255d' 7)"
expect "and one longer" 2 "too long" train $small --save "$(printf '%0256d' 7)"
rm -f 0*7
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
    "$program" train $small --steps 300 --set train.seed=$seed --save both --save-every 1 --force >out$seed 2>err$seed &
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
[ -z "$(find . -name '*.tmp')" ]
report "nothing is left beside it" $?

# ---- What is there and no checkpoint
printf 'notes\n' >notes
expect "--save over another kind of file" 2 "give --force" train $small --save notes
[ "$(cat notes)" = notes ]
report "it is as it was" $?
expect "--force writes over it" 0 "" train $small --save notes --force

# ---- What may be replaced: of every option that names an output, what is there already
printf '[sweep]\nstop = never\nkeep = result\n[task]\np = 7\n[model]\ndim = 8\ndepth = 1\nheads = 2\nmlp = 16\n[train]
batch = 8\nsteps = 20\neval_every = 10\n[axes]\ndecay.kind = l2 lrd\ntask.frac = .3 .5\n' >grid
"$program" sweep grid --out cells >out 2>err
"$program" train $small --set train.seed=9 --save other.save --weights other.weights --grad other.grad --log other.log \
    --csv other.csv --result other.result >out 2>err
"$program" train $small --result same.result >out 2>err
"$program" shot log.jsonl --step 10 --out same.svg >out 2>err
for ending in svg html cast; do
    "$program" movie log.jsonl --out same.$ending >out 2>err
    mv same.$ending movie.$ending
done
for ending in svg pdf png; do
    "$program" plot log.jsonl --out same.$ending >out 2>err
    mv same.$ending plot.$ending
done
"$program" movie log.jsonl --cast 2 --out same.cast >out 2>err
mv same.cast movie.cast2
pictures="same.svg same.phase movie.svg movie.html movie.cast movie.cast2 plot.svg plot.pdf plot.png"
"$program" shot log.jsonl --step 10 --out same.svg >out 2>err
"$program" phase cells --svg same.phase --csv same.table >out 2>err
"$program" sweep grid --out cells --slurm same.slurm >out 2>err
cp same.slurm edited
printf '#SBATCH --partition=mine\n' >>edited
printf 'my notes\n' >notes
ls other.save other.weights other.grad other.log other.csv other.result same.result $pictures same.table \
    same.slurm >out 2>err
report "one file of each kind" $?

# OPTION ENDING SAME ARGUMENT...: SAME is a file that lrdlab made for this purpose, - where none is ever replaced. Each
# kind of file in turn stands where the output goes.
replaces() {
    option=$1 ending=$2 same=$3
    shift 3
    for old in notes edited other.save other.weights other.grad other.log other.csv other.result movie.html plot.pdf plot.png same.svg same.table \
        same.slurm grid; do
        case " $same " in *" $old "*) continue ;; esac
        cp $old target$ending
        "$program" "$@" $option target$ending >out 2>err </dev/null
        [ $? = 2 ] && grep -qE "give --force|another run|nothing is to be done" err && cmp -s $old target$ending
        report "$option over $old: refused" $?
        "$program" "$@" $option target$ending --force >out 2>err </dev/null
        [ $? = 0 ] && ! cmp -s $old target$ending
        report "$option over $old: with --force" $?
    done
    : >target$ending
    expect "$option over an empty file" 0 "" "$@" $option target$ending
    [ "$same" = - ] || for old in $same; do
        cp $old target$ending
        expect "$option over $old" 0 "" "$@" $option target$ending
    done
    rm -f target$ending
    printf 'mine\n' >target$ending.tmp
    expect "$option where nothing is" 0 "" "$@" $option target$ending
    [ "$(cat target$ending.tmp)" = mine ]
    report "$option leaves .tmp alone" $?
    rm -f target*
}
replaces --save "" - train $small
replaces --weights "" - train $small
replaces --grad "" - train $small
replaces --log "" - train $small
replaces --csv "" - train $small
replaces --result .json same.result train $small
replaces --out .svg "$pictures" shot log.jsonl --step 10
replaces --out .txt "$pictures" shot log.jsonl --step 10
replaces --out .ans "$pictures" shot log.jsonl --step 10
replaces --out .html "$pictures" movie log.jsonl
replaces --out .cast "$pictures" movie log.jsonl
replaces --out .svg "$pictures" plot log.jsonl
replaces --out .pdf "$pictures" plot log.jsonl
replaces --out .png "$pictures" plot log.jsonl
replaces --svg "" "$pictures" phase cells
replaces --csv "" same.table phase cells
replaces --slurm "" same.slurm sweep grid --out cells
mkdir own
printf '# mine\n' | cat - grid >own/sweep.ini
cp own/sweep.ini before
expect "a sweep into the folder of its own spec" 2 "sweep.ini" sweep own/sweep.ini --out own
cmp -s own/sweep.ini before
report "the spec is as it was" $?
printf 'mine\n' >r.json.part
expect "a file where the part of a result goes" 2 "r.json.part" train $small --result r.json --save r.save
expect "which is of no matter without --save" 0 "" train $small --result r.json
[ "$(cat r.json.part)" = mine ]
report "it is as it was, too" $?
printf 'mine\n' >q.json.lock
touch -d '2001-01-01' q.json.lock
expect "a file where the lock goes" 0 "another process is at" train $small --result q.json
[ "$(cat q.json.lock)" = mine ]
report "stays" $?
expect "the same run once more" 0 "" train $small --save r.save
expect "and once more, longer" 0 "" train $small --save r.save --steps 30

# ---- A lock is held by who lives, however long it stood still
"$program" train $small --set train.steps=4000000 --result slow.json --log slow.log >out1 2>err1 &
first=$!
while [ ! -s slow.log ] && kill -0 $first 2>/dev/null; do :; done
kill -STOP $first
touch -d '2001-01-01' slow.json.lock
expect "the result of a run that stands still" 0 "nothing is done here" train $small --set train.steps=4000000 --result slow.json --log slow.log
[ -e slow.json.lock ]
report "its lock stays" $?
kill -KILL $first
wait $first 2>/dev/null
"$program" train $small --set train.steps=60000 --result taken.json --log taken.log >out 2>err &
first=$!
while [ ! -s taken.log ] && kill -0 $first 2>/dev/null; do :; done
rm -f taken.json.lock
wait $first
[ $? = 0 ] && grep -q '"settings":' taken.json && [ ! -e taken.json.lock ]
report "a lock that was removed by hand costs no result" $?

# ---- What cannot be written is told before the run
for folder in /proc /sys /proc/self/fd; do
    [ -d $folder ] || continue
    for option in --save --weights --grad --result; do
        "$program" train $small $option $folder/lrdlab-none >out 2>err </dev/null
        [ $? = 2 ] && [ ! -s out ]
        report "$option in $folder" $?
    done
    expect "--out in $folder" 2 "cannot" shot log.jsonl --step 10 --out $folder/lrdlab-none.svg
    expect "--slurm in $folder" 2 "cannot" sweep grid --out cells --slurm $folder/lrdlab-none
done
if [ -d /dev/shm ] && shared=$(mktemp -d /dev/shm/lrdlab-XXXXXX); then
    expect "--save below /dev/shm" 0 "" train $small --save $shared/ckpt
    ln $shared/ckpt $shared/link
    cp $shared/ckpt before
    expect "over it" 0 "" train $small --save $shared/ckpt --steps 30
    cmp -s before $shared/link
    report "which is not written in place" $?
    expect "--out below /dev/shm" 0 "" shot log.jsonl --step 10 --out $shared/x.svg
    rm -r $shared
fi
"$program" train $small --weights /dev/stdout --quiet >got 2>err
head -c 9 got | grep -q '{'
report "/dev/stdout is written as it is open" $?
(echo before && "$program" train $small --grad /dev/fd/1) >got 2>err
head -n 1 got | grep -q before
report "behind what is there" $?

printf 'a\342\200\256b\342\201\246c\330\234d\n' >name
"$program" info "$(cat name)" >out 2>err
! LC_ALL=C grep -q '[^ -~]' err && grep -q '\\xE2\\x80\\xAEb\\xE2\\x81\\xA6c\\xD8\\x9Cd' err
report "controls of the direction of writing are shown as signs" $?

# ---- A path in another language
broken=$(printf 'a\ntouch harm #')
expect "a line break in --list" 2 "control" sweep grid --out "$broken" --list
expect "a line break in --slurm" 2 "control" sweep grid --out "$broken" --slurm job
[ ! -e "$broken" ]
report "and nothing is made" $?
expect "what #SBATCH cannot hold" 2 "backslash" sweep grid --out 'a\b' --slurm job
expect "blanks and patterns in --slurm" 0 "" sweep grid --out 'a b %j $(touch harm) `touch harm`' --slurm job
grep -q '^#SBATCH --output=".*/a b %%j $(touch harm) `touch harm`/slurm-%A_%a.txt"$' job
report "are quoted for sbatch" $?
"$program" sweep grid --out 'a b %j $(touch harm) `touch harm`' --list >lines 2>err && sh -n lines && sh lines >out 2>err
[ ! -e harm ] && [ "$(find 'a b %j $(touch harm) `touch harm`' -name result.json | wc -l)" = 4 ]
report "and for sh" $?

# ---- Links and pipes
ln -s round1 round2
ln -s round2 round1
ln -s nowhere dangling
for option in --save --weights --result --log --csv --init --resume --pairs; do
    expect "links in a circle: $option" 2 "oo many" train $small $option round1
done
expect "a link to nothing" 2 "dangling" train $small --save dangling
mkfifo pipe
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
    expect "shot of a log named $copy" 0 "val_acc as unseen_acc" shot ./$copy --step 2000 --force --out shot.txt
    grep -q 'grokked' shot.txt
    report "finds its milestones" $?
done
expect "info of it" 0 "" info foreign.log
grep -q '1300 *grokked' out && grep -q 'in per cent' out && grep -q 'wanted *test_loss' out
report "lists milestones, units and what is wanted" $?
printf 'nonsense\n{"step": 2100, "train_acc": 100}\n{"step": 2200, "tra' >>foreign.log
expect "shot passes over a bad line" 0 "such lines are left out" shot foreign.log --step 2100 --force --out shot.txt
expect "and says that the last one is not whole" 0 "foreign.log:45: the last line is not whole" shot foreign.log --step 2100 --force --out shot.txt
printf '{"step": 100, "train_acc": 0.5}' >one
expect "a row without its newline" 0 "" shot ./one --step 100 --force --out shot.txt
printf '{"step": 100, "tra' >half
expect "half a row alone" 2 "the last line is not whole" shot ./half --step 100 --force --out shot.txt
expect "--map of a field that is none" 2 "did you mean unseen_acc" info foreign.jsonl --map unseenacc=x
expect "--map of a column that is not there" 2 "it has step, train_acc, val_acc, loss" shot foreign.jsonl --step 100 --map mirror_acc=x --force --out shot.txt
expect "watch takes --map too" 2 "did you mean unseen_acc" watch foreign.jsonl --map unseenacc=x
printf 'Wall time,Step,Value\n1,0,0.5\n2,10,0.25\n' >board.csv
expect "an export that could be anything" 2 "--map train_loss=NAME" shot board.csv --step 10 --force --out shot.txt
expect "is named with --map" 0 "Value as train_loss" shot board.csv --step 10 --map train_loss=Value --force --out shot.txt
expect "by movie too" 0 "val_acc as unseen_acc" movie foreign.jsonl --out mapped.html
expect "and plot" 0 "Value as train_loss" plot board.csv --map train_loss=Value --out mapped.svg
expect "which need it likewise" 2 "--map train_loss=NAME" plot board.csv --out mapped.svg
gzip -c foreign.jsonl >packed.jsonl
expect "a compressed log" 2 "unpack it first" shot packed.jsonl --step 10 --force --out shot.txt
printf 'step 0: train loss 4.2\n' >print.log
expect "what a program printed" 2 "a log is a JSON object a line" shot print.log --step 10 --force --out shot.txt
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
