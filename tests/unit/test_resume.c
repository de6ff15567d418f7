#include "run_fixture.h"

static void check_resume(int64_t batch, ScheduledChange *changes, int change_count)
{
    Settings settings = fixture_settings();
    settings.train.batch = batch;
    Schedule schedule = {.changes = changes, .count = change_count};
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
    ScheduledChange before[] = {{50, "decay.kind", "l2"}}, after[] = {{150, "decay.kind", "svt"}},
                    both[] = {
                        {30, "decay.kind", "tangential"}, {100, "decay.kind", "polar"}, {130, "decay.kind", "radial"}};
    const int64_t batches[] = {64, 0};
    for (int i = 0; i < 2; i++) {
        check_resume(batches[i], before, 1);
        check_resume(batches[i], after, 1);
        check_resume(batches[i], both, 3);
    }
}

/* What the controls keep is in the checkpoint: on before it, switched in the step of it, and after it. */
static void test_resume_controls(void **state)
{
    (void)state;
    ScheduledChange hold[] = {{30, "train.qk_hold", "1"}, {100, "train.qk_turn", "3"}, {140, "decay.kind", "shrink"}},
                    muon[] = {{40, "train.qk_opt", "muon"}, {100, "train.qk_hold", "1"}, {150, "train.qk_opt", "adam"}},
                    loss[] = {{20, "train.loss", "stablemax"}, {60, "model.temp", "2"}, {120, "train.qk_lr", "0"}},
                    cut[] = {{50, "truncate", "3"}, {100, "truncate", "2"}, {130, "train.beta2", "0.98"}};
    check_resume(64, hold, 3);
    check_resume(64, muon, 3);
    check_resume(64, loss, 3);
    check_resume(64, cut, 3);
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
    assert_true(run_summary(r)->has_evaluation);
    run_free(r);
    assert_int_equal(event_count(o.log, "set", "decay.strength"), 1);
}

static void test_milestones_survive(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    settings.train.lr = 0.005;
    settings.train.batch = 0;
    RunOptions o = {
        .settings = &settings, .steps = 200, .save = fixture_path("knows"), .log = fixture_path("knows.jsonl")};
    train_to_end(&o);
    assert_int_equal(event_count(o.log, "memorised", NULL), 1);
    o.resume = o.save;
    o.steps = 260;
    Run *r = fixture_run(&o);
    int64_t memorised = run_summary(r)->memorised;
    assert_true(memorised > 0 && memorised <= 200);
    assert_true(run_summary(r)->train_peak >= 0.99);
    turns(r, 60);
    assert_true(status_is_ok(run_end(r, "done")));
    run_free(r);
    assert_int_equal(event_count(o.log, "memorised", NULL), 1); /* not a second time */
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resume_minibatch),
        cmocka_unit_test(test_resume_full_batch),
        cmocka_unit_test(test_resume_shuffled_whole_set),
        cmocka_unit_test(test_resume_decay_toggled),
        cmocka_unit_test(test_resume_controls),
        cmocka_unit_test(test_save_between_turns_loses_no_row),
        cmocka_unit_test(test_resume_takes_midrun_sets_only),
        cmocka_unit_test(test_milestones_survive),
        cmocka_unit_test(test_already_there_is_said),
    };
    return cmocka_run_group_tests_name("resume", tests, fixture_setup, fixture_teardown);
}
