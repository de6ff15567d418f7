/* Every folder of tests/golden through the whole run: init, pairs, steps, gradient, checkpoint and log, against what
 * PyTorch computed in float64. A folder that is added is tested too.
 *
 * Bounds: gradient and losses 1e-4, weights 1e-3, relative (float32 PyTorch lands within 1e-5). */
#include "approx.h"
#include "run_fixture.h"

#include <dirent.h>

#include <jansson.h>

#include <lrd/num/linalg.h>
#include <lrd/train/checkpoint.h>
#include <lrd/log/runlog.h>

#define GOLDEN "tests/golden"

typedef struct Golden {
    char folder[300];
    json_t *expected;
    Settings settings;
    ModelLayout layout;
    int64_t steps;
} Golden;

static const char *golden_path(const Golden *g, const char *name)
{
    static char paths[4][400];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", g->folder, name);
    return path;
}

static Golden golden_open(const char *name)
{
    Golden g = {.settings = settings_default()};
    snprintf(g.folder, sizeof g.folder, GOLDEN "/%s", name);
    json_error_t error;
    g.expected = json_load_file(golden_path(&g, "expected.json"), 0, &error);
    assert_non_null(g.expected);
    g.steps = json_integer_value(json_object_get(g.expected, "steps"));
    Status status;
    Checkpoint *c = checkpoint_open(golden_path(&g, "init.safetensors"), &status);
    assert_string_equal(status.text, "");
    status = checkpoint_apply_settings(c, &g.settings);
    assert_string_equal(status.text, "");
    checkpoint_close(c);
    const ModelConfig config = settings_model(&g.settings);
    g.layout = model_layout(&config);
    return g;
}

static void golden_close(Golden *g)
{
    json_decref(g->expected);
    model_layout_free(&g->layout);
}

static float *read_weights(const Golden *g, const char *path)
{
    Status status;
    Checkpoint *c = checkpoint_open(path, &status);
    assert_string_equal(status.text, "");
    status = checkpoint_check_weights(c, &g->layout);
    assert_string_equal(status.text, "");
    float *weights = xfloats(g->layout.parameters);
    status = checkpoint_read_weights(c, &g->layout, weights);
    assert_string_equal(status.text, "");
    checkpoint_close(c);
    return weights;
}

static void train(const Golden *g, const char *threads)
{
    const char *sets[] = {"train.eval_every=1", "train.sample_every=1", threads};
    Settings settings = settings_default();
    assert_true(status_is_ok(settings_set(&settings, "train.eval_every", "1")));
    RunOptions options = {.settings = &settings,
                          .sets = sets,
                          .set_count = COUNT_OF(sets),
                          .init = golden_path(g, "init.safetensors"),
                          .pairs = golden_path(g, "train_pairs.txt"),
                          .steps = g->steps,
                          .grad = fixture_path("grad"),
                          .save = fixture_path("final"),
                          .log = fixture_path("log"),
                          .force = true};
    Status status;
    Run *run = run_new(&options, &status);
    assert_string_equal(status.text, "");
    assert_non_null(run);
    while (run_turn(run) == RUN_STEPPED)
        ;
    assert_int_equal(run_step(run), g->steps);
    status = run_end(run, "done");
    assert_string_equal(status.text, "");
    run_free(run);
}

/* ---- What is compared */

static void check_tensors(const Golden *g, const float *got, const float *expected, double bound, const char *what)
{
    for (int i = 0; i < g->layout.tensor_count; i++) {
        const Tensor *t = &g->layout.tensors[i];
        double distance = approx_distance_floats(got + t->offset, expected + t->offset, tensor_size(t));
        if (!(distance <= bound))
            fail_msg("%s: %s of %s is off by %.3g", g->folder, what, t->name, distance);
    }
}

/* The oracle writes its gradient after clipping, the lab before. */
static void check_gradient(const Golden *g)
{
    float *got = read_weights(g, fixture_path("grad")),
          *expected = read_weights(g, golden_path(g, "grad0.safetensors"));
    const double norm = linalg_norm(got, g->layout.parameters), clip = g->settings.train.clip;
    const double scale = clip > 0 && norm > clip ? clip / norm : 1;
    for (size_t i = 0; i < g->layout.parameters; i++)
        got[i] = (float)(scale * (double)got[i]);
    check_tensors(g, got, expected, 1e-4, "gradient");
    free(got), free(expected);
}

static void check_weights(const Golden *g)
{
    float *got = read_weights(g, fixture_path("final")),
          *expected = read_weights(g, golden_path(g, "final.safetensors"));
    check_tensors(g, got, expected, 1e-3, "final weight");
    free(got), free(expected);
}

static double number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (!json_is_number(value))
        fail_msg("there is no number %s", key);
    return json_number_value(value);
}

static json_t *last_evaluation(const Golden *g)
{
    const json_t *losses = json_object_get(g->expected, "losses");
    FILE *log = fopen(fixture_path("log"), "r");
    assert_non_null(log);
    char *line = NULL;
    size_t room = 0;
    int64_t rows = 0;
    json_t *last = NULL;
    while (getline(&line, &room, log) > 0) {
        json_t *row = json_loads(line, 0, NULL);
        assert_non_null(row);
        if (!json_object_get(row, "train_loss")) { /* an event */
            json_decref(row);
            continue;
        }
        const double expected = json_number_value(json_array_get(losses, (size_t)rows));
        assert_int_equal(json_integer_value(json_object_get(row, "step")), rows);
        if (rows < g->steps) /* a full batch: the loss of the step to come */
            assert_near(number(row, "train_loss") / expected, 1, 1e-4);
        if (rows > 0)
            assert_near(number(row, "batch_loss"), json_number_value(json_array_get(losses, (size_t)rows - 1)),
                        1e-4 * expected + 1e-4);
        json_decref(last);
        last = row;
        rows++;
    }
    assert_int_equal(rows, g->steps + 1);
    free(line);
    fclose(log);
    return last;
}

static void check_log(const Golden *g)
{
    json_t *last = last_evaluation(g);
    const json_t *accuracy = json_object_get(g->expected, "accuracy");
    assert_near(number(last, "train_acc"), number(accuracy, "train"), 1e-9);
    assert_near(number(last, "test_acc"), number(accuracy, "test"), 1e-9);
    json_decref(last);
}

/* Of the final weights, by our own SVD. */
static void check_spectra(const Golden *g)
{
    float *weights = read_weights(g, fixture_path("final"));
    const json_t *values = json_object_get(g->expected, "singular_values"), *list;
    const json_t *ranks = json_object_get(g->expected, "stable_rank");
    const int dim = g->layout.config.dim;
    float *sigma = xfloats((size_t)dim), *scratch = xfloats(linalg_scratch_floats(dim, dim));
    int count = 0;
    for (int i = 0; i < g->layout.tensor_count; i++) {
        const Tensor *t = &g->layout.tensors[i];
        if (!(list = json_object_get(values, t->name)))
            continue;
        assert_true(linalg_singular_values(sigma, weights + t->offset, dim, dim, scratch));
        assert_int_equal(json_array_size(list), dim);
        for (int j = 0; j < dim; j++)
            assert_near((double)sigma[j], json_number_value(json_array_get(list, (size_t)j)), 1e-4 * (double)sigma[0]);
        assert_near(linalg_stable_rank(sigma, dim) / number(ranks, t->name), 1, 1e-3);
        count++;
    }
    assert_int_equal(count, 2 * g->layout.config.depth);
    free(weights), free(sigma), free(scratch);
}

static void test_folder(void **state)
{
    Golden g = golden_open(*state);
    train(&g, "train.threads=1");
    check_gradient(&g);
    check_weights(&g);
    check_log(&g);
    check_spectra(&g);
    golden_close(&g);
}

/* ---- One test for each folder */

enum { FOLDERS_MAX = 100 };

static int is_folder(const struct dirent *entry)
{
    return !strchr(entry->d_name, '.'); /* nor oracle.py, which made them */
}

int main(void)
{
    struct dirent **list;
    int count = scandir(GOLDEN, &list, is_folder, alphasort);
    struct CMUnitTest tests[FOLDERS_MAX];
    if (count < 8 || count > FOLDERS_MAX) {
        fprintf(stderr, "test_golden: %d folders in " GOLDEN ": run it from the top of the tree\n", count);
        return 1;
    }
    for (int i = 0; i < count; i++)
        tests[i] = (struct CMUnitTest){list[i]->d_name, test_folder, NULL, NULL, list[i]->d_name};
    int failed = _cmocka_run_group_tests("golden", tests, (size_t)count, fixture_setup, fixture_teardown);
    for (int i = 0; i < count; i++)
        free(list[i]);
    free(list);
    return failed;
}
