/* Stands before the BLAS's sgemm: the test program's own symbol comes first, and calls the library's.
 * Only where symbols are looked up that way. */
#ifndef SGEMM_SPY_H
#define SGEMM_SPY_H

#include <stdint.h>
#include <dlfcn.h>

typedef void Sgemm(int order, int a_turned, int b_turned, int m, int n, int k, float alpha, const float *A, int lda,
                   const float *B, int ldb, float beta, float *C, int ldc);

enum { SGEMM_TURNED = 112, SPY_CALLS_MAX = 20000 };

typedef struct SpyCall {
    int m, n, k;
    char kind; /* as NetProduct's */
} SpyCall;

static struct {
    SpyCall call[SPY_CALLS_MAX];
    int count;    /* threads: one only */
    float spoilt; /* added to the first element of every product */
} spy;

Sgemm cblas_sgemm;

/* Another symbol of the BLAS: a linker that takes only libraries that are needed would leave it out, since sgemm is
 * here. */
extern void cblas_ssymm(void);
static void (*const spy_library)(void) __attribute__((used)) = cblas_ssymm;

void cblas_sgemm(int order, int a_turned, int b_turned, int m, int n, int k, float alpha, const float *A, int lda,
                 const float *B, int ldb, float beta, float *C, int ldc)
{
    static Sgemm *library;
    if (!library) {
        void *symbol = dlsym(RTLD_NEXT, "cblas_sgemm");
        __builtin_memcpy(&library, &symbol, sizeof library);
    }
    if (spy.count < SPY_CALLS_MAX)
        spy.call[spy.count++] = (SpyCall){m, n, k,
                                          a_turned == SGEMM_TURNED   ? 'w'
                                          : b_turned == SGEMM_TURNED ? 't'
                                                                     : 'n'};
    library(order, a_turned, b_turned, m, n, k, alpha, A, lda, B, ldb, beta, C, ldc);
    C[0] += spy.spoilt;
}

#endif
