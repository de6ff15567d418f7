/* view/heatmap: a grid of numbers as colours, and the key that says which colour is which number.
 *
 * In colour two values share a cell (an upper half block on the ground of the lower one's colour); in mono and ASCII
 * a cell holds one, told by how dense its glyph is. Where there are more values than places, a place shows the largest
 * or the mean of those that it stands for; where there are fewer, a value is repeated. NAN is left blank.
 *
 * Pure: draws into cells, allocates nothing. Ownership: the caller's. Threads: any, one per canvas. */
#ifndef LRD_VIEW_HEATMAP_H
#define LRD_VIEW_HEATMAP_H

#include <stdbool.h>

#include <lrd/view/canvas.h>

typedef enum HeatPool { HEAT_LARGEST, HEAT_MEAN } HeatPool;

typedef struct HeatScale {
    double low, high; /* the values of the first and the last level; what lies beyond takes these */
    bool log;         /* low is above 0 then; a value of 0 or less takes the first level */
} HeatScale;

typedef struct HeatSpec {
    int rows, columns; /* of the numbers; row 0 is at the top */
    double (*value)(const void *context, int row, int column);
    const void *context;
    HeatScale scale;
    HeatPool pool;
} HeatSpec;

/* 0 .. HEAT_LEVELS - 1; -1 for NAN. */
int heat_level(const HeatScale *scale, double value);
/* Fills r. */
void heatmap_draw(Canvas *c, Rect r, const HeatSpec *spec);
/* The largest part of r, from its left upper corner, in which n x n numbers look square; whole multiples where there
 * is room for them. */
Rect heatmap_square(Rect r, int n);
/* "low ▀▀▀▀▀ high" from x on; returns the cells used, 0 (and draws nothing) when width is too little. */
int heatmap_key(Canvas *c, int x, int y, int width, const char *low, const char *high);
/* The same in the upper edge of a frame at the right, where there is room beside its title. */
void heatmap_frame_key(Canvas *c, Rect frame, const char *title, const char *low, const char *high);

#endif
