/* train/checkpoint: a run on disk: its weights, and all else that going on bit for bit needs.
 *
 * A safetensors file. Weights under the reference's names, F32; optim.m.NAME and optim.v.NAME; state.step,
 * state.cursor [1] I64, state.permutation [n] I32, state.pairs [n, 2] I32, state.rng [4] U64, state.counters I64,
 * state.levels F64; state.strengths F64 by decay, -1 for none, where one of another decay was not the usual one;
 * state.qk [34] F64 where a setting of Q and K keeps something; every setting, "format" and "blas.core" as strings in
 * __metadata__. Of a second arm state.twin.w.NAME, .m., .v., .counters, .levels, .qk and metadata twin.KEY; of one that
 * is still to begin metadata "twin". Nothing in it depends on the clock: equal runs write equal bytes.
 *
 * Reading goes in this order, so that nothing is allocated before it was checked:
 *   checkpoint_open, checkpoint_apply_settings, (settings_check, model_layout), checkpoint_check_weights and, to
 *   resume, checkpoint_check_state, then checkpoint_read_weights / _pairs / _state.
 *
 * Errors: STATUS_INPUT with the file's name for a file that is not right, STATUS_FAILED for one that cannot be
 * written. Ownership: checkpoint_close gives a Checkpoint back; arenas are the caller's. Threads: one owner. */
#ifndef LRD_TRAIN_CHECKPOINT_H
#define LRD_TRAIN_CHECKPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include <lrd/base/rng.h>
#include <lrd/base/status.h>
#include <lrd/lab/model.h>
#include <lrd/io/safetensors.h>
#include <lrd/config/own_strength.h>
#include <lrd/config/settings.h>
#include <lrd/log/run_progress.h>

/* What the settings of Q and K keep from step to step. A file without it: all zero. */
typedef struct QkState {
    double held[2 * MODEL_DEPTH_MAX]; /* the norm of each matrix when train.qk_hold began; 0: not taken */
    double momentum_of;               /* whose momentum m holds for Q and K: a QkOptimiser */
    double truncated; /* the step of the last scheduled truncation, plus 1: a resumed run does not repeat it */
} QkState;

/* The second arm of a run: what differs from the first. Pointers are borrowed. */
typedef struct CheckpointArm {
    const Settings *settings;
    const float *weights, *m, *v; /* [layout->parameters] */
    QkState qk;
    RunProgress progress;
} CheckpointArm;

enum { QK_STATE_DOUBLES = sizeof(QkState) / sizeof(double) };

/* What is saved. Pointers are borrowed for the call. */
typedef struct CheckpointView {
    const Settings *settings; /* in force */
    const ModelLayout *layout;
    const float *weights, *m, *v; /* [layout->parameters] */
    int64_t step;
    int64_t train_count;
    const int32_t *pairs;       /* [train_count][2], in batch order */
    const int32_t *permutation; /* [train_count] */
    int64_t cursor;
    Rng batches;
    QkState qk;
    OwnStrengths strengths;
    RunProgress progress;
    const CheckpointArm *twin; /* NULL: none */
    const char *twin_due;      /* words of --twin, "" when none is still to begin */
    const char *blas_core;     /* "" when it has no name */
} CheckpointView;

Status checkpoint_write(const char *path, const CheckpointView *view);

/* One arena alone, weights or gradient, loadable by the reference's load_state_dict (pos_embedding as [1, 3, dim]).
 * settings go into __metadata__; NULL: none. */
Status weights_write(const char *path, const ModelLayout *layout, const float *arena, const Settings *settings);

typedef struct Checkpoint Checkpoint;

/* Opens a checkpoint or a file of weights alone. NULL with *status set when it is not one. */
Checkpoint *checkpoint_open(const char *path, Status *status);
void checkpoint_close(Checkpoint *c);
const SafetensorsFile *checkpoint_file(const Checkpoint *c);

/* Every setting that the metadata names, onto *settings; other metadata is ignored. *settings is unchanged when a
 * value is refused. */
Status checkpoint_apply_settings(const Checkpoint *c, Settings *settings);
/* Every weight is there, with the layout's shape, and nothing that belongs to another model. pos_embedding may be
 * [3, dim] or [1, 3, dim]. Of weights alone, F64, F16 and BF16 are converted, and what wrappers put before every name
 * (module., _orig_mod., model.) is taken off. */
Status checkpoint_check_weights(const Checkpoint *c, const ModelLayout *layout);
/* What is converted and taken off, in words for a sentence; "" for nothing. */
void checkpoint_add_notes(const Checkpoint *c, Text *out);
Status checkpoint_read_weights(const Checkpoint *c, const ModelLayout *layout, float *weights);

/* Whether the file says that it is a checkpoint, rather than weights alone. */
bool checkpoint_can_resume(const Checkpoint *c);
/* Everything that resuming needs is there with the right shape; a sentence for weights alone. */
Status checkpoint_check_state(const Checkpoint *c, const ModelLayout *layout);
/* After checkpoint_check_state. */
int64_t checkpoint_train_count(const Checkpoint *c);
Status checkpoint_read_pairs(const Checkpoint *c, int32_t *pairs); /* [train_count][2] */
const char *checkpoint_blas_core(const Checkpoint *c);             /* "" when unknown */

/* Where the state goes: the caller's arenas, filled by checkpoint_read_state. */
typedef struct CheckpointState {
    float *m, *v;         /* [layout->parameters] */
    int32_t *permutation; /* [train_count] */
    int64_t step, cursor;
    Rng batches;
    QkState qk;
    OwnStrengths strengths;
    RunProgress progress;
} CheckpointState;

/* Whether the file holds a second arm; its settings. */
bool checkpoint_has_twin(const Checkpoint *c);
Status checkpoint_read_twin_settings(const Checkpoint *c, Settings *settings);
const char *checkpoint_twin_due(const Checkpoint *c); /* "" for none */
/* After checkpoint_read_state, whose result *into is a copy of, with m and v of its own. */
Status checkpoint_read_twin(const Checkpoint *c, const ModelLayout *layout, float *weights, CheckpointState *into);

/* Also checks the values: a step of at least 0, a permutation that is one, a cursor inside it. */
Status checkpoint_read_state(const Checkpoint *c, const ModelLayout *layout, CheckpointState *into);

#endif
