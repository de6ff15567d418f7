#include "approx.h"

#include <lrd/num/fourier.h>
#include <lrd/num/linalg.h>
#include <lrd/num/mat.h>

static const double PI = 3.14159265358979323846;

/* |DFT|^2 of every column, straight from the definition: both of the frequencies k and n - k. */
static double naive_power(const float *X, int n, int d, int k)
{
    double sum = 0;
    for (int j = 0; j < d; j++) {
        double re = 0, im = 0;
        for (int i = 0; i < n; i++) {
            re += (double)X[i * d + j] * cos(2 * PI * k * i / n);
            im += (double)X[i * d + j] * sin(2 * PI * k * i / n);
        }
        sum += (re * re + im * im) / n * (2 * k == n ? 1 : 2);
    }
    return sum;
}

static void test_power_against_the_definition(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 3}, {2, 1}, {3, 4}, {8, 5}, {31, 16}, {113, 7}, {120, 2}};
    Rng r = rng_seed(3, RNG_WEIGHTS);
    for (int i = 0; i < COUNT_OF(sizes); i++) {
        const int n = sizes[i][0], d = sizes[i][1], count = fourier_frequencies(n);
        float *X = approx_random(&r, (size_t)(n * d), 1), *scratch = xfloats(fourier_scratch_floats(n, d));
        double power[64], sum = 0;
        fourier_power(power, X, n, d, scratch);
        for (int k = 1; k <= count; k++) {
            assert_near(power[k - 1], naive_power(X, n, d, k), 1e-4);
            sum += power[k - 1];
        }
        assert_near(sum + naive_power(X, n, d, 0) / 2, pow(linalg_norm(X, (size_t)(n * d)), 2), 1e-3);
        free(X);
        free(scratch);
    }
}

/* A wave of one frequency has all its power there; a constant has none anywhere. */
static void test_single_waves(void **state)
{
    (void)state;
    enum { N = 59 };
    float X[N], scratch[2 * (N / 2) * (N + 1)];
    double power[N / 2];
    for (int i = 0; i < N; i++)
        X[i] = 5 + 2 * (float)cos(2 * PI * 7 * i / N + 1);
    fourier_power(power, X, N, 1, scratch);
    for (int k = 1; k <= N / 2; k++)
        assert_near(power[k - 1], k == 7 ? 2.0 * 2.0 * N / 2 : 0, 1e-3);
}

int main(void)
{
    mat_use_one_thread();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_power_against_the_definition),
        cmocka_unit_test(test_single_waves),
    };
    return cmocka_run_group_tests_name("num/fourier", tests, NULL, NULL);
}
