/* The start's check of the BLAS, with one that computes and with one that does not. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* RTLD_NEXT */
#endif
#include "approx.h"
#ifdef __linux__
#include "sgemm_spy.h"
#endif

#include <lrd/num/mat.h>
#include <lrd/num/selftest.h>

static void test_passes_here_and_is_quick(void **state)
{
    (void)state;
    double start = clock_seconds();
    Status status = selftest_run();
    assert_string_equal(status.text, "");
    assert_int_equal(status.code, STATUS_OK);
    assert_at_most(clock_seconds() - start, 2.0); /* 20 ms, but for sanitizers and busy machines */
}

static void test_names_the_way_out(void **state)
{
    (void)state;
#ifdef __linux__
    static const float spoilt[] = {0.01f, -1, 1e20f, NAN, INFINITY};
    for (int i = 0; i < COUNT_OF(spoilt); i++) {
        spy.spoilt = spoilt[i];
        Status status = selftest_run();
        spy.spoilt = 0;
        assert_int_equal(status.code, STATUS_FAILED);
        assert_non_null(strstr(status.text, "OPENBLAS_CORETYPE"));
        assert_null(strchr(status.text, '\n'));
    }
#else
    skip();
#endif
}

int main(void)
{
    mat_use_one_thread();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_passes_here_and_is_quick),
        cmocka_unit_test(test_names_the_way_out),
    };
    return cmocka_run_group_tests_name("selftest", tests, NULL, NULL);
}
