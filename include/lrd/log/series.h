/* log/series: a number over the steps of a run, in constant memory, with no spike lost.
 *
 * A bucket covers the steps first..last and keeps the smallest, the largest and the last value seen in
 * them. While there is room every value has a bucket of its own. When the series is full, neighbours are
 * merged as far as a picture allows it: a bucket at step s may grow as wide as
 * min(newest / 1024, s / 128) steps, at least 1 (the first term keeps a linear axis sharp, the second a
 * logarithmic one); if that frees too little the widths double until half of the room is free.
 *
 * Ownership: a plain value of fixed size. Threads: one owner. */
#ifndef LRD_LOG_SERIES_H
#define LRD_LOG_SERIES_H

#include <stdint.h>

enum { SERIES_CAPACITY = 4096 };

typedef struct SeriesBucket {
    int64_t first, last;
    float low, high, value; /* value: the newest in the bucket; NAN values are kept as gaps */
} SeriesBucket;

typedef struct Series {
    int count;
    SeriesBucket bucket[SERIES_CAPACITY];
} Series;

void series_clear(Series *s);
/* Steps never fall; a second value for the newest step widens its bucket. */
void series_add(Series *s, int64_t step, double value);
/* Forgets everything after step (a run that went back). */
void series_cut(Series *s, int64_t step);
/* The newest value at or before step, NAN when there is none. */
double series_at(const Series *s, int64_t step);

#endif
