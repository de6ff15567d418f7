#include <lrd/num/selftest.h>
#include <lrd/num/linalg.h>
#include <lrd/num/mat.h>

#include <lrd/base/rng.h>
#include <lrd/base/util.h>

#include <math.h>
#include <stdlib.h>

static void fill(Rng *r, float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = (float)(2.0 * rng_uniform(r) - 1.0);
}

/* The larger error; a NaN is the worst there is. */
static double worse(double a, double b)
{
    return isnan(a) || isnan(b) ? (double)INFINITY : fmax(a, b);
}

/* Largest difference between C and the product of A (element [i][l] at i*ai + l*al) and B ([l][j] at l*bl + j*bj). */
static double product_error(int m, int n, int k, const float *A, int ai, int al, const float *B, int bl, int bj,
                            const float *C)
{
    double worst = 0;
    for (int i = 0; i < m; i++)
        for (int j = 0; j < n; j++) {
            double sum = 0;
            for (int l = 0; l < k; l++)
                sum += (double)A[i * ai + l * al] * (double)B[l * bl + j * bj];
            double error = fabs(sum - (double)C[i * n + j]);
            worst = worse(worst, error);
        }
    return worst;
}

static double products_error(Rng *r, int m, int n, int k)
{
    float *A = xfloats((size_t)m * (size_t)k), *B = xfloats((size_t)n * (size_t)k), *C = xfloats((size_t)m * (size_t)n);
    fill(r, A, (size_t)m * (size_t)k);
    fill(r, B, (size_t)n * (size_t)k);
    mat_nt(m, n, k, A, k, B, k, 0, C, n);
    double worst = product_error(m, n, k, A, k, 1, B, 1, k, C);
    mat_nn(m, n, k, A, k, B, n, 0, C, n);
    worst = worse(worst, product_error(m, n, k, A, k, 1, B, n, 1, C));
    mat_tn(m, n, k, A, m, B, n, 0, C, n);
    worst = worse(worst, product_error(m, n, k, A, 1, m, B, n, 1, C));
    free(A);
    free(B);
    free(C);
    return worst / sqrt(k);
}

/* NS through ssyrk and ssymm against sgemm, and the SVD against the matrix it came from. */
static double spectrum_error(Rng *r, int m, int n)
{
    size_t size = (size_t)m * (size_t)n;
    int k = min_int(m, n);
    float *W = xfloats(size), *out = xfloats(size), *scratch = xfloats(linalg_scratch_floats(m, n));
    float *U = xfloats((size_t)m * (size_t)k), *Vt = xfloats((size_t)n * (size_t)k), *sigma = xfloats((size_t)k);
    float *G = xfloats((size_t)m * (size_t)m);
    fill(r, W, size);
    double worst = 1;
    if (linalg_svd(U, sigma, Vt, W, m, n, scratch)) {
        for (int i = 0; i < m; i++)
            for (int j = 0; j < k; j++)
                U[i * k + j] *= sigma[j];
        worst = product_error(m, n, k, U, k, 1, Vt, n, 1, W) / (double)sigma[0];
    }
    linalg_newton_schulz(out, W, m, n, 1, scratch);
    double unit = 1.0 / (linalg_norm(W, size) + 1e-8);
    for (size_t i = 0; i < size; i++)
        W[i] = (float)((double)W[i] * unit);
    mat_nt(m, m, n, W, n, W, n, 0, G, m);
    for (size_t i = 0; i < size; i++) /* out - 1.5 Y must be -0.5 G Y */
        out[i] = (1.5f * W[i] - out[i]) * 2.0f;
    worst = worse(worst, product_error(m, n, m, G, m, 1, W, n, 1, out));
    free(W), free(out), free(scratch), free(U), free(Vt), free(sigma), free(G);
    return worst;
}

Status selftest_run(void)
{
    static const int shapes[][3] = {{1, 1, 1}, {7, 5, 3}, {33, 17, 65}, {64, 64, 64}, {130, 129, 131}, {96, 40, 200}};
    Rng r = rng_seed(20260101, RNG_WEIGHTS);
    double worst = 0;
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        worst = worse(worst, products_error(&r, shapes[i][0], shapes[i][1], shapes[i][2]));
    worst = worse(worst, spectrum_error(&r, 64, 64));
    worst = worse(worst, spectrum_error(&r, 40, 72));
    if (worst < 1e-5)
        return status_ok();
    return status_failed(
        "the BLAS library computes wrong matrix products on this processor (core %s, error %.2g): "
        "set OPENBLAS_CORETYPE=Haswell (or another core) in the environment, or install a newer OpenBLAS",
        mat_core_name(), worst);
}
