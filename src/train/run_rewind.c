#include <lrd/train/run_inside.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

void run_keep_rewind(Run *r)
{
    Trainer *t = run_trainer(r);
    rewind_free(r->history);
    r->history = rewind_new(trainer_layout(t)->parameters, trainer_dataset(t)->train_count, r->settings.lab.rewind_mb);
}

const Rewind *run_rewind(const Run *r)
{
    return r->history;
}

void run_fill_point(Run *r, RewindPoint *p)
{
    trainer_copy_state(run_trainer(r), &p->state, trainer_state(run_trainer(r)));
    p->settings = r->settings;
    p->strengths = r->strengths;
    p->next_change = r->next_change;
    p->change_log = r->change_log.count;
    const Evaluation *seen = eval_history_of_step(&run_summary(r)->moments, p->step);
    p->evaluated = seen && seen->step == p->step;
    p->progress = recorder_progress(r->recorder);
}

void run_take_point(Run *r, const RewindPoint *p)
{
    trainer_copy_state(run_trainer(r), trainer_state(run_trainer(r)), &p->state);
    trainer_forget_step(run_trainer(r));
    r->next_change = p->next_change;
    r->strengths = p->strengths;
    r->saved_step = -1;
    r->turns = 0;
    r->turn_seconds = 0;
}

/* A point for every row: what is due at a point's step was done, so that going on from it repeats no row. */
void run_add_point(Run *r)
{
    int64_t step = run_step(r);
    if (!r->history || recorder_row_step(r->recorder) != step || !trainer_weights_are_finite(run_trainer(r)))
        return;
    const RewindPoint *newest = rewind_find(r->history, r->branch, step);
    if (newest && newest->step == step)
        return;
    RewindPoint *p = rewind_add(r->history, r->branch, step);
    if (p)
        run_fill_point(r, p);
}

/* To the newest point of this branch up to that step, as if nothing had come after it; the settings stay. */
static bool run_take_back(Run *r, int64_t latest, const char *why)
{
    const RewindPoint *p = r->history ? rewind_find(r->history, r->branch, latest) : NULL;
    if (!p)
        return false;
    const Settings now = r->settings;
    Event back = run_event(r, EVENT_BRANCH);
    back.step = p->step;
    snprintf(back.key, sizeof back.key, "%s", why);
    snprintf(back.from, sizeof back.from, "%d", r->branch);
    snprintf(back.to, sizeof back.to, "%d", r->branch);
    change_log_go_back(&r->change_log, r->branch, p->step, p->change_log);
    run_take_point(r, p);
    rewind_cut(r->history, r->branch, p->step);
    recorder_go_back(r->recorder, &p->progress, &back, &p->settings);
    run_change_settings(r, &now, false);
    return true;
}

/* What made it go wrong is the user's to take back. */
bool run_go_back_to_good(Run *r)
{
    char why[64];
    snprintf(why, sizeof why, "not finite at %" PRId64, run_step(r));
    return run_take_back(r, run_step(r) - 1, why);
}

Status run_go_back(Run *r, int64_t step)
{
    char why[64];
    if (step >= run_step(r))
        return status_ok();
    snprintf(why, sizeof why, "back from %" PRId64, run_step(r));
    run_end_twin(r);
    return run_take_back(r, step, why)
               ? status_ok()
               : status_input("No rewind point is left before step %" PRId64 " (lab.rewind_mb)", step);
}
