/* A day of a small model in fast forward, with a change every thousand steps: memory stays flat, and what the screen
 * shows is what the log says. LOAD_STEPS says how many steps; a long run is one of 5,000,000. */
#include "run_fixture.h"

#include <math.h>
#include <poll.h>
#include <sys/resource.h>

#include <lrd/base/util.h>
#include <lrd/session/session.h>

enum { CHANGE_EVERY = 1000, STEPS_USUALLY = 100000 };

static int64_t steps_asked(void)
{
    const char *words = getenv("LOAD_STEPS");
    return words ? strtoll(words, NULL, 10) : STEPS_USUALLY;
}

static Settings small_settings(int64_t steps)
{
    Settings s = settings_default();
    char last[32], every[32];
    snprintf(last, sizeof last, "%lld", (long long)steps);
    snprintf(every, sizeof every, "%lld", (long long)max_i64(100, steps / 5000));
    const char *const words[][2] = {{"task.p", "7"},        {"model.dim", "8"},          {"model.depth", "1"},
                                    {"model.heads", "2"},   {"model.mlp", "8"},          {"train.batch", "8"},
                                    {"train.threads", "1"}, {"train.eval_every", every}, {"train.sample_every", "0"},
                                    {"train.steps", last}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        assert_true(status_is_ok(settings_set(&s, words[i][0], words[i][1])));
    return s;
}

/* The most that was resident so far, in MiB. */
static double resident(void)
{
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
#ifdef __APPLE__
    return (double)use.ru_maxrss / 1048576;
#else
    return (double)use.ru_maxrss / 1024;
#endif
}

/* The change of turn n: a strength, a kind, undone at times. */
static Command change_of(int n)
{
    static const char *const words[][2] = {{"decay.kind", "l2"},  {"decay.strength", "0.1"},
                                           {"decay.kind", "lrd"}, {"decay.strength", "0.001"},
                                           {"train.lr", "0.002"}, {"train.lr", "0.001"}};
    Command c = {.kind = COMMAND_SET};
    settings_change_add(&c.change, words[n % 6][0], words[n % 6][1]);
    if (n % 7 == 6)
        c = (Command){.kind = COMMAND_UNDO};
    return c;
}

/* Watches to the end, changing something every thousand steps; memory when a third was done goes to *early. */
static int watch_to_end(Session *s, int64_t steps, double *early)
{
    int changes = 0;
    *early = 0;
    for (;;) {
        const Snapshot *now = channel_look(session_channel(s));
        if (now->state != SESSION_RUNNING)
            return changes;
        if (now->step >= (int64_t)changes * CHANGE_EVERY) {
            Command c = change_of(changes);
            uint64_t number;
            changes += channel_send(session_channel(s), &c, &number);
        }
        if (*early <= 0 && now->step > steps / 3)
            *early = resident();
        struct pollfd fd = {.fd = channel_fd(session_channel(s)), .events = POLLIN};
        poll(&fd, 1, 1000);
    }
}

static double member(const json_t *row, const char *key)
{
    const json_t *value = json_object_get(row, key);
    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

/* The last evaluation on the summary is the last one in the log, and every event of the summary is there. */
static void compare(const RunSummary *b, const char *log)
{
    json_t *rows = log_read(log, false), *row, *last = NULL;
    size_t i;
    json_array_foreach(rows, i, row) if (row_is_evaluation(row)) last = row;
    assert_non_null(last);
    assert_int_equal(row_step(last), b->evaluation.step);
    assert_true(member(last, "train_loss") == b->evaluation.train_loss);
    assert_true(member(last, "unseen_acc") == b->evaluation.unseen_acc);
    assert_true(member(last, "stable_rank") == b->evaluation.stable_rank);
    json_decref(rows);
}

static void a_day_in_fast_forward(void **state)
{
    (void)state;
    const int64_t steps = steps_asked();
    const char *log = fixture_path("day.jsonl");
    Settings settings = small_settings(steps);
    RunOptions o = {.settings = &settings, .log = log};
    Session *s = session_start(fixture_run(&o), false);
    double early;
    int changes = watch_to_end(s, steps, &early);
    double late = resident();
    const Snapshot *end = channel_look(session_channel(s));
    assert_int_equal(end->state, SESSION_HOLDING);
    assert_int_equal(end->step, steps);
    assert_true(changes >= steps / CHANGE_EVERY / 4); /* a busy machine may let some pass */
    RunSummary *summary =
        run_summary_new(&settings, end->summary->evaluation.matrix_count, end->summary->evaluation.sigma_count);
    run_summary_copy(summary, end->summary);
    assert_true(status_is_ok(channel_end(session_channel(s))));
    session_free(s);
    compare(summary, log);
    run_summary_free(summary);
    print_message("%lld steps, %d changes, %.1f MiB after a third, %.1f MiB at the end\n", (long long)steps, changes,
                  early, late);
#ifndef __SANITIZE_ADDRESS__ /* which keeps what was freed, on purpose, up to 256 MiB */
    assert_true(late - early < 16);
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_day_in_fast_forward)};
    return cmocka_run_group_tests_name("load", tests, fixture_setup, fixture_teardown);
}
