#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include <lrd/base/rng.h>
#include <lrd/view/bars.h>
#include <lrd/view/glyph.h>

static void assert_row(const Canvas *c, int y, const char *expected)
{
    char row[512], *end = row;
    for (int x = 0; x < c->w; x++)
        end += glyph_encode(c->cells[y * c->w + x].glyph, end);
    assert_string_equal(row, expected);
}

static BarsSpec spec_of(const float *values, int count)
{
    return (BarsSpec){.values = values, .count = count, .high = NAN, .role = ROLE_BAR};
}

static void test_eighths(void **state)
{
    (void)state;
    Canvas *c = canvas_new(8, 2);
    BarsSpec spec = spec_of((float[]){16, 12, 9, 8, 4, 1, 0, NAN}, 8);
    bars_draw(c, (Rect){0, 0, 8, 2}, &spec);
    assert_row(c, 0, "█▄▁     ");
    assert_row(c, 1, "████▄▁__");
    assert_int_equal(c->cells[0].role, ROLE_BAR);
    assert_int_equal(c->cells[15].role, ROLE_GHOST);
    c->glyphs = GLYPHS_ASCII;
    bars_draw(c, (Rect){0, 0, 8, 2}, &spec);
    assert_row(c, 1, "####:.__");
    canvas_free(c);
}

static void test_ghosts_stand_where_values_were(void **state)
{
    (void)state;
    Canvas *c = canvas_new(4, 3);
    BarsSpec spec = spec_of((float[]){8, 8, 24, 24}, 4);
    spec.ghosts = (float[]){24, 17, 24, 8};
    bars_draw(c, (Rect){0, 0, 4, 3}, &spec);
    assert_row(c, 0, "▔_██");
    assert_row(c, 1, "  ██");
    assert_row(c, 2, "████"); /* no hole in a bar that grew */
    assert_int_equal(c->cells[0].role, ROLE_GHOST);
    canvas_free(c);
}

static void test_groups_show_their_largest(void **state)
{
    (void)state;
    assert_int_equal(bars_group(128, 40), 4);
    assert_int_equal(bars_group(40, 40), 1);
    assert_int_equal(bars_group(5, 0), 1);
    Canvas *c = canvas_new(3, 1);
    float values[9] = {0, 8, 0, 0, 0, 4, 0, 0, 0};
    BarsSpec spec = spec_of(values, 9);
    bars_draw(c, (Rect){0, 0, 3, 1}, &spec);
    assert_row(c, 0, "█▄_");
    canvas_free(c);
}

static void test_spread_and_log(void **state)
{
    (void)state;
    Canvas *c = canvas_new(8, 1);
    BarsSpec spec = spec_of((float[]){1, 0.01F, 1e-4F}, 3);
    spec.log = spec.spread = true;
    bars_draw(c, (Rect){0, 0, 8, 1}, &spec);
    assert_row(c, 0, "██▄▄__  ");
    spec.high = INFINITY;
    bars_draw(c, (Rect){0, 0, 8, 1}, &spec);
    assert_row(c, 0, "██▄▄__  ");
    canvas_free(c);
}

static void test_gauge_and_meter(void **state)
{
    (void)state;
    Canvas *c = canvas_new(8, 1);
    bars_gauge(c, 0, 0, 8, 0, ROLE_KEY);
    assert_row(c, 0, "●━━━━━━━");
    bars_gauge(c, 0, 0, 8, 7, ROLE_KEY);
    assert_row(c, 0, "━━━━━━━●");
    bars_gauge(c, 0, 0, 8, 0.43, ROLE_KEY);
    assert_row(c, 0, "━━━●━━━━");
    bars_gauge(c, 0, 0, 8, NAN, ROLE_KEY);
    assert_row(c, 0, "━━━━━━━━");
    bars_meter(c, 0, 0, 8, 0.56, ROLE_KEY);
    assert_row(c, 0, "████▍░░░");
    bars_meter(c, 0, 0, 8, NAN, ROLE_KEY);
    assert_row(c, 0, "░░░░░░░░");
    bars_meter(c, 0, 0, 8, INFINITY, ROLE_KEY);
    assert_row(c, 0, "████████");
    canvas_free(c);
}

static void test_anything_stays_in_its_rectangle(void **state)
{
    (void)state;
    enum { W = 30, H = 10 };
    Rng rng = rng_seed(5, RNG_SPLIT);
    Canvas *c = canvas_new(W, H);
    static const float odd[] = {NAN, INFINITY, -INFINITY, 0, -1, 3e38F, 1e-45F};
    for (int round = 0; round < 5000; round++) {
        float values[2][64];
        for (int i = 0; i < 128; i++)
            values[i / 64][i % 64] = rng_below(&rng, 8) ? (float)rng_uniform(&rng) : odd[rng_below(&rng, 7)];
        BarsSpec spec = spec_of(values[0], (int)rng_below(&rng, 65));
        spec.ghosts = rng_below(&rng, 2) ? values[1] : NULL;
        spec.log = rng_below(&rng, 2);
        spec.spread = rng_below(&rng, 2);
        Rect r = {(int)rng_below(&rng, W), (int)rng_below(&rng, H), 0, 0};
        r.w = (int)rng_below(&rng, (uint64_t)(W - r.x + 1));
        r.h = (int)rng_below(&rng, (uint64_t)(H - r.y + 1));
        canvas_fill(c, (Rect){0, 0, W, H}, '~', ROLE_BAD);
        bars_draw(c, r, &spec);
        for (int y = 0; y < H; y++)
            for (int x = 0; x < W; x++)
                if (x < r.x || x >= r.x + r.w || y < r.y || y >= r.y + r.h)
                    assert_int_equal(c->cells[y * W + x].glyph, '~');
    }
    canvas_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_eighths),
        cmocka_unit_test(test_ghosts_stand_where_values_were),
        cmocka_unit_test(test_groups_show_their_largest),
        cmocka_unit_test(test_spread_and_log),
        cmocka_unit_test(test_gauge_and_meter),
        cmocka_unit_test(test_anything_stays_in_its_rectangle),
    };
    return cmocka_run_group_tests_name("view/bars", tests, NULL, NULL);
}
