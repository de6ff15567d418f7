#include <lrd/base/util.h>
#include <lrd/base/version.h>
#include <lrd/num/mat.h>
#include <lrd/train/run_inside.h>
#include <lrd/train/run_init.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int64_t run_step(const Run *r)
{
    return trainer_state(run_trainer(r))->step;
}

int64_t run_last_step(const Run *r)
{
    return r->steps_asked ? r->steps_asked : r->settings.train.steps;
}

const Settings *run_settings(const Run *r)
{
    return &r->settings;
}

const RunSummary *run_summary(const Run *r)
{
    return recorder_summary(r->recorder);
}

bool run_probe(Run *r, const ProbeRequest *ask, Probe *probe)
{
    return ask->past ? run_probe_past(r, ask, probe) : trainer_probe(run_trainer(r), ask, probe);
}

bool run_logging(const Run *r)
{
    return recorder_writes(r->recorder);
}

const char *run_take_message(Run *r)
{
    return recorder_take_message(r->recorder);
}

void run_copy_schedule(Run *r, const Schedule *from)
{
    schedule_free(&r->schedule);
    r->schedule = (Schedule){0};
    if (!from || from->count == 0)
        return;
    size_t bytes = (size_t)from->count * sizeof *from->changes;
    r->schedule.changes = xmalloc(bytes);
    memcpy(r->schedule.changes, from->changes, bytes);
    r->schedule.count = from->count;
}

void run_take_trainer(Run *r, Trainer *t)
{
    TrainerState *state = trainer_state(t);
    const ModelLayout *layout = trainer_layout(t);
    if (r->first_weights)
        memcpy(state->weights, r->first_weights, layout->parameters * sizeof *state->weights);
    int matrices = trainer_matrix_count(t);
    evaluation_free(&r->measured);
    evaluation_init(&r->measured, matrices, layout->config.dim);
    atomic_store(&r->trainer, t);
}

LogStart run_log_start(const Run *r, const char *preset)
{
    const Dataset *rows = trainer_dataset(run_trainer(r));
    LogStart start = {.parameters = (int64_t)trainer_layout(run_trainer(r))->parameters,
                      .train_rows = rows->train_count,
                      .mirror_rows = rows->mirror_count,
                      .unseen_rows = rows->unseen_count,
                      .settings = r->settings};
    snprintf(start.preset, sizeof start.preset, "%s", preset ? preset : "");
    if (r->first_weights)
        snprintf(start.given.init, sizeof start.given.init, "%s", r->options.init);
    if (r->options.pairs && !r->resumed)
        snprintf(start.given.pairs, sizeof start.given.pairs, "%s", r->options.pairs);
    snprintf(start.version, sizeof start.version, "%s", LRD_VERSION);
    log_start_stamp(&start);
    return start;
}

void run_begin(Run *r, const char *preset, bool resumed)
{
    r->next_change = 0;
    while (r->next_change < r->schedule.count && r->schedule.changes[r->next_change].step < run_step(r))
        r->next_change++;
    r->began = clock_seconds();
    r->turn_seconds = 0;
    r->turns = 0;
    r->saved_step = r->non_finite_step = -1;
    r->branch = 1;
    r->strengths = own_strengths_new();
    own_strengths_note(&r->strengths, &r->settings);
    r->disturbed = !expectation_holds(&r->preset, &r->settings);
    change_log_free(&r->change_log);
    r->first = r->settings;
    r->resumed = resumed;
    r->scalings = 0;
    r->truncated = resumed ? trainer_state(run_trainer(r))->qk.truncated : 0;
    const LogStart start = run_log_start(r, preset);
    recorder_begin(r->recorder, &start, r->measured.matrix_count, r->measured.sigma_count, resumed);
}

Event run_event(const Run *r, EventKind kind)
{
    return (Event){.kind = kind, .step = run_step(r), .value = NAN};
}

static void run_keep_first_weights(Run *r)
{
    const TrainerState *state = trainer_state(run_trainer(r));
    size_t bytes = trainer_layout(run_trainer(r))->parameters * sizeof *state->weights;
    r->first_weights = xmalloc(bytes);
    memcpy(r->first_weights, state->weights, bytes);
}

/* The trainer and the records as the checkpoint left them. */
static Status run_load_state(Run *r, const Checkpoint *checkpoint)
{
    TrainerState *state = trainer_state(run_trainer(r));
    CheckpointState saved = {.m = state->m, .v = state->v, .permutation = state->permutation};
    Status status = checkpoint_read_state(checkpoint, trainer_layout(run_trainer(r)), &saved);
    if (!status_is_ok(status))
        return status;
    state->step = saved.step;
    state->cursor = saved.cursor;
    state->batches = saved.batches;
    state->qk = saved.qk;
    run_begin(r, r->options.preset_name, true);
    r->strengths = saved.strengths;
    own_strengths_note(&r->strengths, &r->settings);
    Event resumed = run_event(r, EVENT_RESUMED);
    snprintf(resumed.to, sizeof resumed.to, "%s", r->options.resume);
    recorder_resume(r->recorder, &saved.progress, &resumed);
    return status;
}

/* Says what a resumed run is, and makes the changes of --set as interventions. */
static Status run_go_on(Run *r, const Checkpoint *checkpoint)
{
    const RunOptions *o = &r->options;
    const char *core = checkpoint_blas_core(checkpoint);
    if (*core && strcmp(core, mat_core_name()) != 0)
        recorder_say(r->recorder, "%s was made with BLAS core %s, this is %s: the numbers go on, but not bit for bit",
                     o->resume, core, mat_core_name());
    for (int i = 0; i < o->set_count; i++) {
        char key[SETTING_KEY_MAX];
        const char *value;
        if (!setting_word_split(o->sets[i], key, &value))
            continue; /* run_init_read refused such a word */
        Status status = run_set(r, key, value);
        if (!status_is_ok(status))
            return status;
    }
    r->steps_asked = o->steps; /* --steps also holds over a --set train.steps */
    if (run_step(r) >= run_last_step(r))
        recorder_say(r->recorder,
                     "The run is at step %" PRId64 " already, and step %" PRId64
                     " is its last: ask for more with --steps N",
                     run_step(r), run_last_step(r));
    run_refresh(r);
    return status_ok();
}

/* What was done to another program's weights before they were taken. */
static void run_tell_weights(Run *r, const Checkpoint *c)
{
    Text notes = {0};
    checkpoint_add_notes(c, &notes);
    if (notes.length)
        recorder_say(r->recorder, "%s: %s", r->options.init, text_str(&notes));
    text_free(&notes);
}

static Status run_build(Run *r, RunInit *start)
{
    Status status;
    const RunOptions *o = &r->options;
    RunlogMode mode = start->resume ? RUNLOG_APPEND : o->force ? RUNLOG_OVERWRITE : RUNLOG_NEW;
    r->recorder = recorder_open(o->log, o->csv, mode, start->step, &status);
    if (!status_is_ok(status))
        return status;
    r->settings = r->preset = start->settings;
    r->expect = o->expect;
    run_copy_schedule(r, o->schedule);
    r->steps_asked = o->steps;
    run_take_trainer(r, trainer_new(&r->settings, &start->dataset));
    if (start->checkpoint)
        status = checkpoint_read_weights(start->checkpoint, trainer_layout(run_trainer(r)),
                                         trainer_state(run_trainer(r))->weights);
    if (status_is_ok(status) && start->resume)
        status = run_load_state(r, start->checkpoint);
    if (!status_is_ok(status))
        return status;
    if (start->resume)
        return run_go_on(r, start->checkpoint);
    if (start->checkpoint) {
        run_tell_weights(r, start->checkpoint);
        run_keep_first_weights(r);
    }
    run_begin(r, o->preset_name, false);
    return status;
}

Run *run_new(const RunOptions *options, Status *status)
{
    RunInit start;
    *status = run_init_read(&start, options);
    if (!status_is_ok(*status))
        return NULL;
    Run *r = xcalloc(1, sizeof *r);
    r->options = *options;
    *status = run_build(r, &start);
    run_init_free(&start);
    if (status_is_ok(*status))
        return r;
    run_free(r);
    return NULL;
}

void run_free(Run *r)
{
    if (!r)
        return;
    recorder_free(r->recorder);
    run_forget_before(r);
    if (run_trainer(r))
        trainer_free(run_trainer(r));
    if (run_twin(r))
        run_drop(r, &r->twin.trainer);
    pool_free(r->twin.pair);
    evaluation_free(&r->measured);
    schedule_free(&r->schedule);
    free(r->first_weights);
    rewind_free(r->history);
    change_log_free(&r->change_log);
    free(r);
}

void run_abandon(Run *r)
{
    atomic_fetch_add(&r->abandoning, 1);
    atomic_store(&r->abandoned, true);
    Trainer *t = atomic_load(&r->trainer);
    if (t)
        trainer_abandon(t);
    t = atomic_load(&r->twin.trainer);
    if (t)
        trainer_abandon(t);
    atomic_fetch_sub(&r->abandoning, 1);
}

static Status run_write_results(Run *r)
{
    const RunOptions *o = &r->options;
    Trainer *t = run_trainer(r);
    Status status = status_ok();
    if ((o->save || o->weights) && !trainer_weights_are_finite(t))
        return status_failed("The weights are not finite: nothing was saved, and older files are as they were");
    if (o->save && r->saved_step != run_step(r))
        status = run_save(r, o->save);
    if (o->weights) {
        Status weights = weights_write(o->weights, trainer_layout(t), trainer_state(t)->weights, &r->settings);
        status = status_is_ok(status) ? weights : status;
    }
    return status;
}

Status run_end(Run *r, const char *why)
{
    if (!atomic_load(&r->abandoned))
        run_record_last(r);
    recorder_note(r->recorder, run_write_results(r));
    Event end = run_event(r, EVENT_END);
    snprintf(end.to, sizeof end.to, "%s", why);
    recorder_add_event(r->recorder, &end);
    return recorder_finish(r->recorder);
}
