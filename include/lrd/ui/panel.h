/* ui/panel: every panel and overlay of the screen: (snapshot, ui state, rectangle) -> cells.
 *
 * Pure: no sampling, lock, allocation or clock. What does not fit is dropped by priority, never cut.
 * Ownership: the caller's. Threads: any, one per canvas. */
#ifndef LRD_UI_PANEL_H
#define LRD_UI_PANEL_H

#include <lrd/ui/ui_state.h>
#include <lrd/view/canvas.h>

typedef void PanelDraw(Canvas *c, Rect r, const Snapshot *s, const UiState *u);

/* Lines. */
PanelDraw panel_header, panel_story, panel_decay, panel_events, panel_message, panel_keys;
/* Frames with curves: panel_curves.c and panel_rank.c. */
PanelDraw panel_accuracy, panel_loss, panel_rank, panel_turn, panel_norm;
/* Singular values as bars; the table of measures. */
PanelDraw panel_spectrum, panel_measures;
/* Singular values over the steps as colours. */
PanelDraw panel_waterfall;
/* Over the panels; r is the room between the story and the decay line. */
PanelDraw overlay_help, overlay_prompt, overlay_presets;

#endif
