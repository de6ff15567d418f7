/* train/trainer_inside: the trainer's parts, shared by the files of train/trainer and train/benchmark alone. */
#ifndef LRD_TRAIN_TRAINER_INSIDE_H
#define LRD_TRAIN_TRAINER_INSIDE_H

#include <lrd/lab/net.h>
#include <lrd/base/pool.h>
#include <lrd/train/trainer.h>

enum {
    TRAINER_SHARDS_MAX = 16,
    TRAINER_CHUNK = 16384 /* floats of a gradient that are summed as one item */
};

/* What one worker needs to itself. */
typedef struct TrainerWorker {
    NetWork net;
    float *scratch; /* decay_scratch_floats of the largest matrix that is worked on, and a copy of a Q/K matrix */
    size_t scratch_floats;
} TrainerWorker;

/* The Q/K matrices around the last watched step. */
typedef struct TrainerWatch {
    int64_t step;            /* the weights of this step are those after it; -1: none was watched */
    float *before, *between; /* [matrices][dim dim]: before the step; after AdamW, before the decay */
    /* Of its gradient: a step that is abandoned later overwrites the gradient, and these must not change. */
    double radial[RECORD_MATRICES_MAX], tangential[RECORD_MATRICES_MAX];
} TrainerWatch;

struct Trainer {
    Settings settings;
    DecayRule decay;
    ModelLayout layout;
    Dataset data;
    int64_t *test_rows; /* mirror rows first, then unseen ones, as indices into data.test */
    const Ops *ops;
    Pool *pool;
    TrainerWorker *workers; /* one per thread */
    TrainerState state;

    Layer0Cache table;
    NetShard shards[TRAINER_SHARDS_MAX];
    int shard_count, shards_made;
    LossSum shard_sum[TRAINER_SHARDS_MAX];

    int64_t batch;         /* examples of the step in hand */
    bool direct;           /* the table holds the batch's own rows: fewer than the distinct ones */
    int32_t *order;        /* [batch] its examples, as indices into data.train */
    int64_t *order_start;  /* [tokens + 1] where the rows of each a start in order, then where they end */
    int32_t *row, *target; /* [batch][3], [batch] */
    int64_t batch_capacity;
    double *squares; /* per chunk of the gradient */
    LossSum *pass_sum;

    int matrix_count;
    int matrix[RECORD_MATRICES_MAX]; /* tensors: Q and K of each layer */
    int *decayed;                    /* tensors that the matrix decay works on */
    int decayed_count;
    bool hold_failed[RECORD_MATRICES_MAX];
    bool *decay_failed; /* per decayed tensor: its SVD failed in the last step */
    float *sigma;       /* [matrices][dim]: the last good ones */
    TrainerWatch watch;

    bool leads;                             /* task_turn is measured */
    double task_turn[RECORD_MATRICES_MAX];  /* degrees, of the last step */
    double other_turn[RECORD_MATRICES_MAX]; /* of the arm that is followed, at this step */

    StepResult last;
    atomic_bool abandoned;
    double phase_seconds[PHASE_COUNT];
    int64_t phase_steps;
};

/* lr of the step with this index, warm-up included. */
double trainer_lr(const Trainer *t, int64_t step);
Net trainer_net(const Trainer *t);
bool trainer_is_abandoned(const Trainer *t);
/* Names the table's rows: every (token, position). */
void trainer_table_all(Trainer *t);
/* These, and what layer 0 makes of them with the weights of now. */
void trainer_fill_table(Trainer *t);

#endif
