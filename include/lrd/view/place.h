/* view/place: what stands where on a drawn screen, for the mouse.
 *
 * Whatever draws something that can be pointed at notes its rectangle in the canvas (canvas_note); place_find tells
 * what lies under a cell. What was drawn later lies on top. A pure function of the notes: no terminal, no run.
 *
 * Ownership: plain values inside the canvas. Threads: the canvas's owner. */
#ifndef LRD_VIEW_PLACE_H
#define LRD_VIEW_PLACE_H

#include <stdbool.h>

typedef enum PlaceKind {
    PLACE_NONE,   /* nothing, or something drawn over what was there */
    PLACE_TAB,    /* index: the view */
    PLACE_DECAY,  /* index: the decay kind */
    PLACE_SLIDER, /* value: the strength at that place of it */
    PLACE_KEY,    /* index: the key's code */
    PLACE_BRANCH, /* index: the branch's number */
    PLACE_STEP,   /* value: the step under a place of a plot */
    PLACE_CELL,   /* a, b: the pair in the table of answers */
    PLACE_ROW,    /* index: the entry of a list */
    PLACE_KIND_COUNT
} PlaceKind;

/* x, y, w, h as a Rect. Along a slider and a plot values go from low (first column) to high (last); in a table a goes
 * from 0 to high downwards and b across. */
typedef struct Place {
    int x, y, w, h;
    PlaceKind kind;
    int index;
    double low, high;
    bool log;
} Place;

typedef struct PlaceFound {
    PlaceKind kind;
    int index, a, b;
    double value;
} PlaceFound;

enum { PLACES_MAX = 160 };

/* The one that lies on top there, -1 for none. */
int place_top(const Place *places, int count, int x, int y);
PlaceFound place_find(const Place *places, int count, int x, int y);

#endif
