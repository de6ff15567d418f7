#include <lrd/panel/panel.h>

#include <math.h>
#include <stdio.h>

#include <lrd/panel/labels.h>
#include <lrd/panel/line.h>
#include <lrd/panel/time_cursor.h>
#include <lrd/view/bars.h>
#include <lrd/view/format.h>

enum { GAUGE_WIDTH = 11 };

/* The share of the decay's step that turns the matrices, the rest shortens them: mean over Q/K. */
static double tangential_share(const Evaluation *e)
{
    double sum = 0;
    int count = 0;
    for (int i = 0; i < e->matrix_count; i++) {
        double along = e->matrix[i].decay_radial, across = e->matrix[i].decay_tangential;
        double whole = hypot(along, across);
        if (!(whole > 0))
            continue;
        sum += fabs(across) / whole;
        count++;
    }
    return count ? sum / count : NAN;
}

/* Strengths that make sense, on a logarithmic scale: four decades for L2, three for lengths. */
static void draw_gauge(Canvas *c, int x, int y, const Settings *now)
{
    double low = now->decay.kind == DECAY_L2 ? 1e-3 : 1e-4, high = now->decay.kind == DECAY_L2 ? 10 : .1;
    double fraction = now->decay.strength > 0 ? log10(now->decay.strength / low) / log10(high / low) : 0;
    bars_gauge(c, x, y, GAUGE_WIDTH, fraction, ROLE_KEY);
    canvas_note_values(c, (Rect){x, y, GAUGE_WIDTH, 1}, PLACE_SLIDER, low, high, true);
}

static void add_kinds(Line *line, int in_force)
{
    for (int i = 0; i < DECAY_KIND_COUNT; i++) {
        bool usual = i == DECAY_L2 || i == DECAY_LRD;
        if (i == in_force)
            line_add(line, 1, 1, ROLE_SELECTED, "[%s]", decay_kinds[i].label);
        else
            line_add(line, usual ? 4 : 8, 1, ROLE_DIM, "%s", decay_kinds[i].label);
        line_mark(line, PLACE_DECAY, i);
    }
}

static bool is_pending(const UiState *u)
{
    bool found = false;
    for (int i = 0; i < u->pending_count; i++)
        found = found || u->pending[i].kind != COMMAND_SCALE;
    return found;
}

void panel_decay(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    Settings now = ui_state_settings(u, s);
    Line line = {0};
    line_add(&line, 3, 0, ROLE_TITLE, "decay");
    if (s->replay.on && !s->replay.has_decay) {
        line_add(&line, 1, 1, ROLE_DIM, "the log does not tell it");
        line_draw(c, (Rect){r.x + 1, r.y, r.w - 2, r.h}, &line);
        return;
    }
    add_kinds(&line, now.decay.kind);
    int gauge = LINE_ITEMS_MAX;
    if (now.decay.kind != DECAY_NONE) {
        line_add(&line, 5, 2, ROLE_DIM, "strength");
        line_add(&line, 1, 1, ROLE_BOLD, "%s", format_strength(now.decay.strength).s);
        line_add(&line, 6, 1, ROLE_DIM, "%s", settings_strength_brief(&now));
        gauge = line.count;
        line_add(&line, 6, 1, ROLE_NORMAL, "%*s", GAUGE_WIDTH, "");
    }
    int64_t branch = time_cursor_rewind_step(s, u);
    if (branch >= 0)
        line_add(&line, 1, 1, ROLE_WARN, "← Enter: from %s", format_count(branch).s);
    else if (is_pending(u))
        line_add(&line, 1, 1, ROLE_WARN, "← from the next step");
    const Evaluation *shown = time_cursor_or_newest(s, u);
    if (!s->replay.foreign || (shown && *shown->decay_targets))
        line_add(&line, 2, 2, ROLE_NORMAL, "on %s", label_targets[now.decay.targets]);
    double share = shown ? tangential_share(shown) : NAN;
    if (isfinite(share))
        line_add(&line, 7, 2, ROLE_NORMAL, "%s tangential", format_percent(share).s);
    if (!s->replay.foreign)
        line_add(&line, 9, 2, ROLE_NORMAL, "lr %s", format_number(now.train.lr, 2).s);
    line_draw(c, (Rect){r.x + 1, r.y, r.w - 2, r.h}, &line);
    if (gauge < line.count && !line.item[gauge].dropped)
        draw_gauge(c, line.item[gauge].x, r.y, &now);
}
