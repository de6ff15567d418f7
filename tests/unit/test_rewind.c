/* Rewind points: how many there are, which of them go, and a run that goes back to one. */
#include "run_fixture.h"

#include <math.h>

#include <lrd/base/util.h>
#include <lrd/train/rewind.h>

enum { PARAMETERS = 10000, ROWS = 500, MIB = 4, POINT = 3 * PARAMETERS * 4 + ROWS * 4 };

static void add(Rewind *h, int branch, int64_t step)
{
    RewindPoint *p = rewind_add(h, branch, step);
    assert_non_null(p);
    memset(p->state.weights, (int)(step % 251), 3 * PARAMETERS * sizeof *p->state.weights);
    memset(p->state.permutation, branch, ROWS * sizeof *p->state.permutation);
}

static void test_memory_is_bounded_and_points_thin_out(void **state)
{
    (void)state;
    Rewind *h = rewind_new(PARAMETERS, ROWS, MIB);
    for (int64_t step = 0; step <= 100000; step += 20) {
        add(h, 1, step);
        assert_true(rewind_bytes(h) <= (size_t)MIB << 20);
    }
    assert_true(rewind_bytes(h) > ((size_t)MIB << 20) - 2 * (POINT + sizeof(RewindPoint)));
    const int count = rewind_count(h);
    assert_int_equal(rewind_at(h, 0)->step, 0);
    assert_int_equal(rewind_at(h, count - 1)->step, 100000);
    assert_int_equal(rewind_at(h, count - 2)->step, 100000 - 20); /* dense near now */
    for (int i = 1; i < count; i++) {                             /* and nowhere a hole */
        int64_t gap = rewind_at(h, i)->step - rewind_at(h, i - 1)->step;
        int64_t distance = 100000 - rewind_at(h, i - 1)->step;
        assert_true(gap > 0 && (double)gap <= fmax(40, 0.75 * (double)distance));
        assert_int_equal(((const unsigned char *)rewind_at(h, i)->state.m)[0], rewind_at(h, i)->step % 251);
    }
    rewind_free(h);
}

/* Steps that were evaluated outlive the others. */
static void test_evaluated_points_stay_longest(void **state)
{
    (void)state;
    Rewind *h = rewind_new(PARAMETERS, ROWS, MIB);
    for (int64_t step = 0; step <= 3000; step += 10) {
        add(h, 1, step);
        rewind_find(h, 1, step)->evaluated = step % 100 == 0;
    }
    for (int64_t step = 0; step <= 3000; step += 100)
        assert_int_equal(rewind_find(h, 1, step)->step, step);
    rewind_free(h);
}

static void test_points_are_found_by_branch(void **state)
{
    (void)state;
    Rewind *h = rewind_new(PARAMETERS, ROWS, MIB);
    for (int64_t step = 0; step <= 100; step += 20)
        add(h, 1, step);
    add(h, 2, 60);
    add(h, 1, 130);
    assert_int_equal(rewind_find(h, 1, 59)->step, 40);
    assert_int_equal(rewind_find(h, 1, 129)->step, 100);
    assert_int_equal(rewind_find(h, 1, 1000)->step, 130);
    assert_null(rewind_find(h, 2, 59));
    assert_int_equal(rewind_find(h, 2, 60)->branch, 2);
    assert_null(rewind_find(h, 3, 60));
    rewind_cut(h, 1, 40);
    assert_int_equal(rewind_find(h, 1, 1000)->step, 40);
    assert_int_equal(rewind_count(h), 4);
    rewind_free(h);
}

static void test_kept_points_stay_and_little_room_holds_the_newest(void **state)
{
    (void)state;
    Rewind *h = rewind_new(PARAMETERS, ROWS, MIB);
    add(h, 1, 0);
    add(h, 1, 70);
    rewind_find(h, 1, 70)->kept = true;
    for (int64_t step = 50; step <= 20000; step += 10)
        add(h, 2, step);
    assert_int_equal(rewind_find(h, 1, 70)->step, 70);
    rewind_resize(h, 1);
    assert_true(rewind_bytes(h) <= (size_t)1 << 20);
    assert_int_equal(rewind_find(h, 1, 70)->step, 70);
    rewind_resize(h, 0);
    assert_int_equal(rewind_count(h), 0);
    assert_null(rewind_add(h, 2, 30000));
    rewind_free(h);
    h = rewind_new(100000, ROWS, 2); /* room for one */
    for (int64_t step = 0; step <= 100; step += 20) {
        assert_non_null(rewind_add(h, 1, step));
        assert_int_equal(rewind_count(h), 1);
    }
    assert_int_equal(rewind_at(h, 0)->step, 100);
    rewind_free(h);
}

/* ---- a run with rewind points ---- */

static void test_rows_leave_points_in_the_room_that_there_is(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    settings.lab.rewind_mb = 3;
    RunOptions o = {.settings = &settings};
    Run *r = fixture_run(&o);
    assert_null(run_rewind(r)); /* training alone needs none */
    run_keep_rewind(r);
    turns(r, 23);
    assert_int_equal(rewind_count(run_rewind(r)), 5); /* steps 0 5 10 15 20 */
    assert_int_equal(rewind_at(run_rewind(r), 4)->step, 20);
    turns(r, 170);
    assert_true(rewind_bytes(run_rewind(r)) <= (size_t)3 << 20);
    assert_true(rewind_count(run_rewind(r)) > 5);
    assert_true(status_is_ok(run_set(r, "lab.rewind_mb", "1")));
    assert_true(rewind_bytes(run_rewind(r)) <= (size_t)1 << 20);
    assert_true(status_is_ok(run_set(r, "lab.rewind_mb", "0")));
    assert_int_equal(rewind_count(run_rewind(r)), 0);
    run_free(r);
}

/* A view of the weights may be of then; the run does not notice. */
static void test_a_probe_of_the_past_disturbs_nothing(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    char looked[128], left[128];
    snprintf(looked, sizeof looked, "%s", fixture_path("looked"));
    snprintf(left, sizeof left, "%s", fixture_path("left"));
    RunOptions o = {.settings = &settings};
    Run *r = fixture_run(&o);
    run_keep_rewind(r);
    Probe then = {0}, now = {0};
    ProbeRequest ask = {.kind = PROBE_FOURIER};
    turns(r, 40);
    assert_true(run_probe(r, &ask, &then));
    turns(r, 22);
    ask.past = true;
    ask.at = 43;
    assert_false(probe_answers(&then, &ask));
    assert_true(run_probe(r, &ask, &now));
    assert_true(probe_answers(&now, &ask));
    assert_int_equal(now.step, 40);
    assert_int_equal(run_step(r), 62);
    assert_memory_equal(now.power, then.power, sizeof now.power);
    turns(r, 10);
    assert_true(status_is_ok(run_save(r, looked)));
    run_free(r);
    probe_free(&then);
    probe_free(&now);
    r = fixture_run(&o);
    turns(r, 72);
    ask.at = 40;
    assert_false(run_probe(r, &ask, &now)); /* it kept no history */
    assert_true(status_is_ok(run_save(r, left)));
    assert_files_equal(looked, left);
    run_free(r);
}

static void test_non_finite_goes_back_to_the_last_good_point(void **state)
{
    (void)state;
    Settings settings = fixture_settings();
    settings.model.qk_norm = QK_NORM_OFF;
    RunOptions o = {
        .settings = &settings, .log = fixture_path("back.jsonl"), .save = fixture_path("back"), .force = true};
    Run *r = fixture_run(&o);
    run_keep_rewind(r);
    turns(r, 52);
    for (int i = 0; i < 3; i++)
        assert_true(status_is_ok(run_scale(r, "layers.0.attn.q_proj.weight", 1e30)));
    assert_int_equal(run_turn(r), RUN_NON_FINITE);
    assert_int_equal(run_step(r), 50);
    const char *words = run_take_message(r);
    assert_non_null(strstr(words, "not finite at step 52"));
    assert_non_null(strstr(words, "back at step 50"));
    assert_int_equal(run_summary(r)->step, 50);
    turns(r, 50); /* and goes on from there as if nothing had been */
    assert_true(status_is_ok(run_end(r, "done")));
    run_free(r);
    RunOptions plain = {.settings = &settings, .steps = 100, .save = fixture_path("plain")};
    r = fixture_run(&plain);
    turns(r, 100);
    assert_true(status_is_ok(run_end(r, "done")));
    run_free(r);
    assert_files_equal(o.save, plain.save);
    assert_int_equal(event_count(o.log, "non-finite", NULL), 1);
    assert_int_equal(event_count(o.log, "branch", "not finite at 52"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory_is_bounded_and_points_thin_out),
        cmocka_unit_test(test_evaluated_points_stay_longest),
        cmocka_unit_test(test_points_are_found_by_branch),
        cmocka_unit_test(test_kept_points_stay_and_little_room_holds_the_newest),
        cmocka_unit_test(test_rows_leave_points_in_the_room_that_there_is),
        cmocka_unit_test(test_a_probe_of_the_past_disturbs_nothing),
        cmocka_unit_test(test_non_finite_goes_back_to_the_last_good_point),
    };
    return cmocka_run_group_tests_name("history", tests, fixture_setup, fixture_teardown);
}
