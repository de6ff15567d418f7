/* train/trainer: one optimisation step and one evaluation, spread over threads, bit for bit the same for any number of
 * them.
 *
 * The batch is cut into a fixed number of shards (a function of its size alone). Each shard is worked off by
 * whichever thread is free, with BLAS calls that stay on that thread, into a gradient arena of its own; the
 * shards' gradients are added in shard order. Nothing is allocated in a step.
 *
 * Ownership: the trainer owns its arenas, threads and dataset. Threads: one owner; trainer_abandon from anywhere.
 * Source: the training step of Li (arXiv 2606.04405). */
#ifndef LRD_TRAIN_TRAINER_H
#define LRD_TRAIN_TRAINER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <lrd/base/rng.h>
#include <lrd/base/status.h>
#include <lrd/lab/model.h>
#include <lrd/lab/task.h>
#include <lrd/train/checkpoint.h>
#include <lrd/log/probe.h>
#include <lrd/log/record.h>
#include <lrd/config/settings.h>

typedef enum StepOutcome {
    STEP_DONE,
    STEP_NON_FINITE, /* loss or gradient not finite: nothing was changed */
    STEP_ABANDONED,  /* nothing was changed */
} StepOutcome;

typedef struct StepResult { /* of the last step that was done; NAN before the first */
    double loss, accuracy, grad_norm;
} StepResult;

/* What a step is made of, for bench: seconds summed over the calls. */
typedef enum StepPhase {
    PHASE_TABLE,
    PHASE_SHARDS,
    PHASE_TABLE_BACKWARD,
    PHASE_REDUCE,
    PHASE_ADAMW,
    PHASE_DECAY,
    PHASE_COUNT
} StepPhase;
extern const char *const step_phase_names[PHASE_COUNT];

/* Everything that a step changes: the trainer's state, as checkpoints keep it. Pointers into the trainer. */
typedef struct TrainerState {
    int64_t step;           /* steps done */
    float *weights, *m, *v; /* [parameters] */
    int32_t *permutation;   /* [train_count] of the epoch in hand */
    int64_t cursor;         /* next place in it, below train_count */
    Rng batches;
    QkState qk;
} TrainerState;

typedef struct Trainer Trainer;

/* settings were checked. Takes the dataset over. Weights start from model.seed. */
Trainer *trainer_new(const Settings *settings, Dataset *dataset);
void trainer_free(Trainer *t);

TrainerState *trainer_state(Trainer *t);
/* One state becomes the other, its arrays stay its own: both of t's sizes. */
void trainer_copy_state(const Trainer *t, TrainerState *to, const TrainerState *from);
/* To be called when the state was replaced: what the last step told belongs to other weights. */
void trainer_forget_step(Trainer *t);
const ModelLayout *trainer_layout(const Trainer *t);
const Dataset *trainer_dataset(const Trainer *t);
/* Takes over what may change mid-run (lr, clip, batch, threads, decay ...); effective from the next step. */
void trainer_configure(Trainer *t, const Settings *settings);

/* One step. watch: this step's turn is to be measured (an evaluation or sample follows it). */
StepOutcome trainer_step(Trainer *t, bool watch);
StepResult trainer_last(const Trainer *t);
/* The gradient of the last step before clipping, [parameters]. */
const float *trainer_gradient(const Trainer *t);
/* Whole sets, spectra and geometry, with the current weights. e was initialised to the trainer's shape.
 * time_s and steps_per_s are left alone. This look and the next two are false, and what they filled in is worthless,
 * when trainer_abandon cut them short. */
bool trainer_evaluate(Trainer *t, Evaluation *e);
/* Q/K matrices only (means included). */
bool trainer_measure(Trainer *t, Evaluation *e);
/* Batch figures of the last step, a rotating sample of unseen rows. stable_rank is left to the caller. */
bool trainer_sample(Trainer *t, Sample *s);
/* Fills p in with what was asked for; of the table of answers one piece, from where the last call stopped. A probe
 * belongs to one trainer: another one's is to be freed first. */
bool trainer_probe(Trainer *t, const ProbeRequest *ask, Probe *p);
bool trainer_weights_are_finite(const Trainer *t);
int trainer_matrix_count(const Trainer *t);
/* W <- factor W between steps, of a matrix of Q or K; Adam's moments, Muon's momentum and the length that is held go
 * along, so that the next step turns W as far as one of that length is turned. */
void trainer_scale_matrix(Trainer *t, int tensor, double factor);
/* Every matrix of Q and K to this rank, its length kept, its moments as they are. Returns how many were left alone as
 * their SVD failed. */
int trainer_truncate(Trainer *t, int rank);
/* Matrices whose norm train.qk_hold could not restore in the last step. */
int trainer_hold_failures(const Trainer *t);
/* Matrices that the last step's decay left alone because their SVD failed. */
int trainer_decay_failures(const Trainer *t);

void trainer_abandon(Trainer *t);
void trainer_clear_abandon(Trainer *t);
/* Seconds spent per phase since trainer_reset_clock, and steps counted. */
void trainer_reset_clock(Trainer *t);
void trainer_read_clock(const Trainer *t, double seconds[PHASE_COUNT], int64_t *steps);

#endif
