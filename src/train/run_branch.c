#include <lrd/base/util.h>
#include <lrd/train/run_inside.h>
#include <lrd/train/run_init.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int run_rewind_steps(const Run *r, int64_t steps[REWIND_POINTS_MAX])
{
    int count = 0;
    int64_t last = INT64_MAX;
    const Branches *tree = &run_summary(r)->branches;
    for (int b = r->history ? r->branch : 0; b > 0; b = tree->item[b - 1].parent) {
        for (int i = rewind_count(r->history) - 1; i >= 0; i--) {
            const RewindPoint *p = rewind_at(r->history, i);
            if (p->branch == b && p->step <= last)
                steps[count++] = p->step;
        }
        last = min_i64(last, tree->item[b - 1].fork);
    }
    return count;
}

/* The newest point at or before step on the way that led to the branch in hand. */
static const RewindPoint *run_find_point(const Run *r, int64_t step)
{
    const Branches *tree = &run_summary(r)->branches;
    for (int b = r->branch; b > 0; b = tree->item[b - 1].parent) {
        const RewindPoint *p = rewind_find(r->history, b, step);
        if (p)
            return p;
        step = min_i64(step, tree->item[b - 1].fork);
    }
    return NULL;
}

/* The trainer sees other weights for as long as this takes. */
bool run_probe_past(Run *r, const ProbeRequest *ask, Probe *probe)
{
    const RewindPoint *p = r->history ? run_find_point(r, ask->at) : NULL;
    if (!p)
        return false;
    TrainerState *state = trainer_state(run_trainer(r));
    float *weights = state->weights;
    const int64_t step = state->step;
    state->weights = p->state.weights;
    state->step = p->step;
    bool done = trainer_probe(run_trainer(r), ask, probe);
    state->weights = weights;
    state->step = step;
    return done;
}

bool run_keep_tip(Run *r)
{
    run_do_due(r); /* its row needs the turn that led here */
    RewindPoint *p = rewind_find(r->history, r->branch, run_step(r));
    if (!p || p->step != run_step(r))
        p = rewind_add(r->history, r->branch, run_step(r));
    if (!p)
        return false;
    run_fill_point(r, p);
    p->kept = true;
    return true;
}

/* What belongs to the session rather than to an experiment stays as it is now. */
static void settings_keep_session(Settings *then, const Settings *now)
{
    then->lab = now->lab;
    then->train.threads = now->train.threads;
    then->train.steps = now->train.steps;
}

Status settings_apply_words(Settings *settings, const char *words)
{
    Status status = status_ok();
    while (status_is_ok(status) && *words) {
        char word[SETTING_KEY_MAX + EVENT_VALUE_MAX], key[SETTING_KEY_MAX];
        const char *value;
        size_t length = strcspn(words, " ");
        snprintf(word, sizeof word, "%.*s", (int)min_i64((int64_t)length, sizeof word), words);
        words += length + (words[length] == ' ');
        if (!setting_word_split(word, key, &value))
            return status_input("%s is not KEY=VALUE", word);
        status = settings_set(settings, key, value);
        if (status_is_ok(status) && !settings_find(key)->midrun)
            status = status_input("%s is fixed while a run trains: leave it out", key);
    }
    return status_is_ok(status) ? settings_check_together(settings) : status;
}

void run_change_settings(Run *r, const Settings *next, bool change_log)
{
    const Settings before = run_summary(r)->settings;
    for (int i = 0; i < settings_count; i++) {
        Event e = run_event(r, EVENT_SET);
        if (!settings_table[i].midrun || !run_set_event(&e, &settings_table[i], &before, next))
            continue;
        recorder_add_event(r->recorder, &e);
        if (change_log)
            change_log_add(&r->change_log, r->branch, e.step, e.key, e.to);
    }
    r->settings = *next;
    own_strengths_note(&r->strengths, next);
    r->non_finite_step = -1;
    trainer_configure(run_trainer(r), &r->settings);
}

static Event branch_event(const Run *r, EventKind kind, int64_t step, int to)
{
    Event e = run_event(r, kind);
    e.step = step;
    snprintf(e.from, sizeof e.from, "%d", r->branch);
    snprintf(e.to, sizeof e.to, "%d", to);
    return e;
}

static void run_take_branch(Run *r, const RewindPoint *p, const Settings *next)
{
    const int number = run_summary(r)->branches.count + 1;
    const Settings then = p->settings;
    Event e = branch_event(r, EVENT_BRANCH, p->step, number);
    snprintf(e.from, sizeof e.from, "%d", p->branch);
    branches_name(next, e.key);
    run_take_point(r, p);
    r->branch = number;
    change_log_branch(&r->change_log, number, p->branch, p->change_log);
    recorder_go_back(r->recorder, &p->progress, &e, &then);
    run_change_settings(r, next, true);
    r->disturbed = r->disturbed || !expectation_holds(&then, next);
}

Status run_branch(Run *r, int64_t step, const char *changes)
{
    const Branches *tree = &run_summary(r)->branches;
    if (!r->history || r->settings.lab.rewind_mb == 0)
        return status_input("No rewind points are kept, as lab.rewind_mb is 0: set it, to 256 say, and train on");
    if (tree->count == BRANCHES_MAX)
        return status_input("%d branches are as many as are kept: v goes to one of them, r starts anew", BRANCHES_MAX);
    Settings selected = r->settings;
    Status status = settings_apply_words(&selected, changes);
    if (!status_is_ok(status))
        return status;
    if (!run_find_point(r, step))
        return status_input("No rewind point is left before step %" PRId64 ": take a later one", step);
    run_end_twin(r);
    if (!run_keep_tip(r))
        return status_input("There is no room for another branch: raise lab.rewind_mb");
    const RewindPoint *p = run_find_point(r, step); /* looked up again: keeping the tip may have cost it */
    if (!p)
        return status_input("There is no room for another branch: raise lab.rewind_mb");
    Settings next = p->settings;
    settings_keep_session(&next, &r->settings);
    next.decay = r->settings.decay;
    status = settings_apply_words(&next, changes);
    if (status_is_ok(status))
        run_take_branch(r, p, &next);
    return status;
}

Status run_switch(Run *r, int branch)
{
    const Branches *tree = &run_summary(r)->branches;
    if (branch < 1 || branch > tree->count || branch == r->branch)
        return status_input("There is no other branch %d: Enter at an earlier moment starts one", branch);
    run_end_twin(r);
    RewindPoint *p = r->history ? rewind_find(r->history, branch, INT64_MAX) : NULL;
    if (!p || !p->kept)
        return status_input("Branch %d cannot be gone on with: its rewind point went when lab.rewind_mb became smaller",
                            branch);
    if (!run_keep_tip(r))
        return status_input("There is no room to keep this branch: raise lab.rewind_mb");
    Settings next = p->settings;
    settings_keep_session(&next, &r->settings);
    Event e = branch_event(r, EVENT_SWITCH, p->step, branch);
    run_take_point(r, p);
    r->branch = branch;
    p->kept = false;     /* it goes on from here */
    r->disturbed = true; /* the other branch may have been, and nothing tells */
    recorder_go_back(r->recorder, &p->progress, &e, &p->settings);
    run_change_settings(r, &next, false);
    return status_ok();
}
