/* log/eval_history: evaluations of earlier steps, so that the views can show the run as it was.
 *
 * A bounded list, dense near the newest and sparse far back. The evaluations are never written to once they are in a
 * list, and lists share them: a copy of a list costs a few counters, so that snapshots may carry one.
 *
 * Ownership: a Moments holds its evaluations; moments_clear lets them go, the last holder frees. A zeroed one is empty.
 * Threads: each list has one owner; lists of several threads may share evaluations. */
#ifndef LRD_LOG_EVAL_HISTORY_H
#define LRD_LOG_EVAL_HISTORY_H

#include <lrd/log/record.h>

enum { MOMENTS_MAX = 256, MOMENTS_BYTES = 16 << 20 };

typedef struct Moment Moment;

typedef struct Moments {
    int count;
    Moment *item[MOMENTS_MAX]; /* by rising step */
} Moments;

void moments_clear(Moments *l);
/* Steps never fall; a second evaluation of the newest step takes its place. */
void moments_add(Moments *l, const Evaluation *e);
void moments_copy(Moments *to, const Moments *from);
/* Forgets everything after step. */
void moments_cut(Moments *l, int64_t step);

/* Place of the newest one at or before step, -1 for none. */
int moments_find(const Moments *l, int64_t step);
const Evaluation *moments_at(const Moments *l, int place);
/* The newest one at or before step, NULL for none. */
const Evaluation *moments_of_step(const Moments *l, int64_t step);

#endif
