/* Terminals: those that go away or stand still, their names, their sizes, and how much is written to them. */
#include "faults.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

/* ---- Terminals that go away or stand still */

static void lose_terminal(bool hup_ignored)
{
    PtyStart start = start_verb("lab", with_files);
    start.hup_ignored = hup_ignored;
    Pty r;
    remove_files();
    pty_start(&r, &start);
    bool good = pty_wait_open(&r, patience);
    pty_watch(&r, .3);
    close(r.own_end);
    close(r.terminal);
    r.own_end = r.terminal = -1;
    good = pty_reap(&r, 5) && pty_code(&r) == 129 && files_are_right(true) && good;
    verdict(good, "the terminal vanishes%s: ended in order in seconds (%d)", hup_ignored ? ", SIGHUP ignored" : "",
            pty_code(&r));
    pty_end(&r);
}

void case_gone(int count)
{
    (void)count;
    lose_terminal(false);
    lose_terminal(true);
}

/* ^S: output stops until ^Q. */
static void hold_output(const char *verb)
{
    PtyStart start = start_verb(verb, with_files);
    bool lab = strcmp(verb, "lab") == 0;
    Pty r;
    remove_files();
    pty_start(&r, &start);
    bool good = lab ? pty_wait_open(&r, patience) : pty_wait_output(&r, patience);
    pty_watch(&r, .5);
    pty_type(&r, "\x13");
    pty_watch(&r, .5);
    kill(r.process, SIGTERM);
    good = pty_watch(&r, patience) && pty_code(&r) == 143 && files_are_right(true) && pty_is_restored(&r) && good;
    if (!good)
        show_tail(&r);
    verdict(good, "%s after ^S: SIGTERM ends it in order (%d)", verb, pty_code(&r));
    pty_end(&r);
}

void case_stalled(int count)
{
    (void)count;
    PtyStart start = start_verb("lab", with_files);
    start.columns = 200, start.rows = 60;
    Pty r;
    remove_files();
    pty_start(&r, &start);
    bool good = pty_wait_open(&r, patience);
    pty_sleep(3); /* nobody reads: the line is full by now */
    kill(r.process, SIGTERM);
    good = pty_reap(&r, patience) && pty_code(&r) == 143 && files_are_right(true) && good;
    pty_watch(&r, .1);
    good = pty_is_restored(&r) && good;
    if (!good)
        show_tail(&r);
    verdict(good, "a terminal that takes no output: SIGTERM ends the lab in order (%d)", pty_code(&r));
    pty_end(&r);
    hold_output("lab");
    hold_output("train");
}

/* ---- Names of terminals and locales */

static void try_name(const char *term, const char *locale, const char *extra, bool opens)
{
    PtyStart start = start_verb("lab", at_200);
    start.term = term;
    start.locale = locale;
    start.extra = extra;
    start.columns = 80, start.rows = 24;
    Pty r;
    pty_start(&r, &start);
    bool good;
    if (opens) {
        good = pty_wait_output(&r, patience) && !pty_watch(&r, .4);
        pty_type(&r, "t?\033q");
        good = pty_watch(&r, patience) && pty_code(&r) == 0 && pty_is_restored(&r) && good;
    } else {
        good = pty_watch(&r, patience) && pty_code(&r) == 2 && pty_wrote(&r, "TERM") && !pty_wrote(&r, "\033");
    }
    bool ascii = strcmp(locale, "C.UTF-8") != 0 && strncmp(extra ? extra : "", "LC_CTYPE=", 9) != 0;
    for (size_t i = 0; ascii && i < r.tail_length; i++)
        good = good && !(r.tail[i] & 0x80);
    if (!good)
        show_tail(&r);
    verdict(good, "TERM=%s LC_ALL=%s %s: %s (%d)", term ? term : "(unset)", locale, extra ? extra : "",
            opens ? "the lab opens, q leaves" : "one sentence and 2", pty_code(&r));
    pty_end(&r);
}

void case_names(int count)
{
    (void)count;
    static const char *const good[] = {"vt100", "vt220", "linux", "ansi", "screen", "xterm", "tmux-256color"};
    static const char *const bad[] = {
        NULL, "", "dumb", "no-such-terminal", "xterm-kitty-of-nowhere", "../../etc/passwd"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        try_name(good[i], "C.UTF-8", NULL, true);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        try_name(bad[i], "C.UTF-8", NULL, false);
    try_name("xterm-256color", "C", NULL, true);
    try_name("xterm-256color", "xx_YY.nowhere", NULL, true);
    try_name("xterm-256color", "", "LC_CTYPE=C.UTF-8", true);
    try_name("xterm-256color", "C.UTF-8", "NO_COLOR=1", true);
    try_name("xterm-256color", "C.UTF-8", "COLUMNS=99999999", true);
}

/* ---- Sizes, bytes */

/* Numbers that no window has, at the start and later: ncurses counts in short integers. */
static void try_huge(int columns, int rows)
{
    PtyStart start = start_verb("lab", at_200);
    start.columns = columns, start.rows = rows;
    Pty r;
    pty_start(&r, &start);
    bool good = pty_wait_open(&r, patience);
    pty_watch(&r, .3);
    pty_size(&r, rows, columns);
    pty_watch(&r, .3);
    pty_size(&r, 80, 24);
    pty_watch(&r, .3);
    pty_type(&r, "q");
    good = pty_watch(&r, patience) && pty_code(&r) == 0 && pty_is_restored(&r) && good;
    if (!good)
        show_tail(&r);
    verdict(good, "a window of %d x %d, turned, then q (%d)", columns, rows, pty_code(&r));
    pty_end(&r);
}

void case_resizes(int count)
{
    PtyStart start = start_verb("lab", at_200);
    Pty r;
    pty_start(&r, &start);
    bool good = pty_wait_open(&r, patience);
    for (int i = 0; i < count && !pty_watch(&r, 10.0 / 500); i++) {
        bool tiny = draw(10) == 0;
        pty_size(&r, tiny ? 1 + (int)draw(3) : 1 + (int)draw(250), tiny ? 1 : 1 + (int)draw(80));
    }
    pty_size(&r, 1, 1);
    pty_watch(&r, .2);
    pty_type(&r, "q");
    good = pty_watch(&r, patience) && pty_code(&r) == 0 && pty_is_restored(&r) && good;
    if (!good)
        show_tail(&r);
    verdict(good, "%d sizes at 50 a second, down to 1 x 1, then q (%d)", count, pty_code(&r));
    pty_end(&r);
    try_huge(65535, 24);
    try_huge(32768, 40000);
    try_huge(80, 65535);
}

void case_bytes(int count)
{
    (void)count;
    static const char *const watched[] = {"--set", "lab.speed=300", "--set", "lab.fps=30", NULL};
    PtyStart start = start_verb("lab", watched);
    start.columns = 120, start.rows = 40;
    Pty r;
    pty_start(&r, &start);
    bool good = pty_wait_open(&r, patience);
    pty_watch(&r, 3);
    long long before = r.bytes;
    pty_watch(&r, 5);
    double per_second = (double)(r.bytes - before) / 5;
    verdict(good && per_second > 0 && per_second < 60000,
            "the overview at 30 frames a second writes %.1f kB/s (under 60)", per_second / 1000);
    pty_type(&r, " ");
    pty_watch(&r, 10); /* until the message about it has gone */
    before = r.bytes;
    pty_watch(&r, 3);
    verdict(r.bytes == before, "a still screen writes nothing (%lld bytes in 3 s)", r.bytes - before);
    pty_type(&r, "q");
    pty_watch(&r, patience);
    pty_end(&r);
}
