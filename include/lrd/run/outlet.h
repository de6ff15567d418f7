/* run/outlet: opening a file for writing, where a pipe that nobody reads must not hold its writer up for ever.
 *
 * Errors: errno of the last try. Ownership: the descriptor is the caller's. Threads: any. */
#ifndef LRD_RUN_OUTLET_H
#define LRD_RUN_OUTLET_H

enum { OUTLET_PATIENCE = 10 }; /* seconds */

/* open(path, flags, 0666), close-on-exec; a pipe's reader is waited for OUTLET_PATIENCE seconds, beyond that it is
 * ENXIO. -1 with errno set when it fails. */
int outlet_open(const char *path, int flags);
/* strerror, but for what it has no clear words. */
const char *outlet_error(int error);

#endif
