/* Memorised at 400, generalised early at 700, lost at 800, regained at 1,100: the log, the result, a checkpoint, info
 * and the screen say the same; so do logs and checkpoints of before there was a word for the last of these. */
#include "files_fixture.h"

#include <lrd/app/info.h>
#include <lrd/base/util.h>
#include <lrd/log/log_index.h>
#include <lrd/log/recorder.h>
#include <lrd/panel/labels.h>
#include <lrd/sweep/result.h>
#include <lrd/train/checkpoint.h>

static void feed(Recorder *r, int64_t step, double unseen)
{
    Evaluation e;
    evaluation_init(&e, 0, 0);
    e.step = step;
    e.train_acc = step >= 300 ? 1 : 0.2;
    e.train_loss = step >= 300 ? 0.01 : 3;
    e.unseen_acc = e.test_acc = unseen;
    recorder_add_evaluation(r, &e, true);
    evaluation_free(&e);
}

static Recorder *recorder_start(const char *log, RunlogMode mode, bool resumed)
{
    Status s;
    Recorder *r = recorder_open(log, NULL, mode, -1, &s);
    assert_ok(s);
    LogStart start = {.settings = settings_default(), .unseen_rows = 100};
    start.settings.train.eval_every = 100;
    recorder_begin(r, &start, 0, 0, resumed);
    return r;
}

/* Up to and without this step. */
static void feed_all(Recorder *r, int64_t from, int64_t end)
{
    for (int64_t step = from; step < end; step += 100)
        feed(r, step, step == 600 || step == 700 || step >= 1000 ? 1 : 0.5);
}

static void assert_told(const RunSummary *b)
{
    assert_int_equal(b->memorised, 400);
    assert_int_equal(b->grokked, 700);
    assert_true(b->generalised_early);
    assert_int_equal(b->lost, -1);
    assert_int_equal(b->regained, 1100);
}

static void assert_info(const char *path, const char *const *lines, const char *none)
{
    Text out = {0};
    assert_ok(info_describe(path, NULL, &out));
    for (; *lines; lines++)
        if (!strstr(text_str(&out), *lines))
            fail_msg("info does not say \"%s\":\n%s", *lines, text_str(&out));
    assert_null(strstr(text_str(&out), none));
    text_free(&out);
}

static void the_log_the_result_and_the_screen_agree(void **state)
{
    (void)state;
    const char *log = files_path("run.jsonl"), *file = files_path("run.json");
    Recorder *r = recorder_start(log, RUNLOG_NEW, false);
    feed_all(r, 0, 1300);
    assert_told(recorder_summary(r));
    assert_ok(recorder_finish(r));
    assert_info(log,
                (const char *[]){"       400  memorised\n", "       700  generalised\n", "       800  lost\n",
                                 "      1100  regained\n", NULL},
                "grokked");
    Status s;
    LogIndex *index = log_index_open(log, &s);
    assert_non_null(index);
    log_index_read(index, &s);
    assert_ok(s);
    assert_told(log_index_summary(index));
    RunSummary *before = run_summary_new(&log_index_summary(index)->settings, 0, 0);
    log_index_summary_at(index, 1000, before);
    assert_true(before->grokked == 700 && before->lost == 800 && before->regained == -1);
    assert_non_null(strstr(label_branch(&before->branches, 1, before).s, "generalised 700, lost"));
    run_summary_free(before);
    const char *screen = label_branch(&log_index_summary(index)->branches, 1, log_index_summary(index)).s;
    assert_non_null(strstr(screen, "generalised 700"));
    assert_null(strstr(screen, "lost"));
    log_index_close(index);
    Recipe recipe = recipe_make(&recorder_summary(r)->settings, NULL, NULL, NULL, NULL, false);
    Result result = result_of_summary(recorder_summary(r), &recipe, false, 1);
    assert_ok(result_write(file, &result));
    result_free(&result);
    assert_info(file,
                (const char *[]){"outcome           generalised\n", "memorised         400\n",
                                 "grokked           700\n", "regained          1100\n", NULL},
                "lost");
    recorder_free(r);
}

static void write_checkpoint(const char *path, const RunProgress *progress)
{
    Settings settings = settings_default();
    assert_ok(settings_set(&settings, "model.dim", "4"));
    assert_ok(settings_set(&settings, "model.heads", "2"));
    ModelConfig config = settings_model(&settings);
    ModelLayout layout = model_layout(&config);
    float *arena = xcalloc(layout.parameters, sizeof *arena);
    const int32_t pair[2] = {1, 2}, first = 0;
    CheckpointView view = {.settings = &settings,
                           .layout = &layout,
                           .weights = arena,
                           .m = arena,
                           .v = arena,
                           .step = 1200,
                           .train_count = 1,
                           .pairs = pair,
                           .permutation = &first,
                           .progress = *progress,
                           .blas_core = ""};
    assert_ok(checkpoint_write(path, &view));
    free(arena);
    model_layout_free(&layout);
}

static void assert_checkpoint(const RunProgress *progress)
{
    const char *path = files_path("run.safetensors");
    write_checkpoint(path, progress);
    assert_info(path,
                (const char *[]){"memorised     at step 400\n", "generalised   at step 700\n",
                                 "regained      at step 1100\n", NULL},
                "grokked");
    Recorder *r = recorder_start(NULL, RUNLOG_APPEND, true);
    recorder_resume(r, progress, &(Event){.kind = EVENT_RESUMED, .step = 1200});
    assert_told(recorder_summary(r));
    feed(r, 1300, 0.5);
    assert_int_equal(recorder_summary(r)->lost, 1300);
    assert_int_equal(recorder_summary(r)->grokked, 700);
    recorder_free(r);
}

static void a_checkpoint_agrees(void **state)
{
    (void)state;
    Recorder *r = recorder_start(NULL, RUNLOG_NEW, false);
    feed_all(r, 0, 1300);
    const RunProgress progress = recorder_progress(r);
    assert_checkpoint(&progress);
    recorder_free(r);
    const RunProgress old = {.counters = {400, -1, 1100, 1200, 700, 800, 9, 3, 1}, .levels = {1, 0.01}};
    assert_checkpoint(&old);
}

/* Wherever it is saved and gone on with, the rest comes as if it had not been. */
static void going_on_changes_nothing(void **state)
{
    (void)state;
    for (int64_t cut = 100; cut <= 1300; cut += 100) {
        Recorder *r = recorder_start(NULL, RUNLOG_NEW, false), *next = recorder_start(NULL, RUNLOG_APPEND, true);
        feed_all(r, 0, cut);
        const RunProgress progress = recorder_progress(r);
        recorder_resume(next, &progress, &(Event){.kind = EVENT_RESUMED, .step = cut - 100});
        feed_all(next, cut, 1300);
        assert_told(recorder_summary(next));
        recorder_free(r);
        recorder_free(next);
    }
}

static void a_log_of_before_is_told_alike(void **state)
{
    (void)state;
    static const Event events[] = {{.kind = EVENT_MEMORISED, .step = 400},
                                   {.kind = EVENT_GENERALISED, .step = 700},
                                   {.kind = EVENT_LOST, .step = 800},
                                   {.kind = EVENT_GROKKED, .step = 1100}};
    Settings settings = settings_default();
    RunSummary *b = run_summary_new(&settings, 0, 0);
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        run_summary_add_event(b, &events[i]);
    assert_told(b);
    run_summary_cut(b, 1000);
    assert_true(b->grokked == 700 && b->generalised_early && b->lost == 800 && b->regained == -1);
    run_summary_cut(b, 750);
    assert_true(b->grokked == 700 && b->lost == -1);
    run_summary_cut(b, 500);
    assert_true(b->grokked == -1 && !b->generalised_early && b->memorised == 400);
    run_summary_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_log_the_result_and_the_screen_agree),
        cmocka_unit_test(a_checkpoint_agrees),
        cmocka_unit_test(going_on_changes_nothing),
        cmocka_unit_test(a_log_of_before_is_told_alike),
    };
    return cmocka_run_group_tests_name("run_progress", tests, files_setup, files_teardown);
}
