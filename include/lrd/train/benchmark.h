/* train/benchmark: how long a step takes, and how long its matrix products take bare, measured in turn in one run.
 *
 * The machine may be shared and noisy: rounds of steps and rounds of bare products of the same batches alternate,
 * every figure is the median over the rounds, and the ratio is taken round by round.
 *
 * Ownership: plain values. Threads: the caller's; it makes and ends a trainer's own. */
#ifndef LRD_TRAIN_BENCHMARK_H
#define LRD_TRAIN_BENCHMARK_H

#include <lrd/base/status.h>
#include <lrd/config/settings.h>
#include <lrd/train/trainer.h>

typedef struct Benchmark {
    int threads;    /* that the trainer really had */
    double step_ms; /* a whole step */
    double phase_ms[PHASE_COUNT];
    double products_ms;   /* its products alone, Newton-Schulz included, on one thread */
    double ratio;         /* step over products; means something on one thread */
    double gflop;         /* of the products of a step, multiplications and additions, on the mean */
    double evaluation_ms; /* whole sets and spectra; 0 when it was not asked for */
    double sample_ms;
} Benchmark;

/* Trains settings for about `seconds` and throws the run away. Refuses what settings_check refuses. */
Status benchmark_run(const Settings *settings, double seconds, bool evaluate, Benchmark *out);

#endif
