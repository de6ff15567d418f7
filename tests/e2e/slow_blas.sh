#!/bin/sh
# A slow BLAS put under a good build: slow_blas.sh PROGRAM. The lab, train, doctor and bench say so; a slow core of
# OpenBLAS and a busy machine don't make them say it. The library is a copy of the reference BLAS, or else a cblas_sgemm
# in plain C; nothing outside of the box is changed.

program=${1:?usage: slow_blas.sh PROGRAM}
case $program in /*) ;; *) program=$PWD/$program ;; esac
# shellcheck source=tests/e2e/terminal.sh
. "$(dirname "$0")/terminal.sh"
[ "$(uname -s)" = Linux ] || { echo "ok slow BLAS # SKIP LD_PRELOAD works in another way here"; exit 0; }
ln -s "$program" "$box/lrdlab" && program=$box/lrdlab # what is typed into a shell has no blank in it
unset OPENBLAS_CORETYPE

tiny="--set task.p=7 --set model.dim=16 --set model.depth=1 --set model.heads=2 --set model.mlp=32 --quiet"
bench="--set task.p=7 --set model.dim=16 --set model.mlp=32"
reference=/usr/lib/$(${CC:-cc} -dumpmachine)/blas/libblas.so.3
slow=$box/libplain.so

cat >"$box/plain.c" <<'END'
/* C = alpha op(A) op(B) + beta C, row-major; 112: turned. */
void cblas_sgemm(int order, int turn_a, int turn_b, int m, int n, int k, float alpha, const float *A, int lda,
                 const float *B, int ldb, float beta, float *C, int ldc)
{
    (void)order;
    for (int i = 0; i < m; i++)
        for (int j = 0; j < n; j++) {
            float sum = 0;
            for (int l = 0; l < k; l++)
                sum += (turn_a == 112 ? A[l * lda + i] : A[i * lda + l]) * (turn_b == 112 ? B[j * ldb + l] : B[l * ldb + j]);
            C[i * ldc + j] = alpha * sum + (beta == 0 ? 0 : beta * C[i * ldc + j]);
        }
}
END
${CC:-cc} -O2 -shared -fPIC -o "$slow" "$box/plain.c" || exit 2

train() {
    # shellcheck disable=SC2086
    env "$@" "$program" train $tiny --steps 2 >"$box/out" 2>"$box/err" </dev/null
}

# FILE NAME: one line there that names the library and the mend.
tells() {
    [ "$(grep -c 'slow: ' "$1")" = 1 ] && grep 'slow: ' "$1" | grep -F "$2" | grep -q 'libopenblas-dev'
}

tells_nothing() {
    train "$@" && [ ! -s "$box/err" ]
}

doctor() {
    env "$@" "$program" doctor >"$box/out" 2>"$box/err" </dev/null
}

in_doctor() {
    grep -Eq -- "$1" "$box/out" || { cat "$box/out"; return 1; }
}

expect "train with the BLAS of the build says nothing" tells_nothing A=
doctor A=
expect "doctor names the library's file, its core and its speed" in_doctor '^BLAS .*core [A-Za-z]+.*: /.*\.so'
expect "and the products' speed on one core" in_doctor '^speed .*[0-9] GFLOP/s on one core, [0-9.]+ times plain C'
expect "and the steps a second of the classroom" in_doctor '^classroom +[0-9]+ steps a second'

if [ -e "$reference" ]; then
    mkdir "$box/swapped" && cp "$reference" "$box/swapped/libblas.so.3"
    train LD_PRELOAD="$box/swapped/libblas.so.3"
    expect "train says that the reference BLAS is slow, and names it" tells "$box/err" "$box/swapped/libblas.so.3"
else
    echo "ok the reference BLAS # SKIP it is not installed (Debian: libblas3)"
fi
train LD_PRELOAD="$slow"
expect "train says that products in plain C are slow" tells "$box/err" "$slow"
doctor LD_PRELOAD="$slow"
expect "doctor says so" tells "$box/out" "$slow"
expect "and names the library that multiplies, not the one beside it" in_doctor "^BLAS .*: $slow\$"
# shellcheck disable=SC2086
LD_PRELOAD=$slow timeout 5 "$program" bench $bench >"$box/out" 2>&1 </dev/null # its first lines are there at once
expect "bench says so" tells "$box/out" "$slow"

if grep -qw avx2 /proc/cpuinfo && "$program" doctor | grep -q DYNAMIC_ARCH; then
    expect "OpenBLAS at a core of long ago: not a word from train" tells_nothing OPENBLAS_CORETYPE=Prescott
    doctor OPENBLAS_CORETYPE=Prescott
    expect "doctor tells it" in_doctor '^speed .* core Prescott, .*unset OPENBLAS_CORETYPE'
    # shellcheck disable=SC2086
    OPENBLAS_CORETYPE=Prescott timeout 5 "$program" bench $bench >"$box/out" 2>&1 </dev/null
    expect "and bench" in_doctor 'core Prescott, .*unset OPENBLAS_CORETYPE'
else
    echo "ok OpenBLAS at a core of long ago # SKIP this OpenBLAS or processor has no other"
fi

# A busy machine: four spinning loops for each core.
loops=
for _ in 1 2 3 4 5 6 7 8; do
    sh -c 'while :; do :; done' &
    loops="$loops $!"
done
quiet_under_load() {
    for _ in 1 2 3 4 5 6 7 8; do
        tells_nothing A= || return 1
    done
}
expect "eight loops that spin don't make a good BLAS slow" quiet_under_load
train LD_PRELOAD="$slow"
expect "nor a slow one good" tells "$box/err" "$slow"
# shellcheck disable=SC2086
kill $loops

for size in "80 24" "120 40" "60 16"; do
    # shellcheck disable=SC2086
    open_terminal $size LD_PRELOAD="$slow" XDG_STATE_HOME="$box/state"
    start_program "$program"
    expect "the lab's story says so at ${size% *} columns" wait_for 'Slow: libplain.so is in use; install OpenBLAS'
    press q
done
expect "and q ends it" ended_with 0
open_terminal 80 24 XDG_STATE_HOME="$box/state"
start_program "$program"
expect "with the BLAS of the build it tells its story" wait_for 'A fresh network|Memorising|It learns'
expect "and no word of it" shows_not 'Slow:'
press q
exit $failed
