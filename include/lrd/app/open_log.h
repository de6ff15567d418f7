/* app/open_log: a log that a command line names, opened and read as every verb does that looks at one: with --map;
 * refused where nothing of it can be shown; what was left out of it goes to stderr.
 *
 * Errors: STATUS_INPUT. Ownership: the caller's, log_index_close. Threads: the main thread. */
#ifndef LRD_APP_OPEN_LOG_H
#define LRD_APP_OPEN_LOG_H

#include <lrd/app/cli.h>
#include <lrd/log/log_index.h>

/* By what is in it. A name that is no file may still be meant as one: then the reader of logs says what is wrong. */
bool operand_is_log(const char *operand);
/* step: one that it must reach back to, -1 for none. NULL with *status set. */
LogIndex *open_log(const Arguments *a, const char *path, int64_t step, Status *status);

#endif
