/* panel/probe_request: what the screen needs to know of the weights beyond the records, by view and by pair tried.
 *
 * Pure. Threads: any. */
#ifndef LRD_PANEL_PROBE_REQUEST_H
#define LRD_PANEL_PROBE_REQUEST_H

#include <lrd/panel/ui_state.h>

PortraitKind portrait_kind_of_view(ViewId view);
PortraitAsk portrait_wish(const UiState *u, const Snapshot *s);
bool portrait_wish_is(const PortraitAsk *a, const PortraitAsk *b);

/* The portrait for a panel of this kind, NULL while there is none; *why then says what to expect, in one sentence. */
const Portrait *portrait_for(const Snapshot *s, const UiState *u, PortraitKind kind, const char **why);

#endif
