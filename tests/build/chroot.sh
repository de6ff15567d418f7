# A bare Debian made by debootstrap, for tests that need a machine without anything. To be sourced, with `suite` set to
# the word that leads every name; "$box" is the script's folder, "$bare" the Debian in it.

release=bookworm
box=$(mktemp -d) || exit 2
bare=$box/debian
mounted=
trap 'unmount; rm -rf --one-file-system "$box"' EXIT
trap 'exit 130' INT TERM HUP
failed=0

# The last one first. $box has no blank in its name.
unmount() {
    for place in $mounted; do
        umount "$place" 2>/dev/null || umount -l "$place" 2>/dev/null
    done
    mounted=
}

# MOUNT-ARGUMENT... PLACE: the place is given back at the end; false where that is not allowed.
mount_on() {
    for place in "$@"; do :; done
    mkdir -p "$place" && mount "$@" 2>/dev/null && mounted="$place $mounted"
}

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
    mount_kernel
    return 0
}

mount_kernel() {
    mount_on -t proc proc "$bare/proc"
    mount_on -t devpts -o newinstance,ptmxmode=666 devpts "$bare/dev/pts" && ln -sf pts/ptmx "$bare/dev/ptmx"
}

# NAME: another machine that is as $box/debian was when this was first called; its name is that of a folder in $box.
make_like() {
    [ -e "$box/base" ] || { unmount && mv "$box/debian" "$box/base" && mkdir "$box/packages"; } || return 1
    bare=$box/$1
    mkdir -p "$box/$1.upper" "$box/$1.work"
    mount_on -t overlay -o "lowerdir=$box/base,upperdir=$box/$1.upper,workdir=$box/$1.work" overlay "$bare" ||
        cp -a "$box/base" "$bare" || return 1
    mount_kernel
    mount_on --bind "$box/packages" "$bare/var/cache/apt/archives" # fetched once
    return 0
}

# FOLDER COMMAND: in the bare Debian, with nothing of our environment, as root or as $user.
inside() {
    chroot --userspec="${user:-root}" "$bare" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME="${home:-/root}" LC_ALL=C.UTF-8 TERM=xterm \
        DEBIAN_FRONTEND=noninteractive sh -c "cd '$1' && $2" >"$box/said" 2>&1 </dev/null
}
