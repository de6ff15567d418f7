/* lab/decay: the table of weight decays and their steps on one matrix.
 *
 * W is [rows, cols], changed in place; s = strength, times the step's lr when lr_scaled, times |W| when
 * relative.
 *   lrd         W -= s NS(W)
 *   polar       W -= s U V^T
 *   svt         sigma <- max(sigma - s, 0)
 *   elastic     W -= s NS(W);  W *= 1 - lr * l2
 *   radial      W -= s |NS(W)| / (|W| + 1e-8) W
 *   tangential  D = NS(W) less its part along W; W -= s D; W scaled back to its length
 *   shrink      W -= s <NS(W), W> / |W|^2 W: what lrd takes off along W, and no more
 *   none, l2    nothing here: AdamW does l2
 *
 * Ownership: nothing is kept; scratch is the caller's. Threads: any, with own scratch.
 * Source: Li (arXiv 2606.04405) for lrd; the others are its controls. */
#ifndef LRD_LAB_DECAY_H
#define LRD_LAB_DECAY_H

#include <stdbool.h>
#include <stddef.h>

#include <lrd/lab/model.h>

typedef enum DecayKindId {
    DECAY_NONE,
    DECAY_L2,
    DECAY_LRD,
    DECAY_POLAR,
    DECAY_SVT,
    DECAY_ELASTIC,
    DECAY_RADIAL,
    DECAY_TANGENTIAL,
    DECAY_SHRINK,
    DECAY_KIND_COUNT
} DecayKindId;

typedef enum DecayTargets { TARGETS_QK, TARGETS_ATTN, TARGETS_BLOCKS, TARGETS_ALL, TARGETS_COUNT } DecayTargets;

typedef struct DecayRule { /* the [decay] section of the settings */
    DecayKindId kind;
    DecayTargets targets;
    double strength, rest, l2;
    int ns_iters;
    bool lr_scaled, relative;
} DecayRule;

typedef struct DecayKind {
    const char *name;  /* the value of decay.kind */
    const char *label; /* as the screen writes it: "LRD", "L2" */
    const char *does;  /* one sentence for help */
    bool matrix;       /* acts on matrices after AdamW */
    bool spectral;     /* needs an SVD: polar, svt */
    /* NULL for none and l2. false when an SVD failed; W is then unchanged. */
    bool (*step)(const DecayRule *rule, float *W, int rows, int cols, double lr, float *scratch);
} DecayKind;

extern const DecayKind decay_kinds[DECAY_KIND_COUNT];
extern const char *const decay_target_names[TARGETS_COUNT];

/* Whether the rule's kind decays this tensor (matrix kinds: only 2-D tensors). */
bool decay_is_target(const DecayRule *rule, const Tensor *tensor);
/* AdamW's weight decay for this tensor: strength for targets under l2, 0 for targets under any other
 * kind, rest for every other tensor. */
double decay_adamw_rate(const DecayRule *rule, const Tensor *tensor);
/* s for a matrix of norm |W|, which is looked at where the rule is relative alone. */
double decay_step_length(const DecayRule *rule, double lr, double norm);
/* Floats of scratch that a step on a rows x cols matrix needs, whatever the kind. */
size_t decay_scratch_floats(int rows, int cols);

#endif
