#include <lrd/panel/panel.h>

#include <lrd/base/util.h>
#include <lrd/panel/plot.h>
#include <lrd/panel/time_cursor.h>
#include <lrd/view/bars.h>
#include <lrd/view/digits.h>
#include <lrd/view/format.h>

enum { NUMBERS = 3 };

typedef struct Number {
    Role role;
    FormatText value;
    const char *caption, *brief; /* brief: where that is wider than the number */
} Number;

typedef struct Numbers {
    Number number[NUMBERS];
    int count, size; /* how many of them, and in which size */
} Numbers;

static int number_width(const Number *n, int size)
{
    return max_int(digits_width(n->value.s, size), canvas_width(n->brief) + 2);
}

/* Wider than the gaps inside of a number, so that two of them aren't read as one. */
static int gap_of(int size)
{
    enum { LEAST = 4, OF_A_DOT = 8 };
    return max_int(LEAST, OF_A_DOT * size);
}

static int numbers_width(const Number *numbers, int count, int size)
{
    int width = gap_of(size) * (count - 1);
    for (int i = 0; i < count; i++)
        width += number_width(&numbers[i], size);
    return width;
}

static bool numbers_fit(const Numbers *n, Rect r, GlyphSet glyphs)
{
    return digits_height(n->size, glyphs) < r.h && numbers_width(n->number, n->count, n->size) <= r.w;
}

/* As large as the rectangle allows. Two of them in large come before three that are small; the later ones go. */
static void numbers_choose(Numbers *n, Rect r, GlyphSet glyphs)
{
    enum { LARGE_LEAST = 2 };
    for (n->count = NUMBERS; n->count >= LARGE_LEAST; n->count--)
        for (n->size = DIGITS_SIZE_MOST; n->size > 0; n->size--)
            if (numbers_fit(n, r, glyphs))
                return;
    for (n->count = NUMBERS; n->count > 0 && !numbers_fit(n, r, glyphs);)
        n->count--;
}

/* What the legends of the curves say too. */
static FormatText shown_percent(const Snapshot *s, const UiState *u, SeriesId id, SeriesId live)
{
    return time_cursor_evaluation(s, u) ? format_percent(time_cursor_value(s, u, id))
                                        : time_cursor_newest(s->summary, id, live, format_percent);
}

/* One of two arms: its number in large, below it its name, a bar, and a flag where it was the first to grok. */
typedef struct Arm {
    const char *name;
    Role role;
    FormatText value;
    double share;
    int64_t first; /* step, -1: it was not, or not yet */
} Arm;

static void draw_arm(Canvas *c, Rect r, int size, const Arm *arm)
{
    enum { FLAG = 0x2605, BAR_LEAST = 6 };
    int y = r.y + digits_height(size, c->glyphs), x = r.x;
    digits_draw(c, x, r.y, size, arm->role, arm->value.s);
    canvas_put(c, x, y, theme_pattern_marker(arm->role == ROLE_UNSEEN ? PATTERN_SOLID : PATTERN_DASHED, c->glyphs),
               arm->role);
    x += 2;
    x += canvas_words(c, x, y, r.w - 2, arm->role, arm->name) + 1;
    if (arm->first >= 0) {
        canvas_put(c, x, y, FLAG, ROLE_GOOD);
        x += 2 + canvas_textf(c, x + 2, y, ROLE_GOOD, "first, at %s", format_count(arm->first).s) + 1;
    }
    if (r.x + r.w - x >= BAR_LEAST)
        bars_meter(c, x, y, r.x + r.w - x, arm->share, arm->role);
}

/* The run and its twin side by side. */
static void draw_race(Canvas *c, Rect r, const Snapshot *s, const UiState *u, const RunSummary *twin)
{
    const Branches *t = &s->summary->branches;
    const RunSummary *b = s->summary;
    double there = plot_behind_value(s, u, SERIES_UNSEEN_ACC), here = time_cursor_value(s, u, SERIES_UNSEEN_ACC);
    bool past = time_cursor_evaluation(s, u) != NULL;
    Arm arms[2] = {
        {t->item[t->now - 1].name, ROLE_UNSEEN, shown_percent(s, u, SERIES_UNSEEN_ACC, SERIES_UNSEEN_SAMPLE), here, -1},
        {t->item[s->twin - 1].name, ROLE_MIRROR,
         past ? format_percent(there)
              : time_cursor_newest(twin, SERIES_UNSEEN_ACC, SERIES_UNSEEN_SAMPLE, format_percent),
         there, -1}};
    /* What happened before they parted is nobody's. */
    const int64_t parting = branches_parting(t, t->now, s->twin), mine = b->grokked, other = twin->grokked;
    if (mine > parting && (other < 0 || mine <= other))
        arms[0].first = mine;
    else if (other > parting && (mine < 0 || other < mine))
        arms[1].first = other;
    int size = DIGITS_SIZE_MOST, half = r.w / 2;
    while (size > 0 && (digits_height(size, c->glyphs) >= r.h ||
                        max_int(digits_width(arms[0].value.s, size), digits_width("100%", size)) + 2 > half ||
                        digits_width(arms[1].value.s, size) + 2 > half))
        size--;
    for (int i = 0; i < 2; i++)
        draw_arm(c, (Rect){r.x + i * half, r.y, half - 2, r.h}, size, &arms[i]);
}

void panel_digits(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    const RunSummary *twin = branches_summary(&s->summary->branches, s->twin);
    if (twin) {
        draw_race(c, r, s, u, twin);
        return;
    }
    const RankMeasureRow *rank = &rank_measures[u->rank];
    Numbers n = {
        .number = {
            {ROLE_UNSEEN, shown_percent(s, u, SERIES_UNSEEN_ACC, SERIES_UNSEEN_SAMPLE), "unseen pairs right", "unseen"},
            {ROLE_TRAIN, shown_percent(s, u, SERIES_TRAIN_ACC, SERIES_BATCH_ACC), "training pairs right", "train"},
            {ROLE_RANK, format_number(time_cursor_value(s, u, rank->series), 2), rank->name,
             s->summary->at_floor ? "floor" : "rank"},
        }};
    int x = r.x;
    numbers_choose(&n, r, c->glyphs);
    for (int i = 0; n.count == 0 && i < NUMBERS && i < r.h; i++)
        canvas_textf(c, r.x, r.y + i, n.number[i].role, "%s %s", n.number[i].value.s, n.number[i].caption);
    for (int i = 0; i < n.count; i++) {
        const Number *number = &n.number[i];
        int width = number_width(number, n.size), y = r.y + digits_height(n.size, c->glyphs);
        const char *caption = canvas_width(number->caption) + 2 <= width ? number->caption : number->brief;
        digits_draw(c, x, r.y, n.size, number->role, number->value.s);
        canvas_put(c, x, y, theme_marker(number->role, c->glyphs), number->role);
        canvas_text(c, x + 2, y, number->role, caption);
        x += width + gap_of(n.size);
    }
}
