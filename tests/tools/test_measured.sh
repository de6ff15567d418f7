#!/bin/sh
# verify-presets.sh and what it stands on, on results made up and on runs of no time: test_measured.sh PROGRAM, from the
# top of the tree.

suite=measured
. "$(dirname "$0")/../cli/box.sh"
tools=$root/tests/tools

# ---- fill-marks.sh
printf 'before\n<!-- x -->\nold\n\nold\n<!-- /x -->\nafter\n' >marked
cp marked unmarked
printf '| new\\n & |\n' | sh "$tools/fill-marks.sh" marked x >out 2>err
printf 'before\n<!-- x -->\n\n| new\\n & |\n\n<!-- /x -->\nafter\n' | cmp -s - marked
report "what stands between two marks is replaced" $?
cp marked once
printf '| new\\n & |\n' | sh "$tools/fill-marks.sh" marked x >out 2>err && cmp -s once marked
report "and again is the same" $?
! echo new | sh "$tools/fill-marks.sh" unmarked y >out 2>err && grep -q "no line <!-- y -->" err
report "a mark that is not there is named" $?

# ---- measured.awk
result() { # OUTCOME MEMORISED COLLAPSED GROKKED LOST BEST LAST RANK SEED
    echo "{\"outcome\":\"$1\",\"step\":4000,\"memorised\":$2,\"collapsed\":$3,\"grokked\":$4,\"lost\":$5,\"best_unseen_acc\":$6," \
        "\"unseen_acc\":$7,\"stable_rank\":$8,\"seconds\":12.4,\"stop\":\"never\",\"settings\":{\"model.seed\":\"$9\"}}" >"r$9"
}

settings() { # EXPECTATION...
    {
        printf '[train]\nsteps = 4000\nseed = 1\n\n[expect]\n'
        for line in "$@"; do echo "$line"; done
    } >settings
}

verdict() { # NAME STATUS LINE
    awk -v name=x -v row=row -f "$tools/measured.awk" settings r0 r1 r2 >out 2>err
    got=$?
    [ $got = "$2" ] && [ "$(cat out)" = "$3" ]
    report "$1" $?
}

result grokked 300 1000 1550 null 1 .99953 1.25 0
result memorised 320 null null null .125 .0624 17 1
result grokked 300 1200 2050 3000 .9999 .5 1.5 2
settings "memorised = 300..320" "collapsed = 900..1300 in 2 of 3" "grokked = 1550..2050 in 2 of 3" "seconds = 30"
verdict "what was expected" 0 \
    "ok x: memorised 300–320, collapsed 1,000–1,200 (2 of 3), grokked 1,550–2,050 (2 of 3); 3 runs, 12 s"
[ "$(cat row)" = "| x | 3 | 300–320 | 1,000–1,200 (2 of 3) | 1,550–2,050 (2 of 3) | 1 of 2 | 70.8% (12.5% to 100.0%) | 52.0% (6.2% to 99.9%) | 6.58 (1.25 to 17) | 4,000 | 12 s |" ]
report "its row" $?
settings "memorised = 301..320" "collapsed = never" "grokked = 1551..2049 in 2 of 3"
verdict "steps out of range, and what should never happen" 1 "not ok x: memorised at 300 (model.seed 0), expected 301..320; memorised at 300 (model.seed 2), expected 301..320; collapsed at 1,000–1,200 in 2 of 3, expected never; grokked at 1550 (model.seed 0), expected 1551..2049; grokked at 2050 (model.seed 2), expected 1551..2049"
settings "grokked = 1550..2050" "collapsed = 1000..1200 in 1 of 3"
verdict "too few and too many" 1 \
    "not ok x: collapsed in 2 of 3, expected in 1; grokked in 2 of 3, expected in all"
settings "grokked = 1550..2050 in 4 of 5"
verdict "of another number of runs, what may well come about" 0 \
    "ok x: memorised 300–320, collapsed 1,000–1,200 (2 of 3), grokked 1,550–2,050 (2 of 3); 3 runs, 12 s"
# By hand: of the C(23,3) = 1771 ways to place three hits C(3,2) * 20 + 1 = 61 have two or more among these: 3.4%.
settings "grokked = 1550..2050 in 1 of 20" "memorised = 300..320 in 7 of 10" "collapsed = 1000..1200 in 1 of 10"
verdict "and what would seldom" 1 "not ok x: grokked in 2 of 3, expected in about 1 of 20"
settings
verdict "nothing expected" 0 "ok x: memorised 300–320, collapsed 1,000–1,200 (2 of 3), grokked 1,550–2,050 (2 of 3); 3 runs, 12 s; it has no [expect] to compare with"
result generalised 300 1000 599 null 1 1 1 0
settings "grokked = 1550..2050 in 1 of 3"
verdict "sooner than twice the memorising step is not grokked" 0 \
    "ok x: memorised 300–320, collapsed 1,000–1,200 (2 of 3), grokked 2,050 (1 of 3), generalised at 599 (1 of 3); 3 runs, 12 s"
result non-finite 300 null null null null null null 0
verdict "a run that is not finite" 1 "not ok x: not finite in 1 of 3"

# ---- verify-presets.sh
preset() { # NAME STEPS EXPECTATION
    printf '[task]\np = 7\n[model]\ndim = 8\ndepth = 1\nheads = 2\nmlp = 16\n[train]\nbatch = 8\nsteps = %s\n' "$2" >"presets/$1.ini"
    printf 'eval_every = 10\nsample_every = 0\n[expect]\n%s\n' "$3" >>"presets/$1.ini"
}

verify() { # NAME STATUS PART VARIABLE=VALUE... [--check]
    name=$1 status=$2 part=$3
    shift 3
    check=
    [ "$1" = --check ] && check=--check && shift
    # shellcheck disable=SC2086
    env OUT=runs "$@" sh "$tools/verify-presets.sh" $check "$program" >out 2>err
    got=$?
    [ $got = "$status" ] && cat out err | grep -qF -e "$part"
    report "$name" $?
}

mkdir presets
preset quick 20 "grokked = never
seconds = 1"
preset slow 30 "grokked = never
seconds = 9"
preset wrong 40 "memorised = 5..6
seconds = 5"
preset silent 20 ""
verify "an expectation that fails" 1 "not ok wrong: memorised in 0 of 1, expected in all" SEEDS=1
grep -q "^ok quick: memorised never, collapsed .*; 1 run, 0 s$" out && [ "$(grep -c '^ok ' out)" = 3 ]
report "and those that do not" $?
[ "$(grep -c '^| [a-z]* | 1 | never ' presets/RESULTS.md)" = 4 ]
report "each has a row in RESULTS.md" $?
sed 's/^<!-- measured -->$/Words before.\n&/' presets/RESULTS.md >x && echo "Words after." >>x && mv x presets/RESULTS.md
verify "one of them with another number of seeds" 0 "ok slow: " ONLY=slow SEEDS=2 JOBS=2
grep -q '^| slow | 2 |' presets/RESULTS.md && [ "$(grep -c '^| [a-z]* | 1 | never ' presets/RESULTS.md)" = 3 ] &&
    grep -q '^Words before' presets/RESULTS.md && grep -q '^Words after' presets/RESULTS.md
report "leaves the rows of the others and the words alone" $?
cp presets/RESULTS.md before
verify "the two that take least" 1 "not ok wrong" --check ONLY=fastest SEEDS=1
[ "$(cut -d: -f1 out)" = "ok quick
not ok wrong" ] && cmp -s before presets/RESULTS.md
report "and --check writes nothing" $?
grep -q "1 of 1 cells are done already" err
report "runs that are there are not made again" $?
preset quick 50 "grokked = never"
verify "another experiment under the same name is" 0 "ok quick: " ONLY=quick SEEDS=1
grep -q '^| quick | 1 .*| 50 | 0 s |$' presets/RESULTS.md
report "and has its row" $?
verify "a preset that is not there" 2 "there is no presets/none.ini" ONLY="quick none"
verify "no number of seeds" 2 "SEEDS is a number" SEEDS=0
preset broken 20 "grokked = soon"
verify "a preset with faults" 1 "not ok broken: it could not be run" ONLY=broken
exit $failed
