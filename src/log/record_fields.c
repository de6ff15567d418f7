#include <lrd/log/record_fields.h>

#include <math.h>
#include <string.h>

#define FIELD(type, member)                                                                                            \
    {                                                                                                                  \
#member, offsetof(type, member)                                                                                \
    }
#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

const RecordField evaluation_fields[] = {
    FIELD(Evaluation, time_s),        FIELD(Evaluation, train_loss),  FIELD(Evaluation, train_acc),
    FIELD(Evaluation, test_loss),     FIELD(Evaluation, test_acc),    FIELD(Evaluation, mirror_acc),
    FIELD(Evaluation, unseen_acc),    FIELD(Evaluation, stable_rank), FIELD(Evaluation, effective_rank),
    FIELD(Evaluation, participation), FIELD(Evaluation, batch_loss),  FIELD(Evaluation, grad_norm),
    FIELD(Evaluation, weight_norm),   FIELD(Evaluation, steps_per_s),
};
const int evaluation_field_count = COUNT(evaluation_fields);

const RecordField matrix_fields[] = {
    FIELD(MatrixMeasure, stable_rank),
    FIELD(MatrixMeasure, effective_rank),
    FIELD(MatrixMeasure, participation),
    FIELD(MatrixMeasure, nuclear),
    FIELD(MatrixMeasure, norm),
    FIELD(MatrixMeasure, spectral),
    FIELD(MatrixMeasure, turn),
    FIELD(MatrixMeasure, turn_task),
    FIELD(MatrixMeasure, turn_decay),
    FIELD(MatrixMeasure, decay_radial),
    FIELD(MatrixMeasure, decay_tangential),
    FIELD(MatrixMeasure, gradient_radial),
    FIELD(MatrixMeasure, gradient_tangential),
};
const int matrix_field_count = COUNT(matrix_fields);

const RecordField sample_fields[] = {
    FIELD(Sample, batch_loss),
    FIELD(Sample, batch_acc),
    FIELD(Sample, unseen_sample_acc),
    FIELD(Sample, stable_rank),
};
const int sample_field_count = COUNT(sample_fields);

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
