#include "run_fixture.h"

#include <math.h>

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
    assert_int_equal(run_summary(r)->train_rows, 3);
    assert_int_equal(run_summary(r)->mirror_rows, 3);
    turns(r, 2);
    assert_true(status_is_ok(run_restart(r, run_settings(r), NULL)));
    assert_int_equal(run_summary(r)->train_rows, 3);
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
    RunOptions o = {
        .settings = &settings, .steps = 47, .log = fixture_path("rows.jsonl"), .csv = fixture_path("rows.csv")};
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
    size_t length, lines = 0;
    char *table = file_bytes(o.csv, &length);
    for (size_t c = 0; c < length; c++)
        lines += table[c] == '\n';
    assert_int_equal(lines, 1 + evaluations);
    free(table);
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
    assert_true(run_summary(r)->settings.decay.strength == 0.1);
    turns(r, 2);
    assert_int_equal(run_settings(r)->decay.kind, DECAY_LRD);
    assert_true(run_settings(r)->decay.strength == settings.decay.strength); /* its own again */
    Status fixed = run_set(r, "task.op", "mul"), unknown = run_set(r, "decay.strenght", "1"),
           far = run_set(r, "train.lr", "11");
    assert_int_equal(fixed.code, STATUS_INPUT);
    assert_non_null(strstr(unknown.text, "decay.strength"));
    assert_int_equal(far.code, STATUS_INPUT);
    assert_int_equal(event_count(o.log, "set", NULL), 4);
    assert_true(status_is_ok(run_set(r, "decay.kind", "lrd"))); /* in force already: no event */
    assert_int_equal(event_count(o.log, "set", NULL), 4);
    assert_true(status_is_ok(run_set(r, "train.steps", "6")));
    assert_int_equal(run_turn(r), RUN_FINISHED);
    run_free(r);
}

/* What a decay has in this run before what is usual, and a strength at the same step before both. */
static void test_a_decay_takes_its_own_strength(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    settings.decay.strength = .25;
    ScheduledChange changes[] = {{1, "decay.kind", "l2"}, {2, "decay.kind", "lrd"},        {3, "decay.strength", "0.5"},
                                 {3, "decay.kind", "l2"}, {4, "decay.kind", "svt"},        {5, "decay.kind", "none"},
                                 {6, "decay.kind", "l2"}, {7, "decay.kind", "tangential"}, {7, "decay.strength", "2"}};
    static const double strengths[] = {.25, .1, .25, .5, .005, .005, .5, 2};
    Schedule schedule = {.changes = changes, .count = 9};
    RunOptions o = {.settings = &settings, .schedule = &schedule};
    Run *r = fixture_run(&o);
    for (size_t i = 0; i < sizeof strengths / sizeof *strengths; i++) {
        turns(r, 1);
        assert_true(run_settings(r)->decay.strength == strengths[i]);
    }
    run_free(r);
}

/* Neither setting can be made without the other one. */
static void test_settings_of_one_step_go_together(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    ScheduledChange changes[] = {{2, "train.qk_opt", "luon"}, {2, "decay.kind", "none"}, {4, "decay.kind", "lrd"},
                                 {4, "train.qk_opt", "muon"}, {4, "truncate", "2"},      {6, "train.qk_opt", "luon"},
                                 {6, "train.lr", "0.5"}};
    Schedule schedule = {.changes = changes, .count = 7};
    RunOptions o = {.settings = &settings, .schedule = &schedule, .log = fixture_path("pairs.jsonl"), .force = true};
    Run *r = fixture_run(&o);
    turns(r, 3);
    assert_int_equal(run_settings(r)->train.qk_opt, QK_LUON);
    assert_int_equal(run_settings(r)->decay.kind, DECAY_NONE);
    turns(r, 2);
    assert_int_equal(run_settings(r)->train.qk_opt, QK_MUON);
    assert_int_equal(run_settings(r)->decay.kind, DECAY_LRD);
    assert_int_equal(event_count(o.log, "set", NULL), 6);
    turns(r, 2); /* LRD and luon: all of that step is left out */
    assert_int_equal(run_settings(r)->train.qk_opt, QK_MUON);
    assert_true(run_settings(r)->train.lr < 0.5);
    assert_int_equal(event_count(o.log, "set", NULL), 6);
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
    assert_int_equal(run_summary(r)->evaluation.matrix_count, 2);
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
    double loss = run_summary(r)->evaluation.train_loss, norm = run_summary(r)->evaluation.matrix[0].norm;
    assert_true(status_is_ok(run_scale(r, "layers.0.attn.q_proj.weight", 2)));
    run_refresh(r);
    assert_true(fabs(run_summary(r)->evaluation.train_loss - loss) < 1e-5 * loss);
    assert_true(fabs(run_summary(r)->evaluation.matrix[0].norm - 2 * norm) < 1e-4 * norm);
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
        cmocka_unit_test(test_order_of_settings),
        cmocka_unit_test(test_pairs_are_the_training_rows),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_rows_and_their_steps),
        cmocka_unit_test(test_schedule_and_changes),
        cmocka_unit_test(test_a_decay_takes_its_own_strength),
        cmocka_unit_test(test_settings_of_one_step_go_together),
        cmocka_unit_test(test_save_every_and_gradient),
        cmocka_unit_test(test_restart_repeats_the_run),
        cmocka_unit_test(test_scale_changes_no_answer),
        cmocka_unit_test(test_non_finite_applies_nothing),
        cmocka_unit_test(test_full_disk_does_not_stop_the_run),
        cmocka_unit_test(test_abandoned_step_changes_nothing),
    };
    return cmocka_run_group_tests_name("run", tests, fixture_setup, fixture_teardown);
}
