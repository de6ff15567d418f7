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

/* Each has half of the threads, or all where one waits for the other: how many there are changes no number. */
static void run_share_threads(Run *r)
{
    Settings halved = r->settings, other = r->twin.settings;
    const bool in_turn = settings_follow(&halved) || settings_follow(&other);
    halved.train.threads = max_int(settings_threads(&r->settings) / (in_turn ? 1 : 2), 1);
    other.train.threads = halved.train.threads;
    trainer_configure(run_trainer(r), &halved);
    trainer_configure(twin_trainer(r), &other);
    trainer_lead(run_trainer(r), settings_follow(&other));
    trainer_lead(twin_trainer(r), settings_follow(&halved));
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
    r->twin.in_hand = !r->twin.in_hand;
}

static Status twin_check(const Run *r, const Settings *next)
{
    Settings alone = *next;
    alone.lab.rewind_mb = 0; /* the points are there already */
    if (twin_trainer(r))
        return status_input("There is a twin already: c ends it");
    if (run_summary(r)->branches.count == BRANCHES_MAX)
        return status_input("%d branches are as many as are kept: r starts anew", BRANCHES_MAX);
    if (settings_difference(&r->settings, next).count == 0)
        return status_input("A twin with the same settings would do the same: choose another decay");
    if (settings_memory_bytes(&alone) > machine_memory_available())
        return status_input("There is no memory for a second model of this size");
    if (settings_follow(next) && settings_follow(&r->settings))
        return status_input("train.qk_turn can be twin in one arm only: set it to 0 in the other");
    return status_ok();
}

Status run_check_turn(const Run *r, const Settings *next)
{
    if (!settings_follow(next) || settings_follow(&r->settings))
        return status_ok();
    if (!twin_trainer(r))
        return status_input("train.qk_turn twin needs another arm to turn as it does: start one with c, or --twin");
    return settings_follow(&r->twin.settings)
               ? status_input("train.qk_turn is twin in the other arm already, and one of the two must lead")
               : status_ok();
}

/* What a branch is called: its decay, or what it differs in where that is the same. */
static void twin_name(const Run *r, const Settings *next, char name[BRANCH_NAME_MAX])
{
    char before[BRANCH_NAME_MAX];
    Text words = {0};
    branches_name(&r->settings, before);
    branches_name(next, name);
    settings_change_print(&r->twin.own, " ", ", ", &words);
    if (strcmp(before, name) == 0)
        snprintf(name, BRANCH_NAME_MAX, "%s", text_str(&words));
    text_free(&words);
}

/* Another branch is in hand, which starts on this one now; the other waits as its twin. again: a log that is gone on
 * with knows both, takes the event of the fork for one of its step, and must be told whose the settings are. */
static void run_fork_twin(Run *r, const Settings *next, Dataset *rows, bool again)
{
    const int number = run_summary(r)->branches.count + 1;
    Trainer *t = trainer_new(next, rows);
    trainer_copy_state(t, trainer_state(t), trainer_state(run_trainer(r)));
    Event e = run_event(r, EVENT_BRANCH);
    snprintf(e.from, sizeof e.from, "%d", r->branch);
    snprintf(e.to, sizeof e.to, "%d", number);
    r->twin.own = settings_difference(&r->settings, next);
    twin_name(r, next, e.key);
    r->twin.progress = recorder_progress(r->recorder);
    r->twin.settings = r->settings;
    r->twin.strengths = r->strengths;
    r->twin.branch = r->branch;
    r->twin.next_change = r->next_change;
    r->twin.in_hand = true;
    if (!r->twin.pair)
        r->twin.pair = pool_new(2, mat_use_one_thread);
    atomic_store(&r->twin.trainer, run_trainer(r));
    atomic_store(&r->trainer, t);
    r->branch = number;
    change_log_branch(&r->change_log, number, r->twin.branch, r->change_log.count);
    recorder_go_back(r->recorder, &r->twin.progress, &e, &r->settings);
    if (again) {
        e.kind = EVENT_SWITCH;
        e.key[0] = '\0';
        recorder_add_event(r->recorder, &e);
    }
    run_change_settings(r, next, true);
}

static Status run_make_twin(Run *r, const Settings *next)
{
    Dataset rows = {0};
    Status status = twin_check(r, next);
    if (status_is_ok(status))
        status = run_init_dataset(&rows, next, &r->settings, trainer_dataset(run_trainer(r)));
    if (!status_is_ok(status))
        return status;
    run_do_due(r); /* both begin after the row of this step */
    run_fork_twin(r, next, &rows, false);
    run_exchange(r);
    run_share_threads(r);
    return status;
}

Status run_start_twin(Run *r, const char *changes)
{
    Settings next = r->settings;
    Status status = settings_apply_words(&next, changes);
    return status_is_ok(status) ? run_make_twin(r, &next) : status;
}

void run_plan_twin(Run *r, const TwinSpec *spec)
{
    r->twin.spec = spec ? *spec : (TwinSpec){0};
    r->twin.is_due = r->twin.spec.asked;
    r->twin.arm = 0;
    r->twin.non_finite = false;
}

void run_begin_twin(Run *r)
{
    const TwinSpec *spec = &r->twin.spec;
    const bool now = spec->from == TWIN_FROM_MEMORISED ? run_summary(r)->memorised >= 0 : run_step(r) >= spec->from;
    if (!r->twin.is_due || !now || twin_trainer(r))
        return;
    Settings next = r->settings;
    Status status = settings_change_apply(&next, &spec->changes);
    if (status_is_ok(status))
        status = run_make_twin(r, &next);
    r->twin.is_due = false;
    if (status_is_ok(status))
        r->twin.arm = run_twin(r);
    else
        recorder_note(r->recorder,
                      status_failed("There is no twin from step %" PRId64 " on: %s", run_step(r), status.text));
}

const RunSummary *run_twin_summary(const Run *r)
{
    return r->twin.arm ? branches_summary(&run_summary(r)->branches, r->twin.arm) : NULL;
}

bool run_twin_is_non_finite(const Run *r)
{
    return r->twin.non_finite;
}

bool run_twin_is_over(const Run *r)
{
    const RunSummary *arm = run_twin(r) && run_twin(r) == r->twin.arm ? run_twin_summary(r) : NULL;
    return !r->twin.is_due && (!arm || arm->grokked >= 0);
}

void run_record_last_twin(Run *r)
{
    if (!twin_trainer(r) || run_progress_row_step(&r->twin.progress) >= run_step(r))
        return;
    run_exchange(r);
    run_record_last(r);
    run_exchange(r);
}

static bool twin_has_own(const Run *r, const char *key)
{
    for (int i = 0; i < r->twin.own.count; i++)
        if (strcmp(r->twin.own.item[i].row->key, key) == 0)
            return true;
    return false;
}

bool run_takes_change(const Run *r, const char *key)
{
    return !r->twin.in_hand || !twin_has_own(r, key);
}

bool run_view_twin(const Run *r, CheckpointArm *arm)
{
    if (!twin_trainer(r))
        return false;
    const TrainerState *state = trainer_state(twin_trainer(r));
    *arm = (CheckpointArm){.settings = &r->twin.settings,
                           .weights = state->weights,
                           .m = state->m,
                           .v = state->v,
                           .qk = state->qk,
                           .progress = r->twin.progress};
    return true;
}

/* The twin's own weights and records, while it is in hand. */
static Status run_load_twin(Run *r, const Checkpoint *c, const CheckpointState *saved, const Event *resumed)
{
    TrainerState *state = trainer_state(run_trainer(r));
    CheckpointState own = *saved;
    own.m = state->m;
    own.v = state->v;
    Status status = checkpoint_read_twin(c, trainer_layout(run_trainer(r)), state->weights, &own);
    state->qk = own.qk;
    if (status_is_ok(status))
        recorder_resume(r->recorder, &own.progress, resumed);
    return status;
}

/* The records of the first arm come last, so that it is in hand. */
Status run_resume_twin(Run *r, const Checkpoint *c, const CheckpointState *saved)
{
    Settings next = r->settings;
    Dataset rows = {0};
    Event resumed = run_event(r, EVENT_RESUMED);
    snprintf(resumed.to, sizeof resumed.to, "%s", r->options.resume);
    Status status = checkpoint_read_twin_settings(c, &next);
    if (status_is_ok(status))
        status = run_init_dataset(&rows, &next, &r->settings, trainer_dataset(run_trainer(r)));
    if (!status_is_ok(status))
        return status;
    run_fork_twin(r, &next, &rows, true);
    status = run_load_twin(r, c, saved, &resumed);
    r->twin.arm = r->branch;
    run_exchange(r);
    recorder_resume(r->recorder, &saved->progress, &resumed);
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
    trainer_lead(run_trainer(r), false);
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

/* All but the decay, the turn (twin in one arm alone) and what the twin was started with. */
static SettingsChange twin_share(const Run *r, const SettingsChange *c)
{
    SettingsChange shared = {0};
    for (int i = 0; i < c->count; i++)
        if (strncmp(c->item[i].row->key, "decay.", 6) != 0 && strcmp(c->item[i].row->key, "train.qk_turn") != 0 &&
            !twin_has_own(r, c->item[i].row->key))
            settings_change_put(&shared, &c->item[i]);
    return shared;
}

Status run_check_twin(const Run *r, const SettingsChange *c)
{
    const SettingsChange shared = twin_share(r, c);
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
    const SettingsChange shared = twin_share(r, c);
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

/* The one that leads goes first; the other turns as it did, or does not step. */
static void pair_step_in_turn(PairStep *p, int leader)
{
    Trainer *follower = p->trainer[1 - leader];
    p->outcome[0] = p->outcome[1] = trainer_step(p->trainer[leader], p->watch);
    if (p->outcome[leader] != STEP_DONE)
        return;
    trainer_follow(follower, p->trainer[leader]);
    p->outcome[1 - leader] = trainer_step(follower, p->watch);
}

/* One of the two was given up, the other was not: it is made to follow, or they would never be in step again. */
static void pair_catch_up(PairStep *p)
{
    for (int i = 0; i < 2; i++)
        while (p->outcome[i] == STEP_ABANDONED && p->outcome[1 - i] == STEP_DONE) {
            trainer_clear_abandon(p->trainer[i]);
            p->outcome[i] = trainer_step(p->trainer[i], p->watch);
            trainer_abandon(p->trainer[i]); /* whatever follows is still not wanted */
        }
}

StepOutcome run_step_both(Run *r, bool watch)
{
    PairStep p = {.trainer = {run_trainer(r), twin_trainer(r)}, .watch = watch};
    if (!p.trainer[1])
        return trainer_step(p.trainer[0], watch);
    if (settings_follow(&r->settings) || settings_follow(&r->twin.settings))
        pair_step_in_turn(&p, settings_follow(&r->settings) ? 1 : 0);
    else
        pool_run(r->twin.pair, 2, pair_step_item, &p);
    pair_catch_up(&p);
    if (p.outcome[0] == p.outcome[1] && p.outcome[0] != STEP_NON_FINITE)
        return p.outcome[0];
    /* They are no longer in step: the branch in hand goes on alone. */
    if (p.outcome[1] == STEP_NON_FINITE)
        recorder_say(r->recorder, "The twin ended: a number is not finite at step %" PRId64, run_step(r));
    else
        recorder_say(r->recorder, "The twin ended at step %" PRId64, run_step(r));
    r->twin.non_finite = p.outcome[1] == STEP_NON_FINITE;
    run_end_twin(r);
    return p.outcome[0];
}
