# A bare Debian made by debootstrap, for tests that need a machine without anything. To be sourced, with `suite` set to
# the word that leads every name; "$box" is the script's folder, "$bare" the Debian in it.

release=bookworm
box=$(mktemp -d) || exit 2
bare=$box/debian
trap 'umount "$bare/proc" "$bare/dev/pts" 2>/dev/null; rm -rf --one-file-system "$box"' EXIT
trap 'exit 130' INT TERM HUP
failed=0

verdict() {
    if [ "$1" = 0 ]; then
        echo "ok $suite: $2"
    else
        tail -n 40 "$box/said"
        echo "not ok $suite: $2"
        failed=1
    fi
}

# PACKAGE,...: makes it, with these packages from the start; false, after a word that it is skipped, where it cannot be.
make_bare() {
    for need in debootstrap chroot tar; do
        command -v $need >/dev/null 2>&1 || { echo "ok $suite # SKIP $need is not installed"; return 1; }
    done
    [ "$(id -u)" = 0 ] || { echo "ok $suite # SKIP a chroot can only be made by root"; return 1; }
    if ! debootstrap --variant=minbase --include="$1" $release "$bare" >"$box/said" 2>&1; then
        tail -n 3 "$box/said"
        echo "ok $suite # SKIP debootstrap could not make a Debian (is there a network?)"
        return 1
    fi
    cp /etc/resolv.conf "$bare/etc/resolv.conf" 2>/dev/null
    for conf in /etc/apt/apt.conf.d/*proxy* /etc/apt/apt.conf; do # how this machine reaches its packages
        [ ! -f "$conf" ] || cp "$conf" "$bare/etc/apt/apt.conf.d/"
    done
    mount -t proc proc "$bare/proc" 2>/dev/null
    mkdir -p "$bare/dev/pts" && mount -t devpts -o newinstance,ptmxmode=666 devpts "$bare/dev/pts" 2>/dev/null &&
        ln -sf pts/ptmx "$bare/dev/ptmx"
    return 0
}

# FOLDER COMMAND: in the bare Debian, with nothing of our environment.
inside() {
    chroot "$bare" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 TERM=xterm \
        DEBIAN_FRONTEND=noninteractive sh -c "cd '$1' && $2" >"$box/said" 2>&1 </dev/null
}
