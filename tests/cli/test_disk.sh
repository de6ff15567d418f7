#!/bin/sh
# Files that cannot be written: the run goes on, what was there before is whole, the words name file and reason.
# PROGRAM is the argument. Full and read-only file systems are made where that is allowed (root on Linux).

suite=disk
. "$(dirname "$0")/box.sh"
mounted=
trap '[ -z "$mounted" ] || umount "$mounted"; rm -rf "$box"' EXIT

small="--set task.p=7 --set model.dim=16 --set model.depth=1 --set model.heads=2 --set model.mlp=32
 --set train.batch=8 --set train.eval_every=10 --set train.sample_every=2 --set train.threads=1 --quiet"

train() { # ARGUMENT...: its status in got
    "$program" train $small "$@" >out 2>err </dev/null
    got=$?
}

# NAME FILE REASON: the run came to step 60 though FILE could not be written, and says why.
went_on() {
    [ "$got" = 1 ] && grep -q '^step  *60$' out && grep -F -e "$2" err | grep -q -e "$3"
    report "$1" $?
}

# ---- A limit on the size of files: EFBIG
mkdir limit
train --steps 20 --save limit/old
cp limit/old before
(
    ulimit -f 8
    train --steps 60 --save limit/old --save-every 20 --log limit/log
    exit $got
)
got=$?
went_on "a file that may not grow: the checkpoint" limit/old "too large"
went_on "a file that may not grow: the log" limit/log "too large"
cmp -s before limit/old && [ ! -e limit/old.tmp ]
report "the old checkpoint is unchanged and nothing is left beside it" $?
[ -z "$(tail -c 1 limit/log)" ] && ! grep -v '^{.*}$' limit/log
report "the log ends with a whole line" $?

# ---- A device that is full: ENOSPC
if [ -c /dev/full ]; then
    train --steps 60 --save /dev/full --log /dev/full --csv /dev/full
    went_on "/dev/full takes nothing" /dev/full "No space left"
fi

# ---- Folders that vanish
mkdir gone
"$program" train $small --set train.steps=1000000000 --save gone/ckpt --log gone/log >out 2>err &
process=$!
for wait in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    [ -s gone/log ] && break
    sleep 0.25
done
rm -r gone
sleep 0.5
kill -INT $process
wait $process
[ $? = 130 ] && grep -F gone/ckpt err | grep -q "No such file" && grep -q "^step" out
report "the folder vanishes: the run ends in order and says so" $?

# ---- Folders that cannot be written
mkdir closed
chmod 555 closed
if [ "$(id -u)" != 0 ]; then
    train --steps 60 --save closed/new
    [ "$got" = 2 ] && grep -F closed err | grep -q "ermission"
    report "a folder without permission is refused before the run" $?
fi
train --steps 60 --log /proc/nothing-can-be-made-here
[ "$got" = 2 ] && grep -q /proc/nothing err
report "a log that cannot be made is refused before the run" $?

# ---- File systems of our own
mkdir disk
if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=128k lrdlab-test disk 2>/dev/null; then
    mounted=$box/disk
    cp before disk/old
    head -c 200000 /dev/zero >disk/filler 2>/dev/null
    train --steps 60 --save disk/old --save-every 20 --log disk/log2 --csv disk/csv2
    went_on "a full disk: the checkpoint" disk/old "No space left"
    went_on "a full disk: the log" disk/log2 "No space left"
    "$program" info disk/old >out 2>err
    report "the checkpoint on it is whole" $?
    [ ! -e disk/old.tmp ]
    report "nothing is left beside it" $?
    rm disk/filler
    mount -o remount,ro disk
    train --steps 60 --save disk/new
    [ "$got" = 2 ] && grep -F disk err | grep -q "ead-only"
    report "a read-only disk is refused before the run" $?
    mount -o remount,rw disk
fi

exit $failed
