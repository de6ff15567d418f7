/* log/run_summary: what the screen shows of a run, folded from its records.
 *
 * The same fold serves a live run, a replayed log and `shot`: run_summary_add_* takes the records in the order
 * in which they came. Plain numbers, so that ui needs to know nothing of models.
 *
 * Ownership: a RunSummary owns its sigma arrays and their history; run_summary_free gives them back. Threads: one
 * owner; the session hands copies to the ui (run_summary_copy). */
#ifndef LRD_LOG_RUN_SUMMARY_H
#define LRD_LOG_RUN_SUMMARY_H

#include <lrd/log/branches.h>
#include <lrd/log/eval_history.h>
#include <lrd/log/record.h>
#include <lrd/log/series.h>
#include <lrd/config/settings.h>
#include <lrd/log/sigma_history.h>

typedef enum SeriesId {
    SERIES_TRAIN_ACC,
    SERIES_MIRROR_ACC,
    SERIES_UNSEEN_ACC,
    SERIES_TEST_ACC, /* of all test rows; no panel draws it, results tell its best */
    SERIES_TRAIN_LOSS,
    SERIES_TEST_LOSS,
    SERIES_STABLE_RANK,
    SERIES_EFFECTIVE_RANK,
    SERIES_PARTICIPATION,
    SERIES_NORM, /* mean Frobenius norm of Q/K */
    SERIES_TURN, /* mean turn of Q/K, degrees per step */
    SERIES_BATCH_LOSS,
    SERIES_BATCH_ACC,
    SERIES_UNSEEN_SAMPLE,
    SERIES_COUNT
} SeriesId;

enum { RUN_SUMMARY_EVENTS_MAX = 256 };

struct RunSummary {
    Settings settings; /* in force */
    GivenFiles given;
    int64_t parameters, train_rows, mirror_rows, unseen_rows;
    int64_t step; /* of the newest record */
    bool has_evaluation;
    Evaluation evaluation; /* the newest; its matrices are kept fresh by run_summary_add_spectrum too */
    bool is_live;          /* its matrices are newer than its other numbers (run_summary_add_spectrum) */
    Evaluation before;     /* the last evaluation of an earlier step than the matrices shown (ghost bars) */
    bool has_before;
    EvalHistory moments; /* whole evaluations of this and of earlier steps */
    SigmaHistory sigmas; /* of every look at the matrices */
    Sample sample;
    bool has_sample;
    Series series[SERIES_COUNT];
    Event events[RUN_SUMMARY_EVENTS_MAX]; /* the newest ones; older are dropped, milestones last */
    int event_count;
    int64_t memorised, collapsed, grokked; /* steps, -1: not yet */
    bool generalised_early;                /* grokked before twice the memorising step: "generalised" */
    int64_t lost;                          /* step at which unseen accuracy fell back below 90%, -1: it holds */
    int64_t regained;                      /* step at which it last came back after that, -1: never */
    double train_peak;                     /* best train accuracy so far, 0 before the first evaluation */
    bool at_floor;
    Branches branches; /* of this run; everything else here is the branch in hand */
};

RunSummary *run_summary_new(const Settings *settings, int matrix_count, int sigma_count);
void run_summary_free(RunSummary *b);
/* *to takes the other's shape. */
void run_summary_copy(RunSummary *to, const RunSummary *from);
void run_summary_clear(RunSummary *b, const Settings *settings);

void run_summary_add_evaluation(RunSummary *b, const Evaluation *e);
/* Of a program that tells some numbers in one row and some in another: the curves get what e has, and a gap where a
 * bit of told (as in Record) says that it was told to be none; shown, with what earlier rows told last, is the newest
 * evaluation. */
void run_summary_add_partial(RunSummary *b, const Evaluation *e, const Evaluation *shown, unsigned told);
/* Takes back the newest event of this kind, if it is of this step. */
void run_summary_drop_event(RunSummary *b, EventKind kind, int64_t step);
/* A live look at the matrices between evaluations: replaces evaluation.matrix and sigma, adds to the rank series. */
void run_summary_add_spectrum(RunSummary *b, const Evaluation *matrices_only);
void run_summary_add_sample(RunSummary *b, const Sample *s);
/* A set event also changes b->settings. Resumed and branch take the summary back to their step: what came later is
 * forgotten, and the newest evaluation of a moment up to there takes the place of a later one. A branch event whose
 * from and to differ leaves the branch in hand as a ghost; a switch event brings another one back. */
void run_summary_add_event(RunSummary *b, const Event *e);
/* Forgets what came after step, -1: everything. A sample may then be missing although there were earlier ones, and the
 * settings stay those of later: whoever knows better (log_index) puts them right. */
void run_summary_cut(RunSummary *b, int64_t step);

#endif
