#include <lrd/num/mat.h>

#include <assert.h>
#include <cblas.h>

void mat_use_one_thread(void)
{
#ifdef LRD_HAVE_OPENBLAS
    openblas_set_num_threads(1);
#endif
}

const char *mat_core_name(void)
{
#ifdef LRD_HAVE_OPENBLAS
    return openblas_get_corename();
#else
    return "cblas";
#endif
}

const char *mat_blas_description(void)
{
#ifdef LRD_HAVE_OPENBLAS
    return openblas_get_config();
#else
    return "a CBLAS that doesn't tell its version";
#endif
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
