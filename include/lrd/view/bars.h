/* view/bars: singular values as vertical bars, the slider of a strength, and a meter.
 *
 * Eighth blocks with ASCII twins. Pure: draws into cells, allocates nothing.
 * Ownership: the caller's. Threads: any, one per canvas. */
#ifndef LRD_VIEW_BARS_H
#define LRD_VIEW_BARS_H

#include <stdbool.h>

#include <lrd/view/canvas.h>

typedef struct BarsSpec {
    const float *values; /* [count], usually falling; NAN or negative: no bar */
    const float *ghosts; /* [count] previous values, a mark where one ended above its bar; NULL for none */
    int count;
    double high; /* value at the top; NAN: the largest value or ghost */
    bool log;    /* log axis over four decades below high */
    bool spread; /* use the whole width: bars up to 3 cells wide; false: one cell each */
    Role role;   /* ROLE_BAR, or ROLE_DIM when the values are stale */
} BarsSpec;

/* A bar per value from the left of r, standing on its last row. More values than columns: neighbours share one, which
 * shows their largest: equal groups, or with spread as many as the width has room for. A dim baseline runs under all
 * that there are, so that zero is seen. */
void bars_draw(Canvas *c, Rect r, const BarsSpec *spec);

/* How many values share a column of bars_draw (1 when each has its own). */
int bars_group(int count, int width);

/* "━━━●━━━━": a slider of w cells with its knob at fraction (0..1, clamped; NAN: no knob). */
void bars_gauge(Canvas *c, int x, int y, int w, double fraction, Role role);

/* A bar of w cells from the left, filled to fraction in eighths of a cell; the rest is a dim track. */
void bars_meter(Canvas *c, int x, int y, int w, double fraction, Role role);

#endif
