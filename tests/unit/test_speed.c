/* The measure of the BLAS, with the one that is here and with one in plain C in its place. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* RTLD_NEXT */
#endif
#include "approx.h"
#include <dlfcn.h>

#include <lrd/num/mat.h>
#include <lrd/num/speed.h>

#include <stdlib.h>

#ifdef __linux__
typedef void Sgemm(int order, int a_turned, int b_turned, int m, int n, int k, float alpha, const float *A, int lda,
                   const float *B, int ldb, float beta, float *C, int ldc);
Sgemm cblas_sgemm;

static bool in_plain_c;

/* Another symbol of the BLAS, so that the library is linked though sgemm is here. */
extern void cblas_ssymm(void);
static void (*const whole_library)(void) __attribute__((used)) = cblas_ssymm;

void cblas_sgemm(int order, int a_turned, int b_turned, int m, int n, int k, float alpha, const float *A, int lda,
                 const float *B, int ldb, float beta, float *C, int ldc)
{
    static Sgemm *library;
    if (!library) {
        void *symbol = dlsym(RTLD_NEXT, "cblas_sgemm");
        __builtin_memcpy(&library, &symbol, sizeof library);
    }
    if (in_plain_c)
        plain_product(n, A, B, C);
    else
        library(order, a_turned, b_turned, m, n, k, alpha, A, lda, B, ldb, beta, C, ldc);
}

static void test_plain_c_is_slow(void **state)
{
    (void)state;
    in_plain_c = true;
    for (int i = 0; i < 5; i++) {
        const Speed speed = speed_measure();
        assert_true(speed.slow);
        assert_true(speed.gflops > 0 && speed.plain_gflops > 0);
    }
    in_plain_c = false;
}

static void test_an_optimised_blas_is_not(void **state)
{
    (void)state;
    void *core = dlsym(RTLD_DEFAULT, "openblas_get_corename");
    if (!core)
        skip(); /* the build is for another one */
    const double start = clock_seconds();
    assert_false(speed_measure().slow);
    assert_at_most(clock_seconds() - start, 1.0); /* 3 ms, but for sanitizers and busy machines */
}

static void test_the_library_is_the_one_that_multiplies(void **state)
{
    (void)state;
    char path[512];
    mat_library_path(path, sizeof path);
    assert_non_null(strstr(path, "test_speed")); /* sgemm is in this program */
}
#endif

static void test_plain_product(void **state)
{
    (void)state;
    const float A[] = {1, 2, 3, 4}, B[] = {5, 6, 7, 8}, want[] = {19, 22, 43, 50};
    float C[] = {NAN, NAN, NAN, NAN};
    plain_product(2, A, B, C);
    for (int i = 0; i < 4; i++)
        assert_true(C[i] == want[i]);
}

static void test_says_what_to_do_in_one_line(void **state)
{
    (void)state;
    const Speed speed = {.gflops = 3.25, .plain_gflops = 4, .slow = true};
    Text words = {0};
    speed_say_slow(&speed, &words);
    assert_non_null(strstr(text_str(&words), "3.2 GFLOP/s"));
    assert_non_null(strstr(text_str(&words), "libopenblas-dev"));
    assert_null(strchr(text_str(&words), '\n'));
    text_free(&words);
}

int main(void)
{
    mat_use_one_thread();
    const struct CMUnitTest tests[] = {
#ifdef __linux__
        cmocka_unit_test(test_plain_c_is_slow),
        cmocka_unit_test(test_an_optimised_blas_is_not),
        cmocka_unit_test(test_the_library_is_the_one_that_multiplies),
#endif
        cmocka_unit_test(test_plain_product),
        cmocka_unit_test(test_says_what_to_do_in_one_line),
    };
    return cmocka_run_group_tests_name("speed", tests, NULL, NULL);
}
