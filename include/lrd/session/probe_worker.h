/* session/probe_worker: when a session stops training for a probe: never for more than a small share of the time,
 * and not more often than anyone can see; while nothing trains, until all that was asked for is there.
 *
 * Ownership: probe_worker_free gives the probe back; a zeroed ProbeWorker asks for nothing. Threads: the training
 * thread.
 */
#ifndef LRD_SESSION_PROBE_WORKER_H
#define LRD_SESSION_PROBE_WORKER_H

#include <lrd/train/run.h>

typedef struct ProbeWorker {
    ProbeRequest ask;
    Probe probe;
    double due;   /* when training may stop for it again */
    bool refused; /* the last try was given up: not again before something happens */
} ProbeWorker;

void probe_worker_free(ProbeWorker *p);
void probe_worker_ask(ProbeWorker *p, const ProbeRequest *ask);
/* A piece of what was asked for, if it is due. Returns whether there is something new to show. */
bool probe_worker_work(ProbeWorker *p, Run *run, bool trains);
/* A turn or a command was done: what was given up may be tried again. */
void probe_worker_try_again(ProbeWorker *p);

#endif
