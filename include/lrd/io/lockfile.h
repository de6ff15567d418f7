/* io/lockfile: one process at a time works on a thing, on one machine or on many that share a file system.
 *
 * A claim is a lock file made with O_EXCL, which names the process that made it. While the claim is held a thread
 * touches the file every 20 seconds. A lock is stale, and taken over, when its process was on this machine and is
 * gone. A process that lives there holds it however long it stood still; its number and the time it began tell it from
 * a later one. Of other machines, and where the kernel does not tell when a process began, a lock is stale when it was
 * not touched for ten minutes by the clock of the file system. Only one process at a time may take over (PATH.steal,
 * O_EXCL as well); a file that is no lock is left alone. "This machine" is a boot and a PID namespace where the kernel
 * tells them (Linux), else a host name.
 *
 * A process that was stopped for longer than that finds its claim taken: lockfile_is_ours says so, and is to be asked
 * before a result is written.
 *
 * Errors: STATUS_FAILED when the lock cannot be made. Ownership: lockfile_drop ends a claim and frees it.
 * Threads: one owner. */
#ifndef LRD_IO_LOCKFILE_H
#define LRD_IO_LOCKFILE_H

#include <stdbool.h>

#include <lrd/base/status.h>
#include <lrd/base/text.h>

typedef struct Lockfile Lockfile;

/* *out is NULL, with STATUS_OK, when another process holds it: *holder ("" before) then says which one. */
Status lockfile_take(const char *path, Lockfile **out, Text *holder);
/* Whether someone holds it now. May take a moment's file beside it to read the file system's clock. */
bool lockfile_is_held(const char *path);
bool lockfile_is_ours(const Lockfile *c);
/* Takes the lock file away if it is still ours. c may be NULL. */
void lockfile_drop(Lockfile *c);

#endif
