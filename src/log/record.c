#include <lrd/log/record.h>
#include <lrd/base/util.h>
#include <lrd/log/record_fields.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const event_names[EVENT_KIND_COUNT] = {
    [EVENT_SET] = "set",
    [EVENT_MEMORISED] = "memorised",
    [EVENT_COLLAPSED] = "collapsed",
    [EVENT_GROKKED] = "grokked",
    [EVENT_GENERALISED] = "generalised",
    [EVENT_LOST] = "lost",
    [EVENT_WARNING] = "warning",
    [EVENT_SPIKE] = "spike",
    [EVENT_FLOOR] = "floor",
    [EVENT_NON_FINITE] = "non-finite",
    [EVENT_BRANCH] = "branch",
    [EVENT_SWITCH] = "switch",
    [EVENT_RESUMED] = "resumed",
    [EVENT_SAVED] = "saved",
    [EVENT_END] = "end",
};

static MatrixMeasure matrix_measure_empty(void)
{
    return (MatrixMeasure){
        .stable_rank = NAN,
        .effective_rank = NAN,
        .participation = NAN,
        .nuclear = NAN,
        .norm = NAN,
        .spectral = NAN,
        .turn = NAN,
        .turn_task = NAN,
        .turn_decay = NAN,
        .decay_radial = NAN,
        .decay_tangential = NAN,
        .gradient_radial = NAN,
        .gradient_tangential = NAN,
    };
}

void evaluation_init(Evaluation *e, int matrix_count, int sigma_count)
{
    *e = (Evaluation){
        .time_s = NAN,
        .train_loss = NAN,
        .train_acc = NAN,
        .test_loss = NAN,
        .test_acc = NAN,
        .mirror_acc = NAN,
        .unseen_acc = NAN,
        .stable_rank = NAN,
        .effective_rank = NAN,
        .participation = NAN,
        .batch_loss = NAN,
        .grad_norm = NAN,
        .weight_norm = NAN,
        .steps_per_s = NAN,
        .decay_strength = NAN,
        .matrix_count = matrix_count,
        .sigma_count = sigma_count,
    };
    for (int i = 0; i < RECORD_MATRICES_MAX; i++)
        e->matrix[i] = matrix_measure_empty();
    size_t numbers = (size_t)matrix_count * (size_t)sigma_count;
    e->sigma = xfloats(numbers);
    for (size_t i = 0; i < numbers; i++)
        e->sigma[i] = NAN;
}

void evaluation_free(Evaluation *e)
{
    free(e->sigma);
    *e = (Evaluation){0};
}

/* The same shape costs no memory: the snapshot is copied many times a second. */
void evaluation_copy(Evaluation *dst, const Evaluation *src)
{
    float *sigma = dst->sigma;
    size_t numbers = (size_t)src->matrix_count * (size_t)src->sigma_count;
    if (numbers != (size_t)dst->matrix_count * (size_t)dst->sigma_count) {
        free(sigma);
        sigma = xfloats(numbers);
    }
    *dst = *src;
    dst->sigma = sigma;
    if (numbers > 0)
        memcpy(sigma, src->sigma, numbers * sizeof *sigma);
}

static void fill_matrices(Evaluation *e, const Evaluation *other)
{
    const Evaluation own = *e;
    Evaluation from = *other;
    from.step = own.step;
    evaluation_copy(e, &from);
    for (int i = 0; i < evaluation_field_count; i++)
        *record_field(&evaluation_fields[i], e) = record_field_value(&evaluation_fields[i], &own);
    e->zero_loss_rows = own.zero_loss_rows;
    memcpy(e->decay_kind, own.decay_kind, sizeof e->decay_kind);
    memcpy(e->decay_targets, own.decay_targets, sizeof e->decay_targets);
    e->decay_strength = own.decay_strength;
}

void evaluation_fill(Evaluation *e, const Evaluation *other, unsigned keep)
{
    if (e->matrix_count == 0 && other->matrix_count > 0)
        fill_matrices(e, other);
    for (int i = 0; i < evaluation_field_count; i++) {
        double *number = record_field(&evaluation_fields[i], e);
        if (isnan(*number) && !(keep >> i & 1))
            *number = record_field_value(&evaluation_fields[i], other);
    }
    if (e->zero_loss_rows == 0)
        e->zero_loss_rows = other->zero_loss_rows;
    if (*e->decay_kind)
        return;
    memcpy(e->decay_kind, other->decay_kind, sizeof e->decay_kind);
    memcpy(e->decay_targets, other->decay_targets, sizeof e->decay_targets);
    e->decay_strength = other->decay_strength;
}
