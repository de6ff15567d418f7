/* panel/time_cursor: which moment the screen shows: now, or an earlier evaluation that the user went back to.
 *
 * Looking back never touches the run. Only evaluations that the summary still has can be looked at; where the one in
 * question was thinned out meanwhile, the newest before it is shown, with its own step.
 *
 * Pure. Ownership: what is returned belongs to the snapshot. Threads: the ui thread. */
#ifndef LRD_PANEL_TIME_CURSOR_H
#define LRD_PANEL_TIME_CURSOR_H

#include <lrd/panel/ui_state.h>
#include <lrd/view/format.h>

/* The earlier evaluation that is looked at, NULL for now. */
const Evaluation *time_cursor_evaluation(const Snapshot *s, const UiState *u);
/* That one, or the newest; NULL before the first. Its matrices may be newer than its other numbers (summary.is_live).
 */
const Evaluation *time_cursor_or_newest(const Snapshot *s, const UiState *u);
/* The one before it (ghost bars), NULL for none. */
const Evaluation *time_cursor_before(const Snapshot *s, const UiState *u);
/* The newest value as every part of the screen writes it: of the whole set, or "~" and that of the live sample where
 * that is newer (live_id SERIES_COUNT: there are none). */
FormatText time_cursor_newest(const RunSummary *b, SeriesId id, SeriesId live_id, FormatText (*format)(double));
/* The newest value of a series, or the one at the moment that is looked at; NAN for none. */
double time_cursor_value(const Snapshot *s, const UiState *u, SeriesId id);

/* The step that a branch from there would start at; -1: there is none, or now is looked at. */
int64_t time_cursor_rewind_step(const Snapshot *s, const UiState *u);

/* To the evaluation before or after, to that of the event before or after, to the first, to now: each returns false
 * when there is none. */
bool time_cursor_go_back(UiState *u, const Snapshot *s);
bool time_cursor_go_forth(UiState *u, const Snapshot *s);
bool time_cursor_event_back(UiState *u, const Snapshot *s);
bool time_cursor_event_forth(UiState *u, const Snapshot *s);
bool time_cursor_go_first(UiState *u, const Snapshot *s);
bool time_cursor_leave(UiState *u);
/* To the evaluation nearest to a step. */
bool time_cursor_go_step(UiState *u, const Snapshot *s, double step);

#endif
