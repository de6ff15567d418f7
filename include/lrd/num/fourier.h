/* num/fourier: how much of the rows of a matrix varies with each frequency: a real Fourier transform down its columns.
 *
 * X is [n,d]: n samples of d signals. power[k-1], k = 1 .. n/2, is the sum over the signals of the squared length of
 * their part with k waves over the n rows; with the square of the means (frequency 0, left out) they add up to
 * |X|_F^2 (Parseval). As one product C = F X with F [2 (n/2), n] an orthonormal basis of cosines and sines.
 *
 * Ownership: nothing is kept; scratch is the caller's. Threads: any, with own scratch.
 * Source: Nanda et al., arXiv 2301.05217 (embeddings of modular addition live on a few frequencies). */
#ifndef LRD_NUM_FOURIER_H
#define LRD_NUM_FOURIER_H

#include <stddef.h>

static inline int fourier_frequencies(int n)
{
    return n / 2;
}
size_t fourier_scratch_floats(int n, int d);
void fourier_power(double *power, const float *X, int n, int d, float *scratch);

#endif
