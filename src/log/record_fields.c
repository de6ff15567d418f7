#include <lrd/log/record_fields.h>
#include <lrd/log/record.h>

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
