#include "approx.h"

#include <lrd/log/decay_map.h>

/* Numbers worked out by hand. */
static void test_shares_by_hand(void **state)
{
    (void)state;
    const float sigma[] = {1, 0.5f, 0.01f, 0};
    double share[4], polar[4];
    Settings s = settings_default();
    s.train.lr = 0.01;
    s.train.warmup = 4;
    s.decay.kind = DECAY_L2;
    s.decay.strength = 2;
    decay_map_shares(&s, 1, sigma, 4, share, polar); /* half of lr at step 1 */
    for (int i = 0; i < 3; i++)
        assert_near(share[i], 0.01, 1e-12);
    assert_true(share[3] == 0);
    s.decay.kind = DECAY_SVT;
    s.decay.strength = 0.1;
    decay_map_shares(&s, 100, sigma, 4, share, polar);
    assert_near(share[0], 0.1, 1e-6);
    assert_near(share[1], 0.2, 1e-6);
    assert_near(share[2], 1, 1e-6);
    assert_near(polar[1], 0.2, 1e-6);
    assert_near(polar[2], 10, 1e-5); /* below the floor */
    s.decay.kind = DECAY_NONE;
    decay_map_shares(&s, 100, sigma, 4, share, polar);
    for (int i = 0; i < 4; i++)
        assert_true(share[i] == 0);
}

/* Newton-Schulz takes at most 1.5^5 / |W| of the strength off a small value, polar ever more. */
static void test_newton_schulz_is_gentle_to_small_values(void **state)
{
    (void)state;
    const float sigma[] = {1, 0.5f, 1e-5f};
    double share[3], polar[3];
    Settings s = settings_default();
    s.decay.kind = DECAY_LRD;
    s.decay.strength = 0.005;
    decay_map_shares(&s, 0, sigma, 3, share, polar);
    assert_near(share[2], 0.005 * pow(1.5, 5) / sqrt(1.25), 1e-6);
    assert_near(polar[2], 500, 1e-2);
    assert_true(share[0] < share[1] && share[1] < share[2]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shares_by_hand),
        cmocka_unit_test(test_newton_schulz_is_gentle_to_small_values),
    };
    return cmocka_run_group_tests_name("log/decay_map", tests, NULL, NULL);
}
