#include <lrd/base/util.h>
#include <lrd/io/atomic_file.h>
#include <lrd/num/mat.h>
#include <lrd/train/run_inside.h>
#include <lrd/train/run_init.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool run_set_event(Event *e, const Setting *row, const Settings *before, const Settings *after)
{
    Text from = {0}, to = {0};
    settings_get(before, row, &from);
    settings_get(after, row, &to);
    /* Told with another decay also where it is the same number: what repeats the run must not take another. */
    const bool beside = strcmp(row->key, "decay.strength") == 0 && before->decay.kind != after->decay.kind &&
                        after->decay.kind != DECAY_NONE;
    bool changed = beside || strcmp(text_str(&from), text_str(&to)) != 0;
    snprintf(e->key, sizeof e->key, "%s", row->key);
    snprintf(e->from, sizeof e->from, "%s", text_str(&from));
    snprintf(e->to, sizeof e->to, "%s", text_str(&to));
    text_free(&from);
    text_free(&to);
    return changed;
}

Status run_change_one(Run *r, const SettingsChange *c)
{
    Settings next = r->settings;
    Status status = settings_change_apply(&next, c);
    for (int i = 0; i < c->count && status_is_ok(status); i++)
        if (!c->item[i].row->midrun)
            status = status_input("%s is fixed while a run trains", c->item[i].row->key);
    /* Only more memory can still be wrong; asking always would count what this run already holds a second time. */
    if (status_is_ok(status) && settings_memory_bytes(&next) > settings_memory_bytes(&r->settings))
        status = settings_check(&next);
    if (!status_is_ok(status))
        return status;
    const Settings before = r->settings;
    SettingsChange all = *c;
    r->settings = next;
    own_strengths_note(&r->strengths, &next);
    own_strength_complete(&r->strengths, &before, &all); /* told, whether it is named or not */
    for (int i = 0; i < all.count; i++) {
        const Setting *row = all.item[i].row;
        if (strcmp(row->key, "train.steps") == 0)
            r->steps_asked = 0;
        Event e = run_event(r, EVENT_SET);
        if (!run_set_event(&e, row, &before, &next))
            continue;
        change_log_add(&r->change_log, r->branch, run_step(r), e.key, e.to);
        recorder_add_event(r->recorder, &e);
    }
    trainer_configure(run_trainer(r), &r->settings);
    if (r->history && before.lab.rewind_mb != next.lab.rewind_mb)
        rewind_resize(r->history, next.lab.rewind_mb);
    return status;
}

Status run_change(Run *r, const SettingsChange *c)
{
    const Settings before = r->settings;
    Status status = run_check_twin(r, c);
    if (status_is_ok(status))
        status = run_change_one(r, c);
    r->disturbed = r->disturbed || !expectation_holds(&before, &r->settings);
    return status_is_ok(status) ? run_change_twin(r, c) : status;
}

Status run_set(Run *r, const char *key, const char *value)
{
    SettingsChange c = {0};
    Status status = settings_change_add(&c, key, value);
    return status_is_ok(status) ? run_change(r, &c) : status;
}

Status run_scale(Run *r, const char *matrix, double factor)
{
    if (!isfinite(factor) || factor == 0)
        return status_input("A matrix can be scaled by any finite number but zero");
    Trainer *t = run_trainer(r);
    const ModelLayout *layout = trainer_layout(t);
    int found = model_tensor_find(layout, matrix);
    TensorRole role = found < 0 ? TENSOR_GAIN : layout->tensors[found].role;
    if (role != TENSOR_Q && role != TENSOR_K)
        return status_input("%s is not a matrix of Q or K; name one like layers.0.attn.q_proj.weight", matrix);
    const Tensor *q = &layout->tensors[found];
    while (q->role != TENSOR_Q) /* a layer's Q stands before its K */
        q--;
    trainer_scale_matrix(t, (int)(q - layout->tensors), factor);
    r->scalings++;
    r->disturbed = true;
    Event e = run_event(r, EVENT_SET);
    snprintf(e.key, sizeof e.key, "scale %s", q->name);
    snprintf(e.from, sizeof e.from, "1");
    snprintf(e.to, sizeof e.to, "%.9g", factor);
    recorder_add_event(r->recorder, &e);
    return status_ok();
}

Status run_truncate(Run *r, const char *rank)
{
    int wanted, dim = r->settings.model.dim;
    Status status = truncate_rank_read(rank, &wanted);
    if (!status_is_ok(status))
        return status;
    if (wanted >= dim)
        return status_input("A rank of %d leaves the matrices of Q and K as they are: they have %d rows; take fewer",
                            wanted, dim);
    const int failed = trainer_truncate(run_trainer(r), wanted);
    if (failed > 0)
        recorder_say(r->recorder, "The SVD failed for %d matrices: they were not truncated", failed);
    r->disturbed = true;
    Event e = run_event(r, EVENT_SET);
    snprintf(e.key, sizeof e.key, "%s", SCHEDULE_TRUNCATE);
    snprintf(e.to, sizeof e.to, "%d", wanted);
    change_log_add(&r->change_log, r->branch, run_step(r), e.key, e.to);
    recorder_add_event(r->recorder, &e);
    return status;
}

Status run_save(Run *r, const char *path)
{
    run_do_due(r); /* the row of this step needs the turn that led here, which no file keeps */
    Trainer *t = run_trainer(r);
    const TrainerState *state = trainer_state(t);
    const Dataset *rows = trainer_dataset(t);
    int32_t *pairs = xmalloc((size_t)rows->train_count * 2 * sizeof *pairs);
    for (int64_t i = 0; i < rows->train_count; i++) {
        pairs[2 * i] = rows->train[i].a;
        pairs[2 * i + 1] = rows->train[i].b;
    }
    CheckpointView view = {.settings = &r->settings,
                           .layout = trainer_layout(t),
                           .weights = state->weights,
                           .m = state->m,
                           .v = state->v,
                           .step = state->step,
                           .train_count = rows->train_count,
                           .pairs = pairs,
                           .permutation = state->permutation,
                           .cursor = state->cursor,
                           .batches = state->batches,
                           .qk = state->qk,
                           .blas_core = mat_core_name()};
    view.strengths = r->strengths;
    view.progress = recorder_progress(r->recorder);
    Status status = checkpoint_write(path, &view);
    free(pairs);
    if (!status_is_ok(status))
        return status;
    Event saved = run_event(r, EVENT_SAVED);
    snprintf(saved.to, sizeof saved.to, "%s", path);
    recorder_add_event(r->recorder, &saved);
    return status;
}

void run_expect(Run *r, const Expectation *expect)
{
    r->expect = *expect;
    r->preset = r->settings;
    r->disturbed = false;
}

const Expectation *run_expectation(const Run *r)
{
    return r->disturbed || expectation_is_empty(&r->expect) ? NULL : &r->expect;
}

/* The same model on a task of the same size: the run that is there proves that there is room. */
static bool settings_same_size(const Settings *a, const Settings *b)
{
    return a->task.op == b->task.op && a->task.p == b->task.p && a->task.frac == b->task.frac &&
           a->model.dim == b->model.dim && a->model.depth == b->model.depth && a->model.heads == b->model.heads &&
           a->model.mlp == b->model.mlp && a->model.mlp_kind == b->model.mlp_kind &&
           a->model.qk_norm == b->model.qk_norm && a->train.batch == b->train.batch;
}

/* Weights of --init start every run of the same model and seed again. */
static bool settings_same_first_weights(const Settings *a, const Settings *b)
{
    return settings_same_size(a, b) && a->model.seed == b->model.seed;
}

/* No abandon may still hold the old trainer when it goes. */
void run_drop(Run *r, _Atomic(Trainer *) *which)
{
    Trainer *old = atomic_exchange(which, NULL);
    while (atomic_load(&r->abandoning) > 0)
        ;
    trainer_free(old);
}

static float *weights_copy(const float *from, size_t count)
{
    float *to = xmalloc(count * sizeof *to);
    memcpy(to, from, count * sizeof *to);
    return to;
}

Status run_restart(Run *r, const Settings *settings, const Schedule *schedule)
{
    Settings next = *settings; /* the argument may be our own */
    Status status = status_ok();
    if (!settings_same_size(&next, &r->settings))
        status = settings_check(&next);
    Dataset rows = {0};
    if (status_is_ok(status))
        status = run_init_dataset(&rows, &next, &r->settings, trainer_dataset(run_trainer(r)));
    if (!status_is_ok(status))
        return status;
    run_shelve(r);
    const Run *before = r->before;
    r->settings = next;
    r->steps_asked = 0;
    if (before->first_weights && settings_same_first_weights(&next, &before->settings))
        r->first_weights = weights_copy(before->first_weights, trainer_layout(run_trainer(before))->parameters);
    run_copy_schedule(r, schedule ? schedule : &before->schedule);
    if (schedule)
        r->expect = (Expectation){0};
    run_take_trainer(r, trainer_new(&r->settings, &rows));
    run_begin(r, schedule ? NULL : r->options.preset_name, false);
    if (before->history)
        run_keep_rewind(r);
    return status;
}

/* ---- What was done, as a preset */

/* How the lab shows and when it stops is told by its settings of now, never by a change on the way. */
static bool is_of_session(const char *key)
{
    return strncmp(key, "lab.", 4) == 0 || strcmp(key, "train.threads") == 0 || strcmp(key, "train.steps") == 0;
}

/* Several presses of a key at one step: the last is what counted. */
static bool is_made_again(const Schedule *s, int index)
{
    const ScheduledChange *c = &s->changes[index];
    if (strcmp(c->key, SCHEDULE_TRUNCATE) == 0)
        return false;
    for (int i = index + 1; i < s->count && s->changes[i].step == c->step; i++)
        if (strcmp(s->changes[i].key, c->key) == 0)
            return true;
    return false;
}

static Schedule schedule_of_run(const Run *r)
{
    Schedule made = change_log_schedule(&r->change_log, r->branch), s = {0};
    int waiting = r->schedule.count - r->next_change;
    s.changes = xmalloc((size_t)(made.count + waiting + 1) * sizeof *s.changes);
    for (int i = 0; i < made.count; i++)
        if (!is_of_session(made.changes[i].key) && !is_made_again(&made, i))
            s.changes[s.count++] = made.changes[i];
    for (int i = r->next_change; i < r->schedule.count; i++)
        s.changes[s.count++] = r->schedule.changes[i];
    schedule_free(&made);
    return s;
}

Status run_write_preset(Run *r, const char *path)
{
    if (r->resumed)
        return status_input("This run was resumed, so that its beginning is not known here: no preset can tell it");
    if (r->scalings > 0)
        return status_input("W_q was scaled by hand in this run, which no schedule of a preset can tell");
    Settings first = r->first;
    first.lab = r->settings.lab;
    first.train.threads = r->settings.train.threads;
    first.train.steps = run_last_step(r);
    Schedule schedule = schedule_of_run(r);
    Text out = {0};
    text_addf(&out, "# What was done by hand up to step %lld, as a preset.\n", (long long)run_step(r));
    if (r->options.init || r->options.pairs)
        text_addf(&out, "# To be started with the same --init and --pairs again.\n");
    preset_print(&first, &schedule, &out);
    Status status = atomic_file_store(path, out.data, out.length);
    text_free(&out);
    schedule_free(&schedule);
    return status;
}
