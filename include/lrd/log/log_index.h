/* log/log_index: a log as a book that can be opened at any step, and that grows while another process writes it.
 *
 * Rows are read once, in their order, into a board of the whole run; where each stands in the file is kept, so that
 * the board of an earlier step costs a copy and a few lines read again, however long the log is. A start row begins
 * the book anew (a restart); after a resumed or branch event the later rows no longer hold, and a switch event brings
 * back those of a branch that was left. A file that was replaced
 * or written anew is read from its beginning.
 *
 * Logs of other programs: the task (has_task) and the decay (has_decay) may not be told; events that only this program
 * writes are then found here (lab/milestone), and where a row tells neither unseen nor mirrored
 * pairs apart, its test accuracy counts as unseen.
 *
 * Errors: STATUS_INPUT with FILE:LINE. Ownership: logbook_close. Threads: one owner. */
#ifndef LRD_LOG_LOG_INDEX_H
#define LRD_LOG_LOG_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#include <lrd/base/status.h>
#include <lrd/log/run_summary.h>
#include <lrd/log/probe.h>

typedef struct Logbook Logbook;

/* A regular file; nothing is read yet. NULL with *status set. */
Logbook *logbook_open(const char *path, Status *status);
void logbook_close(Logbook *l);
/* Reads what came since the last call; returns whether anything did. *fault: the first bad line, which was skipped,
 * or why reading failed. */
bool logbook_read(Logbook *l, Status *fault);

const char *logbook_path(const Logbook *l);
int64_t logbook_rows(const Logbook *l);    /* evaluations, samples and events of the run */
bool logbook_is_foreign(const Logbook *l); /* not written by this program */
bool logbook_has_task(const Logbook *l);
bool logbook_has_decay(const Logbook *l);
/* The last row says that the run ended. */
bool logbook_has_ended(const Logbook *l);
int64_t logbook_first(const Logbook *l); /* step of the first evaluation or sample, 0 when there is none */
int64_t logbook_last(const Logbook *l);  /* of the newest row */

int64_t logbook_next(const Logbook *l, int64_t step); /* of the first evaluation or sample after step, -1: none yet */

/* All of it. Valid until the next read. */
const Board *logbook_board(const Logbook *l);
/* As the board stood when the rows up to this step were in. *out was made by board_new. */
void logbook_board_at(Logbook *l, int64_t step, Board *out);
/* The newest portrait of the kind and layer asked for, up to this step, where the log tells one (log/probe_json);
 * false, and *out as it was, when it tells none. Costs nothing when *out is it already. */
bool logbook_portrait_at(Logbook *l, int64_t step, const PortraitAsk *ask, Portrait *out);

#endif
