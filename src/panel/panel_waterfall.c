#include <lrd/panel/panel.h>

#include <math.h>
#include <stdio.h>

#include <lrd/base/util.h>
#include <lrd/panel/matrix_grid.h>
#include <lrd/panel/time_cursor.h>
#include <lrd/panel/plot.h>
#include <lrd/view/format.h>

enum { CELL_WIDTH_MIN = 26, CELL_HEIGHT_MIN = 6, LABELS_FROM = 44 };

static const double log_span = 1000; /* from the lowest colour to the highest */

typedef struct Waterfall {
    const SigmaHistory *sigmas;
    int matrix;
} Waterfall;

/* x: the step, y: the number of the singular value, counted from 1. */
static double sigma_at(const void *context, double x, double y)
{
    const Waterfall *w = context;
    const SigmaHistory *h = w->sigmas;
    int row = sigma_history_find(h, (int64_t)x);
    if (row < 0 || x > (double)h->step[h->count - 1] + .5)
        return NAN;
    int value = (int)lround((y - 1) * (h->values - 1) / max_int(h->sigma_count - 1, 1));
    return sigma_history_at(h, row, w->matrix, min_int(max_int(value, 0), h->values - 1));
}

/* One scale for all matrices: the largest singular value that any of them had. */
static HeatScale heat_scale(const SigmaHistory *h, bool log)
{
    double high = 0;
    for (int row = 0; row < h->count; row++)
        for (int m = 0; m < h->matrices; m++)
            high = fmax(high, sigma_history_at(h, row, m, 0));
    return (HeatScale){log ? high / log_span : 0, high, log && high > 0};
}

static void draw_matrix(Canvas *c, Rect r, const Snapshot *s, const UiState *u, int index, const HeatScale *scale)
{
    const RunSummary *b = s->summary;
    Waterfall waterfall = {&b->sigmas, index};
    ChartHeat heat = {sigma_at, &waterfall, *scale};
    Plot p;
    plot_start(&p, s, u, CHART_STEPS, false);
    p.spec.y.low = 1;
    p.spec.y.high = fmax(b->sigmas.sigma_count, 2);
    p.spec.heat = &heat;
    plot_add_markers(&p, b, r.w >= LABELS_FROM && r.h > CELL_HEIGHT_MIN);
    matrix_grid_label(c, r, &time_cursor_or_newest(s, u)->matrix[index], u, index == u->matrix);
    chart_draw(c, (Rect){r.x, r.y + 1, r.w, r.h - 1}, &p.spec);
}

void panel_waterfall(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    const Evaluation *e = time_cursor_or_newest(s, u);
    const SigmaHistory *h = &s->summary->sigmas;
    Rect inner = rect_inset(r, 1, 1);
    if (h->count == 0 || !e || e->matrix_count == 0) {
        canvas_frame(c, r, "singular values over the steps", NULL);
        canvas_words(c, inner.x + 1, inner.y, inner.w - 2, ROLE_DIM, "measured in a moment");
        return;
    }
    MatrixGrid g = matrix_grid_make(inner, CELL_WIDTH_MIN, CELL_HEIGHT_MIN, e->matrix_count, u);
    HeatScale scale = heat_scale(h, u->log_values[PANEL_WATERFALL]);
    char page[64], title[128];
    matrix_grid_page(&g, e->matrix_count, page, sizeof page);
    snprintf(title, sizeof title, "%s%s%s",
             r.w < 72 ? "singular values" : "singular values over the steps, 1 = largest", page[0] ? " · " : "", page);
    canvas_frame(c, r, title, NULL);
    heatmap_frame_key(c, r, title, format_number(scale.low, 1).s, format_number(scale.high, 2).s);
    for (int i = 0; i < g.count; i++)
        draw_matrix(c, matrix_grid_cell(&g, i), s, u, g.first + i, &scale);
}
