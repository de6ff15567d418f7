#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* dladdr, RTLD_DEFAULT */
#endif
#include <lrd/num/mat.h>

#include <assert.h>
#include <cblas.h>
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* A function of the library that answers cblas_sgemm, or of one that it needs; else NULL. It is looked up anew since
 * LD_PRELOAD, LD_LIBRARY_PATH or the system's alternatives may have put another library there than the build's: one
 * that has none of OpenBLAS' functions, beside an OpenBLAS that nobody calls. */
static void *mat_find_function(const char *name)
{
    Dl_info found;
    void *product = dlsym(RTLD_DEFAULT, "cblas_sgemm");
    if (!product || !dladdr(product, &found))
        return dlsym(RTLD_DEFAULT, name);
    void *library = dlopen(found.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
    if (!library) /* the program itself */
        return dlsym(RTLD_DEFAULT, name);
    void *function = dlsym(library, name);
    dlclose(library);
    return function;
}

static const char *mat_ask(const char *name, const char *otherwise)
{
    const char *(*function)(void);
    *(void **)&function = mat_find_function(name);
    return function ? function() : otherwise;
}

void mat_use_one_thread(void)
{
    void (*openblas)(int);
    void (*blis)(int64_t);
    *(void **)&openblas = mat_find_function("openblas_set_num_threads");
    *(void **)&blis = mat_find_function("bli_thread_set_num_threads");
    if (openblas)
        openblas(1);
    if (blis)
        blis(1);
}

const char *mat_core_name(void)
{
    return mat_ask("openblas_get_corename", "cblas");
}

const char *mat_blas_description(void)
{
    const char *openblas = mat_ask("openblas_get_config", NULL);
    return openblas ? openblas : mat_ask("bli_info_get_version_str", "a CBLAS that doesn't tell its version");
}

bool mat_is_openblas(void)
{
    return mat_find_function("openblas_get_corename") != NULL;
}

void mat_library_path(char *out, size_t size)
{
    Dl_info found;
    void *product = dlsym(RTLD_DEFAULT, "cblas_sgemm");
    const bool known = product && dladdr(product, &found) && found.dli_fname;
    char *real = known ? realpath(found.dli_fname, NULL) : NULL;
    snprintf(out, size, "%s", real ? real : known ? found.dli_fname : "the BLAS that is part of this program");
    free(real);
}

void mat_nt(int m, int n, int k, const float *A, int lda, const float *B, int ldb, float keep, float *C, int ldc)
{
    assert(lda >= k && ldb >= k && ldc >= n);
    if (m && n)
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, m, n, k, 1.0f, A, lda, B, ldb, keep, C, ldc);
}

void mat_nn(int m, int n, int k, const float *A, int lda, const float *B, int ldb, float keep, float *C, int ldc)
{
    assert(lda >= k && ldb >= n && ldc >= n);
    if (m && n)
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1.0f, A, lda, B, ldb, keep, C, ldc);
}

void mat_tn(int m, int n, int k, const float *A, int lda, const float *B, int ldb, float keep, float *C, int ldc)
{
    assert(lda >= m && ldb >= n && ldc >= n);
    if (m && n)
        cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, m, n, k, 1.0f, A, lda, B, ldb, keep, C, ldc);
}
