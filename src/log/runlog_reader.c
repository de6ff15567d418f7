#include <lrd/log/runlog.h>
#include <lrd/base/util.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 1 << 16, LINE_MAX_BYTES = 64 << 20, HEAD = 256 };

struct RunlogReader {
    int descriptor;
    char *path;
    bool regular;
    char head[HEAD]; /* how the file began when its first line was read */
    size_t head_count;
    int64_t consumed; /* bytes of the file that were given out, newlines included */
    RunlogPlace place;
    char *bytes; /* [capacity]: what was read and not yet given out is start..end */
    size_t start, end, capacity;
    size_t searched; /* from start: no newline in these bytes */
    long line;
};

RunlogReader *runlog_reader_open(const char *path, Status *status)
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
    return r;
}

void runlog_reader_close(RunlogReader *r)
{
    if (!r)
        return;
    close(r->descriptor);
    free(r->bytes);
    free(r->path);
    free(r);
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
    for (ssize_t n = 1; got < count && n != 0;) {
        n = pread(r->descriptor, into + got, count - got, (off_t)(offset + (int64_t)got));
        if (n < 0 && errno != EINTR)
            break;
        got += n > 0 ? (size_t)n : 0;
    }
    return got;
}

bool runlog_reader_is_stale(const RunlogReader *r)
{
    struct stat named, open_one;
    char head[HEAD];
    if (!r->regular || fstat(r->descriptor, &open_one) != 0)
        return false;
    bool replaced = stat(r->path, &named) == 0 && (named.st_ino != open_one.st_ino || named.st_dev != open_one.st_dev);
    return replaced || (int64_t)open_one.st_size < r->consumed ||
           reader_look(r, head, r->head_count, 0) != r->head_count || memcmp(head, r->head, r->head_count) != 0;
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

bool runlog_reader_again(RunlogReader *r, RunlogPlace place, Record *record, Status *status)
{
    Text line = {0};
    if (runlog_reader_line_at(r, place, &line))
        *status = record_parse(record, text_str(&line), line.length, r->path, place.line);
    else
        *status = status_input("%s:%ld: the line is not there any more", r->path, place.line);
    text_free(&line);
    return status_is_ok(*status);
}

/* A tail without its newline is forgotten: it is read again once it may be whole. */
static void reader_drop_tail(RunlogReader *r)
{
    if (!r->regular || lseek(r->descriptor, (off_t)r->consumed, SEEK_SET) < 0)
        return;
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

/* false at the end, with *status OK, or when reading failed. */
static bool reader_fill(RunlogReader *r, Status *status)
{
    if (r->end - r->start >= LINE_MAX_BYTES) {
        *status = status_input("%s:%ld: the line is too long for a log", r->path, r->line + 1);
        return false;
    }
    reader_make_room(r);
    ssize_t n;
    do
        n = read(r->descriptor, r->bytes + r->end, PIECE);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        *status = status_input("%s cannot be read: %s", r->path, strerror(errno));
    if (n > 0)
        r->end += (size_t)n;
    else
        reader_drop_tail(r);
    return n > 0;
}

/* The next whole line without its newline. */
static bool reader_take_line(RunlogReader *r, const char **line, size_t *length, Status *status)
{
    for (;;) {
        size_t from = r->start + r->searched;
        const char *newline = from < r->end ? memchr(r->bytes + from, '\n', r->end - from) : NULL;
        if (newline) {
            *line = r->bytes + r->start;
            *length = (size_t)(newline - *line);
            r->start += *length + 1;
            r->searched = 0;
            r->place = (RunlogPlace){r->consumed, *length, ++r->line};
            r->consumed += (int64_t)*length + 1;
            if (r->line == 1 && r->regular)
                r->head_count = reader_look(r, r->head, (size_t)min_i64(HEAD, r->consumed), 0);
            return true;
        }
        r->searched = r->end - r->start;
        if (!reader_fill(r, status))
            return false;
    }
}

static bool line_is_blank(const char *line, size_t length)
{
    while (length > 0 && (*line == ' ' || *line == '\t' || *line == '\r'))
        line++, length--;
    return length == 0;
}

bool runlog_reader_next(RunlogReader *r, Record *record, Status *status)
{
    const char *line;
    size_t length;
    *status = status_ok();
    do
        if (!reader_take_line(r, &line, &length, status))
            return false;
    while (line_is_blank(line, length));
    *status = record_parse(record, line, length, r->path, r->line);
    return status_is_ok(*status);
}
