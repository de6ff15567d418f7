/* sweep/result: what a whole run came to, as one small file: its recipe, its milestones and its last numbers.
 *
 * A recipe is what the run was asked for: settings, schedule, early stop, files of weights and pairs. Two recipes are
 * the same when they must give the same numbers on the same machine: train.threads and lab.* do not count.
 *
 * The file is one line of JSON, written atomically, so it is whole or not there. "outcome" is one of grokked,
 * generalised (sooner than twice the memorising step), memorised, not-memorised, non-finite. What did not happen or
 * does not exist is null. What a file does not say of the settings is at its default.
 *
 * Of a run with a twin the file is {"a": {...}, "b": {...}}, each arm as the result of a run; "twin" of both says what
 * was asked for.
 *
 * Errors: STATUS_INPUT with the file's name for one that is not right, STATUS_FAILED for one that cannot be written.
 * Ownership: recipe_free, result_free. Threads: any. */
#ifndef LRD_SWEEP_RESULT_H
#define LRD_SWEEP_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lrd/base/status.h>
#include <lrd/base/text.h>
#include <lrd/log/run_summary.h>
#include <lrd/config/recipe.h>
#include <lrd/log/record_fields.h>

typedef struct Result {
    Recipe recipe;
    char outcome[16];
    int64_t step;                                       /* the last one */
    int64_t memorised, collapsed, grokked;              /* steps, -1 for never; grokked: or generalised */
    int64_t lost, regained;                             /* as in log/run_summary */
    int64_t best_step;                                  /* of best_unseen_acc, -1 when there is none */
    int64_t parameters, train_rows, unseen_rows;        /* 0 when unknown */
    double best_unseen_acc, best_test_acc;              /* of all evaluations; test: mirrored pairs included */
    double train_acc, test_acc, mirror_acc, unseen_acc; /* the last ones, 0..1 */
    double train_loss, test_loss;
    double stable_rank, effective_rank, participation; /* means over the Q/K matrices */
    double norm, turn;                                 /* likewise; turn in degrees per step */
    double seconds; /* of the run, on a clock that the result depends on alone here */
} Result;

extern const RecordField result_fields[]; /* the doubles */
extern const int result_field_count;
typedef struct ResultStep {
    const char *name;
    size_t offset; /* of an int64_t in Result */
} ResultStep;
extern const ResultStep result_steps[]; /* the whole numbers */
extern const int result_step_count;

/* A run, or both arms of one. */
typedef struct Results {
    Result a, b;
    bool has_b;
} Results;

/* The summary of a run that is over; takes the recipe. */
Result result_of_summary(const RunSummary *summary, Recipe *recipe, bool non_finite, double seconds);
/* r is of a run that went on where the one of before had been stopped. A second arm that had ended before that is taken
 * from there. */
void result_go_on(Result *r, const Result *before);
extern const char result_unfinished[]; /* the outcome of a run that was stopped */
void result_free(Result *r);

void results_go_on(Results *r, Results *before);
void results_free(Results *r);

void result_print(const Result *r, Text *out);
Status result_write(const char *path, const Result *r);
/* Of a run with a twin the first arm. */
Status result_read(const char *path, Result *out);
Status results_write(const char *path, const Results *r);
Status results_read(const char *path, Results *out);

#endif
