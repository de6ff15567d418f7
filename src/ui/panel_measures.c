#include <lrd/ui/panel.h>

#include <math.h>
#include <stdio.h>

#include <lrd/base/util.h>
#include <lrd/ui/labels.h>
#include <lrd/view/format.h>

static FormatText cell_stable(const MatrixMeasure *m)
{
    return format_number(m->stable_rank, 3);
}
static FormatText cell_effective(const MatrixMeasure *m)
{
    return format_number(m->effective_rank, 3);
}
static FormatText cell_participation(const MatrixMeasure *m)
{
    return format_number(m->participation, 3);
}
static FormatText cell_norm(const MatrixMeasure *m)
{
    return format_number(m->norm, 3);
}
static FormatText cell_largest(const MatrixMeasure *m)
{
    return format_number(m->spectral, 3);
}
static FormatText cell_turn(const MatrixMeasure *m)
{
    return format_number(m->turn, 2);
}
static FormatText cell_turn_decay(const MatrixMeasure *m)
{
    return format_number(m->turn_decay, 2);
}
static FormatText cell_tangential(const MatrixMeasure *m)
{
    double whole = hypot(m->decay_radial, m->decay_tangential);
    return format_percent(whole > 0 ? fabs(m->decay_tangential) / whole : (double)NAN);
}
static FormatText cell_note(const MatrixMeasure *m)
{
    FormatText t;
    snprintf(t.s, sizeof t.s, "%s", m->stale ? "old" : m->floor ? "floor" : "");
    return t;
}

/* In the order in which they stand; priority: 1 stays longest. */
static const struct MeasureColumn {
    const char *title;
    int width, priority;
    FormatText (*cell)(const MatrixMeasure *m);
} columns[] = {
    {"stable", 6, 1, cell_stable},
    {"effective", 9, 2, cell_effective},
    {"particip.", 9, 8, cell_participation},
    {"norm", 6, 3, cell_norm},
    {"largest", 7, 9, cell_largest},
    {"turn °", 7, 4, cell_turn},
    {"by decay °", 10, 6, cell_turn_decay},
    {"tangential", 10, 5, cell_tangential},
    {"", 5, 7, cell_note},
};

enum { COLUMNS = sizeof columns / sizeof *columns, NAME_WIDTH = 11, COLUMN_GAP = 2 };

/* The lowest priority that still fits. */
static int priority_that_fits(int width)
{
    int used = NAME_WIDTH, reached = 0;
    for (int p = 1; p <= COLUMNS; p++)
        for (int i = 0; i < COLUMNS; i++)
            if (columns[i].priority == p) {
                used += columns[i].width + COLUMN_GAP;
                if (used > width)
                    return reached;
                reached = p;
            }
    return reached;
}

static void draw_row(Canvas *c, int x, int y, int most, const MatrixMeasure *m, bool chosen)
{
    if (m) {
        canvas_text(c, x, y, ROLE_KEY, chosen ? "▸" : " ");
        canvas_text(c, x + 1, y, chosen ? ROLE_BOLD : ROLE_NORMAL, label_matrix(m->name).s);
    }
    x += NAME_WIDTH;
    for (int i = 0; i < COLUMNS; i++) {
        if (columns[i].priority > most)
            continue;
        x += columns[i].width + COLUMN_GAP;
        if (m)
            canvas_text_right(c, x, y, m->floor || m->stale ? ROLE_WARN : ROLE_NORMAL, columns[i].cell(m).s);
        else
            canvas_text_right(c, x, y, ROLE_DIM, columns[i].title);
    }
}

void panel_measures(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    const Evaluation *e = &s->board->evaluation;
    Rect inner = rect_inset(r, 2, 1);
    int rows = inner.h - 1, matrices = s->board->has_evaluation ? e->matrix_count : 0;
    int first = rows > 0 ? u->matrix / rows * rows : 0, last = min_int(first + rows, matrices);
    char legend[64] = "";
    if (matrices > rows && rows > 0)
        snprintf(legend, sizeof legend, "%d–%d of %d, m: next", first + 1, last, matrices);
    canvas_frame(c, r, "Q and K in numbers", legend[0] ? legend : NULL);
    if (rect_empty(inner))
        return;
    int most = priority_that_fits(inner.w);
    draw_row(c, inner.x, inner.y, most, NULL, false);
    for (int i = first; i < last; i++)
        draw_row(c, inner.x, inner.y + 1 + i - first, most, &e->matrix[i], i == u->matrix);
}
