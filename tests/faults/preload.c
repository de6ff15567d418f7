/* Put before the libraries of a program (LD_PRELOAD) to make them misbehave: PRELOAD_NOISE=1 writes to stderr all the
 * time, PRELOAD_SGEMM=1 spoils every matrix product a little. */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void Sgemm(int order, int a_turned, int b_turned, int m, int n, int k, float alpha, const float *A, int lda,
                   const float *B, int ldb, float beta, float *C, int ldc);

Sgemm cblas_sgemm;

void cblas_sgemm(int order, int a_turned, int b_turned, int m, int n, int k, float alpha, const float *A, int lda,
                 const float *B, int ldb, float beta, float *C, int ldc)
{
    Sgemm *library;
    void *symbol = dlsym(RTLD_NEXT, "cblas_sgemm");
    memcpy(&library, &symbol, sizeof library);
    library(order, a_turned, b_turned, m, n, k, alpha, A, lda, B, ldb, beta, C, ldc);
    if (getenv("PRELOAD_SGEMM") && m > 0 && n > 0)
        C[0] += 0.01f;
}

static void *make_noise(void *unused)
{
    for (;;) {
        fputs("NOISE\n", stderr);
        poll(NULL, 0, 20);
    }
    return unused;
}

__attribute__((constructor)) static void begin(void)
{
    pthread_t thread;
    if (getenv("PRELOAD_NOISE") && pthread_create(&thread, NULL, make_noise, NULL) == 0)
        pthread_detach(thread);
}
