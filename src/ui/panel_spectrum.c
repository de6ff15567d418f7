#include <lrd/ui/panel.h>

#include <math.h>
#include <stdio.h>

#include <lrd/base/util.h>
#include <lrd/ui/labels.h>
#include <lrd/ui/line.h>
#include <lrd/ui/past.h>
#include <lrd/view/bars.h>
#include <lrd/view/format.h>

enum { CELL_WIDTH_MIN = 14, CELL_HEIGHT_MIN = 3, GAP = 2 };

/* A grid of equal cells, one for each matrix from `first` on. */
typedef struct Grid {
    int columns, rows, first, count;
} Grid;

/* Large cells, none of them very flat or very narrow. */
static int cell_worth(int w, int h)
{
    return min_int(w, 64) * min_int(h, 12);
}

/* The columns that make the best cells; when not all matrices have room, the page that holds the chosen one. */
static Grid grid_make(int w, int h, int matrices, int chosen)
{
    Grid best = {.columns = 1, .rows = max_int(h / CELL_HEIGHT_MIN, 1)};
    int worth = 0;
    for (int columns = 1; columns <= matrices; columns++) {
        int rows = (matrices + columns - 1) / columns;
        int cell_w = (w + GAP) / columns - GAP, cell_h = h / rows;
        if (cell_w < CELL_WIDTH_MIN || cell_h < CELL_HEIGHT_MIN || cell_worth(cell_w, cell_h) <= worth)
            continue;
        worth = cell_worth(cell_w, cell_h);
        best = (Grid){.columns = columns, .rows = rows};
    }
    if (worth == 0)
        best.columns = max_int((w + GAP) / (CELL_WIDTH_MIN + GAP), 1);
    int room = best.columns * best.rows;
    best.first = chosen / room * room;
    best.count = min_int(room, matrices - best.first);
    return best;
}

static double measure_rank(const MatrixMeasure *m, RankMeasure rank)
{
    return rank == RANK_STABLE ? m->stable_rank : rank == RANK_EFFECTIVE ? m->effective_rank : m->participation;
}

static void draw_label(Canvas *c, Rect r, const MatrixMeasure *m, const UiState *u, bool chosen)
{
    Label name = label_matrix(m->name);
    Line line = {0};
    line_add(&line, 3, 0, ROLE_KEY, "%s", chosen ? "▸" : "");
    line_add(&line, 1, 0, ROLE_BOLD, "%s", name.s);
    line.right = true;
    if (m->stale)
        line_add(&line, 2, 2, ROLE_WARN, "old");
    if (m->floor)
        line_add(&line, 2, 2, ROLE_WARN, "floor");
    line_add(&line, 2, 2, ROLE_RANK, "%s", rank_measures[u->rank].brief);
    line_add(&line, 1, 1, ROLE_RANK, "%s", format_number(measure_rank(m, u->rank), 2).s);
    for (int i = 0; i < RANK_PARTICIPATION; i++)
        if (i != (int)u->rank)
            line_add(&line, 4, 2, ROLE_NORMAL, "%s %s", rank_measures[i].brief,
                     format_number(measure_rank(m, (RankMeasure)i), 2).s);
    line_add(&line, 5, 2, ROLE_NORMAL, "norm %s", format_number(m->norm, 2).s);
    line_add(&line, 6, 2, ROLE_NORMAL, "turn %s°", format_number(m->turn, 2).s);
    line_draw(c, r, &line);
}

static void draw_matrix(Canvas *c, Rect r, const Snapshot *s, int index, const UiState *u)
{
    const Evaluation *e = past_or_newest(s, u), *before = past_before(s, u);
    const MatrixMeasure *m = &e->matrix[index];
    bool same_shape = before && before->matrix_count == e->matrix_count && before->sigma_count == e->sigma_count;
    BarsSpec bars = {.values = e->sigma + (size_t)index * (size_t)e->sigma_count,
                     .ghosts = same_shape ? before->sigma + (size_t)index * (size_t)e->sigma_count : NULL,
                     .count = e->sigma_count,
                     .high = NAN,
                     .log = u->flip_values,
                     .spread = true,
                     .role = m->stale ? ROLE_DIM : ROLE_BAR};
    draw_label(c, r, m, u, index == u->matrix);
    bars_draw(c, (Rect){r.x, r.y + 1, r.w, r.h - 1}, &bars);
}

void panel_spectrum(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    const Evaluation *e = past_or_newest(s, u);
    Rect inner = rect_inset(r, 2, 1);
    if (!e || e->matrix_count == 0) {
        canvas_frame(c, r, "singular values of Q and K", NULL);
        canvas_words(c, inner.x, inner.y, inner.w, ROLE_DIM, "measured in a moment");
        return;
    }
    Grid g = grid_make(inner.w, inner.h, e->matrix_count, u->matrix);
    char legend[64];
    if (g.count < e->matrix_count)
        snprintf(legend, sizeof legend, "%d–%d of %d, m: next", g.first + 1, g.first + g.count, e->matrix_count);
    else
        snprintf(legend, sizeof legend, "%s", u->flip_values ? "log" : "");
    canvas_frame(c, r, r.w < 40 ? "singular values Q, K" : "singular values of Q and K", legend[0] ? legend : NULL);
    int cell_w = (inner.w + GAP) / g.columns - GAP, cell_h = inner.h / g.rows;
    for (int i = 0; i < g.count; i++) {
        Rect cell = {inner.x + i % g.columns * (cell_w + GAP), inner.y + i / g.columns * cell_h, cell_w, cell_h};
        draw_matrix(c, cell, s, g.first + i, u);
    }
}
