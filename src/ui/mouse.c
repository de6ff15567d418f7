#include <lrd/ui/mouse.h>

#include <math.h>
#include <stdio.h>

#include <lrd/base/text.h>
#include <lrd/base/util.h>
#include <lrd/panel/key.h>
#include <lrd/panel/time_cursor.h>
#include <lrd/ui/action.h>
#include <lrd/ui/handlers.h>
#include <lrd/view/format.h>

/* Also of a log, whose settings are not to be changed. */
static bool can_change(const KeyPress *k)
{
    if (k->s->replay.on)
        ui_say(k->u, "A log only shows what was: that needs a live run (lrdlab lab).");
    return !k->s->replay.on;
}

static void press(const KeyPress *k, int code)
{
    action_press(k->u, k->s, code, k->e);
}

/* ---- The slider: what it is drawn to is asked for once, where it is let go. */

static void slide(const KeyPress *k, const MouseEvent *m)
{
    UiState *u = k->u;
    Place *p = &u->slider;
    const int x = min_int(max_int(m->x, p->x), p->x + p->w - 1);
    const double strength = place_find(p, 1, x, p->y).value;
    char word[32];
    snprintf(word, sizeof word, "%.3g", strength);
    if (m->kind != MOUSE_RELEASE) {
        ui_say(u, "Strength %s where you let go.", format_strength(strength).s);
        return;
    }
    u->is_sliding = false;
    Settings then = ui_state_settings(u, k->s);
    if (text_to_double(word, &then.decay.strength))
        strength_ask(k, &then);
}

/* ---- Clicks */

static void click_branch(const KeyPress *k, int number)
{
    if (can_change(k) && number != k->s->summary->branches.now)
        branch_switch_to(k, number);
}

static void click_cell(const KeyPress *k, const PlaceFound *at)
{
    k->u->cell_a = at->a;
    k->u->cell_b = at->b;
    if (!k->s->replay.on && k->u->overlay != OVERLAY_PAIR)
        press(k, 'a');
    else if (!k->s->replay.on)
        pair_try_ask(&k->u->pair, at->a, at->b, &k->s->probe.pair);
}

static void click_row(const KeyPress *k, int row)
{
    UiState *u = k->u;
    int *chosen = u->overlay == OVERLAY_PRESETS ? &u->preset_chosen : NULL;
    if (chosen && *chosen == row)
        press(k, UI_KEY_ENTER);
    else if (chosen)
        *chosen = row;
}

static void click(const KeyPress *k, const Place *p, const PlaceFound *at)
{
    UiState *u = k->u;
    const bool covered = u->overlay != OVERLAY_NONE && u->overlay != OVERLAY_PAIR;
    if (covered && at->kind != PLACE_KEY && at->kind != PLACE_ROW)
        return; /* what lies below a list is not meant */
    switch (at->kind) {
    case PLACE_TAB:
        press(k, '1' + at->index);
        break;
    case PLACE_KEY:
        press(k, at->index);
        break;
    case PLACE_DECAY:
        if (can_change(k))
            decay_choose(k, at->index);
        break;
    case PLACE_SLIDER:
        if (!can_change(k))
            break;
        u->is_sliding = true;
        u->slider = *p;
        break;
    case PLACE_BRANCH:
        click_branch(k, at->index);
        break;
    case PLACE_STEP:
        if (!time_cursor_go_step(u, k->s, at->value))
            ui_say(u, "Nothing to look back at yet: the first evaluation is still to come.");
        break;
    case PLACE_CELL:
        click_cell(k, at);
        break;
    case PLACE_ROW:
        click_row(k, at->index);
        break;
    default:
        break;
    }
}

/* ---- The wheel */

static void zoom_about(const KeyPress *k, const Place *p, const PlaceFound *at, bool in, int x)
{
    UiState *u = k->u;
    press(k, in ? '+' : '-');
    u->zoom_is_fixed = u->zoom > 0;
    u->zoom_step = at->value;
    u->zoom_share = p->w > 1 ? (double)(x - p->x) / (p->w - 1) : .5;
}

static void wheel(const KeyPress *k, const Place *p, const PlaceFound *at, const MouseEvent *m)
{
    const bool up = m->kind == MOUSE_WHEEL_UP;
    const bool list = k->u->overlay == OVERLAY_PRESETS || k->u->overlay == OVERLAY_HELP;
    if (list)
        press(k, up ? UI_KEY_UP : UI_KEY_DOWN);
    else if (k->u->overlay != OVERLAY_NONE && k->u->overlay != OVERLAY_PAIR)
        return;
    else if (at->kind == PLACE_STEP)
        zoom_about(k, p, at, up, m->x);
    else if ((at->kind == PLACE_SLIDER || at->kind == PLACE_DECAY) && can_change(k))
        press(k, up ? UI_KEY_UP : UI_KEY_DOWN);
}

void mouse_act(UiState *u, const Snapshot *s, const Place *places, int count, const MouseEvent *m, UiEffect *e)
{
    const KeyPress k = {u, s, UI_KEY_NONE, e};
    *e = (UiEffect){0};
    const int top = place_top(places, count, m->x, m->y);
    const PlaceFound at = place_find(places, count, m->x, m->y);
    const Place *p = top >= 0 ? &places[top] : NULL;
    if (u->is_sliding && (m->kind == MOUSE_DRAG || m->kind == MOUSE_RELEASE || m->kind == MOUSE_PRESS)) {
        slide(&k, m);
        return;
    }
    if (m->kind == MOUSE_WHEEL_UP || m->kind == MOUSE_WHEEL_DOWN)
        wheel(&k, p, &at, m);
    else if (m->kind == MOUSE_PRESS)
        click(&k, p, &at);
}
