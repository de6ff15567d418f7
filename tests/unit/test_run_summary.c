/* The summary folds records in their order; a run that goes back forgets what came later. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>

#include <lrd/log/run_summary.h>

enum { MATRICES = 2, SIGMAS = 3 };

static int setup(void **state)
{
    Settings settings = settings_default();
    *state = run_summary_new(&settings, MATRICES, SIGMAS);
    return 0;
}

static int teardown(void **state)
{
    run_summary_free(*state);
    return 0;
}

static void add_evaluation(RunSummary *b, int64_t step, double train_acc, double rank)
{
    Evaluation e;
    evaluation_init(&e, MATRICES, SIGMAS);
    e.step = step;
    e.train_acc = train_acc;
    e.stable_rank = rank;
    for (int i = 0; i < MATRICES; i++) {
        e.matrix[i].norm = rank + i;
        for (int j = 0; j < SIGMAS; j++)
            e.sigma[i * SIGMAS + j] = (float)step;
    }
    run_summary_add_evaluation(b, &e);
    evaluation_free(&e);
}

static void add_spectrum(RunSummary *b, int64_t step, double rank)
{
    Evaluation e;
    evaluation_init(&e, MATRICES, SIGMAS);
    e.step = step;
    e.stable_rank = rank;
    e.matrix[0].floor = true;
    for (int i = 0; i < MATRICES * SIGMAS; i++)
        e.sigma[i] = (float)step;
    run_summary_add_spectrum(b, &e);
    evaluation_free(&e);
}

static void add_event(RunSummary *b, EventKind kind, int64_t step)
{
    Event e = {.kind = kind, .step = step, .value = NAN};
    run_summary_add_event(b, &e);
}

static void evaluations_become_curves(void **state)
{
    RunSummary *b = *state;
    assert_false(b->has_evaluation);
    assert_int_equal(b->memorised, -1);
    add_evaluation(b, 0, 0.1, 30);
    add_evaluation(b, 200, 0.9, 20);
    add_evaluation(b, 400, 0.8, 10);
    assert_int_equal(b->step, 400);
    assert_true(b->train_peak == 0.9);
    assert_true(series_at(&b->series[SERIES_TRAIN_ACC], 200) == (double)0.9F);
    assert_true(series_at(&b->series[SERIES_STABLE_RANK], 399) == 20);
    assert_true(series_at(&b->series[SERIES_NORM], 400) == 10.5);
    assert_int_equal(b->series[SERIES_MIRROR_ACC].count, 0); /* never a number: no curve */
    assert_true(b->evaluation.sigma[0] == 400 && b->has_before && b->before.sigma[0] == 200);
}

static void the_ghost_is_the_last_evaluation(void **state)
{
    RunSummary *b = *state;
    add_evaluation(b, 0, 0, 30);
    add_evaluation(b, 200, 0, 20);
    add_spectrum(b, 220, 19);
    add_spectrum(b, 240, 18);
    assert_true(b->evaluation.sigma[0] == 240 && b->before.sigma[0] == 200);
    assert_true(b->is_live && b->at_floor);
    assert_int_equal(b->evaluation.step, 200); /* its accuracies are still those of that step */
    add_evaluation(b, 400, 0, 10);
    assert_true(b->evaluation.sigma[0] == 400 && b->before.sigma[0] == 200);
    assert_false(b->is_live || b->at_floor);
    add_evaluation(b, 400, 0, 10); /* looked at again while paused */
    assert_true(b->before.sigma[0] == 200);
    assert_true(series_at(&b->series[SERIES_STABLE_RANK], 240) == 18);
}

static void samples_keep_the_curves_alive(void **state)
{
    RunSummary *b = *state;
    Sample s = {.step = 20, .batch_loss = 3, .batch_acc = 0.5, .unseen_sample_acc = NAN, .stable_rank = 25};
    run_summary_add_sample(b, &s);
    add_spectrum(b, 20, 25);
    assert_int_equal(b->step, 20);
    assert_true(b->has_sample && b->sample.batch_acc == 0.5);
    assert_int_equal(b->series[SERIES_STABLE_RANK].count, 1);
    assert_true(series_at(&b->series[SERIES_BATCH_LOSS], 20) == 3);
    assert_int_equal(b->series[SERIES_UNSEEN_SAMPLE].count, 0);
}

static void milestones_come_as_events(void **state)
{
    RunSummary *b = *state;
    add_event(b, EVENT_MEMORISED, 300);
    add_event(b, EVENT_COLLAPSED, 900);
    add_event(b, EVENT_COLLAPSED, 1500); /* again: the first time counts */
    add_event(b, EVENT_GENERALISED, 500);
    assert_true(b->grokked == 500 && b->generalised_early);
    add_event(b, EVENT_LOST, 1600);
    assert_int_equal(b->lost, 1600);
    add_event(b, EVENT_GROKKED, 2000);
    assert_true(b->memorised == 300 && b->collapsed == 900 && b->grokked == 500 && b->lost == -1);
    assert_int_equal(b->event_count, 6);
}

static void a_change_changes_the_settings(void **state)
{
    RunSummary *b = *state;
    Event e = {.kind = EVENT_SET, .step = 10, .key = "decay.kind", .from = "lrd", .to = "l2", .value = NAN};
    run_summary_add_event(b, &e);
    assert_int_equal(b->settings.decay.kind, DECAY_L2);
    Event scaled = {.kind = EVENT_SET, .step = 11, .key = "layers.0.attn.q_proj.weight", .to = "2", .value = NAN};
    run_summary_add_event(b, &scaled);
    assert_int_equal(b->event_count, 2);
}

static void going_back_forgets(void **state)
{
    RunSummary *b = *state;
    for (int step = 0; step <= 1000; step += 100)
        add_evaluation(b, step, step / 1000.0, 30 - step / 100.0);
    add_event(b, EVENT_MEMORISED, 300);
    add_event(b, EVENT_GROKKED, 900);
    add_event(b, EVENT_RESUMED, 500);
    assert_int_equal(b->step, 500);
    assert_true(b->memorised == 300 && b->grokked == -1);
    assert_true(series_at(&b->series[SERIES_TRAIN_ACC], 1000) == 0.5);
    assert_true(b->train_peak == 0.5);
    assert_true(b->has_evaluation && b->evaluation.step == 500 && b->evaluation.train_acc == 0.5);
    assert_true(b->has_before && b->before.step == 400);
    assert_int_equal(b->moments.count, 6);
    assert_int_equal(b->event_count, 2); /* memorised, resumed */
    add_event(b, EVENT_BRANCH, 0);
    assert_int_equal(b->series[SERIES_TRAIN_ACC].count, 1); /* its row was made before and does not come again */
    assert_true(b->train_peak == 0);
}

static void a_handed_over_peak_survives_resuming(void **state)
{
    RunSummary *b = *state;
    b->train_peak = 0.97;
    add_event(b, EVENT_RESUMED, 500);
    assert_true(b->train_peak == 0.97);
}

static void milestones_outlive_other_events(void **state)
{
    RunSummary *b = *state;
    add_event(b, EVENT_MEMORISED, 1);
    for (int i = 0; i < 1000; i++)
        add_event(b, EVENT_FLOOR, 2 + i);
    assert_int_equal(b->event_count, RUN_SUMMARY_EVENTS_MAX);
    assert_int_equal(b->events[0].kind, EVENT_MEMORISED);
    assert_int_equal(b->events[1].step, 1001 - (RUN_SUMMARY_EVENTS_MAX - 2));
    assert_int_equal(b->events[RUN_SUMMARY_EVENTS_MAX - 1].step, 1001);
    for (int i = 0; i < 1000; i++)
        add_event(b, EVENT_LOST, 2000 + i);
    assert_int_equal(b->event_count, RUN_SUMMARY_EVENTS_MAX);
    assert_int_equal(b->events[RUN_SUMMARY_EVENTS_MAX - 1].step, 2999);
}

static void a_copy_is_its_own(void **state)
{
    RunSummary *b = *state;
    Settings settings = settings_default();
    RunSummary *copy = run_summary_new(&settings, MATRICES, SIGMAS);
    add_evaluation(b, 0, 0.25, 30);
    add_evaluation(b, 200, 0.5, 20);
    add_event(b, EVENT_MEMORISED, 200);
    run_summary_copy(copy, b);
    run_summary_clear(b, &settings);
    assert_int_equal(b->step, 0);
    assert_true(copy->step == 200 && copy->memorised == 200 && copy->event_count == 1);
    assert_true(copy->evaluation.sigma[5] == 200 && copy->before.sigma[5] == 0);
    assert_true(series_at(&copy->series[SERIES_TRAIN_ACC], 0) == 0.25);
    assert_int_equal(copy->series[SERIES_TRAIN_ACC].count, 2);
    run_summary_copy(copy, b); /* from a cleared one: nothing is left over */
    assert_int_equal(copy->series[SERIES_TRAIN_ACC].count, 0);
    assert_false(copy->has_evaluation);
    run_summary_free(copy);
}

static void a_log_of_another_shape_is_taken(void **state)
{
    RunSummary *b = *state;
    Evaluation e;
    evaluation_init(&e, 4, 7);
    e.sigma[27] = 1.5F;
    run_summary_add_evaluation(b, &e);
    assert_true(b->evaluation.matrix_count == 4 && b->evaluation.sigma[27] == 1.5F);
    add_spectrum(b, 10, 3); /* of the old shape: left out */
    assert_true(b->evaluation.sigma[27] == 1.5F);
    evaluation_free(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(evaluations_become_curves, setup, teardown),
        cmocka_unit_test_setup_teardown(the_ghost_is_the_last_evaluation, setup, teardown),
        cmocka_unit_test_setup_teardown(samples_keep_the_curves_alive, setup, teardown),
        cmocka_unit_test_setup_teardown(milestones_come_as_events, setup, teardown),
        cmocka_unit_test_setup_teardown(a_change_changes_the_settings, setup, teardown),
        cmocka_unit_test_setup_teardown(going_back_forgets, setup, teardown),
        cmocka_unit_test_setup_teardown(a_handed_over_peak_survives_resuming, setup, teardown),
        cmocka_unit_test_setup_teardown(milestones_outlive_other_events, setup, teardown),
        cmocka_unit_test_setup_teardown(a_copy_is_its_own, setup, teardown),
        cmocka_unit_test_setup_teardown(a_log_of_another_shape_is_taken, setup, teardown),
    };
    return cmocka_run_group_tests_name("board", tests, NULL, NULL);
}
