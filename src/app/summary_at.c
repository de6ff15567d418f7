#include <lrd/app/summary_at.h>

#include <lrd/app/open_log.h>
#include <lrd/app/progress.h>
#include <lrd/base/quote.h>
#include <lrd/log/log_names.h>

#include <inttypes.h>
#include <math.h>

void summary_at_free(SummaryAt *at)
{
    run_summary_free(at->summary);
    probe_free(&at->probe);
    *at = (SummaryAt){0};
}

Snapshot summary_at_snapshot(const SummaryAt *at)
{
    const RunSummary *b = at->summary;
    Snapshot s = {
        .sequence = 1, .state = at->state, .step = at->step, .summary = at->summary, .recorded = at->recorded};
    s.replay = at->replay;
    s.expect = at->expect;
    s.probe = at->probe; /* lent */
    s.steps_per_s = b->has_evaluation ? b->evaluation.steps_per_s : NAN;
    double left = (double)(b->settings.train.steps - at->step);
    s.seconds_left = s.steps_per_s > 0 ? left / s.steps_per_s : NAN;
    return s;
}

/* ---- From a log */

static SessionState run_summary_state(const RunSummary *b)
{
    if (b->event_count && b->events[b->event_count - 1].kind == EVENT_NON_FINITE)
        return SESSION_NON_FINITE;
    return b->step >= b->settings.train.steps ? SESSION_HOLDING : SESSION_RUNNING;
}

/* Of what another program left out a picture must not speak as if it were known. */
static ReplayView log_view(const LogIndex *index)
{
    ReplayView v = {.on = true,
                    .foreign = true,
                    .has_task = log_index_has_task(index),
                    .has_decay = log_index_has_decay(index),
                    .last = log_index_last(index),
                    .horizon = log_index_last(index)};
    const char *path = log_index_path(index);
    log_names(&path, 1, &v.name);
    return v;
}

void summary_at_of_index(LogIndex *index, int64_t step, const ProbeRequest *ask, SummaryAt *out)
{
    const RunSummary *all = log_index_summary(index);
    RunSummary *b = run_summary_new(&all->settings, 0, 0);
    log_index_summary_at(index, step, b);
    *out = (SummaryAt){.summary = b, .state = run_summary_state(b), .step = step, .recorded = true};
    log_index_probe_at(index, step, ask, &out->probe);
    if (log_index_is_foreign(index))
        out->replay = log_view(index);
}

Status summary_at_of_log(const Arguments *a, const ProbeRequest *ask, SummaryAt *out)
{
    *out = (SummaryAt){0};
    Status s;
    LogIndex *index = open_log(a, a->operand, a->step, &s);
    if (!index)
        return s;
    summary_at_of_index(index, a->step < 0 ? log_index_last(index) : a->step, ask, out);
    log_index_close(index);
    return s;
}

/* ---- From a preset */

static RunTurn run_until(Run *run, int64_t step, bool quiet)
{
    Progress progress = progress_start(quiet);
    RunTurn turn = RUN_STEPPED;
    while (turn == RUN_STEPPED && run_step(run) < step) {
        turn = run_turn(run);
        progress_turn(&progress, run);
        progress_say(&progress, run_take_message(run));
    }
    progress_end(&progress);
    return turn;
}

Status summary_at_of_setup(const Arguments *a, const Setup *setup, int64_t step, const ProbeRequest *ask,
                           SummaryAt *out)
{
    *out = (SummaryAt){0};
    if (step < 0)
        return status_input("which step shall the picture show? Say it with --step N");
    if (step > setup->settings.train.steps)
        return status_input("the run ends at step %" PRId64 ", before step %" PRId64
                            "; ask for an earlier step, or for a longer run with --set train.steps=%" PRId64,
                            setup->settings.train.steps, step, step);
    RunOptions options = setup_run_options(a, setup);
    Status s;
    Run *run = run_new(&options, &s);
    if (!run)
        return s;
    RunTurn turn = run_until(run, step, a->quiet);
    run_refresh(run);
    const RunSummary *b = run_summary(run);
    out->summary = run_summary_new(&b->settings, b->evaluation.matrix_count, b->evaluation.sigma_count);
    run_summary_copy(out->summary, b);
    out->step = run_step(run);
    out->expect = setup->expect;
    out->state = turn == RUN_NON_FINITE                 ? SESSION_NON_FINITE
                 : out->step >= b->settings.train.steps ? SESSION_HOLDING
                                                        : SESSION_RUNNING;
    while (!probe_answers(&out->probe, ask) && run_probe(run, ask, &out->probe))
        ;
    run_free(run);
    return s;
}
