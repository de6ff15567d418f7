#!/bin/sh
# What lrdlab needs from the system, and how each package manager calls it.
#
#   packages.sh missing build|test    prints one sentence naming what is missing; nothing when all is there
#   packages.sh install build|test    installs it first; the sentence is what could not be had
#
# `test` means the needs of the build and those of the tests, and tries for what some tests are skipped without
# (`want`): on stderr, in one line, what of that is not there. A library is there when a small program that uses it
# compiles and links: a .pc file alone is not enough. The exit status is always 0: the Makefile turns the sentence into
# its error.
#
# Environment: CC, CPPFLAGS, CFLAGS, LDFLAGS as for the build; BLAS, another one than OpenBLAS by its pkg-config name; CACHE, a
# file that remembers that all is there, and with which files, so that the next call need not compile.

# group, what tells that it is there, then its name for apt, dnf, pacman, brew
NEEDS='
build|compiler|gcc libc6-dev|gcc|gcc|gcc
build|tool pkg-config|pkg-config|pkgconf-pkg-config|pkgconf|pkgconf
build|lib ncursesw|libncurses-dev|ncurses-devel|ncurses|ncurses
build|lib jansson|libjansson-dev|jansson-devel|jansson|jansson
build|lib sleef|libsleef-dev|sleef-devel|sleef|sleef
build|lib cairo cairo-svg cairo-pdf|libcairo2-dev|cairo-devel|cairo|cairo
build|blas|libopenblas-dev|openblas-devel|openblas|openblas
build|lapacke|liblapacke-dev|lapack-devel|lapacke|openblas
test|tool gcc|gcc|gcc|gcc|gcc
test|tool clang|clang|clang|clang|llvm
test|tool clang-format-14 clang-format|clang-format-14|clang-tools-extra|clang|clang-format
test|lib cmocka|libcmocka-dev|libcmocka-devel|cmocka|cmocka
test|tool tmux|tmux|tmux|tmux|tmux
want|tool parallel|parallel|parallel|parallel|parallel
want|tool man|man-db|man-db|man-db|man-db
want|tool zsh|zsh|zsh|zsh|zsh
want|tool fish|fish|fish|fish|fish
want|tool python3|python3|python3|python|python
want|tool dpkg-shlibdeps|dpkg-dev binutils|||
want|reference_blas|libblas3|||
'

LC_ALL=C
export LC_ALL
box=$(mktemp -d) || exit 1
trap 'rm -rf "$box"' EXIT

# NAME: a program that uses what we use of it.
program_of() {
    case $1 in
    ncursesw) # wide characters: some libraries of this name have none
        echo '#include <curses.h>
int main(void) { cchar_t c; wchar_t w[2] = {0x2588, 0}; return setcchar(&c, w, 0, 0, 0) + add_wch(&c) + (initscr() == 0); }'
        ;;
    jansson)
        echo '#include <jansson.h>
int main(void) { return json_loads("[]", 0, 0) == 0; }'
        ;;
    sleef)
        echo '#include <sleef.h>
int main(void) { return Sleef_expf_u10(0) != 1; }'
        ;;
    cairo) # with both of the formats that some builds leave out
        echo '#include <cairo-pdf.h>
#include <cairo-svg.h>
int main(void) { return cairo_version() == 0 && cairo_pdf_surface_create("", 1, 1) == cairo_svg_surface_create("", 1, 1); }'
        ;;
    cmocka)
        echo '#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
int main(void) { return cmocka_run_group_tests_name("", (const struct CMUnitTest *)0, 0, 0) + (mock() != 0); }'
        ;;
    lapacke) # over this BLAS
        echo '#include <cblas.h>
#include <lapacke.h>
int main(void)
{
    float a[1] = {2}, s[1], u[1], v[1];
    lapack_int wrong = LAPACKE_sgesdd(LAPACK_ROW_MAJOR, 0x41, 1, 1, a, 1, s, u, 1, v, 1);
    cblas_sscal(1, 1, s, 1);
    return wrong || s[0] != 2;
}'
        ;;
    lapacke-alone)
        echo '#include <lapacke.h>
int main(void) { return LAPACKE_sgesdd(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) != 0; }'
        ;;
    openblas)
        echo '#include <cblas.h>
int main(void) { float a[1] = {1}; cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, 1, 1, 1, 1, a, 1, a, 1, 0, a, 1); return openblas_get_config() == 0; }'
        ;;
    *) # another BLAS
        echo '#include <cblas.h>
int main(void) { float a[1] = {1}; cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, 1, 1, 1, 1, a, 1, a, 1, 0, a, 1); return 0; }'
        ;;
    esac
}

# OPTION...: the program there is built with these; what the compiler says of the files that it took is kept.
compile() {
    # shellcheck disable=SC2086
    ${CC:-cc} -std=c11 -D_XOPEN_SOURCE=700 -Werror=implicit-function-declaration ${CPPFLAGS:-} -MD -MF "$box/headers" \
        -o "$box/probe" "$box/probe.c" "$@" >"$box/objects" 2>/dev/null
}

# NAME PACKAGE...: its program compiles and links with these packages' flags. The files that took part are noted.
builds() {
    program_of "$1" >"$box/probe.c"
    shift
    options="$(pkg-config --cflags "$@" | sed 's/-D_XOPEN_SOURCE=[0-9]*//') ${LDFLAGS:-} $(pkg-config --libs "$@")"
    # shellcheck disable=SC2086
    compile $options -Wl,-t || compile $options || return 1
    sed -n 's/^-l[^ ]* (\(.*\))$/\1/; /^\//p' "$box/objects" | grep -v '\.o$' >>"$box/files"
    tr ' :\134' '[\n*]' <"$box/headers" | grep '^/' | grep -v '/probe' >>"$box/files"
}

has_tool() {
    for tool in "$@"; do
        command -v "$tool" >/dev/null 2>&1 && return 0
    done
    return 1
}

# Some .pc files come without their header or their library, or with those of something else.
has_lib() { # NAME PACKAGE...: the further packages are parts of it
    pkg-config --exists "$@" 2>/dev/null || return 1
    builds "$1" "$@" && return 0
    echo "$1" >>"$box/unusable"
    return 1
}

has_blas() {
    has_lib "$BLAS"
}

# A compiler without the C library's headers is of no use.
has_compiler() {
    echo '#include <stdio.h>' | ${CC:-cc} -x c -fsyntax-only - 2>/dev/null
}

# The header refuses flags that change arithmetic.
flags_are_sound() {
    # shellcheck disable=SC2086
    ${CC:-cc} -std=c11 ${CPPFLAGS:-} ${CFLAGS:-} -x c -fsyntax-only "$arithmetic" 2>"$box/said" ||
        ! grep -q '#error\|static assertion' "$box/said"
}

# LAPACKE on its own, or inside the BLAS (Homebrew): there only a link can tell. It must compute together with the BLAS.
has_lapacke() {
    if ! pkg-config --exists lapacke 2>/dev/null; then
        builds lapacke "$BLAS" 2>/dev/null
        return
    fi
    if pkg-config --exists "$BLAS" 2>/dev/null && ! grep -qx "$BLAS" "$box/unusable"; then
        builds lapacke lapacke "$BLAS" && "$box/probe" >/dev/null 2>&1 && return 0
    else
        builds lapacke-alone lapacke && return 0
    fi
    echo lapacke >>"$box/unusable"
    return 1
}

has_reference_blas() {
    for library in /usr/lib/*/blas/libblas.so.3; do
        [ -e "$library" ] && return 0
    done
    return 1
}

find_manager() {
    for manager in apt-get dnf pacman brew; do
        has_tool $manager && echo $manager && return
    done
}

# GROUPS MANAGER: the packages (not the needs) of these groups that are missing, each once.
list_missing() {
    echo "$NEEDS" | while IFS='|' read -r group test apt dnf pacman brew; do
        case " $1 " in *" $group "*) ;; *) continue ;; esac
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

# MANAGER PACKAGES: how to get them.
way_to() {
    case $1 in
    '') echo "install them with your package manager" ;;
    brew) echo "$(by_hand brew) $2" ;;
    *) echo "as root: $(by_hand "$1") $2" ;;
    esac
}

say_missing() {
    broken=$(sort -u "$box/unusable" | paste -sd' ' -)
    [ -z "$broken" ] || broken="; pkg-config knows $broken, but no program can be built with it: header or library are missing or another's"
    echo "lrdlab cannot be $3: missing packages: $2 ($(way_to "$1" "$2"))$broken"
}

# One that was asked for by name is the user's to install.
say_of_other_blas() {
    here=$(pkg-config --list-all 2>/dev/null | awk '$1 ~ /blas|blis|mkl|atlas/ && $1 != "openblas" { print $1 }' | sort | paste -sd' ' -)
    why="pkg-config knows no BLAS \"$BLAS\""
    ! pkg-config --exists "$BLAS" 2>/dev/null || why="no program with cblas_sgemm can be built with the BLAS \"$BLAS\""
    echo "lrdlab cannot be built: $why; leave BLAS= out for OpenBLAS${here:+, or take one of: $here}"
}

# What the answer depends on, apart from the files.
cache_key() {
    echo "$CC $CPPFLAGS $CFLAGS $LDFLAGS $BLAS $PKG_CONFIG_PATH"
    cksum <"$arithmetic"
    pkg-config --cflags --libs ncursesw jansson sleef cairo cairo-svg cairo-pdf "$BLAS" 2>&1
    pkg-config --cflags --libs lapacke 2>/dev/null
    cksum <"$0"
}

# The files with their sizes and times, links followed.
cache_list() {
    tr '\n' '\0' | xargs -0 ls -Lln 2>&1
}

cache_is_good() {
    [ -s "$CACHE" ] && [ -s "$CACHE.files" ] || return 1
    { cache_key; cache_list <"$CACHE.files"; } | cmp -s - "$CACHE"
}

cache_write() {
    mkdir -p "$(dirname "$CACHE")" && sort -u "$box/files" >"$CACHE.files" &&
        { cache_key; cache_list <"$CACHE.files"; } >"$CACHE"
}

action=$1
group=$2
arithmetic=$(dirname "$0")/../../include/lrd/base/arithmetic.h
: "${BLAS:=openblas}"
if [ "$group" = build ] && [ -n "${CACHE:-}" ] && cache_is_good; then
    exit 0
fi
: >"$box/unusable"
: >"$box/files"
if has_compiler && ! flags_are_sound; then
    echo "lrdlab cannot be built with these flags: they change arithmetic, so that NaN and infinity may go unseen and numbers come out otherwise (CC=${CC:-cc} CPPFLAGS=${CPPFLAGS:-} CFLAGS=${CFLAGS:-})"
    exit 0
fi
case $BLAS in
openblas) ;;
*[!A-Za-z0-9._+-]* | -*)
    echo "lrdlab cannot be built: BLAS= takes the pkg-config name of a library, as in BLAS=blas, not \"$BLAS\""
    exit 0
    ;;
*) if has_compiler && has_tool pkg-config && ! has_blas; then
    say_of_other_blas
    exit 0
fi ;;
esac
groups=build
[ "$group" = test ] && groups="build test"
manager=$(find_manager)
missing=$(list_missing "$groups" "$manager")
if [ -n "$missing" ] && [ "$action" = install ] && may_install "$manager"; then
    # shellcheck disable=SC2086
    install_packages "$manager" $missing
    : >"$box/unusable"
    missing=$(list_missing "$groups" "$manager")
fi
if [ -n "$missing" ]; then
    purpose=built
    [ "$group" = test ] && purpose=tested
    say_missing "$manager" "$missing" "$purpose"
    exit 0
fi
if [ "$group" = build ]; then
    [ -z "${CACHE:-}" ] || cache_write
    exit 0
fi
wanted=$(list_missing want "$manager")
if [ -n "$wanted" ] && [ "$action" = install ] && may_install "$manager"; then
    for package in $wanted; do # one that this system does not have must not cost the others
        install_packages "$manager" "$package"
    done
    wanted=$(list_missing want "$manager")
fi
[ -z "$wanted" ] || echo "Some tests are skipped without: $wanted ($(way_to "$manager" "$wanted"))" >&2
exit 0
