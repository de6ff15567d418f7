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
                    .metadata = xcalloc((size_t)settings_count + 2, sizeof(MetadataOut))};
}

static void parcel_free(Parcel *p)
{
    for (int i = 0; i < p->tensor_count; i++)
        free((void *)(uintptr_t)p->tensors[i].name);
    for (int i = 0; i < p->metadata_count; i++)
        free((void *)(uintptr_t)p->metadata[i].value);
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
    p->metadata[p->metadata_count++] = (MetadataOut){.key = key, .value = xstrdup(value)};
}

static void parcel_add_settings(Parcel *p, const Settings *settings)
{
    Text value = {0};
    for (int i = 0; i < settings_count; i++) {
        text_clear(&value);
        settings_get(settings, &settings_table[i], &value);
        parcel_add_word(p, settings_table[i].key, text_str(&value));
    }
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

Status checkpoint_write(const char *path, const CheckpointView *view)
{
    Parcel p = parcel_new(3 * view->layout->tensor_count + CHECKPOINT_STATE_TENSORS);
    parcel_add_word(&p, CHECKPOINT_FORMAT_KEY, CHECKPOINT_FORMAT);
    parcel_add_word(&p, CHECKPOINT_BLAS_KEY, view->blas_core);
    parcel_add_settings(&p, view->settings);
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
        parcel_add_settings(&p, settings);
    parcel_add_arena(&p, "", layout, arena);
    return parcel_send(&p, path);
}
