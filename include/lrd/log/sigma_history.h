/* log/sigma_history: the singular values of every Q/K matrix over the steps of a run, in bounded memory.
 *
 * A row holds one look at all matrices; of a spectrum with more than SIGMA_HISTORY_VALUES singular values, evenly
 * spaced ones. A value is kept as a byte on a log scale (256 to 13 decades: within 6%), enough for a picture. When
 * the history is full, rows that stand closer than a picture needs are dropped, early ones as far as a log step axis
 * allows; the first and the newest row stay.
 *
 * Ownership: sigma_history_free gives its rows back. Threads: one owner. */
#ifndef LRD_LOG_SIGMA_HISTORY_H
#define LRD_LOG_SIGMA_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

enum { SIGMA_HISTORY_ROWS = 512, SIGMA_HISTORY_VALUES = 128 };

typedef struct SigmaHistory {
    int count, matrices, values; /* values: kept of each matrix */
    int sigma_count;             /* singular values that a matrix has */
    int64_t step[SIGMA_HISTORY_ROWS];
    uint8_t *row; /* [count][matrices][values] */
} SigmaHistory;

SigmaHistory sigma_history_new(int matrices, int sigma_count);
void sigma_history_free(SigmaHistory *h);
void sigma_history_clear(SigmaHistory *h);
bool sigma_history_has_shape(const SigmaHistory *h, int matrices, int sigma_count);
/* *to takes the other's shape. */
void sigma_history_copy(SigmaHistory *to, const SigmaHistory *from);

/* sigma [matrices][sigma_count], descending. Steps never fall; the newest step's row is replaced. */
void sigma_history_add(SigmaHistory *h, int64_t step, const float *sigma);
/* Forgets everything after step. */
void sigma_history_cut(SigmaHistory *h, int64_t step);
/* The newest row at or before step, -1 when there is none. */
int sigma_history_find(const SigmaHistory *h, int64_t step);
/* Kept value `value` (0: the largest) of a matrix in a row; 0 for what was 0, or not a number. */
double sigma_history_at(const SigmaHistory *h, int row, int matrix, int value);
/* Which singular value (from 0) that is. */
int sigma_history_index(const SigmaHistory *h, int value);

#endif
