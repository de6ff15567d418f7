#include <lrd/base/util.h>
#include <lrd/train/run_inside.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* What a step's row is: a step gets at most one. */
typedef enum RowKind { ROW_NONE, ROW_SAMPLE, ROW_EVALUATION } RowKind;

static bool on_beat(int64_t step, int64_t every)
{
    return every > 0 && step % every == 0;
}

static RowKind row_due(const Run *r, int64_t step)
{
    if (on_beat(step, r->settings.train.eval_every) || step >= run_last_step(r))
        return ROW_EVALUATION;
    return on_beat(step, r->settings.train.sample_every) ? ROW_SAMPLE : ROW_NONE;
}

/* The clocks are what the trainer does not know. */
static void run_stamp(const Run *r, Evaluation *e)
{
    e->time_s = clock_seconds() - r->began;
    e->steps_per_s = r->turns > 0 && r->turn_seconds > 0 ? (double)r->turns / r->turn_seconds : NAN;
}

/* What was given up half-way is left out. */
static void run_record_probe(Run *r, ProbeKind kind, int layer)
{
    const ProbeRequest ask = {.kind = kind, .layer = layer};
    Probe p = {0};
    bool going = true;
    while (going && !probe_answers(&p, &ask))
        going = run_probe(r, &ask, &p);
    if (going)
        recorder_add_probe(r->recorder, &p);
    probe_free(&p);
}

static void run_record_probes(Run *r)
{
    run_record_probe(r, PROBE_TABLE, 0);
    run_record_probe(r, PROBE_FOURIER, 0);
    for (int layer = 0; layer < r->settings.model.depth; layer++)
        run_record_probe(r, PROBE_ATTENTION, layer);
}

static void run_record_evaluation(Run *r)
{
    if (!trainer_evaluate(run_trainer(r), &r->measured))
        return; /* given up; so is the step that would follow */
    run_stamp(r, &r->measured);
    r->turn_seconds = 0;
    r->turns = 0;
    recorder_add_evaluation(r->recorder, &r->measured, on_beat(run_step(r), r->settings.train.eval_every));
    if (r->options.probes)
        run_record_probes(r);
}

static void run_record_sample(Run *r)
{
    Sample sample;
    if (!trainer_sample(run_trainer(r), &sample) || !trainer_measure(run_trainer(r), &r->measured))
        return;
    sample.stable_rank = r->measured.stable_rank;
    recorder_add_sample(r->recorder, &sample, &r->measured);
}

static Status run_make_truncation(Run *r, const ScheduledChange *change)
{
    if (r->truncated == (double)change->step + 1) /* before the checkpoint was written */
        return status_ok();
    Status status = run_truncate(r, change->value);
    if (status_is_ok(status))
        trainer_state(run_trainer(r))->qk.truncated = (double)change->step + 1;
    return status;
}

/* Whether a strength stands beside a decay of this step: it wins, before or behind it. */
static bool strength_is_scheduled(const Run *r, int64_t step)
{
    bool found = false;
    for (int i = 0; i < r->schedule.count; i++)
        found =
            found || (r->schedule.changes[i].step == step && strcmp(r->schedule.changes[i].key, "decay.strength") == 0);
    return found;
}

/* The settings of one step, up to a truncation, are one change: they may need one another. */
static Status run_make_changes(Run *r, int64_t step)
{
    SettingsChange all = {0};
    Status status = status_ok();
    while (r->next_change < r->schedule.count && status_is_ok(status)) {
        const ScheduledChange *change = &r->schedule.changes[r->next_change];
        if (change->step != step || strcmp(change->key, SCHEDULE_TRUNCATE) == 0)
            break;
        if (run_takes_change(r, change->key))
            status = settings_change_add(&all, change->key, change->value);
        r->next_change++;
    }
    if (!strength_is_scheduled(r, step))
        own_strength_complete(&r->strengths, &r->settings, &all);
    return status_is_ok(status) ? run_change_one(r, &all) : status;
}

static void run_follow_schedule(Run *r)
{
    while (r->next_change < r->schedule.count && r->schedule.changes[r->next_change].step <= run_step(r)) {
        const ScheduledChange *change = &r->schedule.changes[r->next_change];
        const bool truncates = strcmp(change->key, SCHEDULE_TRUNCATE) == 0;
        const bool disturbed = r->disturbed; /* what a preset schedules is its own */
        r->next_change += truncates;
        Status status = truncates ? run_make_truncation(r, change) : run_make_changes(r, change->step);
        r->disturbed = disturbed;
        if (!status_is_ok(status))
            recorder_say(r->recorder, "What was scheduled for step %" PRId64 " was left out: %s", change->step,
                         status.text);
    }
}

void run_do_due(Run *r)
{
    run_follow_schedule(r);
    if (recorder_row_step(r->recorder) >= run_step(r))
        return;
    RowKind due = row_due(r, run_step(r));
    if (due == ROW_EVALUATION)
        run_record_evaluation(r);
    else if (due == ROW_SAMPLE)
        run_record_sample(r);
}

void run_record_last(Run *r)
{
    if (recorder_row_step(r->recorder) < run_step(r))
        run_record_evaluation(r);
}

void run_refresh(Run *r)
{
    if (!trainer_evaluate(run_trainer(r), &r->measured))
        return;
    run_stamp(r, &r->measured);
    recorder_refresh(r->recorder, &r->measured);
}

static void run_save_on_beat(Run *r)
{
    int64_t step = run_step(r);
    if (step == 0 || step == r->saved_step || !on_beat(step, r->options.save_every))
        return;
    if (!trainer_weights_are_finite(run_trainer(r))) {
        recorder_say(r->recorder, "Not saved at step %" PRId64 ": the weights are not finite; %s is as it was", step,
                     r->options.save);
        return;
    }
    recorder_note(r->recorder, run_save(r, r->options.save));
    r->saved_step = step;
}

static void run_write_gradient(Run *r)
{
    if (!r->options.grad || r->gradient_written)
        return;
    r->gradient_written = true;
    const Trainer *t = run_trainer(r);
    recorder_note(r->recorder, weights_write(r->options.grad, trainer_layout(t), trainer_gradient(t), NULL));
}

static RunTurn run_say_non_finite(Run *r)
{
    int64_t step = run_step(r);
    if (r->non_finite_step != step) { /* trying again at the same step is no news for the log */
        Event e = run_event(r, EVENT_NON_FINITE);
        recorder_add_event(r->recorder, &e);
    }
    r->non_finite_step = step;
    if (run_go_back_to_good(r))
        recorder_say(r->recorder,
                     "A number is not finite at step %" PRId64 ": back at step %" PRId64
                     ", the last good point. Undo the last change or weaken it; space goes on from here",
                     step, run_step(r));
    else if (!trainer_weights_are_finite(run_trainer(r)))
        recorder_say(r->recorder,
                     "The weights themselves are not finite at step %" PRId64
                     ": no step can be made from them; start again, or from another file",
                     step);
    else
        recorder_say(
            r->recorder,
            "Loss or gradient is not finite at step %" PRId64
            ": the step was not applied; undo the last change, lower train.lr or decay.strength, or start again",
            step);
    return RUN_NON_FINITE;
}

static void run_say_decay_failed(Run *r)
{
    int failures = trainer_decay_failures(run_trainer(r));
    if (failures > 0 && !r->decay_failed)
        recorder_say(r->recorder,
                     "The SVD failed for %d matrices at step %" PRId64 ": the decay left them as they were", failures,
                     run_step(r));
    r->decay_failed = failures > 0;
}

static void run_say_hold_failed(Run *r)
{
    const int failures = trainer_hold_failures(run_trainer(r));
    if (failures > 0 && !r->hold_failed)
        recorder_say(r->recorder,
                     "train.qk_hold left %d matrices as they are at step %" PRId64
                     ": the norm of each is 0, or below a millionth of the one to hold",
                     failures, run_step(r));
    r->hold_failed = failures > 0;
}

static bool run_is_held(const Run *r)
{
    return settings_follow(&r->settings) && !run_twin(r);
}

static RunTurn run_say_held(Run *r)
{
    recorder_say(r->recorder,
                 "Held at step %" PRId64 ": train.qk_turn is twin and the other arm is not at this step; set "
                 "train.qk_turn to 0 or to degrees, or start again",
                 run_step(r));
    return RUN_HELD;
}

static RunTurn run_do_step(Run *r)
{
    if (run_is_held(r))
        return run_say_held(r);
    StepOutcome outcome =
        atomic_load(&r->abandoned) ? STEP_ABANDONED : run_step_both(r, row_due(r, run_step(r) + 1) != ROW_NONE);
    if (outcome == STEP_ABANDONED) {
        r->gave_up = true;
        return RUN_ABANDONED;
    }
    if (outcome == STEP_NON_FINITE)
        return run_is_held(r) ? run_say_held(r) : run_say_non_finite(r);
    run_write_gradient(r);
    run_say_decay_failed(r);
    run_say_hold_failed(r);
    return RUN_STEPPED;
}

RunTurn run_turn(Run *r)
{
    if (r->gave_up) { /* the last turn was given up and said so: this one is a new wish */
        r->gave_up = false;
        atomic_store(&r->abandoned, false);
        trainer_clear_abandon(run_trainer(r));
        if (run_twin(r))
            trainer_clear_abandon(atomic_load(&r->twin.trainer));
    }
    double began = clock_seconds();
    run_do_due(r);
    run_do_twin_due(r);
    run_begin_twin(r);
    run_add_point(r);
    if (run_step(r) >= run_last_step(r) ||
        (r->options.stop_grokked && run_summary(r)->grokked >= 0 && run_twin_is_over(r)))
        return RUN_FINISHED;
    run_save_on_beat(r);
    RunTurn turn = run_do_step(r);
    if (turn == RUN_STEPPED)
        r->turns++;
    r->turn_seconds += clock_seconds() - began;
    return turn;
}
