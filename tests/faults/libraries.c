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
        RiderStart start = start_verb(verbs[i], NULL);
        start.extra = preload_variable();
        setenv("PRELOAD_SGEMM", "1", 1);
        Rider r;
        rider_start(&r, &start);
        bool good = rider_watch(&r, patience) && rider_code(&r) == 1 && rider_wrote(&r, "wrong matrix products");
        if (!good)
            show_tail(&r);
        verdict(good && !rider_wrote(&r, "\033"), "%s with a BLAS that computes wrongly: one sentence and 1 (%d)",
                verbs[i], rider_code(&r));
        rider_end(&r);
    }
}

void case_noise(int count)
{
    (void)count;
    RiderStart start = start_verb("lab", at_200);
    start.extra = preload_variable();
    setenv("PRELOAD_NOISE", "1", 1);
    Rider r;
    rider_start(&r, &start);
    bool good = rider_wait_open(&r, patience);
    r.tail_length = 0;
    rider_watch(&r, 1);
    bool clean = !rider_wrote(&r, "NOISE");
    rider_type(&r, "q");
    good = rider_watch(&r, patience) && rider_code(&r) == 0 && good;
    verdict(good && clean && rider_wrote(&r, "NOISE") && rider_is_restored(&r),
            "what a library writes to stderr comes after the end, not on the screen");
    rider_end(&r);
    rider_start(&r, &start);
    good = rider_wait_open(&r, patience);
    rider_watch(&r, .5);
    kill(r.process, SIGABRT);
    good = rider_watch(&r, patience) && good;
    verdict(good && rider_wrote(&r, "NOISE") && rider_is_restored(&r), "and also when it died");
    rider_end(&r);
}
