#!/bin/sh
# The README's two commands on a bare Debian: a chroot made by debootstrap, a copy of the tracked files, make run
# (here: doctor) and make test. Needs root, debootstrap and the network; says so where it has them not.
#
#   test_fresh.sh [quick]     quick: without make test

suite=fresh
root=$(cd "$(dirname "$0")/../.." && pwd) || exit 2
# shellcheck source=tests/build/chroot.sh
. "$root/tests/build/chroot.sh"

command -v git >/dev/null 2>&1 || { echo "ok fresh # SKIP git is not installed"; exit 0; }
# Only make is there from the start, as a README that begins with "make run" supposes.
make_bare make,ca-certificates || exit 0
mkdir -p "$bare/root/lrdlab"
(cd "$root" && git ls-files -z | tar --null -T - -cf -) | tar -xf - -C "$bare/root/lrdlab"
verdict $? "a bare Debian with the tracked files"

inside /root/lrdlab 'make run ARGS=doctor && ./lrdlab train --set task.p=23 --steps 50'
verdict $? "make run installs what is missing, builds, and the program works"
if [ "$1" != quick ]; then
    inside /root/lrdlab 'make test'
    verdict $? "make test"
    tail -n 3 "$box/said"
fi
exit $failed
