#!/bin/sh
# Measures what each preset comes to over several seeds, and compares that with its [expect].
#
#   verify-presets.sh [--check] PROGRAM      from the top of the tree
#
# Says "ok NAME: ..." or "not ok NAME: memorised at 410 (model.seed 3), expected 250..350"; the exit status is 1 when an
# expectation fails. The table of presets/RESULTS.md is written anew, with the rows of presets that were not measured
# now left as they are; not so with --check.
#
# Every run goes on to train.steps, past grokking: that it is lost again is shown too. The time is that of the run of
# seed 0, alone on two threads; the others run side by side, one thread each (threads change no number).
#
# Environment: ONLY="NAME..." for some, or ONLY=fastest for the two that take least by their [expect]; SEEDS=5;
# JOBS= (as many as cores); OUT=build/presets, where runs that are there already are taken as they are.

check=
[ "$1" = --check ] && check=1 && shift
program=${1:?usage: verify-presets.sh [--check] PROGRAM}
tools=$(dirname "$0")
seeds=${SEEDS:-5}
jobs=${JOBS:-$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)}
out=${OUT:-build/presets}
results=presets/RESULTS.md
case $out in
*[[:space:]]*) echo "OUT takes a folder without blanks, not \"$out\"" >&2; exit 2 ;;
esac
mkdir -p "$out" || exit 2
failed=0

case $seeds in
'' | *[!0-9]* | 0) echo "SEEDS is a number from 1 on, not \"$seeds\"" >&2; exit 2 ;;
esac

# NAME KEY: a value of its [expect].
expected() {
    "$program" settings "presets/$1.ini" | awk -v key="$2" '
        /^\[/ { inside = $0 == "[expect]" }
        inside && $1 == key { print $3 }'
}

names() {
    for file in presets/*.ini; do
        basename "$file" .ini
    done
}

fastest() {
    for name in $(names); do
        seconds=$(expected "$name" seconds)
        [ -z "$seconds" ] || echo "$seconds $name"
    done | sort -n | head -n 2 | cut -d ' ' -f 2
}

# NAME: where its runs are kept. Another experiment under the same name has another folder.
folder_of() {
    sum=$("$program" settings "presets/$1.ini" | awk '
        /^\[/ { inside = $0 != "[lab]" && $0 != "[expect]" }
        inside && $1 != "threads"' | cksum | cut -d ' ' -f 1)
    echo "$out/$1-$sum"
}

# FOLDER NAME THREADS JOBS SEED...: the runs that are missing.
measure() {
    folder=$1 preset=$2 threads=$3 side_by_side=$4
    shift 4
    printf '[sweep]\nbase = presets/%s.ini\nstop = never\nkeep = log\n[train]\nthreads = %s\n[axes]\nmodel.seed = %s\n' \
        "$preset" "$threads" "$*" >"$folder.ini"
    "$program" sweep "$folder.ini" --out "$folder" --jobs "$side_by_side" >"$folder.txt" || { cat "$folder.txt" >&2; return 1; }
}

# NAME: its verdict on stdout, its row in FOLDER.row.
verify() {
    folder=$(folder_of "$1")
    all=
    files=
    i=0
    while [ $i -lt "$seeds" ]; do
        all="$all $i"
        files="$files $folder/model.seed=$i/result.json"
        i=$((i + 1))
    done
    # shellcheck disable=SC2086
    { measure "$folder" "$1" 2 1 0 && { [ "$seeds" = 1 ] || measure "$folder" "$1" 1 "$jobs" $all; }; } ||
        { echo "not ok $1: it could not be run"; return 1; }
    "$program" settings "presets/$1.ini" >"$folder.settings"
    # shellcheck disable=SC2086
    awk -v name="$1" -v row="$folder.row" -f "$tools/measured.awk" "$folder.settings" $files
}

# The rows of RESULTS.md, each of a preset that is still there, in their places those measured now.
write_table() {
    [ -e "$results" ] || printf '# What the presets come to\n\n<!-- measured -->\n<!-- /measured -->\n' >"$results"
    {
        echo "Measured by \`make verify-presets\`, one of them again by \`make verify-presets ONLY=NAME\`: every run to its"
        echo "last step, the seeds of the weights (\`model.seed\`) from 0 on, those of the split and the batches as in the"
        echo "preset. A range is that of the runs in which it happened; where these are not all, their number follows."
        echo
        echo "| preset | seeds | memorised | collapsed | grokked | lost again | best unseen: mean (least to most)" \
            "| last unseen | last stable rank | steps | time on 2 cores |"
        echo "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
        for name in $(names); do
            row=$(folder_of "$name").row
            if echo "$measured" | grep -qxF "$name"; then
                cat "$row"
            else
                grep -F "| $name |" "$results" | head -n 1
            fi
        done
    } >"$out/table.md"
    sh "$tools/fill-marks.sh" "$results" measured <"$out/table.md"
}

case ${ONLY:-} in
'') chosen=$(names) ;;
fastest) chosen=$(fastest) ;;
*) chosen=$ONLY ;;
esac
measured=
for name in $chosen; do
    [ -e "presets/$name.ini" ] || { echo "there is no presets/$name.ini; ONLY takes names of presets" >&2; exit 2; }
done
for name in $chosen; do
    verify "$name" || failed=1
    [ -e "$(folder_of "$name").row" ] && measured="$measured
$name"
done
[ -n "$check" ] || write_table || exit 2
exit $failed
