/* What the engine's tests share: random arrays, closeness, and a singular value decomposition in double that owes
 * nothing to LAPACK. */
#ifndef APPROX_H
#define APPROX_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <lrd/base/rng.h>
#include <lrd/base/util.h>
#include <lrd/num/ops.h>

#define COUNT_OF(array) ((int)(sizeof(array) / sizeof(array)[0]))

#define assert_near(value, expected, tolerance)                                                                        \
    do {                                                                                                               \
        const double near_v = (value), near_e = (expected), near_t = (tolerance);                                      \
        if (!(fabs(near_v - near_e) <= near_t))                                                                        \
            fail_msg("%s is %.10g, not %.10g within %.3g", #value, near_v, near_e, near_t);                            \
    } while (0)

#define assert_at_most(value, limit)                                                                                   \
    do {                                                                                                               \
        const double most_v = (value), most_l = (limit);                                                               \
        if (!(most_v <= most_l))                                                                                       \
            fail_msg("%s is %.3g, more than %.3g", #value, most_v, most_l);                                            \
    } while (0)

static inline void approx_fill(Rng *r, float *x, size_t n, double scale)
{
    for (size_t i = 0; i < n; i++)
        x[i] = (float)(scale * (2.0 * rng_uniform(r) - 1.0));
}

static inline float *approx_random(Rng *r, size_t n, double scale)
{
    float *x = xfloats(n);
    approx_fill(r, x, n, scale);
    return x;
}

static inline double *approx_doubles(const float *x, size_t n)
{
    double *y = xcalloc(n, sizeof *y);
    for (size_t i = 0; i < n; i++)
        y[i] = (double)x[i];
    return y;
}

static inline double approx_norm(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i];
    return sqrt(sum);
}

/* |a - b| / |b|; |a| where b is zero. */
static inline double approx_distance(const float *a, const double *b, size_t n)
{
    double apart = 0, whole = approx_norm(b, n);
    for (size_t i = 0; i < n; i++)
        apart += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
    return sqrt(apart) / (whole > 0 ? whole : 1.0);
}

static inline double approx_distance_floats(const float *a, const float *b, size_t n)
{
    double *d = approx_doubles(b, n), distance = approx_distance(a, d, n);
    free(d);
    return distance;
}

/* One-sided Jacobi: columns of A [rows, k] are turned until they are orthogonal, V [k, k] takes the same turns. */
static inline void approx_jacobi(double *A, double *V, int rows, int k)
{
    for (int sweep = 0; sweep < 60; sweep++) {
        double worst = 0;
        for (int p = 0; p < k; p++)
            for (int q = p + 1; q < k; q++) {
                double pp = 0, qq = 0, pq = 0;
                for (int i = 0; i < rows; i++) {
                    pp += A[i * k + p] * A[i * k + p];
                    qq += A[i * k + q] * A[i * k + q];
                    pq += A[i * k + p] * A[i * k + q];
                }
                if (!(fabs(pq) > 1e-15 * sqrt(pp * qq)))
                    continue;
                worst = fmax(worst, fabs(pq) / sqrt(pp * qq));
                double tau = (qq - pp) / (2 * pq), t = (tau < 0 ? -1 : 1) / (fabs(tau) + sqrt(1 + tau * tau));
                double c = 1 / sqrt(1 + t * t), s = c * t;
                for (int i = 0; i < rows + k; i++) {
                    double *row = i < rows ? A + i * k : V + (i - rows) * k, x = row[p], y = row[q];
                    row[p] = c * x - s * y;
                    row[q] = s * x + c * y;
                }
            }
        if (worst < 1e-14)
            return;
    }
}

/* W [m,n] = sum_i sigma_i u_i v_i^T, unsorted. U [m][k], V [n][k]; the side that carries sigma is zero where it is. */
typedef struct ApproxSvd {
    int m, n, k;
    double *U, *V, *sigma;
} ApproxSvd;

static inline ApproxSvd approx_svd(const float *W, int m, int n)
{
    const bool tall = m >= n;
    const int k = tall ? n : m, rows = tall ? m : n;
    double *A = xcalloc((size_t)rows * (size_t)k, sizeof *A), *V = xcalloc((size_t)k * (size_t)k, sizeof *V);
    double largest = 0;
    for (int i = 0; i < m * n; i++)
        largest = fmax(largest, fabs((double)W[i]));
    const double unit = largest > 0 ? largest : 1;
    for (int i = 0; i < m; i++)
        for (int j = 0; j < n; j++)
            A[tall ? i * k + j : j * k + i] = (double)W[i * n + j] / unit;
    for (int i = 0; i < k; i++)
        V[i * k + i] = 1;
    approx_jacobi(A, V, rows, k);
    ApproxSvd s = {.m = m, .n = n, .k = k, .U = tall ? A : V, .V = tall ? V : A, .sigma = xcalloc((size_t)k, 8)};
    for (int j = 0; j < k; j++) {
        double squares = 0;
        for (int i = 0; i < rows; i++)
            squares += A[i * k + j] * A[i * k + j];
        s.sigma[j] = sqrt(squares) * unit;
        for (int i = 0; i < rows && squares > 0; i++)
            A[i * k + j] /= sqrt(squares);
    }
    return s;
}

/* U diag(value) V^T */
static inline double *approx_rebuild(const ApproxSvd *s, const double *value)
{
    double *out = xcalloc((size_t)s->m * (size_t)s->n, sizeof *out);
    for (int i = 0; i < s->m; i++)
        for (int l = 0; l < s->k; l++)
            for (int j = 0; j < s->n; j++)
                out[i * s->n + j] += s->U[i * s->k + l] * value[l] * s->V[j * s->k + l];
    return out;
}

static inline void approx_svd_free(ApproxSvd *s)
{
    free(s->U);
    free(s->V);
    free(s->sigma);
}

/* ---- Finite differences: every partial derivative of a scalar function of x */

typedef double ApproxScalar(const void *context, const double *x);

/* |gradient - finite differences|, relative to the latter's norm. */
static inline double approx_gradient_error(const float *gradient, ApproxScalar *f, const void *context, const float *x,
                                           size_t n)
{
    double *at = approx_doubles(x, n), *expected = xcalloc(n, sizeof *expected);
    for (size_t i = 0; i < n; i++) {
        const double here = at[i], h = 1e-5 * fmax(1.0, fabs(here));
        at[i] = here + h;
        double up = f(context, at);
        at[i] = here - h;
        expected[i] = (up - f(context, at)) / (2 * h);
        at[i] = here;
    }
    double error = approx_distance(gradient, expected, n);
    free(at);
    free(expected);
    return error;
}
/* Every version of the kernels that this processor runs. */
static inline void approx_each_version(void (*test)(const Ops *ops))
{
    for (int i = 0; i < ops_version_count(); i++)
        if (ops_version(i))
            test(ops_version(i));
}

/* A cmocka test of that name with test_ before it. */
#define EACH_VERSION(test)                                                                                             \
    static void test_##test(void **state)                                                                              \
    {                                                                                                                  \
        (void)state;                                                                                                   \
        approx_each_version(test);                                                                                     \
    }

#endif
