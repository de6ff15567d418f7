/* ui/action: THE one table of keys and what they do.
 *
 * Dispatch, help overlay, key bar, `lrdlab keys` and the README's list are all made from it. Handlers change the
 * UiState and fill a UiEffect; they know no terminal, no clock and no lock.
 *
 * Ownership: the table is const. Threads: the ui thread; printing from any. */
#ifndef LRD_UI_ACTION_H
#define LRD_UI_ACTION_H

#include <lrd/base/text.h>
#include <lrd/panel/ui_state.h>

extern const ActionTable action_table;

/* One key press: overlays first, then the table. *e is emptied before. */
void action_press(UiState *u, const Snapshot *s, int code, UiEffect *e);

/* The table as text for `lrdlab keys`, and as Markdown for the README. */
void action_print_keys(Text *out);
void action_print_keys_markdown(Text *out);

#endif
