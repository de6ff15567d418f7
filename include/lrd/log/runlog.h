/* log/runlog: the log of a run (JSON Lines) and its table of numbers (CSV): written line by line, and read back.
 *
 * A line is one write(2), so a run that is killed leaves whole lines. A regular file that holds something is
 * refused, unless it is to be overwritten or gone on with. Nothing of an old file is touched before the first row.
 * A write that fails is reported by the call in which it happened, once; the run goes on, a broken line is taken
 * back, and closing returns the failure. Pipes and devices are written as they come; app ignores SIGPIPE.
 *
 * Errors: STATUS_INPUT from opening and reading, STATUS_FAILED from writing.
 * Ownership: close frees. Threads: one owner. */
#ifndef LRD_LOG_RUNLOG_H
#define LRD_LOG_RUNLOG_H

#include <stdbool.h>
#include <stdint.h>

#include <lrd/base/status.h>
#include <lrd/log/log_fields.h>
#include <lrd/log/record.h>
#include <lrd/log/record_json.h>

typedef enum RunlogMode {
    RUNLOG_NEW,       /* refuse a regular file that is not empty */
    RUNLOG_OVERWRITE, /* --force */
    RUNLOG_APPEND,    /* --resume: an unterminated tail is cut, a file that is not there is made */
} RunlogMode;

typedef struct Runlog Runlog;

/* NULL with *status set. */
Runlog *runlog_open(const char *path, RunlogMode mode, Status *status);
/* Whether a start row is owed: nothing is in the file that this log goes on with. */
bool runlog_is_empty(const Runlog *l);
/* record: a LogStart, Evaluation, Sample, Event or Probe (of a kind that log/probe_json tells), as kind says.
 * After an EVENT_RESUMED or EVENT_BRANCH at step N the rows of later steps in the file no longer hold. */
Status runlog_write(Runlog *l, RecordKind kind, const void *record);
/* l may be NULL. */
Status runlog_close(Runlog *l);

/* The table: a row of column names, then one row of scalar numbers for each evaluation; what does not exist is
 * empty. RUNLOG_APPEND drops the rows of steps after resume_step, which the resumed run writes anew. */
typedef struct Runcsv Runcsv;

Runcsv *runcsv_open(const char *path, RunlogMode mode, int64_t resume_step, Status *status);
Status runcsv_write_evaluation(Runcsv *c, const Evaluation *e);
Status runcsv_close(Runcsv *c);

/* Reads a log, record by record, whoever wrote it: JSON Lines, and what log/log_convert makes into them, told apart by
 * their bytes. A log that does not begin with a start row of ours is surveyed when it is opened: its columns are then
 * read as our fields (log/log_fields).
 *
 * A last line without its newline is given out once it is a whole JSON object, and is else left for later: a log that
 * grows is followed by calling next again, and of a regular file the tail is then read anew, since a writer may have
 * cut it meanwhile. */
typedef struct RunlogReader RunlogReader;

/* A line of a regular file, to be read again. */
typedef struct RunlogPlace {
    int64_t offset;
    size_t length; /* bytes without the newline */
    long line;     /* its number, from 1 */
} RunlogPlace;

RunlogReader *runlog_reader_open(const char *path, Status *status);
/* map: which column is which field, NULL for nothing; its words are borrowed. */
RunlogReader *runlog_reader_open_mapped(const char *path, const LogMap *map, Status *status);
/* false at the end (status OK) and at a bad line (which is then skipped: the next call goes on after it). */
bool runlog_reader_next(RunlogReader *r, Record *record, Status *status);
long runlog_reader_line(const RunlogReader *r);         /* number of the last line that was read */
RunlogPlace runlog_reader_place(const RunlogReader *r); /* where that is */
bool runlog_reader_again(RunlogReader *r, RunlogPlace place, Record *record, Status *status);
/* The line itself, without its newline; false when it is not there any more. */
bool runlog_reader_line_at(RunlogReader *r, RunlogPlace place, Text *out);
/* Whether the name now stands for another file than was read, its beginning was written anew, or what was read of it
 * since shows that a column is another field, or in another unit, than was thought. */
bool runlog_reader_is_stale(const RunlogReader *r);
/* After the end: whether there is a last line that is not whole, and for at least so many seconds has not grown. */
bool runlog_reader_has_tail(const RunlogReader *r, double seconds);
const LogFields *runlog_reader_fields(const RunlogReader *r);
void runlog_reader_close(RunlogReader *r);

#endif
