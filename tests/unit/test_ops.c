/* exp, RMSNorm and the gates against naive ones in double, and their backward against finite differences of those, in
 * every compiled version. The rest of num/ops.h: test_ops_head.c. */
#include "approx.h"

enum { NUMBERS_MAX = 2000 };

/* ---- exp */

/* Distance in units of the last place of the float nearest to e^x. */
static double ulps(float y, double x)
{
    double exact = exp(x);
    int exponent;
    frexp(exact, &exponent);
    return fabs((double)y - exact) / ldexp(1.0, exponent < -125 ? -149 : exponent - 24);
}

static void exp_is_exact(const Ops *ops)
{
    enum { N = 4096 };
    float x[N], y[N];
    double worst = 0;
    for (double from = -87; from < 88; from += 0.25) {
        for (int i = 0; i < N; i++)
            x[i] = (float)(from + 0.25 * i / N);
        ops->exp(y, x, N);
        for (int i = 0; i < N; i++)
            worst = fmax(worst, ulps(y[i], (double)x[i]));
    }
    assert_at_most(worst, 1.0);
    static const float special[] = {0.0f, -0.0f, 1e-30f, 89.0f, 1e30f, INFINITY, -105.0f, -1e30f, -INFINITY};
    ops->exp(y, special, COUNT_OF(special));
    for (int i = 0; i < 3; i++)
        assert_true(y[i] == 1.0f);
    for (int i = 3; i < 6; i++)
        assert_true(isinf(y[i]));
    for (int i = 6; i < 9; i++)
        assert_true(y[i] == 0.0f);
}

static void exp_ignores_the_place(const Ops *ops)
{
    enum { N = 67 };
    Rng r = rng_seed(1, RNG_WEIGHTS);
    float x[N], y[N], alone;
    approx_fill(&r, x, N, 80);
    for (int from = 0; from < N; from++) {
        ops->exp(y, x + from, (size_t)(N - from));
        for (int i = from; i < N; i++) {
            ops->exp(&alone, x + i, 1);
            assert_true(alone == y[i - from]);
        }
    }
    memcpy(y, x, sizeof y);
    ops->exp(y, y, N); /* where it stands */
    ops->exp(&alone, x + N - 1, 1);
    assert_true(alone == y[N - 1]);
}
/* ---- RMSNorm */

enum { CLAMPED_ROW = 1, NORM_ROWS = 4, NORM_MAX = 260, NORM_PAD = 3 };

typedef struct Norm {
    int n;
    double scale;
    const double *g; /* NULL: ones */
    const double *c; /* weights of the outputs in the scalar */
} Norm;

static double norm_scalar(const void *context, const double *x)
{
    const Norm *s = context;
    double sum = 0;
    for (int r = 0; r < NORM_ROWS; r++) {
        const double *row = x + r * s->n;
        double length = fmax(approx_norm(row, (size_t)s->n), 1e-12);
        for (int i = 0; i < s->n; i++)
            sum += s->c[r * s->n + i] * s->scale * row[i] / length * (s->g ? s->g[i] : 1.0);
    }
    return sum;
}

typedef struct NormOfGain {
    Norm norm;
    const double *x;
} NormOfGain;

static double norm_scalar_of_gain(const void *context, const double *g)
{
    NormOfGain s = *(const NormOfGain *)context;
    s.norm.g = g;
    return norm_scalar(&s.norm, s.x);
}

/* Rows lie pad apart, in x as in y; what lies between must not be touched. */
static void spread(float *to, const float *from, int n, int ld)
{
    for (int i = 0; i < NORM_ROWS * ld; i++)
        to[i] = 777;
    for (int r = 0; r < NORM_ROWS; r++)
        memcpy(to + r * ld, from + r * n, (size_t)n * sizeof *to);
}

static void gather(float *to, const float *from, int n, int ld)
{
    for (int r = 0; r < NORM_ROWS; r++) {
        memcpy(to + r * n, from + r * ld, (size_t)n * sizeof *to);
        for (int i = n; i < ld; i++)
            assert_true(from[r * ld + i] == 777);
    }
}

/* The clamped row is so short that its length is held at 1e-12: it is linear there. Its derivative is 1e12 times that
 * of the others, so it is compared apart. */
static double norm_gradient_error(const Norm *s, const float *x, const float *dx)
{
    double *at = approx_doubles(x, (size_t)(NORM_ROWS * s->n)), worst = 0;
    for (int r = 0; r < NORM_ROWS; r++) {
        double expected[NORM_MAX];
        for (int i = 0; i < s->n; i++) {
            double *one = at + r * s->n + i, here = *one, h = r == CLAMPED_ROW ? 1e-16 : 1e-5;
            *one = here + h;
            double up = norm_scalar(s, at);
            *one = here - h;
            expected[i] = (up - norm_scalar(s, at)) / (2 * h);
            *one = here;
        }
        if (s->n == 1 && r != CLAMPED_ROW) /* a number divided by its length: the slope is 0 */
            worst = fmax(worst, 0.1 * fabs((double)dx[r]));
        else
            worst = fmax(worst, approx_distance(dx + r * s->n, expected, (size_t)s->n));
    }
    free(at);
    return worst;
}

static void check_rmsnorm(const Ops *ops, int n, bool gain, Rng *r)
{
    const int ld = n + NORM_PAD, size = NORM_ROWS * n;
    float x[NORM_ROWS * NORM_MAX], dy[NORM_ROWS * NORM_MAX], g[NORM_MAX], got[NORM_ROWS * NORM_MAX], inv[NORM_ROWS];
    float wide_x[NORM_ROWS * (NORM_MAX + NORM_PAD)], wide_y[NORM_ROWS * (NORM_MAX + NORM_PAD)];
    float dg[NORM_MAX] = {0}, dg_again[NORM_MAX] = {0};
    approx_fill(r, x, (size_t)size, 2);
    approx_fill(r, dy, (size_t)size, 1);
    approx_fill(r, g, (size_t)n, 1.5);
    for (int i = 0; i < n; i++)
        x[CLAMPED_ROW * n + i] *= 1e-15f;
    const float scale = sqrtf((float)n), *gains = gain ? g : NULL;
    double *c = approx_doubles(dy, (size_t)size), *gd = approx_doubles(g, (size_t)n),
           *xd = approx_doubles(x, (size_t)size);
    const Norm s = {n, (double)scale, gain ? gd : NULL, c};

    spread(wide_x, x, n, ld);
    spread(wide_y, x, n, ld);
    ops->rmsnorm_forward(wide_y, ld, inv, wide_x, ld, gains, scale, NORM_ROWS, n);
    gather(got, wide_y, n, ld);
    double whole = 0;
    for (int i = 0; i < size; i++)
        whole += c[i] * (double)got[i];
    assert_near(whole, norm_scalar(&s, xd), 1e-6 * n);
    assert_true(inv[CLAMPED_ROW] == 1.0f / 1e-12f);

    float dx[NORM_ROWS * NORM_MAX], wide_dx[NORM_ROWS * (NORM_MAX + NORM_PAD)];
    memset(dx, 0, sizeof dx);
    spread(wide_dx, dx, n, ld);
    spread(wide_y, dy, n, ld);
    ops->rmsnorm_backward(wide_dx, ld, gain ? dg : NULL, wide_y, ld, wide_x, ld, inv, gains, scale, NORM_ROWS, n);
    gather(dx, wide_dx, n, ld);
    assert_at_most(norm_gradient_error(&s, x, dx), 3e-6);
    ops->rmsnorm_backward_in_place(wide_y, ld, gain ? dg_again : NULL, wide_x, ld, inv, gains, scale, NORM_ROWS, n);
    gather(got, wide_y, n, ld);
    assert_at_most(norm_gradient_error(&s, x, got), 3e-6);
    if (gain) {
        const NormOfGain of_gain = {s, xd};
        assert_at_most(approx_gradient_error(dg, norm_scalar_of_gain, &of_gain, g, (size_t)n), 3e-6);
        assert_at_most(approx_distance_floats(dg_again, dg, (size_t)n), 1e-6);
        ops->rmsnorm_backward(wide_dx, ld, dg, wide_y, ld, wide_x, ld, inv, gains, scale, 0, n); /* no rows: nothing */
    }
    /* It adds to dx and dg. */
    memcpy(wide_y, wide_dx, sizeof wide_y);
    spread(wide_y, dy, n, ld);
    ops->rmsnorm_backward(wide_dx, ld, gain ? dg : NULL, wide_y, ld, wide_x, ld, inv, gains, scale, NORM_ROWS, n);
    gather(got, wide_dx, n, ld);
    for (int i = 0; i < size; i++)
        assert_near((double)got[i], 2 * (double)dx[i], 1e-6 * fabs((double)dx[i]) + 1e-12);
    for (int i = 0; gain && i < n; i++)
        assert_near((double)dg[i], 2 * (double)dg_again[i], 1e-5 * fabs((double)dg[i]) + 1e-5);
    free(c), free(gd), free(xd);
}

static void rmsnorm_is_right(const Ops *ops)
{
    static const int widths[] = {1, 2, 5, 8, 16, 17, 32, 33, 64, 128, 139, 256};
    Rng r = rng_seed(2, RNG_WEIGHTS);
    for (int i = 0; i < COUNT_OF(widths); i++)
        for (int gain = 0; gain < 2; gain++)
            check_rmsnorm(ops, widths[i], gain, &r);
}

/* Lengths whose squares leave float32's range. */
static void rmsnorm_takes_any_length(const Ops *ops)
{
    static const double lengths[] = {1e-44, 1e-30, 1e-21, 1e-19, 1e-11, 1e16, 1e20, 1e30, 1e37};
    enum { N = 24 };
    Rng r = rng_seed(3, RNG_WEIGHTS);
    for (int k = 0; k < COUNT_OF(lengths); k++) {
        float x[N], y[N], inv;
        approx_fill(&r, x, N, lengths[k]);
        ops->rmsnorm_forward(y, N, &inv, x, N, NULL, 2.0f, 1, N);
        double *xd = approx_doubles(x, N), length = fmax(approx_norm(xd, N), 1e-12);
        for (int i = 0; i < N; i++)
            assert_near((double)y[i], 2 * xd[i] / length, 2e-6 * fabs(2 * xd[i] / length) + 1e-44);
        free(xd);
    }
}
/* ---- SiLU and SwiGLU */

static double silu(double u)
{
    return u / (1 + exp(-u));
}

static double silu_scalar(const void *context, const double *u)
{
    const double *c = context;
    double sum = 0;
    for (int i = 0; i < NUMBERS_MAX; i++)
        sum += c[i] * silu(u[i]);
    return sum;
}

static double swiglu_scalar(const void *context, const double *ab)
{
    const double *c = context;
    const int half = NUMBERS_MAX / 4;
    double sum = 0;
    for (int r = 0; r < 2; r++)
        for (int i = 0; i < half; i++)
            sum += c[r * half + i] * silu(ab[2 * r * half + i]) * ab[(2 * r + 1) * half + i];
    return sum;
}

static void silu_is_right(const Ops *ops)
{
    Rng r = rng_seed(4, RNG_WEIGHTS);
    float u[NUMBERS_MAX], s[NUMBERS_MAX], ds[NUMBERS_MAX], work[NUMBERS_MAX];
    approx_fill(&r, u, NUMBERS_MAX, 12);
    approx_fill(&r, ds, NUMBERS_MAX, 1);
    memcpy(work, u, sizeof work);
    ops->silu_forward(s, work, NUMBERS_MAX);
    for (int i = 0; i < NUMBERS_MAX; i++)
        assert_near((double)s[i], silu((double)u[i]), 4e-7 * fabs(silu((double)u[i])));
    ops->silu_backward(work, ds, NUMBERS_MAX);
    double *c = approx_doubles(ds, NUMBERS_MAX);
    assert_at_most(approx_gradient_error(work, silu_scalar, c, u, NUMBERS_MAX), 2e-6);
    free(c);
    const float far_u[] = {-200, -110, -105, 90, 100, 200};
    float far[6], out[6];
    memcpy(far, far_u, sizeof far);
    ops->silu_forward(out, far, 6);
    for (int i = 0; i < 6; i++) {
        assert_near((double)out[i], (double)(i < 3 ? 0.0f : far_u[i]), 1e-30);
        assert_near((double)far[i], i < 3 ? 0 : 1, 1e-30);
    }
}

static void swiglu_is_right(const Ops *ops)
{
    enum { HALF = NUMBERS_MAX / 4 }; /* two rows; wider than a block of the kernel */
    Rng r = rng_seed(5, RNG_WEIGHTS);
    float ab[NUMBERS_MAX], s[2 * HALF], ds[2 * HALF], work[NUMBERS_MAX];
    approx_fill(&r, ab, NUMBERS_MAX, 6);
    approx_fill(&r, ds, 2 * HALF, 1);
    memcpy(work, ab, sizeof work);
    ops->swiglu_forward(s, work, 2, HALF);
    for (int i = 0; i < 2 * HALF; i++) {
        double a = (double)ab[i / HALF * 2 * HALF + i % HALF], b = (double)ab[i / HALF * 2 * HALF + HALF + i % HALF];
        assert_near((double)s[i], silu(a) * b, 5e-7 * fabs(silu(a) * b));
    }
    ops->swiglu_backward(work, ds, 2, HALF);
    double *c = approx_doubles(ds, 2 * HALF);
    assert_at_most(approx_gradient_error(work, swiglu_scalar, c, ab, NUMBERS_MAX), 2e-6);
    free(c);
}

static void silu_ignores_the_place(const Ops *ops)
{
    enum { N = 600 };
    Rng r = rng_seed(6, RNG_WEIGHTS);
    float u[N], all[N], slopes[N];
    approx_fill(&r, u, N, 10);
    memcpy(slopes, u, sizeof u);
    ops->silu_forward(all, slopes, N);
    for (int i = 0; i < N; i++) {
        float one = u[i], s;
        ops->silu_forward(&s, &one, 1);
        assert_true(s == all[i] && one == slopes[i]);
    }
}
/* ---- The versions agree, and the table of them is right */

static void agrees_with_base(const Ops *ops)
{
    enum { N = 130, V = 26 };
    const Ops *base = ops_version(0);
    Rng r = rng_seed(13, RNG_WEIGHTS);
    float x[N], g[N], a[2][N], b[2][N], inv[2];
    int32_t target[N / V] = {3, 0, 25, 7, 7};
    approx_fill(&r, x, N, 5);
    approx_fill(&r, g, N, 1);
    for (int i = 0; i < 2; i++) {
        const Ops *o = i ? ops : base;
        o->rmsnorm_forward(a[i], N, inv, x, N, g, 3, 1, N);
        memcpy(b[i], x, sizeof x);
        o->cross_entropy(b[i], target, 1, N / V, V);
    }
    for (int i = 0; i < N; i++) {
        assert_near((double)a[1][i], (double)a[0][i], 4e-7 * fabs((double)a[0][i]));
        assert_near((double)b[1][i], (double)b[0][i], 6e-7 * fabs((double)b[0][i]));
    }
}

static void test_table_of_versions(void **state)
{
    (void)state;
    assert_in_range(ops_version_count(), 1, OPS_VERSIONS_MAX);
    assert_non_null(ops_version(0));
    const Ops *best = NULL;
    for (int i = 0; i < ops_version_count(); i++)
        best = ops_version(i) ? ops_version(i) : best;
    assert_ptr_equal(ops_best(), best);
    assert_null(ops_version(ops_version_count()));
}

EACH_VERSION(exp_is_exact)
EACH_VERSION(exp_ignores_the_place)
EACH_VERSION(rmsnorm_is_right)
EACH_VERSION(rmsnorm_takes_any_length)
EACH_VERSION(silu_is_right)
EACH_VERSION(swiglu_is_right)
EACH_VERSION(silu_ignores_the_place)
EACH_VERSION(agrees_with_base)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table_of_versions),        cmocka_unit_test(test_exp_is_exact),
        cmocka_unit_test(test_exp_ignores_the_place),    cmocka_unit_test(test_rmsnorm_is_right),
        cmocka_unit_test(test_rmsnorm_takes_any_length), cmocka_unit_test(test_silu_is_right),
        cmocka_unit_test(test_swiglu_is_right),          cmocka_unit_test(test_silu_ignores_the_place),
        cmocka_unit_test(test_agrees_with_base),
    };
    return cmocka_run_group_tests_name("ops", tests, NULL, NULL);
}
