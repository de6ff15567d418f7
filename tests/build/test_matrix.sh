#!/bin/sh
# Both compilers without and with optimisation, and the other linear algebra libraries: builds and unit tests of each.
# Debian's places of the libraries are tried; what is not installed is skipped.

cd "$(dirname "$0")/../.." || exit 2
box=$(mktemp -d) || exit 2
trap 'rm -rf "$box"' EXIT
failed=0
cores=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)

verdict() {
    if [ "$1" = 0 ]; then
        echo "ok matrix: $2"
    else
        tail -n 30 "$box/said"
        echo "not ok matrix: $2"
        failed=1
    fi
}

# NAME MAKE-ARGUMENTS...: warnings are errors, and every unit test passes.
try() {
    name=$1
    shift
    ${MAKE:-make} --no-print-directory -j"$cores" B=build/matrix WERROR=1 "$@" all check >"$box/said" 2>&1
    verdict $? "$name"
    rm -rf build/matrix
}

for compiler in gcc clang; do
    for level in -O0 -O3; do
        try "$compiler $level" CC=$compiler CFLAGS="$level -g"
    done
done

libraries=/usr/lib/$(gcc -dumpmachine)
reference=$libraries/blas:$libraries/lapack
if [ -e "$libraries/blas/libblas.so.3" ] && [ -e "$libraries/lapack/liblapack.so.3" ] && pkg-config --exists blas; then
    LD_LIBRARY_PATH=$reference try "the reference BLAS and LAPACK" BLAS=blas
    [ "$(grep -c 'BLAS blas, not OpenBLAS' "$box/said")" = 1 ]
    verdict $? "one line says what another BLAS costs"
else
    echo "ok matrix # SKIP the reference BLAS is not installed"
fi
for kind in pthread openmp; do
    if [ -e "$libraries/openblas-$kind/libopenblas.so.0" ]; then
        LD_LIBRARY_PATH=$libraries/openblas-$kind try "OpenBLAS with $kind"
    else
        echo "ok matrix # SKIP OpenBLAS with $kind is not installed"
    fi
done
exit $failed
