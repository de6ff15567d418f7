/* train/pairs: training rows from a file, in batch order.
 *
 * One row a line, "a b": two whole numbers without sign, one blank between them, a newline at the end (the last
 * line may lack it). Nothing else: no blank lines, no comments. A line that is malformed, outside the domain of
 * the task or said before is STATUS_INPUT with FILE:LINE.
 *
 * Ownership: pairs_free gives the rows back. Threads: any. */
#ifndef LRD_TRAIN_PAIRS_H
#define LRD_TRAIN_PAIRS_H

#include <stddef.h>
#include <stdint.h>

#include <lrd/base/status.h>
#include <lrd/lab/task.h>

typedef struct Pairs {
    int32_t *rows; /* [count][2], a then b, as dataset_from_pairs takes them */
    int64_t count;
} Pairs;

void pairs_free(Pairs *p);
/* Reads a regular file. On failure *out is empty. */
Status pairs_read(const char *path, TaskOp op, int p, Pairs *out);
/* The same from memory; name is used in messages. */
Status pairs_parse(const char *name, const char *bytes, size_t length, TaskOp op, int p, Pairs *out);

#endif
