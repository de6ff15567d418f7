/* io/output_open: opening a file for writing: a pipe that nobody reads must not hold its writer up for ever, and two
 * processes must not write one file at a time.
 *
 * Errors: errno of the last try. Ownership: the descriptor is the caller's; closing it gives the lock up. Threads: any.
 */
#ifndef LRD_IO_OUTPUT_OPEN_H
#define LRD_IO_OUTPUT_OPEN_H

#include <stdbool.h>

enum { OUTPUT_PATIENCE = 10 }; /* seconds */

/* open(path, flags, 0666), close-on-exec; a pipe's reader is waited for OUTPUT_PATIENCE seconds, beyond that it is
 * EPIPE. -1 with errno set when it fails. */
int output_open(const char *path, int flags);
/* The lock of flock(2). false: another has it, errno is EWOULDBLOCK. File systems without locks are taken as they are.
 */
bool output_lock(int descriptor);
/* A regular file of this name, made or emptied and locked; where another process writes it, that is waited for as long.
 * A link is refused, and what is no regular file. */
int output_open_own(const char *path);
/* strerror, but for what it has no clear words. */
const char *output_error(int error);

#endif
