/* Logs that other programs wrote are read as they are: names, units, forms, rows in pieces, ends that are cut. */
#include "files_fixture.h"

#include <math.h>
#include <sys/stat.h>

#include <lrd/base/util.h>
#include <lrd/log/column_name.h>
#include <lrd/io/file_kind.h>
#include <lrd/app/info.h>
#include <lrd/log/log_index.h>

static void put(const char *path, const char *text)
{
    file_put(path, text, strlen(text));
}

static void append(const char *path, const char *text)
{
    FILE *f = fopen(path, "ab");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

/* What was noted comes back in *notes; NULL: there must be nothing to say. */
static LogIndex *book_of(const char *text, const LogMap *map, Text *notes)
{
    const char *path = files_path("log");
    put(path, text);
    Status s, fault;
    LogIndex *l = log_index_open_mapped(path, map, &s);
    if (!l)
        fail_msg("%s", s.text);
    log_index_read(l, &fault);
    Text said = {0};
    log_index_add_notes(l, notes ? notes : &said);
    assert_string_equal(text_str(&said), "");
    assert_ok(log_index_check(l));
    return l;
}

static void assert_near(double value, double right)
{
    if (!(fabs(value - right) < 1e-9))
        fail_msg("%g is not %g", value, right);
}

static void assert_has(const Text *text, const char *part)
{
    if (!strstr(text_str(text), part))
        fail_msg("\"%s\" is not in \"%s\"", part, text_str(text));
}

static void add_rows(Text *out, bool train, bool unseen, int memorised, int grokked)
{
    for (int step = 0; step <= 2000; step += 100) {
        if (train)
            text_addf(out, "{\"step\":%d,\"train_acc\":%s}\n", step, step >= memorised ? "1" : "0.5");
        if (unseen)
            text_addf(out, "{\"step\":%d,\"unseen_acc\":%s}\n", step, step >= grokked ? "1" : "0.01");
    }
}

static void rows_of_one_step_are_one_row(void **state)
{
    (void)state;
    Text together = {0}, apart = {0};
    add_rows(&together, true, true, 400, 1200);
    add_rows(&apart, true, false, 400, 1200); /* all of training first */
    add_rows(&apart, false, true, 400, 1200);
    const Text *logs[] = {&together, &apart};
    for (int i = 0; i < 2; i++) {
        LogIndex *l = book_of(text_str(logs[i]), NULL, NULL);
        const RunSummary *b = log_index_summary(l);
        assert_int_equal(b->memorised, 500); /* two evaluations in a row, not two lines */
        assert_int_equal(b->grokked, 1300);
        assert_near(b->evaluation.train_acc, 1);
        assert_near(b->evaluation.unseen_acc, 1);
        assert_int_equal(b->series[SERIES_TRAIN_ACC].count, 21);
        assert_int_equal(b->series[SERIES_UNSEEN_ACC].count, 21);
        RunSummary *at = run_summary_new(&b->settings, 0, 0);
        log_index_summary_at(l, 650, at);
        assert_int_equal(at->evaluation.step, 600);
        assert_near(at->evaluation.train_acc, 1);
        assert_near(at->evaluation.unseen_acc, 0.01);
        assert_int_equal(at->before.step, 500);
        run_summary_free(at);
        log_index_close(l);
    }
    text_free(&together);
    text_free(&apart);
}

/* The second line of a step takes back what the first alone had raised; the same as when it is read in one go. */
static void half_a_step_raises_nothing_for_good(void **state)
{
    (void)state;
    Status s;
    LogIndex *l = book_of("{\"step\":100,\"train_acc\":1}\n{\"step\":200,\"train_acc\":1}\n", NULL, NULL);
    assert_int_equal(log_index_summary(l)->memorised, 200);
    append(log_index_path(l), "{\"step\":200,\"train_acc\":0.5}\n{\"step\":300,\"train_acc\":1}\n");
    log_index_read(l, &s);
    assert_int_equal(log_index_summary(l)->memorised, -1);
    append(log_index_path(l), "{\"step\":300,\"test_loss\":1}\n{\"step\":400,\"train_acc\":1}\n");
    log_index_read(l, &s);
    assert_int_equal(log_index_summary(l)->memorised, 400);
    log_index_close(l);
}

static void numbers_are_taken_as_python_writes_them(void **state)
{
    (void)state;
    static const char log[] = "{\"step\": 100.0, \"train_acc\": 1.0, \"train_loss\": NaN}\n"
                              "{\"step\": 2e2, \"train_acc\": 1, \"train_loss\": -Infinity}\n"
                              "{\"step\": \"300\", \"train_acc\": \"1\", \"train_loss\": 1e400}\n"
                              "{\"step\": 400, \"train_acc\": 1, \"train_loss\": 0.25, \"mine\": \"NaN, Infinity\"}\n";
    Text notes = {0};
    LogIndex *l = book_of(log, NULL, &notes);
    const RunSummary *b = log_index_summary(l);
    assert_int_equal(log_index_rows(l), 4);
    assert_int_equal(b->memorised, 200);
    assert_near(b->evaluation.train_loss, 0.25);
    assert_has(&notes, "3 values are NaN or infinite");
    RunSummary *at = run_summary_new(&b->settings, 0, 0);
    log_index_summary_at(l, 300, at);
    assert_true(isnan(at->evaluation.train_loss)); /* told to be none: not what it was before */
    run_summary_free(at);
    log_index_close(l);
    text_free(&notes);
}

static void units_are_those_of_a_whole_column(void **state)
{
    (void)state;
    static const struct {
        const char *values[4];
        double last; /* NAN: left out */
        const char *says;
    } cases[] = {
        {{"0.5", "0.7", "1", "1.0000001"}, 1.0000001, NULL},
        {{"0", "12.5", "50", "100"}, 1, "train_acc is in per cent"},
        {{"0.8", "1.2", "50", "90"}, 0.9, "train_acc is in per cent"},
        {{"\"10%\"", "\"20 %\"", "30", "40"}, 0.4, "train_acc is in per cent"},
        {{"0.5", "50", "0.7", "80"}, NAN, "train_acc is left out: some of it"},
        {{"50", "101", "60", "70"}, NAN, "train_acc is left out: 101"},
        {{"-0.1", "0.5", "0.6", "0.7"}, NAN, "train_acc is left out: -0.1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Text log = {0}, notes = {0};
        for (int k = 0; k < 4; k++)
            text_addf(&log, "{\"step\":%d,\"train_loss\":1,\"train_acc\":%s}\n", k, cases[i].values[k]);
        LogIndex *l = book_of(text_str(&log), NULL, &notes);
        double last = log_index_summary(l)->evaluation.train_acc;
        if (isnan(cases[i].last))
            assert_true(isnan(last));
        else
            assert_near(last, cases[i].last);
        if (cases[i].says)
            assert_has(&notes, cases[i].says);
        else
            assert_int_equal(notes.length, 0);
        log_index_close(l);
        text_free(&log);
        text_free(&notes);
    }
}

/* A column turns out to be in per cent while it is followed: what was read before is read again. */
static void a_growing_log_changes_its_unit(void **state)
{
    (void)state;
    Status s;
    LogIndex *l = book_of("{\"step\":1,\"train_acc\":0.9}\n{\"step\":2,\"train_acc\":1}\n", NULL, NULL);
    assert_near(log_index_summary(l)->evaluation.train_acc, 1);
    append(log_index_path(l), "{\"step\":3,\"train_acc\":5}\n");
    log_index_read(l, &s);
    log_index_read(l, &s);
    assert_near(log_index_summary(l)->evaluation.train_acc, 0.05);
    assert_int_equal(log_index_summary(l)->evaluation.step, 3);
    assert_near((double)log_index_summary(l)->series[SERIES_TRAIN_ACC].bucket[0].value, 0.009F);
    log_index_close(l);
}

static void names_say_what_columns_are(void **state)
{
    (void)state;
    static const struct {
        const char *name, *field;
    } same[] = {{"loss", "train_loss"},
                {"train/loss", "train_loss"},
                {"Train Loss", "train_loss"},
                {"trainLoss", "train_loss"},
                {"train_loss_epoch", "train_loss"},
                {"eval_loss", "test_loss"},
                {"val_loss", "test_loss"},
                {"validation/loss", "test_loss"},
                {"loss/val", "test_loss"},
                {"accuracy", "train_acc"},
                {"eval/acc", "unseen_acc"},
                {"val_accuracy", "unseen_acc"},
                {"test_acc", "unseen_acc"},
                {"eval_acc_pct", "unseen_acc"},
                {"acc (%)", "train_acc"},
                {"global_step", "step"},
                {"iter", "step"},
                {"_step", "step"},
                {"trainer/global_step", "step"},
                {"Step", "step"},
                {"epoch", "step"},
                {"run 7 - train/loss", "train_loss"},
                {"grad/norm", "grad_norm"},
                {"STABLE-RANK", "stable_rank"}};
    static const char *const none[] = {
        "learning_rate",    "epoch_loss_per_step", "train_loss__MIN", "steps_per_s", "train_val_loss", "loss_scale",
        "samples_per_step", "Wall time",           "eval_runtime",    "Value",       "l\xC3\xB6ss",    ""};
    static const char *const fields[] = {"step", "train_loss", "test_loss", "train_acc", "unseen_acc", "grad_norm"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (column_name_rank(same[i].name, same[i].field) < 0)
            fail_msg("%s is not taken as %s", same[i].name, same[i].field);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        for (size_t k = 0; k < sizeof fields / sizeof *fields; k++)
            if (column_name_rank(none[i], fields[k]) >= 0)
                fail_msg("%s is taken as %s", none[i], fields[k]);
    assert_true(column_name_rank("global_step", "step") < column_name_rank("_step", "step"));
    assert_true(column_name_rank("_step", "step") < column_name_rank("epoch", "step"));
}

/* One run as trainers and exporters write it; the last numbers must be these. */
static void forms_of_trainers_are_read(void **state)
{
    (void)state;
    static const char *const logs[] = {
        /* trainer_state.json, over several lines and in one */
        "{\n \"best_metric\": null,\n \"log_history\": [\n  {\"loss\": 2.0, \"epoch\": 0.5, \"step\": 10},\n"
        "  {\"loss\": 1.0, \"epoch\": 1.0, \"step\": 20},\n  {\"eval_loss\": 3.0, \"eval_accuracy\": 0.25, \"step\": "
        "20},\n"
        "  {\"train_loss\": 1.5, \"train_runtime\": 9.1, \"step\": 20}\n ],\n \"max_steps\": 20\n}\n",
        ("{\"global_step\": 20, \"log_history\": [{\"loss\": 2.0, \"step\": 10}, {\"loss\": 1.0, \"step\": 20}, "
         "{\"eval_loss\": 3.0, \"eval_accuracy\": 0.25, \"step\": 20}]}\n"),
        /* a list of rows */
        "[{\"iter\": 10, \"train/loss\": 2}, {\"iter\": 20, \"train/loss\": 1, \"val/loss\": 3, \"val/acc\": 0.25}]",
        /* lists by name */
        "{\"step\": [10, 20], \"loss\": [2, 1], \"val_loss\": [4, 3], \"val_accuracy\": [0.1, 0.25]}\n",
        "{\"history\": {\"global_step\": [10, 20], \"loss\": [2, 1], \"val_loss\": [4, 3], \"val_acc\": [0.1, 0.25]}}",
        /* tables: wide, with empty cells; quoted; semicolons and decimal commas; tabs; no last newline; CRLF */
        "epoch,step,train_loss,val_acc,val_loss\n0,10,2.0,,\n0,20,1.0,,\n0,20,,0.25,3.0",
        "\"Step\",\"a - train/loss\",\"a - eval/loss\",\"a - eval/acc\"\r\n\"20\",\"1\",\"3\",\"0.25\"\r\n",
        "step;train_loss;val_loss;val_acc\n10;2,0;4;0,1\n20;1,0;3;0,25\n",
        "step\ttrain_loss\tval_loss\tval_acc\n20\t1\t3\t0.25\n",
        /* nested, and names of a logger */
        "{\"_step\": 20, \"train\": {\"loss\": 1}, \"val\": {\"loss\": 3, \"acc\": 0.25}}\n",
        "{\"event\": \"metrics\", \"step\": 20, \"loss\": 1, \"eval_loss\": 3, \"eval_acc\": 0.25}\n",
        /* a byte order mark, carriage returns, blank lines, a row without its newline */
        "\xEF\xBB\xBF{\"step\":20,\"train_loss\":1}\r\n\r\n{\"step\":20,\"test_loss\":3,\"unseen_acc\":0.25}",
    };
    for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
        Text notes = {0};
        LogIndex *l = book_of(logs[i], NULL, &notes);
        const Evaluation *e = &log_index_summary(l)->evaluation;
        if (e->step != 20 || e->train_loss != 1 || e->test_loss != 3 || e->unseen_acc != 0.25)
            fail_msg("log %zu: step %d, %g, %g, %g", i, (int)e->step, e->train_loss, e->test_loss, e->unseen_acc);
        log_index_close(l);
        text_free(&notes);
    }
}

static void utf16_is_read(void **state)
{
    (void)state;
    static const char log[] = "{\"step\":1,\"train_acc\":0.5}\n{\"step\":2,\"train_acc\":0.75}\n";
    for (int form = 0; form < 3; form++) { /* little, big, little without a mark */
        const char *path = files_path("utf16");
        Text bytes = {0};
        if (form < 2)
            text_add_bytes(&bytes, form ? "\xFE\xFF" : "\xFF\xFE", 2);
        for (const char *c = log; *c; c++)
            text_add_bytes(&bytes, form == 1 ? (char[2]){0, *c} : (char[2]){*c, 0}, 2);
        file_put(path, bytes.data, bytes.length);
        Status s;
        LogIndex *l = log_index_open(path, &s);
        assert_ok(s);
        log_index_read(l, &s);
        assert_near(log_index_summary(l)->evaluation.train_acc, 0.75);
        log_index_close(l);
        text_free(&bytes);
    }
}

static void what_is_no_log_is_called_by_its_kind(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *says;
    } cases[] = {
        {"step 0: train loss 4.2, val loss 4.2\n", "is text; a log is"},
        {"[task]\np = 7\n", "is a preset"},
        {"\x1F\x8B\x08", "is compressed"},
        {"\x01\x02\x03", "binary"},
        {"12 7\n3 4\n", "is a list of numbers"},
        {"{\n \"a\": 1,\n \"b\": {}\n}\n", "is JSON, but no rows"},
        {"{\n \"log_history\": [\n", "is one JSON document that is not whole"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *path = files_path("kind.jsonl");
        Status s;
        file_put(path, cases[i].bytes, i == 3 ? 4 : strlen(cases[i].bytes));
        assert_null(log_index_open(path, &s));
        assert_says(s, STATUS_INPUT, cases[i].says);
    }
    assert_int_equal(file_kind(files_folder), FILE_FOLDER);
    assert_int_equal(file_kind("/dev/zero"), FILE_SPECIAL);
    assert_int_equal(file_kind(files_path("none")), FILE_MISSING);
}

static void columns_can_be_named(void **state)
{
    (void)state;
    static const char log[] = "{\"when\":1,\"a\":50,\"loss\":2}\n{\"when\":2,\"a\":60,\"loss\":1}\n";
    LogMap map = {0};
    Text notes = {0}, told = {0};
    assert_ok(log_map_add(&map, "step=when"));
    assert_ok(log_map_add(&map, "unseen_acc=a"));
    assert_says(log_map_add(&map, "step=x"), STATUS_INPUT, "twice");
    assert_says(log_map_add(&map, "steps=x"), STATUS_INPUT, "did you mean step?");
    assert_says(log_map_add(&map, "step"), STATUS_INPUT, "FIELD=NAME");
    assert_says(log_map_add(&map, "step="), STATUS_INPUT, "FIELD=NAME");
    assert_says(log_map_add(&map, "qqqqqqq=x"), STATUS_INPUT, "the fields are step");
    LogIndex *l = book_of(log, &map, &notes);
    assert_near(log_index_summary(l)->evaluation.unseen_acc, 0.6);
    assert_int_equal(log_index_last(l), 2);
    assert_has(&notes, "when is taken as step");
    log_index_close(l);
    const char *path = files_path("map");
    put(path, log);
    assert_says(info_describe(path, NULL, &told), STATUS_INPUT, "no column says the step; it has when, a, loss");
    assert_ok(log_map_add(&map, "train_acc=nothing"));
    assert_says(info_describe(path, &map, &told), STATUS_INPUT, "has no column \"nothing\" for train_acc");
    map.column[3] = NULL;
    assert_ok(info_describe(path, &map, &told));
    assert_has(&told, "unseen_acc       a, 2 numbers, in per cent");
    assert_has(&told, "wanted           train_acc, test_loss");
    text_free(&notes);
    text_free(&told);
}

static void a_last_line_is_taken_when_it_is_whole(void **state)
{
    (void)state;
    Status s;
    LogIndex *l = book_of("{\"step\":1,\"train_acc\":0.5}\n{\"step\":2,\"train_acc\":0.75}", NULL, NULL);
    assert_int_equal(log_index_last(l), 2);
    assert_ok(log_index_tail(l, 0));
    append(log_index_path(l), "\n{\"step\":3,\"tr");
    log_index_read(l, &s);
    assert_ok(s);
    assert_int_equal(log_index_last(l), 2);
    assert_says(log_index_tail(l, 0), STATUS_INPUT, "log:3: the last line is not whole");
    assert_ok(log_index_tail(l, 100));
    append(log_index_path(l), "ain_acc\":1}");
    log_index_read(l, &s);
    assert_int_equal(log_index_last(l), 3);
    assert_ok(log_index_tail(l, 0));
    append(log_index_path(l), "x\n{\"step\":4,\"train_acc\":1}\n"); /* it was not whole, then */
    log_index_read(l, &s);
    assert_says(s, STATUS_INPUT, "log:3: ");
    assert_int_equal(log_index_last(l), 4);
    assert_int_equal(log_index_rows(l), 3);
    log_index_close(l);
}

static void a_run_that_begins_again_finds_its_milestones_again(void **state)
{
    (void)state;
    Text log = {0};
    add_rows(&log, true, true, 400, 1200);
    add_rows(&log, true, true, 800, 1900);
    LogIndex *l = book_of(text_str(&log), NULL, NULL);
    assert_int_equal(log_index_summary(l)->memorised, 900);
    assert_int_equal(log_index_summary(l)->grokked, 2000);
    log_index_close(l);
    text_free(&log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_one_step_are_one_row),
        cmocka_unit_test(half_a_step_raises_nothing_for_good),
        cmocka_unit_test(numbers_are_taken_as_python_writes_them),
        cmocka_unit_test(units_are_those_of_a_whole_column),
        cmocka_unit_test(a_growing_log_changes_its_unit),
        cmocka_unit_test(names_say_what_columns_are),
        cmocka_unit_test(forms_of_trainers_are_read),
        cmocka_unit_test(utf16_is_read),
        cmocka_unit_test(what_is_no_log_is_called_by_its_kind),
        cmocka_unit_test(columns_can_be_named),
        cmocka_unit_test(a_last_line_is_taken_when_it_is_whole),
        cmocka_unit_test(a_run_that_begins_again_finds_its_milestones_again),
    };
    return cmocka_run_group_tests_name("log_foreign", tests, files_setup, files_teardown);
}
