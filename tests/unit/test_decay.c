/* Every decay against a naive one in double on a Jacobi SVD, its targets, and AdamW's rate for every tensor. */
#include "approx.h"

#include <lrd/lab/decay.h>
#include <lrd/num/linalg.h>
#include <lrd/num/mat.h>

enum { SIDE_MAX = 66, SIZE_MAX_ = SIDE_MAX * SIDE_MAX };

static const int shapes[][2] = {{1, 1}, {1, 7}, {7, 1}, {6, 6}, {32, 32}, {33, 65}, {66, 20}, {3, 50}};

static DecayRule rule_of(DecayKindId kind)
{
    return (DecayRule){.kind = kind, .targets = TARGETS_QK, .strength = 0.02, .rest = 0.1, .l2 = 3, .ns_iters = 5};
}

static double *newton_schulz(const ApproxSvd *s, double norm, int iterations)
{
    double *value = xcalloc((size_t)s->k, sizeof *value);
    for (int i = 0; i < s->k; i++)
        value[i] = linalg_newton_schulz_map(s->sigma[i], norm, iterations);
    double *out = approx_rebuild(s, value);
    free(value);
    return out;
}

static double inner(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* The equations of science.md, one training step. */
static void naive_step(const DecayRule *rule, double *W, const ApproxSvd *svd, double lr)
{
    const size_t n = (size_t)(svd->m * svd->n);
    const double norm = approx_norm(W, n);
    const double s = rule->strength * (rule->lr_scaled ? lr : 1) * (rule->relative ? norm : 1);
    double *D = newton_schulz(svd, norm, rule->ns_iters), value[SIDE_MAX];
    double largest = 0;
    for (int i = 0; i < svd->k; i++)
        largest = fmax(largest, svd->sigma[i]);
    if (rule->kind == DECAY_POLAR || rule->kind == DECAY_SVT) {
        for (int i = 0; i < svd->k; i++)
            value[i] = rule->kind == DECAY_SVT ? fmin(svd->sigma[i], s) / s
                                               : svd->sigma[i] > 1.1920929e-7 * max_int(svd->m, svd->n) * largest;
        free(D);
        D = approx_rebuild(svd, value);
    }
    const double along = inner(D, W, n) / (norm * norm + 1e-12), length = approx_norm(D, n) / (norm + 1e-8);
    for (size_t i = 0; i < n; i++)
        W[i] -= s * (rule->kind == DECAY_RADIAL   ? length * W[i]
                     : rule->kind == DECAY_SHRINK ? along * W[i]
                                                  : D[i] - (rule->kind == DECAY_TANGENTIAL) * along * W[i]);
    const double after = approx_norm(W, n);
    for (size_t i = 0; i < n; i++)
        W[i] *= rule->kind == DECAY_ELASTIC      ? 1 - lr * rule->l2
                : rule->kind == DECAY_TANGENTIAL ? norm / (after + 1e-8)
                                                 : 1;
    free(D);
}

static void check_step(const DecayRule *rule, float *W, const int shape[2])
{
    const int m = shape[0], n = shape[1];
    const size_t size = (size_t)(m * n);
    const double lr = 0.01;
    float before[SIZE_MAX_], *scratch = xfloats(decay_scratch_floats(m, n));
    memcpy(before, W, size * sizeof *W);
    ApproxSvd svd = approx_svd(W, m, n);
    double *expected = approx_doubles(W, size), *moved = approx_doubles(W, size), norm = approx_norm(expected, size);
    naive_step(rule, expected, &svd, lr);
    assert_true(decay_kinds[rule->kind].step(rule, W, m, n, lr, scratch));
    double apart = 0;
    for (size_t i = 0; i < size; i++) {
        apart += ((double)W[i] - expected[i]) * ((double)W[i] - expected[i]);
        moved[i] -= (double)W[i];
    }
    /* NS(W) is rounded at its own length, which may be far above |W|. */
    const double s = rule->strength * (rule->lr_scaled ? lr : 1) * (rule->relative ? norm : 1);
    const double of_direction = 2e-7 * s * sqrt(svd.k);
    const double bound = (decay_kinds[rule->kind].spectral ? 4e-6 : 1e-6) * norm + 5e-6 * approx_norm(moved, size);
    assert_at_most(sqrt(apart), bound + of_direction);
    double *w = approx_doubles(before, size), radial = inner(moved, w, size) / norm;
    double across = sqrt(fmax(inner(moved, moved, size) - radial * radial, 0));
    if (rule->kind == DECAY_TANGENTIAL)
        assert_near(linalg_norm(W, size), norm, 1e-7 * norm + 3e-8); /* the reference's small constants */
    if (rule->kind == DECAY_RADIAL || rule->kind == DECAY_SHRINK)
        assert_at_most(across, 1e-7 * (norm + approx_norm(moved, size))); /* what rounding leaves */
    free(expected), free(moved), free(w), free(scratch);
    approx_svd_free(&svd);
}

static void check_kind(DecayKindId kind)
{
    Rng r = rng_seed(1, RNG_WEIGHTS);
    for (int s = 0; s < COUNT_OF(shapes); s++)
        for (int variant = 0; variant < 5; variant++) {
            DecayRule rule = rule_of(kind);
            float W[SIZE_MAX_];
            const size_t size = (size_t)(shapes[s][0] * shapes[s][1]);
            approx_fill(&r, W, size, variant == 3 ? 1e-3 : 0.3); /* the short one is turned over by the step */
            if (variant == 1)
                rule.ns_iters = 2;
            if (variant == 2)
                rule.lr_scaled = true, rule.strength = 5;
            rule.relative = variant == 4;
            for (int step = 0; step < 3 && linalg_norm(W, size) > 0; step++)
                check_step(&rule, W, shapes[s]);
        }
}

static void test_steps(void **state)
{
    (void)state;
    for (DecayKindId kind = 0; kind < DECAY_KIND_COUNT; kind++) {
        assert_true((decay_kinds[kind].step != NULL) == decay_kinds[kind].matrix);
        assert_true(decay_kinds[kind].matrix == (kind != DECAY_NONE && kind != DECAY_L2));
        assert_true(decay_kinds[kind].spectral == (kind == DECAY_POLAR || kind == DECAY_SVT));
        if (decay_kinds[kind].step)
            check_kind(kind);
    }
}

/* As long a step as LRD's: what the control is for. */
static void test_radial_is_as_long_as_lrd(void **state)
{
    (void)state;
    enum { SIDE = 32, SIZE = SIDE * SIDE };
    Rng r = rng_seed(2, RNG_WEIGHTS);
    float W[SIZE], lrd[SIZE], radial[SIZE], *scratch = xfloats(decay_scratch_floats(SIDE, SIDE));
    approx_fill(&r, W, SIZE, 0.2);
    memcpy(lrd, W, sizeof W);
    memcpy(radial, W, sizeof W);
    const DecayRule a = rule_of(DECAY_LRD), b = rule_of(DECAY_RADIAL);
    decay_kinds[DECAY_LRD].step(&a, lrd, SIDE, SIDE, 1, scratch);
    decay_kinds[DECAY_RADIAL].step(&b, radial, SIDE, SIDE, 1, scratch);
    for (int i = 0; i < SIZE; i++) {
        lrd[i] -= W[i];
        radial[i] -= W[i];
    }
    assert_near(linalg_norm(radial, SIZE) / linalg_norm(lrd, SIZE), 1, 1e-5);
    free(scratch);
}

/* t = s |N_perp| / (|W| - s rho): shrink and then tangential have LRD's direction, and its length over sqrt(1 + t^2).
 */
static void test_shrink_then_tangential_is_lrd(void **state)
{
    (void)state;
    enum { SIDE = 32, SIZE = SIDE * SIDE };
    Rng r = rng_seed(3, RNG_WEIGHTS);
    float W[SIZE], N[SIZE], lrd[SIZE], *scratch = xfloats(decay_scratch_floats(SIDE, SIDE));
    approx_fill(&r, W, SIZE, 0.2);
    memcpy(lrd, W, sizeof W);
    linalg_newton_schulz(N, W, SIDE, SIDE, 5, scratch);
    const double length = linalg_norm(W, SIZE), rho = linalg_inner(N, W, SIZE) / length;
    const double across = sqrt(linalg_inner(N, N, SIZE) - rho * rho);
    DecayRule rule = rule_of(DECAY_LRD);
    rule.strength = 0.2;
    decay_kinds[DECAY_LRD].step(&rule, lrd, SIDE, SIDE, 1, scratch);
    decay_kinds[DECAY_SHRINK].step(&rule, W, SIDE, SIDE, 1, scratch);
    assert_near(linalg_norm(W, SIZE), length - rule.strength * rho, 1e-6 * length);
    decay_kinds[DECAY_TANGENTIAL].step(&rule, W, SIDE, SIDE, 1, scratch);
    const double t = rule.strength * across / (length - rule.strength * rho);
    const double longer = sqrt(1 + t * t);
    assert_true(t > 1e-3);
    assert_near(linalg_norm(lrd, SIZE) / linalg_norm(W, SIZE), longer, 1e-6);
    for (int i = 0; i < SIZE; i++)
        lrd[i] -= (float)longer * W[i];
    assert_at_most(linalg_norm(lrd, SIZE), 1e-6 * length);
    free(scratch);
}

static void test_zero_and_non_finite(void **state)
{
    (void)state;
    enum { SIDE = 8, SIZE = SIDE * SIDE };
    float *scratch = xfloats(decay_scratch_floats(SIDE, SIDE));
    for (DecayKindId kind = DECAY_LRD; kind < DECAY_KIND_COUNT; kind++) {
        const DecayRule rule = rule_of(kind);
        float W[SIZE] = {0}, before[SIZE] = {0};
        assert_true(decay_kinds[kind].step(&rule, W, SIDE, SIDE, 0.01, scratch));
        assert_memory_equal(W, before, sizeof W);
        for (int i = 0; i < SIZE; i++)
            W[i] = (float)(i % 7);
        W[20] = NAN;
        memcpy(before, W, sizeof W);
        bool done = decay_kinds[kind].step(&rule, W, SIDE, SIDE, 0.01, scratch);
        assert_true(done == !decay_kinds[kind].spectral);
        if (!done)
            assert_memory_equal(W, before, sizeof W);
        assert_false(linalg_is_finite(W, SIZE));
    }
    free(scratch);
}

/* svt stops at zero, and the rank only falls. */
static void test_svt_ends_at_zero(void **state)
{
    (void)state;
    enum { SIDE = 12, SIZE = SIDE * SIDE };
    Rng r = rng_seed(3, RNG_WEIGHTS);
    const DecayRule rule = rule_of(DECAY_SVT);
    float W[SIZE], sigma[SIDE], *scratch = xfloats(decay_scratch_floats(SIDE, SIDE));
    approx_fill(&r, W, SIZE, 0.3);
    for (int step = 0, rank = SIDE; step < 200; step++) {
        assert_true(decay_kinds[DECAY_SVT].step(&rule, W, SIDE, SIDE, 1, scratch));
        assert_true(linalg_singular_values(sigma, W, SIDE, SIDE, scratch));
        int now = 0;
        for (int i = 0; i < SIDE; i++)
            now += sigma[i] > 1e-6f;
        assert_true(now <= rank);
        rank = now;
    }
    assert_true(linalg_norm(W, SIZE) == 0);
    free(scratch);
}

/* ---- Targets */

static const char *const letters = "EPGQKVOMH"; /* one for each TensorRole, in order */

static void test_targets(void **state)
{
    (void)state;
    static const struct {
        DecayTargets targets;
        const char *in;
    } sets[] = {{TARGETS_QK, "QK"}, {TARGETS_ATTN, "QKVO"}, {TARGETS_BLOCKS, "QKVOM"}, {TARGETS_ALL, "EPGQKVOMH"}};
    for (TensorRole role = TENSOR_EMBEDDING; role <= TENSOR_HEAD; role++)
        for (int s = 0; s < COUNT_OF(sets); s++)
            for (DecayKindId kind = 0; kind < DECAY_KIND_COUNT; kind++) {
                DecayRule rule = rule_of(kind);
                rule.targets = sets[s].targets;
                rule.strength = 0.7;
                const Tensor t = {.role = role, .rows = role == TENSOR_GAIN ? 1 : 4, .cols = 4};
                bool target = strchr(sets[s].in, letters[role]) != NULL;
                if (decay_kinds[kind].matrix && role == TENSOR_GAIN)
                    target = false;
                assert_true(decay_is_target(&rule, &t) == target);
                assert_near(decay_adamw_rate(&rule, &t), !target ? 0.1 : kind == DECAY_L2 ? 0.7 : 0.0, 0);
            }
}

static void test_tables_have_names(void **state)
{
    (void)state;
    static const char *const names[] = {"none",    "l2",     "lrd",        "polar", "svt",
                                        "elastic", "radial", "tangential", "shrink"};
    static const char *const targets[] = {"qk", "attn", "blocks", "all"};
    for (int i = 0; i < DECAY_KIND_COUNT; i++) {
        assert_string_equal(decay_kinds[i].name, names[i]);
        assert_true(strlen(decay_kinds[i].label) > 0 && strlen(decay_kinds[i].does) > 0);
    }
    for (int i = 0; i < TARGETS_COUNT; i++)
        assert_string_equal(decay_target_names[i], targets[i]);
}

int main(void)
{
    mat_use_one_thread();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_radial_is_as_long_as_lrd),
        cmocka_unit_test(test_shrink_then_tangential_is_lrd),
        cmocka_unit_test(test_zero_and_non_finite),
        cmocka_unit_test(test_svt_ends_at_zero),
        cmocka_unit_test(test_targets),
        cmocka_unit_test(test_tables_have_names),
    };
    return cmocka_run_group_tests_name("decay", tests, NULL, NULL);
}
