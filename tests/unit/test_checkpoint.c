/* A checkpoint gives back what it was given, to the bit; whatever is cut off or changed in one is refused. */
#include "files_fixture.h"

#include <math.h>

#include <lrd/base/util.h>
#include <lrd/train/checkpoint.h>
#include <lrd/train/checkpoint_names.h>
#include <lrd/app/info.h>

enum { ROWS = 11 };

/* A small model whose arenas hold numbers that tell where they belong. */
typedef struct Sample {
    Settings settings;
    ModelLayout layout;
    float *weights, *m, *v;
    int32_t pairs[2 * ROWS], permutation[ROWS];
    CheckpointView view;
} Sample;

static void set(Settings *s, const char *key, const char *value)
{
    assert_ok(settings_set(s, key, value));
}

static float *arena_new(size_t count, uint64_t seed)
{
    float *arena = xfloats(count);
    Rng rng = rng_seed(seed, RNG_WEIGHTS);
    for (size_t i = 0; i < count; i++)
        arena[i] = (float)rng_normal(&rng);
    arena[0] = NAN; /* a run that blew up can be saved too */
    arena[1] = -0.0F;
    return arena;
}

static void sample_make(Sample *s, const char *mlp_kind)
{
    s->settings = settings_default();
    set(&s->settings, "task.p", "5");
    set(&s->settings, "model.dim", "4");
    set(&s->settings, "model.heads", "2");
    set(&s->settings, "model.depth", "1");
    set(&s->settings, "model.mlp", "3");
    set(&s->settings, "model.mlp_kind", mlp_kind);
    set(&s->settings, "decay.strength", "0.0123456789");
    ModelConfig config = settings_model(&s->settings);
    s->layout = model_layout(&config);
    s->weights = arena_new(s->layout.parameters, 1);
    s->m = arena_new(s->layout.parameters, 2);
    s->v = arena_new(s->layout.parameters, 3);
    s->m[0] = s->v[0] = 0.25F;
    for (size_t i = 0; i < s->layout.parameters; i++)
        s->v[i] = fabsf(s->v[i]);
    for (int i = 0; i < ROWS; i++) {
        s->pairs[2 * i] = i % 5;
        s->pairs[2 * i + 1] = i / 5;
        s->permutation[i] = (i * 3 + 1) % ROWS;
    }
    s->view = (CheckpointView){.settings = &s->settings,
                               .layout = &s->layout,
                               .weights = s->weights,
                               .m = s->m,
                               .v = s->v,
                               .step = 123456789012,
                               .train_count = ROWS,
                               .pairs = s->pairs,
                               .permutation = s->permutation,
                               .cursor = 7,
                               .batches = rng_seed(4, RNG_BATCHES),
                               .progress = {.counters = {300, -1, 123456789012}, .levels = {0.1, 1e300}},
                               .blas_core = "Haswell"};
}

static void sample_free(Sample *s)
{
    model_layout_free(&s->layout);
    free(s->weights);
    free(s->m);
    free(s->v);
}

static void assert_settings_equal(const Settings *a, const Settings *b)
{
    Text one = {0}, two = {0};
    for (int i = 0; i < settings_count; i++) {
        text_clear(&one);
        text_clear(&two);
        settings_get(a, &settings_table[i], &one);
        settings_get(b, &settings_table[i], &two);
        assert_string_equal(text_str(&one), text_str(&two));
    }
    text_free(&one);
    text_free(&two);
}

static Checkpoint *open_right(const char *path)
{
    Status status;
    Checkpoint *c = checkpoint_open(path, &status);
    assert_ok(status);
    assert_non_null(c);
    return c;
}

static void what_is_saved_comes_back(const char *mlp_kind)
{
    Sample s;
    sample_make(&s, mlp_kind);
    const char *path = files_path("whole.ckpt");
    assert_ok(checkpoint_write(path, &s.view));
    Checkpoint *c = open_right(path);
    Settings settings = settings_default();
    assert_ok(checkpoint_apply_settings(c, &settings));
    assert_settings_equal(&settings, &s.settings);
    assert_true(checkpoint_can_resume(c));
    assert_string_equal(checkpoint_blas_core(c), "Haswell");
    assert_ok(checkpoint_check_weights(c, &s.layout));
    assert_ok(checkpoint_check_state(c, &s.layout));
    assert_int_equal(checkpoint_train_count(c), ROWS);

    size_t bytes = s.layout.parameters * sizeof(float);
    float *weights = xfloats(s.layout.parameters), *m = xfloats(s.layout.parameters), *v = xfloats(s.layout.parameters);
    int32_t pairs[2 * ROWS], permutation[ROWS];
    CheckpointState state = {.m = m, .v = v, .permutation = permutation};
    assert_ok(checkpoint_read_weights(c, &s.layout, weights));
    assert_ok(checkpoint_read_pairs(c, pairs));
    assert_ok(checkpoint_read_state(c, &s.layout, &state));
    assert_memory_equal(weights, s.weights, bytes);
    assert_memory_equal(m, s.m, bytes);
    assert_memory_equal(v, s.v, bytes);
    assert_memory_equal(pairs, s.pairs, sizeof pairs);
    assert_memory_equal(permutation, s.permutation, sizeof permutation);
    assert_memory_equal(&state.batches, &s.view.batches, sizeof state.batches);
    assert_memory_equal(&state.progress, &s.view.progress, sizeof state.progress);
    assert_int_equal(state.step, s.view.step);
    assert_int_equal(state.cursor, s.view.cursor);
    checkpoint_close(c);
    free(weights);
    free(m);
    free(v);
    sample_free(&s);
}

static void checkpoints_come_back(void **state)
{
    (void)state;
    what_is_saved_comes_back("silu");
    what_is_saved_comes_back("swiglu");
}

/* Reads all that a resumed run reads. */
static Status read_all(const char *path)
{
    Status status;
    Checkpoint *c = checkpoint_open(path, &status);
    if (!c)
        return status;
    Sample s;
    sample_make(&s, "silu");
    int32_t pairs[2 * ROWS];
    CheckpointState into = {.m = s.m, .v = s.v, .permutation = s.permutation};
    status = checkpoint_apply_settings(c, &s.settings);
    if (status_is_ok(status))
        status = checkpoint_check_weights(c, &s.layout);
    if (status_is_ok(status))
        status = checkpoint_check_state(c, &s.layout);
    if (status_is_ok(status) && checkpoint_train_count(c) != ROWS)
        status = status_input("another number of rows");
    if (status_is_ok(status))
        status = checkpoint_read_weights(c, &s.layout, s.weights);
    if (status_is_ok(status))
        status = checkpoint_read_pairs(c, pairs);
    if (status_is_ok(status))
        status = checkpoint_read_state(c, &s.layout, &into);
    checkpoint_close(c);
    sample_free(&s);
    return status;
}

static void every_cut_is_refused(void **state)
{
    (void)state;
    Sample s;
    sample_make(&s, "silu");
    const char *path = files_path("cut.ckpt");
    assert_ok(checkpoint_write(path, &s.view));
    assert_ok(read_all(path));
    Text whole = file_get(path);
    for (size_t length = whole.length; length-- > 0;) {
        assert_int_equal(truncate(path, (off_t)length), 0);
        Status status = read_all(path);
        if (status.code != STATUS_INPUT || !strstr(status.text, "cut.ckpt"))
            fail_msg("cut to %zu bytes: (%d) %s", length, (int)status.code, status.text);
    }
    text_free(&whole);
    sample_free(&s);
}

/* A changed byte of the header is refused or harmless (a digit of a setting), never a crash; all of it is also
 * described. */
static void changed_headers_do_no_harm(void **state)
{
    (void)state;
    Sample s;
    sample_make(&s, "silu");
    const char *path = files_path("flip.ckpt");
    assert_ok(checkpoint_write(path, &s.view));
    Text whole = file_get(path);
    size_t header = (size_t)(unsigned char)whole.data[0] + 256 * (size_t)(unsigned char)whole.data[1];
    Text told = {0};
    int refused = 0;
    for (size_t i = 0; i < header + 8; i++) {
        static const char flips[] = {1, 0x20, (char)0x80};
        char was = whole.data[i];
        whole.data[i] = (char)(was ^ flips[i % sizeof flips]);
        file_put(path, whole.data, whole.length);
        Status status = read_all(path);
        refused += !status_is_ok(status);
        assert_true(status_is_ok(status) || strlen(status.text) > 20);
        if (i % 16 == 0)
            (void)info_describe(path, NULL, &told);
        whole.data[i] = was;
    }
    assert_true(refused > (int)header / 2);
    text_free(&told);
    text_free(&whole);
    sample_free(&s);
}

static void a_state_that_lies_is_refused(void **state)
{
    (void)state;
    Sample s;
    sample_make(&s, "silu");
    const char *path = files_path("lie.ckpt");
    CheckpointView right = s.view;
    s.view.cursor = ROWS + 1;
    assert_ok(checkpoint_write(path, &s.view));
    assert_says(read_all(path), STATUS_INPUT, "state.cursor");
    s.view = right;
    s.view.step = -1;
    assert_ok(checkpoint_write(path, &s.view));
    assert_says(read_all(path), STATUS_INPUT, "state.step");
    s.view = right;
    s.view.batches = (Rng){{0}};
    assert_ok(checkpoint_write(path, &s.view));
    assert_says(read_all(path), STATUS_INPUT, "state.rng");
    s.view = right;
    s.permutation[3] = s.permutation[4];
    assert_ok(checkpoint_write(path, &s.view));
    assert_says(read_all(path), STATUS_INPUT, "state.permutation");
    s.permutation[3] = -7;
    assert_ok(checkpoint_write(path, &s.view));
    assert_says(read_all(path), STATUS_INPUT, "state.permutation");
    s.permutation[3] = (3 * 3 + 1) % ROWS;

    s.view.step = INT64_C(1) << 62;
    assert_ok(checkpoint_write(path, &s.view));
    assert_says(read_all(path), STATUS_INPUT, "state.step");
    s.view = right;
    for (int i = 0; i < RUN_PROGRESS_COUNTERS; i++) {
        const int64_t wrong[] = {-2, right.step + 2, INT64_MAX, INT64_MIN};
        for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
            s.view.progress.counters[i] = wrong[k];
            assert_ok(checkpoint_write(path, &s.view));
            assert_says(read_all(path), STATUS_INPUT, "state.counters");
        }
        s.view = right;
    }
    for (int i = 0; i < RUN_PROGRESS_LEVELS; i++) {
        const double wrong[] = {NAN, INFINITY, -INFINITY, -2};
        for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
            s.view.progress.levels[i] = wrong[k];
            assert_ok(checkpoint_write(path, &s.view));
            assert_says(read_all(path), STATUS_INPUT, "state.levels");
        }
        s.view = right;
    }
    const size_t last = s.layout.parameters - 1;
    const float moments[] = {NAN, INFINITY, -INFINITY, -1e-30F};
    for (size_t k = 0; k < sizeof moments / sizeof *moments; k++) {
        const float kept = s.v[last], first = s.m[0];
        s.v[last] = moments[k];
        assert_ok(checkpoint_write(path, &s.view));
        assert_says(read_all(path), STATUS_INPUT, "optim.v.");
        s.v[last] = kept;
        s.m[0] = moments[k];
        assert_ok(checkpoint_write(path, &s.view));
        if (isfinite(moments[k]))
            assert_ok(read_all(path)); /* a mean of gradients may have either sign */
        else
            assert_says(read_all(path), STATUS_INPUT, "optim.m.");
        s.m[0] = first;
    }
    sample_free(&s);
}

static void weights_alone_are_no_run(void **state)
{
    (void)state;
    Sample s;
    sample_make(&s, "silu");
    const char *path = files_path("weights.safetensors");
    assert_ok(weights_write(path, &s.layout, s.weights, &s.settings));
    Checkpoint *c = open_right(path);
    assert_false(checkpoint_can_resume(c));
    assert_says(checkpoint_check_state(c, &s.layout), STATUS_INPUT, "--init");
    assert_ok(checkpoint_check_weights(c, &s.layout));
    const SafetensorsEntry *positions = safetensors_find(checkpoint_file(c), "pos_embedding");
    const SafetensorsEntry *gain = safetensors_find(checkpoint_file(c), "norm_final.g");
    assert_int_equal(positions->rank, 3);
    assert_int_equal(positions->shape[0], 1);
    assert_int_equal(gain->rank, 1);
    checkpoint_close(c);
    sample_free(&s);
}

static void another_model_is_refused(void **state)
{
    (void)state;
    Sample s, other;
    sample_make(&s, "silu");
    const char *path = files_path("other.safetensors");
    assert_ok(weights_write(path, &s.layout, s.weights, NULL));
    Checkpoint *c = open_right(path);
    sample_make(&other, "swiglu");
    assert_says(checkpoint_check_weights(c, &other.layout), STATUS_INPUT, "lacks the tensor layers.0.mlp.w1.weight");
    sample_free(&other);

    other.settings = s.settings;
    set(&other.settings, "task.p", "7");
    ModelConfig config = settings_model(&other.settings);
    other.layout = model_layout(&config);
    assert_says(checkpoint_check_weights(c, &other.layout), STATUS_INPUT, "is [6, 4] but these settings need [8, 4]");
    model_layout_free(&other.layout);

    set(&other.settings, "task.p", "5");
    set(&other.settings, "model.qk_norm", "off");
    config = settings_model(&other.settings);
    other.layout = model_layout(&config);
    assert_says(checkpoint_check_weights(c, &other.layout), STATUS_INPUT, "does not have");
    model_layout_free(&other.layout);
    checkpoint_close(c);
    sample_free(&s);
}

static void bad_metadata_is_refused(void **state)
{
    (void)state;
    const char *path = files_path("metadata.safetensors");
    const MetadataOut wrong[] = {{"train.lr", "0.01"}, {"model.dim", "many"}};
    const MetadataOut fine[] = {{"format", "pt"}, {"model.dimension", "?"}, {"model.dim", "64"}};
    assert_ok(safetensors_write(path, NULL, 0, wrong, 2));
    Checkpoint *c = open_right(path);
    Settings settings = settings_default();
    assert_says(checkpoint_apply_settings(c, &settings), STATUS_INPUT, "metadata.safetensors: ");
    Settings untouched = settings_default();
    assert_settings_equal(&settings, &untouched);
    checkpoint_close(c);
    assert_ok(safetensors_write(path, NULL, 0, fine, 3));
    c = open_right(path);
    assert_ok(checkpoint_apply_settings(c, &settings));
    assert_int_equal(settings.model.dim, 64);
    checkpoint_close(c);
    const MetadataOut later = {"format", "lrdlab-checkpoint 9"};
    Status status;
    assert_ok(safetensors_write(path, NULL, 0, &later, 1));
    assert_null(checkpoint_open(path, &status));
    assert_says(status, STATUS_INPUT, "lrdlab-checkpoint 9");
}

static void the_golden_weights_load(void **state)
{
    (void)state;
    static const char *const names[] = {"elastic-swiglu", "l2-mul",     "lrd-add",   "none-div",
                                        "polar-s5",       "radial-sub", "svt-cubic", "tangential-sumsq"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[100];
        snprintf(path, sizeof path, "tests/golden/%s/init.safetensors", names[i]);
        Checkpoint *c = open_right(path);
        Settings settings = settings_default();
        assert_ok(checkpoint_apply_settings(c, &settings));
        ModelConfig config = settings_model(&settings);
        ModelLayout layout = model_layout(&config);
        assert_ok(checkpoint_check_weights(c, &layout));
        float *weights = xfloats(layout.parameters);
        assert_ok(checkpoint_read_weights(c, &layout, weights));
        double sum = 0;
        for (size_t k = 0; k < layout.parameters; k++)
            sum += fabs((double)weights[k]);
        assert_true(sum > 0 && isfinite(sum));
        for (int k = 0; k < layout.config.dim; k++)
            assert_true(weights[layout.norm_final + (size_t)k] == 1); /* gains start at 1 */
        free(weights);
        model_layout_free(&layout);
        checkpoint_close(c);
    }
}

static void a_checkpoint_is_described(void **state)
{
    (void)state;
    Sample s;
    sample_make(&s, "silu");
    const char *path = files_path("told.ckpt");
    assert_ok(checkpoint_write(path, &s.view));
    Text out = {0};
    assert_ok(info_describe(path, NULL, &out));
    assert_non_null(strstr(out.data, "a checkpoint"));
    assert_non_null(strstr(out.data, "step          123456789012\n"));
    assert_non_null(strstr(out.data, "memorised     at step 300\n"));
    assert_null(strstr(out.data, "collapsed"));
    assert_non_null(strstr(out.data, "decay.strength       0.0123456789\n"));
    assert_non_null(strstr(out.data, "[1, 3, 4]"));
    text_free(&out);
    sample_free(&s);
}

/* Every tensor of the model under another name and in another type, which holds the values exactly. */
static void weights_put(const char *path, const Sample *s, const char *prefix, SafetensorsType type, const char *extra)
{
    enum { MOST = 64 };
    SafetensorsOut out[MOST];
    static char names[MOST][128];
    void *data[MOST];
    int count = s->layout.tensor_count;
    for (int i = 0; i < count; i++) {
        const Tensor *t = &s->layout.tensors[i];
        out[i] = (SafetensorsOut){.name = names[i], .type = type};
        out[i].rank = checkpoint_tensor_shape(t, out[i].shape);
        int64_t n = 1;
        for (int k = 0; k < out[i].rank; k++)
            n *= out[i].shape[k];
        snprintf(names[i], sizeof names[i], "%s%s", prefix, t->name);
        data[i] = calloc((size_t)n, 8);
        for (int64_t k = 0; k < n; k++) { /* 1.5, -1.5, in turn */
            if (type == SAFETENSORS_F64)
                ((double *)data[i])[k] = k % 2 ? -1.5 : 1.5;
            else if (type == SAFETENSORS_BF16 || type == SAFETENSORS_F16)
                ((uint16_t *)data[i])[k] =
                    (uint16_t)((type == SAFETENSORS_F16 ? 0x3E00 : 0x3FC0) | (k % 2 ? 0x8000 : 0));
        }
        out[i].data = data[i];
    }
    float one = 0;
    if (extra)
        out[count] = (SafetensorsOut){.name = extra, .type = SAFETENSORS_F32, .rank = 1, .shape = {1}, .data = &one};
    assert_ok(safetensors_write(path, out, count + (extra != NULL), NULL, 0));
    for (int i = 0; i < count; i++)
        free(data[i]);
}

static void weights_of_other_programs_are_converted(void **state)
{
    (void)state;
    static const struct {
        const char *prefix;
        SafetensorsType type;
        const char *says;
    } cases[] = {{"", SAFETENSORS_F16, "of F16 are converted"},
                 {"module.", SAFETENSORS_BF16, "\"module.\" is taken off"},
                 {"_orig_mod.module.", SAFETENSORS_F64, "\"_orig_mod.module.\" is taken off"},
                 {"model.", SAFETENSORS_F16, "\"model.\""}};
    Sample s;
    sample_make(&s, "silu");
    const char *path = files_path("foreign.safetensors");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Text notes = {0};
        weights_put(path, &s, cases[i].prefix, cases[i].type, NULL);
        Checkpoint *c = open_right(path);
        assert_ok(checkpoint_check_weights(c, &s.layout));
        assert_ok(checkpoint_read_weights(c, &s.layout, s.weights));
        const Tensor *t = &s.layout.tensors[3];
        assert_true(s.weights[t->offset] == 1.5F && s.weights[t->offset + 1] == -1.5F);
        checkpoint_add_notes(c, &notes);
        assert_non_null(strstr(text_str(&notes), cases[i].says));
        text_free(&notes);
        checkpoint_close(c);
    }
    weights_put(path, &s, "", SAFETENSORS_I64, NULL);
    Checkpoint *c = open_right(path);
    assert_says(checkpoint_check_weights(c, &s.layout), STATUS_INPUT, "is I64 and must be F32");
    checkpoint_close(c);
    weights_put(path, &s, "model.", SAFETENSORS_F16, "model.ema.decay");
    c = open_right(path);
    assert_says(checkpoint_check_weights(c, &s.layout), STATUS_INPUT, "leave it out of the file");
    checkpoint_close(c);
    weights_put(path, &s, "", SAFETENSORS_F16, "layers.9.attn.q_proj.weight");
    c = open_right(path);
    assert_says(checkpoint_check_weights(c, &s.layout), STATUS_INPUT, "set model.* to the file's");
    checkpoint_close(c);
    sample_free(&s);
}

static void halves_are_what_they_say(void **state)
{
    (void)state;
    const uint16_t bits[] = {0, 0x8000, 0x0001, 0x03FF, 0x0400, 0x3C01, 0x7BFF, 0x7C00, 0xFC00, 0x7E00};
    const float values[] = {0, -0.0F, 0x1p-24F, 0x1.FF8p-15F, 0x1p-14F, 1.0009765625F, 65504, INFINITY, -INFINITY, NAN};
    float out[10];
    safetensors_to_float(SAFETENSORS_F16, bits, 10, out);
    for (int i = 0; i < 10; i++)
        assert_true(isnan(values[i]) ? isnan(out[i]) : out[i] == values[i] && !signbit(out[i]) == !signbit(values[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_of_other_programs_are_converted),
        cmocka_unit_test(halves_are_what_they_say),
        cmocka_unit_test(checkpoints_come_back),
        cmocka_unit_test(every_cut_is_refused),
        cmocka_unit_test(changed_headers_do_no_harm),
        cmocka_unit_test(a_state_that_lies_is_refused),
        cmocka_unit_test(weights_alone_are_no_run),
        cmocka_unit_test(another_model_is_refused),
        cmocka_unit_test(bad_metadata_is_refused),
        cmocka_unit_test(the_golden_weights_load),
        cmocka_unit_test(a_checkpoint_is_described),
    };
    return cmocka_run_group_tests_name("checkpoint", tests, files_setup, files_teardown);
}
