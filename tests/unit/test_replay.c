/* Logs played back in a thread of their own: speed, commands, several logs, logs that grow. */
#include "run_fixture.h"

#include <math.h>

#include <lrd/base/rng.h>
#include <lrd/base/util.h>
#include <lrd/log/log_names.h>
#include <lrd/session/replay.h>
#include <lrd/ui/action.h>
#include <lrd/panel/frame.h>
#include <lrd/panel/panel.h>

enum { PATIENCE = 20 };

static const char start_row[] = "{\"event\":\"start\",\"version\":\"1\",\"settings\":{\"task.op\":\"add\",\"train."
                                "steps\":1000,\"decay.kind\":\"lrd\"}}\n";

/* Rows from step first to last, every 10; the end row if it has ended. */
static void write_log(const char *path, int first, int last, bool ended)
{
    FILE *f = fopen(path, first ? "a" : "w");
    assert_non_null(f);
    if (!first)
        fputs(start_row, f);
    for (int step = first; step <= last; step += 10)
        fprintf(f, "{\"step\":%d,\"train_acc\":%g,\"unseen_acc\":%g,\"steps_per_s\":50}\n", step, step / 2000.0,
                step / 4000.0);
    if (ended)
        fprintf(f, "{\"event\":\"end\",\"step\":%d,\"to\":\"finished\"}\n", last);
    assert_int_equal(fclose(f), 0);
}

static Replay *start(const ReplayOptions *o)
{
    Status s;
    Replay *r = replay_start(o, &s);
    if (!r)
        fail_msg("%s", s.text);
    return r;
}

static uint64_t send(Replay *r, CommandKind kind, const char *value)
{
    Command c = {.kind = kind};
    uint64_t number;
    snprintf(c.value, sizeof c.value, "%s", value);
    assert_true(channel_send(replay_channel(r), &c, &number));
    return number;
}

typedef bool Condition(const Snapshot *s, int64_t n);

static const Snapshot *wait_for(Replay *r, Condition *holds, int64_t n)
{
    double until = clock_seconds() + PATIENCE;
    const Snapshot *s = channel_look(replay_channel(r));
    while (!holds(s, n) && clock_seconds() < until) {
        usleep(5000);
        s = channel_look(replay_channel(r));
    }
    if (!holds(s, n))
        fail_msg("waited in vain: step %lld, state %d, wanted %lld", (long long)s->step, (int)s->state, (long long)n);
    return s;
}

static bool applied(const Snapshot *s, int64_t n)
{
    return s->commands >= (uint64_t)n;
}
static bool at_step(const Snapshot *s, int64_t n)
{
    return s->step == n;
}
static bool beyond_step(const Snapshot *s, int64_t n)
{
    return s->step > n;
}
static bool in_state(const Snapshot *s, int64_t n)
{
    return (int64_t)s->state == n;
}
static bool reaches(const Snapshot *s, int64_t n)
{
    return s->replay.horizon == n;
}

static const Snapshot *command(Replay *r, CommandKind kind, const char *value)
{
    return wait_for(r, applied, (int64_t)send(r, kind, value));
}

static void test_speeds_are_a_ladder(void **state)
{
    (void)state;
    assert_int_equal(replay_next_speed(1, true), 2);
    assert_int_equal(replay_next_speed(2, true), 5);
    assert_int_equal(replay_next_speed(7, true), 10);
    assert_int_equal(replay_next_speed(7, false), 5);
    assert_int_equal(replay_next_speed(1, false), 1);
    assert_int_equal(replay_next_speed(0, true), 1);
    assert_int_equal(replay_next_speed(1000000000, true), 1000000000);
}

static void test_ended_log_plays_from_its_beginning(void **state)
{
    (void)state;
    const char *path = fixture_path("a.jsonl");
    write_log(path, 0, 1000, true);
    ReplayOptions o = {.paths = &path, .count = 1, .step = -1, .speed = 2000};
    Replay *r = start(&o);
    const Snapshot *s = channel_look(replay_channel(r));
    assert_int_equal(s->step, 0);
    assert_int_equal(s->state, SESSION_RUNNING);
    assert_true(s->replay.on && !s->replay.following && s->replay.has_task && s->replay.has_decay);
    assert_string_equal(s->replay.name, "a");
    assert_int_equal(s->replay.horizon, 1000);
    s = wait_for(r, beyond_step, 300);
    assert_true(s->summary->step <= s->step && s->summary->step > s->step - 10);
    s = wait_for(r, in_state, SESSION_HOLDING);
    assert_int_equal(s->step, 1000);
    assert_true(fabs(s->summary->evaluation.train_acc - .5) < 1e-12);
    command(r, COMMAND_RESUME, ""); /* again */
    s = wait_for(r, in_state, SESSION_RUNNING);
    assert_true(s->step < 1000);
    replay_free(r);
}

static void test_commands(void **state)
{
    (void)state;
    const char *path = fixture_path("c.jsonl");
    write_log(path, 0, 1000, true);
    ReplayOptions o = {.paths = &path, .count = 1, .step = 205, .speed = 100};
    Replay *r = start(&o);
    const Snapshot *s = channel_look(replay_channel(r));
    assert_int_equal(s->state, SESSION_PAUSED);
    assert_int_equal(s->step, 205);
    assert_int_equal(s->summary->step, 200);
    s = command(r, COMMAND_STEP, "");
    assert_int_equal(s->step, 210);
    s = command(r, COMMAND_RESTART, "end");
    assert_int_equal(s->state, SESSION_HOLDING);
    s = command(r, COMMAND_STEP, "");
    assert_non_null(strstr(s->message, "last row"));
    s = command(r, COMMAND_SPEED, "up");
    assert_non_null(strstr(s->message, "200 steps"));
    s = command(r, COMMAND_SPEED, "down");
    assert_non_null(strstr(s->message, "100 steps"));
    s = command(r, COMMAND_SET, "1");
    assert_non_null(strstr(s->message, "live run"));
    s = command(r, COMMAND_RESTART, "");
    s = command(r, COMMAND_PAUSE, "");
    assert_int_equal(s->state, SESSION_PAUSED);
    assert_true(s->step < 100);
    send(r, COMMAND_QUIT, "");
    wait_for(r, in_state, SESSION_ENDED);
    assert_true(status_is_ok(channel_end(replay_channel(r))));
    replay_free(r);
}

static void test_growing_log_is_followed(void **state)
{
    (void)state;
    const char *path = fixture_path("g.jsonl");
    file_write(path, "");
    ReplayOptions o = {.paths = &path, .count = 1, .step = -1};
    Replay *r = start(&o);
    const Snapshot *s = channel_look(replay_channel(r));
    assert_true(s->replay.following && !s->summary->has_evaluation);
    write_log(path, 0, 100, false);
    s = wait_for(r, at_step, 100);
    assert_int_equal(s->state, SESSION_RUNNING);
    assert_true(s->replay.following);
    assert_int_equal(s->replay.last, 1000);
    assert_true(s->steps_per_s == 50 && s->seconds_left == 18);
    command(r, COMMAND_PAUSE, "");
    write_log(path, 110, 200, false);
    s = wait_for(r, reaches, 200);
    assert_int_equal(s->step, 100); /* paused: it stays where it was */
    command(r, COMMAND_RESTART, "end");
    wait_for(r, at_step, 200);
    write_log(path, 210, 300, true);
    s = wait_for(r, in_state, SESSION_HOLDING);
    assert_int_equal(s->step, 300);
    replay_free(r);
}

static void test_other_logs_are_ghosts(void **state)
{
    (void)state;
    const char *paths[3] = {fixture_path("x.jsonl"), fixture_path("y.jsonl"), fixture_path("z.jsonl")};
    for (int i = 0; i < 3; i++)
        write_log(paths[i], 0, 100 * (i + 1), true);
    ReplayOptions o = {.paths = paths, .count = 3, .step = 50};
    Replay *r = start(&o);
    const Snapshot *s = channel_look(replay_channel(r));
    assert_int_equal(s->ghost_count, 2);
    assert_string_equal(s->ghost[0]->name, "y");
    assert_string_equal(s->ghost[1]->name, "z");
    assert_int_equal(s->ghost[1]->series[SERIES_UNSEEN_ACC].count, 31);
    assert_int_equal(s->replay.horizon, 300);
    s = command(r, COMMAND_LEAD, "");
    assert_string_equal(s->replay.name, "y");
    assert_string_equal(s->ghost[0]->name, "x");
    assert_int_equal(s->ghost[0]->series[SERIES_UNSEEN_ACC].count, 11);
    command(r, COMMAND_LEAD, "");
    s = command(r, COMMAND_LEAD, "");
    assert_string_equal(s->replay.name, "x");
    replay_free(r);
}

/* A demo: names of its own, ghosts that come no further than the log in front, what to do at the end; in half a minute.
 */
static void test_race(void **state)
{
    (void)state;
    const char *paths[2] = {fixture_path("lead.jsonl"), fixture_path("rival.jsonl")};
    const char names[2][COMPARISON_NAME_MAX] = {"one", "two"};
    write_log(paths[0], 0, 1000, true);
    write_log(paths[1], 0, 500, true);
    ReplayOptions o = {.paths = paths, .names = names, .count = 2, .live = "lrdlab x", .race = true, .step = -1};
    Replay *r = start(&o);
    const Snapshot *s = channel_look(replay_channel(r));
    assert_string_equal(s->replay.name, "one");
    assert_string_equal(s->replay.live, "lrdlab x");
    assert_true(fabs(s->steps_per_s - 34) < 1e-9); /* 1,000 steps in 30 seconds, rounded up */
    assert_string_equal(s->ghost[0]->name, "two");
    assert_int_equal(s->ghost[0]->series[SERIES_UNSEEN_ACC].count, 1);
    command(r, COMMAND_PAUSE, "");
    s = command(r, COMMAND_RESTART, "end");
    assert_int_equal(s->ghost[0]->series[SERIES_UNSEEN_ACC].count, 51);
    replay_free(r);
}

static bool shows_probe(const Snapshot *s, int64_t step)
{
    return s->probe.tokens > 0 && s->probe.step == step;
}
static bool shows_none(const Snapshot *s, int64_t kind)
{
    return s->probe.tokens == 0 && (int64_t)s->probe.ask.kind == kind;
}

static void ask(Replay *r, ProbeRequest what)
{
    Command c = {.kind = COMMAND_PROBE, .probe = what};
    uint64_t number;
    assert_true(channel_send(replay_channel(r), &c, &number));
    wait_for(r, applied, (int64_t)number);
}

/* What a view asks for, of the step that is shown or of one that is looked back at; a log without it has none. */
static void test_probes(void **state)
{
    (void)state;
    const Settings settings = fixture_settings();
    RunOptions run = {.settings = &settings, .log = fixture_path("told.jsonl"), .probes = true};
    train_to_end(&run);
    const char *paths[2] = {run.log, fixture_path("untold.jsonl")};
    write_log(paths[1], 0, 200, true);
    ReplayOptions o = {.paths = paths, .count = 2, .step = 130};
    Replay *r = start(&o);
    const Snapshot *s = channel_look(replay_channel(r));
    assert_int_equal(s->probe.tokens, 0); /* nobody asked */
    ask(r, (ProbeRequest){.kind = PROBE_TABLE});
    s = wait_for(r, shows_probe, 120);
    assert_int_equal(s->probe.ask.kind, PROBE_TABLE);
    assert_non_null(s->probe.cell);
    ask(r, (ProbeRequest){.kind = PROBE_TABLE, .past = true, .at = 60});
    s = wait_for(r, shows_probe, 60);
    assert_true(s->probe.ask.past && s->probe.ask.at == 60);
    ask(r, (ProbeRequest){.kind = PROBE_FOURIER});
    s = wait_for(r, shows_probe, 120);
    assert_int_equal(s->probe.frequencies, 11);
    command(r, COMMAND_RESTART, "");
    command(r, COMMAND_PAUSE, "");
    command(r, COMMAND_RESTART, "end");
    wait_for(r, shows_probe, 200);
    command(r, COMMAND_LEAD, "");
    wait_for(r, shows_none, PROBE_FOURIER);
    command(r, COMMAND_LEAD, "");
    wait_for(r, shows_probe, 200);
    ask(r, (ProbeRequest){.kind = PROBE_ATTENTION, .layer = 1});
    s = wait_for(r, shows_probe, 200);
    assert_true(s->probe.map && s->probe.ask.layer == 1);
    ask(r, (ProbeRequest){.kind = PROBE_ATTENTION, .layer = 2}); /* there are but two */
    wait_for(r, shows_none, PROBE_ATTENTION);
    replay_free(r);
}

static void test_names_tell_logs_apart(void **state)
{
    (void)state;
    char command_line[300], a[200], b[200];
    snprintf(command_line, sizeof command_line, "mkdir -p %s/l2 %s/lrd", fixture_folder, fixture_folder);
    assert_int_equal(system(command_line), 0);
    snprintf(a, sizeof a, "%s/l2/run.jsonl", fixture_folder);
    snprintf(b, sizeof b, "%s/lrd/run.jsonl", fixture_folder);
    write_log(a, 0, 10, true);
    write_log(b, 0, 10, true);
    const char *paths[] = {a, b};
    ReplayOptions o = {.paths = paths, .count = 2, .step = 0};
    Replay *r = start(&o);
    const Snapshot *s = channel_look(replay_channel(r));
    assert_string_equal(s->replay.name, "l2");
    assert_string_equal(s->ghost[0]->name, "lrd");
    replay_free(r);
    static const struct {
        const char *path[2], *name[2];
    } rows[] = {
        {{"a/x=1,y=2/log.jsonl", "a/x=1,y=30/log.jsonl"}, {"y=2", "y=30"}},
        {{"0.5.jsonl", "1.5.jsonl"}, {"0.5", "1.5"}},
        {{"a.jsonl", "b/a.jsonl"}, {"a", "b/a"}},
        {{"a.jsonl", "a.jsonl"}, {"a", "a"}},
        {{"lrd", "l2"}, {"lrd", "l2"}},
        {{"x,", "x,y"}, {"x,", "y"}},
        {{"a\x1b[31m.jsonl", "\xc3\xa9.jsonl"}, {"a?[31m", "\xc3\xa9"}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char names[2][COMPARISON_NAME_MAX];
        log_names(rows[i].path, 2, names);
        assert_string_equal(names[0], rows[i].name[0]);
        assert_string_equal(names[1], rows[i].name[1]);
    }
}

/* Any keys at all, at any size of the screen, while logs are played: nothing breaks, and time goes on. */
static void test_key_storm(void **state)
{
    (void)state;
    enum { KEYS = 3000 };
    const char *paths[2] = {fixture_path("storm.jsonl"), fixture_path("calm.jsonl")};
    write_log(paths[0], 0, 1000, true);
    write_log(paths[1], 0, 500, false);
    ReplayOptions o = {.paths = paths, .count = 2, .step = -1, .speed = 500};
    Replay *r = start(&o);
    UiState u = ui_state_new(&action_table);
    Canvas *c = canvas_new(80, 24);
    Rng rng = rng_seed(7, RNG_BATCHES);
    const Snapshot *s = channel_look(replay_channel(r));
    for (int i = 0; i < KEYS; i++) {
        UiEffect e;
        uint64_t number;
        int code = (int)rng_below(&rng, UI_KEY_KILL + 1);
        action_press(&u, s, code, &e);
        for (int k = 0; k < e.command_count; k++)
            if (channel_send(replay_channel(r), &e.command[k], &number))
                ui_state_sent(&u, &e.command[k], number);
            else
                ui_state_refused(&u, &e.command[k]);
        if (i % 10 == 0) {
            canvas_resize(c, 1 + (int)rng_below(&rng, 200), 1 + (int)rng_below(&rng, 60));
            frame_draw(c, s, &u);
            s = channel_look(replay_channel(r));
            ui_state_follow(&u, s);
        }
    }
    Command to_end = {.kind = COMMAND_RESTART, .value = "end"};
    uint64_t number;
    while (!channel_send(replay_channel(r), &to_end, &number))
        usleep(1000);
    s = wait_for(r, applied, (int64_t)number);
    assert_int_equal(s->step, strcmp(s->replay.name, "storm") == 0 ? 1000 : 500);
    canvas_free(c);
    replay_free(r);
}

static void test_refusals(void **state)
{
    (void)state;
    Status s;
    const char *paths[REPLAY_LOGS_MAX + 1];
    paths[0] = fixture_path("missing.jsonl");
    ReplayOptions o = {.paths = paths, .count = 1, .step = -1};
    assert_null(replay_start(&o, &s));
    assert_int_equal(s.code, STATUS_INPUT);
    paths[0] = fixture_path("words.jsonl");
    file_write(paths[0], "these are\nwords\n");
    assert_null(replay_start(&o, &s));
    assert_non_null(strstr(s.text, "words.jsonl\" is text; a log is"));
    for (int i = 0; i <= REPLAY_LOGS_MAX; i++)
        paths[i] = paths[0];
    o.count = REPLAY_LOGS_MAX + 1;
    assert_null(replay_start(&o, &s));
    assert_non_null(strstr(s.text, "at most 8"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_speeds_are_a_ladder),
        cmocka_unit_test(test_ended_log_plays_from_its_beginning),
        cmocka_unit_test(test_commands),
        cmocka_unit_test(test_growing_log_is_followed),
        cmocka_unit_test(test_other_logs_are_ghosts),
        cmocka_unit_test(test_race),
        cmocka_unit_test(test_probes),
        cmocka_unit_test(test_names_tell_logs_apart),
        cmocka_unit_test(test_key_storm),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests_name("replay", tests, fixture_setup, fixture_teardown);
}
