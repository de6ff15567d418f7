#include <lrd/panel/panel.h>

#include <math.h>
#include <stdio.h>

#include <lrd/base/util.h>
#include <lrd/log/decay_map.h>
#include <lrd/panel/time_cursor.h>
#include <lrd/panel/plot.h>
#include <lrd/view/format.h>

enum { VALUES_MAX = SERIES_CAPACITY, NARROW = 60 };

/* Values this far below the largest are left out: they would only stretch the axis. */
static const double span = 1e-4;

static void add_shares(Plot *p, const float *sigma, int count, const double *share, Role role, Pattern pattern)
{
    ChartPoint *room = p->point[p->spec.curve_count];
    ChartCurve *curve = &p->curve[p->spec.curve_count++];
    *curve = (ChartCurve){.points = room, .role = role, .pattern = pattern};
    for (int i = count - 1; i >= 0; i--) { /* rising */
        double x = (double)sigma[i];
        if (!(x > 0) || x < span * (double)sigma[0] || !(share[i] > 0))
            continue;
        room[curve->count++] = (ChartPoint){x, x, share[i], share[i], share[i]};
        p->spec.y.low = fmin(p->spec.y.low, share[i]);
        p->spec.y.high = fmax(p->spec.y.high, share[i]);
        p->spec.x.low = fmin(p->spec.x.low, x);
        p->spec.x.high = fmax(p->spec.x.high, x);
    }
}

/* From a share of 1 on a step takes all that there is: the floor. */
static void add_floor(Plot *p)
{
    if (!(p->spec.y.high >= 1))
        return;
    ChartPoint *room = p->point[p->spec.curve_count];
    room[0] = (ChartPoint){p->spec.x.low, p->spec.x.low, 1, 1, 1};
    room[1] = (ChartPoint){p->spec.x.high, p->spec.x.high, 1, 1, 1};
    p->curve[p->spec.curve_count++] = (ChartCurve){room, 2, ROLE_WARN, PATTERN_DOTTED};
    plot_add_legend(p, ROLE_WARN, "floor", "100%");
}

void panel_decay_map(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    const Evaluation *e = time_cursor_or_newest(s, u);
    const char *title = r.w < NARROW ? "share taken" : "share that a step takes off, by singular value";
    Rect inner = rect_inset(r, 2, 1);
    const Settings *now = &s->summary->settings;
    if (!e || e->matrix_count == 0 || now->decay.kind == DECAY_NONE) {
        canvas_frame(c, r, title, NULL);
        canvas_words(c, inner.x, inner.y, inner.w, ROLE_DIM,
                     e && e->matrix_count ? "No decay: nothing is taken." : "measured in a moment");
        return;
    }
    int count = min_int(e->sigma_count, VALUES_MAX), matrix = min_int(u->matrix, e->matrix_count - 1);
    const float *sigma = e->sigma + (size_t)matrix * (size_t)e->sigma_count;
    double share[VALUES_MAX], polar[VALUES_MAX];
    decay_map_shares(now, e->step, sigma, count, share, polar);
    Plot p;
    plot_start(&p, s, u, CHART_PERCENT, true);
    p.spec.x = (ChartAxis){.low = NAN, .high = NAN, .log = true, .unit = CHART_NUMBER};
    p.spec.marker_count = 0;
    bool matrix_kind = decay_kinds[now->decay.kind].matrix;
    if (matrix_kind && now->decay.kind != DECAY_POLAR)
        add_shares(&p, sigma, count, polar, ROLE_GHOST, PATTERN_DOTTED);
    add_shares(&p, sigma, count, share, ROLE_RANK, PATTERN_SOLID);
    if (matrix_kind && now->decay.kind != DECAY_POLAR)
        plot_add_legend(&p, ROLE_GHOST, "exact polar", "");
    add_floor(&p);
    plot_add_legend(&p, ROLE_RANK, decay_kinds[now->decay.kind].label, "");
    chart_nice_range(&p.spec.x);
    plot_draw(c, r, &p, title);
}
