#include <lrd/ui/signals.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <lrd/base/util.h>
#include <lrd/ui/term_restore.h>

static const int caught[] = {SIGINT,  SIGTERM, SIGHUP,  SIGQUIT, SIGUSR1, SIGUSR2,
                             SIGXCPU, SIGALRM, SIGTSTP, SIGCONT, SIGWINCH};
enum { CAUGHT = sizeof caught / sizeof *caught };

static int ends[2] = {-1, -1};
static struct sigaction before[CAUGHT];
static pthread_t owner;
static volatile sig_atomic_t ending;

/* Nothing is drawn once the lab ends. Where that takes longer, for a hanging write or a large checkpoint, the alarm
 * gives the terminal back meanwhile. */
static void signal_end(int number)
{
    if (ending && number == SIGALRM)
        term_restore_now();
    else
        term_restore_if_stalled();
    if (!ending)
        alarm(1);
    ending = 1;
}

/* A library may have threads that take a signal; but it is the owner's write that it must interrupt. */
static void signal_note(int number)
{
    int saved = errno;
    if (!pthread_equal(pthread_self(), owner)) {
        pthread_kill(owner, number);
        errno = saved;
        return;
    }
    unsigned char byte = (unsigned char)number;
    if (number != SIGALRM || !ending) {
        ssize_t written = write(ends[1], &byte, 1); /* a full pipe holds enough signals to act on */
        (void)written;
    }
    if (number != SIGWINCH && number != SIGTSTP && number != SIGCONT)
        signal_end(number);
    errno = saved;
}

static void signal_catch(int number)
{
    struct sigaction action = {.sa_handler = signal_note, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, SIGTTOU); /* the rescue may touch the terminal from the background too */
    sigaction(number, &action, NULL);
}

int signals_open(void)
{
    if (pipe(ends) != 0)
        die("cannot make a pipe for signals: %s", strerror(errno));
    owner = pthread_self();
    ending = 0;
    for (int i = 0; i < 2; i++) {
        fcntl(ends[i], F_SETFL, O_NONBLOCK);
        fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    }
    for (int i = 0; i < CAUGHT; i++) {
        sigaction(caught[i], NULL, &before[i]);
        signal_catch(caught[i]);
    }
    return ends[0];
}

int signals_next(void)
{
    unsigned char byte;
    return read(ends[0], &byte, 1) == 1 ? byte : 0;
}

void signals_stop_here(void)
{
    signal(SIGTSTP, SIG_DFL);
    raise(SIGTSTP);
    signal_catch(SIGTSTP);
}

void signals_close(void)
{
    alarm(0);
    for (int i = 0; i < CAUGHT; i++)
        sigaction(caught[i], &before[i], NULL);
    for (int i = 0; i < 2; i++)
        close(ends[i]);
}
