/* lab/task: the table of operations, and the split of a table of answers into training and test rows.
 *
 * A row is the input (a, b, =) with the target c = a op b. Tokens are 0 .. tokens-1, '=' is token
 * `tokens`, so the vocabulary is tokens + 1. The whole domain is shuffled by the seed and the first
 * floor(n * fraction) rows train; test rows are kept in domain order whatever made the split, so that
 * sums over them do not depend on it. A test row (a,b) of a commuting task is `mirror` when (b,a) is
 * trained, else `unseen`; for the other tasks every test row is unseen.
 *
 * Ownership: dataset_free gives back what a Dataset owns. Threads: a built Dataset is read-only.
 * Source: Power et al. (arXiv 2201.02177). */
#ifndef LRD_LAB_TASK_H
#define LRD_LAB_TASK_H

#include <stdbool.h>
#include <stdint.h>

#include <lrd/base/status.h>

typedef enum TaskOp {
    TASK_ADD,
    TASK_SUB,
    TASK_MUL,
    TASK_DIV,
    TASK_SUMSQ,
    TASK_QUAD,
    TASK_CUBIC,
    TASK_S5,
    TASK_OP_COUNT
} TaskOp;

typedef struct TaskKind {
    const char *name;    /* the value of task.op */
    const char *formula; /* for people: "a + b mod p", "a after b" */
    bool commutes;       /* a op b == b op a for all a, b */
    int (*apply)(int a, int b, int p);
} TaskKind;

extern const TaskKind task_kinds[TASK_OP_COUNT];

typedef struct TaskRow {
    int32_t a, b, c;
} TaskRow;

typedef struct Dataset {
    TaskOp op;
    int tokens; /* p, or 120 for s5; also the number of classes that occur */
    int64_t train_count, test_count, mirror_count, unseen_count;
    TaskRow *train; /* in batch order */
    TaskRow *test;  /* in domain order */
    bool *mirror;   /* [test_count] */
} Dataset;

/* Number of rows of the domain; 0 for an op and p that do not go together (div needs a prime p). */
int64_t task_domain_size(TaskOp op, int p);
/* The number of tokens besides '='. */
int task_tokens(TaskOp op, int p);
/* The answer; -1 for a pair outside the domain. */
int task_answer(TaskOp op, int p, int64_t a, int64_t b);

/* Splits by seed. The arguments were checked by settings_check; a bad pair of op and p is STATUS_INPUT all the same. */
Status dataset_split(Dataset *d, TaskOp op, int p, double fraction, uint64_t seed);
/* Takes these training rows, in this order ([count][2], a then b); the rest of the domain is the test set.
 * A pair outside the domain or repeated is STATUS_INPUT and *bad its index (bad may be NULL). */
Status dataset_from_pairs(Dataset *d, TaskOp op, int p, const int32_t *pairs, int64_t count, int64_t *bad);
void dataset_free(Dataset *d);

#endif
