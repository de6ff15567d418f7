#include "run_fixture.h"

#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <time.h>

#include <lrd/base/util.h>
#include <lrd/session/command_queue.h>
#include <lrd/session/snapshot_buffer.h>
#include <lrd/base/rate.h>
#include <lrd/session/session.h>

static const double PATIENCE = 60; /* seconds: a sanitizer on a busy machine is slow */

/* ---- helpers ---- */

static Session *session_of(const Settings *settings, bool paused)
{
    RunOptions o = {.settings = settings};
    return session_start(fixture_run(&o), paused);
}

static Command command(CommandKind kind, const char *key, const char *value)
{
    Command c = {.kind = kind};
    if (kind == COMMAND_SET) {
        assert_true(status_is_ok(settings_change_add(&c.change, key, value)));
        return c;
    }
    snprintf(c.key, sizeof c.key, "%s", key);
    snprintf(c.value, sizeof c.value, "%s", value);
    return c;
}

/* Looks until the command was applied. */
static const Snapshot *look_after(Session *s, uint64_t number)
{
    double until = clock_seconds() + PATIENCE;
    for (;;) {
        const Snapshot *snapshot = channel_look(session_channel(s));
        if (snapshot->commands >= number)
            return snapshot;
        assert_true(clock_seconds() < until);
        struct pollfd fd = {.fd = channel_fd(session_channel(s)), .events = POLLIN};
        poll(&fd, 1, 1000);
    }
}

static const Snapshot *tell(Session *s, CommandKind kind, const char *key, const char *value)
{
    uint64_t number;
    Command c = command(kind, key, value);
    assert_true(channel_send(session_channel(s), &c, &number));
    return look_after(s, number);
}

static const Snapshot *look_until(Session *s, SessionState state)
{
    double until = clock_seconds() + PATIENCE;
    for (;;) {
        const Snapshot *snapshot = channel_look(session_channel(s));
        if (snapshot->state == state)
            return snapshot;
        assert_true(clock_seconds() < until);
        struct pollfd fd = {.fd = channel_fd(session_channel(s)), .events = POLLIN};
        poll(&fd, 1, 1000);
    }
}

static void end(Session *s)
{
    Status status = channel_end(session_channel(s));
    assert_string_equal(status.text, "");
    assert_int_equal(channel_look(session_channel(s))->state, SESSION_ENDED);
    session_free(s);
}

/* ---- the parts ---- */

static void test_queue_is_bounded_and_in_order(void **state)
{
    (void)state;
    CommandQueue *q = command_queue_new();
    Command c = {.kind = COMMAND_SET};
    uint64_t number = 0;
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < COMMAND_QUEUE_CAPACITY; i++) {
            snprintf(c.value, sizeof c.value, "%d", i);
            assert_true(command_queue_send(q, &c, &number));
        }
        assert_int_equal(number, (round + 1) * COMMAND_QUEUE_CAPACITY);
        assert_false(command_queue_send(q, &c, &number));
        for (int i = 0; i < COMMAND_QUEUE_CAPACITY; i++) {
            assert_true(command_queue_take(q, &c));
            assert_int_equal(atoi(c.value), i);
        }
        assert_false(command_queue_take(q, &c));
    }
    command_queue_close(q);
    assert_false(command_queue_send(q, &c, NULL));
    assert_true(command_queue_is_closed(q));
    command_queue_free(q);
}

enum { PUBLICATIONS = 20000 };

/* A summary whose parts say the same number: a torn snapshot would not. */
static void *publish_many(void *argument)
{
    SnapshotBuffer *x = argument;
    Settings settings = settings_default();
    RunSummary *b = run_summary_new(&settings, 2, 8);
    for (int64_t i = 1; i <= PUBLICATIONS; i++) {
        b->step = b->parameters = b->lost = i;
        b->evaluation.sigma[15] = (float)i;
        snapshot_buffer_fill(x, b)->step = i;
        snapshot_buffer_publish(x);
    }
    run_summary_free(b);
    return NULL;
}

static void test_exchange_gives_whole_snapshots_that_get_newer(void **state)
{
    (void)state;
    SnapshotBuffer *x = snapshot_buffer_new();
    Settings settings = settings_default();
    RunSummary *b = run_summary_new(&settings, 1, 4); /* another shape than what follows */
    snapshot_buffer_fill(x, b)->step = 0;
    snapshot_buffer_publish(x);
    run_summary_free(b);
    pthread_t writer;
    assert_int_equal(pthread_create(&writer, NULL, publish_many, x), 0);
    int64_t seen = 0;
    while (seen < PUBLICATIONS) {
        const Snapshot *s = snapshot_buffer_look(x);
        assert_true(s->step >= seen);
        seen = s->step;
        if (seen == 0)
            continue;
        assert_int_equal(s->summary->step, seen);
        assert_int_equal(s->summary->lost, seen);
        assert_true(s->summary->evaluation.sigma[15] == (float)seen);
        assert_int_equal(s->sequence, seen + 1);
    }
    pthread_join(writer, NULL);
    snapshot_buffer_free(x);
}

static void test_rate_leaves_pauses_out(void **state)
{
    (void)state;
    Rate r = {0};
    assert_true(isnan(rate_per_second(&r)));
    double now = 100;
    for (int i = 0; i < 50; i++)
        rate_step(&r, now += 0.1);
    assert_true(fabs(rate_per_second(&r) - 10) < 1e-9);
    rate_pause(&r);
    rate_step(&r, now += 1000);
    assert_true(fabs(rate_per_second(&r) - 10) < 1e-9);
    for (int i = 0; i < 200; i++)
        rate_step(&r, now += 0.05);
    assert_true(fabs(rate_per_second(&r) - 20) < 0.3); /* ten seconds later the old rate is forgotten */
}

static void test_pace_keeps_the_limit(void **state)
{
    (void)state;
    const double limits[] = {0.5, 7, 300, 5000};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        Pace p = {0};
        double now = 50, start = now;
        int steps = 0;
        pace_step(&p, limits[i], now); /* the first is free */
        while (now < start + 100) {
            double wait = pace_wait(&p, limits[i], now);
            now += wait;
            pace_step(&p, limits[i], now);
            now += 0.1 / limits[i]; /* the step itself */
            steps++;
        }
        assert_true(fabs(steps / 100.0 - limits[i]) < 0.02 * limits[i] + 0.02);
    }
    Pace p = {0};
    pace_step(&p, 10, 50);
    pace_step(&p, 10, 90); /* after a long pause no burst makes it good */
    assert_true(pace_wait(&p, 10, 90) > 0.099);
}

/* ---- the session ---- */

static void test_step_pause_resume(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    settings.train.steps = 1000000;
    Session *s = session_of(&settings, true);
    const Snapshot *snapshot = channel_look(session_channel(s));
    assert_non_null(snapshot->summary);
    assert_int_equal(snapshot->state, SESSION_PAUSED);
    assert_int_equal(snapshot->step, 0);
    for (int64_t i = 1; i <= 3; i++) {
        snapshot = tell(s, COMMAND_STEP, "", "");
        assert_int_equal(snapshot->step, i);
        assert_int_equal(snapshot->state, SESSION_PAUSED);
    }
    assert_true(snapshot->summary->has_evaluation);
    assert_int_equal(tell(s, COMMAND_RESUME, "", "")->state, SESSION_RUNNING);
    snapshot = tell(s, COMMAND_PAUSE, "", "");
    assert_int_equal(snapshot->state, SESSION_PAUSED);
    int64_t step = snapshot->step;
    nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    assert_int_equal(channel_look(session_channel(s))->step, step);
    end(s);
}

static void test_set_is_checked_and_undone(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    Session *s = session_of(&settings, true);
    assert_int_equal(tell(s, COMMAND_SET, "decay.kind", "l2")->summary->settings.decay.kind, DECAY_L2);
    uint64_t words = channel_look(session_channel(s))->message_number;
    int undo = channel_look(session_channel(s))->undo.count;
    /* One of its settings is wrong: none is changed, and undo stays as it was. */
    Settings now = channel_look(session_channel(s))->summary->settings, then = now;
    then.train.lr = 0.5;
    then.decay.kind = 99;
    Command c = {.kind = COMMAND_SET, .change = settings_difference(&now, &then)};
    assert_int_equal(c.change.count, 2);
    uint64_t number;
    assert_true(channel_send(session_channel(s), &c, &number));
    const Snapshot *snapshot = look_after(s, number);
    assert_int_equal(snapshot->message_number, words + 1);
    assert_non_null(strstr(snapshot->message, "decay.kind cannot be \"99\""));
    assert_int_equal(settings_difference(&now, &snapshot->summary->settings).count, 0);
    assert_int_equal(snapshot->undo.count, undo);
    assert_true(tell(s, COMMAND_SET, "decay.strength", "0.2")->summary->settings.decay.strength == 0.2);
    tell(s, COMMAND_SET, "decay.strength", "0.2"); /* changes nothing, so there is nothing of it to undo */
    assert_true(tell(s, COMMAND_UNDO, "", "")->summary->settings.decay.strength == settings.decay.strength);
    assert_int_equal(tell(s, COMMAND_UNDO, "", "")->summary->settings.decay.kind, DECAY_LRD);
    assert_non_null(strstr(tell(s, COMMAND_UNDO, "", "")->message, "nothing"));
    for (int i = 0; i < 70; i++) { /* kind and strength, as one press of t */
        c.change = (SettingsChange){0};
        settings_change_add(&c.change, "decay.kind", i % 2 ? "lrd" : "l2");
        settings_change_add(&c.change, "decay.strength", i % 2 ? "0.1" : "0.2");
        assert_true(channel_send(session_channel(s), &c, &number));
        look_after(s, number);
    }
    for (int i = 63; i >= 0; i--) {
        snapshot = tell(s, COMMAND_UNDO, "", "");
        assert_int_equal(snapshot->undo.count, i);
        assert_int_equal(snapshot->summary->settings.decay.kind, i % 2 ? DECAY_L2 : DECAY_LRD);
        assert_true(snapshot->summary->settings.decay.strength == (i % 2 ? 0.2 : 0.1));
        assert_non_null(strstr(snapshot->message, i % 2 ? "decay.kind is l2, decay.strength is 0.2 again" : "is lrd"));
    }
    assert_non_null(strstr(tell(s, COMMAND_UNDO, "", "")->message, "nothing"));
    end(s);
}

static void test_scale_shows_at_once_and_is_undone(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    Session *s = session_of(&settings, true);
    const Snapshot *snapshot = tell(s, COMMAND_STEP, "", "");
    const char *key = "layers.1.attn.k_proj.weight"; /* its layer's Q is what is scaled */
    double loss = snapshot->summary->evaluation.train_loss;
    snapshot = tell(s, COMMAND_SCALE, key, "2");
    double norm = snapshot->summary->evaluation.matrix[2].norm;
    assert_true(fabs(snapshot->summary->evaluation.train_loss - loss) < 0.2 * loss);
    loss = snapshot->summary->evaluation.train_loss;
    snapshot = tell(s, COMMAND_SCALE, key, "0.5");
    assert_true(fabs(snapshot->summary->evaluation.matrix[2].norm - norm / 2) < 1e-4 * norm);
    assert_true(fabs(snapshot->summary->evaluation.train_loss - loss) < 1e-5 * loss);
    snapshot = tell(s, COMMAND_UNDO, "", "");
    assert_true(fabs(snapshot->summary->evaluation.matrix[2].norm - norm) < 1e-4 * norm);
    assert_non_null(strstr(tell(s, COMMAND_SCALE, key, "two")->message, "two"));
    end(s);
}

static void test_truncate_shows_at_once_and_stays(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    Session *s = session_of(&settings, true);
    tell(s, COMMAND_STEP, "", "");
    const Snapshot *snapshot = tell(s, COMMAND_TRUNCATE, "", "5");
    const double norm = snapshot->summary->evaluation.matrix[0].norm;
    snapshot = tell(s, COMMAND_TRUNCATE, "", "2");
    assert_true(snapshot->summary->evaluation.matrix[0].effective_rank < 2.01);
    assert_true(fabs(snapshot->summary->evaluation.matrix[0].norm - norm) < 1e-5 * norm);
    assert_non_null(strstr(tell(s, COMMAND_UNDO, "", "")->message, "cannot be taken back"));
    assert_non_null(strstr(tell(s, COMMAND_TRUNCATE, "", "0")->message, "from 1"));
    assert_non_null(strstr(tell(s, COMMAND_TRUNCATE, "", "4000")->message, "take fewer"));
    assert_int_equal(channel_look(session_channel(s))->undo.count,
                     1); /* the first; those refused are nothing to undo */
    end(s);
}

static void test_holds_at_the_last_step_and_goes_on(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    settings.train.steps = 30;
    Session *s = session_of(&settings, false);
    const Snapshot *snapshot = look_until(s, SESSION_HOLDING);
    assert_int_equal(snapshot->step, 30);
    assert_int_equal(snapshot->summary->evaluation.step, 30);
    assert_non_null(strstr(snapshot->message, "30"));
    snapshot = tell(s, COMMAND_STEP, "", "");
    assert_int_equal(snapshot->step, 30);
    assert_int_equal(tell(s, COMMAND_RESUME, "", "")->summary->settings.train.steps, 60);
    assert_int_equal(look_until(s, SESSION_HOLDING)->step, 60);
    assert_int_equal(tell(s, COMMAND_RESUME, "", "")->summary->settings.train.steps, 90);
    end(s);
}

static void test_restart_and_preset(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    Session *s = session_of(&settings, true);
    tell(s, COMMAND_STEP, "", "");
    tell(s, COMMAND_SET, "decay.kind", "svt");
    const Snapshot *snapshot = tell(s, COMMAND_RESTART, "", "");
    assert_int_equal(snapshot->step, 0);
    assert_int_equal(snapshot->state, SESSION_PAUSED);
    assert_true(snapshot->summary->has_evaluation);
    assert_int_equal(snapshot->summary->settings.decay.kind, DECAY_SVT);
    assert_int_equal(snapshot->summary->settings.model.seed, 0);
    double loss = snapshot->summary->evaluation.train_loss;
    snapshot = tell(s, COMMAND_RESTART, "", "new");
    assert_int_equal(snapshot->summary->settings.model.seed, 1);
    assert_true(snapshot->summary->evaluation.train_loss != loss);

    const char *path = fixture_path("tiny.ini");
    FILE *f = fopen(path, "w");
    fputs("[task]\np = 11\n[model]\ndim = 16\ndepth = 1\nmlp = 32\n[train]\nbatch = 32\nthreads = 1\n"
          "[schedule]\n1 = decay.kind l2\n",
          f);
    fclose(f);
    snapshot = tell(s, COMMAND_PRESET, "", path);
    assert_int_equal(snapshot->summary->settings.task.p, 11);
    assert_int_equal(snapshot->summary->evaluation.matrix_count, 2);
    tell(s, COMMAND_STEP, "", "");
    assert_int_equal(tell(s, COMMAND_STEP, "", "")->summary->settings.decay.kind, DECAY_L2);
    snapshot = tell(s, COMMAND_PRESET, "", "no-such-preset");
    assert_non_null(strstr(snapshot->message, "no-such-preset"));
    assert_int_equal(snapshot->step, 2);
    snapshot = tell(s, COMMAND_UNDO, "", ""); /* the preset; what R left is gone, what it made is back */
    assert_int_equal(snapshot->step, 0);
    assert_int_equal(snapshot->summary->settings.task.p, settings.task.p);
    assert_int_equal(snapshot->summary->settings.model.seed, 1);
    assert_non_null(strstr(tell(s, COMMAND_UNDO, "", "")->message, "nothing"));
    tell(s, COMMAND_STEP, "", "");
    tell(s, COMMAND_SET, "decay.kind", "l2");
    tell(s, COMMAND_RESTART, "", "");
    assert_int_equal(channel_look(session_channel(s))->undo.count, 0);
    snapshot = tell(s, COMMAND_UNDO, "", "");
    assert_int_equal(snapshot->step, 1);
    assert_int_equal(snapshot->undo.count, 1); /* and so is what could be undone in it */
    assert_int_equal(tell(s, COMMAND_UNDO, "", "")->summary->settings.decay.kind, DECAY_SVT);
    end(s);
}

static void test_speed_is_a_limit(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    settings.train.steps = 1000000;
    settings.lab.speed = 20;
    Session *s = session_of(&settings, false);
    double start = clock_seconds();
    while (channel_look(session_channel(s))->step < 10)
        poll(&(struct pollfd){.fd = channel_fd(session_channel(s)), .events = POLLIN}, 1, 100);
    double seconds = clock_seconds() - start;
    assert_true(seconds > 0.4 && seconds < PATIENCE);
    double sent = clock_seconds();
    assert_true(tell(s, COMMAND_SET, "lab.speed", "0.1")->state == SESSION_RUNNING);
    tell(s, COMMAND_PAUSE, "", ""); /* a command does not wait for the ten seconds of the next step */
    assert_true(clock_seconds() - sent < 5);
    end(s);
}

static void test_save_and_quit(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    settings.train.steps = 1000000;
    RunOptions o = {.settings = &settings, .save = fixture_path("at-quit")};
    Session *s = session_start(fixture_run(&o), false);
    const char *path = fixture_path("by-key");
    const Snapshot *snapshot = tell(s, COMMAND_SAVE, "", path);
    assert_non_null(strstr(snapshot->message, "Saved"));
    assert_int_equal(access(path, R_OK), 0);
    snapshot = tell(s, COMMAND_SAVE, "", fixture_path("no/such/folder"));
    assert_non_null(strstr(snapshot->message, "no/such/folder"));
    tell(s, COMMAND_QUIT, "", "");
    look_until(s, SESSION_ENDED);
    end(s);
    assert_int_equal(access(o.save, R_OK), 0);
    RunOptions again = {.settings = &settings, .resume = o.save};
    run_free(fixture_run(&again));
}

/* A decay that wipes the network out is noticed, said, and taken back with u. */
static void test_too_strong_a_decay_is_said(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    settings.train.steps = 1000000;
    settings.train.eval_every = 20;
    Session *s = session_of(&settings, false);
    double until = clock_seconds() + PATIENCE;
    while (!(channel_look(session_channel(s))->summary->train_peak > .2))
        assert_true(clock_seconds() < until);
    tell(s, COMMAND_SET, "decay.targets", "all");
    tell(s, COMMAND_SET, "decay.strength", "0.5");
    const Snapshot *snapshot;
    while (!strstr((snapshot = channel_look(session_channel(s)))->message, "This decay is too strong"))
        assert_true(clock_seconds() < until);
    assert_non_null(strstr(snapshot->message, "u undoes it"));
    assert_true(tell(s, COMMAND_UNDO, "", "")->summary->settings.decay.strength == settings.decay.strength);
    end(s);
}

static void test_branch_and_back(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    settings.train.steps = 60;
    Session *s = session_of(&settings, false);
    const Snapshot *snapshot = look_until(s, SESSION_HOLDING);
    assert_int_equal(snapshot->rewind_step[snapshot->rewind_count - 1], 0);
    tell(s, COMMAND_SET, "decay.strength", "0.01");
    snapshot = tell(s, COMMAND_BRANCH, "40", "decay.kind=none");
    assert_int_equal(snapshot->summary->branches.now, 2);
    /* not the message: the end of these 20 steps may have replaced it already */
    const Branch *branch = &snapshot->summary->branches.item[1];
    assert_int_equal(branch->fork, 40);
    assert_string_equal(branch->name, "none");
    snapshot = look_until(s, SESSION_HOLDING);
    assert_int_equal(snapshot->summary->evaluation.step, 60);
    assert_int_equal(branches_summary(&snapshot->summary->branches, 1)->evaluation.step, 60);
    assert_non_null(strstr(tell(s, COMMAND_UNDO, "", "")->message, "nothing to undo"));
    snapshot = tell(s, COMMAND_SWITCH, "", "1");
    assert_int_equal(snapshot->summary->branches.now, 1);
    assert_int_equal(snapshot->summary->settings.decay.kind, DECAY_LRD);
    look_until(s, SESSION_HOLDING); /* what it says of its end must not come between a command and its answer */
    assert_non_null(strstr(tell(s, COMMAND_SWITCH, "", "9")->message, "no other branch 9"));
    assert_non_null(strstr(tell(s, COMMAND_BRANCH, "x", "")->message, "x is not a step"));
    snapshot = tell(s, COMMAND_RESTART, "", "");
    assert_int_equal(snapshot->summary->branches.count, 1);
    look_until(s, SESSION_HOLDING);
    end(s);
}

static void test_twin_and_its_end(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    settings.train.steps = 60;
    settings.train.threads = 2;
    Session *s = session_of(&settings, true);
    for (int i = 0; i < 7; i++)
        tell(s, COMMAND_STEP, "", "");
    assert_int_equal(tell(s, COMMAND_TWIN, "", "decay.kind=l2 decay.strength=0.1")->twin, 2);
    assert_non_null(strstr(tell(s, COMMAND_TWIN, "", "decay.kind=svt")->message, "already"));
    tell(s, COMMAND_RESUME, "", "");
    const Snapshot *snapshot = look_until(s, SESSION_HOLDING);
    assert_int_equal(snapshot->twin, 2);
    assert_int_equal(branches_summary(&snapshot->summary->branches, 2)->evaluation.step, 60);
    snapshot = tell(s, COMMAND_TWIN, "", "");
    assert_int_equal(snapshot->twin, 0);
    snapshot = tell(s, COMMAND_SWITCH, "", "2");
    assert_int_equal(snapshot->summary->settings.decay.kind, DECAY_L2);
    assert_int_equal(snapshot->step, 60);
    end(s);
}

/* What the twin cannot take changes neither of the two. */
static void test_twin_refuses_for_both(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    Session *s = session_of(&settings, true);
    tell(s, COMMAND_SET, "decay.kind", "none"); /* with this luon goes, with the twin's LRD it does not */
    for (int i = 0; i < 3; i++)
        tell(s, COMMAND_STEP, "", "");
    assert_int_equal(tell(s, COMMAND_TWIN, "", "decay.kind=lrd")->twin, 2);
    const Snapshot *snapshot = tell(s, COMMAND_SET, "train.qk_opt", "luon");
    assert_non_null(strstr(snapshot->message, "The twin cannot follow: train.qk_opt luon decays"));
    assert_int_equal(snapshot->summary->settings.train.qk_opt, QK_ADAM);
    assert_int_equal(tell(s, COMMAND_SET, "train.qk_opt", "muon")->summary->settings.train.qk_opt, QK_MUON);
    end(s);
}

static void test_non_finite_pauses(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    settings.model.qk_norm = QK_NORM_OFF;
    Session *s = session_of(&settings, true);
    tell(s, COMMAND_STEP, "", "");
    for (int i = 0; i < 3; i++)
        tell(s, COMMAND_SCALE, "layers.0.attn.q_proj.weight", "1e30");
    tell(s, COMMAND_RESUME, "", "");
    const Snapshot *snapshot = look_until(s, SESSION_NON_FINITE);
    assert_int_equal(snapshot->step, 0); /* the last good point before it */
    assert_non_null(strstr(snapshot->message, "not finite at step 1: back at step 0"));
    snapshot = tell(s, COMMAND_RESTART, "", "");
    assert_int_equal(snapshot->state, SESSION_RUNNING);
    look_until(s, SESSION_HOLDING);
    end(s);
}

static void test_abandon_gives_the_step_up(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    settings.train.steps = 1000000;
    Session *s = session_of(&settings, false);
    channel_abandon(session_channel(s));
    look_until(s, SESSION_PAUSED);
    tell(s, COMMAND_RESUME, "", "");
    int64_t step = channel_look(session_channel(s))->step;
    while (channel_look(session_channel(s))->step == step)
        poll(&(struct pollfd){.fd = channel_fd(session_channel(s)), .events = POLLIN}, 1, 1000);
    channel_abandon(session_channel(s));
    end(s);
}

/* Hundreds of commands of every kind from this thread while it looks at snapshots: for the thread sanitizer, and
 * for the numbers that must only rise. */
/* Asks, and looks until the snapshot holds the answer for the step that it shows. */
static const Snapshot *probe_after(Session *s, const ProbeRequest *ask)
{
    Command c = {.kind = COMMAND_PROBE, .probe = *ask};
    uint64_t number;
    assert_true(channel_send(session_channel(s), &c, &number));
    double until = clock_seconds() + PATIENCE;
    for (;;) {
        const Snapshot *snapshot = look_after(s, number);
        bool current = snapshot->state == SESSION_RUNNING || snapshot->probe.step == snapshot->step;
        if (probe_answers(&snapshot->probe, ask) && current)
            return snapshot;
        assert_true(clock_seconds() < until);
        struct pollfd fd = {.fd = channel_fd(session_channel(s)), .events = POLLIN};
        poll(&fd, 1, 1000);
    }
}

/* What a view asks for comes while the run is paused and while it trains, follows steps and restarts, and ends when
 * nothing is asked for any more. */
static void test_probes_are_measured_on_demand(void **state)
{
    (void)state;
    const ProbeRequest table = {.kind = PROBE_TABLE, .pair = true, .pair_a = 1, .pair_b = 2},
                       fourier = {.kind = PROBE_FOURIER}, nothing = {.kind = PROBE_NONE};
    Settings settings = fixture_settings();
    settings.train.steps = 1000000;
    Session *s = session_of(&settings, true);
    const Snapshot *snapshot = probe_after(s, &table);
    assert_int_equal(snapshot->probe.step, 0);
    assert_int_equal(snapshot->probe.oldest, 0);
    uint64_t version = snapshot->probe.version;
    tell(s, COMMAND_STEP, "", "");
    snapshot = probe_after(s, &table);
    assert_int_equal(snapshot->probe.step, 1);
    assert_int_equal(snapshot->probe.pair.step, 1);
    assert_true(snapshot->probe.version > version);
    tell(s, COMMAND_RESTART, "", "new");
    assert_int_equal(probe_after(s, &table)->probe.step, 0);
    tell(s, COMMAND_RESUME, "", "");
    snapshot = probe_after(s, &fourier);
    assert_true(snapshot->probe.frequencies > 0);
    tell(s, COMMAND_PAUSE, "", "");
    assert_int_equal(probe_after(s, &fourier)->probe.ask.kind, PROBE_FOURIER);
    version = probe_after(s, &nothing)->probe.version;
    tell(s, COMMAND_STEP, "", "");
    assert_int_equal(look_until(s, SESSION_PAUSED)->probe.version, version);
    end(s);
}

static void test_flood_of_commands(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    settings.train.steps = 100000;
    settings.train.threads = 2;
    RunOptions o = {.settings = &settings, .log = fixture_path("flood.jsonl")};
    Session *s = session_start(fixture_run(&o), false);
    const char *const kinds[] = {"l2", "lrd", "svt", "none", "tangential"};
    uint64_t sent = 0, sequence = 0, applied = 0;
    const double until = clock_seconds() + PATIENCE;
    for (int i = 0; sent < 300; i++) { /* a full queue refuses: then the next command is tried */
        char speed[16];
        assert_true(clock_seconds() < until);
        snprintf(speed, sizeof speed, "%d", i % 3 * 4000);
        const Command choices[] = {
            command(COMMAND_SET, "decay.kind", kinds[i % 5]),
            command(COMMAND_SET, "lab.speed", speed),
            command(COMMAND_PAUSE, "", ""),
            command(COMMAND_UNDO, "", ""),
            command(COMMAND_STEP, "", ""),
            command(COMMAND_RESUME, "", ""),
            command(COMMAND_SET, "train.threads", i % 2 ? "1" : "2"),
            command(i % 40 == 7 ? COMMAND_RESTART : COMMAND_RESUME, "", i % 80 == 7 ? "new" : ""),
        };
        uint64_t number;
        if (channel_send(session_channel(s), &choices[i % 8], &number))
            assert_int_equal(number, ++sent);
        if (i % 100 == 50)
            channel_abandon(session_channel(s));
        const Snapshot *snapshot = channel_look(session_channel(s));
        assert_true(snapshot->sequence >= sequence && snapshot->commands >= applied);
        assert_true(snapshot->commands <= sent);
        sequence = snapshot->sequence;
        applied = snapshot->commands;
        if (i % 4 == 0)
            poll(&(struct pollfd){.fd = channel_fd(session_channel(s)), .events = POLLIN}, 1, 5);
    }
    look_after(s, sent);
    end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_queue_is_bounded_and_in_order),
        cmocka_unit_test(test_exchange_gives_whole_snapshots_that_get_newer),
        cmocka_unit_test(test_rate_leaves_pauses_out),
        cmocka_unit_test(test_pace_keeps_the_limit),
        cmocka_unit_test(test_step_pause_resume),
        cmocka_unit_test(test_set_is_checked_and_undone),
        cmocka_unit_test(test_scale_shows_at_once_and_is_undone),
        cmocka_unit_test(test_truncate_shows_at_once_and_stays),
        cmocka_unit_test(test_holds_at_the_last_step_and_goes_on),
        cmocka_unit_test(test_restart_and_preset),
        cmocka_unit_test(test_speed_is_a_limit),
        cmocka_unit_test(test_save_and_quit),
        cmocka_unit_test(test_too_strong_a_decay_is_said),
        cmocka_unit_test(test_branch_and_back),
        cmocka_unit_test(test_twin_and_its_end),
        cmocka_unit_test(test_twin_refuses_for_both),
        cmocka_unit_test(test_non_finite_pauses),
        cmocka_unit_test(test_abandon_gives_the_step_up),
        cmocka_unit_test(test_probes_are_measured_on_demand),
        cmocka_unit_test(test_flood_of_commands),
    };
    return cmocka_run_group_tests_name("session", tests, fixture_setup, fixture_teardown);
}
