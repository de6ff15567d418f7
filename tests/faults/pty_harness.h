/* A terminal made by hand for the tests of faults: a pseudo terminal with the program on it, what the program makes of
 * its modes, and how it ends. No screen: tests/e2e looks at that. */
#ifndef RIDER_H
#define RIDER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <termios.h>

enum { RIDER_WORDS_MAX = 64, RIDER_TAIL_MAX = 8192 };

/* How a program is started. */
typedef struct RiderStart {
    const char *words[RIDER_WORDS_MAX]; /* argv, NULL at the end */
    const char *term;                   /* TERM; NULL: unset */
    const char *locale;                 /* LC_ALL; NULL: the variables are unset */
    const char *extra;                  /* NAME=VALUE on top, or NULL */
    int columns, rows;
    bool hup_ignored;
} RiderStart;

typedef struct Rider {
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
    char tail[RIDER_TAIL_MAX]; /* the last of what was written */
    size_t tail_length;
} Rider;

void rider_start(Rider *r, const RiderStart *start);
/* Reads what comes for so long, or until the program ended; returns whether it did. */
bool rider_watch(Rider *r, double seconds);
/* Watches until the program has written anything at all after this call. */
bool rider_wait_output(Rider *r, double seconds);
/* Watches until the alternate screen is on: the lab has opened. */
bool rider_wait_open(Rider *r, double seconds);
/* The end, without reading; 0 seconds: asks once. */
bool rider_reap(Rider *r, double seconds);
void rider_type(Rider *r, const char *keys);
void rider_size(Rider *r, int columns, int rows);
/* The modes are off and the settings those of the start. */
bool rider_is_restored(const Rider *r);
bool rider_wrote(const Rider *r, const char *words);
/* 128 + n for a death of signal n, as a shell says it. */
int rider_code(const Rider *r);
/* Kills what is left and closes. */
void rider_end(Rider *r);

double rider_clock(void);
void rider_sleep(double seconds);

#endif
