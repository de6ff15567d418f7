#!/bin/sh
# What make says and does when packages are missing. A box of stand-ins takes the place of the system's tools.

box=$(mktemp -d) || exit 2
trap 'rm -rf "$box"' EXIT
real_path=$PATH
failed=0

verdict() {
    if [ "$1" = 0 ]; then
        echo "ok packages: $2"
    else
        cat "$box/said"
        echo "not ok packages: $2"
        failed=1
    fi
}

stand_in() {
    printf '#!/bin/sh\n%s\n' "$2" >"$box/bin/$1"
    chmod +x "$box/bin/$1"
}

# UID MANAGER: an empty machine, a compiler and make aside. Its manager notes how it was called.
empty_machine() {
    rm -rf "${box:?}"/*
    mkdir "$box/bin"
    for tool in sh make awk sed grep tr paste mktemp uname cat rm mkdir gcc cc as ld env cmp getconf dirname touch; do
        path=$(command -v $tool) && ln -s "$path" "$box/bin/$tool"
    done
    stand_in id "echo $1"
    stand_in true 'exit 0'
    stand_in pkg-config "[ -e $box/here ] && PATH=$real_path exec pkg-config \"\$@\"; exit 1"
    stand_in "$2" "echo \"$2 \$*\" >>$box/called; exit 1"
}

# Runs a command in the box; its words, both kinds, in $box/said.
inside() {
    PATH=$box/bin MAKEFLAGS='' MAKELEVEL='' "$@" >"$box/said" 2>&1 </dev/null
}

# Exit status 2, one line, naming every WORD.
one_line() {
    inside "$@"
    [ $? = 2 ] && [ "$(wc -l <"$box/said")" = 1 ]
}

says() {
    for word in "$@"; do
        grep -qF -- "$word" "$box/said" || return 1
    done
}

empty_machine 1000 apt-get
one_line make && says libncurses-dev libjansson-dev libsleef-dev libcairo2-dev libopenblas-dev liblapacke-dev "apt-get install" &&
    [ ! -e "$box/called" ]
verdict $? "make without libraries says so in one line, ends with 2"

one_line make run && says libopenblas-dev && [ ! -e "$box/called" ]
verdict $? "make run without root"
one_line make test && says libcmocka-dev tmux libopenblas-dev && [ ! -e "$box/called" ]
verdict $? "make test without root"
inside make help && says "make test"
verdict $? "make help needs no library"

stand_in sudo 'exit 1'
one_line make run && says libopenblas-dev && [ ! -e "$box/called" ]
verdict $? "make run where sudo wants a password and nobody is there"
# shellcheck disable=SC2016
stand_in sudo '[ "$1" = -n ] && shift; exec "$@"'
one_line make run && grep -q "^apt-get install .*libopenblas-dev" "$box/called"
verdict $? "make run goes through sudo"

empty_machine 0 apt-get
one_line make run && says libopenblas-dev && grep -q "^apt-get update" "$box/called"
verdict $? "make run as root without network"
stand_in apt-get "echo \"apt-get \$*\" >>$box/called; touch $box/here"
inside sh tests/tools/packages.sh install build && [ ! -s "$box/said" ] && [ "$(grep -c . "$box/called")" -ge 1 ]
verdict $? "what can be installed is installed, without a word"

for row in "dnf openblas-devel lapack-devel" "pacman openblas lapacke" "brew openblas sleef"; do
    # shellcheck disable=SC2086
    set -- $row
    empty_machine 1000 "$1"
    one_line make && says "$@"
    verdict $? "$1 is told its own names"
done

empty_machine 1000 apt-get
rm "$box/bin/apt-get"
one_line make && says libopenblas-dev "package manager"
verdict $? "no known package manager"

empty_machine 1000 apt-get
rm "$box/bin/gcc" "$box/bin/cc"
one_line make && says gcc
verdict $? "no compiler"

exit $failed
