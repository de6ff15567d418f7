/* What the tests of runs and sessions share: settings of a model small enough to train in no time, a folder of
 * their own, and logs read back as plain rows. */
#ifndef RUN_FIXTURE_H
#define RUN_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include <lrd/num/mat.h>
#include <lrd/train/run.h>

static char fixture_folder[] = "/tmp/lrdlab-test-XXXXXX";

static int fixture_setup(void **state)
{
    (void)state;
    mat_use_one_thread();
    return mkdtemp(fixture_folder) ? 0 : -1;
}

static int fixture_teardown(void **state)
{
    (void)state;
    char command[64 + sizeof fixture_folder];
    snprintf(command, sizeof command, "rm -rf '%s'", fixture_folder);
    return system(command);
}

/* A path in the folder; sixteen are good at a time. */
static inline const char *fixture_path(const char *name)
{
    static char paths[16][128];
    static int next;
    char *path = paths[next++ % 16];
    snprintf(path, sizeof paths[0], "%s/%s", fixture_folder, name);
    return path;
}

static inline Settings fixture_settings(void)
{
    Settings s = settings_default();
    const char *const words[][2] = {
        {"task.p", "23"},       {"model.dim", "32"},        {"model.mlp", "64"},         {"train.batch", "64"},
        {"train.steps", "200"}, {"train.eval_every", "20"}, {"train.sample_every", "5"}, {"train.threads", "1"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        assert_true(status_is_ok(settings_set(&s, words[i][0], words[i][1])));
    return s;
}

static inline Run *fixture_run(const RunOptions *options)
{
    Status status;
    Run *r = run_new(options, &status);
    if (!r)
        fail_msg("%s", status.text);
    return r;
}

static inline void train_to_end(const RunOptions *o)
{
    Run *r = fixture_run(o);
    RunTurn turn;
    do
        turn = run_turn(r);
    while (turn == RUN_STEPPED);
    assert_int_equal(turn, RUN_FINISHED);
    Status status = run_end(r, "done");
    assert_string_equal(status.text, "");
    run_free(r);
}

static inline void turns(Run *r, int count)
{
    for (int i = 0; i < count; i++)
        assert_int_equal(run_turn(r), RUN_STEPPED);
}

static inline char *file_bytes(const char *path, size_t *length)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    fseek(f, 0, SEEK_END);
    *length = (size_t)ftell(f);
    rewind(f);
    char *bytes = malloc(*length + 1);
    assert_int_equal(fread(bytes, 1, *length, f), *length);
    bytes[*length] = '\0';
    fclose(f);
    return bytes;
}

static inline void assert_files_equal(const char *a, const char *b)
{
    size_t na, nb;
    char *x = file_bytes(a, &na), *y = file_bytes(b, &nb);
    assert_int_equal(na, nb);
    assert_memory_equal(x, y, na);
    free(x);
    free(y);
}

static inline void file_write(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

/* The log as an array: rows (without the two numbers of the clock), or events. */
static inline json_t *log_read(const char *path, bool events)
{
    size_t length;
    char *bytes = file_bytes(path, &length), *rest = bytes, *line;
    json_t *list = json_array();
    while ((line = strsep(&rest, "\n")) && *line) {
        json_error_t error;
        json_t *row = json_loads(line, 0, &error);
        assert_non_null(row);
        json_object_del(row, "time_s");
        json_object_del(row, "steps_per_s");
        if ((json_object_get(row, "event") != NULL) == events)
            json_array_append(list, row);
        json_decref(row);
    }
    free(bytes);
    return list;
}

static inline int64_t row_step(const json_t *row)
{
    return json_integer_value(json_object_get(row, "step"));
}

static inline bool row_is_evaluation(const json_t *row)
{
    return json_object_get(row, "train_loss") != NULL;
}

/* How many events have this name and, unless NULL, this key. */
static inline int event_count(const char *path, const char *name, const char *key)
{
    json_t *list = log_read(path, true), *row;
    size_t i;
    int count = 0;
    json_array_foreach(list, i, row)
    {
        const char *its_key = json_string_value(json_object_get(row, "key"));
        count += strcmp(json_string_value(json_object_get(row, "event")), name) == 0 &&
                 (!key || (its_key && strcmp(its_key, key) == 0));
    }
    json_decref(list);
    return count;
}

#endif
