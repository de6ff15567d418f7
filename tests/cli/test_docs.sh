#!/bin/sh
# Every command that a README shows is run here, shortened where it takes long, or named with the test that runs it:
# a command that nothing knows fails. Also: links lead somewhere, and the front page stays one.

suite=docs
pages="README.md presets/README.md presets/RESULTS.md src/README.md tests/README.md"
. "$(dirname "$0")/box.sh"
PATH=$(dirname "$program"):$PATH
export PATH
LC_ALL=C.UTF-8
export LC_ALL

# Indented lines that begin with one of our commands, without their comments.
commands() {
    for page in $pages; do
        sed -n -E 's/^    ((lrdlab|make|python3) .*)$/\1/p' "$root/$page"
    done | sed -E 's/   .*$//; s/ +#.*$//; s/ &$//' | awk '!seen[$0]++'
}

# Two small sweeps to try them on.
small='[sweep]\nkeep = result\n[task]\np = 7\n[model]\ndim = 8\ndepth = 1\nheads = 1\nmlp = 8\n[train]\nsteps = 4\n[axes]\n'
printf "$small"'decay.kind = l2 lrd\nmodel.seed = 0 1\n' >seeds.ini
printf "$small"'decay.kind = l2 lrd\ntask.frac = 0.3 0.5\ndecay.strength = 0.1 0.2\nschedule.at = 2 never\n[schedule]\nat = decay.kind none\n' >tiny.ini
lrdlab sweep tiny.ini --out done --quiet >out 2>err && lrdlab sweep seeds.ini --out seeds --quiet >>out 2>>err
report "sweeps to try them on" $?
[ -d "$root/presets" ] && ln -s "$root/presets" presets
analysis=$(for p in python3 /usr/bin/python3; do "$p" -c 'import scipy, statsmodels' 2>/dev/null && echo $p && break; done)

# NAME COMMAND-LINE: must end with 0.
try() {
    sh -c "$2" >out 2>err </dev/null
    report "$1" $?
}

# TEST COMMAND: is tried there.
elsewhere() {
    [ -f "$root/tests/$1" ]
    report "$2 (tests/$1)" $?
}

# What is long is cut short, what stands for a name is given one.
shorten() {
    printf '%s\n' "$1" | sed -E 's/--steps [0-9]+/--steps 3/; s/ SPEC / tiny.ini /; s/survival.py ([a-z]+) DIR/survival.py \1 seeds/; s/\bDIR\b/done/g; s#out/(evidence|reference)#done#'
}

commands >list
[ "$(grep -c . list)" -gt 20 ]
report "commands are found" $?
while read -r command <&3; do
    short=$(shorten "$command")
    case $command in
    *sbatch*) elsewhere cli/test_slurm.sh "$command" ;;
    *--sshlogin*) elsewhere cli/test_sweep.sh "$command" ;;
    *"| parallel"*)
        if command -v parallel >/dev/null; then
            try "$command" "$short"
        else
            elsewhere cli/test_sweep.sh "$command"
        fi
        ;;
    make*) try "$command" "cd '$root' && ARGS= ${short%% *} -n ${short#make }" ;;
    "lrdlab watch"*) elsewhere e2e/watch.sh "$command" ;;
    "lrdlab train --resume"*) try "$command" "$short --quiet" ;;
    "lrdlab train"*)
        rm -f lrd.jsonl lrd.safetensors switched.csv
        try "$command" "$short --steps 2 --set task.p=11 --set model.dim=16 --quiet"
        ;;
    "lrdlab movie classroom"*) try "$command" "$short --set train.steps=60 --quiet" ;;
    "lrdlab movie lrd"* | "lrdlab plot"* | "lrdlab info lrd"*)
        mkdir -p recorded
        cp presets/demos/classroom.jsonl recorded/lrd.jsonl && cp presets/demos/classroom.l2.jsonl recorded/l2.jsonl
        try "$command" "cd recorded && $short"
        ;;
    "lrdlab sweep presets/"*) try "$command" "$short --list >/dev/null" ;;
    "lrdlab sweep"* | "lrdlab phase"* | "lrdlab shot"* | "lrdlab info"*) try "$command" "$short" ;;
    *survival.py*)
        if [ -n "$analysis" ]; then
            try "$command" "$analysis ${short#python3 }"
        else
            elsewhere tools/test_survival.sh "$command"
        fi
        ;;
    *results.py*) elsewhere tools/test_results.sh "$command" ;;
    *)
        : >out
        echo "no rule of this test knows it" >err
        report "$command" 1
        ;;
    esac
done 3<list

# Links to files of the tree, from the folder of the page.
for page in $pages; do
    grep -oE '\]\([^)#:]+' "$root/$page" | cut -c3- | grep -v '^https*$' | sort -u | while read -r link; do
        [ -e "$root/$(dirname "$page")/$link" ] || echo "$page: $link"
    done
done >err
: >out
[ ! -s err ]
report "links lead to files" $?
[ "$(grep -c '' "$root/README.md")" -le 200 ]
report "the front page has at most 200 lines" $?
exit $failed
