/* A twin: another branch, trained beside the one in hand, step for step on the same batches. Each trainer has threads
 * of its own; records are made of one after the other, by taking the twin in hand for a moment. */
#include <lrd/base/machine.h>
#include <lrd/base/util.h>
#include <lrd/num/mat.h>
#include <lrd/train/run_inside.h>
#include <lrd/train/run_init.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static Trainer *twin_trainer(const Run *r)
{
    return atomic_load_explicit(&r->twin.trainer, memory_order_relaxed);
}

int run_twin(const Run *r)
{
    return twin_trainer(r) ? r->twin.branch : 0;
}

/* Each has half of the threads: how many there are changes no number. */
static void run_share_threads(Run *r)
{
    Settings halved = r->settings, other = r->twin.settings;
    halved.train.threads = max_int(settings_threads(&r->settings) / 2, 1);
    other.train.threads = halved.train.threads;
    trainer_configure(run_trainer(r), &halved);
    trainer_configure(twin_trainer(r), &other);
}

/* The twin comes in hand, the other one becomes the twin. */
static void run_exchange(Run *r)
{
    RunProgress mine;
    const Settings settings = r->settings;
    const OwnStrengths strengths = r->strengths;
    const int branch = r->branch, next_change = r->next_change;
    Trainer *trainer = run_trainer(r);
    mine = recorder_progress(r->recorder);
    atomic_store(&r->trainer, twin_trainer(r));
    atomic_store(&r->twin.trainer, trainer);
    r->settings = r->twin.settings;
    r->strengths = r->twin.strengths;
    r->branch = r->twin.branch;
    r->next_change = r->twin.next_change;
    Event e = run_event(r, EVENT_SWITCH);
    snprintf(e.from, sizeof e.from, "%d", branch);
    snprintf(e.to, sizeof e.to, "%d", r->branch);
    recorder_go_back(r->recorder, &r->twin.progress, &e, &r->settings);
    r->twin.settings = settings;
    r->twin.strengths = strengths;
    r->twin.branch = branch;
    r->twin.next_change = next_change;
    r->twin.progress = mine;
}

static bool is_same_decay(const Settings *a, const Settings *b)
{
    return a->decay.kind == b->decay.kind && a->decay.targets == b->decay.targets &&
           a->decay.strength == b->decay.strength && a->decay.rest == b->decay.rest && a->decay.l2 == b->decay.l2 &&
           a->decay.ns_iters == b->decay.ns_iters && a->decay.lr_scaled == b->decay.lr_scaled &&
           a->decay.relative == b->decay.relative;
}

static Status twin_check(const Run *r, const Settings *next)
{
    Settings alone = *next;
    alone.lab.rewind_mb = 0; /* the points are there already */
    if (twin_trainer(r))
        return status_input("There is a twin already: c ends it");
    if (run_summary(r)->branches.count == BRANCHES_MAX)
        return status_input("%d branches are as many as are kept: r starts anew", BRANCHES_MAX);
    if (is_same_decay(next, &r->settings))
        return status_input("A twin with the same decay would do the same: choose another one");
    if (settings_memory_bytes(&alone) > machine_memory_available())
        return status_input("There is no memory for a second model of this size");
    return status_ok();
}

Status run_start_twin(Run *r, const char *changes)
{
    Settings next = r->settings;
    Dataset rows = {0};
    Status status = settings_apply_words(&next, changes);
    if (status_is_ok(status))
        status = twin_check(r, &next);
    if (status_is_ok(status))
        status = run_init_dataset(&rows, &next, &r->settings, trainer_dataset(run_trainer(r)));
    if (!status_is_ok(status))
        return status;
    run_do_due(r); /* both begin after the row of this step */
    const int number = run_summary(r)->branches.count + 1;
    Trainer *t = trainer_new(&next, &rows);
    trainer_copy_state(t, trainer_state(t), trainer_state(run_trainer(r)));
    Event e = run_event(r, EVENT_BRANCH);
    snprintf(e.from, sizeof e.from, "%d", r->branch);
    snprintf(e.to, sizeof e.to, "%d", number);
    branches_name(&next, e.key);
    r->twin.progress = recorder_progress(r->recorder);
    r->twin.settings = r->settings;
    r->twin.strengths = r->strengths;
    r->twin.branch = r->branch;
    r->twin.next_change = r->next_change;
    if (!r->twin.pair)
        r->twin.pair = pool_new(2, mat_use_one_thread);
    atomic_store(&r->twin.trainer, run_trainer(r));
    atomic_store(&r->trainer, t);
    r->branch = number;
    change_log_branch(&r->change_log, number, r->twin.branch, r->change_log.count);
    recorder_go_back(r->recorder, &r->twin.progress, &e, &r->settings);
    run_change_settings(r, &next, true);
    run_exchange(r);
    run_share_threads(r);
    return status;
}

/* Its branch stays, and can be gone on with where there is room for its rewind point. */
void run_end_twin(Run *r)
{
    if (!twin_trainer(r))
        return;
    run_exchange(r);
    if (r->history && trainer_weights_are_finite(run_trainer(r)))
        run_keep_tip(r);
    run_exchange(r);
    run_drop(r, &r->twin.trainer);
    trainer_configure(run_trainer(r), &r->settings);
}

/* The twin's scheduled changes and row, when there are any at this step. */
void run_do_twin_due(Run *r)
{
    if (!twin_trainer(r))
        return;
    const int64_t step = run_step(r);
    bool row = recorder_row_step(r->recorder) == step && run_progress_row_step(&r->twin.progress) < step;
    bool change = r->twin.next_change < r->schedule.count && r->schedule.changes[r->twin.next_change].step <= step;
    if (!row && !change)
        return;
    run_exchange(r);
    run_do_due(r);
    run_exchange(r);
    run_share_threads(r); /* a change may have taken them all */
}

/* The decay is what the two differ in. */
static SettingsChange twin_share(const SettingsChange *c)
{
    SettingsChange shared = {0};
    for (int i = 0; i < c->count; i++)
        if (strncmp(c->item[i].row->key, "decay.", 6) != 0)
            settings_change_put(&shared, &c->item[i]);
    return shared;
}

Status run_check_twin(const Run *r, const SettingsChange *c)
{
    const SettingsChange shared = twin_share(c);
    Settings next = r->twin.settings;
    if (!twin_trainer(r) || shared.count == 0)
        return status_ok();
    Status status = settings_change_apply(&next, &shared);
    return status_is_ok(status) ? status : status_input("The twin cannot follow: %s", status.text);
}

Status run_change_twin(Run *r, const SettingsChange *c)
{
    if (!twin_trainer(r))
        return status_ok();
    const SettingsChange shared = twin_share(c);
    Status status = status_ok();
    if (shared.count > 0) {
        run_exchange(r);
        status = run_change_one(r, &shared);
        run_exchange(r);
    }
    run_share_threads(r);
    return status;
}

typedef struct PairStep {
    Trainer *trainer[2];
    StepOutcome outcome[2];
    bool watch;
} PairStep;

static void pair_step_item(void *context, int item, int worker)
{
    PairStep *p = context;
    (void)worker;
    p->outcome[item] = trainer_step(p->trainer[item], p->watch);
}

StepOutcome run_step_both(Run *r, bool watch)
{
    PairStep p = {.trainer = {run_trainer(r), twin_trainer(r)}, .watch = watch};
    if (!p.trainer[1])
        return trainer_step(p.trainer[0], watch);
    pool_run(r->twin.pair, 2, pair_step_item, &p);
    if (p.outcome[0] == STEP_DONE && p.outcome[1] == STEP_DONE)
        return STEP_DONE;
    /* They are no longer in step: the branch in hand goes on alone. */
    if (p.outcome[1] == STEP_NON_FINITE)
        recorder_say(r->recorder, "The twin ended: a number is not finite at step %" PRId64, run_step(r));
    else
        recorder_say(r->recorder, "The twin ended at step %" PRId64, run_step(r));
    run_end_twin(r);
    return p.outcome[0];
}
