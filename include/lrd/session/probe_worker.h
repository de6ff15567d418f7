/* session/probe_worker: when a session stops training for a portrait: never for more than a small share of the time,
 * and not more often than anyone can see; while nothing trains, until all that was asked for is there.
 *
 * Ownership: portrayer_free gives the portrait back; a zeroed Portrayer asks for nothing. Threads: the training thread.
 */
#ifndef LRD_SESSION_PROBE_WORKER_H
#define LRD_SESSION_PROBE_WORKER_H

#include <lrd/train/run.h>

typedef struct Portrayer {
    PortraitAsk ask;
    Portrait portrait;
    double due;   /* when training may stop for it again */
    bool refused; /* the last try was given up: not again before something happens */
} Portrayer;

void portrayer_free(Portrayer *p);
void portrayer_ask(Portrayer *p, const PortraitAsk *ask);
/* A piece of what was asked for, if it is due. Returns whether there is something new to show. */
bool portrayer_work(Portrayer *p, Run *run, bool trains);
/* A turn or a command was done: what was given up may be tried again. */
void portrayer_try_again(Portrayer *p);

#endif
