/* lab/spectrum: the geometry of a matrix and of what moves it.
 *
 *   turn        the angle in degrees between W before and after a step
 *   radial      <D,W> / |W|, the part of D along W, signed
 *   tangential  |D - <D,W> W / |W|^2|, the part across
 *   floor       a singular value is smaller than what one decay step takes from it, so it changes sign at every step
 *
 * All in double. W zero: turn and parts are NAN. Ownership: nothing is kept. Threads: any.
 * Source: science.md, The rival explanation and The floor of LRD. */
#ifndef LRD_LAB_SPECTRUM_H
#define LRD_LAB_SPECTRUM_H

#include <stdbool.h>
#include <stddef.h>

#include <lrd/lab/decay.h>

double spectrum_turn(const float *before, const float *after, size_t n);
void spectrum_parts(const float *D, const float *W, size_t n, double *radial, double *tangential);
/* sigma [k] of a target W of norm |W|, before a step of the rule at this lr. */
bool spectrum_at_floor(const DecayRule *rule, double lr, const float *sigma, int k, double norm);

#endif
