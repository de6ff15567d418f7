/* num/speed: is this an optimised BLAS? Its products against plain C, timed in turn in the same thread.
 *
 * A square product of SPEED_SIDE, once by the BLAS and once by a loop that is always built with -O2 and without
 * vectors. Both by the thread's own processor time, the best of several rounds: a loaded machine slows rounds, not the
 * best one, and a library is called slow only after all rounds. 2 to 4 ms, 25 ms where it is slow.
 *
 * SPEED_SLOW_RATIO, measured on an AMD EPYC (Zen 4, AVX-512) with the libraries of Debian 12, in plain loops: the
 * reference BLAS 0.5 to 0.9; of OpenBLAS Bobcat 3.4 to 5.2, Nehalem 4.3, Prescott, Penryn and Atom 5.1, Barcelona 5.5,
 * Core2 5.6, Zen 12, Haswell 14, SkylakeX 15; ATLAS 4.9, BLIS 15. So 2 is twice what must be noticed and 1.7 times
 * under the slowest of what must not.
 *
 * Ownership: plain values. Threads: any, where BLAS may be called (num/mat). */
#ifndef LRD_NUM_SPEED_H
#define LRD_NUM_SPEED_H

#include <lrd/base/status.h>
#include <lrd/base/text.h>

#include <stdbool.h>

enum { SPEED_SIDE = 96 };
#define SPEED_SLOW_RATIO 2.0

typedef struct Speed {
    double gflops;       /* of the BLAS on one core: 10^9 multiplications and additions a second */
    double plain_gflops; /* of the plain loop */
    bool slow;           /* gflops below SPEED_SLOW_RATIO plain_gflops */
} Speed;

Speed speed_measure(void);

/* One sentence that names the library and what to do. */
void speed_say_slow(const Speed *speed, Text *out);
/* The same where OpenBLAS took a core made for processors that are far older than this one: false, and nothing is
 * added, where it did not. Only x86 is known. */
bool speed_say_old_core(Text *out);

/* C[n,n] = A[n,n] B[n,n] */
void plain_product(int n, const float *A, const float *B, float *C);

#endif
