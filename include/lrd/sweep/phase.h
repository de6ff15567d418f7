/* sweep/phase: the phase diagram of a sweep: one measure over two of its axes, mean and spread over the seeds.
 *
 * Every key of the spec's axes is one of four things: across (left to right), up (bottom to top), a seed (it ends in
 * ".seed": averaged over), or a panel's (each combination of the rest is a panel of its own). Of keys that move
 * together a panel has the values that occur in it.
 *
 * Spread is the sample standard deviation, NAN below two numbers. A step that was not reached is no number: `with` of
 * `done` runs have one.
 *
 * Errors: STATUS_INPUT, one sentence. Ownership: phase_free; words belong to the Phase. Threads: any. */
#ifndef LRD_SWEEP_PHASE_H
#define LRD_SWEEP_PHASE_H

#include <stddef.h>
#include <stdint.h>

#include <lrd/base/status.h>
#include <lrd/base/text.h>
#include <lrd/sweep/result.h>
#include <lrd/sweep/sweep_spec.h>

typedef enum PhaseUnit { PHASE_SHARE, PHASE_STEPS, PHASE_NUMBER } PhaseUnit;

typedef struct PhaseMeasure {
    const char *name; /* as after --measure, and in the CSV */
    const char *help; /* what it is, as a picture states it */
    PhaseUnit unit;
    size_t offset; /* in Result: of a double, of steps of an int64_t, below 0 where this run has none */
    size_t since;  /* 0, or of the step that is taken off */
} PhaseMeasure;

extern const PhaseMeasure phase_measures[]; /* the first is meant when none is named */
extern const int phase_measure_count;

typedef struct PhasePlace {
    double mean, spread;
    int with, done, runs; /* runs: in the grid */
} PhasePlace;

typedef struct PhasePanel {
    char *title; /* "decay.kind l2, decay.targets all"; "" when there is but one panel */
    const char **across, **up;
    int across_count, up_count;
    PhasePlace *places; /* [up_count][across_count] */
} PhasePanel;

typedef struct Phase {
    SweepSpec spec;
    const PhaseMeasure *measure;
    char across[SETTING_KEY_MAX], up[SETTING_KEY_MAX]; /* keys; up: "" where only one key varies */
    PhasePanel *panels;
    int panel_count;
    int seeds;            /* runs that share a place */
    int64_t done, others; /* cells with a result; of other settings, left out */
} Phase;

/* folder: of a sweep. across, up, measure: NULL for task.frac, decay.strength, or else the first that there are, and
 * the first measure. */
Status phase_read(const char *folder, const char *across, const char *up, const char *measure, Phase *out);
void phase_free(Phase *p);

bool phase_cell_is_of_panel(const Phase *p, const PhasePanel *panel, int64_t cell);

/* One row for each place of each panel, then the numbers; the first line names the columns. */
void phase_print_csv(const Phase *p, Text *out);

#endif
