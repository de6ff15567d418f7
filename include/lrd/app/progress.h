/* app/progress: how far a run without a screen is, on stderr.
 *
 * On a terminal one line that is drawn over, at most ten times a second, and cleared at the end; elsewhere a line
 * for each full evaluation. Quiet says nothing.
 *
 * Ownership: a plain value. Threads: one owner. */
#ifndef LRD_APP_PROGRESS_H
#define LRD_APP_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include <lrd/base/rate.h>
#include <lrd/train/run.h>

typedef struct Progress {
    bool quiet, live;
    int width; /* cells of the line that stands there, 0 for none */
    double drawn;
    int64_t evaluated; /* step of the evaluation that was told last, -1 for none */
    Rate rate;
} Progress;

Progress progress_start(bool quiet);
/* Whether stderr is a terminal on which a line can be drawn over, and how wide it is (80 when it does not say). */
bool progress_is_live(void);
int progress_columns(void);
/* Reads the steps back from a line that a run without a terminal wrote. false: it is another kind of line. */
bool progress_read(const char *line, int64_t *step, int64_t *last);
/* After every turn. */
void progress_turn(Progress *p, const Run *run);
/* A line of its own, above the one that is drawn over. "" is none. */
void progress_say(Progress *p, const char *message);
void progress_end(Progress *p);

#endif
