/* log/log_names: short names for logs, by what tells their paths apart.
 *
 * "sweep/frac=0.3,seed=0/log.jsonl" and "sweep/frac=0.4,seed=0/log.jsonl" are "frac=0.3" and "frac=0.4"; a log alone is
 * its file without folders and ending. Names are plain ASCII, fit for a terminal.
 *
 * Pure. Threads: any. */
#ifndef LRD_LOG_LOG_NAMES_H
#define LRD_LOG_LOG_NAMES_H

#include <lrd/log/comparison.h>

void log_names(const char *const *paths, int count, char (*names)[COMPARISON_NAME_MAX]);

#endif
