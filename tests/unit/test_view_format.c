#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lrd/view/format.h>

static void test_count(void **state)
{
    (void)state;
    assert_string_equal(format_count(0).s, "0");
    assert_string_equal(format_count(999).s, "999");
    assert_string_equal(format_count(2100).s, "2,100");
    assert_string_equal(format_count(1000000).s, "1,000,000");
    assert_string_equal(format_count(-1234).s, "-1,234");
    assert_string_equal(format_count(-123).s, "-123");
    assert_string_equal(format_count(INT64_MIN).s, "-9,223,372,036,854,775,808");
}

static void test_compact(void **state)
{
    (void)state;
    assert_string_equal(format_compact(0).s, "0");
    assert_string_equal(format_compact(950).s, "950");
    assert_string_equal(format_compact(36).s, "36");
    assert_string_equal(format_compact(0.25).s, "0.250");
    assert_string_equal(format_compact(2500).s, "2.5k");
    assert_string_equal(format_compact(2000).s, "2k");
    assert_string_equal(format_compact(12345).s, "12k");
    assert_string_equal(format_compact(999700).s, "1M");
    assert_string_equal(format_compact(999.7).s, "1k");
    assert_string_equal(format_compact(1.2e6).s, "1.2M");
    assert_string_equal(format_compact(1e7).s, "10M");
    assert_string_equal(format_compact(-2500).s, "-2.5k");
    assert_string_equal(format_compact(NAN).s, "–");
    assert_string_equal(format_compact(-INFINITY).s, "-∞");
}

static void test_duration(void **state)
{
    (void)state;
    assert_string_equal(format_duration(0).s, "0:00");
    assert_string_equal(format_duration(50.9).s, "0:50");
    assert_string_equal(format_duration(3599).s, "59:59");
    assert_string_equal(format_duration(3727).s, "1:02:07");
    assert_string_equal(format_duration(86400 * 3 + 4 * 3600 + 59).s, "3d 4h");
    assert_string_equal(format_duration(86400 * 412.5).s, "412d");
    assert_string_equal(format_duration(-3).s, "0:00");
    assert_string_equal(format_duration(NAN).s, "–");
    assert_string_equal(format_duration(INFINITY).s, "∞");
    assert_string_equal(format_duration(1e300).s, "∞");
}

static void test_percent(void **state)
{
    (void)state;
    assert_string_equal(format_percent(0).s, "0%");
    assert_string_equal(format_percent(1e-9).s, "<1%");
    assert_string_equal(format_percent(0.0099).s, "<1%");
    assert_string_equal(format_percent(0.01).s, "1%");
    assert_string_equal(format_percent(0.9996).s, "99%");
    assert_string_equal(format_percent(nextafter(1, 0)).s, "99%");
    assert_string_equal(format_percent(1).s, "100%");
    assert_string_equal(format_percent(NAN).s, "–");
    assert_string_equal(format_percent_exact(0).s, "0.00%");
    assert_string_equal(format_percent_exact((double)0.9794F).s, "97.94%");
    assert_string_equal(format_percent_exact(0.99999).s, "99.99%");
    assert_string_equal(format_percent_exact(nextafter(1, 0)).s, "99.99%");
    assert_string_equal(format_percent_exact(1).s, "100.00%");
    assert_string_equal(format_percent_exact(NAN).s, "–");
    for (int i = 1; i <= 100; i++) {
        char whole[16];
        snprintf(whole, sizeof whole, "%d%%", i);
        assert_string_equal(format_percent(i / 100.0).s, whole); /* .29 * 100 is below 29 in binary */
    }
}

static void test_strength(void **state)
{
    (void)state;
    assert_string_equal(format_strength(0.005).s, "0.0050");
    assert_string_equal(format_strength(0.1).s, "0.10");
    assert_string_equal(format_strength(1).s, "1.0");
    assert_string_equal(format_strength(12).s, "12");
    assert_string_equal(format_strength(0).s, "0");
    assert_string_equal(format_strength(2e-6).s, "2e-6");
    assert_string_equal(format_strength(1e-5).s, "0.000010");
    assert_string_equal(format_strength(0.0667).s, "0.067");
    assert_string_equal(format_strength(0.0999).s, "0.10");
    assert_string_equal(format_strength(123456).s, "123,456");
}

static void test_number(void **state)
{
    (void)state;
    assert_string_equal(format_number(1.1949, 3).s, "1.19");
    assert_string_equal(format_number(24.06, 3).s, "24.1");
    assert_string_equal(format_number(9.996, 3).s, "10.0");
    assert_string_equal(format_number(99.96, 3).s, "100");
    assert_string_equal(format_number(0.9996, 3).s, "1.00");
    assert_string_equal(format_number(0.05, 1).s, "0.05");
    assert_string_equal(format_number(1240, 3).s, "1,240");
    assert_string_equal(format_number(-1.5, 2).s, "-1.5");
    assert_string_equal(format_number(3.2e-5, 3).s, "3.2e-5");
    assert_string_equal(format_number(1e-4, 1).s, "1e-4");
    assert_string_equal(format_number(9.9996e-4, 3).s, "1e-3");
    assert_string_equal(format_number(1e300, 3).s, "1e300");
    assert_string_equal(format_number(0, 3).s, "0");
    assert_string_equal(format_number(NAN, 3).s, "–");
    assert_string_equal(format_number(INFINITY, 3).s, "∞");
}

/* What is printed reads back as the number, to the digits asked for. */
static void test_number_keeps_its_digits(void **state)
{
    (void)state;
    for (double n = 1.2345678e-12; n < 1e12; n *= 1.37)
        for (int digits = 1; digits <= 6; digits++) {
            char plain[40], *to = plain;
            for (const char *from = format_number(n, digits).s; *from; from++)
                if (*from != ',')
                    *to++ = *from;
            *to = '\0';
            double error = fabs(strtod(plain, NULL) - n) / n;
            assert_true(error <= 0.5 * pow(10, 1 - digits) * 1.0001);
            assert_true(strlen(plain) < 16);
        }
}

static void test_rate(void **state)
{
    (void)state;
    assert_string_equal(format_rate(36.4).s, "36/s");
    assert_string_equal(format_rate(4.21).s, "4.2/s");
    assert_string_equal(format_rate(0.31).s, "0.31/s");
    assert_string_equal(format_rate(1234).s, "1.2k/s");
    assert_string_equal(format_rate(NAN).s, "–");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_count),    cmocka_unit_test(test_compact),
        cmocka_unit_test(test_duration), cmocka_unit_test(test_percent),
        cmocka_unit_test(test_strength), cmocka_unit_test(test_number),
        cmocka_unit_test(test_rate),     cmocka_unit_test(test_number_keeps_its_digits),
    };
    return cmocka_run_group_tests_name("view/format", tests, NULL, NULL);
}
