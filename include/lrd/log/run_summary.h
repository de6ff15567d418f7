/* log/run_summary: what the screen shows of a run, folded from its records.
 *
 * The same fold serves a live run, a replayed log and `shot`: board_add_* takes the records in the order
 * in which they came. Plain numbers, so that ui needs to know nothing of models.
 *
 * Ownership: a Board owns its sigma arrays and their history; board_free gives them back. Threads: one owner; the
 * session hands copies to the ui (board_copy). */
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

enum { BOARD_EVENTS_MAX = 256 };

struct Board {
    Settings settings; /* in force */
    int64_t parameters, train_rows, mirror_rows, unseen_rows;
    int64_t step; /* of the newest record */
    bool has_evaluation;
    Evaluation evaluation; /* the newest; its matrices are kept fresh by board_add_spectrum too */
    bool is_live;          /* its matrices are newer than its other numbers (board_add_spectrum) */
    Evaluation before;     /* the last evaluation of an earlier step than the matrices shown (ghost bars) */
    bool has_before;
    Moments moments;     /* whole evaluations of this and of earlier steps */
    SigmaHistory sigmas; /* of every look at the matrices */
    Sample sample;
    bool has_sample;
    Series series[SERIES_COUNT];
    Event events[BOARD_EVENTS_MAX]; /* the newest ones; older are dropped, milestones last */
    int event_count;
    int64_t memorised, collapsed, grokked; /* steps, -1: not yet */
    bool generalised_early;                /* grokked before twice the memorising step: "generalised" */
    int64_t lost;                          /* -1, or the step at which unseen accuracy fell back below 90% */
    double train_peak;                     /* best train accuracy so far, 0 before the first evaluation */
    bool at_floor;
    Branches branches; /* of this run; everything else here is the branch in hand */
};

Board *board_new(const Settings *settings, int matrix_count, int sigma_count);
void board_free(Board *b);
/* *to takes the other's shape. */
void board_copy(Board *to, const Board *from);
void board_clear(Board *b, const Settings *settings);

void board_add_evaluation(Board *b, const Evaluation *e);
/* A live look at the matrices between evaluations: replaces evaluation.matrix and sigma, adds to the rank series. */
void board_add_spectrum(Board *b, const Evaluation *matrices_only);
void board_add_sample(Board *b, const Sample *s);
/* A set event also changes b->settings. Resumed and branch take the board back to their step: what came later is
 * forgotten, and the newest evaluation of a moment up to there takes the place of a later one. A branch event whose
 * from and to differ leaves the branch in hand as a ghost; a switch event brings another one back. */
void board_add_event(Board *b, const Event *e);
/* Forgets what came after step, -1: everything. A sample may then be missing although there were earlier ones, and the
 * settings stay those of later: whoever knows better (logbook) puts them right. */
void board_cut(Board *b, int64_t step);

#endif
