/* sweep/sweep_run: makes the cells of a sweep that are missing, several at a time, each in a process of its own.
 *
 * A cell is done when its result stands in its folder. One that another process has in hand is waited for, and made
 * here after all should that process die. Nothing is kept beside the cells' own files, so that the next start finds
 * out by looking.
 *
 * Ownership: sweep_free. Threads: the main thread; one at a time. */
#ifndef LRD_SWEEP_SWEEP_RUN_H
#define LRD_SWEEP_SWEEP_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include <lrd/base/status.h>
#include <lrd/base/child.h>
#include <lrd/sweep/result.h>
#include <lrd/sweep/sweep_spec.h>

enum { SWEEP_OUTCOMES = 5 };
extern const char *const sweep_outcomes[SWEEP_OUTCOMES]; /* as results say them */

typedef struct Worker {
    bool busy;
    int64_t cell;
    double began;
    Child child;
} Worker;

typedef struct Sweep {
    const SweepSpec *spec;
    const char *program, *folder;
    unsigned char *state;                   /* of each cell */
    int64_t next, next_look;                /* where the search for one that is due, or elsewhere, goes on */
    int64_t found, done, failed, elsewhere; /* found: done before we began */
    int64_t outcome[SWEEP_OUTCOMES];
    double seconds; /* of all cells that are done */
    int jobs;
    Worker *workers;
    double began, looked;
    int failed_in_a_row;
    bool stopping;
} Sweep;

/* Looks at what is there. STATUS_INPUT when results of other settings are: each is told on stderr. */
Status sweep_begin(const SweepSpec *spec, const char *program, const char *folder, int jobs, Sweep *out);

/* Who is told how it goes. */
typedef struct SweepListener {
    void *self;
    void (*cell_is_done)(void *self, const Sweep *s, int64_t cell, const Result *result);
    void (*cell_failed)(void *self, const char *sentence);
    void (*moment_passed)(void *self, const Sweep *s); /* several times a second */
    bool (*is_stopped)(void *self);                    /* whether the workers are to be stopped, as a signal came */
} SweepListener;

/* Until all is done, or it is stopped, or so many cells failed one after the other that the rest would too (a full
 * disk). */
void sweep_run(Sweep *s, const SweepListener *listener);
void sweep_free(Sweep *s);

#endif
