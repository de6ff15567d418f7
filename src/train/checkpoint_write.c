#include <lrd/train/checkpoint.h>
#include <lrd/base/text.h>
#include <lrd/base/util.h>
#include <lrd/train/checkpoint_names.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Tensors and metadata of a file in the making; names and values are owned. */
typedef struct Parcel {
    SafetensorsOut *tensors;
    int tensor_count;
    MetadataOut *metadata;
    int metadata_count;
} Parcel;

static Parcel parcel_new(int tensors)
{
    return (Parcel){.tensors = xcalloc((size_t)tensors, sizeof(SafetensorsOut)),
                    .metadata = xcalloc(2 * (size_t)settings_count + 3, sizeof(MetadataOut))};
}

static void parcel_free(Parcel *p)
{
    for (int i = 0; i < p->tensor_count; i++)
        free((void *)(uintptr_t)p->tensors[i].name);
    for (int i = 0; i < p->metadata_count; i++) {
        free((void *)(uintptr_t)p->metadata[i].key);
        free((void *)(uintptr_t)p->metadata[i].value);
    }
    free(p->tensors);
    free(p->metadata);
}

static SafetensorsOut *parcel_add(Parcel *p, const char *prefix, const char *name, SafetensorsType type,
                                  const void *data)
{
    Text full = {0};
    text_add(&full, prefix);
    text_add(&full, name);
    SafetensorsOut *t = &p->tensors[p->tensor_count++];
    *t = (SafetensorsOut){.name = full.data, .type = type, .data = data};
    return t;
}

static void parcel_add_row(Parcel *p, const char *name, SafetensorsType type, int64_t count, const void *data)
{
    SafetensorsOut *t = parcel_add(p, "", name, type, data);
    t->rank = 1;
    t->shape[0] = count;
}

static void parcel_add_arena(Parcel *p, const char *prefix, const ModelLayout *layout, const float *arena)
{
    for (int i = 0; i < layout->tensor_count; i++) {
        const Tensor *tensor = &layout->tensors[i];
        SafetensorsOut *t = parcel_add(p, prefix, tensor->name, SAFETENSORS_F32, arena + tensor->offset);
        t->rank = checkpoint_tensor_shape(tensor, t->shape);
    }
}

static void parcel_add_word(Parcel *p, const char *key, const char *value)
{
    p->metadata[p->metadata_count++] = (MetadataOut){.key = xstrdup(key), .value = xstrdup(value)};
}

static void parcel_add_settings(Parcel *p, const char *prefix, const Settings *settings)
{
    Text key = {0}, value = {0};
    for (int i = 0; i < settings_count; i++) {
        text_clear(&key);
        text_clear(&value);
        text_addf(&key, "%s%s", prefix, settings_table[i].key);
        settings_get(settings, &settings_table[i], &value);
        parcel_add_word(p, text_str(&key), text_str(&value));
    }
    text_free(&key);
    text_free(&value);
}

static Status parcel_send(Parcel *p, const char *path)
{
    Status status = safetensors_write(path, p->tensors, p->tensor_count, p->metadata, p->metadata_count);
    parcel_free(p);
    return status;
}

/* Whether a run that goes on from the settings alone would choose another strength for a decay that it had before. */
static bool strengths_matter(const OwnStrengths *o, const Settings *now)
{
    bool matter = false;
    for (int i = 0; i < DECAY_KIND_COUNT; i++)
        matter = matter || (i != now->decay.kind && own_strength_of(o, i) != own_strength_usual(i));
    return matter;
}

static void parcel_add_twin(Parcel *p, const ModelLayout *layout, const CheckpointArm *twin)
{
    parcel_add_settings(p, CHECKPOINT_TWIN_KEY ".", twin->settings);
    parcel_add_arena(p, CHECKPOINT_TWIN_WEIGHTS, layout, twin->weights);
    parcel_add_arena(p, CHECKPOINT_TWIN_M, layout, twin->m);
    parcel_add_arena(p, CHECKPOINT_TWIN_V, layout, twin->v);
    parcel_add_row(p, CHECKPOINT_TWIN_COUNTERS, SAFETENSORS_I64, RUN_PROGRESS_COUNTERS, twin->progress.counters);
    parcel_add_row(p, CHECKPOINT_TWIN_LEVELS, SAFETENSORS_F64, RUN_PROGRESS_LEVELS, twin->progress.levels);
    parcel_add_row(p, CHECKPOINT_TWIN_QK, SAFETENSORS_F64, QK_STATE_DOUBLES, &twin->qk);
}

Status checkpoint_write(const char *path, const CheckpointView *view)
{
    Parcel p = parcel_new(6 * view->layout->tensor_count + CHECKPOINT_STATE_TENSORS + CHECKPOINT_TWIN_TENSORS);
    parcel_add_word(&p, CHECKPOINT_FORMAT_KEY, CHECKPOINT_FORMAT);
    parcel_add_word(&p, CHECKPOINT_BLAS_KEY, view->blas_core);
    parcel_add_settings(&p, "", view->settings);
    if (view->twin_due && *view->twin_due)
        parcel_add_word(&p, CHECKPOINT_TWIN_KEY, view->twin_due);
    parcel_add_arena(&p, "", view->layout, view->weights);
    parcel_add_arena(&p, CHECKPOINT_M, view->layout, view->m);
    parcel_add_arena(&p, CHECKPOINT_V, view->layout, view->v);
    parcel_add_row(&p, CHECKPOINT_STEP, SAFETENSORS_I64, 1, &view->step);
    parcel_add_row(&p, CHECKPOINT_CURSOR, SAFETENSORS_I64, 1, &view->cursor);
    parcel_add_row(&p, CHECKPOINT_RNG, SAFETENSORS_U64, 4, view->batches.s);
    parcel_add_row(&p, CHECKPOINT_COUNTERS_NAME, SAFETENSORS_I64, RUN_PROGRESS_COUNTERS, view->progress.counters);
    parcel_add_row(&p, CHECKPOINT_LEVELS_NAME, SAFETENSORS_F64, RUN_PROGRESS_LEVELS, view->progress.levels);
    parcel_add_row(&p, CHECKPOINT_PERMUTATION, SAFETENSORS_I32, view->train_count, view->permutation);
    const QkState nothing = {0};
    if (memcmp(&view->qk, &nothing, sizeof nothing) != 0)
        parcel_add_row(&p, CHECKPOINT_QK, SAFETENSORS_F64, QK_STATE_DOUBLES, &view->qk);
    OwnStrengths strengths = view->strengths;
    for (int i = 0; i < DECAY_KIND_COUNT; i++)
        strengths.of[i] = isnan(strengths.of[i]) ? -1 : strengths.of[i];
    if (strengths_matter(&view->strengths, view->settings))
        parcel_add_row(&p, CHECKPOINT_STRENGTHS, SAFETENSORS_F64, DECAY_KIND_COUNT, strengths.of);
    if (view->twin)
        parcel_add_twin(&p, view->layout, view->twin);
    SafetensorsOut *pairs = parcel_add(&p, "", CHECKPOINT_PAIRS, SAFETENSORS_I32, view->pairs);
    pairs->rank = 2;
    pairs->shape[0] = view->train_count;
    pairs->shape[1] = 2;
    return parcel_send(&p, path);
}

Status weights_write(const char *path, const ModelLayout *layout, const float *arena, const Settings *settings)
{
    Parcel p = parcel_new(layout->tensor_count);
    if (settings)
        parcel_add_settings(&p, "", settings);
    parcel_add_arena(&p, "", layout, arena);
    return parcel_send(&p, path);
}
