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
    b->parameters = start->parameters;
    b->train_rows = start->train_rows;
    b->mirror_rows = start->mirror_rows;
    b->unseen_rows = start->unseen_rows;
}

void recorder_begin(Recorder *r, const LogStart *start, int matrix_count, int sigma_count, bool resumed)
{
    recorder_reset_summary(r, start, matrix_count, sigma_count);
    r->row_step = -1;
    r->milestones = milestones_start();
    if (r->log && (!resumed || runlog_is_empty(r->log)))
        recorder_note(r, runlog_write_start(r->log, start));
}

void recorder_add_event(Recorder *r, const Event *e)
{
    if (e->kind == EVENT_SET)
        milestones_changed(&r->milestones, e->step);
    run_summary_add_event(r->summary, e);
    if (r->log)
        recorder_note(r, runlog_write_event(r->log, e));
}

static void recorder_feed_milestones(Recorder *r, const Evaluation *e)
{
    Event events[MILESTONE_KIND_COUNT];
    int count = milestone_events(&r->milestones, e, events);
    for (int i = 0; i < count; i++)
        recorder_add_event(r, &events[i]);
}

void recorder_add_evaluation(Recorder *r, const Evaluation *e, bool on_beat)
{
    r->row_step = e->step;
    run_summary_add_evaluation(r->summary, e);
    if (r->log)
        recorder_note(r, runlog_write_evaluation(r->log, e));
    if (r->csv)
        recorder_note(r, runcsv_write_evaluation(r->csv, e));
    if (on_beat)
        recorder_feed_milestones(r, e);
}

void recorder_add_probe(Recorder *r, const Probe *p)
{
    if (r->log)
        recorder_note(r, runlog_write_probe(r->log, p));
}

void recorder_add_sample(Recorder *r, const Sample *s, const Evaluation *matrices)
{
    r->row_step = s->step;
    run_summary_add_sample(r->summary, s);
    run_summary_add_spectrum(r->summary, matrices);
    if (r->log)
        recorder_note(r, runlog_write_sample(r->log, s));
}

void recorder_refresh(Recorder *r, const Evaluation *e)
{
    run_summary_add_evaluation(r->summary, e);
}

/* What of a recorder is kept in the counters and levels of a checkpoint, in this order. */
typedef struct Kept {
    int64_t *counters[RUN_PROGRESS_COUNTERS];
    double *levels[RUN_PROGRESS_LEVELS];
} Kept;

static Kept recorder_kept(Recorder *r)
{
    Milestones *m = &r->milestones;
    return (Kept){
        .counters = {[RUN_PROGRESS_MEMORISED] = &m->memorised,
                     [RUN_PROGRESS_COLLAPSED] = &m->collapsed,
                     [RUN_PROGRESS_GROKKED] = &m->grokked,
                     [RUN_PROGRESS_COUNTERS_NAMED] = &r->row_step,
                     &m->generalised,
                     &m->lost,
                     &m->train_streak,
                     &m->unseen_streak,
                     &m->holding,
                     &m->is_low,
                     &m->at_floor,
                     &m->changed,
                     &m->warned},
        .levels = {&m->train_peak, &m->last_loss},
    };
}

void recorder_save_progress(Recorder *r, RunProgress *to)
{
    Kept kept = recorder_kept(r);
    *to = (RunProgress){0};
    for (int i = 0; i < RUN_PROGRESS_COUNTERS && kept.counters[i]; i++)
        to->counters[i] = *kept.counters[i];
    for (int i = 0; i < RUN_PROGRESS_LEVELS && kept.levels[i]; i++)
        to->levels[i] = *kept.levels[i];
}

/* The summary learns of an event that a log told of before the checkpoint. */
static void recorder_recall(Recorder *r, EventKind kind, int64_t step)
{
    Event e = {.kind = kind, .step = step, .value = NAN};
    if (step >= 0)
        run_summary_add_event(r->summary, &e);
}

static void recorder_load_progress(Recorder *r, const RunProgress *from)
{
    Kept kept = recorder_kept(r);
    for (int i = 0; i < RUN_PROGRESS_COUNTERS && kept.counters[i]; i++)
        *kept.counters[i] = from->counters[i];
    for (int i = 0; i < RUN_PROGRESS_LEVELS && kept.levels[i]; i++)
        *kept.levels[i] = from->levels[i];
}

void recorder_resume(Recorder *r, const RunProgress *from, const Event *resumed)
{
    recorder_load_progress(r, from);
    const Milestones *m = &r->milestones;
    recorder_recall(r, EVENT_MEMORISED, m->memorised);
    recorder_recall(r, EVENT_COLLAPSED, m->collapsed);
    recorder_recall(r, EVENT_GENERALISED, m->generalised);
    recorder_recall(r, EVENT_GROKKED, m->grokked);
    recorder_recall(r, EVENT_LOST, m->holding ? -1 : m->lost);
    recorder_add_event(r, resumed);
    r->summary->train_peak = fmax(m->train_peak, 0);
    r->summary->at_floor = m->at_floor != 0;
}

int64_t progress_row_step(const RunProgress *p)
{
    return p->counters[RUN_PROGRESS_COUNTERS_NAMED];
}

void recorder_go_back(Recorder *r, const RunProgress *to, const Event *event, const Settings *then)
{
    recorder_load_progress(r, to);
    recorder_add_event(r, event);
    RunSummary *b = r->summary;
    const Milestones *m = &r->milestones;
    b->settings = *then;
    if (event->kind == EVENT_SWITCH)
        return; /* it has its own summary back */
    b->lost = m->holding ? -1 : m->lost;
    b->train_peak = fmax(m->train_peak, 0);
    b->at_floor = m->at_floor != 0;
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
