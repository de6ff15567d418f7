#include <lrd/app/summary_at.h>

#include <lrd/app/progress.h>
#include <lrd/base/quote.h>
#include <lrd/log/log_names.h>
#include <lrd/log/log_index.h>

#include <inttypes.h>

/* ---- From a log */

static SessionState board_state(const Board *b)
{
    if (b->event_count && b->events[b->event_count - 1].kind == EVENT_NON_FINITE)
        return SESSION_NON_FINITE;
    return b->step >= b->settings.train.steps ? SESSION_HOLDING : SESSION_RUNNING;
}

/* Of what another program left out a picture must not speak as if it were known. */
static ReplayView log_view(const Logbook *book)
{
    ReplayView v = {.on = true,
                    .foreign = true,
                    .has_task = logbook_has_task(book),
                    .has_decay = logbook_has_decay(book),
                    .last = logbook_last(book),
                    .horizon = logbook_last(book)};
    const char *path = logbook_path(book);
    log_names(&path, 1, &v.name);
    return v;
}

Status board_at_of_log(const char *path, int64_t step, const PortraitAsk *ask, BoardAt *out)
{
    *out = (BoardAt){0};
    Status s;
    Logbook *book = logbook_open(path, &s);
    if (!book)
        return s;
    logbook_read(book, &s);
    if (status_is_ok(s) && (logbook_rows(book) == 0 || (step >= 0 && step < logbook_first(book))))
        s = status_input("%s has no row up to step %" PRId64 "; ask for a later step", quote_word(path).text,
                         step < 0 ? logbook_last(book) : step);
    if (status_is_ok(s)) {
        const Board *all = logbook_board(book);
        Board *b = board_new(&all->settings, 0, 0);
        int64_t at = step < 0 ? logbook_last(book) : step;
        logbook_board_at(book, at, b);
        *out = (BoardAt){.board = b, .state = board_state(b), .step = at, .recorded = true};
        logbook_portrait_at(book, at, ask, &out->portrait);
        if (logbook_is_foreign(book))
            out->replay = log_view(book);
    }
    logbook_close(book);
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

Status board_at_of_setup(const Arguments *a, const Setup *setup, int64_t step, const PortraitAsk *ask, BoardAt *out)
{
    *out = (BoardAt){0};
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
    const Board *b = run_board(run);
    out->board = board_new(&b->settings, b->evaluation.matrix_count, b->evaluation.sigma_count);
    board_copy(out->board, b);
    out->step = run_step(run);
    out->expect = setup->expect;
    out->state = turn == RUN_NON_FINITE                 ? SESSION_NON_FINITE
                 : out->step >= b->settings.train.steps ? SESSION_HOLDING
                                                        : SESSION_RUNNING;
    while (!portrait_answers(&out->portrait, ask) && run_portray(run, ask, &out->portrait))
        ;
    run_free(run);
    return s;
}
