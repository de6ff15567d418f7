#include <lrd/num/linalg.h>
#include <lrd/num/mat.h>

#include <assert.h>
#include <cblas.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include <lapacke.h>
#undef I /* lapacke.h takes it from complex.h */

static int smaller(int m, int n)
{
    return m < n ? m : n;
}

/* ---- Scratch: U, Vt, sigma and a scaled copy of W, then LAPACK's own (work, and 8 k integers) */

static size_t svd_work_floats(int m, int n)
{
    float want_sdd = 0, want_svd = 0, none = 0;
    lapack_int whole = 0;
    LAPACKE_sgesdd_work(LAPACK_COL_MAJOR, 'S', n, m, &none, n, &none, &none, n, &none, smaller(m, n), &want_sdd, -1,
                        &whole);
    LAPACKE_sgesvd_work(LAPACK_COL_MAJOR, 'S', 'S', n, m, &none, n, &none, &none, n, &none, smaller(m, n), &want_svd,
                        -1);
    float want = want_sdd > want_svd ? want_sdd : want_svd;
    return (size_t)(want * 1.001f) + 64; /* a float32 can't hold every large integer */
}

size_t linalg_scratch_floats(int m, int n)
{
    size_t k = (size_t)smaller(m, n), mn = (size_t)m * (size_t)n;
    size_t svd = mn + (size_t)m * k + (size_t)n * k + k + 8 * k + svd_work_floats(m, n);
    size_t newton_schulz = mn + k * k;
    return svd > newton_schulz ? svd : newton_schulz;
}

typedef struct SvdScratch {
    float *copy, *U, *Vt, *sigma, *work;
    lapack_int *integers;
    lapack_int work_size;
} SvdScratch;

static SvdScratch svd_scratch(float *scratch, int m, int n)
{
    size_t k = (size_t)smaller(m, n);
    SvdScratch s;
    s.copy = scratch;
    s.U = s.copy + (size_t)m * (size_t)n;
    s.Vt = s.U + (size_t)m * k;
    s.sigma = s.Vt + (size_t)n * k;
    static_assert(sizeof(lapack_int) == sizeof(float), "integers share the scratch of floats");
    s.integers = (lapack_int *)(void *)(s.sigma + k);
    s.work = s.sigma + 9 * k;
    s.work_size = (lapack_int)svd_work_floats(m, n);
    return s;
}

/* ---- Finite, norms */

bool linalg_is_finite(const float *x, size_t n)
{
    int bad = 0;
#pragma omp simd reduction(| : bad)
    for (size_t i = 0; i < n; i++)
        bad |= !(fabsf(x[i]) <= FLT_MAX);
    return !bad;
}

double linalg_inner(const float *x, const float *y, size_t n)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++)
        sum += (double)x[i] * (double)y[i];
    return sum;
}

double linalg_norm(const float *W, size_t n)
{
    return sqrt(linalg_inner(W, W, n));
}

/* ---- Singular values */

/* W times a power of two that brings its largest element near 1; returns the exponent taken out. */
static int copy_scaled(float *copy, const float *W, size_t n)
{
    float largest = 0;
    for (size_t i = 0; i < n; i++)
        largest = fabsf(W[i]) > largest ? fabsf(W[i]) : largest;
    int exponent = 0;
    frexpf(largest, &exponent);
    const double unit = ldexp(1, -exponent); /* which float32 may not hold */
    for (size_t i = 0; i < n; i++)
        copy[i] = (float)((double)W[i] * unit);
    return exponent;
}

/* Row-major W is column-major W^T = V S U^T: LAPACK's "U" is our Vt, its "V^T" our U. job: 'S' vectors too, 'N' none.
 * sgesdd destroys its input, so the second try copies it again. */
static bool svd_of(char job, const float *W, int m, int n, float *scratch, SvdScratch *s, int *exponent)
{
    size_t size = (size_t)m * (size_t)n;
    int k = smaller(m, n);
    if (!linalg_is_finite(W, size))
        return false;
    *s = svd_scratch(scratch, m, n);
    *exponent = copy_scaled(s->copy, W, size);
    lapack_int failed = LAPACKE_sgesdd_work(LAPACK_COL_MAJOR, job, n, m, s->copy, n, s->sigma, s->Vt, n, s->U, k,
                                            s->work, s->work_size, s->integers);
    if (failed) {
        copy_scaled(s->copy, W, size);
        failed = LAPACKE_sgesvd_work(LAPACK_COL_MAJOR, job, job, n, m, s->copy, n, s->sigma, s->Vt, n, s->U, k, s->work,
                                     s->work_size);
    }
    return !failed;
}

/* The singular values with the exponent put back; false when one leaves float32. */
static bool unscaled_sigma(float *sigma, const SvdScratch *s, int k, int exponent)
{
    for (int i = 0; i < k; i++)
        sigma[i] = ldexpf(s->sigma[i], exponent);
    return linalg_is_finite(sigma, (size_t)k);
}

bool linalg_singular_values(float *sigma, const float *W, int m, int n, float *scratch)
{
    SvdScratch s;
    int exponent;
    return svd_of('N', W, m, n, scratch, &s, &exponent) && unscaled_sigma(sigma, &s, smaller(m, n), exponent);
}

bool linalg_svd(float *U, float *sigma, float *Vt, const float *W, int m, int n, float *scratch)
{
    SvdScratch s;
    int exponent, k = smaller(m, n);
    if (!svd_of('S', W, m, n, scratch, &s, &exponent))
        return false;
    memcpy(U, s.U, (size_t)m * (size_t)k * sizeof *U);
    memcpy(Vt, s.Vt, (size_t)n * (size_t)k * sizeof *Vt);
    return unscaled_sigma(sigma, &s, k, exponent);
}

/* out = U diag(d) Vt, d given in s->sigma; columns of U are scaled where they stand. */
static void rebuild(float *out, SvdScratch *s, int m, int n)
{
    int k = smaller(m, n);
    for (int i = 0; i < m; i++)
        for (int j = 0; j < k; j++)
            s->U[(size_t)i * (size_t)k + (size_t)j] *= s->sigma[j];
    mat_nn(m, n, k, s->U, k, s->Vt, n, 0.0f, out, n);
}

bool linalg_polar(float *out, const float *W, int m, int n, float *scratch)
{
    SvdScratch s;
    int exponent, k = smaller(m, n);
    if (!svd_of('S', W, m, n, scratch, &s, &exponent))
        return false;
    const float least = FLT_EPSILON * (float)(m > n ? m : n) * s.sigma[0];
    for (int i = 0; i < k; i++)
        s.sigma[i] = s.sigma[i] > least ? 1.0f : 0.0f;
    rebuild(out, &s, m, n);
    return true;
}

bool linalg_shrink(float *out, const float *W, int m, int n, double shrink, float *scratch)
{
    SvdScratch s;
    int exponent, k = smaller(m, n);
    if (!svd_of('S', W, m, n, scratch, &s, &exponent))
        return false;
    for (int i = 0; i < k; i++) {
        double left = ldexp((double)s.sigma[i], exponent) - shrink;
        s.sigma[i] = left > 0 ? (float)left : 0.0f;
    }
    rebuild(out, &s, m, n);
    return true;
}

/* ---- Newton-Schulz */

/* to = 1.5 Y - 0.5 G Y (wide or square) or 1.5 Y - 0.5 Y G (tall), G the Gram matrix of the smaller side. */
static void newton_schulz_once(float *to, const float *Y, float *G, int m, int n)
{
    const bool tall = m > n;
    const int k = smaller(m, n);
    cblas_ssyrk(CblasRowMajor, CblasUpper, tall ? CblasTrans : CblasNoTrans, k, tall ? m : n, 1.0f, Y, n, 0.0f, G, k);
    memcpy(to, Y, (size_t)m * (size_t)n * sizeof *to);
    cblas_ssymm(CblasRowMajor, tall ? CblasRight : CblasLeft, CblasUpper, m, n, -0.5f, G, k, Y, n, 1.5f, to, n);
}

void linalg_newton_schulz(float *out, const float *W, int m, int n, int iterations, float *scratch)
{
    const size_t size = (size_t)m * (size_t)n;
    float *other = scratch, *G = scratch + size;
    const double unit = 1.0 / (linalg_norm(W, size) + 1e-8);
    float *from = iterations % 2 ? other : out, *to = iterations % 2 ? out : other;
    for (size_t i = 0; i < size; i++)
        from[i] = (float)((double)W[i] * unit);
    for (int i = 0; i < iterations; i++) {
        newton_schulz_once(to, from, G, m, n);
        float *swap = from;
        from = to;
        to = swap;
    }
}

double linalg_newton_schulz_map(double sigma, double norm, int iterations)
{
    double y = sigma / (norm + 1e-8);
    for (int i = 0; i < iterations; i++)
        y = 1.5 * y - 0.5 * y * y * y;
    return y;
}

/* ---- Ranks. Sums are of sigma / sigma_1, so that no square leaves the range. */

static double largest_of(const float *sigma, int k)
{
    double largest = 0;
    for (int i = 0; i < k; i++)
        largest = (double)sigma[i] > largest ? (double)sigma[i] : largest;
    return largest;
}

static double power_sum(const float *sigma, int k, double unit, int power)
{
    double sum = 0;
    for (int i = 0; i < k; i++)
        sum += pow((double)sigma[i] / unit, power);
    return sum;
}

double linalg_stable_rank(const float *sigma, int k)
{
    double top = largest_of(sigma, k);
    return top > 0 ? power_sum(sigma, k, top, 2) : (double)NAN;
}

double linalg_effective_rank(const float *sigma, int k)
{
    double top = largest_of(sigma, k);
    if (!(top > 0))
        return (double)NAN;
    double sum = power_sum(sigma, k, top, 1), entropy = 0;
    for (int i = 0; i < k; i++) {
        double share = (double)sigma[i] / top / sum;
        if (share > 0)
            entropy -= share * log(share);
    }
    return exp(entropy);
}

double linalg_participation_ratio(const float *sigma, int k)
{
    double top = largest_of(sigma, k);
    if (!(top > 0))
        return (double)NAN;
    double squares = power_sum(sigma, k, top, 2);
    return squares * squares / power_sum(sigma, k, top, 4);
}

double linalg_nuclear_norm(const float *sigma, int k)
{
    double sum = 0;
    for (int i = 0; i < k; i++)
        sum += (double)sigma[i];
    return sum;
}
