#include <lrd/panel/matrix_grid.h>

#include <stdio.h>

#include <lrd/base/util.h>
#include <lrd/panel/labels.h>
#include <lrd/panel/line.h>
#include <lrd/view/format.h>

enum { GAP = 2 };

/* Large cells, none of them very flat or very narrow. */
static int cell_worth(int w, int h)
{
    return min_int(w, 64) * min_int(h, 24);
}

MatrixGrid matrix_grid_make(Rect inner, int least_w, int least_h, int matrices, const UiState *u)
{
    if (u->one_matrix)
        return (MatrixGrid){.inner = inner, .columns = 1, .rows = 1, .first = u->matrix, .count = 1};
    MatrixGrid best = {.inner = inner, .columns = 1, .rows = max_int(inner.h / least_h, 1)};
    int worth = 0;
    for (int columns = 1; columns <= matrices; columns++) {
        int rows = (matrices + columns - 1) / columns;
        int cell_w = (inner.w + GAP) / columns - GAP, cell_h = inner.h / rows;
        if (cell_w < least_w || cell_h < least_h || cell_worth(cell_w, cell_h) <= worth)
            continue;
        worth = cell_worth(cell_w, cell_h);
        best.columns = columns;
        best.rows = rows;
    }
    if (worth == 0)
        best.columns = max_int((inner.w + GAP) / (least_w + GAP), 1);
    int room = best.columns * best.rows;
    best.first = u->matrix / room * room;
    best.count = min_int(room, matrices - best.first);
    return best;
}

Rect matrix_grid_cell(const MatrixGrid *g, int i)
{
    int w = (g->inner.w + GAP) / g->columns - GAP, h = g->inner.h / g->rows;
    return (Rect){g->inner.x + i % g->columns * (w + GAP), g->inner.y + i / g->columns * h, w, h};
}

bool matrix_grid_page(const MatrixGrid *g, int matrices, char *words, size_t size)
{
    words[0] = '\0';
    if (g->count >= matrices)
        return false;
    if (g->count == 1)
        snprintf(words, size, "%d of %d, m: next", g->first + 1, matrices);
    else
        snprintf(words, size, "%d–%d of %d, m: next", g->first + 1, g->first + g->count, matrices);
    return true;
}

static double measure_rank(const MatrixMeasure *m, RankMeasure rank)
{
    return rank == RANK_STABLE ? m->stable_rank : rank == RANK_EFFECTIVE ? m->effective_rank : m->participation;
}

void matrix_grid_label(Canvas *c, Rect r, const MatrixMeasure *m, const UiState *u, bool chosen)
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
    Role rank = m->floor ? ROLE_DIM : ROLE_RANK; /* at the floor it is the rank of noise */
    line_add(&line, 2, 2, rank, "%s", rank_measures[u->rank].brief);
    line_add(&line, 1, 1, rank, "%s", format_number(measure_rank(m, u->rank), 2).s);
    for (int i = 0; i < RANK_PARTICIPATION; i++)
        if (i != (int)u->rank)
            line_add(&line, 4, 2, ROLE_NORMAL, "%s %s", rank_measures[i].brief,
                     format_number(measure_rank(m, (RankMeasure)i), 2).s);
    line_add(&line, 5, 2, ROLE_NORMAL, "norm %s", format_number(m->norm, 2).s);
    line_add(&line, 6, 2, ROLE_NORMAL, "turn %s°", format_number(m->turn, 2).s);
    line_draw(c, r, &line);
}
