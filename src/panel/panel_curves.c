#include <lrd/panel/panel.h>

#include <math.h>
#include <stdio.h>

#include <lrd/panel/comparison_branch.h>
#include <lrd/panel/time_cursor.h>
#include <lrd/panel/plot.h>
#include <lrd/view/format.h>

enum { LOG_WORD_FROM = 32, EXACT_FROM = 58 };

/* What a value of the legend is taken from. */
typedef struct Shown {
    const Snapshot *s;
    const UiState *u;
    bool exact; /* there is room for more digits of an earlier moment */
} Shown;

/* The newest value of a curve: of the whole set, or "~" and that of a sample where that is newer. Of an earlier moment
 * that of the whole set. */
static void legend_value(Plot *p, const Shown *shown, Role role, const char *name, SeriesId id, SeriesId live_id,
                         FormatText (*format)(double), FormatText (*exact)(double))
{
    const Series *series = shown->s->summary->series;
    if (time_cursor_evaluation(shown->s, shown->u)) {
        double value = time_cursor_value(shown->s, shown->u, id);
        if (isfinite(value))
            plot_add_legend(p, role, name, (shown->exact ? exact(value) : format(value)).s);
        return;
    }
    if (series[id].count || (live_id != SERIES_COUNT && series[live_id].count))
        plot_add_legend(p, role, name, time_cursor_newest(shown->s->summary, id, live_id, format).s);
}

/* How far the unseen pairs of the other branch came. */
static void legend_behind(Plot *p, const Shown *shown)
{
    char value[64];
    int number = comparison_branch_number(shown->s, shown->u);
    if (!number)
        return;
    double unseen = plot_behind_value(shown->s, shown->u, SERIES_UNSEEN_ACC);
    snprintf(value, sizeof value, "%d: %s", number, format_percent(unseen).s);
    plot_add_legend(p, ROLE_GHOST, shown->s->twin == number ? "twin" : "branch", value);
}

static FormatText format_loss(double loss)
{
    return format_number(loss, 2);
}

static FormatText format_loss_exact(double loss)
{
    return format_number(loss, 5);
}

/* For the projector, the run and its twin: the unseen pairs of both and nothing else, in the colours of the numbers
 * above (panel_digits). */
static void draw_race(Canvas *c, Rect r, const Snapshot *s, const UiState *u, const RunSummary *twin)
{
    const Series *series = s->summary->series;
    const Shown shown = {s, u, false};
    const int64_t parting = branches_parting(&s->summary->branches, s->summary->branches.now, s->twin);
    Plot p;
    plot_start(&p, s, u, CHART_PERCENT, false);
    p.spec.y.low = 0;
    p.spec.y.high = 1;
    plot_add_curve(&p, &twin->series[SERIES_UNSEEN_ACC], parting, ROLE_MIRROR, PATTERN_DASHED);
    plot_add_curve(&p, &series[SERIES_UNSEEN_ACC], -1, ROLE_UNSEEN, PATTERN_SOLID);
    plot_add_tail(&p, &series[SERIES_UNSEEN_ACC], &series[SERIES_UNSEEN_SAMPLE], ROLE_UNSEEN);
    plot_add_markers(&p, s->summary, true);
    plot_add_legend(&p, ROLE_MIRROR, "twin", "");
    p.legend[0].marker = theme_pattern_marker(PATTERN_DASHED, u->glyphs);
    legend_value(&p, &shown, ROLE_UNSEEN, "this run", SERIES_UNSEEN_ACC, SERIES_UNSEEN_SAMPLE, format_percent,
                 format_percent_exact);
    plot_draw(c, r, &p, "unseen pairs right");
}

void panel_accuracy(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    const Series *series = s->summary->series;
    const Series *train = &series[SERIES_TRAIN_ACC], *mirror = &series[SERIES_MIRROR_ACC];
    const Series *unseen = &series[SERIES_UNSEEN_ACC];
    const RunSummary *twin = u->projector ? branches_summary(&s->summary->branches, s->twin) : NULL;
    if (twin) {
        draw_race(c, r, s, u, twin);
        return;
    }
    Plot p;
    plot_start(&p, s, u, CHART_PERCENT, false);
    p.spec.y.low = 0;
    p.spec.y.high = 1;
    plot_add_ghosts(&p, s, SERIES_UNSEEN_ACC);
    plot_add_behind(&p, s, u, SERIES_TRAIN_ACC);
    plot_add_behind(&p, s, u, SERIES_UNSEEN_ACC);
    plot_add_curve(&p, mirror, -1, ROLE_MIRROR, theme_pattern(ROLE_MIRROR)); /* below train: both end at 100% */
    plot_add_curve(&p, train, -1, ROLE_TRAIN, theme_pattern(ROLE_TRAIN));
    plot_add_tail(&p, train, &series[SERIES_BATCH_ACC], ROLE_TRAIN);
    plot_add_curve(&p, unseen, -1, ROLE_UNSEEN, theme_pattern(ROLE_UNSEEN));
    plot_add_tail(&p, unseen, &series[SERIES_UNSEEN_SAMPLE], ROLE_UNSEEN);
    plot_add_markers(&p, s->summary, true);
    const Shown shown = {s, u, r.w >= EXACT_FROM};
    legend_value(&p, &shown, ROLE_MIRROR, "mirror", SERIES_MIRROR_ACC, SERIES_COUNT, format_percent,
                 format_percent_exact);
    legend_behind(&p, &shown);
    plot_add_ghost_legends(&p, s, u, SERIES_UNSEEN_ACC, format_percent);
    legend_value(&p, &shown, ROLE_TRAIN, "train", SERIES_TRAIN_ACC, SERIES_BATCH_ACC, format_percent,
                 format_percent_exact);
    legend_value(&p, &shown, ROLE_UNSEEN, "unseen", SERIES_UNSEEN_ACC, SERIES_UNSEEN_SAMPLE, format_percent,
                 format_percent_exact);
    plot_draw(c, r, &p, "accuracy");
}

void panel_loss(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    const Series *series = s->summary->series;
    const Series *train = &series[SERIES_TRAIN_LOSS], *test = &series[SERIES_TEST_LOSS];
    bool log_values = u->log_values[PANEL_LOSS];
    Plot p;
    plot_start(&p, s, u, CHART_NUMBER, log_values);
    if (!log_values)
        p.spec.y.low = 0;
    plot_add_ghosts(&p, s, SERIES_TEST_LOSS);
    plot_add_behind(&p, s, u, SERIES_TRAIN_LOSS);
    plot_add_behind(&p, s, u, SERIES_TEST_LOSS);
    plot_add_curve(&p, train, -1, ROLE_TRAIN, theme_pattern(ROLE_TRAIN));
    plot_add_tail(&p, train, &series[SERIES_BATCH_LOSS], ROLE_TRAIN);
    plot_add_curve(&p, test, -1, ROLE_TEST, theme_pattern(ROLE_TEST));
    plot_add_markers(&p, s->summary, false);
    const Shown shown = {s, u, r.w >= EXACT_FROM};
    legend_value(&p, &shown, ROLE_TRAIN, "train", SERIES_TRAIN_LOSS, SERIES_BATCH_LOSS, format_loss, format_loss_exact);
    legend_value(&p, &shown, ROLE_TEST, "test", SERIES_TEST_LOSS, SERIES_COUNT, format_loss, format_loss_exact);
    plot_draw(c, r, &p, log_values && r.w >= LOG_WORD_FROM ? "loss (log)" : "loss");
}
