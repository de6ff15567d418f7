/* app/sweep_show: how far a sweep is, on stderr.
 *
 * On a terminal a line for the whole and one for each worker, drawn over a few times a second; elsewhere a line for
 * each cell that ends. Quiet says only what went wrong.
 *
 * Threads: the main thread. */
#ifndef LRD_APP_SWEEP_SHOW_H
#define LRD_APP_SWEEP_SHOW_H

#include <stdbool.h>

#include <lrd/sweep/sweep_run.h>

/* Makes the missing cells and shows how that goes. The number of the signal that stopped it, 0 for none. */
int sweep_show_run(Sweep *s, bool quiet);

#endif
