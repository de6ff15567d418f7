/* The mouse on drawn frames: each place is looked for in the canvas, clicked, and the effect read. No terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <lrd/panel/frame.h>
#include <lrd/panel/panel.h>
#include <lrd/ui/action.h>
#include <lrd/ui/mouse.h>

#include "fake_run.h"

typedef struct Desk {
    RunSummary *summary;
    Snapshot s;
    UiState u;
    UiEffect e;
    Canvas *c;
} Desk;

static int desk_open(void **state)
{
    Desk *d = calloc(1, sizeof *d);
    d->summary = fake_summary(840);
    d->s = fake_snapshot(d->summary, SESSION_RUNNING);
    d->u = ui_state_new(&action_table);
    ui_state_follow(&d->u, &d->s);
    d->c = canvas_new(120, 40);
    *state = d;
    return 0;
}

static int desk_close(void **state)
{
    Desk *d = *state;
    canvas_free(d->c);
    run_summary_free(d->summary);
    free(d);
    return 0;
}

static void act(Desk *d, MouseKind kind, int x, int y)
{
    const MouseEvent m = {.kind = kind, .x = x, .y = y};
    mouse_act(&d->u, &d->s, d->c->place, d->c->place_count, &m, &d->e);
}

/* The newest place of this kind and index on a fresh frame. */
static Place place_of(Desk *d, PlaceKind kind, int index)
{
    frame_draw(d->c, &d->s, &d->u);
    for (int i = d->c->place_count - 1; i >= 0; i--)
        if (d->c->place[i].kind == kind && (index < 0 || d->c->place[i].index == index))
            return d->c->place[i];
    fail_msg("nothing of kind %d, index %d", kind, index);
    return (Place){0};
}

static void test_clicks_do_what_keys_do(void **state)
{
    Desk *d = *state;
    Place p = place_of(d, PLACE_TAB, VIEW_CURVES);
    act(d, MOUSE_PRESS, p.x, p.y);
    assert_int_equal(d->u.view, VIEW_CURVES);
    p = place_of(d, PLACE_KEY, ' ');
    act(d, MOUSE_PRESS, p.x, p.y);
    assert_int_equal(d->e.command[0].kind, COMMAND_PAUSE);
    p = place_of(d, PLACE_DECAY, DECAY_L2);
    act(d, MOUSE_PRESS, p.x, p.y);
    assert_int_equal(ui_state_settings(&d->u, &d->s).decay.kind, DECAY_L2);
    assert_true(ui_state_settings(&d->u, &d->s).decay.strength == .1); /* its own */
    p = place_of(d, PLACE_STEP, -1);
    act(d, MOUSE_PRESS, p.x + p.w / 3, p.y + 1);
    const double under = place_find(&p, 1, p.x + p.w / 3, p.y).value;
    assert_true(d->u.past >= 0 && llabs(d->u.past - (long long)under) <= d->summary->settings.train.eval_every);
    d->u.past = -1;
    d->u.view = VIEW_TABLE;
    d->s.probe = fake_probe(PROBE_TABLE, 840);
    p = place_of(d, PLACE_CELL, -1);
    act(d, MOUSE_PRESS, p.x, p.y);
    assert_int_equal(d->u.overlay, OVERLAY_PAIR);
    assert_true(d->u.pair.asked && d->u.pair.a == 0 && d->u.pair.b == 0);
    probe_free(&d->s.probe);
}

/* However far it is dragged, the strength is asked for once, where the slider is let go. */
static void test_the_slider_is_one_change(void **state)
{
    Desk *d = *state;
    const Place p = place_of(d, PLACE_SLIDER, -1);
    act(d, MOUSE_PRESS, p.x, p.y);
    assert_int_equal(d->e.command_count, 0);
    for (int x = p.x; x < p.x + p.w + 5; x++) {
        act(d, MOUSE_DRAG, x, p.y + 2); /* it need not stay on the row */
        assert_int_equal(d->e.command_count, 0);
    }
    act(d, MOUSE_RELEASE, p.x + p.w + 5, p.y);
    assert_int_equal(d->e.command_count, 1);
    assert_int_equal(d->e.command[0].kind, COMMAND_SET);
    assert_float_equal(ui_state_settings(&d->u, &d->s).decay.strength, p.high, 1e-12);
    act(d, MOUSE_RELEASE, p.x, p.y);
    assert_int_equal(d->e.command_count, 0);
}

static void test_the_wheel(void **state)
{
    Desk *d = *state;
    d->u.view = VIEW_CURVES;
    Place p = place_of(d, PLACE_STEP, -1);
    const int x = p.x + p.w / 4;
    const double step = place_find(&p, 1, x, p.y).value;
    for (int i = 0; i < 3; i++) {
        act(d, MOUSE_WHEEL_UP, x, p.y);
        assert_int_equal(d->u.zoom, i + 1);
        p = place_of(d, PLACE_STEP, -1); /* the same step is still under the pointer */
        assert_true(fabs(place_find(&p, 1, x, p.y).value - step) <= (p.high - p.low) / 20);
    }
    act(d, MOUSE_WHEEL_DOWN, x, p.y);
    assert_int_equal(d->u.zoom, 2);
    p = place_of(d, PLACE_SLIDER, -1);
    act(d, MOUSE_WHEEL_UP, p.x, p.y);
    assert_int_equal(d->e.command_count, 1);
    assert_true(ui_state_settings(&d->u, &d->s).decay.strength > d->summary->settings.decay.strength);
    act(d, MOUSE_WHEEL_UP, 0, 0); /* over nothing */
    assert_int_equal(d->e.command_count, 0);
}

/* What lies below a list is not clicked; a row is chosen, and at a second click begun. */
static void test_lists_cover_what_is_below(void **state)
{
    static const PresetEntry entries[] = {{.name = "classroom"}, {.name = "paper-lrd"}, {.name = "s5"}};
    Desk *d = *state;
    const Place tab = place_of(d, PLACE_TAB, VIEW_CURVES), slider = place_of(d, PLACE_SLIDER, -1);
    UiEffect e;
    action_press(&d->u, &d->s, 'p', &e);
    d->u.presets = entries;
    d->u.preset_count = 3;
    const Place row = place_of(d, PLACE_ROW, 2);
    act(d, MOUSE_PRESS, tab.x, tab.y);
    assert_int_equal(d->u.view, VIEW_OVERVIEW);
    act(d, MOUSE_PRESS, slider.x, slider.y);
    assert_false(d->u.is_sliding);
    act(d, MOUSE_WHEEL_DOWN, row.x, row.y);
    assert_int_equal(d->u.preset_chosen, 1);
    act(d, MOUSE_PRESS, row.x, row.y);
    assert_int_equal(d->u.preset_chosen, 2);
    assert_int_equal(d->e.command_count, 0);
    act(d, MOUSE_PRESS, row.x, row.y);
    assert_int_equal(d->e.command[0].kind, COMMAND_PRESET);
    assert_string_equal(d->e.command[0].value, "s5");
}

#define DESK_TEST(f) cmocka_unit_test_setup_teardown(f, desk_open, desk_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DESK_TEST(test_clicks_do_what_keys_do),
        DESK_TEST(test_the_slider_is_one_change),
        DESK_TEST(test_the_wheel),
        DESK_TEST(test_lists_cover_what_is_below),
    };
    return cmocka_run_group_tests_name("ui_mouse", tests, NULL, NULL);
}
