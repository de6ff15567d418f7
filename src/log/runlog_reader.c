#include <lrd/log/runlog.h>
#include <lrd/base/util.h>
#include <lrd/io/file_kind.h>
#include <lrd/io/json_row.h>
#include <lrd/log/log_convert.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PIECE = 1 << 16, LINE_MAX_BYTES = 64 << 20, HEAD = 256, CONVERTED_MAX = 512 << 20 };

struct RunlogReader {
    int descriptor;
    char *path;
    bool regular;
    bool native;    /* its first row is a start row of this program: its fields are ours */
    bool converted; /* memory holds the whole file as JSON Lines: it is read from there */
    Text memory;
    size_t memory_at;
    struct stat read_as; /* the file when it was converted */
    char head[HEAD];     /* how the file began when its first line was read */
    size_t head_count;
    int64_t consumed; /* bytes of the file that were given out, newlines included */
    RunlogPlace place;
    char *bytes; /* [capacity]: what was read and not yet given out is start..end */
    size_t start, end, capacity;
    size_t searched; /* from start: no newline in these bytes */
    bool tail_given; /* the last line given out had no newline yet */
    long line;
    LogFields fields;
    long surveyed; /* rows up to this line are in fields */
    bool turned;   /* fields became others than rows were read with */
};

void runlog_reader_close(RunlogReader *r)
{
    if (!r)
        return;
    close(r->descriptor);
    text_free(&r->memory);
    log_fields_free(&r->fields);
    free(r->bytes);
    free(r->path);
    free(r);
}

const LogFields *runlog_reader_fields(const RunlogReader *r)
{
    return &r->fields;
}

long runlog_reader_line(const RunlogReader *r)
{
    return r->line;
}

RunlogPlace runlog_reader_place(const RunlogReader *r)
{
    return r->place;
}

/* Fewer bytes at the end of the file, or when it cannot be read. */
static size_t reader_look(const RunlogReader *r, char *into, size_t count, int64_t offset)
{
    size_t got = 0;
    if (r->converted) {
        size_t from = (size_t)offset < r->memory.length ? (size_t)offset : r->memory.length;
        got = count < r->memory.length - from ? count : r->memory.length - from;
        memcpy(into, text_str(&r->memory) + from, got);
        return got;
    }
    for (ssize_t n = 1; got < count && n != 0;) {
        n = pread(r->descriptor, into + got, count - got, (off_t)(offset + (int64_t)got));
        if (n < 0 && errno != EINTR)
            break;
        got += n > 0 ? (size_t)n : 0;
    }
    return got;
}

static bool stat_differs(const struct stat *a, const struct stat *b)
{
    return a->st_size != b->st_size || a->st_mtim.tv_sec != b->st_mtim.tv_sec ||
           a->st_mtim.tv_nsec != b->st_mtim.tv_nsec;
}

/* The last line was given out before its end was there: if there is more of it now, it was another line. */
static bool tail_grew(const RunlogReader *r)
{
    char next;
    return r->tail_given && reader_look(r, &next, 1, r->consumed) == 1 && next != '\n' && next != '\r';
}

bool runlog_reader_is_stale(const RunlogReader *r)
{
    struct stat named, open_one;
    char head[HEAD];
    if (!r->regular || fstat(r->descriptor, &open_one) != 0)
        return false;
    bool replaced = stat(r->path, &named) == 0 && (named.st_ino != open_one.st_ino || named.st_dev != open_one.st_dev);
    if (replaced || r->turned)
        return true;
    if (r->converted)
        return stat_differs(&open_one, &r->read_as);
    return (int64_t)open_one.st_size < r->consumed || reader_look(r, head, r->head_count, 0) != r->head_count ||
           memcmp(head, r->head, r->head_count) != 0 || tail_grew(r);
}

bool runlog_reader_has_tail(const RunlogReader *r, double seconds)
{
    struct stat info;
    struct timespec now;
    if (!r->regular || fstat(r->descriptor, &info) != 0)
        return false;
    if ((r->converted ? (int64_t)r->memory.length : (int64_t)info.st_size) <= r->consumed)
        return false;
    clock_gettime(CLOCK_REALTIME, &now);
    return difftime(now.tv_sec, info.st_mtim.tv_sec) + 1e-9 * (double)(now.tv_nsec - info.st_mtim.tv_nsec) >= seconds;
}

bool runlog_reader_line_at(RunlogReader *r, RunlogPlace place, Text *out)
{
    char *line = xmalloc(place.length);
    bool there = reader_look(r, line, place.length, place.offset) == place.length;
    if (there)
        text_add_bytes(out, line, place.length);
    free(line);
    return there;
}

/* A tail without its newline is forgotten: it is read again once it may be whole. */
static void reader_drop_tail(RunlogReader *r)
{
    if (!r->regular || (!r->converted && lseek(r->descriptor, (off_t)r->consumed, SEEK_SET) < 0))
        return;
    r->memory_at = (size_t)r->consumed;
    r->start = r->end = r->searched = 0;
}

static void reader_make_room(RunlogReader *r)
{
    if (r->start > 0) {
        memmove(r->bytes, r->bytes + r->start, r->end - r->start);
        r->end -= r->start;
        r->start = 0;
    }
    if (r->capacity - r->end < PIECE) {
        r->capacity = 2 * r->capacity + PIECE;
        r->bytes = xrealloc(r->bytes, r->capacity);
    }
}

static ssize_t reader_read(RunlogReader *r, char *into, size_t count)
{
    ssize_t n;
    if (r->converted) {
        n = (ssize_t)reader_look(r, into, count, (int64_t)r->memory_at);
        r->memory_at += (size_t)n;
        return n;
    }
    do
        n = read(r->descriptor, into, count);
    while (n < 0 && errno == EINTR);
    return n;
}

/* false at the end, with *status OK, or when reading failed. */
static bool reader_fill(RunlogReader *r, Status *status)
{
    if (r->end - r->start >= LINE_MAX_BYTES) {
        *status = status_input("%s:%ld: the line is too long for a log", r->path, r->line + 1);
        return false;
    }
    reader_make_room(r);
    ssize_t n = reader_read(r, r->bytes + r->end, PIECE);
    if (n < 0)
        *status = status_input("%s cannot be read: %s", r->path, strerror(errno));
    if (n > 0)
        r->end += (size_t)n;
    return n > 0;
}

static bool line_is_blank(const char *line, size_t length)
{
    while (length > 0 && (*line == ' ' || *line == '\t' || *line == '\r'))
        line++, length--;
    return length == 0;
}

/* The bytes up to the newline, or up to the end of the file, are the next line. */
static void reader_give(RunlogReader *r, const char **line, size_t *length, bool ended)
{
    *line = r->bytes + r->start;
    r->start += *length + ended;
    r->searched = 0;
    r->place = (RunlogPlace){r->consumed, *length, ++r->line};
    r->consumed += (int64_t)*length + ended;
    r->tail_given = !ended;
    if (r->line == 1 && r->regular) {
        r->head_count = reader_look(r, r->head, (size_t)min_i64(HEAD, r->consumed), 0);
        size_t mark = file_head_mark(*line, *length);
        *line += mark;
        *length -= mark;
        r->place.offset += (int64_t)mark;
        r->place.length -= mark;
    }
}

/* A line without its newline is whole when it is a whole object: nothing can follow but blanks. */
static bool tail_is_whole(const RunlogReader *r)
{
    json_error_t error;
    int64_t ignored = 0;
    const char *tail = r->bytes + r->start;
    size_t length = r->end - r->start;
    size_t mark = r->consumed == 0 ? file_head_mark(tail, length) : 0;
    if (!r->regular || length == mark || line_is_blank(tail, length))
        return false;
    json_t *row = json_row_parse(tail + mark, length - mark, &ignored, &error);
    bool whole = json_is_object(row);
    json_decref(row);
    return whole;
}

/* The newline of a line that was given out without it. */
static void reader_skip_end(RunlogReader *r)
{
    if (!r->tail_given || r->start == r->end)
        return;
    if (r->bytes[r->start] == '\r' && r->start + 1 < r->end)
        r->start++, r->consumed++;
    if (r->bytes[r->start] == '\n')
        r->start++, r->consumed++;
    r->tail_given = false;
}

/* The next line without its newline. */
static bool reader_take_line(RunlogReader *r, const char **line, size_t *length, Status *status)
{
    for (;;) {
        reader_skip_end(r);
        size_t from = r->start + r->searched;
        const char *newline = from < r->end ? memchr(r->bytes + from, '\n', r->end - from) : NULL;
        if (newline) {
            *length = (size_t)(newline - (r->bytes + r->start));
            reader_give(r, line, length, true);
            return true;
        }
        r->searched = r->end - r->start;
        if (reader_fill(r, status))
            continue;
        if (!status_is_ok(*status) || !tail_is_whole(r)) {
            reader_drop_tail(r);
            return false;
        }
        *length = r->end - r->start;
        reader_give(r, line, length, false);
        return true;
    }
}

/* ---- rows ---- */

static Status row_read(RunlogReader *r, json_t *row, long line, Record *record)
{
    if (!r->native && json_is_object(row)) {
        log_fields_flatten(row);
        if (line > r->surveyed) {
            r->turned |= log_fields_note(&r->fields, row);
            r->surveyed = line;
        }
        log_fields_apply(&r->fields, row);
    }
    return record_read(record, row, r->path, line);
}

bool runlog_reader_again(RunlogReader *r, RunlogPlace place, Record *record, Status *status)
{
    Text line = {0};
    json_error_t error;
    int64_t ignored = 0;
    *status = status_input("%s:%ld: the line is not there any more", r->path, place.line);
    if (runlog_reader_line_at(r, place, &line)) {
        json_t *row = json_row_parse(text_str(&line), line.length, &ignored, &error);
        *status = row ? row_read(r, row, place.line, record) : record_refuse(&error, r->path, place.line);
        json_decref(row);
    }
    text_free(&line);
    return status_is_ok(*status);
}

static bool take_filled_line(RunlogReader *r, const char **line, size_t *length, Status *status)
{
    *status = status_ok();
    do
        if (!reader_take_line(r, line, length, status))
            return false;
    while (line_is_blank(*line, *length));
    return true;
}

bool runlog_reader_next(RunlogReader *r, Record *record, Status *status)
{
    const char *line;
    size_t length;
    json_error_t error;
    int64_t not_numbers = 0;
    if (!take_filled_line(r, &line, &length, status))
        return false;
    json_t *row = json_row_parse(line, length, &not_numbers, &error);
    if (r->native || r->line > r->surveyed)
        r->fields.not_numbers += not_numbers;
    *status = row ? row_read(r, row, r->line, record) : record_refuse(&error, r->path, r->line);
    json_decref(row);
    return status_is_ok(*status);
}

/* ---- opening ---- */

static bool row_is_native(const json_t *row)
{
    const char *event = json_string_value(json_object_get(row, "event"));
    return event && strcmp(event, "start") == 0 && json_is_string(json_object_get(row, "version"));
}

/* Every row is looked at once, so that a column is one field from its first row on. */
static void reader_survey(RunlogReader *r)
{
    const char *line;
    size_t length;
    Status status;
    while (take_filled_line(r, &line, &length, &status)) {
        json_error_t error;
        json_t *row = json_row_parse(line, length, &r->fields.not_numbers, &error);
        if (r->fields.rows == 0 && r->surveyed == 0 && row_is_native(row))
            r->native = true;
        if (!r->native && json_is_object(row)) {
            log_fields_flatten(row);
            log_fields_note(&r->fields, row);
        }
        json_decref(row);
        r->surveyed = r->line;
        if (r->native)
            break;
    }
    if (r->native)
        r->fields.not_numbers = 0;
}

static void reader_rewind(RunlogReader *r)
{
    r->consumed = 0;
    r->line = 0;
    r->tail_given = false;
    reader_drop_tail(r);
}

/* Rows of one step may stand far apart, all of training first and validation behind: by their step they are one log. */
typedef struct SortedLine {
    int64_t step;
    size_t offset, length, number;
} SortedLine;

static int sorted_compare(const void *a, const void *b)
{
    const SortedLine *x = a, *y = b;
    if (x->step != y->step)
        return x->step < y->step ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

static Status reader_load(const RunlogReader *r, Text *out)
{
    char piece[PIECE];
    for (size_t n; (n = reader_look(r, piece, sizeof piece, (int64_t)out->length)) > 0;) {
        text_add_bytes(out, piece, n);
        if (out->length > CONVERTED_MAX)
            return status_input("%s is too large to be read as a table or a document (%d MiB are read); make it JSON "
                                "Lines, an object a line",
                                r->path, CONVERTED_MAX >> 20);
    }
    return status_ok();
}

static void reader_sort(RunlogReader *r)
{
    Text all = {0}, sorted = {0};
    SortedLine *lines = NULL;
    size_t count = 0, room = 0;
    int64_t ignored = 0, step = -1;
    if (!status_is_ok(reader_load(r, &all))) {
        text_free(&all);
        return;
    }
    for (size_t at = 0; at < all.length; count++) {
        size_t n = strcspn(all.data + at, "\n");
        json_error_t error;
        json_t *row = json_row_parse(all.data + at, n, &ignored, &error);
        log_fields_flatten(row);
        int64_t own = row ? log_fields_step(&r->fields, row) : -1;
        step = own >= 0 ? own : step; /* what tells no step stays behind the row before */
        json_decref(row);
        if (count == room)
            lines = xrealloc(lines, (room = 2 * room + 256) * sizeof *lines);
        lines[count] = (SortedLine){step, at, n, count};
        at += n + (all.data[at + n] == '\n');
    }
    if (count > 1)
        qsort(lines, count, sizeof *lines, sorted_compare);
    for (size_t i = 0; i < count; i++) {
        text_add_bytes(&sorted, all.data + lines[i].offset, lines[i].length);
        text_add(&sorted, "\n");
    }
    free(lines);
    text_free(&all);
    text_free(&r->memory);
    r->memory = sorted;
    r->converted = true;
}

static Status reader_convert(RunlogReader *r)
{
    char head[FILE_HEAD_MAX];
    size_t got = reader_look(r, head, sizeof head, 0);
    if (log_is_lines(head, got))
        return status_ok();
    Text bytes = {0};
    Status s = reader_load(r, &bytes);
    if (status_is_ok(s))
        s = log_convert(r->path, &bytes, &r->fields.not_numbers, &r->memory);
    r->converted = true;
    text_free(&bytes);
    return s;
}

static Status reader_prepare(RunlogReader *r)
{
    if (fstat(r->descriptor, &r->read_as) != 0)
        return status_input("%s cannot be read: %s", r->path, strerror(errno));
    Status s = reader_convert(r);
    if (!status_is_ok(s))
        return s;
    reader_survey(r);
    reader_rewind(r);
    if (r->native || !r->fields.falls || r->fields.column_falls)
        return s;
    reader_sort(r);
    reader_rewind(r);
    return s;
}

RunlogReader *runlog_reader_open_mapped(const char *path, const LogMap *map, Status *status)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    struct stat info;
    *status = status_ok();
    if (descriptor < 0 || fstat(descriptor, &info) != 0)
        *status = status_input("%s cannot be opened: %s", path, strerror(errno));
    else if (S_ISDIR(info.st_mode))
        *status = status_input("%s is a folder; a log is a file", path);
    if (!status_is_ok(*status)) {
        if (descriptor >= 0)
            close(descriptor);
        return NULL;
    }
    RunlogReader *r = xcalloc(1, sizeof *r);
    *r = (RunlogReader){.descriptor = descriptor, .path = xstrdup(path), .regular = S_ISREG(info.st_mode)};
    r->fields.map = map ? *map : (LogMap){0};
    if (r->regular)
        *status = reader_prepare(r);
    if (status_is_ok(*status))
        return r;
    runlog_reader_close(r);
    return NULL;
}

RunlogReader *runlog_reader_open(const char *path, Status *status)
{
    return runlog_reader_open_mapped(path, NULL, status);
}
