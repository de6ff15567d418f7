/* train/run_inside: what run.c, run_turn.c, run_change.c, run_rewind.c and run_branch.c share; nobody else includes it.
 *
 * Threads: the run's one owner, save for the four members that run_abandon touches. */
#ifndef LRD_TRAIN_RUN_INSIDE_H
#define LRD_TRAIN_RUN_INSIDE_H

#include <stdatomic.h>

#include <lrd/train/rewind.h>
#include <lrd/train/change_log.h>
#include <lrd/base/pool.h>
#include <lrd/config/own_strength.h>
#include <lrd/log/recorder.h>
#include <lrd/train/run.h>

/* The other branch, while it is trained beside the one in hand. */
typedef struct RunTwin {
    OwnStrengths strengths;
    _Atomic(Trainer *) trainer; /* NULL: there is none */
    Settings settings;
    int branch, next_change;
    RunProgress progress;
    Pool *pair; /* two threads, one for each trainer; NULL before the first twin */
} RunTwin;

struct Run {
    RunOptions options;
    Settings settings; /* in force */
    OwnStrengths strengths;
    Schedule schedule;   /* a copy */
    int next_change;     /* in the schedule */
    int64_t steps_asked; /* --steps until train.steps is changed by hand, 0: none */

    _Atomic(Trainer *) trainer; /* NULL while a restart builds the next one */
    atomic_int abandoning;      /* threads and handlers inside run_abandon */
    atomic_bool abandoned;      /* run_abandon was called */
    bool gave_up;               /* and run_turn has answered it */

    Recorder *recorder;
    Evaluation measured;
    float *first_weights; /* of --init, for restarts; NULL: they come from model.seed */
    bool gradient_written;
    bool hold_failed;   /* the same of train.qk_hold */
    bool decay_failed;  /* in the last step; said once until it works again */
    int64_t saved_step; /* of the last --save */
    int64_t non_finite_step;

    Rewind *history; /* rewind points, NULL where none are kept */
    RunTwin twin;
    int branch;           /* in hand */
    Expectation expect;   /* of the preset */
    Settings preset;      /* what it is expected of */
    bool disturbed;       /* by hand: it says nothing about this run any more, until the next one begins */
    ChangeLog change_log; /* of changes made since the run began */
    Settings first;       /* those that it began with */
    bool resumed;         /* from a checkpoint: it began before this change log */
    double truncated;     /* QkState.truncated of the checkpoint, 0: none */
    int scalings;         /* of W_q, which no schedule can tell */

    double began;        /* clock_seconds at step 0 of this process */
    double turn_seconds; /* spent in turns since the last evaluation */
    int64_t turns;       /* steps done in them */

    Run *before;          /* the run that this one took the place of: only what run_shelf.c moves; NULL: none */
    RecorderPart records; /* of such a run */
};

static inline Trainer *run_trainer(const Run *r)
{
    return atomic_load_explicit(&r->trainer, memory_order_relaxed);
}

/* run.c: takes a trainer at step 0, with first weights from --init where there are some. */
void run_take_trainer(Run *r, Trainer *t);
/* run.c: the schedule, the clocks and the records begin, at the trainer's step. */
void run_begin(Run *r, const char *preset, bool resumed);
LogStart run_log_start(const Run *r, const char *preset);
void run_copy_schedule(Run *r, const Schedule *from);
/* run.c: an event at the current step. */
Event run_event(const Run *r, EventKind kind);

/* run_turn.c: the scheduled changes and the row of the current step, unless they were made already. */
void run_do_due(Run *r);
/* run_turn.c: the row of the last step. */
void run_record_last(Run *r);

/* run_change.c: the change as the log tells it; false when it changes nothing. */
bool run_set_event(Event *e, const Setting *row, const Settings *before, const Settings *after);

/* run_rewind.c: a rewind point of the current step, if its row was made in this turn. */
void run_add_point(Run *r);
/* run_rewind.c: the state of now into a point. */
void run_fill_point(Run *r, RewindPoint *p);
/* run_rewind.c: the trainer as it was; settings and records are the caller's business. */
void run_take_point(Run *r, const RewindPoint *p);
/* run_shelf.c: the run in hand becomes the one before; nothing is in hand then. */
void run_shelve(Run *r);
/* run_change.c: frees a trainer that no abandon holds any more. */
void run_drop(Run *r, _Atomic(Trainer *) *which);
/* run_change.c: run_change for the branch in hand alone. */
Status run_change_one(Run *r, const SettingsChange *c);
/* run_branch.c: so that the branch in hand can be come back to; false when lab.rewind_mb has no room for it. */
bool run_keep_tip(Run *r);
/* run_branch.c: "KEY=VALUE KEY=VALUE" onto *settings: what may change mid-run. */
Status settings_apply_words(Settings *settings, const char *words);

/* run_twin.c: a step of the branch in hand and of its twin. */
StepOutcome run_step_both(Run *r, bool watch);
/* run_twin.c: the twin's scheduled changes and row, once those of the branch in hand were made. */
void run_do_twin_due(Run *r);
/* run_twin.c: a setting that is not of the decay is the twin's too. */
Status run_change_twin(Run *r, const SettingsChange *c);
/* run_twin.c: whether the twin can take it too, before either does. */
Status run_check_twin(const Run *r, const SettingsChange *c);

/* run_branch.c: a probe of the rewind point that was asked for. */
bool run_probe_past(Run *r, const ProbeRequest *ask, Probe *probe);
/* run_branch.c: the settings become *next; the log, and where these are changes of this branch the change log, tell of
 * each that differs from those of the moment gone to. */
void run_change_settings(Run *r, const Settings *next, bool change_log);
/* run_rewind.c: to the newest point before this step; false when there is none. */
bool run_go_back_to_good(Run *r);

#endif
