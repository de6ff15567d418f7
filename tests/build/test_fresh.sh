#!/bin/sh
# The README's two commands on the first machines that people have: chroots from one debootstrap, a copy of the tracked
# files, make run and make test, and what the classroom run does there in a second. Needs root, debootstrap and the
# network; says so where it has them not.
#
#   test_fresh.sh [quick] [CASE...]     quick: without make test; CASE: only these, of bare reference blis atlas
#                                       rootless prefix blank

suite=fresh
root=$(cd "$(dirname "$0")/../.." && pwd) || exit 2
# shellcheck source=tests/build/chroot.sh
. "$root/tests/build/chroot.sh"

quick=
[ "$1" = quick ] && quick=1 && shift
user='' home=''
cases=${*:-reference blis atlas rootless prefix blank}
for case in $cases; do
    case $case in bare | reference | blis | atlas | rootless | prefix | blank) ;; *)
        echo "there is no case $case" >&2
        exit 2
        ;;
    esac
done
command -v git >/dev/null 2>&1 || { echo "ok fresh # SKIP git is not installed"; exit 0; }
# Only make is there from the start, as a README that begins with "make run" supposes.
make_bare make,ca-certificates || exit 0

# FOLDER: the tracked files there.
bring_files() {
    mkdir -p "$bare$1"
    (cd "$root" && git ls-files -z | tar --null -T - -cf -) | tar -xf - -C "$bare$1"
}

# FOLDER PROGRAM: the steps a second of 300 steps of the classroom run, in `rate`; 0 when it fails.
measure() {
    rate=0
    inside "$1" "began=\$(date +%s%N); $2 train classroom --steps 300 --set lab.speed=0 --quiet >/dev/null &&
        echo rate \$((300000000000 / (\$(date +%s%N) - began)))" && rate=$(sed -n 's/^rate //p' "$box/said")
}

# NAME FOLDER PROGRAM: not under 80% of what the bare machine does. Both in turn, the best of three: others may use this
# machine too.
compare() {
    place=$bare place_user=$user place_home=$home best=0 bare_best=0
    for _ in 1 2 3; do
        measure "$2" "$3"
        [ "${rate:-0}" -le $best ] || best=$rate
        bare=$box/bare user='' home=''
        measure /root/lrdlab ./lrdlab
        bare=$place user=$place_user home=$place_home
        [ "${rate:-0}" -le $bare_best ] || bare_best=$rate
    done
    echo "$best steps a second, $bare_best on the bare one" >"$box/said"
    [ $best -gt 0 ] && [ $((best * 100)) -ge $((bare_best * 80)) ]
    verdict $? "$1: $best steps a second, $bare_best on the bare machine"
}

# NAME FOLDER: make run, which also installs; the library in use is OpenBLAS.
run_there() {
    inside "$2" 'make run ARGS=doctor'
    verdict $? "$1: make run installs what is missing, builds, and the program works"
    grep -q '^BLAS .*OpenBLAS.*libopenblas' "$box/said"
    verdict $? "$1: with OpenBLAS"
    ! grep -q 'slow:' "$box/said"
    verdict $? "$1: which is fast"
}

test_there() {
    [ -z "$quick" ] || return 0
    inside "$2" 'make test'
    verdict $? "$1: make test"
    tail -n 3 "$box/said"
}

try_bare() {
    bring_files /root/lrdlab
    run_there bare /root/lrdlab
    inside /root/lrdlab './lrdlab train --set task.p=23 --steps 50'
    verdict $? "bare: it trains"
    test_there bare /root/lrdlab
}

# NAME PACKAGES [ALTERNATIVE]: a machine that has another BLAS, and by hand has it stand for all.
try_other_blas() {
    bring_files /root/lrdlab
    inside / "apt-get update && apt-get install -y --no-install-recommends $2"
    verdict $? "$1: a machine with $2"
    if [ -n "$3" ]; then
        inside / "for name in libblas.so libblas.so.3; do
            update-alternatives --set \$name-$(uname -m)-linux-gnu /usr/lib/*/$3/\$name
        done"
        verdict $? "$1: it stands for every BLAS there"
    fi
    run_there "$1" /root/lrdlab
    compare "$1" /root/lrdlab ./lrdlab
    test_there "$1" /root/lrdlab
}

try_reference() {
    try_other_blas reference "gcc libc6-dev libblas-dev liblapack-dev"
}

try_blis() {
    try_other_blas blis "libblis-pthread-dev" blis-pthread
}

try_atlas() {
    try_other_blas atlas "libatlas-base-dev" atlas
}

# One sentence that names the packages, and root who types what it says.
try_rootless() {
    inside / 'useradd -m someone'
    home=/home/someone
    bring_files $home/lrdlab
    inside / "chown -R someone: $home/lrdlab"
    user=someone
    inside $home/lrdlab 'make run ARGS=doctor'
    [ $? = 2 ] && [ "$(wc -l <"$box/said")" = 1 ] && grep -q 'libopenblas-dev.*as root: apt-get install ' "$box/said" &&
        [ ! -e "$bare$home/lrdlab/build" ] && [ ! -e "$bare$home/lrdlab/lrdlab" ]
    verdict $? "rootless: one sentence with the packages, and nothing half-built"
    by_root=$(sed -n 's/.*as root: \(apt-get install [^)]*\)).*/\1/p' "$box/said")
    user=root
    inside / "apt-get update && $(echo "$by_root" | sed 's/install/install -y/')"
    verdict $? "rootless: root types what it says"
    user=someone
    run_there rootless $home/lrdlab
    compare rootless $home/lrdlab ./lrdlab
    test_there rootless $home/lrdlab
    user='' home=''
}

try_prefix() {
    bring_files /root/lrdlab
    run_there prefix /root/lrdlab
    inside /root/lrdlab 'make install PREFIX=/opt/lab && cd / && /opt/lab/bin/lrdlab presets'
    verdict $? "prefix: make install PREFIX=/opt/lab"
    grep -q 'from installed' "$box/said"
    verdict $? "prefix: it finds its presets there"
    compare prefix / /opt/lab/bin/lrdlab
    inside /root/lrdlab 'make uninstall PREFIX=/opt/lab && [ -z "$(find /opt/lab -type f)" ]'
    verdict $? "prefix: and leaves nothing"
}

try_blank() {
    bring_files "/root/my lab"
    run_there blank "/root/my lab"
    compare blank "/root/my lab" ./lrdlab
    test_there blank "/root/my lab"
}

for case in bare $cases; do # the bare one is what all others are compared with
    [ "$case" != bare ] || [ ! -e "$box/bare" ] || continue
    make_like "$case" || { echo "not ok fresh: no machine for $case"; exit 1; }
    "try_$case"
done
exit $failed
