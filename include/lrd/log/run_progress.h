/* log/run_progress: what of a run's records must survive in a checkpoint or a rewind point: milestones, streaks, peaks.
 *
 * Ownership: plain values. Threads: any. */
#ifndef LRD_LOG_RUN_PROGRESS_H
#define LRD_LOG_RUN_PROGRESS_H

#include <stdint.h>

enum { RUN_PROGRESS_COUNTERS = 16, RUN_PROGRESS_LEVELS = 8 };

/* Places in counters that others may read; the rest of them is the recorder's business. Steps, -1: not yet. */
enum { RUN_PROGRESS_MEMORISED, RUN_PROGRESS_COLLAPSED, RUN_PROGRESS_GROKKED, RUN_PROGRESS_COUNTERS_NAMED };

typedef struct RunProgress {
    int64_t counters[RUN_PROGRESS_COUNTERS];
    double levels[RUN_PROGRESS_LEVELS];
} RunProgress;

#endif
