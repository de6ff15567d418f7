#include <lrd/panel/panel.h>

#include <math.h>
#include <stdio.h>

#include <lrd/base/util.h>
#include <lrd/panel/matrix_grid.h>
#include <lrd/panel/time_cursor.h>
#include <lrd/view/bars.h>

enum { CELL_WIDTH_MIN = 14, CELL_HEIGHT_MIN = 3, LABEL_BESIDE = 16 };

/* What stands behind the bars: the twin's, or those of the evaluation before. */
static const Evaluation *ghost_bars(const Snapshot *s, const UiState *u)
{
    const RunSummary *twin = branches_summary(&s->summary->branches, s->twin);
    const Evaluation *past = time_cursor_evaluation(s, u);
    if (!twin)
        return time_cursor_before(s, u);
    return past ? eval_history_of_step(&twin->moments, past->step) : twin->has_evaluation ? &twin->evaluation : NULL;
}

static void draw_matrix(Canvas *c, Rect r, const Snapshot *s, int index, const UiState *u)
{
    const Evaluation *e = time_cursor_or_newest(s, u), *before = ghost_bars(s, u);
    const MatrixMeasure *m = &e->matrix[index];
    bool same_shape = before && before->matrix_count == e->matrix_count && before->sigma_count == e->sigma_count;
    BarsSpec bars = {.values = e->sigma + (size_t)index * (size_t)e->sigma_count,
                     .ghosts = same_shape ? before->sigma + (size_t)index * (size_t)e->sigma_count : NULL,
                     .count = e->sigma_count,
                     .high = NAN,
                     .log = u->log_values[PANEL_SIGMA],
                     .spread = true,
                     .role = m->stale || m->floor ? ROLE_DIM : ROLE_BAR};
    matrix_grid_label(c, r, m, u, index == u->matrix);
    bars_draw(c, (Rect){r.x, r.y + 1, r.w, r.h - 1}, &bars);
}

void panel_spectrum(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    const Evaluation *e = time_cursor_or_newest(s, u);
    Rect inner = rect_inset(r, 2, 1);
    if (!e || e->matrix_count == 0) {
        canvas_frame(c, r, "singular values of Q and K", NULL);
        canvas_words(c, inner.x, inner.y, inner.w, ROLE_DIM,
                     s->replay.on ? "the log does not tell them" : "measured in a moment");
        return;
    }
    MatrixGrid g = matrix_grid_make(inner, CELL_WIDTH_MIN, CELL_HEIGHT_MIN, e->matrix_count, u);
    char page[64], legend[96];
    bool log = u->log_values[PANEL_SIGMA], paged = matrix_grid_page(&g, e->matrix_count, page, sizeof page);
    snprintf(legend, sizeof legend, "%s%s%s%s%s", s->twin ? "▔ twin" : "", s->twin && (log || paged) ? " · " : "",
             log ? "log" : "", log && paged ? " · " : "", page);
    const char *rank = rank_measures[u->rank].brief;
    bool narrow = matrix_grid_cell(&g, 0).w < canvas_width(rank) + LABEL_BESIDE; /* no room for it at each matrix */
    const char *name = s->twin && narrow ? "values" : narrow ? "singular values" : "singular values of Q and K";
    char title[64];
    snprintf(title, sizeof title, "%s%s%s", r.w < 40 && !narrow ? "singular values Q, K" : name, narrow ? " · " : "",
             narrow ? rank : "");
    canvas_frame(c, r, title, legend[0] ? legend : NULL);
    for (int i = 0; i < g.count; i++)
        draw_matrix(c, matrix_grid_cell(&g, i), s, g.first + i, u);
}
