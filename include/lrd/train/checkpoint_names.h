/* train/checkpoint_names: how the parts of a checkpoint are called in its file, for its writer and its reader.
 *
 * Part of the file format: a change needs a new CHECKPOINT_FORMAT. */
#ifndef LRD_TRAIN_CHECKPOINT_NAMES_H
#define LRD_TRAIN_CHECKPOINT_NAMES_H

#include <stdint.h>

#include <lrd/lab/model.h>

#define CHECKPOINT_FORMAT_KEY "format"
#define CHECKPOINT_FORMAT "lrdlab-checkpoint 1"
#define CHECKPOINT_BLAS_KEY "blas.core"

#define CHECKPOINT_M "optim.m."
#define CHECKPOINT_V "optim.v."
#define CHECKPOINT_STATE "state."
#define CHECKPOINT_STEP CHECKPOINT_STATE "step"
#define CHECKPOINT_CURSOR CHECKPOINT_STATE "cursor"
#define CHECKPOINT_RNG CHECKPOINT_STATE "rng"
#define CHECKPOINT_COUNTERS_NAME CHECKPOINT_STATE "counters"
#define CHECKPOINT_LEVELS_NAME CHECKPOINT_STATE "levels"
#define CHECKPOINT_PERMUTATION CHECKPOINT_STATE "permutation"
#define CHECKPOINT_QK CHECKPOINT_STATE "qk"               /* may be missing */
#define CHECKPOINT_STRENGTHS CHECKPOINT_STATE "strengths" /* may be missing */
#define CHECKPOINT_PAIRS CHECKPOINT_STATE "pairs"

#define CHECKPOINT_TWIN_KEY "twin" /* metadata, may be missing; before a dot and a setting: that of the second arm */
#define CHECKPOINT_TWIN CHECKPOINT_STATE "twin."
#define CHECKPOINT_TWIN_WEIGHTS CHECKPOINT_TWIN "w."
#define CHECKPOINT_TWIN_M CHECKPOINT_TWIN "m."
#define CHECKPOINT_TWIN_V CHECKPOINT_TWIN "v."
#define CHECKPOINT_TWIN_COUNTERS CHECKPOINT_TWIN "counters"
#define CHECKPOINT_TWIN_LEVELS CHECKPOINT_TWIN "levels"
#define CHECKPOINT_TWIN_QK CHECKPOINT_TWIN "qk"

enum { CHECKPOINT_STATE_TENSORS = 9, CHECKPOINT_TWIN_TENSORS = 3 };

/* A tensor's shape as the reference stores it: gains [dim], positions [1, 3, dim], else [rows, cols]. Returns the rank.
 */
static inline int checkpoint_tensor_shape(const Tensor *tensor, int64_t shape[3])
{
    int rank = 0;
    if (tensor->role == TENSOR_POSITION)
        shape[rank++] = 1;
    if (tensor->role != TENSOR_GAIN)
        shape[rank++] = tensor->rows;
    shape[rank++] = tensor->cols;
    return rank;
}

#endif
