/* panel/frame: the whole screen of the lab: (snapshot, ui state) -> cells. Pure: no clock, no lock, no allocation.
 *
 * The canvas has the screen's size; it is cleared first and takes the state's glyph set.
 * Ownership: the caller's. Threads: any, one per canvas. */
#ifndef LRD_PANEL_FRAME_H
#define LRD_PANEL_FRAME_H

#include <lrd/panel/ui_state.h>
#include <lrd/view/canvas.h>

void frame_draw(Canvas *c, const Snapshot *s, const UiState *u);

#endif
