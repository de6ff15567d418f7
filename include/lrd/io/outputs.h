/* io/outputs: the files that a run is asked to write, looked at before it starts: what cannot be written at its end
 * is said now, and nothing that is still needed is written over.
 *
 * Errors: STATUS_INPUT with option, file and reason. Ownership: none kept. Threads: any. */
#ifndef LRD_IO_OUTPUTS_H
#define LRD_IO_OUTPUTS_H

#include <stdbool.h>

#include <lrd/base/status.h>

typedef struct NamedFile {
    const char *option, *path; /* path: NULL where the option was not given */
} NamedFile;

/* Whether this file, which is written much later, could be written now. */
Status output_check(NamedFile file);
/* The same for one that holds tensors: what is there already must be of that kind too, unless it is empty. */
Status output_check_tensors(NamedFile file);
/* Whether two names lead to one regular file, there or not. */
bool output_is_same(const char *a, const char *b);
/* Whether the other one is where the first stands while it is written. */
bool output_is_beside(const char *a, const char *b);

#endif
