#include <lrd/log/runlog.h>
#include <lrd/base/text.h>
#include <lrd/base/util.h>
#include <lrd/io/json_text.h>
#include <lrd/io/line_writer.h>
#include <lrd/log/record_fields.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct Runlog {
    LineWriter file;
    Text line; /* kept between rows: no allocation once it has grown */
};

/* What stays of an existing file: it is only gone on with if it begins as ours do. */
static Status file_prepare(LineWriter *f, RunlogMode mode, const char *begins)
{
    if (!f->regular || f->size == 0)
        return status_ok();
    if (mode == RUNLOG_NEW)
        return status_input("%s already holds something: give --force to write over it, or another name", f->path);
    if (mode == RUNLOG_OVERWRITE)
        return line_writer_keep(f, 0), status_ok();
    size_t length = strlen(begins), got;
    char *found = xmalloc(length);
    Status status = line_writer_read(f, found, length, 0, &got);
    bool ours = got == length && memcmp(found, begins, length) == 0;
    free(found);
    if (!status_is_ok(status))
        return status;
    if (!ours)
        return status_input("%s does not begin as a file of this kind, so nothing is added to it: give another name",
                            f->path);
    int64_t end = 0;
    status = line_writer_whole(f, &end);
    line_writer_keep(f, end);
    return status;
}

static Status file_open(LineWriter *f, const char *path, RunlogMode mode, const char *begins)
{
    Status status = line_writer_open(f, path);
    if (!status_is_ok(status))
        return status;
    status = file_prepare(f, mode, begins);
    if (!status_is_ok(status))
        line_writer_close(f);
    return status;
}

Runlog *runlog_open(const char *path, RunlogMode mode, Status *status)
{
    LineWriter file;
    *status = file_open(&file, path, mode, "{");
    if (!status_is_ok(*status))
        return NULL;
    Runlog *l = xcalloc(1, sizeof *l);
    l->file = file;
    return l;
}

bool runlog_is_empty(const Runlog *l)
{
    return l->file.keep == 0 && !l->file.started;
}

Status runlog_write(Runlog *l, RecordKind kind, const void *record)
{
    record_print(kind, record, &l->line);
    Status status = line_writer_write(&l->file, l->line.data, l->line.length);
    text_clear(&l->line);
    return status;
}

Status runlog_close(Runlog *l)
{
    if (!l)
        return status_ok();
    Status status = line_writer_close(&l->file);
    text_free(&l->line);
    free(l);
    return status;
}

struct Runcsv {
    LineWriter file;
    Text line;
    bool headed; /* the row of names is there */
};

static void csv_add_header(Text *out)
{
    text_add(out, "step");
    for (int i = 0; i < evaluation_field_count; i++)
        text_addf(out, ",%s", evaluation_fields[i].name);
    text_add(out, ",zero_loss_rows,decay_kind,decay_strength,decay_targets\n");
}

static void csv_add_number(Text *out, double value)
{
    text_add(out, ",");
    if (isfinite(value))
        json_add_double(out, value);
}

static void csv_add_evaluation(Text *out, const Evaluation *e)
{
    text_addf(out, "%lld", (long long)e->step);
    for (int i = 0; i < evaluation_field_count; i++)
        csv_add_number(out, record_field_value(&evaluation_fields[i], e));
    text_addf(out, ",%lld,%s", (long long)e->zero_loss_rows, e->decay_kind);
    csv_add_number(out, e->decay_strength);
    text_addf(out, ",%s\n", e->decay_targets);
}

/* Where the rows of steps after last begin; steps rise, and the row of names counts as none. */
static Status csv_cut(LineWriter *f, int64_t last)
{
    char *text = xmalloc((size_t)f->keep + 1);
    size_t got;
    Status status = line_writer_read(f, text, (size_t)f->keep, 0, &got);
    text[got] = '\0';
    const char *row = text;
    while (*row && strtoll(row, NULL, 10) <= last) {
        const char *newline = strchr(row, '\n');
        row = newline ? newline + 1 : row + strlen(row);
    }
    if (status_is_ok(status))
        line_writer_keep(f, row - text);
    free(text);
    return status;
}

Runcsv *runcsv_open(const char *path, RunlogMode mode, int64_t resume_step, Status *status)
{
    LineWriter file;
    Text header = {0};
    csv_add_header(&header);
    *status = file_open(&file, path, mode, header.data);
    text_free(&header);
    if (!status_is_ok(*status))
        return NULL;
    if (mode == RUNLOG_APPEND && file.keep > 0)
        *status = csv_cut(&file, resume_step);
    if (!status_is_ok(*status)) {
        line_writer_close(&file);
        return NULL;
    }
    Runcsv *c = xcalloc(1, sizeof *c);
    *c = (Runcsv){.file = file, .headed = file.keep > 0};
    return c;
}

Status runcsv_write_evaluation(Runcsv *c, const Evaluation *e)
{
    Status header = status_ok();
    if (!c->headed) {
        csv_add_header(&c->line);
        header = line_writer_write(&c->file, c->line.data, c->line.length);
        text_clear(&c->line);
        c->headed = c->file.error == 0;
    }
    csv_add_evaluation(&c->line, e);
    Status row = line_writer_write(&c->file, c->line.data, c->line.length);
    text_clear(&c->line);
    return status_is_ok(header) ? row : header;
}

Status runcsv_close(Runcsv *c)
{
    if (!c)
        return status_ok();
    Status status = line_writer_close(&c->file);
    text_free(&c->line);
    free(c);
    return status;
}
