/* panel/probe_request: what the screen needs to know of the weights beyond the records, by view and by pair tried.
 *
 * Pure. Threads: any. */
#ifndef LRD_PANEL_PROBE_REQUEST_H
#define LRD_PANEL_PROBE_REQUEST_H

#include <lrd/panel/ui_state.h>

ProbeKind probe_kind_of_view(ViewId view);
ProbeRequest probe_request_of(const UiState *u, const Snapshot *s);
bool probe_request_is(const ProbeRequest *a, const ProbeRequest *b);

/* The probe for a panel of this kind, NULL while there is none; *why then says what to expect, in one sentence. */
const Probe *probe_for(const Snapshot *s, const UiState *u, ProbeKind kind, const char **why);

#endif
