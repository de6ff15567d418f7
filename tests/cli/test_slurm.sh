#!/bin/sh
# A sweep as an array job of a real Slurm: munged, slurmctld and slurmd on this machine, for this test alone.
# PROGRAM is the argument. Says "ok NAME" or "not ok NAME"; skipped with a word where Slurm is not installed.

PATH=$PATH:/usr/sbin:/sbin
for tool in munged slurmctld slurmd sbatch scancel squeue scontrol; do
    command -v $tool >/dev/null 2>&1 || {
        echo "ok slurm: array job # SKIP $tool is not installed (Debian: munge, slurmctld, slurmd, slurm-client)"
        exit 0
    }
done

suite=slurm
. "$(dirname "$0")/box.sh"
started=
stop() {
    for process in $started; do
        kill "$process" 2>/dev/null
    done
    wait
    rm -rf "$box"
}
trap stop EXIT
trap 'exit 130' INT TERM HUP

# SECONDS COMMAND...: until it succeeds.
wait_for() {
    left=$(($1 * 4))
    shift
    while [ $left -gt 0 ]; do
        "$@" >/dev/null 2>&1 && return 0
        sleep 0.25
        left=$((left - 1))
    done
    return 1
}

user=$(id -un)
host=$(hostname -s)
cores=$(getconf _NPROCESSORS_ONLN)
base=$((20000 + $$ % 20000))
chmod 755 "$box"
mkdir state spool
head -c 1024 /dev/urandom >munge.key
chmod 600 munge.key
cat >slurm.conf <<END
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$box/munge.socket
CredType=cred/munge
SlurmctldPort=$base
SlurmdPort=$((base + 1))
SlurmctldPidFile=$box/slurmctld.pid
SlurmdPidFile=$box/slurmd.pid
SlurmctldLogFile=$box/slurmctld.log
SlurmdLogFile=$box/slurmd.log
StateSaveLocation=$box/state
SlurmdSpoolDir=$box/spool
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SchedulerType=sched/backfill
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=sched_interval=1,batch_sched_delay=0
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=$cores RealMemory=1500 State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
END
SLURM_CONF=$box/slurm.conf
export SLURM_CONF

munged --foreground --key-file="$box/munge.key" --socket="$box/munge.socket" --pid-file="$box/munge.pid" \
    --log-file="$box/munge.log" --seed-file="$box/munge.seed" --num-threads=2 >munged.out 2>&1 &
started="$started $!"
wait_for 10 test -S "$box/munge.socket"
slurmctld -D >slurmctld.out 2>&1 &
started="$started $!"
slurmd -D -N "$host" >slurmd.out 2>&1 &
started="$started $!"
node_is_idle() {
    scontrol show node "$host" 2>/dev/null | grep -q 'State=IDLE'
}
wait_for 30 node_is_idle
report "munged, slurmctld and slurmd are up" $?
[ $failed = 0 ] || {
    tail -n 5 ./*.log
    exit 1
}

cat >grid.ini <<END
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
steps = 200
eval_every = 10
[axes]
task.frac = .3 .5
decay.kind = l2 lrd
model.seed = 0 1
END

queue_is_empty() {
    [ -z "$(squeue --noheader 2>/dev/null)" ]
}
results() {
    find grid -name result.json | wc -l
}

"$program" sweep grid.ini --out grid --slurm job.sh >out 2>err && sbatch job.sh >out 2>err
report "the script is taken" $?
# A second time at once: nothing is made twice.
sbatch job.sh >out 2>err
report "also a second time" $?
wait_for 120 queue_is_empty
report "both jobs end" $?
[ "$(results)" = 8 ]
report "every cell is made" $?
[ "$(cat grid/*/log.jsonl | grep -c '"event":"start"')" = 8 ]
report "once" $?
[ "$(find grid -name '*.lock*' | wc -l)" = 0 ] && "$program" sweep grid.ini --out grid >out 2>err &&
    grep -q "8 of 8 cells are done already" err
report "and the sweep finds them" $?

# Slurm ends a task (scancel, a time limit) with SIGTERM first: its cell goes on when the script is sent again.
sed 's/steps = 200/steps = 1000000000/' grid.ini >long.ini
"$program" sweep long.ini --out long --slurm job.sh >out 2>err
cells_are() { # WHAT: a whole word of the log's events
    cat long/*/log.jsonl 2>/dev/null | grep -q "$1"
}
sbatch --array=0-0 job.sh >out 2>err
wait_for 30 cells_are '"step":1000,'
scancel -u "$user" 2>err
wait_for 30 queue_is_empty
[ "$(find long -name result.json.part | wc -l)" = 1 ] && [ "$(find long -name '*.lock*' | wc -l)" = 0 ]
report "a task that is cancelled leaves what it had come to" $?
sbatch --array=0-0 job.sh >out 2>err
wait_for 30 cells_are '"event":"resumed"'
report "and goes on when it is sent again" $?
scancel -u "$user" 2>err
wait_for 30 queue_is_empty
exit $failed
