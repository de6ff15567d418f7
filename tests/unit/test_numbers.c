/* Numbers at the edge: whatever stands in the weights and however strong the decay, a run steps or says that it cannot;
 * its log stays JSON without NaN, and files that were there stay as they were. */
#include "run_fixture.h"

#include <float.h>
#include <math.h>

#include <lrd/base/util.h>
#include <lrd/lab/decay.h>
#include <lrd/train/checkpoint.h>

/* Element i of a matrix with so many columns. */
typedef float Fill(size_t i, int columns);

static float fill_zero(size_t i, int columns)
{
    (void)i, (void)columns;
    return 0;
}
static float fill_rank_one(size_t i, int columns)
{
    size_t n = (size_t)columns;
    return 1e-3F * (float)(i / n + 1) * (float)(i % n + 1);
}
static float fill_denormal(size_t i, int columns)
{
    (void)columns;
    return 1e-40F * (float)(i % 7 + 1);
}
static float fill_huge(size_t i, int columns)
{
    (void)columns;
    return 1e30F * ((float)(i % 7) - 3);
}
static float fill_largest(size_t i, int columns)
{
    (void)i, (void)columns;
    return FLT_MAX;
}
static float fill_one_inf(size_t i, int columns)
{
    (void)columns;
    return i == 3 ? INFINITY : .1F;
}
static float fill_nan(size_t i, int columns)
{
    (void)i, (void)columns;
    return NAN;
}

static const struct {
    const char *name;
    Fill *fill;
    bool finite;
} edges[] = {{"zero", fill_zero, true},   {"rank one", fill_rank_one, true}, {"denormal", fill_denormal, true},
             {"huge", fill_huge, true},   {"largest", fill_largest, true},   {"one Inf", fill_one_inf, false},
             {"all NaN", fill_nan, false}};

/* A file of first weights whose Q and K (or all) are filled like that. */
static void write_weights(const Settings *s, Fill *fill, bool all, const char *path)
{
    ModelConfig config = settings_model(s);
    ModelLayout layout = model_layout(&config);
    float *weights = xfloats(layout.parameters);
    model_init(&layout, weights, 1);
    for (int t = 0; t < layout.tensor_count; t++) {
        const Tensor *tensor = &layout.tensors[t];
        if (all || tensor->role == TENSOR_Q || tensor->role == TENSOR_K)
            for (size_t i = 0; i < tensor_size(tensor); i++)
                weights[tensor->offset + i] = fill(i, tensor->cols);
    }
    assert_true(status_is_ok(weights_write(path, &layout, weights, NULL)));
    free(weights);
    model_layout_free(&layout);
}

/* At most so many turns; every row that was logged is strict JSON. */
static RunTurn run_for(const RunOptions *o, int most, Status *end, char *said, size_t size)
{
    Run *r = fixture_run(o);
    RunTurn turn = RUN_STEPPED;
    for (int i = 0; i < most && turn == RUN_STEPPED; i++)
        turn = run_turn(r);
    snprintf(said, size, "%s", run_take_message(r));
    *end = run_end(r, "done");
    run_free(r);
    json_t *rows = log_read(o->log, false);
    json_decref(rows);
    return turn;
}

static void weights_at_the_edge(void **state)
{
    (void)state;
    for (size_t e = 0; e < sizeof edges / sizeof *edges; e++)
        for (int kind = 0; kind < DECAY_KIND_COUNT; kind++)
            for (int all = 0; all < 2; all++) {
                Settings s = fixture_settings();
                s.decay.kind = kind;
                RunOptions o = {.settings = &s, .init = fixture_path("edge.safetensors"), .force = true};
                o.log = fixture_path("edge.jsonl");
                o.save = fixture_path("kept.safetensors");
                file_write(o.save, "old");
                write_weights(&s, edges[e].fill, all, o.init);
                char said[4000];
                Status end;
                RunTurn turn = run_for(&o, 8, &end, said, sizeof said);
                if (turn != RUN_STEPPED && turn != RUN_NON_FINITE)
                    fail_msg("%s, %s: turn %d", edges[e].name, decay_kinds[kind].name, (int)turn);
                if (edges[e].finite)
                    continue;
                size_t length;
                char *kept = file_bytes(o.save, &length);
                assert_string_equal(kept, "old");
                free(kept);
                assert_int_equal(turn, RUN_NON_FINITE);
                assert_int_equal(end.code, STATUS_FAILED);
                assert_non_null(strstr(said, "weights themselves"));
            }
}

static void strengths_and_rates_at_the_edge(void **state)
{
    (void)state;
    static const char *const strengths[] = {"0", "1e-30", "1", "1000000"}, *const rates[] = {"1e-30", "0.001", "10"};
    for (int kind = 0; kind < DECAY_KIND_COUNT; kind++)
        for (size_t i = 0; i < 4; i++)
            for (size_t j = 0; j < 3; j++) {
                Settings s = fixture_settings();
                s.decay.kind = kind;
                assert_true(status_is_ok(settings_set(&s, "decay.strength", strengths[i])));
                assert_true(status_is_ok(settings_set(&s, "train.lr", rates[j])));
                RunOptions o = {.settings = &s, .log = fixture_path("rate.jsonl"), .force = true};
                char said[4000];
                Status end;
                RunTurn turn = run_for(&o, 40, &end, said, sizeof said);
                if (turn == RUN_NON_FINITE)
                    assert_non_null(strstr(said, "not finite"));
                else
                    assert_int_equal(turn, RUN_STEPPED);
                assert_int_equal(end.code, STATUS_OK);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_at_the_edge),
        cmocka_unit_test(strengths_and_rates_at_the_edge),
    };
    return cmocka_run_group_tests_name("numbers", tests, fixture_setup, fixture_teardown);
}
