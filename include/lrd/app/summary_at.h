/* app/summary_at: the summary of a run as it stood at one step, from a log or by running a preset up to it.
 *
 * Ownership: the caller frees the summary. Threads: the main thread. */
#ifndef LRD_APP_SUMMARY_AT_H
#define LRD_APP_SUMMARY_AT_H

#include <lrd/app/setup.h>
#include <lrd/log/log_index.h>
#include <lrd/session/session.h>

typedef struct SummaryAt {
    RunSummary *summary; /* NULL after a failure */
    SessionState state;
    int64_t step;
    bool recorded;      /* from a log */
    Expectation expect; /* of a run of a preset; else empty */
    ReplayView replay;  /* of a log of another program; else all zero */
    Probe probe;        /* what was asked for; the caller frees it too */
} SummaryAt;

/* The log that the operand names, at --step or its end, with --map; what was left out of it goes to stderr.
 * ask: for the probe, where the log tells one. */
Status summary_at_of_log(const Arguments *a, const ProbeRequest *ask, SummaryAt *out);
/* The same of a log that was read; at most its last step. */
void summary_at_of_index(LogIndex *index, int64_t step, const ProbeRequest *ask, SummaryAt *out);
/* Trains from step 0; progress goes to stderr. ask: for the probe. */
Status summary_at_of_setup(const Arguments *a, const Setup *setup, int64_t step, const ProbeRequest *ask,
                           SummaryAt *out);

/* Gives summary and probe back. */
void summary_at_free(SummaryAt *at);
/* What the screen is drawn from; it lends what `at` holds. */
Snapshot summary_at_snapshot(const SummaryAt *at);

#endif
