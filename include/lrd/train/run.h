/* train/run: a training run with everything around it: its trainer, log, schedule and saves.
 *
 * run_turn does what is due at the current step (an evaluation, a sample, a scheduled change, a save) and
 * then one step. `train` calls it in a loop, the session in its thread, `shot` until a step.
 *
 * Ownership: run_free gives everything back. Threads: one owner at a time. */
#ifndef LRD_TRAIN_RUN_H
#define LRD_TRAIN_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include <lrd/base/status.h>
#include <lrd/log/run_summary.h>
#include <lrd/train/rewind.h>
#include <lrd/config/settings.h>
#include <lrd/config/settings_change.h>
#include <lrd/train/run_options.h>
#include <lrd/train/trainer.h>

typedef enum RunTurn {
    RUN_STEPPED,
    RUN_FINISHED,   /* train.steps or stop_grokked (of both arms) reached (all that is due there was done); nothing was
                       stepped */
    RUN_NON_FINITE, /* loss or gradient are not finite: the step was not applied; with a history the run went back */
    RUN_HELD,       /* train.qk_turn is twin and the other arm is not at this step: nothing was stepped */
    RUN_ABANDONED,  /* run_abandon was called during the step; the weights are those before it */
} RunTurn;

typedef struct Run Run;

/* Reads every file, checks everything, then allocates. NULL with *status set when something is wrong. */
Run *run_new(const RunOptions *options, Status *status);
void run_free(Run *r);

RunTurn run_turn(Run *r);
/* The last evaluation if it was not made yet, --save, --weights, the log's end row ("end" with why). The worst Status
 * of the whole run. */
Status run_end(Run *r, const char *why);
/* Makes a step in hand end early; run_end then leaves the last evaluation out. Callable from another thread or a signal
 * handler. */
void run_abandon(Run *r);

/* Between turns: a change that may be made mid-run (others are refused with a sentence). Logged as an intervention. */
Status run_set(Run *r, const char *key, const char *value);
/* The same with several settings at once; when one is refused none is changed. */
Status run_change(Run *r, const SettingsChange *c);
/* Multiplies W_q of the layer to which this matrix of Q or K belongs, logged. */
Status run_scale(Run *r, const char *matrix, double factor);
/* Every matrix of Q and K to its best approximation of this rank, its length and moments kept; logged. */
Status run_truncate(Run *r, const char *rank);
/* A checkpoint; what is due at this step (its row) is done first. */
Status run_save(Run *r, const char *path);
/* What its preset says of a run that has just begun. */
void run_expect(Run *r, const Expectation *expect);
/* What may be expected of the run as it is: NULL once it was changed by hand, or where nothing is known. */
const Expectation *run_expectation(const Run *r);
/* From step 0 again with these settings (same ones, another seed, a preset); a schedule of NULL keeps the one that is
 * there, and the twin that was planned. The training rows stay when the task does. The log goes on with a start row of
 * its own. */
Status run_restart(Run *r, const Settings *settings, const Schedule *schedule);
/* The run that the last restart took the place of, with its branches, rewind points and twin, is kept until the next
 * restart; run_return goes on with it where it was, in place of the one in hand. The log then has another start row,
 * and tells that the run was resumed. */
bool run_can_return(const Run *r);
void run_return(Run *r);
void run_forget_before(Run *r);
/* trainer_probe, or of a rewind point; also false when none is left that early. */
bool run_probe(Run *r, const ProbeRequest *ask, Probe *probe);
/* An evaluation now, for the summary only (not on the beat, not logged). */
void run_refresh(Run *r);

/* From here on rewind points are kept, in lab.rewind_mb: a step that is not finite takes the run back to the newest
 * point before it. To be asked for before the first turn. */
void run_keep_rewind(Run *r);
const Rewind *run_rewind(const Run *r); /* NULL when none are kept */

/* Steps of the rewind points that lead to now, newest first. Returns how many. */
int run_rewind_steps(const Run *r, int64_t steps[REWIND_POINTS_MAX]);
/* Leaves the branch in hand and starts another at the newest rewind point at or before step, with the decay in force
 * now; changes: "KEY=VALUE KEY=VALUE" of what may change mid-run, "" for none. A branch with nothing changed repeats
 * the old future bit for bit. Logged with its number and that of the branch that it starts on. */
Status run_branch(Run *r, int64_t step, const char *changes);
/* Back to the newest rewind point of the branch in hand at or before step, as if nothing had come after it; the
 * settings stay as they are now. A step that is still to come: nothing happens. */
Status run_go_back(Run *r, int64_t step);
/* Back to another branch, at the step where it was left. */
Status run_switch(Run *r, int branch);

/* Another branch from now on with other settings, trained in step with the one in hand: same weights, same batches.
 * changes as for run_branch. A move to another step, or a number that is not finite, ends it; its branch stays. */
Status run_start_twin(Run *r, const char *changes);
void run_end_twin(Run *r);
int run_twin(const Run *r); /* its branch, 0: none */
/* The run gets a twin when it comes to the step that this names, also after every restart with the same schedule. */
void run_plan_twin(Run *r, const TwinSpec *spec);
/* The second arm of a run that was asked for one, as it is or was when it ended: NULL before it began. */
const RunSummary *run_twin_summary(const Run *r);
bool run_twin_is_non_finite(const Run *r); /* that is why it ended */

/* The settings that the run began with and every change since, as a preset whose run is this one again, number for
 * number; of the branch in hand. Refused for a resumed run, whose beginning is not known. */
Status run_write_preset(Run *r, const char *path);

int64_t run_step(const Run *r);
int64_t run_last_step(const Run *r); /* where it will hold */
const Settings *run_settings(const Run *r);
const RunSummary *run_summary(const Run *r);
bool run_logging(const Run *r);
/* Words for the user since the last call (a log that could not be written, a step at which the SVD failed); "" for
 * none. */
const char *run_take_message(Run *r);

#endif
