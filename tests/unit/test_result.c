/* Results of whole runs: what they say, what they are compared by, and what is refused as one. */
#include "run_fixture.h"

#include <lrd/sweep/result.h>

#include <math.h>

static Recipe recipe(const char *key, const char *value)
{
    Settings s = fixture_settings();
    Schedule schedule = {0};
    if (key)
        assert_true(status_is_ok(settings_set(&s, key, value)));
    assert_true(status_is_ok(schedule_add(&schedule, "10=decay.kind:l2")));
    Recipe r = recipe_make(&s, &schedule, NULL, NULL, NULL, true);
    schedule_free(&schedule);
    return r;
}

static void assert_same(Recipe *a, Recipe *b, const char *difference)
{
    Text said = {0};
    assert_int_equal(recipe_is_same(a, b, &said), !*difference);
    assert_string_equal(text_str(&said), difference);
    text_free(&said);
}

static void recipes_are_compared_by_what_counts(void **state)
{
    (void)state;
    Recipe a = recipe(NULL, NULL), same = recipe(NULL, NULL), threads = recipe("train.threads", "7");
    Recipe title = recipe("lab.title", "x"), steps = recipe("train.steps", "201");
    assert_same(&a, &same, "");
    assert_same(&a, &threads, "");
    assert_same(&a, &title, "");
    assert_same(&a, &steps, "train.steps is \"200\" there and \"201\" here");
    same.stop_grokked = false;
    assert_same(&a, &same, "stop is \"grokked\" there and \"never\" here");
    same.stop_grokked = true;
    text_clear(&same.schedule);
    assert_same(&a, &same, "schedule is \"10=decay.kind:l2\" there and nothing here");
    Recipe *all[] = {&a, &same, &threads, &title, &steps};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        recipe_free(all[i]);
}

/* A run by hand: its result is what its summary says, and comes back from the file number by number. */
static void a_result_comes_back_as_it_was_written(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    RunOptions o = {.settings = &settings};
    Run *run = fixture_run(&o);
    while (run_turn(run) == RUN_STEPPED)
        ;
    assert_int_equal(run_end(run, "done").code, STATUS_OK);
    Recipe asked = recipe(NULL, NULL);
    Result written = result_of_summary(run_summary(run), &asked, false, 1.5), read;
    assert_int_equal(written.step, 200);
    assert_true(written.best_unseen_acc >= written.unseen_acc);
    assert_true(isfinite(written.turn) && written.turn > 0);
    assert_true(written.unseen_rows > 0);
    double hits = written.best_unseen_acc * (double)written.unseen_rows;
    assert_true(fabs(hits - round(hits)) < 1e-9);
    /* Of all test pairs: here mirrored ones are learned first, so that their share is more than that of unseen ones. */
    assert_true(written.best_test_acc >= written.test_acc && written.best_test_acc > written.best_unseen_acc);
    const char *path = fixture_path("r.json");
    assert_int_equal(result_write(path, &written).code, STATUS_OK);
    assert_int_equal(result_read(path, &read).code, STATUS_OK);
    assert_string_equal(read.outcome, written.outcome);
    for (int i = 0; i < result_field_count; i++) {
        double a = record_field_value(&result_fields[i], &written), b = record_field_value(&result_fields[i], &read);
        assert_true((isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof a) == 0);
    }
    for (int i = 0; i < result_step_count; i++)
        assert_memory_equal((char *)&read + result_steps[i].offset, (char *)&written + result_steps[i].offset, 8);
    assert_same(&read.recipe, &written.recipe, "");
    result_free(&read);
    result_free(&written);
    run_free(run);
}

static void what_is_no_result_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "{",
        "[]",
        "{}",
        "{\"outcome\":\"grokked\"}",
        "{\"outcome\":\"grokked\",\"step\":-1,\"settings\":{}}",
        "{\"outcome\":\"grokked\",\"step\":1.5,\"settings\":{}}",
        "{\"outcome\":\"grokked\",\"step\":1,\"settings\":{\"task.p\":\"x\"}}",
        "{\"outcome\":\"grokked\",\"step\":1,\"settings\":{\"task.new\":\"1\"}}",
        "{\"outcome\":\"grokked\",\"step\":1,\"settings\":{},\"turn\":\"x\"}",
        "{\"outcome\":\"a word that is far too long\",\"step\":1,\"settings\":{}}",
        "{\"outcome\":\"grokked\",\"step\":1,\"settings\":{}} x",
    };
    const char *path = fixture_path("bad.json");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        Result r;
        file_write(path, texts[i]);
        Status s = result_read(path, &r);
        if (s.code != STATUS_INPUT || !strstr(s.text, "bad.json"))
            fail_msg("%s: %s", texts[i], s.text);
    }
    Result r;
    file_write(path, "{\"outcome\":\"grokked\",\"step\":1,\"settings\":{}}");
    assert_int_equal(result_read(path, &r).code, STATUS_OK);
    assert_int_equal(r.grokked, -1);
    assert_true(isnan(r.turn));
    result_free(&r);
}

/* A run that ends as soon as it has grokked, if it does. */
static Run *run_to_its_end(const char *seed)
{
    Settings s = fixture_settings();
    const char *const words[][2] = {{"task.p", "7"},          {"task.frac", "0.8"},        {"train.lr", "0.01"},
                                    {"train.batch", "16"},    {"train.eval_every", "10"},  {"decay.rest", "1"},
                                    {"train.steps", "20000"}, {"train.sample_every", "0"}, {"model.seed", seed}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        assert_true(status_is_ok(settings_set(&s, words[i][0], words[i][1])));
    RunOptions o = {.settings = &s, .stop_grokked = true};
    Run *run = fixture_run(&o);
    RunTurn turn;
    while ((turn = run_turn(run)) == RUN_STEPPED)
        ;
    assert_int_equal(turn, RUN_FINISHED);
    return run;
}

/* --stop grokked: the run is over at the evaluation that says so. Whether one seed groks hangs on the last bits of the
 * machine's products; that none of ten does would be news. */
static void a_run_may_end_when_it_has_grokked(void **state)
{
    (void)state;
    static const char *const seeds[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
    int ended = 0;
    for (size_t i = 0; i < sizeof seeds / sizeof *seeds && !ended; i++) {
        Run *run = run_to_its_end(seeds[i]);
        ended = run_step(run) < 20000;
        assert_int_equal(run_summary(run)->grokked, ended ? run_step(run) : -1);
        assert_int_equal(run_turn(run), RUN_FINISHED);
        assert_int_equal(run_end(run, ended ? "grokked" : "steps").code, STATUS_OK);
        run_free(run);
    }
    assert_true(ended);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recipes_are_compared_by_what_counts),
        cmocka_unit_test(a_result_comes_back_as_it_was_written),
        cmocka_unit_test(what_is_no_result_is_refused),
        cmocka_unit_test(a_run_may_end_when_it_has_grokked),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
