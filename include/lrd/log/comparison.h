/* log/comparison: the curves of another run, to be drawn behind those of the run in hand.
 *
 * Ownership: a plain value, large but mostly empty: keep it on the heap. Threads: one owner. */
#ifndef LRD_LOG_COMPARISON_H
#define LRD_LOG_COMPARISON_H

#include <lrd/log/run_summary.h>

enum { GHOSTS_MAX = 7, GHOST_NAME_MAX = 40 };

typedef struct Ghost {
    char name[GHOST_NAME_MAX]; /* short, UTF-8 */
    uint64_t version;          /* rises with every change: equal versions of a ghost are equal */
    Series series[SERIES_COUNT];
} Ghost;

/* Takes the curves of a board over. */
void ghost_take(Ghost *g, const Board *b);
/* Only what is used is copied. */
void ghost_copy(Ghost *to, const Ghost *from);

#endif
