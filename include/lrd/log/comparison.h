/* log/comparison: the curves of another run, to be drawn behind those of the run in hand.
 *
 * Ownership: a plain value, large but mostly empty: keep it on the heap. Threads: one owner. */
#ifndef LRD_LOG_COMPARISON_H
#define LRD_LOG_COMPARISON_H

#include <lrd/log/run_summary.h>

enum { COMPARISONS_MAX = 7, COMPARISON_NAME_MAX = 40 };

typedef struct Comparison {
    char name[COMPARISON_NAME_MAX]; /* short, UTF-8 */
    uint64_t version;               /* rises with every change: equal versions of a ghost are equal */
    Series series[SERIES_COUNT];
} Comparison;

/* Takes the curves of a summary over. */
void comparison_take(Comparison *g, const RunSummary *b);
/* Only what is used is copied. */
void comparison_copy(Comparison *to, const Comparison *from);

#endif
