#include "run_fixture.h"

#include <jansson.h>
#include <math.h>

/* ---- helpers ---- */

static void train_to_end(const RunOptions *o)
{
    Run *r = fixture_run(o);
    RunTurn turn;
    do
        turn = run_turn(r);
    while (turn == RUN_STEPPED);
    assert_int_equal(turn, RUN_FINISHED);
    Status status = run_end(r, "done");
    assert_string_equal(status.text, "");
    run_free(r);
}

static void turns(Run *r, int count)
{
    for (int i = 0; i < count; i++)
        assert_int_equal(run_turn(r), RUN_STEPPED);
}

static char *file_read(const char *path, size_t *length)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    fseek(f, 0, SEEK_END);
    *length = (size_t)ftell(f);
    rewind(f);
    char *bytes = malloc(*length + 1);
    assert_int_equal(fread(bytes, 1, *length, f), *length);
    bytes[*length] = '\0';
    fclose(f);
    return bytes;
}

static void assert_files_equal(const char *a, const char *b)
{
    size_t na, nb;
    char *x = file_read(a, &na), *y = file_read(b, &nb);
    assert_int_equal(na, nb);
    assert_memory_equal(x, y, na);
    free(x);
    free(y);
}

static void file_write(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

/* The log as an array: rows (without the two numbers of the clock), or events. */
static json_t *log_read(const char *path, bool events)
{
    size_t length;
    char *bytes = file_read(path, &length), *rest = bytes, *line;
    json_t *list = json_array();
    while ((line = strsep(&rest, "\n")) && *line) {
        json_error_t error;
        json_t *row = json_loads(line, 0, &error);
        assert_non_null(row);
        json_object_del(row, "time_s");
        json_object_del(row, "steps_per_s");
        if ((json_object_get(row, "event") != NULL) == events)
            json_array_append(list, row);
        json_decref(row);
    }
    free(bytes);
    return list;
}

static int64_t row_step(const json_t *row)
{
    return json_integer_value(json_object_get(row, "step"));
}

static bool row_is_evaluation(const json_t *row)
{
    return json_object_get(row, "train_loss") != NULL;
}

/* How many events have this name and, unless NULL, this key. */
static int event_count(const char *path, const char *name, const char *key)
{
    json_t *list = log_read(path, true), *row;
    size_t i;
    int count = 0;
    json_array_foreach(list, i, row)
    {
        const char *its_key = json_string_value(json_object_get(row, "key"));
        count += strcmp(json_string_value(json_object_get(row, "event")), name) == 0 &&
                 (!key || (its_key && strcmp(its_key, key) == 0));
    }
    json_decref(list);
    return count;
}

/* ---- going on ---- */

static void check_resume(int64_t batch, const ScheduledChange *changes, int change_count)
{
    Settings settings = fixture_settings();
    settings.train.batch = batch;
    Schedule schedule = {.changes = malloc((size_t)change_count * sizeof *changes), .count = change_count};
    memcpy(schedule.changes, changes, (size_t)change_count * sizeof *changes);
    RunOptions o = {.settings = &settings, .schedule = &schedule, .steps = 200, .force = true};
    char whole[128], half[128], rest[128], whole_log[128], cut_log[128];
    snprintf(whole, sizeof whole, "%s", fixture_path("whole"));
    snprintf(half, sizeof half, "%s", fixture_path("half"));
    snprintf(rest, sizeof rest, "%s", fixture_path("rest"));
    snprintf(whole_log, sizeof whole_log, "%s", fixture_path("whole.jsonl"));
    snprintf(cut_log, sizeof cut_log, "%s", fixture_path("cut.jsonl"));
    o.save = whole;
    o.log = whole_log;
    train_to_end(&o);
    o.save = half;
    o.log = cut_log;
    o.steps = 100;
    train_to_end(&o);
    o.save = rest;
    o.resume = half;
    o.steps = 200;
    train_to_end(&o);

    assert_files_equal(whole, rest);
    json_t *a = log_read(whole_log, false), *b = log_read(cut_log, false);
    assert_int_equal(json_array_size(a), 41);
    assert_true(json_equal(a, b));
    assert_int_equal(event_count(cut_log, "resumed", NULL), 1);
    assert_int_equal(event_count(cut_log, "start", NULL), 1);
    assert_int_equal(event_count(cut_log, "set", NULL), event_count(whole_log, "set", NULL));
    json_decref(a);
    json_decref(b);
    free(schedule.changes);
}

static void test_resume_minibatch(void **state)
{
    (void)state;
    check_resume(64, NULL, 0);
}

static void test_resume_full_batch(void **state)
{
    (void)state;
    check_resume(0, NULL, 0);
}

static void test_resume_shuffled_whole_set(void **state)
{
    (void)state;
    check_resume(100000, NULL, 0);
}

static void test_resume_decay_toggled(void **state)
{
    (void)state;
    const ScheduledChange before[] = {{50, "decay.kind", "l2"}}, after[] = {{150, "decay.kind", "svt"}},
                          both[] = {{30, "decay.kind", "tangential"},
                                    {100, "decay.kind", "polar"},
                                    {130, "decay.kind", "radial"}};
    check_resume(64, before, 1);
    check_resume(64, after, 1);
    check_resume(64, both, 3);
}

static void test_save_between_turns_loses_no_row(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    settings.train.steps = 40;
    RunOptions o = {.settings = &settings, .log = fixture_path("straight.jsonl"), .force = true};
    train_to_end(&o);
    RunOptions cut = {.settings = &settings, .log = fixture_path("w.jsonl"), .force = true};
    Run *r = fixture_run(&cut);
    turns(r, 20); /* the row of step 20 is due, not made */
    assert_true(status_is_ok(run_save(r, fixture_path("w.ckpt"))));
    turns(r, 7); /* goes on and is killed: these rows are written again */
    run_free(r);
    cut.resume = fixture_path("w.ckpt");
    cut.force = false;
    train_to_end(&cut);
    json_t *a = log_read(o.log, false), *b = log_read(cut.log, false);
    for (size_t i = 0; i < json_array_size(b);) /* what the resumed event superseded */
        if (i > 0 && row_step(json_array_get(b, i)) <= row_step(json_array_get(b, i - 1)))
            json_array_remove(b, i - 1), i--;
        else
            i++;
    assert_true(json_equal(a, b));
    json_decref(a);
    json_decref(b);
}

static void test_resume_takes_midrun_sets_only(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    settings.train.steps = 10;
    RunOptions o = {
        .settings = &settings, .save = fixture_path("ten"), .log = fixture_path("ten.jsonl"), .force = true};
    train_to_end(&o);
    const char *const fixed[] = {"task.p=29"}, *const midrun[] = {"decay.strength=0.02", "train.steps=20"};
    Settings defaults = settings_default();
    RunOptions again = {
        .settings = &defaults, .resume = fixture_path("ten"), .log = o.log, .sets = fixed, .set_count = 1};
    Status status;
    assert_null(run_new(&again, &status));
    assert_int_equal(status.code, STATUS_INPUT);
    assert_non_null(strstr(status.text, "task.p"));
    again.sets = midrun;
    again.set_count = 2;
    Run *r = fixture_run(&again);
    assert_int_equal(run_step(r), 10);
    assert_int_equal(run_last_step(r), 20);
    assert_int_equal(run_settings(r)->task.p, 23);
    assert_true(run_settings(r)->decay.strength == 0.02);
    assert_true(run_board(r)->has_evaluation);
    run_free(r);
    assert_int_equal(event_count(o.log, "set", "decay.strength"), 1);
}

static void test_already_there_is_said(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    RunOptions o = {.settings = &settings, .steps = 5, .save = fixture_path("five"), .force = true};
    train_to_end(&o);
    RunOptions again = {.settings = &settings, .steps = 5, .resume = fixture_path("five")};
    Run *r = fixture_run(&again);
    assert_int_equal(run_turn(r), RUN_FINISHED);
    assert_non_null(strstr(run_take_message(r), "step 5"));
    assert_true(status_is_ok(run_end(r, "done")));
    run_free(r);
}

/* ---- what a run starts from ---- */

static void test_order_of_settings(void **state)
{
    (void)state;
    Settings made = fixture_settings();
    made.train.steps = 3;
    made.decay.strength = 0.07;
    RunOptions make = {.settings = &made, .weights = fixture_path("weights")};
    train_to_end(&make);
    Settings preset = settings_default();
    preset.decay.strength = 0.5;
    const char *const sets[] = {"train.lr=0.02"};
    assert_true(status_is_ok(settings_set(&preset, "train.lr", "0.02")));
    RunOptions o = {.settings = &preset, .init = fixture_path("weights"), .sets = sets, .set_count = 1};
    Run *r = fixture_run(&o);
    assert_true(run_settings(r)->decay.strength == 0.07); /* the file over the preset */
    assert_true(run_settings(r)->train.lr == 0.02);       /* --set over the file */
    assert_int_equal(run_settings(r)->model.dim, 32);
    assert_int_equal(run_step(r), 0);
    run_free(r);
}

static void test_pairs_are_the_training_rows(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    file_write(fixture_path("pairs"), "1 2\n3 4\n5 6\n");
    RunOptions o = {.settings = &settings, .pairs = fixture_path("pairs")};
    Run *r = fixture_run(&o);
    assert_int_equal(run_board(r)->train_rows, 3);
    assert_int_equal(run_board(r)->mirror_rows, 3);
    turns(r, 2);
    assert_true(status_is_ok(run_restart(r, run_settings(r), NULL)));
    assert_int_equal(run_board(r)->train_rows, 3);
    run_free(r);
    file_write(fixture_path("pairs"), "1 2\n30 4\n");
    Status status;
    assert_null(run_new(&o, &status));
    assert_int_equal(status.code, STATUS_INPUT);
}

static void check_refused(const RunOptions *o, const char *word)
{
    Status status;
    assert_null(run_new(o, &status));
    assert_int_equal(status.code, STATUS_INPUT);
    if (!strstr(status.text, word))
        fail_msg("%s: not in: %s", word, status.text);
}

static void test_refusals(void **state)
{
    (void)state;
    Settings settings = fixture_settings(), bad = settings;
    bad.model.heads = 5;
    file_write(fixture_path("old.jsonl"), "{\"step\":1}\n");
    file_write(fixture_path("rubbish"), "rubbish");
    check_refused(&(RunOptions){.settings = &bad}, "heads");
    check_refused(&(RunOptions){.settings = &settings, .log = fixture_path("old.jsonl")}, "--force");
    check_refused(&(RunOptions){.settings = &settings, .save = fixture_path("none/x")}, "--save");
    check_refused(&(RunOptions){.settings = &settings, .save = fixture_folder}, "folder");
    check_refused(&(RunOptions){.settings = &settings, .save_every = 5}, "--save FILE");
    check_refused(&(RunOptions){.settings = &settings, .init = fixture_path("rubbish")}, "rubbish");
    check_refused(&(RunOptions){.settings = &settings, .init = "a", .resume = "b"}, "exclude");
    RunOptions weights = {.settings = &settings, .steps = 1, .weights = fixture_path("alone")};
    train_to_end(&weights);
    check_refused(&(RunOptions){.settings = &settings, .resume = fixture_path("alone")}, "--init");
}

/* ---- turns ---- */

static void test_rows_and_their_steps(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    RunOptions o = {.settings = &settings, .steps = 47, .log = fixture_path("rows.jsonl"), .force = true};
    train_to_end(&o);
    json_t *rows = log_read(o.log, false), *row;
    size_t i;
    int64_t before = -1;
    int evaluations = 0;
    json_array_foreach(rows, i, row)
    {
        int64_t step = row_step(row);
        assert_true(step > before);
        before = step;
        assert_int_equal(row_is_evaluation(row), step % 20 == 0 || step == 47);
        evaluations += row_is_evaluation(row);
    }
    assert_int_equal(before, 47);
    assert_int_equal(evaluations, 4);
    assert_int_equal(json_array_size(rows), 11); /* 0 5 .. 45 and 47 */
    json_decref(rows);
    assert_int_equal(event_count(o.log, "end", NULL), 1);
}

static void test_schedule_and_changes(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    ScheduledChange changes[] = {{3, "decay.kind", "l2"}, {3, "decay.strength", "0.1"}, {5, "decay.kind", "lrd"}};
    Schedule schedule = {.changes = changes, .count = 3};
    RunOptions o = {.settings = &settings, .schedule = &schedule, .log = fixture_path("sets.jsonl"), .force = true};
    Run *r = fixture_run(&o);
    turns(r, 3);
    assert_int_equal(run_settings(r)->decay.kind, DECAY_LRD);
    turns(r, 1);
    assert_int_equal(run_settings(r)->decay.kind, DECAY_L2);
    assert_true(run_board(r)->settings.decay.strength == 0.1);
    turns(r, 2);
    assert_int_equal(run_settings(r)->decay.kind, DECAY_LRD);
    Status fixed = run_set(r, "task.op", "mul"), unknown = run_set(r, "decay.strenght", "1"),
           far = run_set(r, "train.lr", "11");
    assert_int_equal(fixed.code, STATUS_INPUT);
    assert_non_null(strstr(unknown.text, "decay.strength"));
    assert_int_equal(far.code, STATUS_INPUT);
    assert_int_equal(event_count(o.log, "set", NULL), 3);
    assert_true(status_is_ok(run_set(r, "decay.kind", "lrd"))); /* in force already: no event */
    assert_int_equal(event_count(o.log, "set", NULL), 3);
    assert_true(status_is_ok(run_set(r, "train.steps", "6")));
    assert_int_equal(run_turn(r), RUN_FINISHED);
    run_free(r);
}

static void test_save_every_and_gradient(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    RunOptions o = {.settings = &settings,
                    .save = fixture_path("every"),
                    .save_every = 4,
                    .grad = fixture_path("grad"),
                    .log = fixture_path("every.jsonl"),
                    .steps = 10,
                    .force = true};
    Run *r = fixture_run(&o);
    turns(r, 6);
    assert_int_equal(access(o.grad, R_OK), 0);
    run_free(r); /* as if killed */
    RunOptions again = {.settings = &settings, .resume = fixture_path("every")};
    r = fixture_run(&again);
    assert_int_equal(run_step(r), 4);
    run_free(r);
    assert_int_equal(event_count(fixture_path("every.jsonl"), "saved", NULL), 1);
}

static void test_restart_repeats_the_run(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    RunOptions o = {.settings = &settings, .log = fixture_path("again.jsonl"), .force = true};
    Run *r = fixture_run(&o);
    turns(r, 25);
    assert_true(status_is_ok(run_save(r, fixture_path("first"))));
    assert_true(status_is_ok(run_restart(r, run_settings(r), NULL)));
    assert_int_equal(run_step(r), 0);
    turns(r, 25);
    assert_true(status_is_ok(run_save(r, fixture_path("second"))));
    assert_files_equal(fixture_path("first"), fixture_path("second"));
    Settings other = settings;
    other.model.dim = 16;
    other.model.depth = 1;
    assert_true(status_is_ok(run_restart(r, &other, NULL)));
    turns(r, 3);
    assert_int_equal(run_board(r)->evaluation.matrix_count, 2);
    other.model.heads = 3;
    Status refused = run_restart(r, &other, NULL);
    assert_int_equal(refused.code, STATUS_INPUT);
    turns(r, 1); /* a refused restart leaves the run as it was */
    assert_int_equal(run_step(r), 4);
    assert_int_equal(event_count(o.log, "start", NULL), 3);
    run_free(r);
}

static void test_scale_changes_no_answer(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    RunOptions o = {.settings = &settings};
    Run *r = fixture_run(&o);
    turns(r, 1);
    run_refresh(r);
    double loss = run_board(r)->evaluation.train_loss, norm = run_board(r)->evaluation.matrix[0].norm;
    assert_true(status_is_ok(run_scale(r, "layers.0.attn.q_proj.weight", 2)));
    run_refresh(r);
    assert_true(fabs(run_board(r)->evaluation.train_loss - loss) < 1e-5 * loss);
    assert_true(fabs(run_board(r)->evaluation.matrix[0].norm - 2 * norm) < 1e-4 * norm);
    Status unknown = run_scale(r, "lm_head.weight", 2), zero = run_scale(r, "layers.0.attn.q_proj.weight", 0);
    assert_int_equal(unknown.code, STATUS_INPUT);
    assert_int_equal(zero.code, STATUS_INPUT);
    run_free(r);
}

/* ---- what goes wrong ---- */

static void test_non_finite_applies_nothing(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    settings.model.qk_norm = QK_NORM_OFF;
    RunOptions o = {
        .settings = &settings, .save = fixture_path("good"), .log = fixture_path("bad.jsonl"), .force = true};
    Run *r = fixture_run(&o);
    turns(r, 2);
    assert_true(status_is_ok(run_save(r, o.save)));
    for (int i = 0; i < 3; i++)
        run_scale(r, "layers.0.attn.q_proj.weight", 1e30);
    assert_int_equal(run_turn(r), RUN_NON_FINITE);
    assert_int_equal(run_turn(r), RUN_NON_FINITE);
    assert_int_equal(run_step(r), 2);
    assert_non_null(strstr(run_take_message(r), "not finite"));
    Status end = run_end(r, "failed");
    assert_int_equal(end.code, STATUS_FAILED);
    run_free(r);
    assert_int_equal(event_count(o.log, "non-finite", NULL), 1);
    RunOptions again = {.settings = &settings, .resume = o.save}; /* the last good point is still there */
    r = fixture_run(&again);
    turns(r, 1);
    run_free(r);
}

static void test_full_disk_does_not_stop_the_run(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    RunOptions o = {.settings = &settings, .log = "/dev/full", .steps = 10};
    Run *r = fixture_run(&o);
    turns(r, 10);
    assert_int_equal(run_turn(r), RUN_FINISHED);
    assert_non_null(strstr(run_take_message(r), "/dev/full"));
    Status end = run_end(r, "done");
    assert_int_equal(end.code, STATUS_FAILED);
    run_free(r);
}

static void test_abandoned_step_changes_nothing(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    RunOptions o = {.settings = &settings};
    Run *r = fixture_run(&o);
    turns(r, 2);
    run_abandon(r);
    assert_int_equal(run_turn(r), RUN_ABANDONED);
    assert_int_equal(run_step(r), 2);
    turns(r, 1);
    run_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resume_minibatch),
        cmocka_unit_test(test_resume_full_batch),
        cmocka_unit_test(test_resume_shuffled_whole_set),
        cmocka_unit_test(test_resume_decay_toggled),
        cmocka_unit_test(test_save_between_turns_loses_no_row),
        cmocka_unit_test(test_resume_takes_midrun_sets_only),
        cmocka_unit_test(test_already_there_is_said),
        cmocka_unit_test(test_order_of_settings),
        cmocka_unit_test(test_pairs_are_the_training_rows),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_rows_and_their_steps),
        cmocka_unit_test(test_schedule_and_changes),
        cmocka_unit_test(test_save_every_and_gradient),
        cmocka_unit_test(test_restart_repeats_the_run),
        cmocka_unit_test(test_scale_changes_no_answer),
        cmocka_unit_test(test_non_finite_applies_nothing),
        cmocka_unit_test(test_full_disk_does_not_stop_the_run),
        cmocka_unit_test(test_abandoned_step_changes_nothing),
    };
    return cmocka_run_group_tests_name("run", tests, fixture_setup, fixture_teardown);
}
