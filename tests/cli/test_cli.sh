#!/bin/sh
# The command line as a user meets it: exit statuses, what goes where, what is said. PROGRAM is the argument.
# Says "ok NAME" or "not ok NAME" for each check; the exit status is 1 when one failed.

suite=cli
. "$(dirname "$0")/box.sh"
XDG_CONFIG_HOME=$box/config
export XDG_CONFIG_HOME
unset NO_COLOR

# NAME PART: the last stdout holds PART.
out_has() {
    grep -qF -e "$2" out
    report "$1" $?
}

small="--set task.p=7 --set model.dim=8 --set model.depth=1 --set model.heads=2 --set model.mlp=16
 --set train.batch=8 --set train.eval_every=10 --set train.sample_every=0 --set train.threads=1"

# ---- Help and tables
expect "--version" 0 "" --version
out_has "--version names the program" "lrdlab "
expect "--help" 0 "" --help
out_has "--help lists the verbs" "train [PRESET]"
expect "the manual page" 0 "" help --man
out_has "is troff" ".TH LRDLAB 1"
expect "a manual page of one verb" 2 "leave out train" help --man train
expect "completion" 0 "" complete -- demo --spe
out_has "offers what the verb takes" "--speed	"
expect "completion of nothing" 2 "needs WORD" complete
expect "help of a verb" 0 "" help train
out_has "help lists its options" "--save-every N"
for verb in lab lesson train watch demo sweep phase shot movie plot presets settings keys info doctor bench help complete; do
    expect "$verb --help" 0 "" $verb --help
    out_has "$verb --help says the usage" "usage: lrdlab $verb"
done
expect "presets" 0 "" presets
! grep -q "; from " out
report "presets are compiled in" $?
grep -q "^paper-lrd  *The paper's run with low-rank decay on Q and K$" out
report "presets have titles" $?
awk '{ if (length($0) > 80) exit 1 }' out
report "presets fit 80 columns" $?
expect "presets --markdown" 0 "" presets --markdown
out_has "presets as Markdown" '| `classroom` | Watch a small Transformer learn to add, late | groks at '
expect "settings" 0 "" settings
out_has "settings lists them" "decay.strength"
expect "settings --markdown" 0 "" settings --markdown
out_has "settings as Markdown" '| `decay.strength` |'
expect "settings of a preset" 0 "" settings paper-l2 --set decay.strength=0.25
out_has "with --set on top" "strength = 0.25"
expect "keys" 0 "" keys
out_has "keys lists them" "space"
expect "doctor" 0 "" doctor
out_has "doctor tests the BLAS" "self-test"

# ---- Wrong usage
expect "an unknown verb" 2 'did you mean "lrdlab train"?' trian
expect "an unknown preset" 2 "there is no preset" train zzzzzz
expect "an unknown option" 2 "did you mean --steps?" train --stpes 5
expect "an option of another verb" 2 'does not go with "lrdlab presets"' presets --steps 5
expect "an option without its value" 2 "needs N behind it" train --steps
expect "a flag with a value" 2 "takes no value" train --quiet=1
expect "a number that is none" 2 "whole number" train --steps 5x
expect "an option twice" 2 "given twice" train --steps 5 --steps=6
expect "two operands" 2 "one operand" train paper-l2 paper-lrd
expect "an operand too many" 2 "takes no operand" presets x
expect "a missing operand" 2 "needs FILE" info
expect "an unknown setting" 2 "did you mean decay.strength?" train --set decay.strenght=1
expect "a value out of range" 2 "both excluded" train --set task.frac=1
expect "--set without =" 2 "is not KEY=VALUE" train --set task.frac
expect "--at without a step" 2 "STEP=KEY:VALUE" train --at decay.kind:l2
expect "--at of a fixed setting" 2 "cannot change while a run trains" train --at 5=task.p:7
expect "settings that do not go together" 2 "prime" train --set task.op=div --set task.p=100
expect "more memory than there is" 2 "MiB are available" train --set model.dim=4096 --set model.depth=16 \
    --set model.mlp=16384 --set task.p=997
expect "control characters are not echoed" 2 '\x1B' train "$(printf '\033[31m')"
"$program" train --set a=1 --set decay.kind=x --at 5 >out 2>err
[ $? = 2 ] && [ "$(wc -l <err)" -eq 3 ]
report "all faults in one go" $?

# ---- Presets as files
printf '[task]\np = 7\nq = 1\n[decay]\nkind = l3\n' >bad.ini
expect "a preset with faults" 2 "bad.ini:3: there is no setting" train ./bad.ini
grep -q "bad.ini:5: decay.kind" err
report "all of its faults" $?
printf '[task]\np = 7\n[train]\nsteps = 90\n[expect]\ngrokked = 50..60 in 3 of 5\nseconds = 3\n' >measured.ini
expect "info of a preset" 0 "" info measured.ini
out_has "says in words what to expect" "Unseen pairs right (grokked) at 50 to 60, in 3 of 5 runs."
expect "settings of a measured preset" 0 "" settings ./measured.ini --set model.seed=3
out_has "with what to expect" "grokked = 50..60 in 3 of 5"
"$program" settings ./measured.ini --set decay.kind=l2 >out 2>err && ! grep -q expect out
report "but of another decay nothing is expected" $?
echo "memorised = soon" >>measured.ini
expect "a wrong expectation" 2 "measured.ini:8: expect.memorised cannot be" train ./measured.ini
expect "a device as preset" 2 "not a file" train /dev/zero
expect "a folder as preset" 2 "a folder" train ./
mkdir -p presets config/lrdlab
printf '[task]\np = 7\n[lab]\ntitle = Mine\n' >presets/mine.ini
printf '[task]\np = 11\n' >config/lrdlab/mine.ini
printf '[task]\np = 13\n' >config/lrdlab/other.ini
expect "a preset in ./presets" 0 "" settings mine
out_has "comes first" "p = 7"
expect "a preset of one's own" 0 "" settings other
out_has "is found" "p = 13"
expect "presets of several places" 0 "" presets
out_has "say where they are from" "10,000 steps; from ./presets"

# ---- Demos: there is none here, nor beside a program that was copied; then one's own
built=$program
cp "$program" bare && program=$box/bare
expect "a demo where there is none" 2 '"lrdlab" is a live run' demo
expect "no demo to list" 0 "" demo --list
[ ! -s out ]
report "lists nothing" $?
mkdir -p config/lrdlab/demos
echo '{"event":"start","settings":{"lab.title":"Mine"}}' >config/lrdlab/demos/mine.jsonl
expect "a demo of one's own" 0 "" demo --list
out_has "is listed" "mine  your own  Mine"
mkdir -p tree/presets && cp "$program" tree/lrdlab && cp -r "$root/presets/demos" tree/presets/
tree/lrdlab demo --list >out 2>err && grep -q '^classroom .*beside the program' out
report "a built tree has its demos in any folder" $?
expect "a misspelt demo" 2 'did you mean mine?' demo mime
expect "an unknown demo" 2 'there is no demo "nothing"' demo nothing
expect "two demos" 2 "one operand is enough" demo mine mine
expect "a demo without a terminal" 2 "terminal" demo mine
program=$built

# ---- Lessons
expect "lesson --list" 0 "" lesson --list
out_has "lists the one that is compiled in" "grokking  compiled in"
expect "lesson --checks" 0 "" lesson --checks
out_has "lists what a step can wait for" "rank-below N"
expect "lesson --checks --markdown" 0 "" lesson --checks --markdown
out_has "as Markdown" '| `key KEY` |'
expect "an unknown lesson" 2 'did you mean grokking?' lesson groking
mkdir -p config/lrdlab/lessons
printf '[lesson]\ntitle = Mine\nabout = A.\n[step]\ntitle = S\ndo = D.\nnotice = N.\nwait = rian\nvieu = table\n' >bad.ini
expect "a lesson with faults" 2 'bad.ini:8: a lesson cannot wait for "rian"' lesson ./bad.ini
[ "$(wc -l <err)" = 2 ] && grep -q 'bad.ini:9: a \[step\] has no "vieu"; did you mean view?' err
report "all of its faults" $?
sed '/wait\|vieu/d' bad.ini >config/lrdlab/lessons/mine.ini
expect "a lesson of one's own" 0 "" lesson --list
out_has "is listed" "mine      your own     Mine"
expect "info of a lesson" 0 "" info config/lrdlab/lessons/mine.ini
out_has "says what it holds" "1: S"
expect "info of a lesson with faults" 2 "reads like a lesson but has faults" info bad.ini
expect "a lesson without a terminal" 2 "terminal" lesson mine

# ---- The lab without a terminal
for term in "" dumb xterm; do
    TERM=$term "$program" lab >out 2>err </dev/null
    [ $? = 2 ] && [ ! -s out ] && grep -q train err && ! grep -q "$(printf '\033')" err
    report "lab without a terminal, TERM=$term" $?
done

TERM=xterm "$program" lesson >out 2>err </dev/null
[ $? = 2 ] && [ ! -s out ] && [ "$(wc -l <err)" = 1 ] && grep -q terminal err
report "lesson without a terminal" $?
TERM=xterm "$program" watch x.jsonl >out 2>err </dev/null
[ $? = 2 ] && [ ! -s out ] && grep -q train err && ! grep -q "$(printf '\033')" err
report "watch without a terminal" $?
expect "watch without a log" 2 "needs FILE.jsonl" watch
expect "watch with an option of train" 2 "does not go with" watch --steps 5 x.jsonl
expect "watch at no speed" 2 "whole number from 1" watch --speed 0 x.jsonl

# ---- Runs
expect "train" 0 "step 10 of 20" train $small --steps 20 --log run.jsonl --save run.safetensors --csv run.csv
out_has "prints a summary" "unseen_accuracy"
head -n 1 run.jsonl | grep -q '"event": *"start"'
report "the log starts" $?
expect "the log is not written over" 2 "run.jsonl" train $small --steps 20 --log run.jsonl
expect "--force writes over it" 0 "" train $small --steps 20 --log run.jsonl --force
expect "--portraits without a log" 2 "name one with --log" train $small --steps 20 --portraits
expect "--portraits" 0 "" train $small --steps 20 --quiet --portraits --log told.jsonl
[ "$(grep -c '^{"portrait":"table"' told.jsonl)" = 3 ] && [ "$(grep -c '^{"portrait":"fourier"' told.jsonl)" = 3 ] &&
    [ "$(grep -c '^{"portrait":"attention"' told.jsonl)" = 3 ]
report "are rows of the log" $?
expect "a picture of them" 0 "" shot told.jsonl --step 10 --view table --out told.txt
grep -q 'trained .*% of ' told.txt
report "shows the table" $?
expect "a picture of a log without them" 0 "" shot run.jsonl --step 10 --view table --out untold.txt
grep -q 'train --portraits' untold.txt
report "says what would tell it" $?
expect "--quiet" 0 "" train $small --steps 20 --quiet
[ ! -s err ]
report "--quiet says nothing" $?
expect "--resume" 0 "" train --resume run.safetensors --steps 30 --quiet
out_has "goes on" "step              30"
expect "--resume at the end" 0 "already" train --resume run.safetensors --steps 20
expect "--resume with a preset" 2 "leave out the preset" train paper-l2 --resume run.safetensors
expect "info of a checkpoint" 0 "" info run.safetensors
out_has "info says the step" "20"
expect "info of a log" 0 "" info run.jsonl
expect "pairs" 0 "" train --set task.p=23 --init "$root/tests/golden/lrd-add/init.safetensors" \
    --pairs "$root/tests/golden/lrd-add/train_pairs.txt" --steps 2
printf '1 2\n1  3\n' >pairs.txt
expect "pairs with a fault" 2 "pairs.txt:2:" train $small --pairs pairs.txt --steps 2
expect "a file of weights that is none" 2 "pairs.txt" train --init pairs.txt

# Too little memory for the BLAS, which tries for it for ever: said at once, and what needs none still works and ends.
for limit in "-v 150000" "-d 50000"; do
    if (ulimit $limit && timeout 20 "$program" --version) >out 2>err; then
        (ulimit $limit && timeout 20 "$program" info run.safetensors) >out 2>err
        report "ulimit $limit: info works" $?
        (ulimit $limit && timeout 20 "$program" train $small --steps 5) >out 2>err
        [ $? = 2 ] && grep -q "MiB of memory are available" err
        report "ulimit $limit: train says why it cannot" $?
    elif command -v timeout >/dev/null && (ulimit $limit) 2>/dev/null; then
        report "ulimit $limit: --version ends" 1
    fi
done

# Options as one word, before the verb, and numbers under a locale with a decimal comma.
expect "--key=value before the verb" 0 "" --steps=5 --set=task.p=7 --set=model.dim=8 --set=train.threads=1 train --quiet
out_has "is the same" "step              5"
LC_ALL=de_DE.UTF-8 "$program" train $small --steps 5 --set decay.strength=0.25 --quiet >out 2>err
[ $? = 0 ] && ! grep -q , out
report "numbers do not depend on the locale" $?

# ---- Results that do not get out
if [ -c /dev/full ]; then
    "$program" settings >/dev/full 2>err
    [ $? = 1 ] && grep -q "standard output" err
    report "a full stdout" $?
    "$program" train $small --steps 5 --quiet >/dev/full 2>err
    [ $? = 1 ]
    report "a full stdout of train" $?
    "$program" train $small --steps 5 --log /dev/full >out 2>err
    [ $? = 1 ] && grep -q "/dev/full" err
    report "a full log" $?
fi
"$program" settings >&- 2>err
[ $? = 1 ]
report "a closed stdout" $?
{
    sleep 0.2
    "$program" settings 2>err
    echo $? >code
} | true
[ "$(cat code)" = 1 ]
report "a broken pipe" $?

# ---- Signals: the run ends in order, with its checkpoint and whole lines
for signal in INT TERM HUP USR1 USR2 XCPU; do
    rm -f err
    "$program" train $small --set train.steps=1000000000 --save s$signal.safetensors --log s$signal.jsonl >out 2>err &
    process=$!
    for wait in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        grep -qs "step 10 " err && break
        sleep 0.25
    done
    kill -$signal $process
    wait $process
    got=$?
    [ $got -gt 128 ] && [ "$(kill -l $got)" = $signal ] && tail -n 1 s$signal.jsonl | grep -q '"end"' && "$program" info s$signal.safetensors >out
    report "SIG$signal ends a run in order" $?
done

# ---- Killed without warning, gone on with from its last checkpoint: the run that was never stopped
long="$small --steps 20000 --at 1500=decay.kind:l2 --at 3000=decay.kind:lrd --quiet"
"$program" train $long --save whole.safetensors --csv whole.csv >out 2>err
"$program" train $long --save part.safetensors --save-every 500 --csv part.csv --log part.jsonl >out 2>err &
process=$!
while [ ! -s part.safetensors ] && kill -0 $process 2>/dev/null; do :; done # a pause would be as long as the run
kill -KILL $process 2>/dev/null
wait $process 2>/dev/null
[ $? = 137 ]
report "a run is killed in its midst" $?
printf '{"step": 39' >>part.jsonl
expect "a killed run goes on" 0 "" train --resume part.safetensors --steps 20000 --at 1500=decay.kind:l2 \
    --at 3000=decay.kind:lrd --quiet --save part.safetensors --csv part.csv --log part.jsonl
cmp -s whole.safetensors part.safetensors
report "to the same bytes" $?
cut -d, -f1,3-14,16- whole.csv >a.csv
cut -d, -f1,3-14,16- part.csv >b.csv
[ "$(wc -l <a.csv)" = 2002 ] && cmp -s a.csv b.csv
report "with the same table but for its clock" $?
expect "and a log that reads on" 0 "" info part.jsonl
out_has "which says where it was gone on with" "resumed"
! grep -q "bad lines" out
report "a line that was cut off is gone from it" $?

# ---- Pictures
for ending in svg txt ans; do
    expect "shot as .$ending" 0 "" shot presets/mine.ini --set train.eval_every=2 --set model.dim=8 --set model.mlp=16 \
        --set model.depth=1 --step 6 --size 80x24 --out shot.$ending --quiet
    [ -s shot.$ending ]
    report "shot writes .$ending" $?
done
[ "$(wc -l <shot.txt)" = 24 ]
report "shot has the size asked for" $?
expect "shot of a log" 0 "" shot run.jsonl --step 10 --view curves --glyphs ascii --out log.txt
! LC_ALL=C grep -q '[^ -~]' log.txt
report "shot --glyphs ascii is ASCII" $?
cat run.jsonl run.jsonl >twice.jsonl
expect "shot of a log with two runs shows the last" 0 "" shot twice.jsonl --step 10 --view curves --glyphs ascii \
    --out twice.txt
cmp -s log.txt twice.txt
report "shot of a log with two runs is that of the second alone" $?
expect "info of a log with two runs" 0 "" info twice.jsonl
out_has "info tells them" "runs          2"
: >empty.jsonl
printf '{"step": 0, "train_acc": 0.1}\n{"step": 100, "train_acc": 0.5, "test_acc": 0.25}\n' >foreign.jsonl
expect "shot of a log of another program" 0 "" shot foreign.jsonl --step 100 --size 80x24 --out foreign.txt
grep -q "lrdlab .* foreign " foreign.txt && grep -q "the log does not tell it" foreign.txt && ! grep -q "mod 113" foreign.txt
report "makes up no task and no decay" $?
expect "shot of an empty log" 2 "no row" shot empty.jsonl --out x.txt
expect "shot without --out" 2 "--out FILE.svg" shot run.jsonl --step 10
for view in $("$program" shot --help | sed -n 's/.*the view: //p' | tr -d ,); do
    expect "shot of the view $view" 0 "" shot presets/mine.ini --set model.dim=8 --set model.mlp=16 --set model.depth=1 \
        --step 4 --size 80x24 --view "$view" --out "$view.ans" --quiet
    [ -s "$view.ans" ] && ! grep -q "measured in a moment" "$view.ans"
    report "the view $view shows something" $?
done
expect "shot of a log's attention" 0 "" shot run.jsonl --step 10 --view attention --size 120x40 --out no.txt
grep -q "A log holds no weights" no.txt
report "a log's view of the weights says why it is empty" $?
expect "shot as an unknown kind" 2 "no kind of picture" shot run.jsonl --step 10 --out x.png
expect "shot of a view that is not there" 2 "overview" shot run.jsonl --step 10 --view nope --out x.txt
expect "shot of a bad size" 2 "120x40" shot run.jsonl --step 10 --size 12 --out x.txt
expect "shot past the end" 2 "train.steps=99999" shot paper-lrd --step 99999 --out x.txt

exit $failed
