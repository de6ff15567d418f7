/* panel/line: a line of the screen made of items, of which the least important are dropped when it is too narrow.
 *
 * Items stand from left to right in the order in which they were added; from the first right-hand item on they end
 * at the right edge. Nothing is ever cut: an item is there whole or not at all.
 *
 * Ownership: plain values. Threads: any. */
#ifndef LRD_PANEL_LINE_H
#define LRD_PANEL_LINE_H

#include <lrd/view/canvas.h>

enum { LINE_ITEMS_MAX = 40, LINE_TEXT_MAX = 160, LINE_KEY_MAX = 24 };

typedef struct LineItem {
    char key[LINE_KEY_MAX]; /* before the text, in ROLE_KEY; "" for none */
    char text[LINE_TEXT_MAX];
    Role role;
    bool marked;  /* its key stands out */
    int priority; /* 1 stays longest; of equal ones the later goes first */
    int gap;      /* cells before it, unless it is the first */
    bool right;
    bool dropped;
    int x;           /* where line_draw put it */
    PlaceKind place; /* what it is to a pointer, see line_mark; keys are keys by themselves */
    int index;
} LineItem;

typedef struct Line {
    int count;
    bool right; /* items added from here on stand at the right */
    LineItem item[LINE_ITEMS_MAX];
} Line;

/* gap: cells to the item before. An empty text adds nothing. */
void line_add(Line *l, int priority, int gap, Role role, const char *format, ...) __attribute__((format(printf, 5, 6)));
/* "space pause": a key and what it does. */
void line_add_key(Line *l, int priority, const char *key, const char *label);
/* The same, so that it stands out among the others. */
void line_add_marked_key(Line *l, int priority, const char *key, const char *label);
/* What the item added last is to a pointer. */
void line_mark(Line *l, PlaceKind place, int index);
/* Drops what does not fit into width. Returns the width that the left and right items take together. */
int line_fit(Line *l, int width);
/* line_fit, and drawn into the first row of r. */
void line_draw(Canvas *c, Rect r, Line *l);

#endif
