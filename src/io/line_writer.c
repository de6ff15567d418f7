#include <lrd/io/line_writer.h>
#include <lrd/base/util.h>
#include <lrd/io/output_open.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A regular file is read back too, to go on with it; a pipe or device may be open for writing only. */
static int path_open(const char *path)
{
    struct stat info;
    bool special = stat(path, &info) == 0 && !S_ISREG(info.st_mode);
    return output_open(path, (special ? O_WRONLY : O_RDWR | O_CREAT) | O_APPEND | O_NOCTTY);
}

Status line_writer_open(LineWriter *f, const char *path)
{
    *f = (LineWriter){.descriptor = path_open(path)};
    struct stat info;
    if (f->descriptor < 0 || fstat(f->descriptor, &info) != 0 ||
        (S_ISREG(info.st_mode) && !output_lock(f->descriptor))) {
        Status status = status_input("%s cannot be written: %s", path, output_error(errno));
        if (f->descriptor >= 0)
            close(f->descriptor);
        *f = (LineWriter){.descriptor = -1};
        return status;
    }
    f->path = xstrdup(path);
    f->regular = S_ISREG(info.st_mode);
    f->flags = fcntl(f->descriptor, F_GETFL);
    if (!f->regular)
        (void)fcntl(f->descriptor, F_SETFL, f->flags | O_NONBLOCK);
    f->size = f->keep = f->regular ? (int64_t)info.st_size : 0;
    return status_ok();
}

void line_writer_keep(LineWriter *f, int64_t bytes)
{
    f->keep = bytes;
}

Status line_writer_read(const LineWriter *f, void *into, size_t count, int64_t offset, size_t *got)
{
    *got = 0;
    while (*got < count) {
        ssize_t n = pread(f->descriptor, (char *)into + *got, count - *got, (off_t)(offset + (int64_t)*got));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return status_input("%s cannot be read: %s", f->path, strerror(errno));
        if (n == 0)
            break;
        *got += (size_t)n;
    }
    return status_ok();
}

Status line_writer_whole(const LineWriter *f, int64_t *end)
{
    char piece[4096];
    for (*end = f->size; *end > 0;) {
        size_t count = (size_t)min_i64(*end, sizeof piece), got;
        Status status = line_writer_read(f, piece, count, *end - (int64_t)count, &got);
        if (!status_is_ok(status))
            return status;
        for (size_t i = got; i > 0; i--, --*end)
            if (piece[i - 1] == '\n')
                return status;
        *end -= (int64_t)(count - got); /* it shrank meanwhile */
    }
    return status_ok();
}

enum { READER_ASLEEP = -1 }; /* beside the errors of the system */

static const char *error_words(int error)
{
    return error == READER_ASLEEP ? "its reader does not take it" : strerror(error);
}

/* As much as the reader takes without waiting. */
static int pending_write(LineWriter *f)
{
    size_t done = 0;
    int error = 0;
    while (done < f->pending.length && !error) {
        ssize_t n = write(f->descriptor, f->pending.data + done, f->pending.length - done);
        if (n > 0)
            done += (size_t)n;
        else if (n == 0 || errno != EINTR)
            error = n == 0 ? EIO : errno;
    }
    f->pending.length -= done;
    if (done > 0)
        memmove(f->pending.data, f->pending.data + done, f->pending.length);
    return error == EAGAIN || error == EWOULDBLOCK ? 0 : error;
}

static int pending_add(LineWriter *f, const char *bytes, size_t count)
{
    if (f->pending.length + count > LINE_WRITER_PENDING)
        return READER_ASLEEP;
    text_add_bytes(&f->pending, bytes, count);
    int error = pending_write(f);
    if (error)
        text_clear(&f->pending);
    return error;
}

static int pending_finish(LineWriter *f)
{
    enum { MILLISECONDS = 1000 };
    int error = pending_write(f);
    while (!error && f->pending.length > 0) {
        size_t before = f->pending.length;
        struct pollfd room = {.fd = f->descriptor, .events = POLLOUT};
        if (poll(&room, 1, LINE_WRITER_PATIENCE * MILLISECONDS) < 0 && errno != EINTR)
            return errno;
        error = pending_write(f);
        if (!error && f->pending.length == before)
            return READER_ASLEEP;
    }
    return error;
}

static int regular_write(LineWriter *f, const char *bytes, size_t count)
{
    int error = 0;
    if (!f->started && f->keep < f->size && ftruncate(f->descriptor, (off_t)f->keep) != 0)
        error = errno;
    f->started = f->started || !error;
    off_t before = lseek(f->descriptor, 0, SEEK_END);
    if (!error)
        error = write_whole(f->descriptor, bytes, count);
    if (error && f->started && before >= 0)
        (void)!ftruncate(f->descriptor, before);
    return error;
}

Status line_writer_write(LineWriter *f, const char *bytes, size_t count)
{
    if (f->broken)
        return status_ok();
    int error = f->regular ? regular_write(f, bytes, count) : pending_add(f, bytes, count);
    f->started = f->started || !error;
    if (!error)
        return status_ok();
    f->broken = error == EPIPE;
    if (f->error)
        return status_ok();
    f->error = error;
    return status_failed("%s could not be written: %s; the run goes on without what is missing there", f->path,
                         error_words(error));
}

Status line_writer_close(LineWriter *f)
{
    Status status = status_ok();
    int error = f->broken ? 0 : pending_finish(f);
    f->error = f->error ? f->error : error;
    text_free(&f->pending);
    if (!f->regular) /* where it was not opened anew, others have it open with these flags */
        (void)fcntl(f->descriptor, F_SETFL, f->flags);
    if (close(f->descriptor) != 0 && !f->error)
        f->error = errno;
    if (f->error)
        status = status_failed("%s is not complete: %s", f->path, error_words(f->error));
    free(f->path);
    *f = (LineWriter){.descriptor = -1};
    return status;
}
