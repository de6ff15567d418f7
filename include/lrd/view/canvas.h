/* view/canvas: a grid of cells, each a glyph and a role. Everything that the lab shows is drawn here first.
 *
 * Roles, not colours: theme maps a role to a colour, term and export draw it. Writing outside the grid
 * or outside the clip rectangle is ignored. canvas_text takes UTF-8; a glyph that is two columns wide takes two cells,
 * and is a blank where only one of them can be seen; combining marks go to the glyph before them.
 *
 * Ownership: canvas_free. Threads: one owner. */
#ifndef LRD_VIEW_CANVAS_H
#define LRD_VIEW_CANVAS_H

#include <stdbool.h>
#include <stdint.h>

#include <lrd/view/glyph.h>
#include <lrd/view/place.h>

typedef struct Rect {
    int x, y, w, h; /* w or h of 0: nothing there */
} Rect;

enum { HEAT_LEVELS = 16 };

typedef enum Role {
    ROLE_NORMAL,
    ROLE_DIM, /* axes, frames, what is secondary */
    ROLE_BOLD,
    ROLE_TITLE, /* panel titles */
    ROLE_FRAME,
    ROLE_KEY,      /* the key in "t L2<->LRD" */
    ROLE_SELECTED, /* the decay in force: inverse */
    ROLE_GOOD,     /* grokked */
    ROLE_WARN,
    ROLE_BAD,   /* non-finite */
    ROLE_TRAIN, /* curves and their legends */
    ROLE_MIRROR,
    ROLE_UNSEEN,
    ROLE_TEST,
    ROLE_RANK,
    ROLE_BAR,    /* singular values */
    ROLE_GHOST,  /* previous values */
    ROLE_MARKER, /* where the user changed something */
    ROLE_HEAT,   /* the lowest of the HEAT_LEVELS roles of a heat map; they carry no words */
    ROLE_COUNT = ROLE_HEAT + HEAT_LEVELS
} Role;

enum { CELL_MARKS = 2, CELL_TAIL = 0x110000 /* beyond Unicode: the right half of the wide glyph before it */ };

typedef struct Cell {
    uint32_t glyph; /* code point, or CELL_TAIL; never 0 */
    uint8_t role;
    uint8_t ground;             /* the role whose colour lies behind the glyph; ROLE_NORMAL: the scheme's own ground */
    uint32_t marks[CELL_MARKS]; /* combining, upon the glyph; 0: none */
} Cell;

typedef struct Canvas {
    int w, h;
    Cell *cells; /* [h][w] */
    Rect clip;
    GlyphSet glyphs; /* in ASCII every non-ASCII glyph that is put becomes its twin */
    int place_count;
    Place place[PLACES_MAX]; /* what can be pointed at (place_find), in the order of drawing */
    bool mono;               /* too few colours will be seen (8 at most): heat maps tell their values by glyphs */
} Canvas;

bool cell_is_same(const Cell *a, const Cell *b);

Canvas *canvas_new(int w, int h);
void canvas_free(Canvas *c);
void canvas_resize(Canvas *c, int w, int h); /* clears */
void canvas_clear(Canvas *c);
void canvas_clip(Canvas *c, Rect r); /* intersected with the grid */
void canvas_unclip(Canvas *c);

/* Notes what stands in r, as far as the clip shows it; beyond PLACES_MAX nothing more is noted. */
void canvas_note(Canvas *c, Rect r, PlaceKind kind, int index);
/* The same with values along it. */
void canvas_note_values(Canvas *c, Rect r, PlaceKind kind, double low, double high, bool log);

void canvas_put(Canvas *c, int x, int y, uint32_t glyph, Role role);
/* The same on a ground of that role's colour; in mono there are no grounds. */
void canvas_put_on(Canvas *c, int x, int y, uint32_t glyph, Role role, Role ground);
/* Puts UTF-8 text; returns the cells used. Never wraps. */
int canvas_text(Canvas *c, int x, int y, Role role, const char *utf8);
int canvas_textf(Canvas *c, int x, int y, Role role, const char *format, ...) __attribute__((format(printf, 5, 6)));
/* Ends at column right (excluded). */
int canvas_text_right(Canvas *c, int right, int y, Role role, const char *utf8);
/* Text that must not be cut in mid-word: puts as many whole words as fit in width; returns the cells used. */
int canvas_words(Canvas *c, int x, int y, int width, Role role, const char *utf8);
/* Cells that UTF-8 text takes. */
int canvas_width(const char *utf8);
/* A rounded frame with a title in its upper edge and, at the right, a legend (either may be NULL). */
void canvas_frame(Canvas *c, Rect r, const char *title, const char *legend);
void canvas_fill(Canvas *c, Rect r, uint32_t glyph, Role role);

static inline bool rect_empty(Rect r)
{
    return r.w <= 0 || r.h <= 0;
}
static inline Rect rect_inset(Rect r, int dx, int dy)
{
    Rect i = {r.x + dx, r.y + dy, r.w - 2 * dx, r.h - 2 * dy};
    return i.w > 0 && i.h > 0 ? i : (Rect){r.x, r.y, 0, 0};
}

#endif
