#include <lrd/base/quote.h>
#include <lrd/base/text.h>
#include <lrd/base/util.h>
#include <lrd/log/milestone_event.h>
#include <lrd/log/recorder.h>

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct Recorder {
    RunSummary *summary; /* NULL before the run begins */
    Runlog *log;
    Runcsv *csv;
    Milestones milestones;
    int64_t row_step;
    Status worst;
    Text said, taken;
};

Recorder *recorder_open(const char *log, const char *csv, RunlogMode mode, int64_t resume_step, Status *status)
{
    Recorder *r = xcalloc(1, sizeof *r);
    r->row_step = -1;
    *status = status_ok();
    if (log)
        r->log = runlog_open(log, mode, status);
    if (status_is_ok(*status) && csv)
        r->csv = runcsv_open(csv, mode, resume_step, status);
    if (status_is_ok(*status))
        return r;
    recorder_free(r);
    return NULL;
}

static void recorder_keep_worst(Recorder *r, Status status)
{
    if (status.code > r->worst.code)
        r->worst = status;
}

Status recorder_finish(Recorder *r)
{
    if (r->log)
        recorder_keep_worst(r, runlog_close(r->log));
    if (r->csv)
        recorder_keep_worst(r, runcsv_close(r->csv));
    r->log = NULL;
    r->csv = NULL;
    return r->worst;
}

void recorder_free(Recorder *r)
{
    if (!r)
        return;
    recorder_finish(r);
    run_summary_free(r->summary);
    text_free(&r->said);
    text_free(&r->taken);
    free(r);
}

bool recorder_writes(const Recorder *r)
{
    return r->log || r->csv;
}

const RunSummary *recorder_summary(const Recorder *r)
{
    return r->summary;
}

int64_t recorder_row_step(const Recorder *r)
{
    return r->row_step;
}

static void recorder_reset_summary(Recorder *r, const LogStart *start, int matrix_count, int sigma_count)
{
    RunSummary *b = r->summary;
    if (b && b->evaluation.matrix_count == matrix_count && b->evaluation.sigma_count == sigma_count) {
        run_summary_clear(b, &start->settings);
    } else {
        run_summary_free(b);
        r->summary = b = run_summary_new(&start->settings, matrix_count, sigma_count);
    }
    b->given = start->given;
    b->parameters = start->parameters;
    b->train_rows = start->train_rows;
    b->mirror_rows = start->mirror_rows;
    b->unseen_rows = start->unseen_rows;
}

static void recorder_write(Recorder *r, RecordKind kind, const void *record)
{
    if (r->log)
        recorder_note(r, runlog_write(r->log, kind, record));
}

void recorder_begin(Recorder *r, const LogStart *start, int matrix_count, int sigma_count, bool resumed)
{
    recorder_reset_summary(r, start, matrix_count, sigma_count);
    r->row_step = -1;
    r->milestones = milestones_start();
    if (r->log && (!resumed || runlog_is_empty(r->log)))
        recorder_write(r, RECORD_START, start);
}

void recorder_add_event(Recorder *r, const Event *e)
{
    if (e->kind == EVENT_SET)
        milestones_changed(&r->milestones, e->step);
    run_summary_add_event(r->summary, e);
    recorder_write(r, RECORD_EVENT, e);
}

static void recorder_feed_milestones(Recorder *r, const Evaluation *e)
{
    Event events[MILESTONE_KIND_COUNT];
    int count = milestone_events(&r->milestones, r->summary, e, events);
    for (int i = 0; i < count; i++)
        recorder_add_event(r, &events[i]);
}

void recorder_add_evaluation(Recorder *r, const Evaluation *e, bool on_beat)
{
    r->row_step = e->step;
    run_summary_add_evaluation(r->summary, e);
    recorder_write(r, RECORD_EVALUATION, e);
    if (r->csv)
        recorder_note(r, runcsv_write_evaluation(r->csv, e));
    if (on_beat)
        recorder_feed_milestones(r, e);
}

void recorder_add_probe(Recorder *r, const Probe *p)
{
    recorder_write(r, RECORD_PROBE, p);
}

void recorder_add_sample(Recorder *r, const Sample *s, const Evaluation *matrices)
{
    r->row_step = s->step;
    run_summary_add_sample(r->summary, s);
    run_summary_add_spectrum(r->summary, matrices);
    recorder_write(r, RECORD_SAMPLE, s);
}

void recorder_refresh(Recorder *r, const Evaluation *e)
{
    run_summary_add_evaluation(r->summary, e);
}

/* Places in a RunProgress, which has room for more. Steps are -1 for never; the first time that a run generalised is in
 * one of GROKKED and GENERALISED. */
enum {
    MEMORISED,
    COLLAPSED,
    GROKKED,
    ROW_STEP,
    GENERALISED,
    LOST,
    TRAIN_STREAK,
    UNSEEN_STREAK,
    HOLDING,
    IS_LOW,
    AT_FLOOR,
    CHANGED,
    WARNED,
    REGAINED
};
enum { TRAIN_PEAK, LAST_LOSS };

int64_t run_progress_row_step(const RunProgress *p)
{
    return p->counters[ROW_STEP];
}

/* Older checkpoints keep it after the run had regained it. */
static int64_t run_progress_lost(const RunProgress *p)
{
    return p->counters[HOLDING] ? -1 : p->counters[LOST];
}

/* Older checkpoints have no place for it, but called a run that generalised early, lost it and regained it late both.
 */
static int64_t run_progress_regained(const RunProgress *p)
{
    const int64_t later = max_i64(p->counters[GROKKED], p->counters[GENERALISED]);
    const bool both = p->counters[GROKKED] >= 0 && p->counters[GENERALISED] >= 0;
    return p->counters[REGAINED] > 0 ? p->counters[REGAINED] : both ? later : -1;
}

int run_progress_events(const RunProgress *p, Event events[RUN_PROGRESS_EVENTS_MAX])
{
    const int64_t grokked = p->counters[GROKKED], generalised = p->counters[GENERALISED];
    const bool early = generalised >= 0 && (grokked < 0 || generalised < grokked);
    const struct {
        EventKind kind;
        int64_t step;
    } told[RUN_PROGRESS_EVENTS_MAX] = {
        {EVENT_MEMORISED, p->counters[MEMORISED]},
        {EVENT_COLLAPSED, p->counters[COLLAPSED]},
        {early ? EVENT_GENERALISED : EVENT_GROKKED, early ? generalised : grokked},
        {EVENT_REGAINED, run_progress_regained(p)},
        {EVENT_LOST, run_progress_lost(p)},
    };
    int count = 0;
    for (int i = 0; i < RUN_PROGRESS_EVENTS_MAX; i++)
        if (told[i].step >= 0)
            events[count++] = (Event){.kind = told[i].kind, .step = told[i].step, .value = NAN};
    return count;
}

RunProgress recorder_progress(const Recorder *r)
{
    const RunSummary *b = r->summary;
    return (RunProgress){.counters = {[MEMORISED] = b->memorised,
                                      [COLLAPSED] = b->collapsed,
                                      [GROKKED] = b->generalised_early ? -1 : b->grokked,
                                      [ROW_STEP] = r->row_step,
                                      [GENERALISED] = b->generalised_early ? b->grokked : -1,
                                      [LOST] = b->lost,
                                      [TRAIN_STREAK] = r->milestones.train_streak,
                                      [UNSEEN_STREAK] = r->milestones.unseen_streak,
                                      [HOLDING] = b->grokked >= 0 && b->lost < 0,
                                      [IS_LOW] = r->milestones.is_low,
                                      [AT_FLOOR] = r->milestones.at_floor,
                                      [CHANGED] = r->milestones.changed,
                                      [WARNED] = r->milestones.warned,
                                      [REGAINED] = b->regained},
                         .levels = {[TRAIN_PEAK] = r->milestones.train_peak, [LAST_LOSS] = r->milestones.last_loss}};
}

static void recorder_load_progress(Recorder *r, const RunProgress *from)
{
    r->milestones = (Milestones){.train_streak = from->counters[TRAIN_STREAK],
                                 .unseen_streak = from->counters[UNSEEN_STREAK],
                                 .is_low = from->counters[IS_LOW],
                                 .at_floor = from->counters[AT_FLOOR],
                                 .changed = from->counters[CHANGED],
                                 .warned = from->counters[WARNED],
                                 .train_peak = from->levels[TRAIN_PEAK],
                                 .last_loss = from->levels[LAST_LOSS]};
    r->row_step = run_progress_row_step(from);
}

/* What the checkpoint does not tell in events. */
static void recorder_load_levels(Recorder *r)
{
    r->summary->train_peak = fmax(r->milestones.train_peak, 0);
    r->summary->at_floor = r->milestones.at_floor != 0;
}

/* The summary learns of events that a log told of before the checkpoint. */
void recorder_resume(Recorder *r, const RunProgress *from, const Event *resumed)
{
    Event before[RUN_PROGRESS_EVENTS_MAX];
    int count = run_progress_events(from, before);
    for (int i = 0; i < count; i++)
        run_summary_add_event(r->summary, &before[i]);
    recorder_load_progress(r, from);
    recorder_add_event(r, resumed);
    recorder_load_levels(r);
}

void recorder_go_back(Recorder *r, const RunProgress *to, const Event *event, const Settings *then)
{
    recorder_load_progress(r, to);
    recorder_add_event(r, event);
    r->summary->settings = *then;
    if (event->kind == EVENT_SWITCH)
        return; /* it has its own summary back */
    r->summary->lost = run_progress_lost(to);
    recorder_load_levels(r);
}

RecorderPart recorder_take(Recorder *r)
{
    const RecorderPart part = {.summary = r->summary, .milestones = r->milestones, .row_step = r->row_step};
    r->summary = NULL;
    return part;
}

void recorder_give(Recorder *r, RecorderPart *part, const LogStart *start, const Event *resumed)
{
    run_summary_free(r->summary);
    r->summary = part->summary;
    r->milestones = part->milestones;
    r->row_step = part->row_step;
    part->summary = NULL;
    if (r->log) {
        recorder_note(r, runlog_write(r->log, RECORD_START, start));
        recorder_note(r, runlog_write(r->log, RECORD_EVENT, resumed));
    }
}

void recorder_say(Recorder *r, const char *format, ...)
{
    enum { SAID_MAX = 4000 }; /* nobody may be listening */
    Text sentence = {0};
    va_list args;
    va_start(args, format);
    text_addv(&sentence, format, args);
    va_end(args);
    if (r->said.length > SAID_MAX)
        text_clear(&r->said);
    text_add(&r->said, r->said.length ? "; " : "");
    quote_add(&r->said, text_str(&sentence));
    text_free(&sentence);
}

void recorder_note(Recorder *r, Status status)
{
    if (status_is_ok(status))
        return;
    recorder_keep_worst(r, status);
    recorder_say(r, "%s", status.text);
}

const char *recorder_take_message(Recorder *r)
{
    Text spent = r->taken;
    r->taken = r->said;
    r->said = spent;
    text_clear(&r->said);
    return text_str(&r->taken);
}
