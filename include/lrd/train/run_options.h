/* train/run_options: what a run is asked to be.
 *
 * Threads: any. */
#ifndef LRD_TRAIN_RUN_OPTIONS_H
#define LRD_TRAIN_RUN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include <lrd/config/preset.h>

/* What the command line asked for. Strings and arrays belong to the caller and must outlive the run. */
typedef struct RunOptions {
    const Settings *settings; /* preset and --set together, unless resume */
    const char *preset_name;  /* for the log's start row, NULL for none */
    const Schedule *schedule; /* [schedule] and --at together, NULL for none */
    const TwinSpec *twin;     /* a second arm; NULL or empty for none */
    const char *const *sets;  /* --set words "KEY=VALUE", needed again with init and resume */
    int set_count;
    const char *init, *pairs, *resume; /* files or NULL */
    const char *grad, *save, *weights, *log, *csv;
    int64_t save_every; /* 0: only at the end */
    int64_t steps;      /* --steps: until step N in all; 0: train.steps */
    bool probes;        /* --portraits: the log tells what the weights look like (log/probe_json), at each evaluation */
    bool force;         /* --force: write over an existing log */
    Expectation expect; /* what the preset says of these settings; empty: nothing */
    bool stop_grokked;  /* --stop grokked: the run is finished when it has grokked, or generalised sooner than that */
} RunOptions;

#endif
