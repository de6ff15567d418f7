#include <lrd/panel/panel.h>

#include <lrd/base/util.h>
#include <lrd/panel/time_cursor.h>
#include <lrd/view/digits.h>
#include <lrd/view/format.h>

enum { NUMBERS = 3, GAP = 4 };

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

static int numbers_width(const Number *numbers, int count, int size)
{
    int width = GAP * (count - 1);
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

void panel_digits(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    const RankMeasureRow *rank = &rank_measures[u->rank];
    Numbers n = {
        .number = {
            {ROLE_UNSEEN, format_percent(time_cursor_value(s, u, SERIES_UNSEEN_ACC)), "unseen pairs right", "unseen"},
            {ROLE_TRAIN, format_percent(time_cursor_value(s, u, SERIES_TRAIN_ACC)), "training pairs right", "train"},
            {ROLE_RANK, format_number(time_cursor_value(s, u, rank->series), 2), rank->name, "rank"},
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
        x += width + GAP;
    }
}
