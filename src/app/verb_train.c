#include <lrd/sweep/once.h>
#include <lrd/app/progress.h>
#include <lrd/app/setup.h>
#include <lrd/app/slow_blas.h>
#include <lrd/app/stop.h>
#include <lrd/app/verbs.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static void train_print_name(const char *arm, const char *name)
{
    printf("%s%-17s ", arm, name);
}

static void train_print_step(const char *arm, const char *name, int64_t step)
{
    train_print_name(arm, name);
    if (step >= 0)
        printf("%" PRId64 "\n", step);
    else
        printf("-\n");
}

static void train_print_number(const char *arm, const char *name, double value)
{
    train_print_name(arm, name);
    if (isfinite(value))
        printf("%.6g\n", value);
    else
        printf("-\n");
}

/* The result on stdout: a name and a number a line, - for what did not happen or does not exist. */
static void train_print_arm(const char *arm, const RunSummary *b, int64_t step)
{
    const Evaluation *e = &b->evaluation;
    train_print_step(arm, "step", step);
    train_print_step(arm, "memorised", b->memorised);
    train_print_step(arm, "rank_collapse", b->collapsed);
    train_print_step(arm, b->generalised_early ? "generalised" : "grokked", b->grokked);
    train_print_step(arm, "delay", b->grokked >= 0 && b->memorised >= 0 ? b->grokked - b->memorised : -1);
    if (!b->has_evaluation)
        return;
    train_print_number(arm, "train_loss", e->train_loss);
    train_print_number(arm, "train_accuracy", e->train_acc);
    train_print_number(arm, "test_loss", e->test_loss);
    train_print_number(arm, "test_accuracy", e->test_acc);
    train_print_number(arm, "mirror_accuracy", e->mirror_acc);
    train_print_number(arm, "unseen_accuracy", e->unseen_acc);
    train_print_number(arm, "stable_rank", e->stable_rank);
    train_print_number(arm, "effective_rank", e->effective_rank);
}

/* Of a run with a twin the second arm stands below, "twin_" before each name. */
static void train_print_summary(const Run *run)
{
    const RunSummary *twin = run_twin_summary(run);
    train_print_arm("", run_summary(run), run_step(run));
    if (twin)
        train_print_arm("twin_", twin, twin->step);
}

/* Turns until the run stops; what it says on the way goes to stderr. */
static RunTurn train_loop(Run *run, Progress *progress)
{
    RunTurn turn;
    do {
        turn = run_turn(run);
        progress_turn(progress, run);
        progress_say(progress, run_take_message(run));
    } while (turn == RUN_STEPPED && !stop_signal());
    return turn;
}

static const char *train_why(RunTurn turn, int number, const Run *run)
{
    if (number)
        return "stopped";
    if (turn == RUN_NON_FINITE)
        return "non-finite";
    if (turn == RUN_HELD)
        return "held";
    return run_step(run) < run_last_step(run) ? "grokked" : "finished";
}

static int train_run(Run *run, Once *once, bool quiet)
{
    Progress progress = progress_start(quiet);
    progress_say(&progress, run_take_message(run));
    stop_watch(run);
    RunTurn turn = train_loop(run, &progress);
    int number = stop_signal();
    bool stopped = turn == RUN_STEPPED || turn == RUN_ABANDONED;
    if (stopped)
        once_stop(once, run);
    Status s = run_end(run, train_why(turn, number, run));
    const char *said = run_take_message(run);
    progress_say(&progress, said);
    progress_end(&progress);
    if (!strstr(said, s.text))
        cli_report(s);
    if (turn == RUN_HELD) /* not what was asked for: it has no result */
        s = status_failed("held");
    if (status_is_ok(s) || turn == RUN_NON_FINITE) {
        Status written = stopped ? once_write_part(once) : once_write(once, run, turn == RUN_NON_FINITE);
        cli_report(written);
        s = status_is_ok(s) ? written : s;
    }
    stop_end();
    train_print_summary(run);
    if (number)
        return EXIT_SIGNAL + number;
    return turn == RUN_NON_FINITE || !status_is_ok(s) ? EXIT_FAILED : EXIT_DONE;
}

static int train_make(const Arguments *a, const Setup *setup)
{
    Once once;
    bool due;
    RunOptions options = setup_run_options(a, setup);
    Status s = once_begin(a->result, &options, &once, &due);
    int code = cli_report(s);
    if (status_is_ok(s) && due) {
        once_set_start(&once, &options);
        Run *run = run_new(&options, &s);
        code = run ? train_run(run, &once, a->quiet) : cli_report(s);
        run_free(run);
    }
    once_end(&once);
    return code;
}

int verb_train(const Arguments *a)
{
    Setup setup;
    int code = setup_read(a, NULL, &setup);
    if (code == EXIT_DONE && a->probes && !a->log)
        code = cli_report(status_input("--portraits are told by the log; name one with --log FILE.jsonl"));
    if (code == EXIT_DONE) {
        slow_blas_tell();
        code = train_make(a, &setup);
    }
    setup_free(&setup);
    return code;
}
