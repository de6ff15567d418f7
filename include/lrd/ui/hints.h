/* ui/hints: what someone is told who opens the lab for the first time, in the message line, once.
 *
 * A hint comes when no message is shown; every key does what it always does, and its answer takes the hint's place.
 * Ownership: the table is const. Threads: any. */
#ifndef LRD_UI_HINTS_H
#define LRD_UI_HINTS_H

enum { HINT_COUNT = 4 };
extern const char *const hints[HINT_COUNT];

#endif
