#include <lrd/run/runlog.h>
#include <lrd/base/util.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 1 << 16, LINE_MAX_BYTES = 64 << 20 };

struct RunlogReader {
    int descriptor;
    char *path;
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
    *r = (RunlogReader){.descriptor = descriptor, .path = xstrdup(path)};
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
            r->line++;
            return true;
        }
        r->searched = r->end - r->start;
        if (!reader_fill(r, status))
            return false;
    }
}

bool runlog_reader_next(RunlogReader *r, Record *record, Status *status)
{
    const char *line;
    size_t length;
    *status = status_ok();
    do
        if (!reader_take_line(r, &line, &length, status))
            return false;
    while (strspn(line, " \t\r") >= length); /* a newline ends the line, so this stays inside it */
    *status = record_parse(record, line, length, r->path, r->line);
    return status_is_ok(*status);
}
