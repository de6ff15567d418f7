/* log/eval_history: evaluations of earlier steps, so that the views can show the run as it was.
 *
 * A bounded list, dense near the newest and sparse far back. The evaluations are never written to once they are in a
 * list, and lists share them: a copy of a list costs a few counters, so that snapshots may carry one.
 *
 * Ownership: a Moments holds its evaluations; eval_history_clear lets them go, the last holder frees. A zeroed one is
 * empty. Threads: each list has one owner; lists of several threads may share evaluations. */
#ifndef LRD_LOG_EVAL_HISTORY_H
#define LRD_LOG_EVAL_HISTORY_H

#include <lrd/log/record.h>

enum { EVAL_HISTORY_MAX = 256, EVAL_HISTORY_BYTES = 16 << 20 };

typedef struct HeldEvaluation HeldEvaluation;

typedef struct EvalHistory {
    int count;
    HeldEvaluation *item[EVAL_HISTORY_MAX]; /* by rising step */
} EvalHistory;

void eval_history_clear(EvalHistory *l);
/* Steps never fall; a second evaluation of the newest step takes its place. */
void eval_history_add(EvalHistory *l, const Evaluation *e);
void eval_history_copy(EvalHistory *to, const EvalHistory *from);
/* Forgets everything after step. */
void eval_history_cut(EvalHistory *l, int64_t step);

/* Place of the newest one at or before step, -1 for none. */
int eval_history_find(const EvalHistory *l, int64_t step);
const Evaluation *eval_history_at(const EvalHistory *l, int place);
/* The newest one at or before step, NULL for none. */
const Evaluation *eval_history_of_step(const EvalHistory *l, int64_t step);

#endif
