#include <lrd/base/tty_stalled.h>

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

/* Linux lets a terminal go on after ^S only when ^S loses its meaning for a moment; others when they are told to. */
static void let_go_on(int descriptor)
{
    struct termios settings, without;
    tcflow(descriptor, TCOON);
    if (tcgetattr(descriptor, &settings) != 0)
        return;
    without = settings;
    without.c_iflag &= ~(tcflag_t)IXON;
    tcsetattr(descriptor, TCSANOW, &without);
    tcsetattr(descriptor, TCSANOW, &settings);
}

bool tty_is_stalled(int descriptor)
{
    struct pollfd output = {.fd = descriptor, .events = POLLOUT};
    return poll(&output, 1, 0) == 0;
}

void tty_stalled_clear(int descriptor)
{
    let_go_on(descriptor);
    tcflush(descriptor, TCOFLUSH);
}

void tty_stalled_silence(int descriptor)
{
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere >= 0)
        dup2(nowhere, descriptor);
}
