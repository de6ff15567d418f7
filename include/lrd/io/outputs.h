/* io/outputs: the files that a run is asked to write, looked at before it starts: what cannot be written at its end
 * is said now, and nothing that is still needed is written over.
 *
 * Errors: STATUS_INPUT with option, file and reason. Ownership: none kept. Threads: any. */
#ifndef LRD_IO_OUTPUTS_H
#define LRD_IO_OUTPUTS_H

#include <stdbool.h>

#include <lrd/base/status.h>
#include <lrd/base/text.h>

typedef struct NamedFile {
    const char *option, *path; /* path: NULL where the option was not given */
} NamedFile;

/* What a file is written for, which tells what may be replaced by it. */
typedef enum OutputKind {
    OUTPUT_PICTURE, /* SVG, ANSI, text; movies and figures */
    OUTPUT_TABLE,   /* the CSV of a phase diagram */
    OUTPUT_SCRIPT,  /* what output_seal ends: scripts, copies of specs */
    OUTPUT_RESULT,
    OUTPUT_DATA /* checkpoints, weights, gradients: never replaced unasked, but by the same run (train/run_init) */
} OutputKind;

/* Whether this file can be written, now or much later, and may be. What stands there is replaced only where force is
 * given, it is empty, or its content says that lrdlab made it for this purpose; devices, pipes and open files are
 * written as they are. Asked by every option that names an output, before anything is computed. */
Status output_check(NamedFile file, OutputKind kind, bool force);
/* Ends a text in which # begins a comment by a line with its sum: an edited file is known from one as it was made. */
void output_seal(Text *out);
/* Whether two names lead to one regular file, there or not. */
bool output_is_same(const char *a, const char *b);

#endif
