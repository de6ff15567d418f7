#include <lrd/ui/signals.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <lrd/base/util.h>

static const int caught[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH};
enum { CAUGHT = sizeof caught / sizeof *caught };

static int ends[2] = {-1, -1};
static struct sigaction before[CAUGHT];

static void signal_note(int number)
{
    int saved = errno;
    unsigned char byte = (unsigned char)number;
    ssize_t written = write(ends[1], &byte, 1); /* a full pipe holds enough signals to act on */
    (void)written;
    errno = saved;
}

int signals_open(void)
{
    if (pipe(ends) != 0)
        die("cannot make a pipe for signals: %s", strerror(errno));
    for (int i = 0; i < 2; i++) {
        fcntl(ends[i], F_SETFL, O_NONBLOCK);
        fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    }
    struct sigaction action = {.sa_handler = signal_note, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < CAUGHT; i++)
        sigaction(caught[i], &action, &before[i]);
    return ends[0];
}

int signals_next(void)
{
    unsigned char byte;
    return read(ends[0], &byte, 1) == 1 ? byte : 0;
}

void signals_close(void)
{
    for (int i = 0; i < CAUGHT; i++)
        sigaction(caught[i], &before[i], NULL);
    for (int i = 0; i < 2; i++)
        close(ends[i]);
}
