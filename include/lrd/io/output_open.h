/* io/output_open: opening a file for writing: a pipe that nobody reads must not hold its writer up for ever, and two
 * processes must not write one file at a time.
 *
 * Errors: errno of the last try. Ownership: the descriptor is the caller's; closing it gives the lock up. Threads: any.
 */
#ifndef LRD_IO_OUTPUT_OPEN_H
#define LRD_IO_OUTPUT_OPEN_H

#include <stdbool.h>

#include <lrd/base/text.h>

enum { OUTPUT_PATIENCE = 10 }; /* seconds */

/* open(path, flags, 0666), close-on-exec; a pipe's reader is waited for OUTPUT_PATIENCE seconds, beyond that it is
 * EPIPE. -1 with errno set when it fails. */
int output_open(const char *path, int flags);
/* The number of the open file that a path stands for, as /dev/stdout and /dev/fd/3 do; -1 for other paths. */
int output_descriptor(const char *path);
/* The lock of flock(2). false: another has it, errno is EWOULDBLOCK. File systems without locks are taken as they are.
 */
bool output_lock(int descriptor);
/* A new file beside target, under a name that no file had (*path), locked: what is to become target. Those that dead
 * processes left there for the same target are removed. */
int output_open_own(const char *target, Text *path);
/* strerror, but for what it has no clear words. */
const char *output_error(int error);

#endif
