/* What holds the turn, the length and the rank of Q and K still: each against its equation in double, alone and through
 * the trainer. */
#include "trainer_fixture.h"

#include <lrd/lab/qk_step.h>
#include <lrd/lab/spectrum.h>
#include <lrd/num/linalg.h>
#include <lrd/num/mat.h>

enum { SIDE = 24, SIZE = SIDE * SIDE };

static double of_degrees(double degrees)
{
    return degrees * 3.14159265358979323846 / 180;
}

static void fill(float *W, float *u, double step)
{
    Rng r = rng_seed(5, RNG_WEIGHTS);
    approx_fill(&r, W, SIZE, 0.2);
    approx_fill(&r, u, SIZE, step);
}

static void test_turn_is_as_asked(void **state)
{
    (void)state;
    static const double degrees[] = {0.01, 0.3, 5, 60, 89};
    for (int i = 0; i < COUNT_OF(degrees); i++) {
        float W[SIZE], before[SIZE], u[SIZE];
        fill(W, u, 0.01);
        memcpy(before, W, sizeof W);
        const double length = linalg_norm(W, SIZE), grown = length - linalg_inner(u, W, SIZE) / length;
        qk_turn(W, u, degrees[i], SIZE);
        assert_near(spectrum_turn(before, W, SIZE), degrees[i], 1e-5);
        assert_near(linalg_norm(W, SIZE) * cos(of_degrees(degrees[i])), grown, 1e-6 * length);
    }
}

static void test_own_turn_is_the_plain_step(void **state)
{
    (void)state;
    float W[SIZE], plain[SIZE], u[SIZE];
    fill(W, u, 0.02);
    for (int i = 0; i < SIZE; i++)
        plain[i] = W[i] - u[i];
    qk_turn(W, u, spectrum_turn(W, plain, SIZE), SIZE);
    for (int i = 0; i < SIZE; i++)
        assert_near(W[i], plain[i], 2e-7);
}

static void test_turn_without_a_direction(void **state)
{
    (void)state;
    float W[SIZE], before[SIZE], u[SIZE], none[SIZE] = {0};
    fill(W, u, 0.02);
    memcpy(before, W, sizeof W);
    qk_turn(W, none, 5, SIZE);
    assert_memory_equal(W, before, sizeof W);
    qk_turn(none, u, 5, SIZE);
    assert_true(linalg_norm(none, SIZE) <= 0);
}

static void test_hold(void **state)
{
    (void)state;
    float W[SIZE], u[SIZE], none[SIZE] = {0};
    fill(W, u, 1);
    assert_true(qk_hold(W, 2.5, SIZE));
    assert_near(linalg_norm(W, SIZE), 2.5, 2.5e-6);
    assert_false(qk_hold(none, 2.5, SIZE));
    assert_false(qk_hold(W, 1e7, SIZE));
    assert_near(linalg_norm(W, SIZE), 2.5, 2.5e-6);
}

/* Muon's step from the singular values of a naive M. */
static void test_muon(void **state)
{
    (void)state;
    float W[SIZE], G[SIZE], M[SIZE], u[SIZE], *scratch = xfloats(decay_scratch_floats(SIDE, SIDE));
    double naive[SIZE], value[SIDE];
    fill(W, G, 0.3);
    for (int i = 0; i < SIZE; i++) {
        M[i] = 0.1f * W[SIZE - 1 - i];
        naive[i] = 0.9 * (double)M[i] + 0.5 * (double)G[i] + 0.25 * (double)W[i];
    }
    qk_muon(u, M, G, W, 0.5, 0.9, 0.25, 0.02, SIDE, SIDE, scratch);
    for (int i = 0; i < SIZE; i++)
        assert_near(M[i], naive[i], 1e-7);
    ApproxSvd svd = approx_svd(M, SIDE, SIDE);
    for (int i = 0; i < SIDE; i++)
        value[i] = 0.02 * linalg_newton_schulz_map(svd.sigma[i], approx_norm(naive, SIZE), QK_NS_ITERS);
    double *expected = approx_rebuild(&svd, value);
    for (int i = 0; i < SIZE; i++)
        assert_near(u[i], expected[i], 1e-6);
    free(expected), free(scratch);
    approx_svd_free(&svd);
}

static void test_truncate(void **state)
{
    (void)state;
    float *scratch = xfloats(decay_scratch_floats(SIDE, SIDE));
    for (int rank = 1; rank <= SIDE; rank += 7) {
        float W[SIZE], u[SIZE];
        fill(W, u, 1);
        const double length = linalg_norm(W, SIZE);
        ApproxSvd svd = approx_svd(W, SIDE, SIDE);
        double value[SIDE], kept = 0;
        bool in[SIDE] = {false};
        for (int r = 0; r < rank; r++) { /* Jacobi's come in any order */
            int best = -1;
            for (int i = 0; i < SIDE; i++)
                if (!in[i] && (best < 0 || svd.sigma[i] > svd.sigma[best]))
                    best = i;
            in[best] = true;
            kept += svd.sigma[best] * svd.sigma[best];
        }
        for (int i = 0; i < SIDE; i++)
            value[i] = in[i] ? svd.sigma[i] * length / sqrt(kept) : 0;
        double *expected = approx_rebuild(&svd, value);
        assert_true(qk_truncate(W, rank, SIDE, SIDE, scratch));
        for (int i = 0; i < SIZE; i++)
            assert_near(W[i], expected[i], 5e-6);
        free(expected);
        approx_svd_free(&svd);
    }
    free(scratch);
}

/* ---- Through the trainer: the first matrix of Q */

static const Tensor *first_q(const Trainer *t)
{
    const ModelLayout *L = trainer_layout(t);
    return &L->tensors[model_tensor_find(L, "layers.0.attn.q_proj.weight")];
}

static double turn_of_a_step(Trainer *t)
{
    float before[SIZE];
    const Tensor *q = first_q(t);
    const float *W = trainer_state(t)->weights + q->offset;
    memcpy(before, W, tensor_size(q) * sizeof *before);
    fixture_steps(t, 1);
    return spectrum_turn(before, W, tensor_size(q));
}

static void test_trainer_turns_and_holds(void **state)
{
    (void)state;
    static Words words[] = {{"decay.kind=none", "train.qk_turn=1.5"},
                            {"decay.kind=none", "train.qk_turn=1.5", "train.qk_opt=muon"},
                            {"decay.kind=l2", "decay.strength=5", "train.qk_turn=1.5", "train.qk_hold=1"}};
    for (int i = 0; i < COUNT_OF(words); i++) {
        Trainer *t = fixture_trainer(words[i]);
        const Tensor *q = first_q(t);
        const double norm = linalg_norm(trainer_state(t)->weights + q->offset, tensor_size(q));
        for (int step = 0; step < 4; step++)
            assert_near(turn_of_a_step(t), 1.5, 1e-5);
        if (i == 2)
            assert_near(linalg_norm(trainer_state(t)->weights + q->offset, tensor_size(q)), norm, 1e-6 * norm);
        trainer_free(t);
    }
}

static void test_trainer_freezes(void **state)
{
    (void)state;
    Trainer *t = fixture_trainer((Words){"decay.kind=none", "train.qk_lr=0"});
    const Tensor *q = first_q(t);
    float before[SIZE];
    memcpy(before, trainer_state(t)->weights + q->offset, tensor_size(q) * sizeof *before);
    fixture_steps(t, 3);
    assert_memory_equal(before, trainer_state(t)->weights + q->offset, tensor_size(q) * sizeof *before);
    trainer_free(t);
}

/* One step after W_q was doubled turns it half as far, at once: its moments went along. */
static void test_scaled_turns_half_at_once(void **state)
{
    (void)state;
    static Words words[] = {{"decay.kind=none"}, {"decay.kind=none", "train.qk_opt=muon"}};
    for (int i = 0; i < COUNT_OF(words); i++) {
        Trainer *a = fixture_trainer(words[i]), *b = fixture_trainer(words[i]);
        fixture_steps(a, 30);
        fixture_steps(b, 30);
        trainer_scale_matrix(b, model_tensor_find(trainer_layout(b), "layers.0.attn.q_proj.weight"), 2);
        assert_near(turn_of_a_step(b) / turn_of_a_step(a), 0.5, 0.01);
        trainer_free(a);
        trainer_free(b);
    }
}

int main(void)
{
    mat_use_one_thread();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_turn_is_as_asked),
        cmocka_unit_test(test_own_turn_is_the_plain_step),
        cmocka_unit_test(test_turn_without_a_direction),
        cmocka_unit_test(test_hold),
        cmocka_unit_test(test_muon),
        cmocka_unit_test(test_truncate),
        cmocka_unit_test(test_trainer_turns_and_holds),
        cmocka_unit_test(test_trainer_freezes),
        cmocka_unit_test(test_scaled_turns_half_at_once),
    };
    return cmocka_run_group_tests_name("qk_step", tests, NULL, NULL);
}
