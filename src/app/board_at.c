#include <lrd/app/board_at.h>

#include <lrd/app/progress.h>
#include <lrd/base/quote.h>
#include <lrd/run/runlog.h>

#include <inttypes.h>

/* ---- From a log */

typedef struct LogShape {
    LogStart start;
    int matrix_count, sigma_count;
} LogShape;

/* What the board must have room for: of the first evaluation, which a log of another program may be without. */
static Status log_find_shape(const char *path, LogShape *shape)
{
    Status s;
    RunlogReader *reader = runlog_reader_open(path, &s);
    if (!reader)
        return s;
    Record record;
    record_init(&record);
    *shape = (LogShape){.start = {.settings = settings_default()}};
    bool found = false;
    while (!found && runlog_reader_next(reader, &record, &s)) {
        if (record.kind == RECORD_START)
            shape->start = record.start;
        found = record.kind == RECORD_EVALUATION;
    }
    if (found) {
        shape->matrix_count = record.evaluation.matrix_count;
        shape->sigma_count = record.evaluation.sigma_count;
    }
    record_free(&record);
    runlog_reader_close(reader);
    return s;
}

static int64_t record_step(const Record *r)
{
    return r->kind == RECORD_EVALUATION ? r->evaluation.step
           : r->kind == RECORD_SAMPLE   ? r->sample.step
           : r->kind == RECORD_EVENT    ? r->event.step
                                        : INT64_MAX;
}

static void board_add_record(Board *b, const Record *r)
{
    if (r->kind == RECORD_EVALUATION)
        board_add_evaluation(b, &r->evaluation);
    else if (r->kind == RECORD_SAMPLE)
        board_add_sample(b, &r->sample);
    else
        board_add_event(b, &r->event);
}

/* Rows behind the step are passed over, not the end: a resumed run goes back to earlier steps. */
static Status log_fold(const char *path, int64_t step, Board *board, int *rows)
{
    Status s;
    RunlogReader *reader = runlog_reader_open(path, &s);
    if (!reader)
        return s;
    Record record;
    record_init(&record);
    while (runlog_reader_next(reader, &record, &s)) {
        if (record_step(&record) > step)
            continue;
        board_add_record(board, &record);
        ++*rows;
    }
    record_free(&record);
    runlog_reader_close(reader);
    return s;
}

static SessionState board_state(const Board *b)
{
    if (b->event_count && b->events[b->event_count - 1].kind == EVENT_NON_FINITE)
        return SESSION_NON_FINITE;
    return b->step >= b->settings.train.steps ? SESSION_HOLDING : SESSION_RUNNING;
}

Status board_at_of_log(const char *path, int64_t step, BoardAt *out)
{
    *out = (BoardAt){0};
    LogShape shape;
    Status s = log_find_shape(path, &shape);
    if (!status_is_ok(s))
        return s;
    Board *b = board_new(&shape.start.settings, shape.matrix_count, shape.sigma_count);
    b->parameters = shape.start.parameters;
    b->train_rows = shape.start.train_rows;
    b->mirror_rows = shape.start.mirror_rows;
    b->unseen_rows = shape.start.unseen_rows;
    int rows = 0;
    s = log_fold(path, step < 0 ? INT64_MAX - 1 : step, b, &rows);
    if (status_is_ok(s) && rows == 0)
        s = status_input("%s has no row up to step %" PRId64 "; ask for a later step", quote_word(path).text, step);
    if (!status_is_ok(s)) {
        board_free(b);
        return s;
    }
    *out = (BoardAt){b, board_state(b), step < 0 ? b->step : step};
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

Status board_at_of_setup(const Arguments *a, const Setup *setup, int64_t step, BoardAt *out)
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
    out->state = turn == RUN_NON_FINITE                 ? SESSION_NON_FINITE
                 : out->step >= b->settings.train.steps ? SESSION_HOLDING
                                                        : SESSION_RUNNING;
    run_free(run);
    return s;
}
