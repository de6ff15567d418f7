/* view/digits: numbers large enough to be read from the last row of a lecture room.
 *
 * A dot of the 3 x 5 letters is a block of 2 n x n cells; at size 0 two dots share a cell (half blocks), in ASCII sizes
 * below 1 are 1 x 1 cells. Known are the digits and . , % < ~ - and a blank; others are left out.
 *
 * Pure. Ownership: the caller's. Threads: any, one per canvas. */
#ifndef LRD_VIEW_DIGITS_H
#define LRD_VIEW_DIGITS_H

#include <lrd/view/canvas.h>

enum { DIGITS_SIZE_MOST = 4 };

/* Columns and rows that a text takes. */
int digits_width(const char *utf8, int size);
int digits_height(int size, GlyphSet glyphs);

/* From (x, y) to the right and down. */
void digits_draw(Canvas *c, int x, int y, int size, Role role, const char *utf8);

#endif
