/* log/log_index: a log that can be opened at any step, and that grows while another process writes it.
 *
 * Rows are read once, in their order, into a summary of the whole run; where each stands in the file is kept, so that
 * the summary of an earlier step costs a copy and a few lines read again, however long the log is. A start row begins
 * the index anew (a restart); after a resumed or branch event the later rows no longer hold, and a switch event brings
 * back those of a branch that was left. A file that was replaced or written anew is read from its beginning.
 *
 * Logs of other programs: the task (has_task) and the decay (has_decay) may not be told; events that only this program
 * writes are then found here (lab/milestone). Rows of one step are one row, and what a row does not tell is shown as
 * it was told last (log/log_fields says which column is what).
 *
 * Errors: STATUS_INPUT with FILE:LINE. Ownership: log_index_close. Threads: one owner. */
#ifndef LRD_LOG_LOG_INDEX_H
#define LRD_LOG_LOG_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#include <lrd/base/status.h>
#include <lrd/log/run_summary.h>
#include <lrd/log/log_fields.h>
#include <lrd/log/probe.h>

typedef struct LogIndex LogIndex;

/* A regular file; nothing is read yet. NULL with *status set. */
LogIndex *log_index_open(const char *path, Status *status);
/* map: which column is which field; its words are borrowed. NULL for nothing. */
LogIndex *log_index_open_mapped(const char *path, const LogMap *map, Status *status);
void log_index_close(LogIndex *l);
/* Reads what came since the last call; returns whether anything did. *fault: the first bad line, which was skipped,
 * or why reading failed. */
bool log_index_read(LogIndex *l, Status *fault);

/* STATUS_INPUT: a column that was mapped is not there. */
Status log_index_check_map(const LogIndex *l);
/* The same, and where there are rows, but nothing of them can be shown. */
Status log_index_check(const LogIndex *l);
/* Which column was taken as what and what was left out; "" for nothing. */
void log_index_add_notes(const LogIndex *l, Text *out);
/* The columns of a log of another program, as a table. */
void log_index_describe_columns(const LogIndex *l, Text *out);
/* STATUS_INPUT: the last line is not whole, and has not grown for so many seconds. */
Status log_index_tail(const LogIndex *l, double seconds);

const char *log_index_path(const LogIndex *l);
int64_t log_index_rows(const LogIndex *l);    /* evaluations, samples and events of the run */
bool log_index_is_foreign(const LogIndex *l); /* not written by this program */
bool log_index_has_task(const LogIndex *l);
bool log_index_has_decay(const LogIndex *l);
/* The last row says that the run ended. */
bool log_index_has_ended(const LogIndex *l);
int64_t log_index_first(const LogIndex *l); /* step of the first evaluation or sample, 0 when there is none */
int64_t log_index_last(const LogIndex *l);  /* of the newest row */

int64_t log_index_next(const LogIndex *l,
                       int64_t step); /* of the first evaluation or sample after step, -1: none yet */

/* The settings at the beginning, and the changes since then by rising step, those of the branch in hand; false beyond
 * the last. Valid until the next read. */
const Settings *log_index_start_settings(const LogIndex *l);
bool log_index_change(const LogIndex *l, int i, int64_t *step, const char **key, const char **to);

/* All of it. Valid until the next read. */
const RunSummary *log_index_summary(const LogIndex *l);
/* As the summary stood when the rows up to this step were in. *out was made by run_summary_new. */
void log_index_summary_at(LogIndex *l, int64_t step, RunSummary *out);
/* The newest probe of the kind and layer asked for, up to this step, where the log tells one (log/probe_json);
 * false, and *out as it was, when it tells none. Costs nothing when *out is it already. */
bool log_index_probe_at(LogIndex *l, int64_t step, const ProbeRequest *ask, Probe *out);

#endif
