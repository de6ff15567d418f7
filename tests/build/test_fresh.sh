#!/bin/sh
# The README's two commands on a bare Debian: a chroot made by debootstrap, a copy of the tracked files, make run
# (here: doctor) and make test. Needs root, debootstrap and the network; says so where it has them not.
#
#   test_fresh.sh [quick]     quick: without make test

suite=bookworm
root=$(cd "$(dirname "$0")/../.." && pwd) || exit 2
for need in debootstrap chroot git tar; do
    command -v $need >/dev/null 2>&1 || { echo "ok fresh # SKIP $need is not installed"; exit 0; }
done
[ "$(id -u)" = 0 ] || { echo "ok fresh # SKIP a chroot can only be made by root"; exit 0; }

box=$(mktemp -d) || exit 2
bare=$box/debian
trap 'umount "$bare/proc" "$bare/dev/pts" 2>/dev/null; rm -rf --one-file-system "$box"' EXIT
trap 'exit 130' INT TERM HUP
failed=0

verdict() {
    if [ "$1" = 0 ]; then
        echo "ok fresh: $2"
    else
        tail -n 40 "$box/said"
        echo "not ok fresh: $2"
        failed=1
    fi
}

inside() {
    chroot "$bare" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 TERM=xterm \
        sh -c "cd /root/lrdlab && $1" >"$box/said" 2>&1 </dev/null
}

# Only make is there from the start, as a README that begins with "make run" supposes.
if ! debootstrap --variant=minbase --include=make,ca-certificates $suite "$bare" >"$box/said" 2>&1; then
    tail -n 3 "$box/said"
    echo "ok fresh # SKIP debootstrap could not make a Debian (is there a network?)"
    exit 0
fi
cp /etc/resolv.conf "$bare/etc/resolv.conf" 2>/dev/null
for conf in /etc/apt/apt.conf.d/*proxy* /etc/apt/apt.conf; do # how this machine reaches its packages
    [ ! -f "$conf" ] || cp "$conf" "$bare/etc/apt/apt.conf.d/"
done
mount -t proc proc "$bare/proc" 2>/dev/null
mkdir -p "$bare/dev/pts" && mount -t devpts -o newinstance,ptmxmode=666 devpts "$bare/dev/pts" 2>/dev/null &&
    ln -sf pts/ptmx "$bare/dev/ptmx"
mkdir -p "$bare/root/lrdlab"
(cd "$root" && git ls-files -z | tar --null -T - -cf -) | tar -xf - -C "$bare/root/lrdlab"
verdict $? "a bare Debian with the tracked files"

inside 'make run ARGS=doctor && ./lrdlab train --set task.p=23 --steps 50'
verdict $? "make run installs what is missing, builds, and the program works"
if [ "$1" != quick ]; then
    inside 'make test'
    verdict $? "make test"
    tail -n 3 "$box/said"
fi
exit $failed
