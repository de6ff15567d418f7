#include <lrd/app/summary_at.h>

#include <lrd/app/progress.h>
#include <lrd/base/quote.h>
#include <lrd/log/log_names.h>
#include <lrd/log/log_index.h>

#include <inttypes.h>
#include <stdio.h>

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

/* What the lab would say of it too: columns by other names, lines that are left out. */
static void log_tell(const LogIndex *index, Status fault, bool quiet)
{
    Text notes = {0};
    log_index_add_notes(index, &notes);
    if (!quiet && notes.length > 0)
        fprintf(stderr, "lrdlab: %s: %s\n", quote_word(log_index_path(index)).text, text_str(&notes));
    if (!status_is_ok(fault))
        fprintf(stderr, "lrdlab: %s; such lines are left out\n", fault.text);
    Status tail = log_index_tail(index, 0);
    if (!status_is_ok(tail))
        fprintf(stderr, "lrdlab: %s\n", tail.text);
    text_free(&notes);
}

static Status log_check(const LogIndex *index, Status fault, int64_t step)
{
    Status s = log_index_check(index), tail = log_index_tail(index, 0);
    Quote name = quote_word(log_index_path(index));
    if (!status_is_ok(s))
        return s;
    if (log_index_rows(index) == 0 && !status_is_ok(fault))
        return fault;
    if (log_index_rows(index) == 0 && !status_is_ok(tail))
        return status_input("%s; no other row is in it", tail.text);
    if (log_index_rows(index) == 0)
        return status_input("%s has no row yet", name.text);
    if (step >= 0 && step < log_index_first(index))
        return status_input("%s has no row up to step %" PRId64 "; its first is of step %" PRId64, name.text, step,
                            log_index_first(index));
    return s;
}

Status summary_at_of_log(const Arguments *a, const ProbeRequest *ask, SummaryAt *out)
{
    *out = (SummaryAt){0};
    LogMap map;
    Status fault, s = maps_read(a, &map);
    LogIndex *index = status_is_ok(s) ? log_index_open_mapped(a->operand, &map, &s) : NULL;
    if (!index)
        return s;
    log_index_read(index, &fault);
    s = log_check(index, fault, a->step);
    if (status_is_ok(s)) {
        log_tell(index, fault, a->quiet);
        const RunSummary *all = log_index_summary(index);
        RunSummary *b = run_summary_new(&all->settings, 0, 0);
        int64_t at = a->step < 0 ? log_index_last(index) : a->step;
        log_index_summary_at(index, at, b);
        *out = (SummaryAt){.summary = b, .state = run_summary_state(b), .step = at, .recorded = true};
        log_index_probe_at(index, at, ask, &out->probe);
        if (log_index_is_foreign(index))
            out->replay = log_view(index);
    }
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
