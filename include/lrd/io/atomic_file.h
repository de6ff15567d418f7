/* io/atomic_file: a file that is either wholly there or as it was before.
 *
 * Bytes go to a new file beside the target (io/output_open: under a name that no file had); commit syncs it, renames it
 * over the target and syncs the folder. The first error of any of these is kept, the temporary file is removed and the
 * old file survives. A symbolic link is followed, so that it stays a link. Of two processes that write one target the
 * last to commit wins: no mixture of both. What is not a regular file (a pipe, a terminal, /dev/full) or is open
 * already (/dev/stdout) is written straight.
 *
 * Errors: STATUS_INPUT when the file cannot be opened, STATUS_FAILED afterwards; both name the file and the reason.
 * Ownership: every file that was opened is ended by commit or abandon. Threads: one owner. */
#ifndef LRD_IO_ATOMIC_FILE_H
#define LRD_IO_ATOMIC_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <lrd/base/status.h>

typedef struct AtomicFile {
    FILE *stream;
    char *path;      /* the target, links resolved */
    char *temporary; /* NULL when the target is written straight */
    int error;       /* errno of the first fault, 0 for none */
} AtomicFile;

Status atomic_file_open(AtomicFile *f, const char *path);
/* After a fault this does nothing: commit reports it. */
void atomic_file_write(AtomicFile *f, const void *bytes, size_t count);
Status atomic_file_commit(AtomicFile *f);
void atomic_file_abandon(AtomicFile *f);

/* All four in one, for what is in memory already (a picture, a preset). */
Status atomic_file_store(const char *path, const void *bytes, size_t count);

#endif
