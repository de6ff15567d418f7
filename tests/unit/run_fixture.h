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

#include <lrd/num/mat.h>
#include <lrd/run/run.h>

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

/* A path in the folder; four are good at a time. */
static inline const char *fixture_path(const char *name)
{
    static char paths[4][128];
    static int next;
    char *path = paths[next++ % 4];
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

#endif
