/* What was done by hand, written as a preset whose run is the same again. */
#include "run_fixture.h"

#include <lrd/train/change_log.h>

static void assert_ok(Status s)
{
    assert_string_equal(s.text, "");
}

static void set(Run *r, const char *key, const char *value)
{
    assert_ok(run_set(r, key, value));
}

/* The preset's run to this step, from its first step on, with a log. */
static void replay(const char *preset, int64_t step, const char *log, const char *save)
{
    Preset read;
    Text problems = {0};
    assert_ok(preset_load(preset, &read, &problems));
    assert_string_equal(text_str(&problems), "");
    RunOptions o = {.settings = &read.settings, .schedule = &read.schedule, .log = log, .force = true};
    Run *r = fixture_run(&o);
    turns(r, (int)step);
    assert_ok(run_save(r, save));
    assert_ok(run_end(r, "done"));
    run_free(r);
    preset_free(&read);
    text_free(&problems);
}

/* The rows of a log as they stand there, bytes for bytes, less the two numbers of the clock. */
static Text rows_text(const char *path)
{
    Text t = {0};
    json_t *rows = log_read(path, false), *row;
    size_t i;
    json_array_foreach(rows, i, row)
    {
        char *line = json_dumps(row, JSON_COMPACT | JSON_REAL_PRECISION(17));
        text_addf(&t, "%s\n", line);
        free(line);
    }
    json_decref(rows);
    return t;
}

static void test_a_session_is_replayed_byte_for_byte(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    ScheduledChange planned[] = {{40, "train.clip", "1"}, {190, "train.lr", "0.0002"}};
    const Schedule schedule = {planned, 2};
    char log[128], again[128], saved[128], resaved[128], preset[128];
    snprintf(log, sizeof log, "%s", fixture_path("hand.jsonl"));
    snprintf(again, sizeof again, "%s", fixture_path("again.jsonl"));
    snprintf(saved, sizeof saved, "%s", fixture_path("hand"));
    snprintf(resaved, sizeof resaved, "%s", fixture_path("again"));
    snprintf(preset, sizeof preset, "%s", fixture_path("hand.ini"));
    RunOptions o = {.settings = &settings, .schedule = &schedule, .log = log, .force = true};
    Run *r = fixture_run(&o);
    run_keep_rewind(r);
    set(r, "decay.strength", "0.004"); /* before the first step */
    turns(r, 33);
    set(r, "decay.kind", "l2");
    set(r, "decay.strength", "0.1");
    set(r, "decay.strength", "0.13335214321633239"); /* a press of Up */
    set(r, "lab.fps", "12");
    turns(r, 27); /* to 60, a step with a row */
    set(r, "decay.targets", "all");
    set(r, "train.batch", "32");
    turns(r, 41);
    set(r, "train.eval_every", "10");
    set(r, "decay.kind", "svt");
    turns(r, 49);
    assert_ok(run_write_preset(r, preset));
    assert_ok(run_save(r, saved));
    assert_ok(run_end(r, "done"));
    run_free(r);
    replay(preset, 150, again, resaved);
    Text a = rows_text(log), b = rows_text(again);
    assert_true(a.length > 10000);
    assert_string_equal(text_str(&a), text_str(&b));
    text_free(&a);
    text_free(&b);
    assert_files_equal(saved, resaved);
    Preset read;
    Text problems = {0};
    assert_ok(preset_load(preset, &read, &problems));
    assert_int_equal(read.schedule.changes[read.schedule.count - 1].step, 190); /* what was still to come is told too */
    assert_int_equal(read.settings.lab.fps, 12);
    preset_free(&read);
}

/* Only what led to the branch in hand is read.schedule. */
static void test_branches_are_replayed(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    char saved[128], resaved[128], preset[128];
    snprintf(saved, sizeof saved, "%s", fixture_path("tree"));
    snprintf(resaved, sizeof resaved, "%s", fixture_path("tree-again"));
    snprintf(preset, sizeof preset, "%s", fixture_path("tree.ini"));
    RunOptions o = {.settings = &settings};
    Run *r = fixture_run(&o);
    run_keep_rewind(r);
    turns(r, 22);
    set(r, "train.lr", "0.002");
    turns(r, 60);
    set(r, "train.lr", "0.004"); /* after the branch that is written: not a part of it */
    turns(r, 20);
    assert_ok(run_branch(r, 60, "decay.kind=polar"));
    turns(r, 30);
    set(r, "decay.strength", "0.002");
    turns(r, 11);
    assert_ok(run_switch(r, 1));
    turns(r, 10);
    assert_ok(run_switch(r, 2));
    turns(r, 9);
    assert_int_equal(run_step(r), 110);
    assert_ok(run_write_preset(r, preset));
    assert_ok(run_save(r, saved));
    run_free(r);
    replay(preset, 110, NULL, resaved);
    Preset read;
    Text problems = {0};
    assert_ok(preset_load(preset, &read, &problems));
    assert_int_equal(read.schedule.count, 4);
    assert_string_equal(read.schedule.changes[0].value, "0.002");
    assert_int_equal(read.schedule.changes[1].step, 60);
    assert_string_equal(read.schedule.changes[2].key, "decay.strength"); /* told with the kind */
    assert_int_equal(read.schedule.changes[3].step, 90);
    preset_free(&read);
    assert_files_equal(saved, resaved);
}

static void test_what_cannot_be_told_is_refused(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    char saved[128];
    snprintf(saved, sizeof saved, "%s", fixture_path("begin"));
    RunOptions o = {.settings = &settings};
    Run *r = fixture_run(&o);
    turns(r, 10);
    assert_ok(run_save(r, saved));
    assert_ok(run_write_preset(r, fixture_path("fine.ini")));
    assert_ok(run_scale(r, "layers.0.attn.q_proj.weight", 2));
    assert_non_null(strstr(run_write_preset(r, fixture_path("no.ini")).text, "scaled by hand"));
    assert_int_equal(run_write_preset(r, "/nowhere/at/all.ini").code, STATUS_INPUT);
    run_free(r);
    RunOptions resume = {.settings = &settings, .resume = saved};
    r = fixture_run(&resume);
    assert_non_null(strstr(run_write_preset(r, fixture_path("no.ini")).text, "resumed"));
    run_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_session_is_replayed_byte_for_byte),
        cmocka_unit_test(test_branches_are_replayed),
        cmocka_unit_test(test_what_cannot_be_told_is_refused),
    };
    return cmocka_run_group_tests_name("journal", tests, fixture_setup, fixture_teardown);
}
