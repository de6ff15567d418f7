#include "approx.h"

#include <lrd/base/choice.h>
#include <lrd/base/machine.h>
#include <lrd/base/quote.h>
#include <lrd/base/status.h>
#include <lrd/base/text.h>

#include <limits.h>

/* ---- rng */

/* The first outputs of xoshiro256** from the state 1, 2, 3, 4, by the published algorithm. */
static void test_rng_is_xoshiro(void **state)
{
    (void)state;
    static const uint64_t first[] = {11520u, 0u, 1509978240u, 1215971899390074240u};
    Rng r = {{1, 2, 3, 4}};
    for (int i = 0; i < COUNT_OF(first); i++)
        assert_true(rng_next(&r) == first[i]);
}

static void test_rng_streams_and_seeds_differ(void **state)
{
    (void)state;
    Rng r[] = {rng_seed(0, RNG_SPLIT), rng_seed(0, RNG_WEIGHTS), rng_seed(0, RNG_BATCHES),
               rng_seed(1, RNG_SPLIT), rng_seed(2, RNG_SPLIT),   rng_seed(UINT64_MAX, RNG_SPLIT)};
    for (int i = 0; i < COUNT_OF(r); i++)
        for (int j = 0; j < i; j++)
            for (int w = 0; w < 4; w++)
                assert_true(r[i].s[w] != r[j].s[w]);
    Rng again = rng_seed(0, RNG_SPLIT);
    assert_memory_equal(&again, &r[0], sizeof again);
}

static void test_rng_moments(void **state)
{
    (void)state;
    enum { N = 200000 };
    Rng r = rng_seed(7, RNG_WEIGHTS);
    double sum[4] = {0}, mean = 0;
    for (int i = 0; i < N; i++) {
        double u = rng_uniform(&r), z = rng_normal(&r);
        assert_true(u >= 0 && u < 1 && isfinite(z));
        mean += u / N;
        for (int power = 1; power <= 4; power++)
            sum[power - 1] += pow(z, power) / N;
    }
    assert_near(mean, 0.5, 0.003); /* five standard deviations or so, all of them */
    assert_near(sum[0], 0, 0.012);
    assert_near(sum[1], 1, 0.016);
    assert_near(sum[2], 0, 0.045);
    assert_near(sum[3], 3, 0.11);
}

static void test_rng_below_is_even(void **state)
{
    (void)state;
    enum { N = 70000, SIDES = 7 };
    Rng r = rng_seed(3, RNG_BATCHES);
    int count[SIDES] = {0};
    for (int i = 0; i < N; i++)
        count[rng_below(&r, SIDES)]++;
    for (int i = 0; i < SIDES; i++)
        assert_near(count[i], N / SIDES, 500);
    const uint64_t third = UINT64_C(1) << 62; /* a quarter of all draws must be refused, or the first third has half */
    int low = 0;
    for (int i = 0; i < N; i++)
        low += rng_below(&r, 3 * third) < third;
    assert_near(low, N / 3, 800);
    assert_true(rng_below(&r, 1) == 0);
}

static void test_rng_shuffle_permutes_evenly(void **state)
{
    (void)state;
    enum { N = 5, ROUNDS = 20000 };
    Rng r = rng_seed(4, RNG_SPLIT);
    int at[N][N] = {{0}};
    for (int round = 0; round < ROUNDS; round++) {
        int32_t items[N] = {0, 1, 2, 3, 4}, seen = 0;
        rng_shuffle(&r, items, N);
        for (int i = 0; i < N; i++) {
            seen |= 1 << items[i];
            at[i][items[i]]++;
        }
        assert_int_equal(seen, (1 << N) - 1);
    }
    for (int i = 0; i < N * N; i++)
        assert_near(at[i / N][i % N], ROUNDS / N, 300);
    int32_t one = 9;
    rng_shuffle(&r, &one, 1);
    rng_shuffle(&r, NULL, 0);
    assert_int_equal(one, 9);
}

/* ---- memory */

static void test_floats_are_zero_and_aligned(void **state)
{
    (void)state;
    for (size_t n = 0; n < 200; n += 7) {
        float *x = xfloats(n);
        assert_int_equal((uintptr_t)x % 64, 0);
        for (size_t i = 0; i < n; i++)
            assert_true(x[i] == 0.0f);
        free(x);
    }
    char *copy = xstrdup("copy");
    assert_string_equal(copy, "copy");
    free(copy);
}

/* ---- status, text, quote */

static void test_status_keeps_its_sentence(void **state)
{
    (void)state;
    assert_true(status_is_ok(status_ok()));
    assert_string_equal(status_ok().text, "");
    Status s = status_input("%s has %d rows", "it", 3);
    assert_int_equal(s.code, STATUS_INPUT);
    assert_string_equal(s.text, "it has 3 rows");
    char large[2000];
    memset(large, 'x', sizeof large - 1);
    large[sizeof large - 1] = '\0';
    s = status_failed("%s", large);
    assert_int_equal(s.code, STATUS_FAILED);
    assert_true(strlen(s.text) < sizeof s.text);
}

static void test_text_grows(void **state)
{
    (void)state;
    Text t = {0};
    assert_string_equal(text_str(&t), "");
    for (int i = 0; i < 1000; i++)
        text_addf(&t, "%04d ", i);
    assert_int_equal(t.length, 5000);
    assert_int_equal(strlen(text_str(&t)), 5000);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(atoi(text_str(&t) + 5 * i), i);
    text_clear(&t);
    assert_string_equal(text_str(&t), "");
    text_add(&t, "ab");
    text_add_bytes(&t, "cdef", 2);
    assert_string_equal(text_str(&t), "abcd");
    text_free(&t);
}

static void test_text_distance(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        int distance;
    } cases[] = {{"", "", 0},         {"", "abc", 3},    {"kitten", "sitting", 3},   {"decay.kind", "decay.kid", 1},
                 {"flaw", "lawn", 2}, {"abc", "abc", 0}, {"train.lr", "train.rl", 2}};
    for (int i = 0; i < COUNT_OF(cases); i++) {
        assert_int_equal(text_distance(cases[i].a, cases[i].b), cases[i].distance);
        assert_int_equal(text_distance(cases[i].b, cases[i].a), cases[i].distance);
    }
}

static void test_choice_offers_what_is_a_slip_away(void **state)
{
    (void)state;
    static const char *const names[] = {"l2", "lrd", "svt", "radial", "radian"};
    static const struct {
        const char *word, *nearest;
    } cases[] = {{"lrt", "lrd"},      {"l3", "l2"},        {"xx", NULL},     {"radialx", "radial"},
                 {"radia", "radial"}, {"rdian", "radian"}, {"raxxxl", NULL}, {"", NULL}};
    for (int i = 0; i < COUNT_OF(cases); i++) {
        ChoiceNearest nearest = choice_nearest(cases[i].word);
        for (int j = 0; j < COUNT_OF(names); j++)
            choice_offer(&nearest, names[j]);
        if (cases[i].nearest)
            assert_string_equal(nearest.name, cases[i].nearest);
        else
            assert_null(nearest.name);
    }
    assert_int_equal(choice_find("svt", names, COUNT_OF(names)), 2);
    assert_int_equal(choice_find("sv", names, COUNT_OF(names)), -1);
    Status s = choice_refuse("there is no kind", "lrt", names, COUNT_OF(names));
    assert_string_equal(s.text, "there is no kind \"lrt\"; did you mean lrd?");
    s = choice_refuse("there is no kind", "xx", names, COUNT_OF(names));
    assert_string_equal(s.text, "there is no kind \"xx\"; there are l2, lrd, svt, radial and radian");
}

static void test_numbers_are_whole_tokens(void **state)
{
    (void)state;
    static const char *const bad[] = {"",      " ",   "1 ",   " 1", "1x",  "x",        "nan",   "inf", "-inf",
                                      "1e999", "1,5", "0x10", "1e", "--1", "infinity", "1.5.2", "\n1"};
    double d = 42;
    long long i = 42;
    for (int k = 0; k < COUNT_OF(bad); k++) {
        if (text_to_double(bad[k], &d) || text_to_i64(bad[k], &i))
            fail_msg("\"%s\" was taken for a number", bad[k]);
        assert_true(d == 42 && i == 42);
    }
    assert_true(text_to_double("-1.5e-3", &d) && d == -1.5e-3);
    assert_true(text_to_double("7", &d) && d == 7);
    assert_false(text_to_i64("1.5", &i));
    assert_false(text_to_i64("9223372036854775808", &i));
    assert_true(text_to_i64("-9223372036854775808", &i) && i == LLONG_MIN);
}

static void test_quote_lets_no_control_through(void **state)
{
    (void)state;
    assert_string_equal(quote_word("name").text, "\"name\"");
    assert_string_equal(quote_word("a\x1b[2Jb\n").text, "\"a\\x1B[2Jb\\x0A\"");
    assert_string_equal(quote_word("h\xc3\xa9").text, "\"h\xc3\xa9\"");
    for (int c = 1; c < 256; c++) {
        char word[300];
        memset(word, c, sizeof word - 1);
        word[sizeof word - 1] = '\0';
        Quote q = quote_word(word);
        assert_true(quote_is_plain(q.text));
        assert_true(strlen(q.text) < sizeof q.text);
        assert_non_null(strstr(q.text, "..."));
    }
    assert_int_equal(quote_utf8_length("\xc0\x80"), 0);         /* overlong */
    assert_int_equal(quote_utf8_length("\xed\xa0\x80"), 0);     /* a surrogate */
    assert_int_equal(quote_utf8_length("\xf4\x90\x80\x80"), 0); /* above U+10FFFF */
    assert_int_equal(quote_utf8_length("\xf0\x9f\x98\x80"), 4);
    assert_int_equal(quote_utf8_length("\xe2\x82"), 0); /* cut short */
    assert_int_equal(quote_utf8_length(""), 0);
    assert_false(quote_is_plain("\xc2\x9b")); /* a C1 control */
}

static void test_status_is_plain_and_keeps_its_end(void **state)
{
    (void)state;
    assert_string_equal(status_input("%s cannot be read", "a\x1b[31m\nb\xff").text,
                        "a\\x1B[31m\\x0Ab\\xFF cannot be read");
    for (int length = 500; length < 5000; length++) {
        char path[5001];
        for (int i = 0; i < length; i++)
            path[i] = "\xc3\xa9"[i % 2];
        path[length] = '\0';
        Status s = status_failed("%s was not written: No space left", path);
        assert_true(quote_is_plain(s.text));
        assert_non_null(strstr(s.text, " was not written: No space left"));
        assert_true(strlen(s.text) < sizeof s.text);
    }
}

static void test_status_takes_whole_lines(void **state)
{
    (void)state;
    Status s = status_with_lines(status_input("two faults:"), "a:1: one\na:2: two\n");
    assert_string_equal(s.text, "two faults:\na:1: one\na:2: two");
    Text many = {0};
    for (int i = 0; i < 200; i++)
        text_add(&many, "line 12\n");
    s = status_with_lines(status_input("many:"), text_str(&many));
    size_t length = strlen(s.text);
    assert_true(length > sizeof s.text - 10);
    assert_string_equal(s.text + length - 8, "\nline 12");
    text_free(&many);
}

static void test_machine_has_something(void **state)
{
    (void)state;
    assert_true(machine_cores() >= 1);
    assert_true(machine_memory_available() > 1e6);
    double now = clock_seconds();
    assert_true(clock_seconds() >= now);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rng_is_xoshiro),
        cmocka_unit_test(test_rng_streams_and_seeds_differ),
        cmocka_unit_test(test_rng_moments),
        cmocka_unit_test(test_rng_below_is_even),
        cmocka_unit_test(test_rng_shuffle_permutes_evenly),
        cmocka_unit_test(test_floats_are_zero_and_aligned),
        cmocka_unit_test(test_status_keeps_its_sentence),
        cmocka_unit_test(test_text_grows),
        cmocka_unit_test(test_text_distance),
        cmocka_unit_test(test_choice_offers_what_is_a_slip_away),
        cmocka_unit_test(test_numbers_are_whole_tokens),
        cmocka_unit_test(test_quote_lets_no_control_through),
        cmocka_unit_test(test_status_is_plain_and_keeps_its_end),
        cmocka_unit_test(test_status_takes_whole_lines),
        cmocka_unit_test(test_machine_has_something),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
