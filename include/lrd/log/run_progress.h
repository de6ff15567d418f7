/* log/run_progress: what of a run's records must survive in a checkpoint or a rewind point: milestones, streaks, peaks.
 * log/recorder knows what the numbers are.
 *
 * Ownership: plain values. Threads: any. */
#ifndef LRD_LOG_RUN_PROGRESS_H
#define LRD_LOG_RUN_PROGRESS_H

#include <stdint.h>

enum { RUN_PROGRESS_COUNTERS = 16, RUN_PROGRESS_LEVELS = 8 };

typedef struct RunProgress {
    int64_t counters[RUN_PROGRESS_COUNTERS];
    double levels[RUN_PROGRESS_LEVELS];
} RunProgress;

#endif
