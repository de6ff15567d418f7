/* A terminal made by hand for the tests of faults: a pseudo terminal with the program on it, what the program makes of
 * its modes, and how it ends. No screen: tests/e2e looks at that. */
#ifndef PTY_H
#define PTY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <termios.h>

enum { PTY_WORDS_MAX = 64, PTY_TAIL_MAX = 65536 };

/* How a program is started. */
typedef struct PtyStart {
    const char *words[PTY_WORDS_MAX]; /* argv, NULL at the end */
    const char *term;                 /* TERM; NULL: unset */
    const char *locale;               /* LC_ALL; NULL: the variables are unset */
    const char *extra;                /* NAME=VALUE on top, or NULL */
    int columns, rows;
    bool hup_ignored;
} PtyStart;

typedef struct Pty {
    pid_t process;
    int terminal; /* the outer end */
    int own_end;  /* of the inner end a descriptor of ours: its settings can be read after the program's end */
    struct termios before;
    long long bytes;           /* that the program wrote */
    bool alternate, no_cursor; /* modes as the output left them */
    bool keypad;
    int state, number, private; /* of the parser of escapes */
    bool ended;
    int status; /* of waitpid */
    struct rusage use;
    char tail[PTY_TAIL_MAX]; /* the last of what was written */
    size_t tail_length;
} Pty;

void pty_start(Pty *r, const PtyStart *start);
/* Reads what comes for so long, or until the program ended; returns whether it did. */
bool pty_watch(Pty *r, double seconds);
/* Watches until the program has written anything at all after this call. */
bool pty_wait_output(Pty *r, double seconds);
/* Watches until the alternate screen is on: the lab has opened. */
bool pty_wait_open(Pty *r, double seconds);
/* The end, without reading; 0 seconds: asks once. */
bool pty_reap(Pty *r, double seconds);
void pty_type(Pty *r, const char *keys);
void pty_size(Pty *r, int columns, int rows);
/* The modes are off and the settings those of the start. */
bool pty_is_restored(const Pty *r);
bool pty_wrote(const Pty *r, const char *words);
/* 128 + n for a death of signal n, as a shell says it. */
int pty_code(const Pty *r);
/* Kills what is left and closes. */
void pty_end(Pty *r);

double pty_clock(void);
void pty_sleep(double seconds);

#endif
