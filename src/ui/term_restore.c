#include <lrd/ui/term_restore.h>

#include <lrd/base/tty_stalled.h>
#include <lrd/base/util.h>

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* Which end a process that does nothing about them. Not those that ui/signals takes. */
static const int deadly[] = {
    SIGSEGV,   SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS, SIGVTALRM, SIGPROF,
#ifdef SIGPOLL
    SIGPOLL,
#endif
#ifdef SIGPWR
    SIGPWR,
#endif
#ifdef SIGSTKFLT
    SIGSTKFLT,
#endif
#ifdef SIGEMT
    SIGEMT,
#endif
};
enum { DEADLY = sizeof deadly / sizeof *deadly, REAL_TIME_MAX = 64 };

/* Behind the table stand the real-time signals, of which each system has its own number. */
static int deadly_count(void)
{
#ifdef SIGRTMIN
    const int real_time = SIGRTMAX - SIGRTMIN + 1;
    return DEADLY + (real_time < REAL_TIME_MAX ? real_time : REAL_TIME_MAX);
#else
    return DEADLY;
#endif
}

static int deadly_at(int i)
{
#ifdef SIGRTMIN
    if (i >= DEADLY)
        return SIGRTMIN + i - DEADLY;
#endif
    return deadly[i];
}

/* What a handler sees is global by nature. */
static struct termios settings;
static bool settings_are_kept;
static char reset[TERM_RESTORE_RESET_MAX];
static size_t reset_length;
static int kept_stderr = -1, real_stderr = -1;
static volatile sig_atomic_t armed;
static struct sigaction before[DEADLY + REAL_TIME_MAX];

static void reset_terminal(void)
{
    (void)write_whole(STDOUT_FILENO, reset, reset_length);
    if (settings_are_kept)
        tcsetattr(STDIN_FILENO, TCSANOW, &settings);
}

/* What a library said before it aborted is the only clue there is. */
static void pass_on_stderr(void)
{
    char piece[512];
    if (kept_stderr < 0 || real_stderr < 0 || lseek(kept_stderr, 0, SEEK_SET) != 0)
        return;
    for (ssize_t n; (n = read(kept_stderr, piece, sizeof piece)) > 0;)
        (void)write_whole(real_stderr, piece, (size_t)n);
    dup2(real_stderr, STDERR_FILENO);
}

static void term_restore_handle(int number, siginfo_t *info, void *context)
{
    (void)context;
    if (armed) {
        armed = 0;
        reset_terminal();
        pass_on_stderr();
    }
    for (int i = 0; i < deadly_count(); i++)
        if (deadly_at(i) == number)
            sigaction(number, &before[i], NULL);
    /* A fault comes again by itself when its instruction is tried again, with all that a sanitizer wants to know. */
    bool fault = info->si_code > 0 && (number == SIGSEGV || number == SIGBUS || number == SIGILL || number == SIGFPE);
    if (!fault)
        raise(number);
}

void term_restore_keep_settings(void)
{
    settings_are_kept = tcgetattr(STDIN_FILENO, &settings) == 0;
}

void term_restore_arm(const char *string, int kept, int stderr_before)
{
    struct sigaction action = {.sa_sigaction = term_restore_handle, .sa_flags = SA_SIGINFO};
    reset_length = strlen(string) < sizeof reset ? strlen(string) : sizeof reset;
    memcpy(reset, string, reset_length);
    kept_stderr = kept;
    real_stderr = stderr_before;
    armed = 1;
    sigfillset(&action.sa_mask);
    for (int i = 0; i < deadly_count(); i++) {
        sigaction(deadly_at(i), NULL, &before[i]);
        if (before[i].sa_handler != SIG_IGN)
            sigaction(deadly_at(i), &action, NULL);
    }
}

void term_restore_disarm(void)
{
    if (!armed)
        return;
    for (int i = 0; i < deadly_count(); i++)
        sigaction(deadly_at(i), &before[i], NULL);
    armed = 0;
    kept_stderr = real_stderr = -1;
}

void term_restore_if_stalled(void)
{
    if (tty_is_stalled(STDOUT_FILENO))
        term_restore_now();
}

void term_restore_now(void)
{
    if (!armed)
        return;
    tty_stalled_clear(STDOUT_FILENO);
    reset_terminal();
    tty_stalled_silence(STDOUT_FILENO);
}
