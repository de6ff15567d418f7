/* view/layout: the size of the screen and a view -> rectangles.
 *
 * A pure function of width, height and view. Rectangles lie inside the screen and never overlap. A panel
 * that a size shows is also shown by every larger size of the same view.
 *
 * Ownership: a plain value. Threads: any. */
#ifndef LRD_VIEW_LAYOUT_H
#define LRD_VIEW_LAYOUT_H

#include <stdbool.h>

#include <lrd/view/canvas.h>

enum { LAYOUT_MIN_W = 60, LAYOUT_MIN_H = 16, LAYOUT_PANELS_MAX = 8 };

/* In the order of the number keys: key 1 is the first. */
typedef enum ViewId {
    VIEW_OVERVIEW,
    VIEW_CURVES,
    VIEW_SPECTRUM,
    VIEW_WATERFALL,
    VIEW_ATTENTION,
    VIEW_TABLE,
    VIEW_GEOMETRY,
    VIEW_FOURIER,
    VIEW_COUNT
} ViewId;
extern const char *const view_names[VIEW_COUNT]; /* for --view */

typedef enum PanelId {
    PANEL_ACCURACY,  /* train, mirror, unseen */
    PANEL_LOSS,      /* train and test, log scale */
    PANEL_RANK,      /* mean rank of Q/K over the steps */
    PANEL_SIGMA,     /* singular values of every Q/K matrix as bars */
    PANEL_TURN,      /* degrees per step over the steps */
    PANEL_NORM,      /* mean Frobenius norm of Q/K over the steps */
    PANEL_MEASURES,  /* table: a row per matrix with its ranks, norm and turn */
    PANEL_WATERFALL, /* singular values of the Q/K matrices over the steps, as colours */
    PANEL_GEOMETRY,  /* what a step does along and across the chosen matrix, and whose doing it is */
    PANEL_DECAY_MAP, /* share that a decay step takes off each singular value */
    PANEL_FOURIER,   /* power of the embedding by frequency */
    PANEL_FOURIER_OUTPUT,
    PANEL_CLOCK,         /* the numbers on the plane of the embedding's strongest frequency */
    PANEL_INTERACTION,   /* a map for each head: which number it looks at from which */
    PANEL_LOOK,          /* attention of the last position */
    PANEL_ANSWERS,       /* the table of answers as a picture */
    PANEL_ANSWER_COUNTS, /* what it adds up to; the pair under the cursor */
    PANEL_COUNT
} PanelId;

typedef struct Panel {
    PanelId id;
    Rect rect;
} Panel;

typedef struct Layout {
    bool too_small;  /* below 60 x 16: every rectangle is empty; say the size needed, go on training */
    Rect header;     /* name, task, state, step, rate, time left */
    Rect tabs;       /* the views, the one shown among them; empty for the projector */
    Rect story;      /* one line that says what is happening; two for the projector; empty where a lesson needs it */
    Rect lesson;     /* four or five lines; empty without a lesson */
    Rect digits;     /* the numbers in large; only for the projector */
    Rect decay;      /* the decay in force, strength, targets */
    Rect events;     /* the newest events; empty below 18 rows, taller than one row on tall screens */
    Rect message;    /* what was just answered; empty below 28 rows: messages then take the events line for a
                        moment, or the story line where there is no events line either, or the lesson's last */
    Rect keybar;     /* last row */
    Rect panels;     /* the room of all panels, for overlays too */
    int panel_count; /* in reading order */
    Panel panel[LAYOUT_PANELS_MAX];
} Layout;

/* lesson: with room for one. */
Layout layout_make(int w, int h, ViewId view, bool lesson);

/* The same for a lecture room: the numbers in large, the first panel of the view (or `alone`, PANEL_COUNT: none), on a
 * wide screen the singular values beside it. */
Layout layout_make_projector(int w, int h, ViewId view, PanelId alone, bool lesson);

/* A view's place in the bar of tabs: "1 overview" from 100 columns, "1 over" below. */
typedef struct Tab {
    Rect rect;
    const char *word;
} Tab;
/* Of all of them; bar: Layout.tabs. */
void layout_place_tabs(Rect bar, Tab tabs[VIEW_COUNT]);

/* The panels that the largest screen shows in a view; returns how many. */
int layout_panels(ViewId view, PanelId ids[LAYOUT_PANELS_MAX]);

/* Gives the whole room of the panels to one of them, also to one that the size would not show. */
void layout_show_alone(Layout *layout, PanelId id);

/* The panel's rectangle, empty when the layout does not show it. */
Rect layout_panel(const Layout *layout, PanelId id);

/* false leaves *out alone. */
bool view_find(const char *name, ViewId *out);

#endif
