/* log/log_command: the command that makes the run of a log again, number for number.
 *
 * It names every setting that is not at its default and every change that was made (--at), so that it needs no preset;
 * the changes are those of the branch in hand. Files that it was given
 * (--init, --pairs) go by the names they had.
 *
 * Errors: STATUS_INPUT. Threads: one owner of the log. */
#ifndef LRD_LOG_LOG_COMMAND_H
#define LRD_LOG_LOG_COMMAND_H

#include <lrd/log/log_index.h>

/* One line for sh, without the newline; refused for a log of another program, where weights were changed by
 * hand, or where the beginning is not in it. */
Status log_command_of_book(const LogIndex *book, Text *out);
/* The same of what a screen shows, up to that step. */
Status log_command_of_summary(const RunSummary *b, int64_t step, Text *out);

#endif
