/* log/recorder: where the records of a run go: the summary, the log, the table and the milestones.
 *
 * A record goes to all of them or to none. A log that cannot be written never stops the run: the fault
 * becomes a message, and the worst of them is what recorder_finish returns.
 *
 * Ownership: the recorder owns its summary and its files. Threads: one owner. */
#ifndef LRD_LOG_RECORDER_H
#define LRD_LOG_RECORDER_H

#include <stdbool.h>
#include <stdint.h>

#include <lrd/base/status.h>
#include <lrd/lab/milestone.h>
#include <lrd/log/run_progress.h>
#include <lrd/log/run_summary.h>
#include <lrd/log/record_json.h>
#include <lrd/log/runlog.h>

typedef struct Recorder Recorder;

/* Opens the files (each may be NULL) before the run is built. resume_step: with RUNLOG_APPEND. NULL with *status set.
 */
Recorder *recorder_open(const char *log, const char *csv, RunlogMode mode, int64_t resume_step, Status *status);
/* Closes the files; the summary and the messages stay. The worst that happened. */
Status recorder_finish(Recorder *r);
void recorder_free(Recorder *r);
bool recorder_writes(const Recorder *r);
const RunSummary *recorder_summary(const Recorder *r);

/* A run begins, at step 0 or gone on with: clears the summary, writes the start row where one is owed. */
void recorder_begin(Recorder *r, const LogStart *start, int matrix_count, int sigma_count, bool resumed);

/* on_beat: at step 0 or a multiple of eval_every, so that it counts towards milestones. */
void recorder_add_evaluation(Recorder *r, const Evaluation *e, bool on_beat);
/* For the log alone. */
void recorder_add_probe(Recorder *r, const Probe *p);
/* matrices: measured with the sample. */
void recorder_add_sample(Recorder *r, const Sample *s, const Evaluation *matrices);
void recorder_add_event(Recorder *r, const Event *e);
/* For the summary alone. */
void recorder_refresh(Recorder *r, const Evaluation *e);

/* The step of the newest row, -1 for none: a step gets one row. */
int64_t recorder_row_step(const Recorder *r);

/* What must survive in a checkpoint. */
RunProgress recorder_progress(const Recorder *r);
/* The step of the newest row as it was saved. */
int64_t run_progress_row_step(const RunProgress *p);
/* The milestones that came before, as the events that a summary folds to know them again. Returns how many. */
enum { RUN_PROGRESS_EVENTS_MAX = 5 };
int run_progress_events(const RunProgress *p, Event events[RUN_PROGRESS_EVENTS_MAX]);
/* After recorder_begin: takes it back, tells the summary what happened before, and adds the event that says so. */
void recorder_resume(Recorder *r, const RunProgress *from, const Event *resumed);

/* The run went to another step (`event`, an EVENT_BRANCH or EVENT_SWITCH): progress and summary are as they were there.
 * then: the settings in force there, from which set events may follow. */
void recorder_go_back(Recorder *r, const RunProgress *to, const Event *event, const Settings *then);

/* What a recorder knows of the run in hand. */
typedef struct RecorderPart {
    RunSummary *summary;
    Milestones milestones;
    int64_t row_step;
} RecorderPart;
/* Gives it away: recorder_begin is to follow. */
RecorderPart recorder_take(Recorder *r);
/* Takes the run back over, in place of the one in hand; the log gets these two rows. */
void recorder_give(Recorder *r, RecorderPart *part, const LogStart *start, const Event *resumed);

/* A word for the user; a status that is not OK is one, and counts at the end. */
void recorder_say(Recorder *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
void recorder_note(Recorder *r, Status status);
/* All words since the last call; "" for none. Valid until the next call. */
const char *recorder_take_message(Recorder *r);

#endif
