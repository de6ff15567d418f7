/* train/rewind: rewind points: moments of a run that it can go back to and go on from, bit for bit.
 *
 * A bounded number of bytes holds them, dense near the newest step and sparse far back: when there is no room, the
 * point goes whose neighbours lie closest together for their distance from its branch's newest point; before all
 * others those whose step was not evaluated, because no view can show it. The first point of the first branch, the
 * newest point of the branch in hand and those that are `kept` never go.
 *
 * Ownership: the history owns its points. Threads: one owner, the training thread. */
#ifndef LRD_TRAIN_REWIND_H
#define LRD_TRAIN_REWIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lrd/train/checkpoint.h>
#include <lrd/config/own_strength.h>
#include <lrd/config/settings.h>
#include <lrd/train/trainer.h>

enum { REWIND_POINTS_MAX = 1024 };

typedef struct RewindPoint {
    int branch;
    int64_t step;
    bool evaluated;     /* at this step */
    bool kept;          /* where a branch was left: stays until rewind_free */
    TrainerState state; /* the arrays are its own */
    Settings settings;  /* in force */
    OwnStrengths strengths;
    int next_change; /* in the schedule */
    int change_log;  /* entries that it had */
    RunProgress progress;
} RewindPoint;

typedef struct Rewind Rewind;

/* Of runs with this many parameters and training rows, in so many MiB; 0: holds nothing. */
Rewind *rewind_new(size_t parameters, int64_t train_count, int64_t mib);
void rewind_free(Rewind *h);
/* Lets points go until the rest fits. */
void rewind_resize(Rewind *h, int64_t mib);

/* Room for a point of this branch, to be filled by the caller: arrays first, step and branch are set. Steps of a branch
 * rise. NULL when there is no room and none can be made. */
RewindPoint *rewind_add(Rewind *h, int branch, int64_t step);
/* The newest point of this branch at or before step, NULL for none. Valid until the next change. */
RewindPoint *rewind_find(const Rewind *h, int branch, int64_t step);
/* Forgets the points of this branch after step. */
void rewind_cut(Rewind *h, int branch, int64_t step);

int rewind_count(const Rewind *h);
const RewindPoint *rewind_at(const Rewind *h, int index); /* by branch, then step */
size_t rewind_bytes(const Rewind *h);                     /* held now: never more than was allowed */

#endif
