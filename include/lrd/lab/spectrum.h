/* lab/spectrum: the geometry of a matrix and of what moves it.
 *
 *   turn        the angle in degrees between W before and after a step
 *   radial      <D,W> / |W|, the part of D along W, signed
 *   tangential  |D - <D,W> W / |W|^2|, the part across
 *   floor       a singular value is smaller than what one decay step takes from it, so it changes sign at every step
 *
 * All in double. W zero: turn and parts are NAN. Ownership: nothing is kept. Threads: any.
 * Source: the decay of Li (arXiv 2606.04405); the split into radial and tangential is plain geometry. */
#ifndef LRD_LAB_SPECTRUM_H
#define LRD_LAB_SPECTRUM_H

#include <stdbool.h>
#include <stddef.h>

#include <lrd/lab/decay.h>

double spectrum_turn(const float *before, const float *after, size_t n);
void spectrum_parts(const float *D, const float *W, size_t n, double *radial, double *tangential);
/* sigma [k] of a target W of norm |W|, before a step of the rule at this lr. */
bool spectrum_at_floor(const DecayRule *rule, double lr, const float *sigma, int k, double norm);

/* One decay step moves every singular value on its own (U and V stay): sigma -> the value of this map. Negative: the
 * direction was turned round. */
typedef struct SpectrumMap {
    DecayRule rule;
    double lr, norm; /* |W| */
    double least;    /* polar leaves out what is not above it */
    double ns_norm;  /* |NS(W)| */
    double along;    /* <NS(W),W> / |W|^2 */
    double scale;    /* tangential: back to the length it had */
} SpectrumMap;

/* sigma [k] of the matrix, any order; the map is that of the next step at this lr, l2's share of AdamW included. */
SpectrumMap spectrum_map(const DecayRule *rule, double lr, const float *sigma, int k);
double spectrum_map_at(const SpectrumMap *map, double sigma);

#endif
