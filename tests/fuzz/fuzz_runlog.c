/* A log: described, read row by row as a picture of it is made, and gone on with as --resume does. */
#include "fuzz.h"

#include <lrd/log/run_summary.h>
#include <lrd/log/probe_json.h>
#include <lrd/log/runlog.h>

/* What was read can be written, and reads back. */
static void check_round(const Record *r)
{
    Text line = {0};
    Record again;
    record_init(&again);
    if (r->kind == RECORD_EVALUATION)
        record_print(RECORD_EVALUATION, &r->evaluation, &line);
    else if (r->kind == RECORD_SAMPLE)
        record_print(RECORD_SAMPLE, &r->sample, &line);
    else if (r->kind == RECORD_EVENT)
        record_print(RECORD_EVENT, &r->event, &line);
    if (line.length > 0) {
        Status status = record_parse(&again, line.data, line.length - 1, "printed", 1);
        if (!status_is_ok(status))
            fprintf(stderr, "%s%s\n", line.data, status.text);
        PROMISE(status_is_ok(status) && again.kind == r->kind);
    }
    text_free(&line);
    record_free(&again);
}

/* Of a row with a probe: what can be read can be written, and reads back as the same row. */
static void check_probe(RunlogReader *reader, const Settings *settings)
{
    Text row = {0}, once = {0}, twice = {0};
    Probe p = {0};
    if (runlog_reader_line_at(reader, runlog_reader_place(reader), &row) &&
        probe_read(text_str(&row), row.length, settings, &p)) {
        probe_print(&p, &once);
        PROMISE(probe_read(text_str(&once), once.length, settings, &p));
        probe_print(&p, &twice);
        PROMISE(strcmp(text_str(&once), text_str(&twice)) == 0);
    }
    probe_free(&p);
    text_free(&row);
    text_free(&once);
    text_free(&twice);
}

static void show(RunSummary **summary, const Settings *settings, const Record *r)
{
    if (r->kind == RECORD_EVALUATION && !*summary)
        *summary = run_summary_new(settings, r->evaluation.matrix_count, r->evaluation.sigma_count);
    if (!*summary)
        return;
    if (r->kind == RECORD_EVALUATION)
        run_summary_add_evaluation(*summary, &r->evaluation);
    else if (r->kind == RECORD_SAMPLE)
        run_summary_add_sample(*summary, &r->sample);
    else if (r->kind == RECORD_EVENT)
        run_summary_add_event(*summary, &r->event);
}

static void read_rows(const char *path)
{
    Status status;
    RunlogReader *reader = runlog_reader_open(path, &status);
    fuzz_check_status(&status);
    if (!reader) { /* no log: a picture, a packed file, nothing; it says so */
        PROMISE(!status_is_ok(status));
        return;
    }
    Settings settings = settings_default();
    RunSummary *summary = NULL;
    Record record;
    record_init(&record);
    for (long line = -1; line != runlog_reader_line(reader);) {
        line = runlog_reader_line(reader);
        if (!runlog_reader_next(reader, &record, &status)) {
            fuzz_check_status(&status);
            continue;
        }
        check_round(&record);
        if (record.kind == RECORD_START)
            settings = record.start.settings;
        if (record.kind == RECORD_PROBE && settings.task.p <= 100)
            check_probe(reader, &settings);
        show(&summary, &settings, &record);
    }
    record_free(&record);
    run_summary_free(summary);
    runlog_reader_close(reader);
}

static void go_on(const char *path)
{
    Status status;
    Runlog *log = runlog_open(path, RUNLOG_APPEND, &status);
    fuzz_check_status(&status);
    if (log) {
        Event end = {.kind = EVENT_END, .step = 7};
        status = runlog_write(log, RECORD_EVENT, &end);
        PROMISE(status_is_ok(status));
        status = runlog_close(log);
        PROMISE(status_is_ok(status));
    }
    Runcsv *table = runcsv_open(path, RUNLOG_APPEND, 7, &status);
    fuzz_check_status(&status);
    if (table) {
        status = runcsv_close(table);
        PROMISE(status_is_ok(status));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = fuzz_file(data, size, ".jsonl");
    fuzz_check_info(path);
    read_rows(path);
    go_on(path);
    return 0;
}
