/* log/probe: what a view wants to know of the weights beyond the records: measured on demand, as plain numbers.
 *
 * A view asks for one kind (and, at any time, for one pair); trainer_probe fills the probe in from the current
 * weights. It never changes training. A probe holds only the kind that was asked for last, and the pair.
 *
 * Ownership: a zeroed Portrait is empty; probe_free gives its arrays back. Threads: one owner. */
#ifndef LRD_LOG_PROBE_H
#define LRD_LOG_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include <lrd/lab/model.h>

enum {
    PROBE_HEADS_MAX = 8,  /* heads whose maps are kept */
    PROBE_SIDE_MAX = 128, /* of a map; more tokens than that are averaged in blocks */
    PROBE_FREQUENCIES_MAX = 512,
    PROBE_CLOCK_MAX = 1000,
    PROBE_NEWS = 2, /* frames of a table in which what became right stands out */
    PROBE_TOP = 5
};

typedef enum ProbeKind { PROBE_NONE, PROBE_ATTENTION, PROBE_TABLE, PROBE_FOURIER, PROBE_KIND_COUNT } ProbeKind;

typedef struct ProbeRequest {
    ProbeKind kind;
    int layer; /* of the interaction maps */
    bool past; /* of the newest rewind point at or before step `at` instead of now */
    int64_t at;
    bool pair; /* pair_a, pair_b are wanted too */
    int pair_a, pair_b;
} ProbeRequest;

/* What a row of the table of answers is to the training. */
typedef enum PairKind { PAIR_OUTSIDE, PAIR_TRAINED, PAIR_MIRROR, PAIR_UNSEEN, PAIR_KIND_COUNT } PairKind;

/* One pair: what the model answers. Of a pair outside the table (a / 0) only a, b and kind count. */
typedef struct ProbePair {
    bool there;
    int a, b, right; /* right: the answer */
    PairKind kind;
    int64_t step;
    int top[PROBE_TOP]; /* the likeliest answers, likeliest first; -1: there are fewer */
    double chance[PROBE_TOP], chance_right;
    float look[MODEL_DEPTH_MAX][MODEL_POSITIONS]; /* attention of the last position to a, b, =: mean over the heads */
} ProbePair;

/* The model's answer to a pair of the table. */
typedef struct ProbeCell {
    int16_t answer, right; /* answer -1: not asked yet */
    uint8_t kind;          /* PairKind */
    uint8_t chance;        /* that the model gives its answer, 255: certain */
    uint8_t news;          /* it became right: for so many more looks at it that stands out */
} ProbeCell;

typedef struct Probe {
    ProbeRequest ask; /* what it is an answer to */
    uint64_t version; /* rises with every change: equal ones hold the same */
    int64_t step;     /* of the weights */
    int tokens, layers, heads;
    ProbePair pair;

    /* PROBE_ATTENTION */
    int side, maps; /* maps: heads that are kept */
    float *map;     /* [maps][side][side], times the number of tokens: 1 is uniform */
    float look[MODEL_DEPTH_MAX][PROBE_HEADS_MAX][MODEL_POSITIONS]; /* attention of the last position, mean of rows */
    int look_rows;                                                 /* of how many rows of the table */

    /* PROBE_TABLE: measured piece by piece */
    ProbeCell *cell; /* [tokens][tokens]: a, then b */
    int64_t next;    /* the cell to be asked next */
    int64_t fresh;   /* cells asked in a row with the weights of `step` */
    int64_t oldest;  /* no cell is older than this step once all were asked; -1 before */
    int64_t sweep;   /* step at which the sweep in hand began */

    /* PROBE_FOURIER: shares of all frequencies but 0, of the embedding and of the output layer */
    int frequencies;                        /* 0: the tokens have no order to which a frequency belongs */
    bool by_logarithm;                      /* of products: in the order of the powers of a primitive root */
    double power[2][PROBE_FREQUENCIES_MAX]; /* [k - 1]; each adds up to 1 */
    /* The numbers on the plane of the embedding's strongest frequency k, in the order in which k waves pass them; the
     * furthest one has length 1. */
    int clock_count, clock_frequency; /* count 0: none (permutations, logs) */
    int16_t clock_number[PROBE_CLOCK_MAX];
    float clock[PROBE_CLOCK_MAX][2];
} Probe;

void probe_free(Probe *p);
/* `to` becomes like `from`; costs nothing when the version is the same. */
void probe_copy(Probe *to, const Probe *from);
/* Whether what it holds answers this, for the weights in hand (the table: all of it). */
bool probe_answers(const Probe *p, const ProbeRequest *ask);
/* Makes the arrays of that kind, empty. */
void probe_make(Probe *p, const ProbeRequest *ask, int tokens, int layers, int heads);
/* Empty again, with a version of its own: what it was about is gone (another run). */
void probe_forget(Probe *p);
/* The weights changed: everything has to be measured anew. */
void probe_outdate(Probe *p);

/* Places of the largest `count` of n values, largest first; returns how many there are. */
int probe_largest(const double *values, int n, int count, int *places);

#endif
