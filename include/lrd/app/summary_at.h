/* app/summary_at: the board of a run as it stood at one step, from a log or by running a preset up to it.
 *
 * Ownership: the caller frees the board. Threads: the main thread. */
#ifndef LRD_APP_SUMMARY_AT_H
#define LRD_APP_SUMMARY_AT_H

#include <lrd/app/setup.h>
#include <lrd/session/session.h>

typedef struct BoardAt {
    Board *board; /* NULL after a failure */
    SessionState state;
    int64_t step;
    bool recorded;     /* from a log */
    Expect expect;     /* of a run of a preset; else empty */
    ReplayView replay; /* of a log of another program; else all zero */
    Portrait portrait; /* what was asked for; the caller frees it too */
} BoardAt;

/* step: -1 for the end of the log. ask: for the portrait, where the log tells one. */
Status board_at_of_log(const char *path, int64_t step, const PortraitAsk *ask, BoardAt *out);
/* Trains from step 0; progress goes to stderr. ask: for the portrait. */
Status board_at_of_setup(const Arguments *a, const Setup *setup, int64_t step, const PortraitAsk *ask, BoardAt *out);

#endif
