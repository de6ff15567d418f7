/* Libraries that misbehave. */
#include "faults.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

/* PRELOAD names the library of preload.c. */
static const char *preload_variable(void)
{
    const char *library = getenv("PRELOAD");
    static char variable[4200];
    snprintf(variable, sizeof variable, "LD_PRELOAD=%s", library ? library : "");
    return variable;
}

void case_sgemm(int count)
{
    (void)count;
    static const char *const verbs[] = {"lab", "train"};
    for (int i = 0; i < 2; i++) {
        PtyStart start = start_verb(verbs[i], NULL);
        start.extra = preload_variable();
        setenv("PRELOAD_SGEMM", "1", 1);
        Pty r;
        pty_start(&r, &start);
        bool good = pty_watch(&r, patience) && pty_code(&r) == 1 && pty_wrote(&r, "wrong matrix products");
        if (!good)
            show_tail(&r);
        verdict(good && !pty_wrote(&r, "\033"), "%s with a BLAS that computes wrongly: one sentence and 1 (%d)",
                verbs[i], pty_code(&r));
        pty_end(&r);
    }
}

void case_noise(int count)
{
    (void)count;
    PtyStart start = start_verb("lab", at_200);
    start.extra = preload_variable();
    setenv("PRELOAD_NOISE", "1", 1);
    Pty r;
    pty_start(&r, &start);
    bool good = pty_wait_open(&r, patience);
    r.tail_length = 0;
    pty_watch(&r, 1);
    bool clean = !pty_wrote(&r, "NOISE");
    pty_type(&r, "q");
    good = pty_watch(&r, patience) && pty_code(&r) == 0 && good;
    verdict(good && clean && pty_wrote(&r, "NOISE") && pty_is_restored(&r),
            "what a library writes to stderr comes after the end, not on the screen");
    pty_end(&r);
    pty_start(&r, &start);
    good = pty_wait_open(&r, patience);
    pty_watch(&r, .5);
    kill(r.process, SIGABRT);
    good = pty_watch(&r, patience) && good;
    verdict(good && pty_wrote(&r, "NOISE") && pty_is_restored(&r), "and also when it died");
    pty_end(&r);
}
