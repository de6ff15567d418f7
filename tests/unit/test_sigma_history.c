#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include <lrd/log/sigma_history.h>

enum { MATRICES = 2, SIGMAS = 3 };

static void add(SigmaHistory *h, int64_t step, double first)
{
    float sigma[MATRICES * SIGMAS];
    for (int i = 0; i < MATRICES * SIGMAS; i++)
        sigma[i] = (float)(first / (1 + i));
    sigma_history_add(h, step, sigma);
}

static void test_values_come_back(void **state)
{
    (void)state;
    SigmaHistory h = sigma_history_new(MATRICES, SIGMAS);
    add(&h, 0, 1);
    add(&h, 20, .37);
    for (int m = 0; m < MATRICES; m++)
        for (int v = 0; v < SIGMAS; v++) {
            double meant = .37 / (1 + m * SIGMAS + v);
            assert_true(fabs(log(sigma_history_at(&h, 1, m, v) / meant)) < .06);
        }
    float odd[MATRICES * SIGMAS] = {0, -1, (float)NAN, INFINITY, 1e-30f, 1e30f};
    sigma_history_add(&h, 40, odd);
    for (int i = 0; i < 4; i++)
        assert_true(sigma_history_at(&h, 2, i / SIGMAS, i % SIGMAS) == 0);
    assert_true(sigma_history_at(&h, 2, 1, 1) > 0 && sigma_history_at(&h, 2, 1, 1) < 1e-8);
    assert_true(sigma_history_at(&h, 2, 1, 2) > 1e3);
    sigma_history_free(&h);
}

static void test_same_step_is_replaced_and_cut_forgets(void **state)
{
    (void)state;
    SigmaHistory h = sigma_history_new(MATRICES, SIGMAS);
    for (int64_t step = 0; step <= 100; step += 20)
        add(&h, step, 1);
    add(&h, 100, 9);
    assert_int_equal(h.count, 6);
    assert_true(sigma_history_at(&h, 5, 0, 0) > 8);
    assert_int_equal(sigma_history_find(&h, 59), 2);
    assert_int_equal(sigma_history_find(&h, -1), -1);
    sigma_history_cut(&h, 60);
    assert_int_equal(h.count, 4);
    sigma_history_cut(&h, -1);
    assert_int_equal(h.count, 0);
    sigma_history_free(&h);
}

/* However long the run: bounded, rising, first and newest there, and no gap wider than a picture can show. */
static void test_long_runs_are_thinned(void **state)
{
    (void)state;
    SigmaHistory h = sigma_history_new(MATRICES, SIGMAS);
    for (int64_t step = 0; step <= 200000; step += 20) {
        add(&h, step, 1);
        assert_true(h.count <= SIGMA_HISTORY_ROWS);
        assert_int_equal(h.step[h.count - 1], step);
    }
    assert_int_equal(h.step[0], 0);
    assert_true(h.count > SIGMA_HISTORY_ROWS / 4);
    for (int i = 1; i < h.count; i++) {
        int64_t gap = h.step[i] - h.step[i - 1];
        assert_true(gap > 0);
        assert_true(gap <= 200000 / 100);
    }
    SigmaHistory copy = sigma_history_new(MATRICES, SIGMAS);
    sigma_history_copy(&copy, &h);
    assert_int_equal(copy.count, h.count);
    assert_memory_equal(copy.row, h.row, (size_t)h.count * MATRICES * SIGMAS);
    sigma_history_free(&copy);
    sigma_history_free(&h);
}

static void test_large_spectra_are_sampled(void **state)
{
    (void)state;
    SigmaHistory h = sigma_history_new(1, 1000);
    assert_int_equal(h.values, SIGMA_HISTORY_VALUES);
    assert_int_equal(sigma_history_index(&h, 0), 0);
    assert_int_equal(sigma_history_index(&h, SIGMA_HISTORY_VALUES - 1), 999);
    sigma_history_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_come_back),
        cmocka_unit_test(test_same_step_is_replaced_and_cut_forgets),
        cmocka_unit_test(test_long_runs_are_thinned),
        cmocka_unit_test(test_large_spectra_are_sampled),
    };
    return cmocka_run_group_tests_name("log/sigma_history", tests, NULL, NULL);
}
