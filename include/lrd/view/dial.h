/* view/dial: a quarter circle with needles: how far directions lie from an axis, 0 to 90 degrees.
 *
 * 0 degrees points to the right, 90 up. Braille dots with their block and ASCII twins. Pure: allocates nothing.
 * Ownership: the caller's. Threads: any, one per canvas. */
#ifndef LRD_VIEW_DIAL_H
#define LRD_VIEW_DIAL_H

#include <lrd/view/canvas.h>

typedef struct DialNeedle {
    double degrees; /* beyond 0..90: at that end; NAN: none */
    double length;  /* of the radius, 0..1 */
    Role role;
} DialNeedle;

/* The pivot stands in the left lower corner of r; the circle is as large as r allows (at most 32 cells high). Later
 * needles lie over earlier ones. Nothing below 3 rows or 6 columns. */
void dial_draw(Canvas *c, Rect r, const DialNeedle *needles, int count);

#endif
