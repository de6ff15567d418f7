#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <lrd/base/rng.h>
#include <lrd/base/util.h>
#include <lrd/view/chart.h>
#include <lrd/view/glyph.h>

static const ChartAxis steps_axis = {0, 100, false, CHART_STEPS}, percent_axis = {0, 1, false, CHART_PERCENT};

static void assert_ticks(ChartAxis axis, int wanted, int count, const double *expected)
{
    double ticks[CHART_TICKS_MAX];
    assert_int_equal(chart_ticks(&axis, wanted, ticks), count);
    for (int i = 0; i < count; i++)
        assert_true(fabs(ticks[i] - expected[i]) <= 1e-12 * fabs(expected[i]));
}

static void test_ticks_are_round(void **state)
{
    (void)state;
    assert_ticks(percent_axis, 2, 2, (double[]){0, 1});
    assert_ticks(percent_axis, 3, 3, (double[]){0, 0.5, 1});
    assert_ticks(percent_axis, 5, 5, (double[]){0, 0.25, 0.5, 0.75, 1});
    assert_ticks((ChartAxis){0, 2500, false, CHART_STEPS}, 6, 6, (double[]){0, 500, 1000, 1500, 2000, 2500});
    assert_ticks((ChartAxis){0, 3, false, CHART_STEPS}, 12, 4, (double[]){0, 1, 2, 3});
    assert_ticks((ChartAxis){-0.3, 0.3, false, CHART_NUMBER}, 4, 3, (double[]){-0.2, 0, 0.2});
    assert_ticks((ChartAxis){1e-4, 1, true, CHART_NUMBER}, 6, 5, (double[]){1e-4, 1e-3, 1e-2, 1e-1, 1});
    assert_ticks((ChartAxis){1e-4, 1, true, CHART_NUMBER}, 3, 3, (double[]){1e-4, 1e-2, 1});
    assert_ticks((ChartAxis){1, 10, true, CHART_NUMBER}, 4, 4, (double[]){1, 2, 5, 10});
    assert_ticks((ChartAxis){1.1, 1.9, true, CHART_NUMBER}, 3, 1, (double[]){1.5});
}

static double random_size(Rng *rng)
{
    return pow(10, 40 * rng_uniform(rng) - 20);
}

static void test_ticks_rise_inside_any_range(void **state)
{
    (void)state;
    Rng rng = rng_seed(3, RNG_SPLIT);
    for (int round = 0; round < 50000; round++) {
        ChartAxis a = {random_size(&rng), random_size(&rng), rng_below(&rng, 2), (ChartUnit)rng_below(&rng, 3)};
        if (rng_below(&rng, 10) == 0)
            a.low = (double[]){NAN, INFINITY, -INFINITY, 0, -1e300}[rng_below(&rng, 5)];
        if (rng_below(&rng, 10) == 0)
            a.high = (double[]){NAN, INFINITY, -INFINITY, 0, 1e300}[rng_below(&rng, 5)];
        int wanted = (int)rng_below(&rng, 14);
        double ticks[CHART_TICKS_MAX];
        int count = chart_ticks(&a, wanted, ticks);
        assert_in_range(count, 0, CHART_TICKS_MAX);
        for (int i = 0; i < count; i++) {
            assert_true(isfinite(ticks[i]));
            assert_false(signbit(ticks[i]) && ticks[i] == 0);
            assert_true(i == 0 || ticks[i] > ticks[i - 1]);
            if (isfinite(a.low) && isfinite(a.high) && a.low < a.high && a.low > 0)
                assert_true(ticks[i] >= a.low * (1 - 1e-6) - 1e-8 * (a.high - a.low) &&
                            ticks[i] <= a.high * (1 + 1e-6));
        }
        double low = a.low, high = a.high;
        chart_nice_range(&a);
        assert_true(isfinite(a.low) && isfinite(a.high) && a.low < a.high && (!a.log || a.low > 0));
        if (a.unit != CHART_PERCENT && isfinite(low) && isfinite(high) && low < high && low > 0)
            assert_true(a.low <= low * (1 + 1e-6) && a.high >= high * (1 - 1e-6));
    }
}

static void test_nice_range(void **state)
{
    (void)state;
    static const struct {
        ChartAxis given;
        double low, high;
    } cases[] = {
        {{0.3, 23.7, false, CHART_NUMBER}, 0, 25},    {{0, 0.93, false, CHART_PERCENT}, 0, 1},
        {{1.3e-5, 13, true, CHART_NUMBER}, 1e-5, 20}, {{1, 10, true, CHART_NUMBER}, 1, 10},
        {{3, 3, false, CHART_NUMBER}, 1, 5},          {{0, 0, false, CHART_NUMBER}, 0, 1},
        {{NAN, 2, false, CHART_NUMBER}, 0, 1},        {{NAN, 2, true, CHART_NUMBER}, 1, 10},
        {{5, 2, false, CHART_NUMBER}, 0, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ChartAxis a = cases[i].given;
        chart_nice_range(&a);
        assert_true(fabs(a.low - cases[i].low) < 1e-12 && fabs(a.high - cases[i].high) < 1e-9);
    }
}

/* A chart of 6 cells for the y axis, 40 x 9 for the plot and a row for the steps. The ends of the value axis lie in the
 * middle of the first and of the last row, where their ticks stand. */
enum { LEFT = 6, PLOT_W = 40, PLOT_H = 9, HIGH_DOT = 1, LOW_DOT = 4 * PLOT_H - 3 };

typedef struct Fixture {
    Canvas *canvas;
    ChartPoint points[512];
    ChartCurve curve;
    ChartSpec spec;
} Fixture;

static Fixture *fixture_new(void)
{
    Fixture *f = xcalloc(1, sizeof *f);
    f->canvas = canvas_new(LEFT + PLOT_W, PLOT_H + 1);
    f->curve = (ChartCurve){f->points, 0, ROLE_UNSEEN, PATTERN_SOLID};
    f->spec = (ChartSpec){steps_axis, percent_axis, &f->curve, 1, NULL, 0, NULL};
    return f;
}

static void fixture_free(Fixture *f)
{
    canvas_free(f->canvas);
    free(f);
}

static void fixture_add(Fixture *f, double step, double value)
{
    f->points[f->curve.count++] = (ChartPoint){step, step, value, value, value};
}

static void fixture_draw(Fixture *f)
{
    canvas_clear(f->canvas);
    chart_draw(f->canvas, (Rect){0, 0, f->canvas->w, f->canvas->h}, &f->spec);
}

static bool dot_is_on(const Fixture *f, int x, int y)
{
    uint32_t glyph = f->canvas->cells[y / 4 * f->canvas->w + LEFT + x / 2].glyph;
    return glyph >= 0x2800 && glyph < 0x2900 && ((glyph - 0x2800) & glyph_braille_bit(x, y % 4));
}

static int dots_in_column(const Fixture *f, int x)
{
    int count = 0;
    for (int y = 0; y < 4 * PLOT_H; y++)
        count += dot_is_on(f, x, y);
    return count;
}

static void row_text(const Canvas *c, int y, char *out)
{
    for (int x = 0; x < c->w; x++)
        out += glyph_encode(c->cells[y * c->w + x].glyph, out);
}

static void test_line_goes_from_corner_to_corner(void **state)
{
    (void)state;
    Fixture *f = fixture_new();
    fixture_add(f, 0, 0);
    fixture_add(f, 100, 1);
    fixture_draw(f);
    assert_true(dot_is_on(f, 0, LOW_DOT));
    assert_true(dot_is_on(f, 2 * PLOT_W - 1, HIGH_DOT));
    for (int x = 0; x < 2 * PLOT_W; x++)
        assert_int_equal(dots_in_column(f, x), 1); /* 80 wide, 33 high: one dot a column, and no gap */
    char row[256];
    row_text(f->canvas, PLOT_H, row);
    assert_string_equal(row, "      0      20      40     60      80     100");
    row_text(f->canvas, 0, row);
    assert_memory_equal(row, " 100%┤", strlen(" 100%┤"));
    fixture_free(f);
}

static void test_spike_of_one_step_is_seen(void **state)
{
    (void)state;
    Fixture *f = fixture_new();
    for (int i = 0; i < 500; i++)
        fixture_add(f, i / 5.0, 0);
    f->points[250].high = 1;
    fixture_draw(f);
    assert_int_equal(dots_in_column(f, 40), LOW_DOT - HIGH_DOT + 1);
    assert_int_equal(dots_in_column(f, 42), 1);
    fixture_free(f);
}

static void test_nan_is_a_gap(void **state)
{
    (void)state;
    Fixture *f = fixture_new();
    fixture_add(f, 0, 0.5);
    fixture_add(f, 40, 0.5);
    fixture_add(f, 50, NAN);
    fixture_add(f, 60, 0.5);
    fixture_add(f, 100, 0.5);
    fixture_draw(f);
    for (int x = 0; x < 2 * PLOT_W; x++)
        assert_int_equal(dots_in_column(f, x), x <= 32 || x >= 47);
    fixture_free(f);
}

static void test_values_beyond_lie_on_the_edge(void **state)
{
    (void)state;
    Fixture *f = fixture_new();
    fixture_add(f, 0, 7);
    fixture_add(f, 50, INFINITY);
    fixture_add(f, 100, -3);
    fixture_draw(f);
    assert_true(dot_is_on(f, 0, 0) && dot_is_on(f, 40, 0) && dot_is_on(f, 2 * PLOT_W - 1, 4 * PLOT_H - 1));
    /* Steps outside are cut off where the line crosses the edge: no wall at the border. */
    f->curve.count = 0;
    fixture_add(f, -100, 0);
    fixture_add(f, 200, 1);
    fixture_draw(f);
    assert_int_equal(dots_in_column(f, 0), 1);
    assert_int_equal(dots_in_column(f, 2 * PLOT_W - 1), 1);
    assert_true(dot_is_on(f, 0, 22) || dot_is_on(f, 0, 23));
    fixture_free(f);
}

static void test_log_axes(void **state)
{
    (void)state;
    Fixture *f = fixture_new();
    f->spec.x = (ChartAxis){1, 10000, true, CHART_STEPS};
    f->spec.y = (ChartAxis){1e-4, 1, true, CHART_NUMBER};
    fixture_add(f, 0, 1); /* step 0 has no place here */
    fixture_add(f, 1, 1);
    fixture_add(f, 10000, 1e-4);
    fixture_draw(f);
    assert_true(dot_is_on(f, 0, HIGH_DOT) && dot_is_on(f, 2 * PLOT_W - 1, LOW_DOT));
    assert_int_equal(dots_in_column(f, 0), 1);
    char row[256];
    row_text(f->canvas, PLOT_H, row);
    assert_non_null(strstr(row, "1,000"));
    f->curve.count = 0;
    fixture_add(f, 10, 0); /* a loss of exactly zero */
    fixture_add(f, 100, -1);
    fixture_draw(f);
    for (int x = 0; x < 2 * PLOT_W; x++)
        assert_int_equal(dots_in_column(f, x), 0);
    fixture_free(f);
}

static void test_later_curve_is_in_front(void **state)
{
    (void)state;
    Fixture *f = fixture_new();
    fixture_add(f, 0, 1);
    fixture_add(f, 100, 1);
    ChartCurve two[2] = {f->curve, f->curve};
    two[0].role = ROLE_TRAIN;
    f->spec.curves = two;
    f->spec.curve_count = 2;
    fixture_draw(f);
    assert_int_equal(f->canvas->cells[LEFT + 3].role, ROLE_UNSEEN);
    two[0].role = ROLE_UNSEEN;
    two[1].role = ROLE_TRAIN;
    fixture_draw(f);
    assert_int_equal(f->canvas->cells[LEFT + 3].role, ROLE_TRAIN);
    fixture_free(f);
}

static void test_patterns_leave_gaps(void **state)
{
    (void)state;
    Fixture *f = fixture_new();
    fixture_add(f, 0, 0.5);
    fixture_add(f, 100, 0.5);
    int dots[3];
    for (int pattern = 0; pattern < 3; pattern++) {
        f->curve.pattern = (Pattern)pattern;
        fixture_draw(f);
        dots[pattern] = 0;
        for (int x = 0; x < 2 * PLOT_W; x++)
            dots[pattern] += dots_in_column(f, x);
    }
    assert_true(dots[PATTERN_SOLID] == 2 * PLOT_W && dots[PATTERN_DASHED] == 60 && dots[PATTERN_DOTTED] == 40);
    fixture_free(f);
}

static void test_marker_labels_keep_apart(void **state)
{
    (void)state;
    Fixture *f = fixture_new();
    fixture_add(f, 0, 1);
    fixture_add(f, 100, 1);
    ChartMarker markers[] = {
        {30, 0x25BE, "L2→LRD", ROLE_MARKER}, {35, 0, "lr 0.002", ROLE_MARKER},
        {98, 0, "end", ROLE_MARKER},         {500, 0, "outside", ROLE_MARKER},
        {NAN, 0, "nowhere", ROLE_MARKER},    {10, 0, "far too long to be written anywhere here", ROLE_MARKER}};
    f->spec.markers = markers;
    f->spec.marker_count = 6;
    fixture_draw(f);
    char all[4096] = "", row[512];
    for (int y = 0; y < PLOT_H; y++) {
        memset(row, 0, sizeof row);
        row_text(f->canvas, y, row);
        strcat(strcat(all, row), "\n");
    }
    assert_non_null(strstr(all, "L2→LRD"));
    assert_non_null(strstr(all, "lr 0.002"));
    assert_non_null(strstr(all, "end"));
    assert_null(strstr(all, "outside"));
    assert_null(strstr(all, "nowhere"));
    assert_null(strstr(all, "far too"));
    assert_true(dot_is_on(f, 24, HIGH_DOT)); /* the curve stays in front of marker and label */
    fixture_free(f);
}

/* Random data, ranges and rectangles in every glyph set: nothing outside the rectangle changes, nothing crashes. */
static void test_anything_stays_in_its_rectangle(void **state)
{
    (void)state;
    enum { W = 70, H = 24 };
    static const double odd[] = {NAN, INFINITY, -INFINITY, 0, -1, 1e308, -1e308, 5e-324};
    Rng rng = rng_seed(11, RNG_SPLIT);
    Fixture *f = fixture_new();
    canvas_resize(f->canvas, W, H);
    for (int round = 0; round < 4000; round++) {
        f->curve.count = (int)rng_below(&rng, 60);
        for (int i = 0; i < f->curve.count; i++) {
            double *fields[] = {&f->points[i].first, &f->points[i].last, &f->points[i].low, &f->points[i].high,
                                &f->points[i].value};
            for (int k = 0; k < 5; k++)
                *fields[k] = rng_below(&rng, 6) ? 200 * rng_uniform(&rng) - 50 : odd[rng_below(&rng, 8)];
        }
        ChartAxis *axes[] = {&f->spec.x, &f->spec.y};
        for (int k = 0; k < 2; k++) {
            *axes[k] = (ChartAxis){-20 + 60 * rng_uniform(&rng), 120 * rng_uniform(&rng), rng_below(&rng, 2),
                                   (ChartUnit)rng_below(&rng, 3)};
            if (rng_below(&rng, 5) == 0)
                axes[k]->high = odd[rng_below(&rng, 8)];
        }
        f->curve.pattern = (Pattern)rng_below(&rng, 3);
        ChartMarker marker = {100 * rng_uniform(&rng), 0x25BE, "here", ROLE_MARKER};
        f->spec.markers = &marker;
        f->spec.marker_count = 1;
        f->canvas->glyphs = (GlyphSet)rng_below(&rng, GLYPHS_COUNT);
        Rect r = {(int)rng_below(&rng, W), (int)rng_below(&rng, H), (int)rng_below(&rng, W), (int)rng_below(&rng, H)};
        r.w = min_int(r.w, W - r.x);
        r.h = min_int(r.h, H - r.y);
        canvas_fill(f->canvas, (Rect){0, 0, W, H}, '~', ROLE_BAD);
        canvas_fill(f->canvas, r, ' ', ROLE_NORMAL);
        chart_draw(f->canvas, r, &f->spec);
        for (int y = 0; y < H; y++)
            for (int x = 0; x < W; x++) {
                bool inside = x >= r.x && x < r.x + r.w && y >= r.y && y < r.y + r.h;
                assert_true((f->canvas->cells[y * W + x].glyph == '~') != inside);
            }
    }
    fixture_free(f);
}

/* Rows from the top that have a tick, with the value that is written beside it; returns how many. */
static int ticks_of(const Canvas *c, int rows, int *row, double *value)
{
    int count = 0;
    for (int y = 0; y < rows; y++) {
        char words[512] = "";
        row_text(c, y, words);
        char *tick = strstr(words, "\xE2\x94\xA4"), number[512] = "";
        if (!tick)
            continue;
        *tick = '\0';
        size_t length = 0;
        for (const char *s = words; *s; s++)
            if (*s != ' ' && *s != ',')
                number[length++] = *s;
        row[count] = y;
        value[count++] = strtod(number, NULL) / (strchr(number, '%') ? 100 : 1) *
                         (strchr(number, 'k')   ? 1e3
                          : strchr(number, 'M') ? 1e6
                          : strchr(number, 'G') ? 1e9
                                                : 1);
    }
    return count;
}

/* Whatever the range, the height and the dots: ticks are equally far apart, in rows and in what is written there, and a
 * curve at a tick's value runs in that tick's row and in no other. */
static void test_ticks_and_curves_share_a_mapping(void **state)
{
    (void)state;
    static const ChartAxis axes[] = {{0, 1, false, CHART_PERCENT},    {0, 40, false, CHART_NUMBER},
                                     {1, 33, false, CHART_RANK},      {1, 1.8, false, CHART_RANK},
                                     {20, 75, false, CHART_NUMBER},   {0, 0.07, false, CHART_NUMBER},
                                     {2e-5, 10, true, CHART_NUMBER},  {1, 64, true, CHART_RANK},
                                     {0.01, 0.2, true, CHART_NUMBER}, {1e-9, 1e4, true, CHART_NUMBER}};
    Fixture *f = fixture_new();
    for (size_t a = 0; a < sizeof axes / sizeof *axes; a++)
        for (int rows = 2; rows <= 40; rows++)
            for (int glyphs = 0; glyphs <= GLYPHS_BLOCK; glyphs++) {
                int row[64];
                double value[64];
                canvas_resize(f->canvas, LEFT + PLOT_W + 6, rows + 1);
                f->canvas->glyphs = (GlyphSet)glyphs;
                f->spec.y = axes[a];
                f->curve.count = 0;
                fixture_draw(f);
                int count = ticks_of(f->canvas, rows, row, value);
                assert_true(count >= 2 && row[count - 1] == rows - 1);
                for (int i = 0; i < count; i++) {
                    assert_true(i == 0 || row[i] - row[i - 1] == row[1] - row[0]);
                    f->curve.count = 0;
                    fixture_add(f, 0, value[i]);
                    fixture_add(f, 100, value[i]);
                    fixture_draw(f);
                    for (int y = 0; y < rows; y++)
                        assert_int_equal(f->canvas->cells[y * f->canvas->w + f->canvas->w / 2].glyph != ' ',
                                         y == row[i]);
                }
                if (axes[a].unit == CHART_RANK)
                    assert_true(value[count - 1] == 1);
            }
    fixture_free(f);
}

static void test_huge_plot_is_bounded(void **state)
{
    (void)state;
    Fixture *f = fixture_new();
    fixture_add(f, 0, 0);
    fixture_add(f, 100, 1);
    canvas_resize(f->canvas, 1000, 400);
    fixture_draw(f);
    bool inside = false, beyond = false;
    for (int y = 0; y < 200; y++) {
        inside = inside || f->canvas->cells[y * 1000 + LEFT + 511].glyph != ' ';
        beyond = beyond || f->canvas->cells[y * 1000 + LEFT + 513].glyph != ' ';
    }
    assert_true(inside && !beyond);
    fixture_free(f);
}

static void test_frame_drops_whole_entries(void **state)
{
    (void)state;
    static const ChartLegend legend[] = {
        {ROLE_TRAIN, "train", "100%", 0}, {ROLE_MIRROR, "mirror", "98%", 0}, {ROLE_UNSEEN, "unseen", "", 0}};
    static const char *const expected[] = {
        "╭─ accuracy ──────── ╌ train 100%  ┈ mirror 98%  ━ unseen ╮",
        "╭─ accuracy ─ ╌ train  ┈ mirror 98%  ━ unseen ╮",
        "╭─ accuracy ─ ╌ train  ┈ mirror  ━ unseen ╮",
        "╭─ accuracy ─── ┈ mirror 98%  ━ unseen ╮",
        "╭─ accuracy ─ ━ unseen ╮",
        "╭─ accuracy ───────────╮",
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        int w = canvas_width(expected[i]);
        Canvas *c = canvas_new(w, 3);
        chart_frame(c, (Rect){0, 0, w, 3}, "accuracy", legend, i == 5 ? 0 : 3);
        char row[512];
        memset(row, 0, sizeof row);
        row_text(c, 0, row);
        assert_string_equal(row, expected[i]);
        canvas_free(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ticks_are_round),
        cmocka_unit_test(test_ticks_rise_inside_any_range),
        cmocka_unit_test(test_nice_range),
        cmocka_unit_test(test_line_goes_from_corner_to_corner),
        cmocka_unit_test(test_spike_of_one_step_is_seen),
        cmocka_unit_test(test_nan_is_a_gap),
        cmocka_unit_test(test_values_beyond_lie_on_the_edge),
        cmocka_unit_test(test_log_axes),
        cmocka_unit_test(test_later_curve_is_in_front),
        cmocka_unit_test(test_patterns_leave_gaps),
        cmocka_unit_test(test_marker_labels_keep_apart),
        cmocka_unit_test(test_anything_stays_in_its_rectangle),
        cmocka_unit_test(test_ticks_and_curves_share_a_mapping),
        cmocka_unit_test(test_huge_plot_is_bounded),
        cmocka_unit_test(test_frame_drops_whole_entries),
    };
    return cmocka_run_group_tests_name("view/chart", tests, NULL, NULL);
}
