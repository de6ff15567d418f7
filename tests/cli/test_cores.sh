#!/bin/sh
# A process that may use few processors: affinity (taskset) and a cgroup's quota in doctor, threads and jobs.
# PROGRAM is the argument. Groups are made where that is allowed (root on Linux).

suite=cores
. "$(dirname "$0")/box.sh"
if ! command -v taskset >/dev/null 2>&1; then
    echo "ok cores # SKIP taskset is not installed (Debian: util-linux)"
    exit 0
fi
first=$(taskset -cp $$ | sed 's/.*: *\([0-9]*\).*/\1/')

tiny="--set task.p=7 --set model.dim=16 --set model.depth=1 --set model.heads=2 --set model.mlp=32 --quiet"
cat >spec.ini <<'END'
[sweep]
stop = never
[task]
p = 13
[model]
dim = 64
[train]
steps = 250
threads = 1
[axes]
model.seed = 1 2 3
END

doctor_says() { # NAME WORDS COMMAND...
    name=$1 words=$2
    shift 2
    "$@" "$program" doctor >out 2>err </dev/null
    grep '^cores ' out | grep -qF -- "$words"
    report "$name" $?
}

# COMMAND...: the most cells that the sweep ran at a time, in `most`.
count_cells() {
    rm -rf cells
    "$@" "$program" sweep spec.ini --out cells --quiet >out 2>err </dev/null &
    sweep=$!
    most=0
    while kill -0 $sweep 2>/dev/null; do
        now=$(cat /proc/$sweep/task/*/children 2>/dev/null | wc -w)
        [ "$now" -le $most ] || most=$now
        sleep 0.05
    done
    wait $sweep
}

doctor_says "doctor tells the affinity" "train.threads auto is 1" taskset -c "$first"
taskset -c "$first" "$program" train $tiny --set train.threads=auto --steps 3 >out 2>err </dev/null
report "train runs on one core" $?

if [ -e /proc/$$/task/$$/children ]; then
    count_cells taskset -c "$first"
    echo "$most at a time" >err
    [ $most = 1 ]
    report "a sweep on one core runs one cell at a time" $?
    if [ "$(nproc)" -ge 2 ] && "$program" doctor | grep -q 'auto is [^1]'; then
        count_cells env
        echo "$most at a time" >err
        [ $most -ge 2 ]
        report "and more where it may" $?
    fi
fi

# ---- The time of half the processors, by the hierarchy that is there
group=
for place in /sys/fs/cgroup/cpu /sys/fs/cgroup/cpu,cpuacct /sys/fs/cgroup; do
    [ -e "$place/cgroup.procs" ] && mkdir "$place/lrdlab-test-$$" 2>/dev/null && group=$place/lrdlab-test-$$ && break
done
trap '[ -z "$group" ] || rmdir "$group"; rm -rf "$box"' EXIT
hold() { # COMMAND...: in the group
    sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$group" "$@"
}
if [ -n "$group" ] && { echo 100000 >"$group/cpu.cfs_quota_us" || echo "100000 100000" >"$group/cpu.max"; } 2>/dev/null &&
    hold true 2>/dev/null; then
    doctor_says "doctor tells the quota" "the time of 1 of them (its cgroup's quota); train.threads auto is 1" hold
else
    echo "ok cores: a cgroup's quota # SKIP no group can be made here"
fi
exit $failed
