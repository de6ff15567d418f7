#!/bin/sh
# Runs every test; `full` adds the long ones. The last line counts them: N passed, N failed.
#
# Whatever is run here says "ok NAME" or "not ok NAME" (TAP) on lines of their own, or is itself one check.
# Programs are built in build/gcc (warnings are errors), build/clang, build/asan and build/tsan.

cd "$(dirname "$0")/.." || exit 2
unset MAKEFLAGS MFLAGS MAKELEVEL CFLAGS CPPFLAGS LDFLAGS B
unset NO_COLOR LRDLAB XDG_CONFIG_HOME XDG_STATE_HOME

MAKE=${MAKE:-make}
cores=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
began=$(date +%s)
passed=0
failed=0
skipped=0
failures=
# So that no test depends on who runs it.
export HOME="$work/home"
mkdir -p "$HOME"

stage() {
    echo "== $1 ($(($(date +%s) - began)) s)"
}

count_failure() {
    failed=$((failed + 1))
    failures="$failures
  $1"
}

# NAME COMMAND...: one check; its words are shown if it fails.
check() {
    name=$1
    shift
    if "$@" >"$work/out" 2>&1 </dev/null; then
        passed=$((passed + 1))
        echo "ok $name"
    else
        grep -Ev '^  (CC|LINK) ' "$work/out" | head -n 60
        echo "not ok $name"
        count_failure "$name"
    fi
}

limit() {
    if command -v timeout >/dev/null 2>&1; then
        timeout -k 5 "$@"
    else
        shift
        "$@"
    fi
}

# NAME SECONDS COMMAND...: counts the "ok" and "not ok" lines that the command prints.
count() {
    name=$1
    shift
    limit "$@" >"$work/out" 2>"$work/err" </dev/null
    status=$?
    # cmocka calls a test that was skipped "not ok 3 # SKIP name".
    skips=$(grep -Ec '^(not )?ok .*# SKIP' "$work/out")
    grep -v '# SKIP' "$work/out" | grep -E '^(not ok|FAIL) ' >"$work/bad"
    good=$(grep -v '# SKIP' "$work/out" | grep -c '^ok ')
    bad=$(grep -c . "$work/bad")
    planned=$(sed -n 's/^1\.\.\([0-9][0-9]*\)$/\1/p' "$work/out" | tail -n 1)
    skipped=$((skipped + skips))
    passed=$((passed + good))
    # A crash, a time out, or a list cut short is a failure of its own.
    if [ "$status" != 0 ] && [ "$bad" = 0 ]; then
        lost="ended with status $status"
    elif [ -n "$planned" ] && [ "$planned" -gt $((good + bad + skips)) ]; then
        lost="only $((good + bad + skips)) of $planned tests ran (status $status)"
    elif [ $((good + bad + skips)) = 0 ]; then
        lost="nothing was tested"
    elif [ "$bad" != 0 ]; then
        lost=
    else
        [ "$skips" = 0 ] || grep '# SKIP' "$work/out" | sed 's/^not ok/ok/'
        echo "ok $name: $good tests"
        return
    fi
    tail -n 60 "$work/out" "$work/err"
    while read -r line; do
        count_failure "$name: $line"
    done <"$work/bad"
    [ -z "$lost" ] || count_failure "$name: $lost"
    echo "not ok $name: $good passed, $bad failed${lost:+, $lost}"
}

# DIRECTORY MAKE-ARGUMENTS...: one check.
build() {
    dir=$1
    shift
    check "build $dir" "$MAKE" --no-print-directory -k -j"$cores" B="$dir" WERROR=1 "$@"
}

# BUILD CASE-AND-COUNT: one case of tests/faults against that build.
faults() {
    cp build/gcc/tests/preload.so "$work/" # where no blank is in its name, which LD_PRELOAD would split
    # shellcheck disable=SC2086
    PRELOAD=$work/preload.so PATIENCE=60 \
        count "faults, $1: $2" 3600 sh tests/tsan.sh build/gcc/tests/faults "build/$1/lrdlab" $2
}

# SECONDS: every fuzz target for so long, from its corpus.
fuzz_for() {
    build build/fuzz CC=clang CFLAGS="-O1 -g" SAN=fuzzer-no-link,address,undefined fuzzers
    for target in build/fuzz/fuzz/fuzz_*; do
        case $target in *.d | *\*) continue ;; esac
        mkdir -p "$work/corpus"
        check "fuzz ${target##*/} for $1 s" "$target" -max_total_time="$1" -timeout=10 -rss_limit_mb=1024 \
            -malloc_limit_mb=256 -print_final_stats=1 "$work/corpus" "tests/fuzz/corpus/${target##*/fuzz_}"
        rm -rf "$work/corpus"
    done
}

# DIRECTORY: every unit test built there.
unit_tests() {
    for program in "$1"/tests/test_*; do
        case $program in *.d | *\*) continue ;; esac
        count "$program" 300 "$program"
    done
}

export CMOCKA_MESSAGE_OUTPUT=TAP
# Not detect_stack_use_after_return: gcc 12 lays AVX-512 variables on that stack without their alignment.
export ASAN_OPTIONS=strict_string_checks=1
export UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1

# All of it is read before any of it runs, so that the file may be edited meanwhile.
run_all() {
    stage "layers, layout"
    count "layers" 60 sh tests/layers/test_layers.sh
    if clang-format-14 --version >/dev/null 2>&1 || clang-format --version | grep -q 'version 14'; then
        check "clang-format" "$MAKE" --no-print-directory check-format
    else
        echo "skipped: the layout check needs clang-format 14"
        skipped=$((skipped + 1))
    fi
    count "packages" 120 sh tests/build/test_packages.sh
    count "flags" 120 sh tests/build/test_flags.sh

    stage "builds, warnings are errors"
    build build/gcc CC=gcc all tests
    build build/clang CC=clang CFLAGS=-O1 all tests

    stage "unit, golden and frame tests"
    unit_tests build/gcc

    stage "the same under AddressSanitizer and UndefinedBehaviorSanitizer"
    build build/asan CC=gcc CFLAGS="-O1 -g" SAN=address,undefined all tests fuzzers
    unit_tests build/asan

    stage "threads under ThreadSanitizer"
    build build/tsan CC=gcc CFLAGS="-O1 -g" SAN=thread all tests
    for name in test_trainer test_session test_branch test_replay; do
        count "build/tsan/$name" 300 sh tests/tsan.sh build/tsan/tests/$name
    done

    stage "the command line"
    count "command line" 300 sh tests/cli/test_cli.sh build/gcc/lrdlab
    count "cores" 120 sh tests/cli/test_cores.sh build/gcc/lrdlab
    count "sweeps" 300 sh tests/cli/test_sweep.sh build/gcc/lrdlab
    count "verify-presets" 300 sh tests/tools/test_measured.sh build/gcc/lrdlab
    count "results of sweeps" 120 sh tests/tools/test_results.sh build/gcc/lrdlab
    count "survival analysis" 120 sh tests/tools/test_survival.sh build/gcc/lrdlab
    count "the two fastest presets" 300 env ONLY=fastest SEEDS=1 OUT="$work/presets" \
        sh tests/tools/verify-presets.sh --check build/gcc/lrdlab
    count "PyTorch" 300 sh tests/cli/test_torch.sh build/gcc/lrdlab
    count "movies" 300 sh tests/cli/test_movie.sh build/gcc/lrdlab
    count "figures" 120 sh tests/cli/test_plot.sh build/gcc/lrdlab
    count "files" 300 sh tests/cli/test_files.sh build/gcc/lrdlab
    count "disk" 120 sh tests/cli/test_disk.sh build/gcc/lrdlab
    check "screenshots are the program's" sh screenshots/screenshots.sh --check build/gcc/lrdlab
    check "READMEs are up to date" sh tests/tools/update-docs.sh --check build/gcc/lrdlab
    count "numbers of the texts" 60 sh tests/tools/test_claims.sh build/gcc/lrdlab
    count "commands of the READMEs" 300 sh tests/cli/test_docs.sh build/gcc/lrdlab
    count "install" 300 sh tests/build/test_install.sh
    count "Debian package" 300 sh tests/build/test_deb.sh

    stage "the lab in a terminal"
    count "lab" 300 sh tests/e2e/lab.sh build/gcc/lrdlab
    count "watch" 300 sh tests/e2e/watch.sh build/gcc/lrdlab
    count "a slow BLAS" 120 sh tests/e2e/slow_blas.sh build/gcc/lrdlab
    count "completion in shells" 300 sh tests/e2e/completion.sh build/gcc/lrdlab
    count "what the lab costs" 120 build/gcc/tests/bench_lab build/gcc/lrdlab --check
    count "lab under AddressSanitizer" 300 sh tests/e2e/lab.sh build/asan/lrdlab

    stage "faults: signals, terminals, key storms, spoilt files"
    for case in signals deadly stop gone stalled names bytes sequences wheel kills; do
        faults gcc $case
    done
    [ "$(uname -s)" = Darwin ] || for case in noise sgemm; do # macOS preloads in another way
        faults gcc $case
    done
    for case in "resizes 500" "storm 5000" "watch 2000"; do
        faults asan $case
        faults tsan $case
    done
    for target in build/asan/fuzz/fuzz_*; do
        case $target in *.d | *\*) continue ;; esac
        count "replay $target" 120 "$target" "tests/fuzz/corpus/${target##*/fuzz_}"
    done

    if [ "$1" = full ]; then
        stage "the long ones"
        faults gcc "kills 200"
        faults asan "kills 50"
        faults asan "storm 100000"
        faults tsan "storm 100000"
        faults asan "watch 100000"
        faults tsan "watch 100000"
        LOAD_STEPS=5000000 count "a day in fast forward" 3600 build/gcc/tests/test_load
        fuzz_for 600
        if command -v cppcheck >/dev/null && command -v clang-tidy >/dev/null; then
            check "lint" "$MAKE" --no-print-directory lint
        fi
        count "all presets, five seeds" 36000 env OUT="$work/presets" \
            sh tests/tools/verify-presets.sh --check build/gcc/lrdlab
        count "compilers and libraries" 3600 sh tests/build/test_matrix.sh
        count "lab under ThreadSanitizer" 600 sh tests/tsan.sh sh tests/e2e/lab.sh build/tsan/lrdlab minute
        count "sweeps that end at random times" 300 sh tests/cli/test_sweep.sh build/gcc/lrdlab full
        count "Debian package in a bare Debian" 1800 sh tests/build/test_deb.sh full
        count "Slurm" 300 sh tests/cli/test_slurm.sh build/gcc/lrdlab
        count "valgrind" 600 sh tests/cli/test_valgrind.sh build/gcc/lrdlab
    fi

    echo
    [ "$failed" = 0 ] || echo "failed:$failures"
    [ "$skipped" = 0 ] || echo "skipped: $skipped"
    echo "$passed passed, $failed failed"
    [ "$failed" = 0 ]
    exit
}

run_all "$@"
