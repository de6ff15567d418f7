/* log/column_name: what the name of a column in someone else's log says.
 *
 * Ownership: none kept. Threads: any. */
#ifndef LRD_LOG_COLUMN_NAME_H
#define LRD_LOG_COLUMN_NAME_H

#include <stdbool.h>

/* How well the name says that the column is this field: 0 it is its name, 1 but for case and what separates words,
 * more: its words say so; -1: it does not. */
int column_name_rank(const char *name, const char *field);
bool column_name_is_percent(const char *name);
/* Alike but for case. */
bool column_word_is(const char *word, const char *lower);
/* "start", or an event of ours. */
bool column_event_is_known(const char *name);

#endif
