/* lab/milestone: when a run has memorised, collapsed, grokked, lost it again, regained it.
 *
 *   memorised    train accuracy >= 99% at two evaluations in a row
 *   grokked      unseen accuracy >= 99% twice in a row, at a step at least twice the memorising one
 *   generalised  the same, sooner than that
 *   lost         unseen accuracy back below 90% after either
 *   regained     unseen accuracy >= 99% twice in a row once more: what the run is called, and the step, stay those of
 *                the first time
 *   collapsed    mean stable rank of Q/K below 2 (again only after it was back at 4)
 *   warning      train accuracy 5 points below its peak, since the last change by hand
 *   spike        train loss at least 10 times that of the evaluation before, and at least 0.01 ln 2 = 0.0069: a wrong
 *                row gives the right answer at most half of the probability, so it costs ln 2 or more, and below that
 *                mean fewer than 1% of the rows can be wrong: what was memorised still is
 *   floor        a Q/K matrix has come to the decay's floor
 *
 * Feed every evaluation on the beat, in order. A NAN (no unseen rows, a row that tells another number) raises no event
 * and breaks no row of two. The steps at which they came are kept once, by whoever folds the events (log/run_summary);
 * here is only what finding the next one takes.
 *
 * Ownership: a plain value, all int64 and double, kept in checkpoints. Threads: one owner.
 * Source: grokking as in Power et al. (arXiv 2201.02177): unseen rows long after the training rows. The numbers are
 * this program's own choice: 99% twice, so that one lucky evaluation does not count; 90%, 4 and 5 points are far enough
 * from them that noise does not go to and fro. */
#ifndef LRD_LAB_MILESTONE_H
#define LRD_LAB_MILESTONE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Milestones {
    int64_t train_streak, unseen_streak;
    int64_t is_low; /* rank is collapsed now */
    int64_t at_floor;
    int64_t changed;              /* step of the last change by hand, -1 */
    int64_t warned;               /* since that change */
    double train_peak, last_loss; /* -1: none yet */
} Milestones;

typedef struct MilestoneInput {
    int64_t step;
    int64_t memorised, grokked, lost; /* steps of what came before, -1: never; grokked: or generalised; lost: and not
                                         regained since */
    double train_acc, unseen_acc, train_loss, stable_rank;
    bool floor;
} MilestoneInput;

typedef enum MilestoneKind {
    MILESTONE_MEMORISED,
    MILESTONE_GROKKED,
    MILESTONE_GENERALISED,
    MILESTONE_LOST,
    MILESTONE_REGAINED,
    MILESTONE_COLLAPSED,
    MILESTONE_WARNING,
    MILESTONE_SPIKE,
    MILESTONE_FLOOR,
    MILESTONE_KIND_COUNT
} MilestoneKind;

typedef struct MilestoneHit {
    MilestoneKind kind;
    double value; /* the accuracy, rank or loss that made it */
} MilestoneHit;

Milestones milestones_start(void);
/* A change by hand at this step: warnings count from here. */
void milestones_changed(Milestones *m, int64_t step);
/* Returns how many events this evaluation raises. */
int milestones_feed(Milestones *m, const MilestoneInput *in, MilestoneHit hits[MILESTONE_KIND_COUNT]);

#endif
