#include <lrd/base/rng.h>

#include <math.h>

static uint64_t splitmix64(uint64_t *x)
{
    uint64_t z = *x += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

Rng rng_seed(uint64_t seed, RngStream stream)
{
    uint64_t base = splitmix64(&seed) ^ ((uint64_t)stream * 0xd1342543de82ef95u);
    Rng r;
    for (int i = 0; i < 4; i++)
        r.s[i] = splitmix64(&base);
    return r;
}

static uint64_t rotate_left(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

uint64_t rng_next(Rng *r)
{
    uint64_t *s = r->s;
    uint64_t result = rotate_left(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

double rng_uniform(Rng *r)
{
    return (double)(rng_next(r) >> 11) * 0x1p-53;
}

double rng_normal(Rng *r)
{
    double radius = sqrt(-2.0 * log(1.0 - rng_uniform(r)));
    return radius * cos(2.0 * 3.14159265358979323846 * rng_uniform(r));
}

uint64_t rng_below(Rng *r, uint64_t bound)
{
    uint64_t reject = -bound % bound; /* 2^64 mod bound values at the low end would be drawn too often */
    uint64_t x;
    do
        x = rng_next(r);
    while (x < reject);
    return x % bound;
}

void rng_shuffle(Rng *r, int32_t *items, int64_t count)
{
    for (int64_t i = count - 1; i > 0; i--) {
        int64_t j = (int64_t)rng_below(r, (uint64_t)i + 1);
        int32_t swap = items[i];
        items[i] = items[j];
        items[j] = swap;
    }
}
