#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include <lrd/view/layout.h>

enum { MOST_W = 250, MOST_H = 80, RECTS_MAX = 9 + LAYOUT_PANELS_MAX };

static int collect(const Layout *l, Rect *out)
{
    const Rect lines[] = {l->header, l->story,  l->decay,  l->events, l->message,
                          l->keybar, l->digits, l->lesson, l->tabs};
    int count = 0;
    for (int i = 0; i < 9; i++)
        if (!rect_empty(lines[i]))
            out[count++] = lines[i];
    for (int i = 0; i < l->panel_count; i++)
        out[count++] = l->panel[i].rect;
    return count;
}

/* Every rectangle is inside the screen and every cell belongs to one at most; a cell that belongs to none is waste,
 * and there is none. */
static void check_cover(const Layout *l, int w, int h)
{
    static unsigned char owned[MOST_H][MOST_W];
    memset(owned, 0, sizeof owned);
    Rect rects[RECTS_MAX];
    int count = collect(l, rects), area = 0;
    for (int i = 0; i < count; i++) {
        Rect r = rects[i];
        assert_true(r.w > 0 && r.h > 0 && r.x >= 0 && r.y >= 0 && r.x + r.w <= w && r.y + r.h <= h);
        area += r.w * r.h;
        for (int y = r.y; y < r.y + r.h; y++)
            for (int x = r.x; x < r.x + r.w; x++)
                assert_int_equal(owned[y][x]++, 0);
    }
    assert_int_equal(area, w * h);
}

static void check_size(int w, int h, ViewId v, bool lesson)
{
    Layout l = layout_make(w, h, v, lesson);
    assert_int_equal(l.too_small, w < LAYOUT_MIN_W || h < LAYOUT_MIN_H);
    if (l.too_small) {
        Rect none[RECTS_MAX];
        assert_int_equal(collect(&l, none), 0);
        return;
    }
    check_cover(&l, w, h);
    Tab tabs[VIEW_COUNT];
    layout_place_tabs(l.tabs, tabs);
    for (int i = 0; i < VIEW_COUNT; i++)
        assert_true(tabs[i].rect.x > (i ? tabs[i - 1].rect.x + tabs[i - 1].rect.w - 1 : 0) &&
                    tabs[i].rect.x + tabs[i].rect.w < w);
    assert_false(rect_empty(l.header) || rect_empty(l.decay) || rect_empty(l.keybar));
    assert_int_equal(rect_empty(l.lesson), !lesson);
    assert_true(lesson ? l.lesson.h >= 4 : !rect_empty(l.story));
    assert_true(l.panel_count > 0);
}

static void test_every_size_and_view(void **state)
{
    (void)state;
    for (int v = 0; v < VIEW_COUNT; v++)
        for (int h = 1; h <= MOST_H; h++)
            for (int w = 1; w <= MOST_W; w++) {
                check_size(w, h, (ViewId)v, false);
                check_size(w, h, (ViewId)v, true);
            }
}

static void test_projector_and_alone_at_every_size(void **state)
{
    (void)state;
    for (int v = 0; v < VIEW_COUNT; v++)
        for (int h = 1; h <= MOST_H; h++)
            for (int w = 1; w <= MOST_W; w++) {
                PanelId alone = (PanelId)((w + h) % (PANEL_COUNT + 1));
                bool lesson = (w + h + v) % 2;
                Layout l = layout_make_projector(w, h, (ViewId)v, alone, lesson);
                assert_int_equal(l.too_small, w < LAYOUT_MIN_W || h < LAYOUT_MIN_H);
                if (l.too_small)
                    continue;
                Layout full = l; /* it leaves a margin beside the digits */
                full.digits.x = 0;
                full.digits.w = w;
                check_cover(&full, w, h);
                assert_true(l.panel[0].rect.h >= 6 && (alone == PANEL_COUNT || l.panel[0].id == alone));
                l = layout_make(w, h, (ViewId)v, lesson);
                layout_show_alone(&l, PANEL_NORM);
                check_cover(&l, w, h);
                assert_int_equal(l.panel_count, 1);
            }
}

static void check_growing(int w, int h, ViewId v, bool lesson)
{
    Layout l = layout_make(w, h, v, lesson);
    Layout wider = layout_make(w + 1, h, v, lesson), higher = layout_make(w, h + 1, v, lesson);
    for (int i = 0; i < l.panel_count; i++) {
        assert_false(rect_empty(layout_panel(&wider, l.panel[i].id)));
        assert_false(rect_empty(layout_panel(&higher, l.panel[i].id)));
    }
    assert_false(!rect_empty(l.events) && rect_empty(higher.events));
    assert_false(!rect_empty(l.message) && rect_empty(higher.message));
    assert_false(!rect_empty(l.story) && rect_empty(higher.story));
}

static void test_growing_hides_nothing(void **state)
{
    (void)state;
    for (int v = 0; v < VIEW_COUNT; v++)
        for (int h = LAYOUT_MIN_H; h < MOST_H; h++)
            for (int w = LAYOUT_MIN_W; w < MOST_W; w++) {
                check_growing(w, h, (ViewId)v, false);
                check_growing(w, h, (ViewId)v, true);
            }
}

/* A frame, two rows of a curve and the steps below it; five cells of numbers and 16 of curve beside them. */
static void test_panels_are_large_enough(void **state)
{
    (void)state;
    for (int v = 0; v < 2 * VIEW_COUNT; v++) /* each without a lesson and with one */
        for (int h = LAYOUT_MIN_H; h <= MOST_H; h++)
            for (int w = LAYOUT_MIN_W; w <= MOST_W; w++) {
                Layout l = layout_make(w, h, (ViewId)(v / 2), v % 2);
                for (int i = 0; i < l.panel_count; i++) {
                    assert_true(l.panel[i].rect.h >= 5);
                    assert_true(l.panel[i].rect.w >= 24);
                }
            }
}

static void test_overview_holds_what_is_owed(void **state)
{
    (void)state;
    Layout l = layout_make(80, 24, VIEW_OVERVIEW, false);
    static const PanelId owed[] = {PANEL_ACCURACY, PANEL_LOSS, PANEL_RANK, PANEL_SIGMA};
    for (size_t i = 0; i < sizeof owed / sizeof *owed; i++)
        assert_false(rect_empty(layout_panel(&l, owed[i])));
    assert_false(rect_empty(l.events));
    assert_int_equal(l.keybar.y, 23);
    assert_true(rect_empty(layout_panel(&l, PANEL_MEASURES)));
    l = layout_make(120, 40, VIEW_OVERVIEW, false);
    assert_false(rect_empty(layout_panel(&l, PANEL_MEASURES)));
    assert_false(rect_empty(l.message));
    /* The same steps stand above one another. */
    assert_int_equal(layout_panel(&l, PANEL_ACCURACY).w, layout_panel(&l, PANEL_RANK).w);
}

static void test_names(void **state)
{
    (void)state;
    ViewId v = VIEW_COUNT;
    assert_true(view_find("spectrum", &v));
    assert_int_equal(v, VIEW_SPECTRUM);
    assert_false(view_find("spectra", &v));
    assert_int_equal(v, VIEW_SPECTRUM);
    for (int i = 0; i < VIEW_COUNT; i++) {
        assert_true(view_find(view_names[i], &v));
        assert_int_equal(v, i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_size_and_view),         cmocka_unit_test(test_projector_and_alone_at_every_size),
        cmocka_unit_test(test_growing_hides_nothing),       cmocka_unit_test(test_panels_are_large_enough),
        cmocka_unit_test(test_overview_holds_what_is_owed), cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests_name("view/layout", tests, NULL, NULL);
}
