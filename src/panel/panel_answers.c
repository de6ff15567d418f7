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
    [MARK_WRONG] = {ROLE_FRAME, 0x00B7, "others, wrong"},
};

static Mark mark_of(const ProbeCell *cell)
{
    bool right = cell->answer == cell->right;
    if (cell->answer < 0 || cell->kind == PAIR_OUTSIDE)
        return MARK_NONE;
    if (cell->kind == PAIR_TRAINED)
        return right ? MARK_TRAINED : MARK_TRAINED_WRONG;
    return !right ? MARK_WRONG : cell->kind == PAIR_MIRROR ? MARK_MIRROR : MARK_UNSEEN;
}

/* Of several pairs in one place those that were not trained decide, by their majority, since they tell the story; the
 * trained ones only while most of them are wrong. */
static Mark mark_of_many(const int count[MARK_COUNT])
{
    if (count[MARK_TRAINED_WRONG] > count[MARK_TRAINED])
        return MARK_TRAINED_WRONG;
    Mark most = MARK_MIRROR;
    for (int i = MARK_MIRROR; i < MARK_COUNT; i++)
        if (count[i] > count[most])
            most = (Mark)i;
    return count[most] > 0 ? most : count[MARK_TRAINED] > 0 ? MARK_TRAINED : MARK_NONE;
}

static Mark mark_of_block(const Probe *p, int row, int column, int side)
{
    const int n = p->tokens;
    int count[MARK_COUNT] = {0};
    int top = row * n / side, bottom = max_int((row + 1) * n / side, top + 1);
    int left = column * n / side, right = max_int((column + 1) * n / side, left + 1);
    for (int a = top; a < bottom; a++)
        for (int b = left; b < right; b++)
            count[mark_of(&p->cell[(size_t)a * (size_t)n + (size_t)b])]++;
    return mark_of_many(count);
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

static void draw_table(Canvas *c, Rect r, const Probe *p, const UiState *u)
{
    enum { CURSOR = 0x25C6 };
    int side = min_int(r.w, 2 * r.h);
    side = side > p->tokens ? side / p->tokens * p->tokens : side;
    for (int y = 0; y < side; y += 2)
        for (int x = 0; x < side; x++)
            put_marks(c, r.x + x, r.y + y / 2, mark_of_block(p, y, x, side),
                      y + 1 < side ? mark_of_block(p, y + 1, x, side) : MARK_NONE);
    int a = min_int(u->cell_a, p->tokens - 1), b = min_int(u->cell_b, p->tokens - 1);
    canvas_put(c, r.x + (2 * b + 1) * side / (2 * p->tokens), r.y + (2 * a + 1) * side / (4 * p->tokens), CURSOR,
               ROLE_BOLD);
}

void panel_answers(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    const char *why;
    const Probe *p = probe_for(s, u, PROBE_TABLE, &why);
    canvas_frame(c, r, r.w < 50 ? "answers: a down, b across" : "the table of answers: a downwards, b across", NULL);
    if (p)
        draw_table(c, rect_inset(r, 1, 1), p, u);
    else
        prose_wrapped(c, rect_inset(r, 2, 1), ROLE_DIM, why);
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
