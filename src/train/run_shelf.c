/* The run that a restart took the place of, kept whole so that it can come back. */
#include <lrd/base/util.h>
#include <lrd/train/run_inside.h>

#include <stdio.h>
#include <stdlib.h>

static void trainer_move(_Atomic(Trainer *) *to, _Atomic(Trainer *) *from)
{
    atomic_store(to, atomic_exchange(from, NULL));
}

/* All that is one run's: the recorder's files, the pools and what run_abandon touches stay where they are. What from
 * owned it owns no longer. */
static void run_move(Run *to, Run *from)
{
    to->settings = from->settings;
    to->strengths = from->strengths;
    to->schedule = from->schedule;
    to->next_change = from->next_change;
    to->steps_asked = from->steps_asked;
    trainer_move(&to->trainer, &from->trainer);
    to->measured = from->measured;
    to->first_weights = from->first_weights;
    to->saved_step = from->saved_step;
    to->non_finite_step = from->non_finite_step;
    to->history = from->history;
    trainer_move(&to->twin.trainer, &from->twin.trainer);
    to->twin.settings = from->twin.settings;
    to->twin.strengths = from->twin.strengths;
    to->twin.branch = from->twin.branch;
    to->twin.next_change = from->twin.next_change;
    to->twin.progress = from->twin.progress;
    to->twin.own = from->twin.own;
    to->twin.spec = from->twin.spec;
    to->twin.is_due = from->twin.is_due;
    to->twin.arm = from->twin.arm;
    to->twin.in_hand = from->twin.in_hand;
    to->twin.non_finite = from->twin.non_finite;
    to->branch = from->branch;
    to->expect = from->expect;
    to->preset = from->preset;
    to->disturbed = from->disturbed;
    to->change_log = from->change_log;
    to->first = from->first;
    to->resumed = from->resumed;
    to->truncated = from->truncated;
    to->scalings = from->scalings;
    to->began = from->began;
    to->turn_seconds = from->turn_seconds;
    to->turns = from->turns;
    from->schedule = (Schedule){0};
    from->measured = (Evaluation){0};
    from->first_weights = NULL;
    from->history = NULL;
    from->change_log = (ChangeLog){0};
}

/* What run_move would move, freed. */
static void run_clear(Run *r)
{
    run_drop(r, &r->twin.trainer);
    run_drop(r, &r->trainer);
    evaluation_free(&r->measured);
    schedule_free(&r->schedule);
    r->schedule = (Schedule){0};
    free(r->first_weights);
    r->first_weights = NULL;
    rewind_free(r->history);
    r->history = NULL;
    change_log_free(&r->change_log);
}

void run_forget_before(Run *r)
{
    if (!r->before)
        return;
    run_clear(r->before);
    run_summary_free(r->before->records.summary);
    free(r->before);
    r->before = NULL;
}

void run_shelve(Run *r)
{
    run_forget_before(r);
    r->before = xcalloc(1, sizeof *r->before);
    run_move(r->before, r);
    r->before->records = recorder_take(r->recorder);
}

bool run_can_return(const Run *r)
{
    return r->before != NULL;
}

void run_return(Run *r)
{
    Run *before = r->before;
    r->before = NULL;
    run_clear(r);
    run_move(r, before);
    const LogStart start = run_log_start(r, NULL);
    Event resumed = run_event(r, EVENT_RESUMED);
    snprintf(resumed.to, sizeof resumed.to, "the run before this one");
    recorder_give(r->recorder, &before->records, &start, &resumed);
    free(before);
}
