#!/bin/sh
# Flags that change arithmetic are refused in one line before anything is built, in whatever way they come.

cd "$(dirname "$0")/../.." || exit 2
box=$(mktemp -d) || exit 2
trap 'rm -rf "$box"' EXIT
failed=0

verdict() {
    if [ "$1" = 0 ]; then
        echo "ok flags: $2"
    else
        cat "$box/said"
        echo "not ok flags: $2"
        failed=1
    fi
}

build() {
    MAKEFLAGS='' MAKELEVEL='' ${MAKE:-make} B="$box/tree" "$@" >"$box/said" 2>&1
}

# FLAG MAKE-ARGUMENT...: exit status 2, one line that names it, and not even a folder was made.
refused() {
    flag=$1
    shift
    build "$@"
    [ $? = 2 ] && [ "$(wc -l <"$box/said")" = 1 ] && grep -qF -- "cannot be built with $flag: " "$box/said" &&
        [ ! -e "$box/tree" ]
}

for flag in -Ofast -ffast-math -ffinite-math-only -funsafe-math-optimizations -fassociative-math -freciprocal-math \
    -fno-signed-zeros -ffp-contract=fast -fsingle-precision-constant -ffp-model=fast -fapprox-func -mrecip -mfpmath=387 \
    -fno-honor-nans -fdenormal-fp-math=preserve-sign; do
    refused $flag CFLAGS="-O2 $flag -g"
    verdict $? "$flag"
done
refused -Ofast CC="gcc -Ofast"
verdict $? "as part of the compiler"
refused -ffast-math CPPFLAGS=-ffast-math
verdict $? "in CPPFLAGS"
refused -ffast-math LDFLAGS=-ffast-math # it links what flushes small numbers to zero
verdict $? "in LDFLAGS"
CFLAGS=-Ofast refused -Ofast
verdict $? "in the environment"
refused -Ofast run CFLAGS=-Ofast
verdict $? "by make run"
refused -Ofast install CFLAGS=-Ofast DESTDIR="$box/stage" && [ ! -e "$box/stage" ]
verdict $? "by make install"

# Where the name is hidden the compiler's own macros tell.
echo '-ffinite-math-only' >"$box/options"
build CFLAGS="-O2 @$box/options"
[ $? = 2 ] && [ "$(wc -l <"$box/said")" = 1 ] && grep -q "change arithmetic" "$box/said" && [ ! -e "$box/tree" ]
verdict $? "in a file of options"
for compiler in gcc clang; do
    command -v $compiler >/dev/null 2>&1 || { echo "ok flags: $compiler # SKIP it is not installed"; continue; }
    for flag in -Ofast -ffinite-math-only; do
        ! $compiler -std=c11 $flag -fsyntax-only -x c include/lrd/base/arithmetic.h 2>"$box/said" &&
            grep -q 'error.*cannot be compiled' "$box/said"
        verdict $? "the header itself, $compiler $flag"
    done
    for flags in -O0 -O3 "-O2 -march=native" "-O2 -fno-math-errno -fno-trapping-math" "-O1 -fno-fast-math"; do
        # shellcheck disable=SC2086
        $compiler -std=c11 $flags -fsyntax-only -x c include/lrd/base/arithmetic.h >"$box/said" 2>&1 &&
            build -n CC=$compiler CFLAGS="$flags"
        verdict $? "$compiler $flags is no fault"
        rm -rf "$box/tree"
    done
done
exit $failed
