#include <lrd/io/output_open.h>

#include <lrd/base/util.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAUSE_MS = 20 };

static int open_again(const char *path, int flags)
{
    int descriptor;
    do
        descriptor = open(path, flags | O_CLOEXEC, 0666);
    while (descriptor < 0 && errno == EINTR);
    return descriptor;
}

int output_open(const char *path, int flags)
{
    struct stat info;
    if (stat(path, &info) != 0 || !S_ISFIFO(info.st_mode))
        return open_again(path, flags);
    double end = clock_seconds() + OUTPUT_PATIENCE;
    int descriptor;
    while ((descriptor = open_again(path, flags | O_NONBLOCK)) < 0 && errno == ENXIO && clock_seconds() < end) {
        (void)poll(NULL, 0, PAUSE_MS);
        errno = ENXIO;
    }
    if (descriptor >= 0)
        (void)fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK);
    else if (errno == ENXIO)
        errno = EPIPE; /* a device without its hardware is ENXIO too */
    return descriptor;
}

bool output_lock(int descriptor)
{
    int result;
    do
        result = flock(descriptor, LOCK_EX | LOCK_NB);
    while (result != 0 && errno == EINTR);
    return result == 0 || errno != EWOULDBLOCK;
}

/* Whoever had the lock may have given the file its last name, or removed it, before we got it. */
static bool is_still_there(int descriptor, const char *path)
{
    struct stat ours, theirs;
    return fstat(descriptor, &ours) == 0 && lstat(path, &theirs) == 0 && ours.st_dev == theirs.st_dev &&
           ours.st_ino == theirs.st_ino;
}

/* EEXIST where something else stands, such as a pipe, with a reader (which opens) or without (ENXIO). */
static int open_regular(const char *path)
{
    int descriptor = open_again(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK);
    struct stat info;
    if (descriptor < 0 && errno != ENXIO)
        return -1;
    if (descriptor >= 0 && fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode))
        return descriptor;
    if (descriptor >= 0)
        close(descriptor);
    errno = EEXIST;
    return -1;
}

int output_open_own(const char *path)
{
    double end = clock_seconds() + OUTPUT_PATIENCE;
    for (;;) {
        int descriptor = open_regular(path);
        if (descriptor < 0)
            return -1;
        errno = EWOULDBLOCK;
        bool locked = output_lock(descriptor);
        if (locked && is_still_there(descriptor, path) && ftruncate(descriptor, 0) == 0)
            return descriptor;
        int error = errno;
        close(descriptor);
        if (clock_seconds() >= end) {
            errno = error;
            return -1;
        }
        if (!locked)
            (void)poll(NULL, 0, PAUSE_MS);
    }
}

const char *output_error(int error)
{
    switch (error) {
    case EPIPE:
        return "nobody reads this pipe; start its reader first";
    case EWOULDBLOCK:
        return "another process is writing it now; name another file";
    default:
        return strerror(error);
    }
}
