#include <lrd/panel/plot.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <lrd/base/util.h>
#include <lrd/panel/comparison_branch.h>
#include <lrd/panel/time_cursor.h>
#include <lrd/view/format.h>

enum { MARKER_CHANGE = 0x25BE, MARKER_CURSOR = 0x25BC }; /* ▾ ▼ */

/* Another branch reaches further than this one for a while. */
static double plot_end(const Snapshot *s, const UiState *u, int64_t end)
{
    const RunSummary *ghost = behind_summary(s, u);
    return (double)(ghost ? max_i64(end, ghost->step) : end);
}

/* The moment that is looked at, before all other markers: its label is the surest to find room. */
static void plot_add_cursor(Plot *p, const Snapshot *s, const UiState *u)
{
    const Evaluation *e = time_cursor_evaluation(s, u);
    if (!e)
        return;
    snprintf(p->label[0].s, sizeof p->label[0].s, "%s", format_count(e->step).s);
    p->marker[0] =
        (ChartMarker){.x = (double)e->step, .glyph = MARKER_CURSOR, .label = p->label[0].s, .role = ROLE_BOLD};
    p->spec.marker_count = 1;
}

/* A part of the axis around a step. It moves on by half of itself, so that it stands still while the step goes through
 * it; or, with a share that is no NAN, with the step at that share of it. */
static void plot_zoom(ChartAxis *x, int zoom, double step, double share)
{
    double low = x->log ? log(x->low) : x->low, high = x->log ? log(x->high) : x->high;
    double at = x->log ? log(fmax(step, x->low)) : step;
    double width = (high - low) / pow(2, zoom), half = width / 2;
    double start = isnan(share) ? low + half * (floor((at - low) / half) - .5) : at - share * width;
    start = fmax(fmin(start, high - width), low);
    x->low = x->log ? exp(start) : start;
    x->high = x->log ? exp(start + width) : start + width;
}

void plot_start(Plot *p, const Snapshot *s, const UiState *u, ChartUnit unit, bool log_values)
{
    const Settings *now = &s->summary->settings;
    int64_t first_beat = now->train.sample_every > 0 ? now->train.sample_every : now->train.eval_every;
    int64_t end = max_i64(max_i64(s->step, s->summary->step), min_i64(now->train.eval_every, now->train.steps));
    end = max_i64(end, s->replay.horizon);
    p->spec = (ChartSpec){.curves = p->curve, .markers = p->marker};
    p->spec.x = (ChartAxis){.low = u->log_steps ? (double)min_i64(first_beat, end) : 0,
                            .high = plot_end(s, u, end),
                            .log = u->log_steps,
                            .unit = CHART_STEPS};
    p->spec.y = (ChartAxis){.low = NAN, .high = NAN, .log = log_values, .unit = unit};
    p->legend_count = 0;
    double last = fmax(p->spec.x.high, (double)(s->replay.on ? s->replay.last : now->train.steps));
    chart_nice_range(&p->spec.x);
    p->spec.x.high = fmin(p->spec.x.high, last); /* no room for steps that will not be */
    const Evaluation *past = time_cursor_evaluation(s, u);
    if (u->zoom > 0 && u->zoom_is_fixed)
        plot_zoom(&p->spec.x, u->zoom, u->zoom_step, u->zoom_share);
    else if (u->zoom > 0)
        plot_zoom(&p->spec.x, u->zoom, past ? (double)past->step : (double)end, NAN);
    plot_add_cursor(p, s, u);
}

/* The value axis holds what the step axis shows. */
static void plot_widen(Plot *p, double value)
{
    ChartAxis *y = &p->spec.y;
    if (!isfinite(value) || (y->log && value <= 0))
        return;
    y->low = fmin(y->low, value); /* fmin and fmax leave NAN out */
    y->high = fmax(y->high, value);
}

static void plot_add_point(Plot *p, ChartCurve *curve, ChartPoint *room, const SeriesBucket *b)
{
    room[curve->count++] =
        (ChartPoint){(double)b->first, (double)b->last, (double)b->low, (double)b->high, (double)b->value};
    if ((double)b->last < p->spec.x.low || (double)b->first > p->spec.x.high)
        return;
    plot_widen(p, (double)b->low);
    plot_widen(p, (double)b->high);
}

int plot_add_curve(Plot *p, const Series *series, int64_t after, Role role, Pattern pattern)
{
    ChartPoint *room = p->point[p->spec.curve_count];
    ChartCurve *curve = &p->curve[p->spec.curve_count++];
    *curve = (ChartCurve){.points = room, .role = role, .pattern = pattern};
    for (int i = 0; i < series->count; i++)
        if (series->bucket[i].last > after)
            plot_add_point(p, curve, room, &series->bucket[i]);
    return curve->count;
}

/* Their role is the same for all: the pattern tells them apart. */
static Pattern ghost_pattern(int index)
{
    static const Pattern patterns[] = {PATTERN_DOTTED, PATTERN_DASHED, PATTERN_SOLID};
    return patterns[index % (int)(sizeof patterns / sizeof *patterns)];
}

void plot_add_ghosts(Plot *p, const Snapshot *s, SeriesId id)
{
    for (int i = 0; i < s->ghost_count; i++)
        plot_add_curve(p, &s->ghost[i]->series[id], -1, ROLE_GHOST, ghost_pattern(i));
}

uint32_t plot_ghost_marker(int index, int count, GlyphSet glyphs)
{
    return count > 1 ? theme_pattern_marker(ghost_pattern(index), glyphs) : theme_marker(ROLE_GHOST, glyphs);
}

double plot_ghost_value(const Snapshot *s, const UiState *u, int index, SeriesId id)
{
    const Evaluation *past = time_cursor_evaluation(s, u);
    return series_at(&s->ghost[index]->series[id], past ? past->step : s->step);
}

void plot_add_ghost_legends(Plot *p, const Snapshot *s, const UiState *u, SeriesId id, FormatText (*format)(double))
{
    for (int i = 0; i < s->ghost_count; i++) {
        plot_add_legend(p, ROLE_GHOST, s->ghost[i]->name, format(plot_ghost_value(s, u, i, id)).s);
        p->legend[p->legend_count - 1].marker = plot_ghost_marker(i, s->ghost_count, u->glyphs);
    }
}

void plot_add_behind(Plot *p, const Snapshot *s, const UiState *u, SeriesId id)
{
    const RunSummary *ghost = behind_summary(s, u);
    if (ghost)
        plot_add_curve(p, &ghost->series[id], comparison_branch_parting(s, u), ROLE_GHOST, theme_pattern(ROLE_GHOST));
}

double plot_behind_value(const Snapshot *s, const UiState *u, SeriesId id)
{
    const RunSummary *ghost = behind_summary(s, u);
    const Evaluation *past = time_cursor_evaluation(s, u);
    return ghost ? series_at(&ghost->series[id], past ? past->step : ghost->step) : NAN;
}

void plot_add_tail(Plot *p, const Series *whole, const Series *samples, Role role)
{
    int64_t known = whole->count ? whole->bucket[whole->count - 1].last : -1;
    plot_add_curve(p, samples, known, role, PATTERN_DOTTED);
}

void plot_add_legend(Plot *p, Role role, const char *name, const char *value)
{
    char *kept = p->value[p->legend_count];
    snprintf(kept, sizeof p->value[0], "%s", value);
    p->legend[p->legend_count++] = (ChartLegend){.role = role, .name = name, .value = kept};
}

/* A restless run reaches and loses its milestones many times: the first time of each is marked. */
static bool event_is_marked(const RunSummary *b, const Event *e)
{
    switch (e->kind) {
    case EVENT_MEMORISED:
        return e->step == b->memorised;
    case EVENT_COLLAPSED:
        return e->step == b->collapsed;
    case EVENT_GROKKED:
    case EVENT_GENERALISED:
        return e->step == b->grokked;
    default:
        return true;
    }
}

/* Several presses of one key in a row are one change to look at: only the last of them is marked. */
static bool marker_is_outdone(const RunSummary *b, int index, double near)
{
    const Event *e = &b->events[index];
    bool strength = strcmp(e->key, "decay.strength") == 0;
    for (int i = index + 1; e->kind == EVENT_BRANCH && i < b->event_count; i++)
        if (b->events[i].kind == EVENT_SET && b->events[i].step == e->step)
            return true; /* what it changed says more */
    for (int i = 0; e->kind == EVENT_SET && i < b->event_count; i++) {
        const Event *other = &b->events[i];
        if (other->kind != EVENT_SET || i == index)
            continue;
        bool later_same = i > index && strcmp(other->key, e->key) == 0 && (double)(other->step - e->step) < near;
        bool with_kind = strength && other->step == e->step && strcmp(other->key, "decay.kind") == 0;
        if (later_same || with_kind)
            return true;
    }
    return false;
}

static bool add_marker(Plot *p, const RunSummary *b, int index, bool labels)
{
    const Event *e = &b->events[index];
    int n = p->spec.marker_count;
    double near = (p->spec.x.high - p->spec.x.low) / 64;
    p->label[n] = label_marker(e);
    if (!p->label[n].s[0] || !event_is_marked(b, e) || marker_is_outdone(b, index, near) ||
        (!labels && e->kind != EVENT_SET))
        return false;
    p->marker[n] = (ChartMarker){.x = (double)e->step,
                                 .glyph = e->kind == EVENT_SET ? MARKER_CHANGE : 0,
                                 .label = labels ? p->label[n].s : NULL,
                                 .role = ROLE_MARKER};
    p->spec.marker_count++;
    return true;
}

/* Newest first. However often something was changed, the milestones keep their places. */
void plot_add_markers(Plot *p, const RunSummary *b, bool labels)
{
    enum { MILESTONES = 4, CHANGES_MOST = PLOT_MARKERS_MAX - MILESTONES - 1 };
    int changes = 0;
    for (int i = b->event_count - 1; i >= 0 && p->spec.marker_count < PLOT_MARKERS_MAX; i--) {
        bool change = b->events[i].kind == EVENT_SET;
        if (!change || changes < CHANGES_MOST)
            changes += add_marker(p, b, i, labels) && change;
    }
}

void plot_draw(Canvas *c, Rect r, Plot *p, const char *title)
{
    chart_nice_range(&p->spec.y);
    chart_frame(c, r, title, p->legend, p->legend_count);
    chart_draw(c, rect_inset(r, 1, 1), &p->spec);
}
