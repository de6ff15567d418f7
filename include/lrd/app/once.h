/* app/once: `train --result FILE`: a run that is made once, however often and wherever it is asked for.
 *
 * Where the file stands already, with the same recipe, nothing is to be done. Where another process has it in hand
 * (FILE.lock, see run/claim), neither. A file that is no result is made anew; one of another recipe is refused.
 *
 * Ownership: once_end, whatever the outcome. Threads: the main thread. */
#ifndef LRD_APP_ONCE_H
#define LRD_APP_ONCE_H

#include <lrd/app/cli.h>
#include <lrd/app/setup.h>
#include <lrd/run/claim.h>
#include <lrd/run/result.h>
#include <lrd/run/run.h>

typedef struct Once {
    const char *path; /* NULL: no --result, all of this does nothing */
    Claim *claim;
    Recipe recipe;
    double began;
} Once;

/* What setup says is the recipe. *due: whether there is a run to be made; a word on stderr says why not. */
Status once_begin(const Arguments *a, const Setup *setup, Once *out, bool *due);
/* Writes the result of a run that is over. */
Status once_write(Once *o, const Run *run, bool non_finite);
void once_end(Once *o);

#endif
