/* log/record_fields: the numbers of a record and the names that they have in the log, for its writer, its reader
 * and the CSV table. One row a number.
 *
 * Ownership: const tables. Threads: any. */
#ifndef LRD_LOG_RECORD_FIELDS_H
#define LRD_LOG_RECORD_FIELDS_H

#include <stddef.h>

#include <lrd/log/record.h>

typedef struct RecordField {
    const char *name;
    size_t offset; /* of a double in the struct that the table is about */
} RecordField;

static inline double *record_field(const RecordField *field, void *record)
{
    return (double *)((char *)record + field->offset);
}
static inline double record_field_value(const RecordField *field, const void *record)
{
    return *(const double *)((const char *)record + field->offset);
}

extern const RecordField evaluation_fields[], matrix_fields[], sample_fields[];
extern const int evaluation_field_count, matrix_field_count, sample_field_count;

/* What e does not tell is taken from other; of the numbers whose bit is in keep (bit i: evaluation_fields[i]) nothing
 * is. */
void evaluation_fill(Evaluation *e, const Evaluation *other, unsigned keep);

#endif
