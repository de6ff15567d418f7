#include <lrd/base/util.h>
#include <lrd/base/wakeup.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

static void descriptor_prepare(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
        die("cannot prepare a pipe: %s", strerror(errno));
}

void wakeup_open(Wakeup *b)
{
    int ends[2];
    if (pipe(ends) != 0)
        die("cannot make a pipe: %s", strerror(errno));
    descriptor_prepare(ends[0]);
    descriptor_prepare(ends[1]);
    *b = (Wakeup){.reader = ends[0], .writer = ends[1]};
}

void wakeup_close(Wakeup *b)
{
    close(b->reader);
    close(b->writer);
    *b = (Wakeup){.reader = -1, .writer = -1};
}

void wakeup_ring(const Wakeup *b)
{
    int saved = errno; /* the signal's victim must not see ours */
    ssize_t n;
    do
        n = write(b->writer, "!", 1);
    while (n < 0 && errno == EINTR); /* a full pipe has rung often enough */
    errno = saved;
}

void wakeup_clear(const Wakeup *b)
{
    char rings[256];
    ssize_t n;
    do
        n = read(b->reader, rings, sizeof rings);
    while (n == (ssize_t)sizeof rings || (n < 0 && errno == EINTR));
}

void wakeup_wait(const Wakeup *b, double seconds)
{
    enum { LONGEST_MS = 60 * 1000 };
    int ms = seconds < 0 ? -1 : seconds * 1e3 > LONGEST_MS ? LONGEST_MS : (int)(seconds * 1e3);
    struct pollfd fd = {.fd = b->reader, .events = POLLIN};
    poll(&fd, 1, ms);
    wakeup_clear(b);
}
