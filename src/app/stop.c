#include <lrd/app/stop.h>

#include <lrd/base/tty_stalled.h>

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

/* USR1, USR2 and XCPU are what batch systems send before a limit. */
static const int stop_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGXCPU};
enum { STOP_SIGNALS = sizeof stop_signals / sizeof stop_signals[0] };

/* What a handler sees is global by nature. */
static _Atomic(Run *) stop_run;
static atomic_int stop_number;

static void stop_handle(int number)
{
    int keep = errno, none = 0;
    Run *run = atomic_load(&stop_run);
    if (!atomic_compare_exchange_strong(&stop_number, &none, number) && run)
        run_abandon(run);
    if (tty_is_stalled(STDERR_FILENO)) { /* where the progress is shown */
        tty_stalled_clear(STDERR_FILENO);
        tty_stalled_silence(STDERR_FILENO);
    }
    errno = keep;
}

/* A SIGHUP that is ignored (nohup) stays ignored. SIGINT is taken even when it came ignored, as it does behind & in
 * a script: who sends it by hand means it. */
static void stop_set(void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART}, before;
    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, SIGTTOU); /* a terminal may be touched from the background too */
    for (int i = 0; i < STOP_SIGNALS; i++) {
        sigaction(stop_signals[i], NULL, &before);
        if (stop_signals[i] != SIGHUP || before.sa_handler != SIG_IGN)
            sigaction(stop_signals[i], &action, NULL);
    }
}

void stop_watch(Run *run)
{
    atomic_store(&stop_number, 0);
    atomic_store(&stop_run, run);
    stop_set(stop_handle);
}

int stop_signal(void)
{
    return atomic_load(&stop_number);
}

void stop_end(void)
{
    stop_set(SIG_DFL);
    atomic_store(&stop_run, NULL);
}
