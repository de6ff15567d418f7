/* A log opened at any step shows the run as it was then; restarts, resumed runs, foreign and growing logs. */
#include "run_fixture.h"

#include <math.h>

#include <lrd/base/util.h>
#include <lrd/log/log_index.h>

static LogIndex *book_of(const char *path)
{
    Status s;
    LogIndex *l = log_index_open(path, &s);
    if (!l)
        fail_msg("%s", s.text);
    log_index_read(l, &s);
    assert_string_equal(s.text, "");
    return l;
}

static RunSummary *run_summary_blank(void)
{
    Settings settings = settings_default();
    return run_summary_new(&settings, 0, 0);
}

static void append(const char *path, const char *text)
{
    FILE *f = fopen(path, "a");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void assert_series_equal(const Series *a, const Series *b)
{
    assert_int_equal(a->count, b->count);
    for (int i = 0; i < a->count; i++) /* without what pads a bucket */
        assert_memory_equal(&a->bucket[i], &b->bucket[i], offsetof(SeriesBucket, value) + sizeof(float));
}

/* What a run up to this step left, against the same step of a longer one. */
static void test_summary_of_a_step_is_that_of_a_run_that_ended_there(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    ScheduledChange changes[] = {{50, "decay.kind", "l2"}, {150, "decay.kind", "svt"}};
    Schedule schedule = {.changes = changes, .count = 2};
    RunOptions o = {.settings = &settings, .schedule = &schedule, .log = fixture_path("whole.jsonl"), .force = true};
    train_to_end(&o);
    LogIndex *whole = book_of(o.log);
    assert_true(log_index_has_ended(whole));
    assert_int_equal(log_index_last(whole), 200);
    const int steps[] = {0, 60, 100, 140, 200};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        RunOptions part = o;
        part.log = fixture_path("part.jsonl");
        Run *r = fixture_run(&part);
        turns(r, min_int(steps[i] + 1, 200)); /* the row of a step is made before it */
        if (steps[i] == 200)
            run_turn(r);
        run_free(r);
        LogIndex *cut = book_of(part.log);
        RunSummary *a = run_summary_blank(), *b = run_summary_blank();
        log_index_summary_at(whole, steps[i], a);
        log_index_summary_at(cut, steps[i], b);
        for (int k = 0; k < SERIES_COUNT; k++)
            assert_series_equal(&a->series[k], &b->series[k]);
        assert_int_equal(a->step, b->step);
        assert_int_equal(a->evaluation.step, b->evaluation.step);
        assert_true(a->has_evaluation && a->has_before == b->has_before && a->has_sample == b->has_sample);
        assert_true(!a->has_before || a->before.step == b->before.step);
        assert_int_equal(a->settings.decay.kind, b->settings.decay.kind);
        assert_true(a->evaluation.train_loss == b->evaluation.train_loss);
        assert_int_equal(a->at_floor, b->at_floor);
        assert_int_equal(a->sigmas.count, b->sigmas.count);
        assert_true(a->sigmas.count > 0);
        run_summary_free(a);
        run_summary_free(b);
        log_index_close(cut);
    }
    log_index_close(whole);
}

static void test_restart_begins_the_book_anew(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    RunOptions o = {.settings = &settings, .log = fixture_path("two.jsonl"), .force = true};
    Run *r = fixture_run(&o);
    turns(r, 80);
    Settings next = settings;
    next.model.seed = 7;
    assert_true(status_is_ok(run_restart(r, &next, NULL)));
    turns(r, 30);
    run_free(r);
    LogIndex *l = book_of(o.log);
    RunSummary *b = run_summary_blank();
    assert_int_equal(log_index_last(l), 25);
    log_index_summary_at(l, 75, b);
    assert_int_equal(b->step, 25);
    assert_int_equal(b->settings.model.seed, 7);
    assert_int_equal(b->series[SERIES_TRAIN_ACC].count, 2);
    run_summary_free(b);
    log_index_close(l);
}

static void test_resumed_supersedes(void **state)
{
    (void)state;
    const char *path = fixture_path("resumed.jsonl");
    file_write(path,
               "{\"event\":\"start\",\"version\":\"1\",\"settings\":{\"task.op\":\"add\",\"decay.kind\":\"lrd\"}}\n"
               "{\"step\":0,\"train_acc\":0.1,\"unseen_acc\":0}\n"
               "{\"step\":10,\"train_acc\":0.2,\"unseen_acc\":0}\n"
               "{\"event\":\"set\",\"step\":15,\"key\":\"decay.kind\",\"from\":\"lrd\",\"to\":\"l2\"}\n"
               "{\"step\":20,\"train_acc\":0.9,\"unseen_acc\":0}\n"
               "{\"event\":\"resumed\",\"step\":10,\"to\":\"a\"}\n");
    LogIndex *l = book_of(path);
    assert_int_equal(log_index_summary(l)->settings.decay.kind, DECAY_LRD);
    append(path, "{\"step\":20,\"train_acc\":0.3,\"unseen_acc\":0}\n");
    Status s;
    assert_true(log_index_read(l, &s));
    assert_int_equal(log_index_last(l), 20);
    assert_true(fabs(log_index_summary(l)->evaluation.train_acc - 0.3) < 1e-12);
    assert_int_equal(log_index_summary(l)->series[SERIES_TRAIN_ACC].count, 3);
    assert_int_equal(log_index_next(l, 0), 10);
    assert_int_equal(log_index_next(l, 20), -1);
    log_index_close(l);
}

/* Four fields are a log; milestones and the decay are found in its rows. */
static void test_foreign_log(void **state)
{
    (void)state;
    const char *path = fixture_path("foreign.jsonl");
    file_write(path, "");
    LogIndex *l = book_of(path);
    assert_int_equal(log_index_rows(l), 0);
    for (int i = 0; i <= 30; i++) {
        char row[256];
        snprintf(row, sizeof row,
                 "{\"step\": %d, \"train_loss\": 0.5, \"train_acc\": %s, \"test_acc\": %s, "
                 "\"decay\": {\"kind\": \"%s\", \"strength\": 0.01}}\n",
                 i * 100, i >= 5 ? "1.0" : "0.5", i >= 20 ? "1" : "0.01", i < 10 ? "l2" : "lrd");
        append(path, row);
    }
    Status s;
    assert_true(log_index_read(l, &s));
    assert_string_equal(s.text, "");
    const RunSummary *b = log_index_summary(l);
    assert_int_equal(b->memorised, 600);
    assert_int_equal(b->grokked, 2100);
    assert_false(log_index_has_task(l));
    assert_true(log_index_is_foreign(l));
    assert_int_equal(b->events[1].kind, EVENT_SET); /* after "memorised": the decay changed with the rows */
    assert_string_equal(b->events[1].to, "lrd");
    assert_int_equal(b->events[1].step, 1000);
    assert_true(log_index_has_decay(l));
    assert_false(log_index_has_ended(l));
    assert_int_equal(b->settings.train.steps, 3000);
    RunSummary *at = run_summary_blank();
    log_index_summary_at(l, 950, at);
    assert_int_equal(at->settings.decay.kind, DECAY_L2);
    assert_int_equal(at->evaluation.step, 900);
    assert_true(at->evaluation.unseen_acc == 0.01);
    assert_int_equal(at->grokked, -1);
    run_summary_free(at);
    log_index_close(l);
}

/* A tail that is not whole yet, a tail that a resumed run cuts, a bad line, a file that is written anew. */
static void test_growing_log(void **state)
{
    (void)state;
    const char *path = fixture_path("grows.jsonl");
    Status s;
    file_write(path, "{\"step\":0,\"train_acc\":0.1}\n{\"step\":10,\"train");
    LogIndex *l = book_of(path);
    assert_int_equal(log_index_rows(l), 1);
    assert_int_equal(truncate(path, 27), 0);
    append(path, "{\"step\":20,\"train_acc\":0.2}\nnonsense\n{\"step\":30,\"train_acc\":0.3}\n");
    assert_true(log_index_read(l, &s));
    assert_non_null(strstr(s.text, "grows.jsonl:3: "));
    assert_int_equal(log_index_rows(l), 3);
    assert_false(log_index_read(l, &s));
    assert_string_equal(s.text, "");
    file_write(path, "{\"step\":5,\"train_acc\":0.7}\n");
    assert_true(log_index_read(l, &s));
    assert_int_equal(log_index_last(l), 5);
    assert_int_equal(log_index_rows(l), 1);
    log_index_close(l);
}

static void test_refusals(void **state)
{
    (void)state;
    Status s;
    assert_null(log_index_open(fixture_path("nothing.jsonl"), &s));
    assert_int_equal(s.code, STATUS_INPUT);
    assert_null(log_index_open("/dev/zero", &s));
    assert_non_null(strstr(s.text, "read twice"));
    assert_null(log_index_open(fixture_folder, &s));
    assert_non_null(strstr(s.text, "folder"));
}

/* The whole name of a file comes back from a log and a summary. */
static void test_long_file_names_are_whole(void **state)
{
    (void)state;
    char folder[200], path[400], line[600];
    snprintf(folder, sizeof folder, "%s/%0120d", fixture_folder, 0);
    snprintf(path, sizeof path, "%s/%0120d", folder, 1);
    snprintf(line, sizeof line, "mkdir -p %s", folder);
    assert_int_equal(system(line), 0);
    Settings settings = fixture_settings();
    RunOptions o = {.settings = &settings, .steps = 2, .save = path, .log = fixture_path("long.jsonl"), .force = true};
    train_to_end(&o);
    LogIndex *l = book_of(o.log);
    const RunSummary *b = log_index_summary(l);
    assert_true(b->event_count >= 2);
    assert_string_equal(b->events[0].to, path);
    log_index_close(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_summary_of_a_step_is_that_of_a_run_that_ended_there),
        cmocka_unit_test(test_restart_begins_the_book_anew),
        cmocka_unit_test(test_resumed_supersedes),
        cmocka_unit_test(test_foreign_log),
        cmocka_unit_test(test_growing_log),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_long_file_names_are_whole),
    };
    return cmocka_run_group_tests_name("logbook", tests, fixture_setup, fixture_teardown);
}
