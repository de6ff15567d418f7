/* app/sweep_show: how far a sweep is, on stderr.
 *
 * On a terminal a line for the whole and one for each worker, drawn over a few times a second; elsewhere a line for
 * each cell that ends. Quiet says only what went wrong.
 *
 * Ownership: a plain value. Threads: one owner. */
#ifndef LRD_APP_SWEEP_SHOW_H
#define LRD_APP_SWEEP_SHOW_H

#include <stdbool.h>

#include <lrd/sweep/sweep_run.h>

typedef struct SweepShow {
    bool live;
    int lines; /* that stand there now */
    double drawn;
} SweepShow;

SweepShow sweep_show_start(void);
void sweep_show_draw(SweepShow *show, const Sweep *s);
/* A line of its own, above those that are drawn over. */
void sweep_show_say(SweepShow *show, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sweep_show_end(SweepShow *show);

/* "12 of 216 done, 2 at work, 0:40 left" */
void sweep_add_totals(const Sweep *s, Text *out);

#endif
