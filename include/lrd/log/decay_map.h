/* log/decay_map: what the decay in force takes off each singular value in the next step, as plain numbers.
 *
 * share = (sigma - sigma') / sigma, sigma' from the map of lab/spectrum: 1 puts the value out, more than 1 turns the
 * direction round (the floor). Of what is 0, and where nothing is taken, the share is 0.
 *
 * Ownership: the caller's arrays. Threads: any. */
#ifndef LRD_LOG_DECAY_MAP_H
#define LRD_LOG_DECAY_MAP_H

#include <lrd/config/settings.h>

/* sigma [count] of a Q/K matrix at this step. share [count]: of the decay in force; polar [count]: of an exact polar
 * step of the same strength. */
void decay_map_shares(const Settings *settings, int64_t step, const float *sigma, int count, double *share,
                      double *polar);

#endif
