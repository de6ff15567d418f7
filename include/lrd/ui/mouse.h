/* ui/mouse: what a click, a drag and the wheel do: mostly what a key does, at the place under the pointer.
 *
 * The places are those that the last frame noted in its canvas (view/place).
 *
 * Threads: the ui thread. */
#ifndef LRD_UI_MOUSE_H
#define LRD_UI_MOUSE_H

#include <lrd/panel/mouse.h>
#include <lrd/panel/ui_state.h>
#include <lrd/view/place.h>

/* *e is emptied before. */
void mouse_act(UiState *u, const Snapshot *s, const Place *places, int count, const MouseEvent *m, UiEffect *e);

#endif
