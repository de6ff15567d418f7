/* app/stop: signals that end a run in order: INT, TERM, HUP and QUIT.
 *
 * The first one asks the run to end after the step in hand, a second one gives that step up. Handlers and not a
 * thread that waits: OpenBLAS starts threads of its own before main, in which no signal can be blocked.
 *
 * Ownership: the run stays the caller's and must live until stop_end. Threads: the main thread; one run at a time. */
#ifndef LRD_APP_STOP_H
#define LRD_APP_STOP_H

#include <lrd/train/run.h>

/* run may be NULL: then the first signal is only kept. */
void stop_watch(Run *run);
/* The signal that came first, 0 for none yet. */
int stop_signal(void);
/* From here on a signal does what it does by default. */
void stop_end(void);

#endif
