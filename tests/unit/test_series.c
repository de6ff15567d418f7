/* A series keeps its memory, its order and every spike, whatever is added. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <math.h>
#include <stdbool.h>

#include <lrd/base/rng.h>
#include <lrd/log/series.h>

static int setup(void **state)
{
    *state = calloc(1, sizeof(Series));
    return *state ? 0 : -1;
}

static int teardown(void **state)
{
    free(*state);
    return 0;
}

static void assert_in_order(const Series *s)
{
    assert_in_range(s->count, 0, SERIES_CAPACITY);
    for (int i = 0; i < s->count; i++) {
        const SeriesBucket *b = &s->bucket[i];
        if (b->first > b->last || (i > 0 && b->first <= s->bucket[i - 1].last))
            fail_msg("bucket %d is out of order", i);
        if (!isnan(b->value) && !(b->low <= b->value && b->value <= b->high))
            fail_msg("bucket %d: the value is outside its range", i);
    }
}

static float series_high(const Series *s)
{
    float high = -INFINITY;
    for (int i = 0; i < s->count; i++)
        high = fmaxf(high, s->bucket[i].high);
    return high;
}

static float series_low(const Series *s)
{
    float low = INFINITY;
    for (int i = 0; i < s->count; i++)
        low = fminf(low, s->bucket[i].low);
    return low;
}

static void few_values_are_kept_as_they_are(void **state)
{
    Series *s = *state;
    series_clear(s);
    for (int i = 0; i < SERIES_CAPACITY; i++)
        series_add(s, 7 * i, i % 13);
    assert_int_equal(s->count, SERIES_CAPACITY);
    for (int i = 0; i < SERIES_CAPACITY; i++) {
        assert_int_equal(s->bucket[i].first, 7 * i);
        assert_true(series_at(s, 7 * i) == i % 13);
    }
}

/* Ten million values with rare spikes: the largest and smallest of all, and every spike near where it was. */
static void no_spike_is_lost(void **state)
{
    Series *s = *state;
    Rng rng = rng_seed(5, RNG_BATCHES);
    enum { ADDS = 10000000, SPIKES = 8 };
    int64_t spike_step[SPIKES];
    series_clear(s);
    int spikes = 0;
    float high = -INFINITY, low = INFINITY;
    for (int64_t step = 0; step < ADDS; step++) {
        bool spike = step % 1234567 == 999;
        float v = (float)rng_uniform(&rng) + (spike ? 100.0F : 0.0F);
        if (spike && spikes < SPIKES)
            spike_step[spikes++] = step;
        high = fmaxf(high, v);
        low = fminf(low, v);
        series_add(s, step, v);
        if (step % 100003 == 0)
            assert_in_order(s);
    }
    assert_in_order(s);
    assert_true(series_high(s) == high);
    assert_true(series_low(s) == low);
    assert_int_equal(s->bucket[0].first, 0);
    assert_int_equal(s->bucket[s->count - 1].last, ADDS - 1);
    for (int k = 0; k < spikes; k++) {
        int found = 0;
        for (int i = 0; i < s->count; i++)
            found +=
                s->bucket[i].first <= spike_step[k] && spike_step[k] <= s->bucket[i].last && s->bucket[i].high > 99;
        assert_int_equal(found, 1);
    }
}

/* What the widths promise: the start stays sharp for a logarithmic axis, all of it for a linear one. */
static void buckets_stay_narrow(void **state)
{
    Series *s = *state;
    enum { ADDS = 1000000 };
    series_clear(s);
    for (int64_t step = 0; step < ADDS; step++)
        series_add(s, step, 1);
    for (int i = 0; i < s->count; i++) {
        const SeriesBucket *b = &s->bucket[i];
        int64_t width = b->last - b->first + 1;
        assert_true(width <= ADDS / 256);
        if (b->first > 0)
            assert_true(width <= 1 + b->first / 16);
    }
}

static void steps_may_be_far_apart(void **state)
{
    Series *s = *state;
    series_clear(s);
    double step = 0;
    for (int i = 0; i < 100000; i++, step += 1e7)
        series_add(s, (int64_t)step, i);
    assert_in_order(s);
    assert_true(series_high(s) == 99999);
    assert_true(series_low(s) == 0);
}

static void the_same_step_widens_its_bucket(void **state)
{
    Series *s = *state;
    series_clear(s);
    series_add(s, 5, 2);
    series_add(s, 5, 9);
    series_add(s, 5, 4);
    assert_int_equal(s->count, 1);
    assert_true(s->bucket[0].low == 2 && s->bucket[0].high == 9 && s->bucket[0].value == 4);
}

static void gaps_stay(void **state)
{
    Series *s = *state;
    series_clear(s);
    assert_true(isnan(series_at(s, 0)));
    series_add(s, 10, 1);
    series_add(s, 20, NAN);
    series_add(s, 30, 3);
    assert_true(isnan(series_at(s, 9)));
    assert_true(series_at(s, 19) == 1);
    assert_true(isnan(series_at(s, 20)));
    assert_true(series_at(s, INT64_MAX) == 3);
    series_add(s, 30, NAN);
    assert_true(series_at(s, 30) == 3);
    series_add(s, 40, INFINITY);
    assert_true(isinf(series_at(s, 40)));
}

static void a_cut_forgets_what_came_later(void **state)
{
    Series *s = *state;
    Rng rng = rng_seed(9, RNG_BATCHES);
    for (int round = 0; round < 20; round++) {
        series_clear(s);
        for (int64_t step = 0; step < 100000; step++)
            series_add(s, step, (double)step);
        int64_t cut = (int64_t)rng_below(&rng, 100000);
        series_cut(s, cut);
        assert_in_order(s);
        if (s->count > 0) {
            assert_true(s->bucket[s->count - 1].last <= cut);
            assert_true(s->bucket[s->count - 1].last >= cut - 100000 / 256);
            assert_true(series_high(s) <= (float)cut);
        }
        series_add(s, cut + 1, 0);
        assert_in_order(s);
    }
    series_cut(s, -1);
    assert_int_equal(s->count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_values_are_kept_as_they_are),
        cmocka_unit_test(no_spike_is_lost),
        cmocka_unit_test(buckets_stay_narrow),
        cmocka_unit_test(steps_may_be_far_apart),
        cmocka_unit_test(the_same_step_widens_its_bucket),
        cmocka_unit_test(gaps_stay),
        cmocka_unit_test(a_cut_forgets_what_came_later),
    };
    return cmocka_run_group_tests_name("series", tests, setup, teardown);
}
