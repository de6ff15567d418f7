/* log/record_json: one record as one line of JSON, and back.
 *
 * The fields are those of the log: a start row, evaluations, samples and events. Numbers are written as short as
 * they read back the same; NAN is null. The reader takes rows of other programs too: only "step" and some numbers
 * are needed, what is missing is NAN, unknown fields are ignored, but a field of the wrong type is refused. NaN and
 * Infinity, which Python writes, are null; 100.0 and 1e2 are whole numbers.
 *
 * Errors: STATUS_INPUT "FILE:LINE: ...". Ownership: record_free gives back what a Record owns. Threads: one owner. */
#ifndef LRD_LOG_RECORD_JSON_H
#define LRD_LOG_RECORD_JSON_H

#include <jansson.h>
#include <stddef.h>

#include <lrd/base/status.h>
#include <lrd/base/text.h>
#include <lrd/log/probe.h>
#include <lrd/log/record.h>
#include <lrd/config/settings.h>

/* The first row of a log. */
typedef struct LogStart {
    char version[32];
    char time[32];                                            /* ISO 8601, UTC; "" when unknown */
    char preset[64];                                          /* "" for none */
    int64_t parameters, train_rows, mirror_rows, unseen_rows; /* 0 when unknown */
    GivenFiles given;
    Settings settings;                         /* what the row does not name is at its default */
    bool tells_task, tells_steps, tells_decay; /* it named task.op, train.steps, decay.kind */
} LogStart;

/* Now, as LogStart.time. */
void log_start_stamp(LogStart *start);

typedef enum RecordKind {
    RECORD_START,
    RECORD_EVALUATION,
    RECORD_SAMPLE,
    RECORD_EVENT,
    RECORD_PROBE,
    RECORD_OTHER /* a row, or an event, that this program does not know */
} RecordKind;

/* Adds one line with its newline. record: a LogStart, Evaluation, Sample, Event or Probe, as kind says. */
void record_print(RecordKind kind, const void *record, Text *out);

/* The member that kind names is the newest; the others keep what they had. */
typedef struct Record {
    RecordKind kind;
    LogStart start;
    Evaluation evaluation;
    unsigned told; /* bit i: the evaluation's row had evaluation_fields[i], be it null */
    Sample sample;
    Event event;
    ProbeKind probe; /* log/probe_json reads the row itself */
    int64_t probe_step, probe_layer;
} Record;

void record_init(Record *r);
void record_free(Record *r);
/* line: without its newline. file and number are for the message. */
Status record_parse(Record *r, const char *line, size_t length, const char *file, long number);
/* The same from a line that is parsed already; and the message for one that could not be. */
Status record_read(Record *r, const json_t *row, const char *file, long number);
Status record_refuse(const json_error_t *error, const char *file, long number);

#endif
