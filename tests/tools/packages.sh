#!/bin/sh
# What lrdlab needs from the system, and how each package manager calls it.
#
#   packages.sh missing build|test    prints one sentence naming what is missing; nothing when all is there
#   packages.sh install build|test    installs it first; the sentence is what could not be had
#
# `test` means the needs of the build and those of the tests. The exit status is always 0: the Makefile
# turns the sentence into its error.

# group, what tells that it is there, then its name for apt, dnf, pacman, brew
NEEDS='
build|compiler|gcc libc6-dev|gcc|gcc|gcc
build|tool pkg-config|pkg-config|pkgconf-pkg-config|pkgconf|pkgconf
build|lib ncursesw|libncurses-dev|ncurses-devel|ncurses|ncurses
build|lib jansson|libjansson-dev|jansson-devel|jansson|jansson
build|lib sleef|libsleef-dev|sleef-devel|sleef|sleef
build|lib cairo|libcairo2-dev|cairo-devel|cairo|cairo
build|lib openblas cblas blas|libopenblas-dev|openblas-devel|openblas|openblas
build|lapacke|liblapacke-dev|lapack-devel|lapacke|openblas
test|tool gcc|gcc|gcc|gcc|gcc
test|tool clang|clang|clang|clang|llvm
test|tool clang-format-14 clang-format|clang-format-14|clang-tools-extra|clang|clang-format
test|lib cmocka|libcmocka-dev|libcmocka-devel|cmocka|cmocka
test|tool tmux|tmux|tmux|tmux|tmux
'

has_tool() {
    for tool in "$@"; do
        command -v "$tool" >/dev/null 2>&1 && return 0
    done
    return 1
}

has_lib() {
    for lib in "$@"; do
        pkg-config --exists "$lib" 2>/dev/null && return 0
    done
    return 1
}

# A compiler without the C library's headers is of no use.
has_compiler() {
    echo '#include <stdio.h>' | ${CC:-cc} -x c -fsyntax-only - 2>/dev/null
}

# LAPACKE on its own, or inside OpenBLAS (Homebrew): there only a link can tell.
has_lapacke() {
    has_lib lapacke && return 0
    has_lib openblas || return 1
    probe=$(mktemp) || return 1
    # shellcheck disable=SC2046
    echo '#include <lapacke.h>
int main(void) { return LAPACKE_sgesdd(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) != 0; }' |
        ${CC:-cc} -x c -o "$probe" - $(pkg-config --cflags --libs openblas) 2>/dev/null
    found=$?
    rm -f "$probe"
    return $found
}

find_manager() {
    for manager in apt-get dnf pacman brew; do
        has_tool $manager && echo $manager && return
    done
}

# The packages (not the needs) that are missing for group $1 under manager $2, each once.
list_missing() {
    echo "$NEEDS" | while IFS='|' read -r group test apt dnf pacman brew; do
        [ "$group" = build ] || [ "$group" = "$1" ] || continue
        # shellcheck disable=SC2086
        has_$test && continue
        case $2 in
        dnf) echo "$dnf" ;;
        pacman) echo "$pacman" ;;
        brew) echo "$brew" ;;
        *) echo "$apt" ;;
        esac
    done | tr ' ' '\n' | awk 'NF && !seen[$0]++' | paste -sd' ' -
}

# Installing by hand, and the same without questions.
by_hand() {
    case $1 in
    pacman) echo "pacman -S" ;;
    *) echo "$1 install" ;;
    esac
}

unasked() {
    case $1 in
    apt-get) echo "env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends" ;;
    dnf) echo "dnf install -y" ;;
    pacman) echo "pacman -S --needed --noconfirm" ;;
    brew) echo "brew install" ;;
    esac
}

# Homebrew refuses root, the others need it.
may_install() {
    [ -n "$1" ] || return 1
    [ "$1" = brew ] || [ "$(id -u)" = 0 ] && return 0
    has_tool sudo || return 1
    [ -t 2 ] || sudo -n true 2>/dev/null
}

install_packages() {
    manager=$1
    shift
    root=
    [ "$manager" = brew ] || [ "$(id -u)" = 0 ] || root=sudo
    [ -t 2 ] && echo "Installing $* with ${root:+$root }$manager ..." >&2
    install="$root $(unasked "$manager")"
    $install "$@" >/dev/null 2>&1 && return 0
    # A fresh machine has no list of packages yet, an old one a stale list.
    [ "$manager" = apt-get ] && $root apt-get update >/dev/null 2>&1 && $install "$@" >/dev/null 2>&1
}

say_missing() {
    how="install them with your package manager"
    [ -n "$1" ] && how="as root: $(by_hand "$1") $2"
    [ "$1" = brew ] && how="$(by_hand "$1") $2"
    echo "lrdlab cannot be $3: missing packages: $2 ($how)"
}

action=$1
group=$2
manager=$(find_manager)
missing=$(list_missing "$group" "$manager")
if [ -n "$missing" ] && [ "$action" = install ] && may_install "$manager"; then
    # shellcheck disable=SC2086
    install_packages "$manager" $missing
    missing=$(list_missing "$group" "$manager")
fi
[ -z "$missing" ] && exit 0
purpose=built
[ "$group" = test ] && purpose=tested
say_missing "$manager" "$missing" "$purpose"
