/* log/record: what a run says of itself: evaluations, samples and events.
 *
 * The same records go to the log, to the summary that the screen is drawn from, and come back from a log.
 * A number that does not exist (mirror accuracy of a task that does not commute, turn at step 0) is NAN
 * here and null in the log.
 *
 * Ownership: an Evaluation owns its sigma; evaluation_free gives it back. Threads: one owner. */
#ifndef LRD_LOG_RECORD_H
#define LRD_LOG_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include <lrd/lab/model.h>

enum { RECORD_MATRICES_MAX = 2 * MODEL_DEPTH_MAX, EVENT_VALUE_MAX = 64, EVENT_TO_MAX = 4096 /* a path */ };

/* What a run was given to begin with beside its settings, as the command line named it; "": nothing. */
typedef struct GivenFiles {
    char init[EVENT_TO_MAX], pairs[EVENT_TO_MAX];
} GivenFiles;

/* One Q/K matrix. Lengths are Frobenius norms; turn is in degrees per step. */
typedef struct MatrixMeasure {
    char name[TENSOR_NAME_MAX];
    double stable_rank, effective_rank, participation; /* NAN for a zero matrix */
    double nuclear, norm, spectral;
    double turn;                           /* angle between W before and after the last step */
    double turn_task, turn_decay;          /* what AdamW alone turned, and the decay after it */
    double decay_radial, decay_tangential; /* parts of the decay's next step, along and across W */
    double gradient_radial, gradient_tangential;
    bool floor; /* a singular value is smaller than what one step takes from it */
    bool stale; /* the SVD failed: sigma and ranks are the last good ones */
} MatrixMeasure;

typedef struct Evaluation {
    int64_t step;  /* the weights before this step's update */
    double time_s; /* since the start of the run, monotonic */
    double train_loss, train_acc, test_loss, test_acc, mirror_acc, unseen_acc; /* whole sets; accuracies 0..1 */
    double stable_rank, effective_rank, participation;                         /* means over the Q/K matrices */
    double batch_loss, grad_norm; /* of the last step; grad_norm before clipping */
    double weight_norm, steps_per_s;
    int64_t zero_loss_rows; /* training rows whose cross-entropy is zero in float32 */
    char decay_kind[16], decay_targets[16];
    double decay_strength;
    int matrix_count, sigma_count; /* sigma_count: singular values of each matrix */
    MatrixMeasure matrix[RECORD_MATRICES_MAX];
    float *sigma; /* [matrix_count][sigma_count], descending */
} Evaluation;

/* A cheap look every sample_every steps; *_acc are of a batch and of a rotating sample, not whole sets. */
typedef struct Sample {
    int64_t step;
    double batch_loss, batch_acc, unseen_sample_acc, stable_rank;
} Sample;

typedef enum EventKind {
    EVENT_SET, /* key, from, to */
    EVENT_MEMORISED,
    EVENT_COLLAPSED, /* mean Q/K stable rank below 2 */
    EVENT_GROKKED,
    EVENT_GENERALISED,
    EVENT_LOST,
    EVENT_REGAINED, /* older logs say grokked or generalised a second time */
    EVENT_WARNING,  /* train accuracy 5 points below its peak after a change */
    EVENT_SPIKE,    /* loss x10 within one evaluation interval (lab/milestone) */
    EVENT_FLOOR,
    EVENT_NON_FINITE,
    EVENT_BRANCH, /* from: the branch that it starts on; to: its own number; key: its name. Steps after it are undone.
                     from and to alike: the run went back by itself, key says why */
    EVENT_SWITCH, /* from, to: branches; goes on at the step where `to` was left */
    EVENT_RESUMED,
    EVENT_SAVED,
    EVENT_END,
    EVENT_KIND_COUNT
} EventKind;

extern const char *const event_names[EVENT_KIND_COUNT]; /* as in the log: "set", "memorised", ... */

typedef struct Event {
    EventKind kind;
    int64_t step;
    char key[EVENT_VALUE_MAX], from[EVENT_VALUE_MAX]; /* set */
    char to[EVENT_TO_MAX];                            /* set; saved, resumed: the file's name; end: why */
    double value; /* what the event measured (an accuracy, a rank, a loss), NAN for none */
} Event;

/* Makes room for the matrices; every number is NAN, every count as given. */
void evaluation_init(Evaluation *e, int matrix_count, int sigma_count);
void evaluation_free(Evaluation *e);
/* dst was initialised; it takes src's shape. */
void evaluation_copy(Evaluation *dst, const Evaluation *src);

#endif
