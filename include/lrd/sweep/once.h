/* sweep/once: `train --result FILE`: a run that is made once, however often and wherever it is asked for.
 *
 * Where the file stands already, with the same recipe, nothing is to be done. Where another process has it in hand
 * (FILE.lock, see io/lockfile), neither. A file that is no result is made anew; one of another recipe is refused.
 *
 * A run that a signal stopped leaves FILE.part beside its --save checkpoint: what it had come to. The next one with
 * the same recipe goes on from there, when the checkpoint is of that very step and of this kind of BLAS core, so that
 * the numbers are those of a run that was never stopped.
 *
 * Ownership: once_end, whatever the outcome. Threads: the main thread. */
#ifndef LRD_SWEEP_ONCE_H
#define LRD_SWEEP_ONCE_H

#include <lrd/io/lockfile.h>
#include <lrd/sweep/result.h>
#include <lrd/train/run.h>

typedef struct Once {
    bool force;
    const char *path; /* NULL: no --result, all of this does nothing */
    const char *save; /* --save, NULL for none: then a run that was stopped begins anew */
    Lockfile *lockfile;
    Recipe recipe;
    double began;
    const char *resume; /* the checkpoint to go on from, NULL for none */
    TwinSpec twin;      /* what the recipe says of it */
    Results before;     /* of the run that is gone on with */
    Results stopped;    /* of this one, as once_stop saw it */
} Once;

/* path: of --result, NULL for none. What the options say is the recipe. *due: whether there is a run to be made; a word
 * on stderr says why not. */
Status once_begin(const char *path, const RunOptions *options, Once *out, bool *due);
/* Makes the options those of a run that goes on, where it does. */
void once_set_start(const Once *o, RunOptions *options);
/* A signal came: to be called before run_end, whose last evaluation a run that was never stopped would not have. */
void once_stop(Once *o, const Run *run);
/* After run_end, which wrote the checkpoint. */
Status once_write_part(Once *o);
/* Writes the result of a run that is over. */
Status once_write(Once *o, const Run *run, bool non_finite);
void once_end(Once *o);

#endif
