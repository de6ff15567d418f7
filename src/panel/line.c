#include <lrd/panel/line.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <lrd/panel/key.h>

void line_add(Line *l, int priority, int gap, Role role, const char *format, ...)
{
    if (l->count == LINE_ITEMS_MAX)
        return;
    LineItem *item = &l->item[l->count];
    *item = (LineItem){.role = role, .priority = priority, .gap = gap, .right = l->right};
    va_list args;
    va_start(args, format);
    vsnprintf(item->text, sizeof item->text, format, args);
    va_end(args);
    l->count += item->text[0] != '\0';
}

void line_add_key(Line *l, int priority, const char *key, const char *label)
{
    enum { GAP = 2 };
    int before = l->count;
    line_add(l, priority, GAP, ROLE_NORMAL, "%s", label);
    if (l->count > before)
        snprintf(l->item[before].key, sizeof l->item[before].key, "%s", key);
}

void line_add_marked_key(Line *l, int priority, const char *key, const char *label)
{
    int before = l->count;
    line_add_key(l, priority, key, label);
    if (l->count > before)
        l->item[before].marked = true;
}

void line_mark(Line *l, PlaceKind place, int index)
{
    if (l->count == 0)
        return;
    l->item[l->count - 1].place = place;
    l->item[l->count - 1].index = index;
}

/* Each of its keys by itself, and what it is called with the first of them. */
static void note_keys(Canvas *c, int y, const LineItem *item)
{
    int x = item->x, first = UI_KEY_NONE;
    for (const char *at = item->key; *at;) {
        char sign[LINE_KEY_MAX];
        size_t length = strcspn(at, " ");
        snprintf(sign, sizeof sign, "%.*s", (int)length, at);
        int code = ui_key_find(sign), width = canvas_width(sign);
        if (code != UI_KEY_NONE)
            canvas_note(c, (Rect){x, y, width, 1}, PLACE_KEY, code);
        first = first == UI_KEY_NONE ? code : first;
        x += width + 1;
        at += length + (at[length] == ' ');
    }
    if (first != UI_KEY_NONE)
        canvas_note(c, (Rect){x - 1, y, canvas_width(item->text) + 1, 1}, PLACE_KEY, first);
}

static int item_width(const LineItem *item)
{
    int key = canvas_width(item->key);
    return key + (key > 0) + canvas_width(item->text);
}

static int side_width(const Line *l, bool right)
{
    int width = 0;
    for (int i = 0; i < l->count; i++) {
        const LineItem *item = &l->item[i];
        if (item->right == right && !item->dropped)
            width += (width ? item->gap : 0) + item_width(item);
    }
    return width;
}

static int line_width(const Line *l)
{
    enum { BETWEEN = 2 };
    int left = side_width(l, false), right = side_width(l, true);
    return left + right + (left && right ? BETWEEN : 0);
}

static LineItem *least_important(Line *l)
{
    LineItem *least = NULL;
    for (int i = 0; i < l->count; i++)
        if (!l->item[i].dropped && (!least || l->item[i].priority >= least->priority))
            least = &l->item[i];
    return least;
}

int line_fit(Line *l, int width)
{
    int used;
    LineItem *least;
    while ((used = line_width(l)) > width && (least = least_important(l)))
        least->dropped = true;
    return used;
}

static void draw_side(Canvas *c, int x, int y, Line *l, bool right)
{
    bool first = true;
    for (int i = 0; i < l->count; i++) {
        LineItem *item = &l->item[i];
        if (item->right != right || item->dropped)
            continue;
        x += first ? 0 : item->gap;
        item->x = x;
        if (item->key[0])
            x += canvas_text(c, x, y, item->marked ? ROLE_SELECTED : ROLE_KEY, item->key) + 1;
        if (item->key[0])
            note_keys(c, y, item);
        else if (item->place != PLACE_NONE)
            canvas_note(c, (Rect){x, y, canvas_width(item->text), 1}, item->place, item->index);
        x += canvas_text(c, x, y, item->role, item->text);
        first = false;
    }
}

void line_draw(Canvas *c, Rect r, Line *l)
{
    if (rect_empty(r))
        return;
    line_fit(l, r.w);
    draw_side(c, r.x, r.y, l, false);
    draw_side(c, r.x + r.w - side_width(l, true), r.y, l, true);
}
