/* The whole table of answers as a picture, what it adds up to, and the pair under the cursor. */
#include <lrd/panel/panel.h>

#include <stdio.h>
#include <string.h>

#include <lrd/base/util.h>
#include <lrd/panel/labels.h>
#include <lrd/panel/probe_request.h>
#include <lrd/panel/prose.h>
#include <lrd/view/format.h>

typedef enum Mark {
    MARK_NONE, /* outside the table, or not asked yet */
    MARK_TRAINED,
    MARK_TRAINED_WRONG,
    MARK_MIRROR,
    MARK_UNSEEN,
    MARK_WRONG,
    MARK_NEW,
    MARK_COUNT
} Mark;

static const struct MarkRow {
    Role role;
    uint32_t glyph; /* where there is no colour */
    const char *name;
} marks[MARK_COUNT] = {
    [MARK_NONE] = {ROLE_NORMAL, ' ', ""},
    [MARK_TRAINED] = {ROLE_TRAIN, 0x2591, "trained, right"},
    [MARK_TRAINED_WRONG] = {ROLE_BAD, 'x', "trained, wrong"},
    [MARK_MIRROR] = {ROLE_MIRROR, 0x2592, "mirror, right"},
    [MARK_UNSEEN] = {ROLE_UNSEEN, 0x2588, "unseen, right"},
    [MARK_WRONG] = {ROLE_FRAME, '-', "others, wrong"},
    [MARK_NEW] = {ROLE_BOLD, '+', "just become right"},
};

static Mark mark_of(const ProbeCell *cell)
{
    bool right = cell->answer == cell->right;
    if (cell->answer < 0 || cell->kind == PAIR_OUTSIDE)
        return MARK_NONE;
    if (right && cell->news > 0)
        return MARK_NEW;
    if (cell->kind == PAIR_TRAINED)
        return right ? MARK_TRAINED : MARK_TRAINED_WRONG;
    return !right ? MARK_WRONG : cell->kind == PAIR_MIRROR ? MARK_MIRROR : MARK_UNSEEN;
}

/* How the table lies in its room: places for pairs, each some cells wide and some rows high. Rows are half cells where
 * colours tell the marks, else whole ones. Where there are fewer places than pairs, a place shows one of the pairs that
 * it stands for, chosen evenly: so that the shares of the picture are those of the table. */
typedef struct Grid {
    Rect r; /* of the cells */
    int n, across, down, wide, high, rows_per_cell;
} Grid;

static Grid grid_make(const Canvas *c, Rect room, int n)
{
    enum { AXES_FROM_H = 6 };
    int left = room.h >= AXES_FROM_H ? canvas_width(format_count(n - 1).s) + 1 : 0, below = left > 0;
    Grid g = {.n = n, .rows_per_cell = c->mono || c->glyphs == GLYPHS_ASCII ? 1 : 2};
    int w = room.w - left, rows = (room.h - below) * g.rows_per_cell, squash = 2 / g.rows_per_cell;
    g.across = min_int(n, w);
    g.down = min_int(n, rows);
    g.wide = min_int(max_int(w / n, 1), 2 * squash * max_int(rows / n, 1));
    g.high = min_int(max_int(rows / n, 1), max_int(2 * g.wide / squash, 1));
    g.r = (Rect){room.x + left, room.y, g.across * g.wide, (g.down * g.high + g.rows_per_cell - 1) / g.rows_per_cell};
    return g;
}

static int pair_at(int place, int places, int n, unsigned chance)
{
    int from = place * n / places, to = max_int((place + 1) * n / places, from + 1);
    return from + (int)(chance % (unsigned)(to - from));
}

/* row: of half cells or cells. */
static Mark mark_at(const Probe *p, const Grid *g, int row, int column)
{
    int down = row / g->high, across = column / g->wide;
    if (down >= g->down)
        return MARK_NONE;
    unsigned chance = (unsigned)down * 0x9E3779B1U ^ (unsigned)across * 0x85EBCA77U; /* the same at every drawing */
    chance = (chance ^ chance >> 15) * 0xC2B2AE3DU;
    chance ^= chance >> 13;
    int a = pair_at(down, g->down, g->n, chance >> 2), b = pair_at(across, g->across, g->n, chance >> 17);
    return mark_of(&p->cell[(size_t)a * (size_t)g->n + (size_t)b]);
}

static void put_marks(Canvas *c, int x, int y, Mark upper, Mark lower)
{
    enum { UPPER_HALF = 0x2580, LOWER_HALF = 0x2584 };
    if (c->mono || c->glyphs == GLYPHS_ASCII)
        canvas_put(c, x, y, marks[upper ? upper : lower].glyph, marks[upper ? upper : lower].role);
    else if (upper && lower)
        canvas_put_on(c, x, y, UPPER_HALF, marks[upper].role, marks[lower].role);
    else
        canvas_put(c, x, y, upper ? UPPER_HALF : lower ? LOWER_HALF : ' ', marks[upper ? upper : lower].role);
}

static void draw_axes(Canvas *c, const Grid *g)
{
    FormatText last = format_count(g->n - 1);
    canvas_text_right(c, g->r.x - 1, g->r.y, ROLE_DIM, "0");
    canvas_text_right(c, g->r.x - 1, g->r.y + g->r.h - 1, ROLE_DIM, last.s);
    canvas_text(c, g->r.x, g->r.y + g->r.h, ROLE_DIM, "0");
    canvas_text_right(c, g->r.x + g->r.w, g->r.y + g->r.h, ROLE_DIM, last.s);
}

static void draw_table(Canvas *c, const Grid *g, const Probe *p, const UiState *u)
{
    enum { CURSOR = 0x25C6 };
    for (int y = 0; y < g->r.h; y++)
        for (int x = 0; x < g->r.w; x++) {
            Mark upper = mark_at(p, g, y * g->rows_per_cell, x);
            put_marks(c, g->r.x + x, g->r.y + y, upper, g->rows_per_cell > 1 ? mark_at(p, g, 2 * y + 1, x) : MARK_NONE);
        }
    canvas_note_values(c, g->r, PLACE_CELL, 0, g->n - 1, false);
    int a = min_int(u->cell_a, g->n - 1), b = min_int(u->cell_b, g->n - 1);
    canvas_put(c, g->r.x + b * g->across / g->n * g->wide, g->r.y + a * g->down / g->n * g->high / g->rows_per_cell,
               CURSOR, ROLE_BOLD);
}

void panel_answers(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    const char *why, *title = r.w < 50 ? "answers: a down, b across" : "the table of answers: a downwards, b across";
    const Probe *p = probe_for(s, u, PROBE_TABLE, &why);
    if (!p) {
        canvas_frame(c, r, title, NULL);
        prose_wrapped(c, rect_inset(r, 2, 1), ROLE_DIM, why);
        return;
    }
    Grid g = grid_make(c, rect_inset(r, 1, 1), p->tokens);
    double share = (double)g.across * g.down / ((double)g.n * g.n);
    char said[48] = "";
    if (share < 1)
        snprintf(said, sizeof said, "%s of the pairs", format_percent(share).s);
    canvas_frame(c, r, said[0] && r.w < 50 ? "answers" : title, said[0] ? said : NULL);
    draw_table(c, &g, p, u);
    if (g.r.x > r.x + 1)
        draw_axes(c, &g);
}

/* ---- What it adds up to */

typedef struct Totals {
    int64_t mark[MARK_COUNT], kind[PAIR_KIND_COUNT], right[PAIR_KIND_COUNT], asked, all;
} Totals;

static Totals totals_of(const Probe *p)
{
    Totals t = {.all = (int64_t)p->tokens * p->tokens};
    for (int64_t i = 0; i < t.all; i++) {
        const ProbeCell *cell = &p->cell[i];
        t.mark[mark_of(cell)]++;
        t.asked += cell->answer >= 0;
        t.kind[cell->kind] += cell->answer >= 0;
        t.right[cell->kind] += cell->answer >= 0 && cell->answer == cell->right;
    }
    return t;
}

static int draw_share(Canvas *c, Rect r, int y, Mark mark, const char *name, int64_t right, int64_t all)
{
    enum { FULL = 0x2588, NAME_W = 9 };
    bool glyphs = c->mono || c->glyphs == GLYPHS_ASCII;
    if (all == 0)
        return y;
    canvas_put(c, r.x, y, glyphs ? marks[mark].glyph : FULL, marks[mark].role);
    canvas_text(c, r.x + 2, y, marks[mark].role, name);
    int x = r.x + 2 + NAME_W;
    x += canvas_text(c, x, y, ROLE_BOLD, format_percent((double)right / (double)all).s) + 1;
    char of[48];
    snprintf(of, sizeof of, "of %s", format_count(all).s);
    canvas_words(c, x, y, r.x + r.w - x, ROLE_DIM, of);
    return y + 1;
}

static int draw_mark_count(Canvas *c, Rect r, int y, Mark mark, int64_t count)
{
    enum { FULL = 0x2588 };
    if (count == 0)
        return y;
    bool glyphs = c->mono || c->glyphs == GLYPHS_ASCII;
    canvas_put(c, r.x, y, glyphs ? marks[mark].glyph : FULL, marks[mark].role);
    canvas_textf(c, r.x + 2, y, ROLE_NORMAL, "%s: %s", marks[mark].name, format_count(count).s);
    return y + 1;
}

static void draw_cursor(Canvas *c, Rect r, const Probe *p, const UiState *u)
{
    int a = min_int(u->cell_a, p->tokens - 1), b = min_int(u->cell_b, p->tokens - 1);
    const ProbeCell *cell = &p->cell[(size_t)a * (size_t)p->tokens + (size_t)b];
    char words[160];
    canvas_words(c, r.x, r.y, r.w, ROLE_DIM, r.w < 30 ? "◆ (h j k l)" : "◆ the cursor (h j k l)");
    if (cell->answer < 0)
        snprintf(words, sizeof words, "(%d, %d): not asked yet", a, b);
    else if (cell->kind == PAIR_OUTSIDE)
        snprintf(words, sizeof words, "(%d, %d): %s", a, b, label_pair_kinds[PAIR_OUTSIDE]);
    else if (cell->answer == cell->right)
        snprintf(words, sizeof words, "(%d, %d) → %d, right, %s sure. %s", a, b, cell->answer,
                 format_percent(cell->chance / 255.).s, label_pair_kinds[cell->kind]);
    else
        snprintf(words, sizeof words, "(%d, %d) → %d, %s sure; wrong, it is %d. %s", a, b, cell->answer,
                 format_percent(cell->chance / 255.).s, cell->right, label_pair_kinds[cell->kind]);
    prose_wrapped(c, (Rect){r.x, r.y + 1, r.w, r.h - 1}, ROLE_NORMAL, words);
}

void panel_answer_counts(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    const char *why;
    const Probe *p = probe_for(s, u, PROBE_TABLE, &why);
    Rect inner = rect_inset(r, 2, 1);
    canvas_frame(c, r, "right answers", r.w < 40 || s->replay.on ? NULL : "a: try this pair");
    if (!p)
        return;
    Totals t = totals_of(p);
    int y = draw_share(c, inner, inner.y, MARK_TRAINED, "trained", t.right[PAIR_TRAINED], t.kind[PAIR_TRAINED]);
    y = draw_share(c, inner, y, MARK_MIRROR, "mirror", t.right[PAIR_MIRROR], t.kind[PAIR_MIRROR]);
    y = draw_share(c, inner, y, MARK_UNSEEN, "unseen", t.right[PAIR_UNSEEN], t.kind[PAIR_UNSEEN]);
    y = draw_mark_count(c, inner, y, MARK_WRONG, t.mark[MARK_WRONG]);
    y = draw_mark_count(c, inner, y, MARK_TRAINED_WRONG, t.mark[MARK_TRAINED_WRONG]);
    y = draw_mark_count(c, inner, y, MARK_NEW, t.mark[MARK_NEW]);
    char when[96];
    if (t.asked < t.all)
        snprintf(when, sizeof when, "%s of the table asked", format_percent((double)t.asked / (double)t.all).s);
    else if (p->oldest < 0 || p->oldest == p->step)
        snprintf(when, sizeof when, "asked at step %s", format_count(p->step).s);
    else
        snprintf(when, sizeof when, "asked from step %s on", format_count(p->oldest).s);
    canvas_words(c, inner.x, y++, inner.w, ROLE_DIM, when);
    y += inner.h > 12;
    draw_cursor(c, (Rect){inner.x, y, inner.w, inner.y + inner.h - y}, p, u);
}
