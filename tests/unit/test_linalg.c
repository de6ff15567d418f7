/* Singular values, polar factors and Newton-Schulz against a Jacobi SVD in double, on matrices of every kind. */
#include "approx.h"

#include <float.h>

#include <lrd/num/linalg.h>
#include <lrd/num/mat.h>

enum { SIDE_MAX = 70, SIZE_MAX_ = SIDE_MAX * SIDE_MAX };

typedef struct Matrix {
    int m, n, rank; /* rank: that it was made with */
    float W[SIZE_MAX_];
} Matrix;

static const int shapes[][2] = {{1, 1},   {1, 9},   {9, 1},   {5, 5},   {17, 17},
                                {64, 64}, {33, 65}, {65, 33}, {70, 12}, {3, 40}};
static const double scales[] = {1, 1e-30, 1e30, 1e-42, 2e36};

/* rank 0: a random full one. */
static Matrix matrix_make(Rng *r, const int shape[2], int rank, double scale)
{
    Matrix a = {.m = shape[0], .n = shape[1], .rank = rank};
    const int k = min_int(a.m, a.n);
    a.rank = rank == 0 || rank > k ? k : rank;
    for (int l = 0; l < a.rank && rank; l++) {
        float left[SIDE_MAX], right[SIDE_MAX];
        approx_fill(r, left, (size_t)a.m, 1);
        approx_fill(r, right, (size_t)a.n, 1);
        for (int i = 0; i < a.m; i++)
            for (int j = 0; j < a.n; j++)
                a.W[i * a.n + j] += (float)(scale * (double)left[i] * (double)right[j]);
    }
    if (!rank)
        approx_fill(r, a.W, (size_t)(a.m * a.n), scale);
    return a;
}

static void each_matrix(void (*check)(const Matrix *a, double scale))
{
    Rng r = rng_seed(1, RNG_WEIGHTS);
    for (int s = 0; s < COUNT_OF(shapes); s++)
        for (int c = 0; c < COUNT_OF(scales); c++)
            for (int rank = 0; rank <= 2; rank++) {
                Matrix a = matrix_make(&r, shapes[s], rank, scales[c]);
                if (linalg_norm(a.W, (size_t)(a.m * a.n)) > 0)
                    check(&a, scales[c]);
            }
}

static float *scratch_for(const Matrix *a)
{
    return xfloats(linalg_scratch_floats(a->m, a->n));
}

static int descending(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;
    return (a < b) - (a > b);
}

/* How far the values of a denormal matrix lie apart, in themselves: no result can be nearer. */
static double grain(double largest)
{
    return largest > 0 ? 0x1p-149 / largest : 0;
}

/* ---- SVD */

static double most_unlike_identity(const float *X, int rows, int k, bool rows_are_vectors)
{
    double worst = 0;
    for (int a = 0; a < k; a++)
        for (int b = 0; b < k; b++) {
            double sum = 0;
            for (int i = 0; i < rows; i++)
                sum += rows_are_vectors ? (double)X[a * rows + i] * (double)X[b * rows + i]
                                        : (double)X[i * k + a] * (double)X[i * k + b];
            worst = fmax(worst, fabs(sum - (a == b)));
        }
    return worst;
}

static void check_svd(const Matrix *a, double scale)
{
    (void)scale;
    const int k = min_int(a->m, a->n);
    float *scratch = scratch_for(a), U[SIZE_MAX_], Vt[SIZE_MAX_], sigma[SIDE_MAX], alone[SIDE_MAX];
    assert_true(linalg_svd(U, sigma, Vt, a->W, a->m, a->n, scratch));
    assert_true(linalg_singular_values(alone, a->W, a->m, a->n, scratch));
    ApproxSvd exact = approx_svd(a->W, a->m, a->n);
    qsort(exact.sigma, (size_t)k, sizeof *exact.sigma, descending);
    const double top = exact.sigma[0], error = 4e-6 + 4 * grain(top);
    for (int i = 0; i < k; i++) {
        assert_near((double)sigma[i] / top, exact.sigma[i] / top, error);
        assert_near((double)alone[i] / top, exact.sigma[i] / top, error);
        assert_true(i == 0 || sigma[i] <= sigma[i - 1]);
    }
    assert_at_most(most_unlike_identity(U, a->m, k, false), 1e-5);
    assert_at_most(most_unlike_identity(Vt, a->n, k, true), 1e-5);
    for (int i = 0; i < a->m; i++)
        for (int j = 0; j < a->n; j++) {
            double sum = 0;
            for (int l = 0; l < k; l++)
                sum += (double)U[i * k + l] * (double)sigma[l] / top * (double)Vt[l * a->n + j];
            assert_near(sum, (double)a->W[i * a->n + j] / top, error);
        }
    approx_svd_free(&exact);
    free(scratch);
}

static void test_svd(void **state)
{
    (void)state;
    each_matrix(check_svd);
}

/* ---- Polar */

static void check_polar(const Matrix *a, double scale)
{
    (void)scale;
    float *scratch = scratch_for(a), out[SIZE_MAX_];
    assert_true(linalg_polar(out, a->W, a->m, a->n, scratch));
    ApproxSvd s = approx_svd(a->W, a->m, a->n);
    double largest = 0, ones[SIDE_MAX];
    for (int i = 0; i < s.k; i++)
        largest = fmax(largest, s.sigma[i]);
    bool clear = grain(largest) < 1e-7; /* which directions of a denormal matrix are rounding is anyone's guess */
    for (int i = 0; i < s.k; i++) {
        double share = s.sigma[i] / largest;
        ones[i] = share > (double)FLT_EPSILON * max_int(a->m, a->n);
        clear = clear && (share > 1e-4 || share < 3e-7);
    }
    double *expected = approx_rebuild(&s, ones);
    if (clear)
        assert_at_most(approx_distance(out, expected, (size_t)(a->m * a->n)), 1e-4);
    assert_true(linalg_is_finite(out, (size_t)(a->m * a->n)));
    free(expected);
    approx_svd_free(&s);
    free(scratch);
}

static void test_polar(void **state)
{
    (void)state;
    each_matrix(check_polar);
}

/* At 30 iterations Newton-Schulz has converged on a well-conditioned matrix: two ways to one polar factor. */
static void test_polar_is_newton_schulz_limit(void **state)
{
    (void)state;
    Rng r = rng_seed(2, RNG_WEIGHTS);
    for (int s = 0; s < COUNT_OF(shapes); s++) {
        Matrix a = matrix_make(&r, shapes[s], 0, 0.1);
        for (int i = 0; i < min_int(a.m, a.n); i++)
            a.W[i * a.n + i] += 3;
        float *scratch = scratch_for(&a), polar[SIZE_MAX_], limit[SIZE_MAX_];
        assert_true(linalg_polar(polar, a.W, a.m, a.n, scratch));
        linalg_newton_schulz(limit, a.W, a.m, a.n, 30, scratch);
        assert_at_most(approx_distance_floats(limit, polar, (size_t)(a.m * a.n)), 1e-5);
        free(scratch);
    }
}

/* ---- Newton-Schulz against its scalar map: NS(U S V^T) = U map(S) V^T */

static void check_newton_schulz(const Matrix *a, double scale)
{
    (void)scale;
    const size_t size = (size_t)(a->m * a->n);
    float *scratch = scratch_for(a), out[SIZE_MAX_];
    ApproxSvd s = approx_svd(a->W, a->m, a->n);
    const double norm = linalg_norm(a->W, size);
    assert_near(norm / approx_norm(s.sigma, (size_t)s.k), 1, 1e-9);
    for (int iterations = 1; iterations <= 12; iterations += iterations < 6 ? 1 : 6) {
        double mapped[SIDE_MAX];
        for (int i = 0; i < s.k; i++)
            mapped[i] = linalg_newton_schulz_map(s.sigma[i], norm, iterations);
        double *expected = approx_rebuild(&s, mapped);
        linalg_newton_schulz(out, a->W, a->m, a->n, iterations, scratch);
        /* Rounding grows by up to 1.5 an iteration in the directions that W lacks. */
        assert_at_most(approx_distance(out, expected, size), 2e-6 * pow(1.5, iterations));
        free(expected);
    }
    approx_svd_free(&s);
    free(scratch);
}

static void test_newton_schulz(void **state)
{
    (void)state;
    each_matrix(check_newton_schulz);
}

static void test_newton_schulz_map_by_hand(void **state)
{
    (void)state;
    assert_near(linalg_newton_schulz_map(3, 3 - 1e-8, 1), 1, 1e-15); /* 1 is fixed */
    assert_near(linalg_newton_schulz_map(1, 2 - 1e-8, 1), 0.6875, 1e-15);
    assert_near(linalg_newton_schulz_map(1, 2 - 1e-8, 2), 1.5 * 0.6875 - 0.5 * 0.6875 * 0.6875 * 0.6875, 1e-15);
    assert_near(linalg_newton_schulz_map(0, 2, 5), 0, 0);
    assert_near(linalg_newton_schulz_map(1e-6, 1, 5), 1e-6 * pow(1.5, 5), 1e-12);
    assert_near(linalg_newton_schulz_map(1e-9, 1e-9, 1), 1.5 / 11 - 0.5 / 1331, 1e-12); /* the reference's 1e-8 */
}

/* ---- svt */

static void check_shrink(const Matrix *a, double scale)
{
    float *scratch = scratch_for(a), out[SIZE_MAX_];
    ApproxSvd s = approx_svd(a->W, a->m, a->n);
    double largest = 0;
    for (int i = 0; i < s.k; i++)
        largest = fmax(largest, s.sigma[i]);
    for (double share = 0; share < 1.3; share += 0.24) {
        double left[SIDE_MAX];
        for (int i = 0; i < s.k; i++)
            left[i] = fmax(s.sigma[i] - share * largest, 0);
        double *expected = approx_rebuild(&s, left), apart = 0;
        memcpy(out, a->W, sizeof out);
        assert_true(linalg_shrink(out, out, a->m, a->n, share * largest, scratch)); /* where it stands */
        for (int i = 0; i < a->m * a->n; i++)
            apart = fmax(apart, fabs((double)out[i] - expected[i]));
        assert_at_most(apart / largest, 4e-6 + (4 + s.k) * grain(largest));
        free(expected);
    }
    assert_true(linalg_shrink(out, a->W, a->m, a->n, 1e6 * scale, scratch));
    for (int i = 0; i < a->m * a->n; i++)
        assert_true(out[i] == 0.0f); /* stops exactly at zero */
    approx_svd_free(&s);
    free(scratch);
}

static void test_shrink(void **state)
{
    (void)state;
    each_matrix(check_shrink);
}

/* ---- Zero, and what is not finite */

static void test_zero_matrix(void **state)
{
    (void)state;
    for (int s = 0; s < COUNT_OF(shapes); s++) {
        Matrix a = {.m = shapes[s][0], .n = shapes[s][1]};
        const size_t size = (size_t)(a.m * a.n);
        const int k = min_int(a.m, a.n);
        float *scratch = scratch_for(&a), out[SIZE_MAX_], sigma[SIDE_MAX];
        assert_true(linalg_singular_values(sigma, a.W, a.m, a.n, scratch));
        for (int i = 0; i < k; i++)
            assert_true(sigma[i] == 0.0f);
        assert_true(isnan(linalg_stable_rank(sigma, k)) != 0);
        assert_true(isnan(linalg_effective_rank(sigma, k)) != 0);
        assert_true(isnan(linalg_participation_ratio(sigma, k)) != 0);
        assert_true(linalg_nuclear_norm(sigma, k) == 0);
        memset(out, 1, sizeof out);
        assert_true(linalg_polar(out, a.W, a.m, a.n, scratch));
        assert_memory_equal(out, a.W, size * sizeof *out);
        memset(out, 1, sizeof out);
        linalg_newton_schulz(out, a.W, a.m, a.n, 5, scratch);
        assert_memory_equal(out, a.W, size * sizeof *out);
        assert_true(linalg_shrink(out, a.W, a.m, a.n, 0.1, scratch));
        assert_memory_equal(out, a.W, size * sizeof *out);
        free(scratch);
    }
}

/* Finite, and yet no float32 holds its largest singular value. */
static void test_sigma_beyond_range(void **state)
{
    (void)state;
    enum { SIDE = 8 };
    Matrix a = {.m = SIDE, .n = SIDE};
    for (int i = 0; i < SIDE * SIDE; i++)
        a.W[i] = 3e38f;
    float *scratch = scratch_for(&a), sigma[SIDE], U[SIDE * SIDE], Vt[SIDE * SIDE], out[SIDE * SIDE];
    assert_false(linalg_singular_values(sigma, a.W, SIDE, SIDE, scratch));
    assert_false(linalg_svd(U, sigma, Vt, a.W, SIDE, SIDE, scratch));
    assert_true(linalg_polar(out, a.W, SIDE, SIDE, scratch));
    for (int i = 0; i < SIDE * SIDE; i++)
        assert_near((double)out[i], 1.0 / SIDE, 1e-5);
    free(scratch);
}

static void test_non_finite_is_refused(void **state)
{
    (void)state;
    static const float poisons[] = {NAN, INFINITY, -INFINITY};
    Rng r = rng_seed(3, RNG_WEIGHTS);
    for (int s = 0; s < COUNT_OF(shapes); s++)
        for (int i = 0; i < COUNT_OF(poisons); i++) {
            Matrix a = matrix_make(&r, shapes[s], 0, 1);
            const size_t size = (size_t)(a.m * a.n);
            float *scratch = scratch_for(&a), out[SIZE_MAX_], U[SIZE_MAX_], Vt[SIZE_MAX_], sigma[SIDE_MAX];
            assert_true(linalg_is_finite(a.W, size));
            a.W[rng_below(&r, size)] = poisons[i];
            assert_false(linalg_is_finite(a.W, size));
            assert_false(linalg_singular_values(sigma, a.W, a.m, a.n, scratch));
            assert_false(linalg_svd(U, sigma, Vt, a.W, a.m, a.n, scratch));
            assert_false(linalg_polar(out, a.W, a.m, a.n, scratch));
            assert_false(linalg_shrink(out, a.W, a.m, a.n, 0.1, scratch));
            linalg_newton_schulz(out, a.W, a.m, a.n, 5, scratch);
            assert_false(linalg_is_finite(out, size));
            free(scratch);
        }
    float large[] = {FLT_MAX, -FLT_MAX, FLT_MIN, 0x1p-149f};
    assert_true(linalg_is_finite(large, 4));
    assert_true(linalg_is_finite(NULL, 0));
}

/* ---- Ranks by hand */

static void test_ranks_by_hand(void **state)
{
    (void)state;
    const float equal[] = {2, 2, 2, 2}, one[] = {0, 5, 0}, two[] = {1, 3}, mixed[] = {4, 2, 1};
    assert_near(linalg_stable_rank(equal, 4), 4, 1e-12);
    assert_near(linalg_effective_rank(equal, 4), 4, 1e-12);
    assert_near(linalg_participation_ratio(equal, 4), 4, 1e-12);
    assert_near(linalg_nuclear_norm(equal, 4), 8, 1e-12);
    assert_near(linalg_stable_rank(one, 3), 1, 1e-12);
    assert_near(linalg_effective_rank(one, 3), 1, 1e-12);
    assert_near(linalg_participation_ratio(one, 3), 1, 1e-12);
    assert_near(linalg_stable_rank(two, 2), 10.0 / 9, 1e-12); /* any order */
    assert_near(linalg_effective_rank(two, 2), exp(-0.25 * log(0.25) - 0.75 * log(0.75)), 1e-12);
    assert_near(linalg_participation_ratio(two, 2), 100.0 / 82, 1e-12);
    assert_near(linalg_stable_rank(mixed, 3), 21.0 / 16, 1e-12);
    assert_near(linalg_participation_ratio(mixed, 3), 441.0 / 273, 1e-12);
    assert_near(linalg_nuclear_norm(mixed, 3), 7, 1e-12);
    for (int e = -140; e <= 120; e += 20) { /* no square leaves the range */
        const float scaled[] = {ldexpf(4, e), ldexpf(2, e), ldexpf(1, e)};
        assert_near(linalg_stable_rank(scaled, 3), 21.0 / 16, 1e-12);
        assert_near(linalg_participation_ratio(scaled, 3), 441.0 / 273, 1e-12);
        assert_near(linalg_effective_rank(scaled, 3), linalg_effective_rank(mixed, 3), 1e-12);
    }
}

/* 1 <= participation <= stable-like bounds: each measure lies between 1 and k, and effective rank is the largest. */
static void test_ranks_are_ordered(void **state)
{
    (void)state;
    Rng r = rng_seed(4, RNG_WEIGHTS);
    for (int round = 0; round < 500; round++) {
        float sigma[20];
        const int k = 1 + (int)rng_below(&r, 20);
        for (int i = 0; i < k; i++)
            sigma[i] = (float)exp(3 * rng_normal(&r));
        double stable = linalg_stable_rank(sigma, k), effective = linalg_effective_rank(sigma, k),
               participation = linalg_participation_ratio(sigma, k);
        assert_true(stable >= 1 - 1e-9 && stable <= participation + 1e-9);
        assert_true(participation <= effective + 1e-9 && effective <= k + 1e-9);
    }
}

/* ---- Products */

static void check_products(int m, int n, int k, float keep, Rng *r)
{
    const int pad = 3, lda = max_int(m, k) + pad, ldb = max_int(n, k) + pad, ldc = n + pad;
    float *A = approx_random(r, (size_t)(lda * max_int(m, k) + 1), 1);
    float *B = approx_random(r, (size_t)(ldb * max_int(n, k) + 1), 1);
    float *before = approx_random(r, (size_t)(ldc * m + 1), 1), *C = xfloats((size_t)(ldc * m + 1));
    for (int kind = 0; kind < 3; kind++) {
        memcpy(C, before, (size_t)(ldc * m) * sizeof *C);
        for (int i = 0; keep == 0.0f && i < m * ldc; i++)
            C[i] = i % ldc < n ? (float)NAN : before[i]; /* whatever was there */
        if (kind == 0)
            mat_nt(m, n, k, A, lda, B, ldb, keep, C, ldc);
        else if (kind == 1)
            mat_nn(m, n, k, A, lda, B, ldb, keep, C, ldc);
        else
            mat_tn(m, n, k, A, lda, B, ldb, keep, C, ldc);
        for (int i = 0; i < m; i++)
            for (int j = 0; j < ldc; j++) {
                double sum = j < n ? (double)keep * (double)before[i * ldc + j] : (double)before[i * ldc + j];
                for (int l = 0; l < k && j < n; l++)
                    sum += (double)A[kind == 2 ? l * lda + i : i * lda + l] *
                           (double)B[kind == 0 ? j * ldb + l : l * ldb + j];
                assert_near((double)C[i * ldc + j], sum, 2e-6 * sqrt(k + 1));
            }
    }
    free(A), free(B), free(before), free(C);
}

static void test_products(void **state)
{
    (void)state;
    static const int sizes[][3] = {{1, 1, 1},    {3, 5, 7}, {16, 16, 16}, {33, 1, 65}, {1, 40, 9},
                                   {64, 33, 17}, {0, 5, 5}, {5, 0, 5},    {4, 6, 0}};
    Rng r = rng_seed(5, RNG_WEIGHTS);
    for (int i = 0; i < COUNT_OF(sizes); i++)
        for (int keep = 0; keep < 2; keep++)
            check_products(sizes[i][0], sizes[i][1], sizes[i][2], (float)keep, &r);
    assert_true(strlen(mat_core_name()) > 0 && strlen(mat_blas_description()) > 0);
}

int main(void)
{
    mat_use_one_thread();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_svd),
        cmocka_unit_test(test_polar),
        cmocka_unit_test(test_polar_is_newton_schulz_limit),
        cmocka_unit_test(test_newton_schulz),
        cmocka_unit_test(test_newton_schulz_map_by_hand),
        cmocka_unit_test(test_shrink),
        cmocka_unit_test(test_zero_matrix),
        cmocka_unit_test(test_sigma_beyond_range),
        cmocka_unit_test(test_non_finite_is_refused),
        cmocka_unit_test(test_ranks_by_hand),
        cmocka_unit_test(test_ranks_are_ordered),
        cmocka_unit_test(test_products),
    };
    return cmocka_run_group_tests_name("linalg", tests, NULL, NULL);
}
