#include <lrd/panel/panel.h>

#include <math.h>
#include <stddef.h>
#include <stdio.h>

#include <lrd/base/util.h>
#include <lrd/panel/labels.h>
#include <lrd/panel/time_cursor.h>
#include <lrd/view/format.h>

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
    FormatText (*cell)(const MatrixMeasure *m); /* NULL: the number at offset, a double */
    size_t offset;
    int digits;
} columns[] = {
    {"stable", 6, 1, NULL, offsetof(MatrixMeasure, stable_rank), 3},
    {"effective", 9, 2, NULL, offsetof(MatrixMeasure, effective_rank), 3},
    {"particip.", 9, 8, NULL, offsetof(MatrixMeasure, participation), 3},
    {"norm", 5, 3, NULL, offsetof(MatrixMeasure, norm), 3},
    {"largest", 7, 9, NULL, offsetof(MatrixMeasure, spectral), 3},
    {"turn°", 5, 4, NULL, offsetof(MatrixMeasure, turn), 2},
    {"by decay°", 9, 6, NULL, offsetof(MatrixMeasure, turn_decay), 2},
    {"tangential", 10, 5, cell_tangential, 0, 0},
    {"", 5, 7, cell_note, 0, 0},
};

enum { COLUMNS = sizeof columns / sizeof *columns, COLUMN_GAP = 2, COLUMN_GAP_MOST = 4 };

/* Which columns a width has room for, and the room between them. */
typedef struct Fit {
    int name; /* width of the names */
    int most; /* columns of this priority and below are there */
    int gap;
} Fit;

static Fit fit_columns(int width, const Evaluation *e)
{
    Fit fit = {.gap = COLUMN_GAP};
    int used, count = 0;
    for (int i = 0; i < e->matrix_count; i++)
        fit.name = max_int(fit.name, 1 + canvas_width(label_matrix(e->matrix[i].name).s));
    used = fit.name;
    for (int p = 1; p <= COLUMNS; p++)
        for (int i = 0; i < COLUMNS; i++)
            if (columns[i].priority == p && fit.most == p - 1 && used + columns[i].width + COLUMN_GAP <= width) {
                used += columns[i].width + COLUMN_GAP;
                fit.most = p;
                count++;
            }
    if (count > 0)
        fit.gap = min_int(COLUMN_GAP + (width - used) / count, COLUMN_GAP_MOST);
    return fit;
}

static FormatText cell_of(const struct MeasureColumn *column, const MatrixMeasure *m)
{
    return column->cell ? column->cell(m)
                        : format_number(*(const double *)((const char *)m + column->offset), column->digits);
}

static void draw_row(Canvas *c, int x, int y, const Fit *fit, const MatrixMeasure *m, bool chosen)
{
    if (m) {
        canvas_text(c, x, y, ROLE_KEY, chosen ? "▸" : " ");
        canvas_text(c, x + 1, y, chosen ? ROLE_BOLD : ROLE_NORMAL, label_matrix(m->name).s);
    }
    x += fit->name;
    for (int i = 0; i < COLUMNS; i++) {
        if (columns[i].priority > fit->most)
            continue;
        x += columns[i].width + fit->gap;
        if (m)
            canvas_text_right(c, x, y, m->floor || m->stale ? ROLE_WARN : ROLE_NORMAL, cell_of(&columns[i], m).s);
        else
            canvas_text_right(c, x, y, ROLE_DIM, columns[i].title);
    }
}

/* What the numbers mean, in the rows that they leave free. */
static void draw_meanings(Canvas *c, Rect r)
{
    static const char *const meanings[] = {
        "stable, effective: directions that count",
        "norm: length; turn: degrees a step",
        "tangential: share of the decay that bends W",
        "by decay: what decay alone would turn it",
    };
    for (int i = 0; i < (int)(sizeof meanings / sizeof *meanings) && i < r.h; i++)
        if (canvas_width(meanings[i]) <= r.w)
            canvas_text(c, r.x, r.y + i, ROLE_DIM, meanings[i]);
}

void panel_measures(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    const Evaluation *shown = time_cursor_or_newest(s, u), *e = shown ? shown : &s->summary->evaluation;
    Rect inner = rect_inset(r, 1, 1);
    inner.w -= inner.w > 0; /* names begin with room for their mark, numbers end at the edge */
    int rows = inner.h - 1, matrices = shown ? e->matrix_count : 0;
    int first = rows > 0 ? u->matrix / rows * rows : 0, last = min_int(first + rows, matrices);
    char legend[64] = "";
    if (matrices > rows && rows > 0)
        snprintf(legend, sizeof legend, "%d–%d of %d, m: next", first + 1, last, matrices);
    canvas_frame(c, r, "Q and K in numbers", legend[0] ? legend : NULL);
    if (rect_empty(inner))
        return;
    Fit fit = fit_columns(inner.w, e);
    draw_row(c, inner.x, inner.y, &fit, NULL, false);
    for (int i = first; i < last; i++)
        draw_row(c, inner.x, inner.y + 1 + i - first, &fit, &e->matrix[i], i == u->matrix);
    int used = 1 + last - first;
    if (matrices > 0)
        draw_meanings(c, (Rect){inner.x + 1, inner.y + used, inner.w - 1, inner.h - used});
}
