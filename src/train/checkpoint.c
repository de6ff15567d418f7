#include <lrd/train/checkpoint.h>
#include <lrd/base/quote.h>
#include <lrd/base/util.h>
#include <lrd/train/checkpoint_names.h>
#include <lrd/io/safetensors_types.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PREFIX_MAX = 64 };

struct Checkpoint {
    SafetensorsFile file;
    bool resumable;
    char prefix[PREFIX_MAX]; /* before the name of every tensor of weights alone */
};

enum { SHOWN_MAX = 80, FULL_NAME_MAX = TENSOR_NAME_MAX + 16 + PREFIX_MAX };

static bool has_prefix(const char *name, const char *prefix)
{
    return strncmp(name, prefix, strlen(prefix)) == 0;
}

/* What DataParallel, compile and a module around the model put before every name, once or several times. */
static void prefix_find(Checkpoint *c)
{
    static const char *const known[] = {"module.", "_orig_mod.", "model."};
    const SafetensorsFile *f = &c->file;
    bool longer = f->entry_count > 0;
    while (longer) {
        const size_t n = strlen(c->prefix);
        longer = false;
        for (size_t i = 0; i < sizeof known / sizeof *known && !longer; i++) {
            if (!has_prefix(f->entries[0].name, c->prefix) || !has_prefix(f->entries[0].name + n, known[i]) ||
                n + strlen(known[i]) >= sizeof c->prefix)
                continue;
            strcat(c->prefix, known[i]);
            longer = true;
            for (int k = 0; k < f->entry_count; k++)
                longer = longer && has_prefix(f->entries[k].name, c->prefix);
            if (!longer)
                c->prefix[n] = '\0';
        }
    }
}

void checkpoint_add_notes(const Checkpoint *c, Text *out)
{
    static const SafetensorsType converted[] = {SAFETENSORS_BF16, SAFETENSORS_F16, SAFETENSORS_F64};
    if (*c->prefix)
        text_addf(out, "\"%s\" is taken off the names of its tensors", c->prefix);
    for (size_t i = 0; i < sizeof converted / sizeof *converted && !c->resumable; i++) {
        int count = 0;
        for (int k = 0; k < c->file.entry_count; k++)
            count += c->file.entries[k].type == converted[i];
        if (count > 0)
            text_addf(out, "%s%d %s of %s %s converted to F32", out->length ? "; " : "", count,
                      count == 1 ? "tensor" : "tensors", safetensors_type_name(converted[i]),
                      count == 1 ? "is" : "are");
    }
}

Checkpoint *checkpoint_open(const char *path, Status *status)
{
    SafetensorsFile file;
    *status = safetensors_open(&file, path);
    if (!status_is_ok(*status))
        return NULL;
    /* PyTorch users write "format": "pt": only a format that starts with our name can be a wrong version of ours. */
    const char *format = safetensors_metadata(&file, CHECKPOINT_FORMAT_KEY);
    bool ours = format && strcmp(format, CHECKPOINT_FORMAT) == 0;
    if (format && !ours && strncmp(format, "lrdlab", 6) == 0) {
        *status = status_input("%s is of the format %s, this program reads \"%s\"", path, quote_word(format).text,
                               CHECKPOINT_FORMAT);
        safetensors_close(&file);
        return NULL;
    }
    Checkpoint *c = xcalloc(1, sizeof *c);
    *c = (Checkpoint){.file = file, .resumable = ours};
    if (!ours)
        prefix_find(c);
    return c;
}

void checkpoint_close(Checkpoint *c)
{
    if (!c)
        return;
    safetensors_close(&c->file);
    free(c);
}

const SafetensorsFile *checkpoint_file(const Checkpoint *c)
{
    return &c->file;
}

bool checkpoint_can_resume(const Checkpoint *c)
{
    return c->resumable;
}

const char *checkpoint_blas_core(const Checkpoint *c)
{
    const char *core = safetensors_metadata(&c->file, CHECKPOINT_BLAS_KEY);
    return core ? core : "";
}

Status checkpoint_apply_settings(const Checkpoint *c, Settings *settings)
{
    Settings all = *settings;
    for (int i = 0; i < c->file.metadata_count; i++) {
        const MetadataPair *pair = &c->file.metadata[i];
        if (!settings_find(pair->key))
            continue;
        Status status = settings_set(&all, pair->key, pair->value);
        if (!status_is_ok(status))
            return status_input("%s: %s", c->file.path, status.text);
    }
    *settings = all;
    return status_ok();
}

/* The entry of that name, if it is one of this type and shape. */
static const SafetensorsEntry *entry_expect(const Checkpoint *c, const char *name, SafetensorsType type, int rank,
                                            const int64_t *shape, Status *status)
{
    char has[SHOWN_MAX], needs[SHOWN_MAX];
    const SafetensorsEntry *e = safetensors_find(&c->file, name);
    safetensors_shape_text(shape, rank, needs, sizeof needs);
    if (!e)
        *status = status_input("%s lacks the tensor %s %s that these settings need", c->file.path, name, needs);
    else if (type == SAFETENSORS_F32 && !c->resumable && safetensors_is_float(e->type))
        type = e->type; /* converted when it is read */
    if (!status_is_ok(*status))
        return NULL;
    if (e->type != type && type == SAFETENSORS_F32)
        *status = status_input("%s: %s is %s and must be F32%s", c->file.path, name, e->type_name,
                               c->resumable ? "" : " (BF16, F16 and F64 are converted)");
    else if (e->type != type)
        *status = status_input("%s: %s is of another type (%s) than it must be", c->file.path, name, e->type_name);
    else if (e->rank != rank || memcmp(e->shape, shape, (size_t)rank * sizeof *shape) != 0)
        *status = status_input("%s: %s is %s but these settings need %s; set task.p and model.* to the file's",
                               c->file.path, name, safetensors_shape_text(e->shape, e->rank, has, sizeof has), needs);
    else
        return e;
    return NULL;
}

/* A tensor of the model. The reference's own leading 1 of pos_embedding may be missing. */
static const SafetensorsEntry *entry_expect_tensor(const Checkpoint *c, const char *prefix, const Tensor *tensor,
                                                   Status *status)
{
    char name[FULL_NAME_MAX];
    snprintf(name, sizeof name, "%s%s%s", c->prefix, prefix, tensor->name);
    int64_t shape[3];
    int rank = checkpoint_tensor_shape(tensor, shape);
    const SafetensorsEntry *e = safetensors_find(&c->file, name);
    if (rank == 3 && e && e->rank == 2)
        return entry_expect(c, name, SAFETENSORS_F32, 2, shape + 1, status);
    return entry_expect(c, name, SAFETENSORS_F32, rank, shape, status);
}

static Status checkpoint_check_arena(const Checkpoint *c, const ModelLayout *layout, const char *prefix)
{
    Status status = status_ok();
    for (int i = 0; i < layout->tensor_count; i++)
        if (!entry_expect_tensor(c, prefix, &layout->tensors[i], &status))
            return status;
    return status;
}

static Status tensor_read(const Checkpoint *c, const SafetensorsEntry *e, float *into)
{
    if (e->type == SAFETENSORS_F32)
        return safetensors_read(&c->file, e, into);
    void *values = xmalloc(e->bytes + 1);
    Status status = safetensors_read(&c->file, e, values);
    if (status_is_ok(status))
        safetensors_to_float(e->type, values, e->bytes / safetensors_type_size(e->type_name), into);
    free(values);
    return status;
}

static Status checkpoint_read_arena(const Checkpoint *c, const ModelLayout *layout, const char *prefix, float *arena)
{
    Status status = status_ok();
    for (int i = 0; i < layout->tensor_count && status_is_ok(status); i++) {
        const SafetensorsEntry *e = entry_expect_tensor(c, prefix, &layout->tensors[i], &status);
        if (e)
            status = tensor_read(c, e, arena + layout->tensors[i].offset);
    }
    return status;
}

static bool name_is_state(const char *name)
{
    return strncmp(name, CHECKPOINT_M, strlen(CHECKPOINT_M)) == 0 ||
           strncmp(name, CHECKPOINT_V, strlen(CHECKPOINT_V)) == 0 ||
           strncmp(name, CHECKPOINT_STATE, strlen(CHECKPOINT_STATE)) == 0;
}

/* Whether deeper models, or models with other parts, have a tensor of this name. */
static bool another_model_has(const ModelLayout *layout, const char *name)
{
    bool found = false;
    for (int kind = 0; kind < MLP_KIND_COUNT && !found; kind++)
        for (int norm = 0; norm < QK_NORM_COUNT && !found; norm++) {
            ModelConfig config = layout->config;
            config.depth = MODEL_DEPTH_MAX;
            config.mlp_kind = (MlpKind)kind;
            config.qk_norm = (QkNorm)norm;
            ModelLayout other = model_layout(&config);
            found = model_tensor_find(&other, name) >= 0;
            model_layout_free(&other);
        }
    return found;
}

Status checkpoint_check_weights(const Checkpoint *c, const ModelLayout *layout)
{
    Status status = checkpoint_check_arena(c, layout, "");
    if (!status_is_ok(status))
        return status;
    for (int i = 0; i < c->file.entry_count; i++) {
        const char *name = c->file.entries[i].name, *bare = name + strlen(c->prefix);
        if (!name_is_state(name) && model_tensor_find(layout, bare) < 0)
            return status_input("%s holds the tensor %s, which a model of these settings does not have; %s",
                                c->file.path, quote_word(name).text,
                                another_model_has(layout, bare) ? "set model.* to the file's"
                                                                : "no setting gives one that has it: leave it out of "
                                                                  "the file");
    }
    return status_ok();
}

Status checkpoint_read_weights(const Checkpoint *c, const ModelLayout *layout, float *weights)
{
    return checkpoint_read_arena(c, layout, "", weights);
}

/* A row of the state, as the writer makes it. */
static const SafetensorsEntry *entry_expect_row(const Checkpoint *c, const char *name, SafetensorsType type,
                                                int64_t count, Status *status)
{
    return entry_expect(c, name, type, 1, &count, status);
}

int64_t checkpoint_train_count(const Checkpoint *c)
{
    const SafetensorsEntry *pairs = safetensors_find(&c->file, CHECKPOINT_PAIRS);
    return pairs && pairs->rank == 2 ? pairs->shape[0] : 0;
}

static const SafetensorsEntry *entry_expect_pairs(const Checkpoint *c, Status *status)
{
    int64_t shape[2] = {checkpoint_train_count(c), 2};
    return entry_expect(c, CHECKPOINT_PAIRS, SAFETENSORS_I32, 2, shape, status);
}

bool checkpoint_has_twin(const Checkpoint *c)
{
    return c->resumable && safetensors_find(&c->file, CHECKPOINT_TWIN_COUNTERS);
}

const char *checkpoint_twin_due(const Checkpoint *c)
{
    const char *words = c->resumable ? safetensors_metadata(&c->file, CHECKPOINT_TWIN_KEY) : NULL;
    return words ? words : "";
}

Status checkpoint_read_twin_settings(const Checkpoint *c, Settings *settings)
{
    Settings all = *settings;
    for (int i = 0; i < settings_count; i++) {
        char key[sizeof CHECKPOINT_TWIN_KEY + SETTING_KEY_MAX];
        snprintf(key, sizeof key, CHECKPOINT_TWIN_KEY ".%s", settings_table[i].key);
        const char *value = settings_table[i].midrun ? safetensors_metadata(&c->file, key) : NULL;
        Status status = value ? settings_set(&all, settings_table[i].key, value) : status_ok();
        if (!status_is_ok(status))
            return status_input("%s: the twin: %s", c->file.path, status.text);
    }
    *settings = all;
    return settings_check_together(settings);
}

static Status checkpoint_check_twin(const Checkpoint *c, const ModelLayout *layout)
{
    static const char *const arenas[] = {CHECKPOINT_TWIN_WEIGHTS, CHECKPOINT_TWIN_M, CHECKPOINT_TWIN_V};
    Status status = status_ok();
    for (size_t i = 0; i < sizeof arenas / sizeof *arenas && status_is_ok(status); i++)
        status = checkpoint_check_arena(c, layout, arenas[i]);
    if (status_is_ok(status) &&
        entry_expect_row(c, CHECKPOINT_TWIN_COUNTERS, SAFETENSORS_I64, RUN_PROGRESS_COUNTERS, &status) &&
        entry_expect_row(c, CHECKPOINT_TWIN_LEVELS, SAFETENSORS_F64, RUN_PROGRESS_LEVELS, &status))
        entry_expect_row(c, CHECKPOINT_TWIN_QK, SAFETENSORS_F64, QK_STATE_DOUBLES, &status);
    return status;
}

Status checkpoint_check_state(const Checkpoint *c, const ModelLayout *layout)
{
    if (!c->resumable)
        return status_input("%s holds weights but no state of a run: start from it with --init instead of --resume",
                            c->file.path);
    Status status = checkpoint_check_arena(c, layout, CHECKPOINT_M);
    if (status_is_ok(status))
        status = checkpoint_check_arena(c, layout, CHECKPOINT_V);
    if (!status_is_ok(status))
        return status;
    int64_t rows = checkpoint_train_count(c);
    if (rows < 1 || rows > INT32_MAX)
        return status_input("%s: %s holds no training rows, or too many", c->file.path, CHECKPOINT_PAIRS);
    bool whole = entry_expect_row(c, CHECKPOINT_STEP, SAFETENSORS_I64, 1, &status) &&
                 entry_expect_row(c, CHECKPOINT_CURSOR, SAFETENSORS_I64, 1, &status) &&
                 entry_expect_row(c, CHECKPOINT_RNG, SAFETENSORS_U64, 4, &status) &&
                 entry_expect_row(c, CHECKPOINT_COUNTERS_NAME, SAFETENSORS_I64, RUN_PROGRESS_COUNTERS, &status) &&
                 entry_expect_row(c, CHECKPOINT_LEVELS_NAME, SAFETENSORS_F64, RUN_PROGRESS_LEVELS, &status) &&
                 (!safetensors_find(&c->file, CHECKPOINT_QK) ||
                  entry_expect_row(c, CHECKPOINT_QK, SAFETENSORS_F64, QK_STATE_DOUBLES, &status)) &&
                 (!safetensors_find(&c->file, CHECKPOINT_STRENGTHS) ||
                  entry_expect_row(c, CHECKPOINT_STRENGTHS, SAFETENSORS_F64, DECAY_KIND_COUNT, &status)) &&
                 entry_expect_row(c, CHECKPOINT_PERMUTATION, SAFETENSORS_I32, rows, &status) &&
                 entry_expect_pairs(c, &status);
    (void)whole; /* status says it, and what is missing */
    return status_is_ok(status) && checkpoint_has_twin(c) ? checkpoint_check_twin(c, layout) : status;
}

Status checkpoint_read_pairs(const Checkpoint *c, int32_t *pairs)
{
    Status status = status_ok();
    const SafetensorsEntry *e = entry_expect_pairs(c, &status);
    return e ? safetensors_read(&c->file, e, pairs) : status;
}

static bool permutation_is_whole(const int32_t *permutation, int64_t count)
{
    bool *seen = xcalloc((size_t)count, sizeof *seen);
    bool whole = true;
    for (int64_t i = 0; i < count && whole; i++) {
        whole = permutation[i] >= 0 && permutation[i] < count && !seen[permutation[i]];
        if (whole)
            seen[permutation[i]] = true;
    }
    free(seen);
    return whole;
}

/* A moment that is not finite, or a mean of squares below zero, would be blamed on the run a step later. */
static Status eval_history_check(const Checkpoint *c, const ModelLayout *layout, const char *prefix, const float *arena)
{
    const bool squares = strcmp(prefix, CHECKPOINT_V) == 0 || strcmp(prefix, CHECKPOINT_TWIN_V) == 0;
    for (int i = 0; i < layout->tensor_count; i++) {
        const Tensor *t = &layout->tensors[i];
        const size_t count = tensor_size(t);
        for (size_t k = 0; k < count; k++) {
            const float x = arena[t->offset + k];
            if (!isfinite(x) || (squares && x < 0))
                return status_input("%s: the tensor %s%s holds a number that %s", c->file.path, prefix, t->name,
                                    isfinite(x) ? "is below zero, and it is a mean of squares" : "is not finite");
        }
    }
    return status_ok();
}

static Status state_check_values(const Checkpoint *c, const CheckpointState *s, int64_t rows)
{
    const uint64_t *rng = s->batches.s;
    if (s->step < 0 || s->step > SETTINGS_STEPS_MAX)
        return status_input("%s: %s is outside 0..%lld", c->file.path, CHECKPOINT_STEP, (long long)SETTINGS_STEPS_MAX);
    if (s->cursor < 0 || s->cursor >= rows)
        return status_input("%s: %s is outside the training rows", c->file.path, CHECKPOINT_CURSOR);
    if (!(rng[0] | rng[1] | rng[2] | rng[3])) /* the one state from which xoshiro never moves */
        return status_input("%s: %s is all zero", c->file.path, CHECKPOINT_RNG);
    for (int i = 0; i < 2 * MODEL_DEPTH_MAX; i++)
        if (!(s->qk.held[i] >= 0 && isfinite(s->qk.held[i])))
            return status_input("%s: %s holds a norm that is none", c->file.path, CHECKPOINT_QK);
    if (!(s->qk.truncated >= 0 && isfinite(s->qk.truncated)))
        return status_input("%s: %s holds a step that is none", c->file.path, CHECKPOINT_QK);
    if (!(s->qk.momentum_of >= 0 && s->qk.momentum_of < QK_OPTIMISER_COUNT))
        return status_input("%s: %s names no optimiser", c->file.path, CHECKPOINT_QK);
    for (int i = 0; i < DECAY_KIND_COUNT; i++)
        if (!isnan(s->strengths.of[i]) && !(s->strengths.of[i] >= 0 && s->strengths.of[i] <= 1e6))
            return status_input("%s: %s holds a strength outside 0..10^6", c->file.path, CHECKPOINT_STRENGTHS);
    if (!permutation_is_whole(s->permutation, rows))
        return status_input("%s: %s does not name every training row once", c->file.path, CHECKPOINT_PERMUTATION);
    /* Steps that came already, -1 for none, counts of evaluations, which are no more than the steps, and flags. */
    for (int i = 0; i < RUN_PROGRESS_COUNTERS; i++)
        if (s->progress.counters[i] < -1 || s->progress.counters[i] > s->step + 1)
            return status_input("%s: %s holds a number outside -1..%lld, the run's step", c->file.path,
                                CHECKPOINT_COUNTERS_NAME, (long long)s->step + 1);
    for (int i = 0; i < RUN_PROGRESS_LEVELS; i++)
        if (!isfinite(s->progress.levels[i]) || s->progress.levels[i] < -1)
            return status_input("%s: %s holds a number that is not finite, or below -1", c->file.path,
                                CHECKPOINT_LEVELS_NAME);
    return status_ok();
}

Status checkpoint_read_state(const Checkpoint *c, const ModelLayout *layout, CheckpointState *into)
{
    const struct {
        const char *name;
        void *into;
    } rows[] = {
        {CHECKPOINT_STEP, &into->step},
        {CHECKPOINT_CURSOR, &into->cursor},
        {CHECKPOINT_RNG, into->batches.s},
        {CHECKPOINT_COUNTERS_NAME, into->progress.counters},
        {CHECKPOINT_LEVELS_NAME, into->progress.levels},
        {CHECKPOINT_PERMUTATION, into->permutation},
    };
    Status status = checkpoint_check_state(c, layout);
    for (size_t i = 0; i < sizeof rows / sizeof *rows && status_is_ok(status); i++)
        status = safetensors_read(&c->file, safetensors_find(&c->file, rows[i].name), rows[i].into);
    const SafetensorsEntry *qk = safetensors_find(&c->file, CHECKPOINT_QK);
    into->qk = (QkState){0};
    if (status_is_ok(status) && qk)
        status = safetensors_read(&c->file, qk, &into->qk);
    const SafetensorsEntry *strengths = safetensors_find(&c->file, CHECKPOINT_STRENGTHS);
    into->strengths = own_strengths_new();
    if (status_is_ok(status) && strengths)
        status = safetensors_read(&c->file, strengths, into->strengths.of);
    for (int i = 0; i < DECAY_KIND_COUNT; i++)
        into->strengths.of[i] = into->strengths.of[i] == -1 ? NAN : into->strengths.of[i];
    if (status_is_ok(status))
        status = checkpoint_read_arena(c, layout, CHECKPOINT_M, into->m);
    if (status_is_ok(status))
        status = checkpoint_read_arena(c, layout, CHECKPOINT_V, into->v);
    if (status_is_ok(status))
        status = eval_history_check(c, layout, CHECKPOINT_M, into->m);
    if (status_is_ok(status))
        status = eval_history_check(c, layout, CHECKPOINT_V, into->v);
    if (status_is_ok(status))
        status = state_check_values(c, into, checkpoint_train_count(c));
    return status;
}

Status checkpoint_read_twin(const Checkpoint *c, const ModelLayout *layout, float *weights, CheckpointState *into)
{
    const struct {
        const char *name;
        void *into;
    } rows[] = {{CHECKPOINT_TWIN_COUNTERS, into->progress.counters},
                {CHECKPOINT_TWIN_LEVELS, into->progress.levels},
                {CHECKPOINT_TWIN_QK, &into->qk}};
    Status status = checkpoint_check_twin(c, layout);
    for (size_t i = 0; i < sizeof rows / sizeof *rows && status_is_ok(status); i++)
        status = safetensors_read(&c->file, safetensors_find(&c->file, rows[i].name), rows[i].into);
    if (status_is_ok(status))
        status = checkpoint_read_arena(c, layout, CHECKPOINT_TWIN_WEIGHTS, weights);
    if (status_is_ok(status))
        status = checkpoint_read_arena(c, layout, CHECKPOINT_TWIN_M, into->m);
    if (status_is_ok(status))
        status = checkpoint_read_arena(c, layout, CHECKPOINT_TWIN_V, into->v);
    if (status_is_ok(status))
        status = eval_history_check(c, layout, CHECKPOINT_TWIN_M, into->m);
    if (status_is_ok(status))
        status = eval_history_check(c, layout, CHECKPOINT_TWIN_V, into->v);
    return status_is_ok(status) ? state_check_values(c, into, checkpoint_train_count(c)) : status;
}
