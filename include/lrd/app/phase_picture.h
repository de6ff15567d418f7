/* app/phase_picture: a phase diagram on a canvas: a frame for each panel, a coloured place with its numbers for each
 * combination, and below what is measured and what the colours mean.
 *
 * Pure; the caller frees the canvas. Threads: any. */
#ifndef LRD_APP_PHASE_PICTURE_H
#define LRD_APP_PHASE_PICTURE_H

#include <lrd/sweep/phase.h>
#include <lrd/view/canvas.h>

/* As large as the diagram is; panels stand side by side as far as columns allow. */
Canvas *phase_picture_draw(const Phase *p, int columns, GlyphSet glyphs, bool mono);

#endif
