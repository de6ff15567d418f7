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
    size_t newton_schulz = 2 * mn + 3 * k * k;
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

bool linalg_truncate(float *out, const float *W, int m, int n, int rank, float *scratch)
{
    SvdScratch s;
    int exponent, k = smaller(m, n);
    if (!svd_of('S', W, m, n, scratch, &s, &exponent))
        return false;
    for (int i = 0; i < k; i++)
        s.sigma[i] = i < rank ? ldexpf(s.sigma[i], exponent) : 0.0f;
    rebuild(out, &s, m, n);
    return true;
}

/* ---- Newton-Schulz: Y' = P Y, P = 1.5 I - 0.5 G, G = Y Y^T (of tall matrices Y P and Y^T Y: the smaller side) */

/* S [k,k] = keep S + c B B^T in the upper triangle, or of B^T B. */
static void add_gram(float *S, float keep, float c, const float *B, int m, int n)
{
    const bool tall = m > n;
    cblas_ssyrk(CblasRowMajor, CblasUpper, tall ? CblasTrans : CblasNoTrans, smaller(m, n), tall ? m : n, c, B, n, keep,
                S, smaller(m, n));
}

static void mirror_upper(float *S, int k)
{
    enum { BLOCK = 32 }; /* a block and its mirror image stay in the first cache */
    for (int top = 0; top < k; top += BLOCK)
        for (int left = top; left < k; left += BLOCK)
            for (int i = top; i < smaller(top + BLOCK, k); i++)
                for (int j = left > i ? left : i + 1; j < smaller(left + BLOCK, k); j++)
                    S[(size_t)j * (size_t)k + (size_t)i] = S[(size_t)i * (size_t)k + (size_t)j];
}

/* to = keep to + c S Y, S symmetric with its upper triangle given, or Y S. */
static void apply_symmetric(float *to, float keep, float c, const float *S, const float *Y, int m, int n)
{
    cblas_ssymm(CblasRowMajor, m > n ? CblasRight : CblasLeft, CblasUpper, m, n, c, S, smaller(m, n), Y, n, keep, to,
                n);
}

/* P of one iteration, in the upper triangle. */
static void newton_schulz_once(float *P, const float *Y, int m, int n)
{
    const int k = smaller(m, n);
    add_gram(P, 0.0f, -0.5f, Y, m, n);
    for (int i = 0; i < k; i++)
        P[(size_t)i * (size_t)(k + 1)] += 1.5f;
}

/* P of two at once, [3,k,k] with scratch behind it. Both are polynomials of one G, so their product is
 *     9/4 I - 39/16 G + 27/16 G^2 - 9/16 G^3 + 1/16 G^4
 *   = 9/4 I - 39/16 G + 27/64 G^2 + 1/16 (G^2 - 9/2 G)^2,
 * and a square of a symmetric matrix costs half of what a product does. */
static void newton_schulz_twice(float *P, const float *Y, int m, int n)
{
    const int k = smaller(m, n);
    const size_t kk = (size_t)k * (size_t)k;
    float *G = P + kk, *B = G + kk;
    add_gram(G, 0.0f, 1.0f, Y, m, n);
    mirror_upper(G, k);
    add_gram(P, 0.0f, 1.0f, G, k, k); /* G^2 */
    for (int i = 0; i < k; i++) {
        for (size_t j = (size_t)i * (size_t)(k + 1); j < (size_t)(i + 1) * (size_t)k; j++) {
            B[j] = P[j] - 4.5f * G[j];
            P[j] = 0.421875f * P[j] - 2.4375f * G[j];
        }
        P[(size_t)i * (size_t)(k + 1)] += 2.25f;
    }
    mirror_upper(B, k);
    add_gram(P, 1.0f, 0.0625f, B, k, k);
}

/* out = keep out + c NS(W) */
static void newton_schulz(float *out, float keep, float c, const float *W, int m, int n, int iterations, float *scratch)
{
    const size_t size = (size_t)m * (size_t)n;
    float *from = scratch, *to = from + size, *P = to + size;
    const double unit = 1.0 / (linalg_norm(W, size) + 1e-8);
    for (size_t i = 0; i < size; i++)
        from[i] = (float)((double)W[i] * unit);
    for (; iterations > 2; iterations -= 2) {
        newton_schulz_twice(P, from, m, n);
        apply_symmetric(to, 0.0f, 1.0f, P, from, m, n);
        float *swap = from;
        from = to;
        to = swap;
    }
    if (iterations == 2)
        newton_schulz_twice(P, from, m, n);
    else
        newton_schulz_once(P, from, m, n);
    apply_symmetric(out, keep, c, P, from, m, n);
}

void linalg_newton_schulz(float *out, const float *W, int m, int n, int iterations, float *scratch)
{
    newton_schulz(out, 0.0f, 1.0f, W, m, n, iterations, scratch);
}

void linalg_newton_schulz_step(float *W, double length, int m, int n, int iterations, float *scratch)
{
    newton_schulz(W, 1.0f, -(float)length, W, m, n, iterations, scratch);
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
