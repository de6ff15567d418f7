/* panel/prose: sentences on the screen: as many whole ones as fit, or broken into rows between words.
 *
 * Pure. Threads: any, one per canvas. */
#ifndef LRD_PANEL_PROSE_H
#define LRD_PANEL_PROSE_H

#include <lrd/view/canvas.h>

/* The first row of r: whole sentences while they fit; of the first one whole words. Returns the cells used. */
int prose_sentences(Canvas *c, Rect r, Role role, const char *utf8);
/* Rows of whole words; what does not fit into r is left out. Returns the rows used. */
int prose_wrapped(Canvas *c, Rect r, Role role, const char *utf8);
/* The same, but nothing of a sentence that does not fit as a whole; of the first one whole words. */
int prose_filled(Canvas *c, Rect r, Role role, const char *utf8);
/* Rows that prose_wrapped would need. */
int prose_rows(int width, const char *utf8);
/* The same of its first sentence. */
int prose_first_rows(int width, const char *utf8);
/* A cleared, framed box of this inner size in the middle of r (at its bottom when low); returns the inside. */
Rect prose_box(Canvas *c, Rect r, int w, int h, bool low, const char *title);

#endif
