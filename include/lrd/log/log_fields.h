/* log/log_fields: which column of someone else's log is which field of ours.
 *
 * Trainers name things in their own ways: eval/acc, val_accuracy, global_step, "Train Loss". The columns of a log are
 * noted row by row; then each field takes the column that is named for it (--map), else the one of its own name, else
 * the one whose words say so: train or held-out, loss or accuracy. The choice is one for the whole log.
 * A column of accuracies outside 0..1 is in per cent where all of it says so, and else left out.
 *
 * The fields are "step" and those of evaluations and samples (log/record_fields).
 *
 * Ownership: log_fields_free; a zeroed LogFields with a map is empty. Threads: one owner. */
#ifndef LRD_LOG_LOG_FIELDS_H
#define LRD_LOG_LOG_FIELDS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include <lrd/base/status.h>
#include <lrd/base/text.h>

enum { LOG_FIELDS_MAX = 24, LOG_COLUMNS_MAX = 512 };

/* What --map says: by field, the name of a column; NULL for nothing. Names are borrowed. */
typedef struct LogMap {
    const char *column[LOG_FIELDS_MAX];
} LogMap;

/* The fields that --map takes, in turn; NULL after the last. */
const char *log_field_name(int i);
/* Adds FIELD=NAME. */
Status log_map_add(LogMap *map, const char *word);

typedef enum LogScale { SCALE_PLAIN, SCALE_PERCENT, SCALE_LEFT_OUT } LogScale;

typedef struct LogColumn {
    char *name;
    int64_t values;    /* numbers in it */
    int64_t last_step; /* of its newest row */
    double last;
    double outlier; /* the first value outside 0..100, NAN: none */
    bool broken;    /* some are not whole: no steps */
    bool above_one; /* some are more than 1 */
    bool mixed;     /* jumps between what a share of 1 and what per cent would be */
} LogColumn;

typedef struct LogFields {
    LogMap map;
    LogColumn *columns;
    int count, capacity;
    bool crowded;               /* more columns than are looked at */
    int chosen[LOG_FIELDS_MAX]; /* column of each field, -1: none */
    LogScale scale[LOG_FIELDS_MAX];
    int64_t rows, last_step;
    int64_t not_numbers; /* NaN, Infinity and the like */
    bool falls;          /* the step was smaller than in a row before */
    bool column_falls;   /* and of one and the same column too: it began again */
} LogFields;

void log_fields_free(LogFields *f);
/* Nested objects of a row become columns "outer/inner". */
void log_fields_flatten(json_t *row);
/* Notes a flattened row; true when a choice or a scale is another one than before. */
bool log_fields_note(LogFields *f, json_t *row);
/* The row under our names, numbers in our units. */
void log_fields_apply(const LogFields *f, json_t *row);
/* Step of a flattened row, -1: it tells none. */
int64_t log_fields_step(const LogFields *f, const json_t *row);

/* STATUS_INPUT where rows were seen, and a column that --map names is not there. file is for the message. */
Status log_fields_check_map(const LogFields *f, const char *file);
/* The same, and where none of the rows can be shown: no step, or nothing that is known. */
Status log_fields_check(const LogFields *f, const char *file);
/* What was taken as what, what is in per cent, what was left out: one sentence after the other, "" for nothing. */
void log_fields_add_notes(const LogFields *f, Text *out);
/* The same as a table, with the columns that are not known and the fields that are wanted. */
void log_fields_describe(const LogFields *f, Text *out);

#endif
