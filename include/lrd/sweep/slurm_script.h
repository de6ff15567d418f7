/* sweep/slurm_script: a sweep as a Slurm array job.
 *
 * Slurm allows about a thousand tasks in an array, so each task makes a stretch of cells, one after the other. It gets
 * their commands from `sweep --list` of the spec's copy in the folder, so the script stays small.
 *
 * Ownership: the Text is the caller's. Threads: any. */
#ifndef LRD_SWEEP_SLURM_SCRIPT_H
#define LRD_SWEEP_SLURM_SCRIPT_H

#include <stdbool.h>

#include <lrd/base/text.h>
#include <lrd/sweep/sweep_spec.h>

/* program, folder, copy (of the spec): full paths. */
void slurm_script_print(const SweepSpec *spec, const char *program, const char *folder, const char *copy, Text *out);

/* Whether a path can stand in a line of #SBATCH: no control characters, backslashes and double quotes. */
bool sbatch_takes(const char *word);

#endif
