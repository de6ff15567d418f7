/* Branches of a run: other futures from an earlier step, and the way back. */
#include "run_fixture.h"

#include <lrd/log/branches.h>
#include <lrd/log/log_index.h>

static Run *rewind_run(const RunOptions *o)
{
    Run *r = fixture_run(o);
    run_keep_rewind(r);
    return r;
}

static void assert_ok(Status s)
{
    assert_string_equal(s.text, "");
}

static void assert_refused(Status s, const char *words)
{
    assert_int_equal(s.code, STATUS_INPUT);
    assert_non_null(strstr(s.text, words));
}

/* The rows of the log that stand after its n-th event of this name and before the next one. */
static json_t *rows_after(const char *path, const char *name, int n)
{
    size_t length;
    char *bytes = file_bytes(path, &length), *rest = bytes, *line;
    json_t *list = json_array();
    int seen = 0;
    while ((line = strsep(&rest, "\n")) && *line) {
        json_t *row = json_loads(line, 0, NULL);
        const char *event = json_string_value(json_object_get(row, "event"));
        seen += event && strcmp(event, name) == 0;
        json_object_del(row, "time_s");
        json_object_del(row, "steps_per_s");
        if (!event && seen == n)
            json_array_append(list, row);
        json_decref(row);
    }
    free(bytes);
    return list;
}

static void check_repeats(int64_t batch, const Schedule *schedule)
{
    Settings settings = fixture_settings();
    settings.train.batch = batch;
    RunOptions o = {.settings = &settings, .schedule = schedule, .log = fixture_path("again.jsonl"), .force = true};
    Run *r = rewind_run(&o);
    turns(r, 157);
    char first[128], second[128];
    snprintf(first, sizeof first, "%s", fixture_path("first"));
    snprintf(second, sizeof second, "%s", fixture_path("second"));
    assert_ok(run_save(r, first));
    assert_ok(run_branch(r, 83, ""));
    assert_int_equal(run_step(r), 80);
    assert_int_equal(run_summary(r)->branches.now, 2);
    turns(r, 77);
    assert_ok(run_save(r, second));
    assert_files_equal(first, second);
    assert_ok(run_end(r, "done"));
    run_free(r);
    json_t *before = rows_after(o.log, "branch", 0), *after = rows_after(o.log, "branch", 1);
    size_t count = json_array_size(after), all = json_array_size(before);
    assert_int_equal(count, 15 + 1); /* 85, 90, ... 155, and 157 because run_end evaluates the last */
    for (size_t i = 0; i + 1 < count; i++)
        assert_true(json_equal(json_array_get(before, all - (count - 1) + i), json_array_get(after, i)));
    json_decref(before);
    json_decref(after);
}

static void test_nothing_changed_repeats_the_future_bit_for_bit(void **state)
{
    (void)state;
    check_repeats(64, NULL);
    check_repeats(0, NULL);
}

static void test_a_schedule_is_followed_again(void **state)
{
    (void)state;
    /* The strength that is in force when the branch starts is taken along, so that only other keys may repeat. */
    ScheduledChange changes[] = {{40, "train.lr", "0.002"}, {120, "train.lr", "0.0005"}};
    const Schedule schedule = {changes, 2};
    Settings settings = fixture_settings();
    RunOptions o = {.settings = &settings, .schedule = &schedule};
    Run *r = rewind_run(&o);
    turns(r, 150);
    assert_ok(run_branch(r, 100, ""));
    assert_true(run_settings(r)->train.lr == 0.002);
    assert_true(run_summary(r)->settings.train.lr == 0.002);
    turns(r, 30);
    assert_true(run_settings(r)->train.lr == 0.0005);
    run_free(r);
    check_repeats(64, &schedule);
}

/* A run that was never branched, switched by hand at that step, is what a branch with that change is. */
static void test_a_change_makes_the_future_that_it_would_have_made(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    char branched[128], straight[128];
    snprintf(branched, sizeof branched, "%s", fixture_path("branched"));
    snprintf(straight, sizeof straight, "%s", fixture_path("straight"));
    RunOptions o = {.settings = &settings, .log = fixture_path("change.jsonl"), .force = true};
    Run *r = rewind_run(&o);
    turns(r, 150);
    assert_ok(run_set(r, "decay.strength", "0.02")); /* the decay now selected goes along */
    assert_ok(run_branch(r, 60, "decay.kind=l2 decay.targets=all"));
    assert_int_equal(run_settings(r)->decay.kind, DECAY_L2);
    assert_true(run_settings(r)->decay.strength == 0.02);
    assert_string_equal(run_summary(r)->branches.item[1].name, "L2 0.02 on all");
    assert_int_equal(run_summary(r)->branches.item[1].fork, 60);
    assert_int_equal(run_summary(r)->settings.decay.targets, TARGETS_ALL);
    turns(r, 60);
    assert_ok(run_save(r, branched));
    run_free(r);
    assert_int_equal(event_count(o.log, "branch", "L2 0.02 on all"), 1);
    RunOptions plain = {.settings = &settings};
    r = fixture_run(&plain);
    turns(r, 60);
    assert_ok(run_save(r, straight)); /* its row before the changes, as in the branch */
    const char *const words[][2] = {{"decay.kind", "l2"}, {"decay.strength", "0.02"}, {"decay.targets", "all"}};
    for (int i = 0; i < 3; i++)
        assert_ok(run_set(r, words[i][0], words[i][1]));
    turns(r, 60);
    assert_ok(run_save(r, straight));
    run_free(r);
    assert_files_equal(branched, straight);
}

static void test_branches_are_switched_between(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    char whole[128], pieces[128];
    snprintf(whole, sizeof whole, "%s", fixture_path("whole"));
    snprintf(pieces, sizeof pieces, "%s", fixture_path("pieces"));
    RunOptions o = {.settings = &settings, .log = fixture_path("switch.jsonl"), .force = true};
    Run *r = rewind_run(&o);
    turns(r, 112);
    assert_ok(run_branch(r, 40, "decay.kind=none"));
    turns(r, 21);
    const RunSummary *b = run_summary(r);
    assert_int_equal(branches_summary(&b->branches, 1)->step, 110);
    assert_null(branches_summary(&b->branches, 2));
    assert_ok(run_switch(r, 1));
    assert_int_equal(run_step(r), 112);
    assert_int_equal(run_settings(r)->decay.kind, DECAY_LRD);
    assert_int_equal(b->settings.decay.kind, DECAY_LRD);
    assert_int_equal(b->branches.now, 1);
    assert_int_equal(b->evaluation.step, 100);
    assert_int_equal(branches_summary(&b->branches, 2)->settings.decay.kind, DECAY_NONE);
    turns(r, 30);
    assert_ok(run_save(r, pieces));
    assert_ok(run_branch(r, 20, "decay.kind=polar")); /* from before where the other one parted */
    assert_int_equal(b->branches.item[2].parent, 1);
    assert_int_equal(branches_parting(&b->branches, 3, 2), 20);
    assert_int_equal(branches_parting(&b->branches, 1, 2), 40);
    assert_ok(run_switch(r, 2));
    assert_int_equal(run_step(r), 61);
    assert_ok(run_branch(r, 50, ""));
    assert_int_equal(b->branches.item[3].parent, 2);
    assert_int_equal(branches_parting(&b->branches, 4, 2), 50);
    assert_int_equal(branches_parting(&b->branches, 4, 3), 20);
    assert_ok(run_end(r, "done"));
    run_free(r);
    assert_int_equal(event_count(o.log, "switch", NULL), 2);
    RunOptions plain = {.settings = &settings};
    r = fixture_run(&plain);
    turns(r, 142);
    assert_ok(run_save(r, whole));
    assert_files_equal(whole, pieces);
    run_free(r);
}

static void test_what_cannot_be_done_is_refused(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    RunOptions o = {.settings = &settings};
    Run *r = fixture_run(&o);
    assert_refused(run_branch(r, 0, ""), "rewind points"); /* none without a history */
    run_keep_rewind(r);
    assert_refused(run_branch(r, 0, ""), "before step 0");
    turns(r, 60);
    assert_refused(run_branch(r, 40, "decay.kind=l3"), "l3");
    assert_refused(run_branch(r, 40, "model.dim=64"), "model.dim");
    assert_refused(run_branch(r, 40, "decay.kind"), "KEY=VALUE");
    assert_refused(run_switch(r, 1), "no other branch");
    assert_refused(run_switch(r, 7), "no other branch");
    for (int i = 1; i < BRANCHES_MAX; i++)
        assert_ok(run_branch(r, 40, "decay.kind=l2"));
    assert_refused(run_branch(r, 40, ""), "12 branches");
    assert_ok(run_set(r, "lab.rewind_mb", "0"));
    assert_refused(run_switch(r, 1), "rewind point went");
    turns(r, 10);
    run_free(r);
}

/* Both futures, trained side by side, are what each would have been alone. */
static void test_a_twin_keeps_step_and_disturbs_nothing(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    settings.train.threads = 3;
    char one[128], two[128], alone[128], other[128];
    snprintf(one, sizeof one, "%s", fixture_path("one"));
    snprintf(two, sizeof two, "%s", fixture_path("two"));
    snprintf(alone, sizeof alone, "%s", fixture_path("alone"));
    snprintf(other, sizeof other, "%s", fixture_path("other"));
    RunOptions o = {.settings = &settings, .log = fixture_path("twin.jsonl"), .force = true};
    Run *r = rewind_run(&o);
    turns(r, 43);
    assert_ok(run_start_twin(r, "decay.kind=l2 decay.strength=0.1"));
    assert_int_equal(run_twin(r), 2);
    assert_int_equal(run_summary(r)->branches.now, 1);
    turns(r, 37);
    assert_ok(run_set(r, "train.lr", "0.002"));       /* both */
    assert_ok(run_set(r, "decay.strength", "0.003")); /* the one in hand */
    turns(r, 41);
    const RunSummary *twin = branches_summary(&run_summary(r)->branches, 2);
    assert_int_equal(twin->step, 120);
    assert_int_equal(run_summary(r)->step, 120);
    assert_int_equal(twin->evaluation.step, 120);
    assert_int_equal(twin->settings.decay.kind, DECAY_L2);
    assert_true(twin->settings.train.lr == 0.002 && twin->settings.decay.strength == 0.1);
    assert_true(twin->evaluation.matrix[0].norm != run_summary(r)->evaluation.matrix[0].norm);
    run_end_twin(r);
    assert_int_equal(run_twin(r), 0);
    assert_ok(run_save(r, one)); /* with its twin it would hold both */
    turns(r, 5);
    assert_ok(run_switch(r, 2));
    assert_int_equal(run_step(r), 121);
    assert_ok(run_save(r, two));
    assert_ok(run_end(r, "done"));
    run_free(r);

    RunOptions plain = {.settings = &settings};
    for (int i = 0; i < 2; i++) {
        r = fixture_run(&plain);
        turns(r, 43);
        if (i == 1) {
            assert_ok(run_set(r, "decay.kind", "l2"));
            assert_ok(run_set(r, "decay.strength", "0.1"));
        }
        turns(r, 37);
        assert_ok(run_set(r, "train.lr", "0.002"));
        if (i == 0)
            assert_ok(run_set(r, "decay.strength", "0.003"));
        turns(r, 41);
        assert_ok(run_save(r, i == 0 ? alone : other));
        run_free(r);
    }
    assert_files_equal(one, alone);
    assert_files_equal(two, other);

    Status status;
    LogIndex *book = log_index_open(o.log, &status);
    assert_true(log_index_read(book, &status));
    assert_ok(status);
    assert_int_equal(log_index_summary(book)->branches.now, 2);
    assert_int_equal(log_index_summary(book)->settings.decay.kind, DECAY_L2);
    assert_int_equal(log_index_summary(book)->step, 121);
    assert_int_equal(branches_summary(&log_index_summary(book)->branches, 1)->step, 125);
    log_index_close(book);
}

static void test_a_twin_ends_with_a_move(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    RunOptions o = {.settings = &settings};
    Run *r = rewind_run(&o);
    turns(r, 30);
    assert_refused(run_start_twin(r, ""), "same settings");
    assert_refused(run_start_twin(r, "decay.kind=l9"), "l9");
    assert_ok(run_start_twin(r, "decay.kind=l2"));
    assert_refused(run_start_twin(r, "decay.kind=svt"), "already");
    turns(r, 30);
    assert_ok(run_branch(r, 40, "decay.kind=none"));
    assert_int_equal(run_twin(r), 0);
    turns(r, 10);
    assert_ok(run_start_twin(r, "decay.kind=l2"));
    turns(r, 10);
    assert_ok(run_switch(r, 2)); /* the first twin, where it was left */
    assert_int_equal(run_step(r), 60);
    assert_ok(run_start_twin(r, "decay.kind=lrd"));
    turns(r, 3);
    assert_ok(run_restart(r, run_settings(r), NULL));
    assert_int_equal(run_twin(r), 0);
    turns(r, 10);
    assert_ok(run_start_twin(r, "decay.kind=lrd"));
    turns(r, 3);
    run_abandon(r);
    assert_int_equal(run_turn(r), RUN_ABANDONED);
    assert_int_equal(run_turn(r), RUN_STEPPED);
    run_free(r); /* with its twin */
}

/* Reading the log gives the summaries that the run had. */
static void test_a_log_tells_the_same_story(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    RunOptions o = {.settings = &settings, .log = fixture_path("story.jsonl"), .force = true};
    Run *r = rewind_run(&o);
    turns(r, 112);
    assert_ok(run_branch(r, 40, "decay.kind=none"));
    turns(r, 21);
    assert_ok(run_switch(r, 1));
    turns(r, 9);
    Status status;
    LogIndex *book = log_index_open(o.log, &status);
    assert_true(log_index_read(book, &status));
    assert_ok(status);
    const RunSummary *live = run_summary(r), *b = log_index_summary(book);
    assert_int_equal(b->branches.count, 2);
    assert_int_equal(b->branches.now, 1);
    assert_string_equal(b->branches.item[1].name, live->branches.item[1].name);
    assert_int_equal(b->step, live->step);
    assert_int_equal(b->settings.decay.kind, live->settings.decay.kind);
    const RunSummary *other = branches_summary(&b->branches, 2), *theirs = branches_summary(&live->branches, 2);
    assert_int_equal(other->settings.decay.kind, DECAY_NONE);
    for (int i = 0; i <= SERIES_TEST_LOSS; i++) {
        assert_int_equal(b->series[i].count, live->series[i].count);
        assert_int_equal(other->series[i].count, theirs->series[i].count);
    }
    /* Opened at an earlier step it shows the branch in hand there, read again from its own rows. */
    RunSummary *early = run_summary_new(&settings, live->evaluation.matrix_count, live->evaluation.sigma_count);
    log_index_summary_at(book, 90, early);
    assert_int_equal(early->evaluation.step, 80);
    assert_int_equal(early->settings.decay.kind, DECAY_LRD);
    assert_true(early->evaluation.train_loss == eval_history_of_step(&live->moments, 80)->train_loss);
    assert_int_equal(log_index_next(book, 100), 105);
    run_summary_free(early);
    log_index_close(book);
    run_free(r);
}

/* The word of the preset holds for the run as it was meant, whatever its schedule does, and not once it is changed. */
static void test_what_is_expected_ends_with_a_change(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    ScheduledChange planned[] = {{10, "decay.strength", "0.004"}};
    const Schedule schedule = {planned, 1};
    RunOptions o = {.settings = &settings, .schedule = &schedule};
    o.expect.event[EXPECTED_GROKKED].kind = EXPECTED_NEVER;
    Run *r = rewind_run(&o);
    turns(r, 45);
    assert_non_null(run_expectation(r)); /* through the scheduled change */
    assert_ok(run_set(r, "lab.speed", "1000"));
    assert_ok(run_set(r, "train.lr", "0.001")); /* in force already */
    assert_ok(run_branch(r, 20, ""));
    assert_ok(run_start_twin(r, "decay.kind=l2"));
    turns(r, 5);
    assert_non_null(run_expectation(r));
    assert_ok(run_branch(r, 20, "decay.kind=polar"));
    assert_null(run_expectation(r));
    assert_ok(run_restart(r, &settings, NULL));
    assert_non_null(run_expectation(r));
    assert_ok(run_set(r, "train.lr", "0.002"));
    assert_ok(run_set(r, "train.lr", "0.001"));
    assert_null(run_expectation(r)); /* it was another one for a while */
    assert_ok(run_restart(r, run_settings(r), NULL));
    assert_ok(run_scale(r, "layers.0.attn.q_proj.weight", 2));
    assert_null(run_expectation(r));
    Settings other = settings;
    other.model.seed = 7;
    assert_ok(run_restart(r, &other, NULL));
    assert_non_null(run_expectation(r)); /* of any seed */
    other.task.frac = .3;
    assert_ok(run_restart(r, &other, NULL));
    assert_null(run_expectation(r));
    assert_ok(run_restart(r, &settings, &schedule)); /* another preset, which expects nothing until it is told */
    assert_null(run_expectation(r));
    run_expect(r, &o.expect);
    assert_int_equal(run_expectation(r)->event[EXPECTED_GROKKED].kind, EXPECTED_NEVER);
    run_free(r);
}

/* With another model in between, a run that came back ends as one that never left: branches, twin and all. */
static void test_a_run_that_was_left_comes_back_whole(void **state)
{
    (void)state;
    Settings settings = fixture_settings(), other = settings;
    other.model.dim = 16;
    other.model.depth = 1;
    char saved[2][128];
    for (int way = 0; way < 2; way++) {
        snprintf(saved[way], sizeof saved[way], "%s", fixture_path(way ? "left" : "stayed"));
        RunOptions o = {.settings = &settings, .log = fixture_path("left.jsonl"), .force = true};
        Run *r = rewind_run(&o);
        turns(r, 60);
        assert_ok(run_branch(r, 20, "decay.kind=l2 decay.strength=0.1"));
        turns(r, 13);
        assert_ok(run_start_twin(r, "decay.kind=lrd decay.strength=0.005"));
        turns(r, 7);
        assert_false(run_can_return(r));
        const int points = rewind_count(run_rewind(r));
        if (way) {
            assert_ok(run_restart(r, &other, NULL));
            assert_ok(run_set(r, "train.lr", "0.002"));
            turns(r, 25);
            assert_int_equal(run_summary(r)->branches.count, 1);
            assert_int_equal(run_twin(r), 0);
            assert_true(run_can_return(r));
            run_return(r);
            assert_false(run_can_return(r));
        }
        assert_int_equal(run_step(r), 40);
        assert_int_equal(rewind_count(run_rewind(r)), points);
        assert_int_equal(run_summary(r)->branches.count, 3);
        assert_int_equal(run_twin(r), 3);
        turns(r, 20);
        run_end_twin(r);
        assert_ok(run_switch(r, 3));
        turns(r, 5);
        assert_ok(run_save(r, saved[way]));
        run_free(r);
        assert_int_equal(event_count(o.log, "start", NULL), way ? 3 : 1);
        assert_int_equal(event_count(o.log, "resumed", NULL), way);
    }
    assert_files_equal(saved[0], saved[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_changed_repeats_the_future_bit_for_bit),
        cmocka_unit_test(test_a_schedule_is_followed_again),
        cmocka_unit_test(test_a_change_makes_the_future_that_it_would_have_made),
        cmocka_unit_test(test_branches_are_switched_between),
        cmocka_unit_test(test_what_cannot_be_done_is_refused),
        cmocka_unit_test(test_a_twin_keeps_step_and_disturbs_nothing),
        cmocka_unit_test(test_a_twin_ends_with_a_move),
        cmocka_unit_test(test_a_log_tells_the_same_story),
        cmocka_unit_test(test_a_run_that_was_left_comes_back_whole),
        cmocka_unit_test(test_what_is_expected_ends_with_a_change),
    };
    return cmocka_run_group_tests_name("branch", tests, fixture_setup, fixture_teardown);
}
