#include <lrd/ui/panel.h>

#include <math.h>
#include <stdio.h>

#include <lrd/ui/plot.h>
#include <lrd/view/format.h>

static double newest(const Series *s)
{
    return s->count ? (double)s->bucket[s->count - 1].value : NAN;
}

/* A mean over the Q/K matrices, step by step. */
static void draw_mean(Canvas *c, Rect r, const Snapshot *s, const UiState *u, Plot *p, const Series *series,
                      const char *title)
{
    char full[80];
    if (!u->flip_values)
        p->spec.y.low = 0;
    plot_add_curve(p, series, -1, ROLE_RANK, PATTERN_SOLID);
    plot_add_markers(p, s->board, false);
    snprintf(full, sizeof full, "%s%s", title, u->flip_values ? " (log)" : "");
    plot_draw(c, r, p, full);
}

void panel_rank(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    const RankMeasureRow *row = &rank_measures[u->rank];
    Plot p;
    plot_start(&p, s, u, CHART_NUMBER, u->flip_values);
    /* The other measures first: they are dropped first. */
    for (int i = RANK_MEASURE_COUNT - 1; i >= 0; i--)
        if (i != (int)u->rank)
            plot_add_legend(&p, ROLE_DIM, rank_measures[i].brief,
                            format_number(newest(&s->board->series[rank_measures[i].series]), 3).s);
    plot_add_legend(&p, ROLE_RANK, row->brief, format_number(newest(&s->board->series[row->series]), 3).s);
    char title[48];
    snprintf(title, sizeof title, "%s of Q/K", row->name);
    draw_mean(c, r, s, u, &p, &s->board->series[row->series], title);
}

void panel_turn(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    const Series *turn = &s->board->series[SERIES_TURN];
    Plot p;
    char value[40];
    plot_start(&p, s, u, CHART_NUMBER, u->flip_values);
    snprintf(value, sizeof value, "%s°", format_number(newest(turn), 2).s);
    plot_add_legend(&p, ROLE_RANK, "now", value);
    draw_mean(c, r, s, u, &p, turn, "turn of Q/K, degrees a step");
}

void panel_norm(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    const Series *norm = &s->board->series[SERIES_NORM];
    Plot p;
    plot_start(&p, s, u, CHART_NUMBER, u->flip_values);
    plot_add_legend(&p, ROLE_RANK, "now", format_number(newest(norm), 3).s);
    draw_mean(c, r, s, u, &p, norm, "length (norm) of Q/K");
}
