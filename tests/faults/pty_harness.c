#include "pty_harness.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

double pty_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void pty_sleep(double seconds)
{
    poll(NULL, 0, (int)(seconds * 1000));
}

static void fail(const char *what)
{
    perror(what);
    exit(2);
}

static void set_size(int terminal, int columns, int rows)
{
    struct winsize size = {.ws_col = (unsigned short)columns, .ws_row = (unsigned short)rows};
    ioctl(terminal, TIOCSWINSZ, &size);
}

static void set_variables(const PtyStart *start)
{
    static const char *const taken_out[] = {"LC_ALL", "LC_CTYPE", "LANG",     "LC_NUMERIC",
                                            "TERM",   "NO_COLOR", "COLORTERM"};
    for (size_t i = 0; i < sizeof taken_out / sizeof *taken_out; i++)
        unsetenv(taken_out[i]);
    if (start->term)
        setenv("TERM", start->term, 1);
    if (start->locale)
        setenv("LC_ALL", start->locale, 1);
    if (start->extra) {
        char *both = strdup(start->extra), *value = strchr(both, '=');
        *value = '\0';
        setenv(both, value + 1, 1);
        free(both);
    }
}

static void become(const PtyStart *start, const char *name)
{
    setsid();
    int inner = open(name, O_RDWR); /* the first terminal that a session leader opens is its own */
    if (inner < 0)
        _exit(126);
#ifdef TIOCSCTTY
    ioctl(inner, TIOCSCTTY, 0);
#endif
    for (int fd = 0; fd <= 2; fd++)
        dup2(inner, fd);
    if (inner > 2)
        close(inner);
    set_variables(start);
    signal(SIGHUP, start->hup_ignored ? SIG_IGN : SIG_DFL);
    static const int plain[] = {SIGPIPE, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        signal(plain[i], SIG_DFL); /* a shell's & leaves some ignored */
    execv(start->words[0], (char *const *)(const void *)start->words);
    _exit(127);
}

void pty_start(Pty *r, const PtyStart *start)
{
    *r = (Pty){.terminal = posix_openpt(O_RDWR | O_NOCTTY)};
    if (r->terminal < 0 || grantpt(r->terminal) != 0 || unlockpt(r->terminal) != 0)
        fail("no pseudo terminal");
    const char *name = ptsname(r->terminal);
    fcntl(r->terminal, F_SETFD, FD_CLOEXEC);
    r->own_end = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    set_size(r->terminal, start->columns, start->rows);
    tcgetattr(r->own_end, &r->before);
    r->process = fork();
    if (r->process < 0)
        fail("fork");
    if (r->process == 0)
        become(start, name);
}

/* ---- What is written. Of escapes only CSI ? n h and l matter, and that a sequence has ended. */

static void set_mode(Pty *r, int mode, bool on)
{
    if (mode == 1049 || mode == 1047 || mode == 47)
        r->alternate = on;
    else if (mode == 25)
        r->no_cursor = !on;
    else if (mode == 1)
        r->keypad = on;
}

static void parse(Pty *r, char c)
{
    enum { PLAIN, ESCAPE, CSI };
    if (c == 27) {
        r->state = ESCAPE;
    } else if (r->state == ESCAPE) {
        r->state = c == '[' ? CSI : PLAIN;
        r->number = r->private = 0;
    } else if (r->state == CSI && c == '?') {
        r->private = 1;
    } else if (r->state == CSI && c >= '0' && c <= '9') {
        r->number = r->number < 10000 ? r->number * 10 + (c - '0') : r->number;
    } else if (r->state == CSI) {
        if (r->private && (c == 'h' || c == 'l' || c == ';'))
            set_mode(r, r->number, c == 'h');
        r->number = 0;
        if (c >= 0x40)
            r->state = PLAIN;
    }
}

static void keep_tail(Pty *r, const char *bytes, size_t count)
{
    if (count > PTY_TAIL_MAX / 2) {
        bytes += count - PTY_TAIL_MAX / 2;
        count = PTY_TAIL_MAX / 2;
    }
    if (r->tail_length + count > PTY_TAIL_MAX) {
        size_t gone = r->tail_length + count - PTY_TAIL_MAX;
        memmove(r->tail, r->tail + gone, r->tail_length - gone);
        r->tail_length -= gone;
    }
    memcpy(r->tail + r->tail_length, bytes, count);
    r->tail_length += count;
}

/* Takes what is there; false when nothing came within the time. */
static bool read_some(Pty *r, int milliseconds)
{
    char piece[4096];
    struct pollfd outer = {.fd = r->terminal, .events = POLLIN};
    if (poll(&outer, 1, milliseconds) <= 0 || !(outer.revents & POLLIN))
        return false;
    ssize_t n = read(r->terminal, piece, sizeof piece);
    if (n <= 0)
        return false;
    for (ssize_t i = 0; i < n; i++)
        parse(r, piece[i]);
    keep_tail(r, piece, (size_t)n);
    r->bytes += n;
    return true;
}

bool pty_reap(Pty *r, double seconds)
{
    double end = pty_clock() + seconds;
    while (!r->ended) {
        pid_t found = wait4(r->process, &r->status, WNOHANG, &r->use);
        r->ended = found == r->process;
        if (r->ended || pty_clock() >= end)
            break;
        pty_sleep(.005);
    }
    return r->ended;
}

bool pty_watch(Pty *r, double seconds)
{
    double end = pty_clock() + seconds;
    while (!pty_reap(r, 0) && pty_clock() < end)
        read_some(r, 10);
    while (r->ended && read_some(r, 100)) /* the kernel passes it on in its own time */
        ;
    return r->ended;
}

bool pty_wait_output(Pty *r, double seconds)
{
    long long before = r->bytes;
    double end = pty_clock() + seconds;
    while (r->bytes == before && pty_clock() < end && !pty_watch(r, .01))
        ;
    return r->bytes > before;
}

bool pty_wait_open(Pty *r, double seconds)
{
    double end = pty_clock() + seconds;
    while (!r->alternate && pty_clock() < end && !pty_watch(r, .01))
        ;
    return r->alternate;
}

/* ---- What is done to it */

void pty_type(Pty *r, const char *keys)
{
    for (size_t left = strlen(keys); left > 0;) {
        struct pollfd outer = {.fd = r->terminal, .events = POLLOUT};
        if (poll(&outer, 1, 100) <= 0) {
            if (pty_watch(r, .01))
                return;
            continue;
        }
        ssize_t n = write(r->terminal, keys, left);
        if (n <= 0)
            return;
        keys += n;
        left -= (size_t)n;
    }
}

void pty_size(Pty *r, int columns, int rows)
{
    set_size(r->terminal, columns, rows);
}

bool pty_is_restored(const Pty *r)
{
    struct termios now = {0};
    if (r->alternate || r->no_cursor || r->keypad)
        return false;
    if (tcgetattr(r->own_end, &now) != 0)
        return false;
    return now.c_iflag == r->before.c_iflag && now.c_oflag == r->before.c_oflag && now.c_cflag == r->before.c_cflag &&
           now.c_lflag == r->before.c_lflag && memcmp(now.c_cc, r->before.c_cc, sizeof now.c_cc) == 0;
}

bool pty_wrote(const Pty *r, const char *words)
{
    size_t n = strlen(words);
    for (size_t i = 0; i + n <= r->tail_length; i++)
        if (memcmp(r->tail + i, words, n) == 0)
            return true;
    return false;
}

int pty_code(const Pty *r)
{
    if (!r->ended)
        return -1;
    return WIFSIGNALED(r->status) ? 128 + WTERMSIG(r->status) : WEXITSTATUS(r->status);
}

void pty_end(Pty *r)
{
    if (!r->ended) {
        kill(r->process, SIGKILL);
        pty_reap(r, 30);
    }
    if (r->terminal >= 0)
        close(r->terminal);
    if (r->own_end >= 0)
        close(r->own_end);
    r->terminal = r->own_end = -1;
}
