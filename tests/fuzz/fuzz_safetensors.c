/* A checkpoint or a file of weights: described, and read as --init and --resume read it. */
#include "fuzz.h"

#include <lrd/train/checkpoint.h>

#include <lrd/base/util.h>

enum { PARAMETERS_MAX = 100000 };

static void read_state(const Checkpoint *c, const ModelLayout *layout)
{
    Status status = checkpoint_check_state(c, layout);
    fuzz_check_status(&status);
    if (!status_is_ok(status))
        return;
    int64_t rows = checkpoint_train_count(c);
    PROMISE(rows >= 0 && rows < 1 << 20); /* it was checked against the bytes in the file */
    int32_t *pairs = xcalloc((size_t)rows * 2 + 1, sizeof *pairs);
    CheckpointState state = {.m = xfloats(layout->parameters),
                             .v = xfloats(layout->parameters),
                             .permutation = xcalloc((size_t)rows + 1, sizeof *state.permutation)};
    status = checkpoint_read_pairs(c, pairs);
    fuzz_check_status(&status);
    status = checkpoint_read_state(c, layout, &state);
    fuzz_check_status(&status);
    if (status_is_ok(status))
        PROMISE(state.step >= 0 && state.cursor >= 0 && state.cursor <= rows);
    free(pairs);
    free(state.m);
    free(state.v);
    free(state.permutation);
}

static void read_all(const Checkpoint *c)
{
    Settings settings = settings_default();
    Status status = checkpoint_apply_settings(c, &settings);
    fuzz_check_status(&status);
    if (!status_is_ok(status) || !status_is_ok(settings_check(&settings)))
        return;
    ModelConfig config = settings_model(&settings);
    if (model_parameter_count(&config) > PARAMETERS_MAX)
        return;
    ModelLayout layout = model_layout(&config);
    status = checkpoint_check_weights(c, &layout);
    fuzz_check_status(&status);
    if (status_is_ok(status)) {
        float *weights = xfloats(layout.parameters);
        status = checkpoint_read_weights(c, &layout, weights);
        fuzz_check_status(&status);
        free(weights);
        read_state(c, &layout);
    }
    model_layout_free(&layout);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = fuzz_file(data, size, ".safetensors");
    Status status;
    fuzz_check_info(path);
    Checkpoint *c = checkpoint_open(path, &status);
    fuzz_check_status(&status);
    if (c)
        read_all(c);
    checkpoint_close(c);
    return 0;
}
