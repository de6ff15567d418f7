#include <lrd/panel/panel.h>

#include <math.h>
#include <stdio.h>

#include <lrd/panel/time_cursor.h>
#include <lrd/panel/plot.h>
#include <lrd/view/format.h>

/* Narrower panels have no room for a long title beside the value. */
enum { NARROW = 40, WIDE = 58 };

/* The legend of the value beside it. */
static const char *now_word(const Snapshot *s, const UiState *u)
{
    return time_cursor_evaluation(s, u) ? "then" : "now";
}

/* More digits of an earlier moment, where there is room for them. */
static int digits_of(Rect r, const Snapshot *s, const UiState *u, int usual)
{
    enum { EXACT = 5 };
    return r.w >= WIDE && time_cursor_evaluation(s, u) ? EXACT : usual;
}

/* Where the decay reached the floor last: the rank from there on is that of noise. */
static int64_t floor_step(const RunSummary *b)
{
    for (int i = b->event_count - 1; i >= 0; i--)
        if (b->events[i].kind == EVENT_FLOOR)
            return b->events[i].step;
    return b->step;
}

/* A mean over the Q/K matrices, step by step. */
static void draw_mean(Canvas *c, Rect r, const Snapshot *s, const UiState *u, Plot *p, SeriesId id, const char *title)
{
    char full[80];
    if (!p->spec.y.log)
        p->spec.y.low = p->spec.y.unit == CHART_RANK ? 1 : 0;
    plot_add_ghosts(p, s, id);
    plot_add_behind(p, s, u, id);
    plot_add_curve(p, &s->summary->series[id], -1, ROLE_RANK, PATTERN_SOLID);
    if (p->spec.y.unit == CHART_RANK && s->summary->at_floor)
        plot_add_curve(p, &s->summary->series[id], floor_step(s->summary), ROLE_DIM, PATTERN_SOLID);
    plot_add_markers(p, s->summary, false);
    snprintf(full, sizeof full, "%s%s", title, p->spec.y.log && r.w >= NARROW ? " (log)" : "");
    plot_draw(c, r, p, full);
}

void panel_rank(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    const RankMeasureRow *row = &rank_measures[u->rank];
    Plot p;
    plot_start(&p, s, u, CHART_RANK, u->log_values[PANEL_RANK]);
    /* Another measure beside it, where there is room: no curve is drawn of it. */
    const RankMeasureRow *other = &rank_measures[u->rank == RANK_EFFECTIVE ? RANK_STABLE : RANK_EFFECTIVE];
    FormatText now = format_number(time_cursor_value(s, u, row->series), digits_of(r, s, u, 3));
    FormatText beside = format_number(time_cursor_value(s, u, other->series), digits_of(r, s, u, 3));
    char value[80];
    if (r.w < WIDE)
        snprintf(value, sizeof value, "%s", now.s);
    else
        snprintf(value, sizeof value, "%s (%s %s)", now.s, other->brief, beside.s);
    double other_branch = plot_behind_value(s, u, row->series);
    if (isfinite(other_branch))
        plot_add_legend(&p, ROLE_GHOST, s->twin ? "twin" : "branch", format_number(other_branch, 3).s);
    bool floor = s->summary->at_floor && !time_cursor_evaluation(s, u);
    plot_add_legend(&p, floor ? ROLE_DIM : ROLE_RANK, floor ? "floor" : now_word(s, u), value);
    char title[48];
    snprintf(title, sizeof title, "%s%s", row->name, r.w < NARROW ? "" : " of Q/K");
    draw_mean(c, r, s, u, &p, row->series, title);
}

void panel_turn(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    Plot p;
    char value[40];
    plot_start(&p, s, u, CHART_NUMBER, u->log_values[PANEL_TURN]);
    snprintf(value, sizeof value, "%s°", format_number(time_cursor_value(s, u, SERIES_TURN), digits_of(r, s, u, 2)).s);
    plot_add_legend(&p, ROLE_RANK, now_word(s, u), value);
    draw_mean(c, r, s, u, &p, SERIES_TURN, r.w < NARROW ? "turn a step" : "turn of Q/K, degrees a step");
}

void panel_norm(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    Plot p;
    plot_start(&p, s, u, CHART_NUMBER, u->log_values[PANEL_NORM]);
    plot_add_legend(&p, ROLE_RANK, now_word(s, u),
                    format_number(time_cursor_value(s, u, SERIES_NORM), digits_of(r, s, u, 3)).s);
    draw_mean(c, r, s, u, &p, SERIES_NORM, r.w < NARROW ? "norm of Q/K" : "length (norm) of Q/K");
}
