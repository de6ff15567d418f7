#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include <lrd/view/heatmap.h>

static double ramp_value(const void *context, int row, int column)
{
    const int *columns = context;
    return row * *columns + column;
}

static double gap_value(const void *context, int row, int column)
{
    (void)context;
    return row == column ? (double)NAN : 1;
}

static const Cell *cell(const Canvas *c, int x, int y)
{
    return &c->cells[y * c->w + x];
}

static void test_levels(void **state)
{
    (void)state;
    HeatScale linear = {0, 1, false}, log_scale = {.001, 1, true};
    assert_int_equal(heat_level(&linear, 0), 0);
    assert_int_equal(heat_level(&linear, 1), HEAT_LEVELS - 1);
    assert_int_equal(heat_level(&linear, -5), 0);
    assert_int_equal(heat_level(&linear, INFINITY), HEAT_LEVELS - 1);
    assert_int_equal(heat_level(&linear, (double)NAN), -1);
    assert_int_equal(heat_level(&log_scale, 0), 0);
    assert_int_equal(heat_level(&log_scale, .001), 0);
    assert_int_equal(heat_level(&log_scale, sqrt(.001)), HEAT_LEVELS / 2);
    assert_int_equal(heat_level(&(HeatScale){1, 1, false}, 1), 0); /* an empty range is no division by zero */
}

/* As many places as values: each value stands in its own half cell. */
static void test_every_value_has_its_half(void **state)
{
    (void)state;
    int columns = 4;
    HeatSpec s = {.rows = 4, .columns = 4, .value = ramp_value, .context = &columns, .scale = {0, 15, false}};
    Canvas *c = canvas_new(6, 4);
    heatmap_draw(c, (Rect){1, 1, 4, 2}, &s);
    for (int y = 0; y < 4; y++)
        for (int x = 0; x < 4; x++) {
            const Cell *at = cell(c, 1 + x, 1 + y / 2);
            assert_int_equal(y % 2 ? at->ground : at->role, ROLE_HEAT + y * 4 + x);
            assert_int_equal(at->glyph, 0x2580);
        }
    assert_int_equal(cell(c, 0, 1)->glyph, ' ');
    assert_int_equal(cell(c, 5, 1)->glyph, ' ');
    canvas_free(c);
}

static void test_more_values_than_places(void **state)
{
    (void)state;
    int columns = 8;
    HeatSpec s = {.rows = 2, .columns = 8, .value = ramp_value, .context = &columns, .scale = {0, 15, false}};
    Canvas *c = canvas_new(1, 1);
    heatmap_draw(c, (Rect){0, 0, 1, 1}, &s);
    assert_int_equal(cell(c, 0, 0)->role, ROLE_HEAT + 7);
    assert_int_equal(cell(c, 0, 0)->ground, ROLE_HEAT + 15);
    s.pool = HEAT_MEAN;
    heatmap_draw(c, (Rect){0, 0, 1, 1}, &s);
    assert_int_equal(cell(c, 0, 0)->role, ROLE_HEAT + 4); /* 3.5, rounded */
    canvas_free(c);
}

static void test_gaps_stay_blank(void **state)
{
    (void)state;
    HeatSpec s = {.rows = 2, .columns = 2, .value = gap_value, .scale = {0, 1, false}};
    Canvas *c = canvas_new(2, 1);
    heatmap_draw(c, (Rect){0, 0, 2, 1}, &s);
    assert_int_equal(cell(c, 0, 0)->glyph, 0x2584); /* only the lower half */
    assert_int_equal(cell(c, 1, 0)->glyph, 0x2580);
    assert_int_equal(cell(c, 0, 0)->ground, ROLE_NORMAL);
    canvas_free(c);
}

/* Without colour the glyphs alone tell the values: denser is more. */
static void test_mono_and_ascii_tell_by_glyph(void **state)
{
    (void)state;
    int columns = 16;
    HeatSpec s = {.rows = 1, .columns = 16, .value = ramp_value, .context = &columns, .scale = {0, 15, false}};
    static const char ascii[] = "  ..:--=++**#%%@"; /* by tens of the sixteen levels */
    Canvas *c = canvas_new(16, 1);
    c->mono = true;
    heatmap_draw(c, (Rect){0, 0, 16, 1}, &s);
    assert_int_equal(cell(c, 0, 0)->glyph, ' ');
    assert_int_equal(cell(c, 15, 0)->glyph, 0x2588);
    for (int x = 0; x < 16; x++)
        assert_int_equal(cell(c, x, 0)->role, ROLE_NORMAL);
    c->mono = false;
    c->glyphs = GLYPHS_ASCII;
    heatmap_draw(c, (Rect){0, 0, 16, 1}, &s);
    for (int x = 0; x < 16; x++)
        assert_int_equal(cell(c, x, 0)->glyph, ascii[x]);
    canvas_free(c);
}

static void test_squares(void **state)
{
    (void)state;
    Rect r = heatmap_square((Rect){3, 4, 100, 30}, 16); /* 60 half rows: three to a number */
    assert_int_equal(r.x, 3);
    assert_int_equal(r.y, 4);
    assert_int_equal(r.w, 48);
    assert_int_equal(r.h, 24);
    r = heatmap_square((Rect){0, 0, 41, 30}, 113);
    assert_int_equal(r.w, 40);
    assert_int_equal(r.h, 20);
    r = heatmap_square((Rect){0, 0, 0, 0}, 5);
    assert_int_equal(r.w, 0);
}

static void test_key_is_whole_or_not_there(void **state)
{
    (void)state;
    Canvas *c = canvas_new(30, 1);
    assert_int_equal(heatmap_key(c, 0, 0, 30, ".01", "1"), 14);
    assert_int_equal(cell(c, 0, 0)->glyph, '.');
    assert_int_equal(cell(c, 4, 0)->role, ROLE_HEAT);
    assert_int_equal(cell(c, 11, 0)->role, ROLE_HEAT + HEAT_LEVELS - 1);
    canvas_clear(c);
    assert_int_equal(heatmap_key(c, 0, 0, 13, ".01", "1"), 0);
    assert_int_equal(cell(c, 0, 0)->glyph, ' ');
    canvas_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_every_value_has_its_half),
        cmocka_unit_test(test_more_values_than_places),
        cmocka_unit_test(test_gaps_stay_blank),
        cmocka_unit_test(test_mono_and_ascii_tell_by_glyph),
        cmocka_unit_test(test_squares),
        cmocka_unit_test(test_key_is_whole_or_not_there),
    };
    return cmocka_run_group_tests_name("view/heatmap", tests, NULL, NULL);
}
