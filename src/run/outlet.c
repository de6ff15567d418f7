#include <lrd/run/outlet.h>

#include <lrd/base/util.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>

static int open_again(const char *path, int flags)
{
    int descriptor;
    do
        descriptor = open(path, flags | O_CLOEXEC, 0666);
    while (descriptor < 0 && errno == EINTR);
    return descriptor;
}

int outlet_open(const char *path, int flags)
{
    enum { PAUSE_MS = 20 };
    struct stat info;
    if (stat(path, &info) != 0 || !S_ISFIFO(info.st_mode))
        return open_again(path, flags);
    double end = clock_seconds() + OUTLET_PATIENCE;
    int descriptor;
    while ((descriptor = open_again(path, flags | O_NONBLOCK)) < 0 && errno == ENXIO && clock_seconds() < end) {
        (void)poll(NULL, 0, PAUSE_MS);
        errno = ENXIO;
    }
    if (descriptor >= 0)
        (void)fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK);
    return descriptor;
}

const char *outlet_error(int error)
{
    return error == ENXIO ? "nobody reads this pipe; start its reader first" : strerror(error);
}
