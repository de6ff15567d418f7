/* base/rng: seeded random numbers whose state is explicit and can be saved.
 *
 * xoshiro256** (Blackman & Vigna 2018), seeded through splitmix64. A stream
 * number makes independent generators of one seed. The same seed gives the
 * same numbers on every machine.
 *
 * Ownership: plain value. Threads: one owner. */
#ifndef LRD_BASE_RNG_H
#define LRD_BASE_RNG_H

#include <stdint.h>

typedef struct Rng {
    uint64_t s[4];
} Rng;

/* What a stream is used for; part of the file format, so never renumbered. */
typedef enum RngStream { RNG_SPLIT = 1, RNG_WEIGHTS = 2, RNG_BATCHES = 3 } RngStream;

Rng rng_seed(uint64_t seed, RngStream stream);
uint64_t rng_next(Rng *r);
double rng_uniform(Rng *r);                              /* [0, 1), 53 bits */
double rng_normal(Rng *r);                               /* N(0, 1), Box-Muller; uses two uniforms, keeps none */
uint64_t rng_below(Rng *r, uint64_t bound);              /* 0 .. bound-1, unbiased; bound > 0 */
void rng_shuffle(Rng *r, int32_t *items, int64_t count); /* Fisher-Yates */

#endif
