#include <lrd/app/info_inside.h>
#include <lrd/base/quote.h>
#include <lrd/base/util.h>
#include <lrd/log/log_index.h>
#include <lrd/log/runlog.h>

#include <inttypes.h>
#include <math.h>

typedef struct LogSummary {
    int64_t runs; /* start rows: the rest is about the last run */
    int64_t evaluations, samples, events, probes, others, bad;
    int64_t switches;    /* between branches: a twin makes two a row */
    int64_t first, last; /* steps */
    bool has_start, has_evaluation;
    LogStart start;
    Evaluation newest;
    Text told; /* the events, a line each */
    Status first_fault;
} LogSummary;

static void summary_add_step(LogSummary *s, int64_t step)
{
    s->first = s->first < 0 ? step : min_i64(s->first, step);
    s->last = max_i64(s->last, step);
}

static void summary_add_event(LogSummary *s, const Event *e)
{
    s->events++;
    if (e->kind == EVENT_SWITCH) {
        s->switches++;
        return;
    }
    text_addf(&s->told, "  %10" PRId64 "  %s", e->step, event_names[e->kind]);
    if (*e->key)
        text_addf(&s->told, " %s", e->key);
    if (*e->from)
        text_addf(&s->told, " from %s", e->from);
    if (*e->to)
        text_addf(&s->told, *e->from ? " to %s" : " %s", e->to);
    text_add(&s->told, "\n");
}

/* A run that was started again in the lab. */
static void summary_begin(LogSummary *s, const LogStart *start)
{
    s->runs++;
    s->has_start = true;
    s->start = *start;
    s->evaluations = s->samples = s->events = s->probes = s->others = s->switches = 0;
    s->first = s->last = -1;
    s->has_evaluation = false;
    text_clear(&s->told);
}

static void summary_add(LogSummary *s, const Record *r)
{
    switch (r->kind) {
    case RECORD_START:
        summary_begin(s, &r->start);
        break;
    case RECORD_EVALUATION: /* of another program, rows of one step are one */
        s->evaluations += s->has_start || !s->has_evaluation || s->newest.step != r->evaluation.step;
        s->has_evaluation = true;
        evaluation_copy(&s->newest, &r->evaluation);
        summary_add_step(s, r->evaluation.step);
        break;
    case RECORD_SAMPLE:
        s->samples++;
        summary_add_step(s, r->sample.step);
        break;
    case RECORD_EVENT:
        summary_add_event(s, &r->event);
        break;
    case RECORD_PROBE:
        s->probes++;
        summary_add_step(s, r->probe_step);
        break;
    case RECORD_OTHER:
        s->others++;
        break;
    }
}

static void info_add_number(Text *out, const char *name, double value)
{
    if (!isnan(value))
        text_addf(out, "  %-16s %.6g\n", name, value);
}

static void info_add_summary(const LogSummary *s, Text *out)
{
    if (s->has_start) {
        const LogStart *b = &s->start;
        if (*b->version)
            text_addf(out, "made by       lrdlab %s%s%s\n", b->version, *b->time ? " at " : "", b->time);
        if (*b->preset)
            text_addf(out, "preset        %s\n", b->preset);
        if (*b->given.init)
            text_addf(out, "weights of    %s\n", quote_word(b->given.init).text);
        if (*b->given.pairs)
            text_addf(out, "pairs of      %s\n", quote_word(b->given.pairs).text);
        if (b->parameters > 0)
            text_addf(out, "parameters    %" PRId64 "\n", b->parameters);
    }
    if (s->runs > 1)
        text_addf(out, "runs          %" PRId64 ", started again; what follows is of the last\n", s->runs);
    text_addf(out, "rows          %" PRId64 " evaluations, %" PRId64 " samples, %" PRId64 " events, ", s->evaluations,
              s->samples, s->events);
    if (s->probes > 0)
        text_addf(out, "%" PRId64 " portraits, ", s->probes);
    text_addf(out, "%" PRId64 " others\n", s->others);
    if (s->first >= 0)
        text_addf(out, "steps         %" PRId64 " to %" PRId64 "\n", s->first, s->last);
    if (s->bad > 0)
        text_addf(out, "bad lines     %" PRId64 ", the first: %s\n", s->bad, s->first_fault.text);
    if (s->has_evaluation) {
        const Evaluation *e = &s->newest;
        text_addf(out, "\nat step %" PRId64 "\n", e->step);
        info_add_number(out, "train loss", e->train_loss);
        info_add_number(out, "train accuracy", e->train_acc);
        info_add_number(out, "test loss", e->test_loss);
        info_add_number(out, "test accuracy", e->test_acc);
        info_add_number(out, "mirror accuracy", e->mirror_acc);
        info_add_number(out, "unseen accuracy", e->unseen_acc);
        info_add_number(out, "stable rank", e->stable_rank);
        info_add_number(out, "effective rank", e->effective_rank);
    }
    if (s->switches > 0)
        text_addf(out, "\n%" PRId64 " times from one branch to another\n", s->switches);
    if (s->told.length > 0)
        text_addf(out, "\nevents\n%s", s->told.data);
}

/* A bad line is skipped: a log is worth describing as long as one row of it is right. */
static void summary_read(LogSummary *s, RunlogReader *reader)
{
    Record record;
    Status status;
    record_init(&record);
    for (long line = 0;;) {
        if (runlog_reader_next(reader, &record, &status)) {
            summary_add(s, &record);
        } else if (status_is_ok(status) || runlog_reader_line(reader) == line) {
            break; /* the end, or a fault of reading rather than of a line */
        } else if (s->bad++ == 0) {
            s->first_fault = status;
        }
        line = runlog_reader_line(reader);
    }
    record_free(&record);
}

/* What the lab finds in the rows of another program: its milestones, and the newest numbers of every column. */
static void summary_add_index(LogSummary *s, LogIndex *index, Text *columns)
{
    Status fault;
    log_index_read(index, &fault);
    if (!log_index_is_foreign(index))
        return;
    const RunSummary *b = log_index_summary(index);
    log_index_describe_columns(index, columns);
    if (b->has_evaluation)
        evaluation_copy(&s->newest, &b->evaluation);
    s->events = 0;
    text_clear(&s->told);
    for (int i = 0; i < b->event_count; i++)
        summary_add_event(s, &b->events[i]);
}

/* Whether there is anything to tell of it. */
static Status summary_check(const LogSummary *s, const char *path, const LogIndex *index)
{
    Status tail = log_index_tail(index, 0), mapped = log_index_check_map(index);
    if (!status_is_ok(mapped))
        return mapped;
    if (s->has_start || s->evaluations + s->samples + s->events + s->probes + s->others > 0)
        return status_ok();
    if (s->bad > 0 && !log_index_check(index).text[0])
        return s->first_fault;
    if (s->bad > 0)
        return log_index_check(index);
    return status_is_ok(tail) ? status_input("%s: no whole line of a log is in it yet", path) : tail;
}

static void info_add_log(const char *path, const LogSummary *s, const Text *columns, const LogIndex *index, Text *out)
{
    Text notes = {0};
    Status tail = log_index_tail(index, 0);
    log_index_add_notes(index, &notes);
    quote_add(out, path);
    text_add(out, ": the log of a run\n");
    info_add_summary(s, out);
    if (!status_is_ok(tail))
        text_addf(out, "\n%s\n", tail.text);
    text_add(out, text_str(columns));
    if (notes.length)
        text_addf(out, "\n%s\n", text_str(&notes));
    text_free(&notes);
}

Status info_log_describe(const char *path, const LogMap *map, Text *out)
{
    Status status;
    RunlogReader *reader = runlog_reader_open_mapped(path, map, &status);
    LogIndex *index = reader ? log_index_open_mapped(path, map, &status) : NULL;
    LogSummary s = {.first = -1, .last = -1};
    Text columns = {0};
    evaluation_init(&s.newest, 0, 0);
    if (index) {
        summary_read(&s, reader);
        summary_add_index(&s, index, &columns);
        status = summary_check(&s, path, index);
    }
    if (status_is_ok(status))
        info_add_log(path, &s, &columns, index, out);
    runlog_reader_close(reader);
    log_index_close(index);
    evaluation_free(&s.newest);
    text_free(&s.told);
    text_free(&columns);
    return status;
}
