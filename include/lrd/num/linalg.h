/* num/linalg: singular values, polar factors and what is said of a spectrum.
 *
 * W is [m,n] row-major float32, k = min(m,n). LAPACK's SVD may never return on an infinity, so every function
 * looks for non-finite values first, and scales the matrix to a largest element near 1 (tiny and huge matrices work).
 * sgesdd first; sgesvd where it does not converge. A zero matrix has zero singular values, a zero polar factor,
 * a zero step, and no rank (NAN).
 *
 * scratch: linalg_scratch_floats(m, n) floats of the caller's. Ownership: nothing is kept. Threads: any, with own
 * scratch. Source: Jordan et al. 2024 (Newton-Schulz); Roy & Vetterli 2007 (effective
 * rank). */
#ifndef LRD_NUM_LINALG_H
#define LRD_NUM_LINALG_H

#include <stdbool.h>
#include <stddef.h>

size_t linalg_scratch_floats(int m, int n);

bool linalg_is_finite(const float *x, size_t n);
/* <x,y> in double. */
double linalg_inner(const float *x, const float *y, size_t n);
/* Frobenius norm, in double, over any range of float32. */
double linalg_norm(const float *W, size_t n);

/* sigma [k], descending. false: W or sigma is not finite in float32, or no convergence. */
bool linalg_singular_values(float *sigma, const float *W, int m, int n, float *scratch);
/* W = U diag(sigma) Vt with U [m,k], Vt [k,n]. */
bool linalg_svd(float *U, float *sigma, float *Vt, const float *W, int m, int n, float *scratch);

/* out = U V^T over the directions with sigma > eps32 max(m,n) sigma_1. out may not be W. */
bool linalg_polar(float *out, const float *W, int m, int n, float *scratch);
/* out = U diag(max(sigma - s, 0)) V^T; out may be W. */
bool linalg_shrink(float *out, const float *W, int m, int n, double s, float *scratch);
/* The best approximation of this rank: the smallest singular values become 0. out may be W. */
bool linalg_truncate(float *out, const float *W, int m, int n, int rank, float *scratch);

/* out = NS(W): Y0 = W / (|W| + 1e-8), iterations (1 or more) times Y <- 1.5 Y - 0.5 Y Y^T Y. out may be W.
 * The products use the smaller side's Gram matrix. Non-finite W gives a non-finite result. */
void linalg_newton_schulz(float *out, const float *W, int m, int n, int iterations, float *scratch);
/* W -= length NS(W) */
void linalg_newton_schulz_step(float *W, double length, int m, int n, int iterations, float *scratch);
/* What that does to a singular value: sigma of W -> sigma of NS(W), norm = |W|. In double: the test's reference. */
double linalg_newton_schulz_map(double sigma, double norm, int iterations);

/* sigma [k], any order; NAN when all are zero. */
double linalg_stable_rank(const float *sigma, int k);         /* |W|_F^2 / |W|_2^2 */
double linalg_effective_rank(const float *sigma, int k);      /* exp(entropy of sigma / sum sigma) */
double linalg_participation_ratio(const float *sigma, int k); /* (sum s^2)^2 / sum s^4 */
double linalg_nuclear_norm(const float *sigma, int k);

#endif
