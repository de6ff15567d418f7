#include "approx.h"

#include <lrd/lab/spectrum.h>
#include <lrd/num/linalg.h>
#include <lrd/num/mat.h>

static const double DEGREES = 180 / 3.14159265358979323846;

static void test_turn_by_hand(void **state)
{
    (void)state;
    const float x[] = {3, 0}, y[] = {0, 0.5f}, both[] = {2, 2}, back[] = {-1, 0}, zero[] = {0, 0};
    assert_near(spectrum_turn(x, x, 2), 0, 0);
    assert_near(spectrum_turn(x, y, 2), 90, 1e-12);
    assert_near(spectrum_turn(x, both, 2), 45, 1e-12);
    assert_near(spectrum_turn(x, back, 2), 180, 1e-12);
    assert_true(isnan(spectrum_turn(zero, x, 2)) && isnan(spectrum_turn(x, zero, 2)));
}

/* An angle as small as one step makes: arccos of a rounded cosine would be 0 or noise. */
static void test_turn_of_small_angles(void **state)
{
    (void)state;
    for (double angle = 1e-1; angle > 1e-6; angle /= 10) {
        const float before[] = {2, 0, 1}, after[] = {2, (float)(sqrt(5) * tan(angle)), 1};
        assert_near(spectrum_turn(before, after, 3) / (angle * DEGREES), 1, 1e-6);
    }
}

static void test_turn_ignores_length(void **state)
{
    (void)state;
    enum { N = 100 };
    Rng r = rng_seed(1, RNG_WEIGHTS);
    float x[N], y[N], longer[N];
    approx_fill(&r, x, N, 1);
    approx_fill(&r, y, N, 1);
    for (int i = 0; i < N; i++)
        longer[i] = 4 * y[i];
    assert_near(spectrum_turn(x, longer, N), spectrum_turn(x, y, N), 1e-9);
    for (int i = 0; i < N; i++)
        longer[i] = 0.25f * x[i];
    assert_at_most(spectrum_turn(x, longer, N), 1e-6);
}

static void test_parts(void **state)
{
    (void)state;
    const float W[] = {0, 2, 0}, D[] = {3, -5, 4}, zero[] = {0, 0, 0};
    double radial, tangential;
    spectrum_parts(D, W, 3, &radial, &tangential);
    assert_near(radial, -5, 1e-12);
    assert_near(tangential, 5, 1e-12);
    spectrum_parts(W, W, 3, &radial, &tangential);
    assert_near(radial, 2, 1e-12);
    assert_near(tangential, 0, 0);
    spectrum_parts(D, zero, 3, &radial, &tangential);
    assert_true(isnan(radial) && isnan(tangential));
    spectrum_parts(zero, W, 3, &radial, &tangential);
    assert_true(radial == 0 && tangential == 0);
}

static DecayRule rule_of(DecayKindId kind, double strength)
{
    return (DecayRule){.kind = kind, .strength = strength, .ns_iters = 5};
}

static void test_floor_by_hand(void **state)
{
    (void)state;
    const float sigma[] = {1, 0.5f, 0.01f}, deficient[] = {1, 0.5f, 1e-8f};
    const double norm = sqrt(1.2501);
    static const struct {
        DecayKindId kind;
        double strength;
        bool floor;
    } cases[] = {{DECAY_POLAR, 0.009, false}, {DECAY_POLAR, 0.011, true},   {DECAY_SVT, 5, false},
                 {DECAY_NONE, 5, false},      {DECAY_TANGENTIAL, 5, false}, {DECAY_RADIAL, 0.005, false},
                 {DECAY_RADIAL, 2, true},     {DECAY_L2, 0.5, false},       {DECAY_L2, 1.5, true}};
    for (int i = 0; i < COUNT_OF(cases); i++) {
        DecayRule rule = rule_of(cases[i].kind, cases[i].strength);
        assert_true(spectrum_at_floor(&rule, 1.0, sigma, 3, norm) == cases[i].floor);
        rule.lr_scaled = true; /* a step a thousand times shorter never overshoots; l2 always has its lr */
        assert_false(spectrum_at_floor(&rule, 1e-3, sigma, 3, norm));
    }
    const DecayRule polar = rule_of(DECAY_POLAR, 0.1); /* leaves out what is below eps */
    assert_false(spectrum_at_floor(&polar, 1.0, deficient, 3, norm));
    assert_false(spectrum_at_floor(&polar, 1.0, sigma, 3, 0));
}

/* At the floor by this measure is when a singular vector's coefficient changes sign in a real step. */
static void test_floor_is_a_change_of_sign(void **state)
{
    (void)state;
    for (int kind = DECAY_LRD; kind <= DECAY_ELASTIC; kind += DECAY_ELASTIC - DECAY_LRD)
        for (double strength = 0.001; strength < 2; strength *= 1.3) {
            const float sigma[] = {0.9f, 0.2f, 0.05f};
            float W[9] = {sigma[0], 0, 0, 0, sigma[1], 0, 0, 0, sigma[2]},
                  *scratch = xfloats(decay_scratch_floats(3, 3));
            const DecayRule rule = rule_of((DecayKindId)kind, strength);
            bool floor = spectrum_at_floor(&rule, 1e-3, sigma, 3, linalg_norm(W, 9));
            decay_kinds[kind].step(&rule, W, 3, 3, 1e-3, scratch);
            assert_true(floor == (W[0] < 0 || W[4] < 0 || W[8] < 0));
            free(scratch);
        }
}

/* A real step of every kind on a random matrix: its new singular values are the map of the old ones, up to sign. */
static void test_map_is_what_a_step_does(void **state)
{
    (void)state;
    enum { M = 9, N = 7 };
    Rng r = rng_seed(7, RNG_WEIGHTS);
    const double lr = 0.01;
    float W[M * N], sigma[N], after[N];
    float *scratch = xfloats(decay_scratch_floats(M, N));
    for (int kind = 0; kind < DECAY_KIND_COUNT; kind++)
        for (double strength = 0.003; strength < 0.5; strength *= 8) {
            approx_fill(&r, W, M * N, 1);
            assert_true(linalg_singular_values(sigma, W, M, N, scratch));
            DecayRule rule = rule_of((DecayKindId)kind, strength);
            rule.l2 = 3;
            SpectrumMap map = spectrum_map(&rule, lr, sigma, N);
            double meant[N];
            for (int i = 0; i < N; i++)
                meant[i] = fabs(spectrum_map_at(&map, (double)sigma[i]));
            if (decay_kinds[kind].step)
                assert_true(decay_kinds[kind].step(&rule, W, M, N, lr, scratch));
            for (int i = 0; i < M * N && kind == DECAY_L2; i++)
                W[i] *= (float)(1 - lr * strength);
            assert_true(linalg_singular_values(after, W, M, N, scratch));
            for (int i = 0; i < N; i++) { /* a map need not keep the order: each must be found */
                double nearest = INFINITY;
                for (int j = 0; j < N; j++)
                    nearest = fmin(nearest, fabs(meant[i] - (double)after[j]));
                assert_near(nearest, 0, 2e-5 * (double)sigma[0]);
            }
        }
    free(scratch);
}

int main(void)
{
    mat_use_one_thread();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_turn_by_hand),
        cmocka_unit_test(test_turn_of_small_angles),
        cmocka_unit_test(test_turn_ignores_length),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_floor_by_hand),
        cmocka_unit_test(test_floor_is_a_change_of_sign),
        cmocka_unit_test(test_map_is_what_a_step_does),
    };
    return cmocka_run_group_tests_name("spectrum", tests, NULL, NULL);
}
