#include <lrd/num/speed.h>

#include <lrd/base/util.h>
#include <lrd/num/mat.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS_LEAST = 3, ROUNDS_MOST = 24, PATH_MOST = 512 };

/* Seconds for which this thread had a processor. */
static double speed_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void keep_best(double *best, double seconds)
{
    *best = fmin(*best, fmax(seconds, 1e-9)); /* a clock that stood still says nothing */
}

Speed speed_measure(void)
{
    enum { N = SPEED_SIDE, SIZE = N * N };
    float *A = xfloats(SIZE), *B = xfloats(SIZE), *C = xfloats(SIZE);
    for (int i = 0; i < SIZE; i++) {
        A[i] = (float)(i % 17) - 8;
        B[i] = (float)(i % 13) - 6;
    }
    double plain = INFINITY, blas = INFINITY;
    bool slow = true;
    mat_nn(N, N, N, A, N, B, N, 0, C, N); /* the first call also gets its buffers */
    for (int round = 0; round < ROUNDS_MOST && (slow || round < ROUNDS_LEAST); round++) {
        double began = speed_clock();
        plain_product(N, A, B, C);
        keep_best(&plain, speed_clock() - began);
        began = speed_clock();
        mat_nn(N, N, N, A, N, B, N, 0, C, N);
        keep_best(&blas, speed_clock() - began);
        slow = plain < SPEED_SLOW_RATIO * blas;
    }
    free(A), free(B), free(C);
    const double gflop = 2e-9 * N * N * N;
    return (Speed){.gflops = gflop / blas, .plain_gflops = gflop / plain, .slow = slow};
}

void speed_say_slow(const Speed *speed, Text *out)
{
    char path[PATH_MOST];
    mat_library_path(path, sizeof path);
    text_addf(out, "slow: matrix products run at %.1f GFLOP/s, plain C at %.1f, ", speed->gflops, speed->plain_gflops);
    if (mat_is_openblas())
        text_addf(
            out,
            "though %s is OpenBLAS (core %s); set OPENBLAS_CORETYPE=Haswell (or another core) in the environment, "
            "or install a newer OpenBLAS (Debian: libopenblas-dev)",
            path, mat_core_name());
    else
        text_addf(
            out,
            "since %s is not an optimised BLAS; install OpenBLAS (Debian: libopenblas-dev), build again with make, "
            "and see that LD_PRELOAD, LD_LIBRARY_PATH and update-alternatives put no other library in its place",
            path);
}

/* Cores of OpenBLAS without AVX2. */
static const char *const old_cores[] = {
    "Generic",      "Katmai",      "Coppermine", "Northwood",  "Prescott",    "Banias",      "Atom",   "Core2",
    "Penryn",       "Dunnington",  "Nehalem",    "Athlon",     "Opteron",     "Barcelona",   "Bobcat", "Nano",
    "Opteron_SSE3", "Sandybridge", "Bulldozer",  "Piledriver", "Steamroller", "SSE_GENERIC",
};

static bool has_avx2(void)
{
#ifdef __x86_64__
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
    return false;
#endif
}

bool speed_say_old_core(Text *out)
{
    const char *core = mat_core_name();
    bool old = false;
    for (size_t i = 0; i < sizeof old_cores / sizeof *old_cores; i++)
        old |= strcmp(core, old_cores[i]) == 0;
    if (!old || !mat_is_openblas() || !has_avx2())
        return false;
    text_addf(out, "OpenBLAS uses its core %s, made for processors without AVX2, which this one has: %s", core,
              getenv("OPENBLAS_CORETYPE") ? "unset OPENBLAS_CORETYPE"
                                          : "install a newer OpenBLAS, or set OPENBLAS_CORETYPE=Haswell");
    return true;
}
