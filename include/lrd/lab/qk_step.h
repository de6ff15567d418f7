/* lab/qk_step: what steps one matrix of Q or K in place of AdamW, and what holds its length or its turn still.
 *
 * W is [rows, cols] or [size]; u is the step without any decay, eta in it: W - u is the plain step.
 *   turn      d = u - <u,W> W / |W|^2;  W <- (|W| - <u,W>/|W|) (W/|W| - tan(theta) d/|d|)
 *             The growth that u gives is kept. With theta = angle(W, W - u) this is W - u. |d| = 0: no step.
 *   hold      W <- h W / |W|
 *   muon      M <- mu M + G;             u = eta NS(M)
 *   luon      M <- mu M + G + lambda W;  u = eta NS(M)
 *             NS is the cubic one of the decay, QK_NS_ITERS iterations; eta = QK_RATE lr.
 *   truncate  W <- |W| W_R / |W_R|, W_R the best approximation of rank R
 *
 * Ownership: nothing is kept; scratch is the caller's. Threads: any, with own scratch. */
#ifndef LRD_LAB_QK_STEP_H
#define LRD_LAB_QK_STEP_H

#include <stdbool.h>
#include <stddef.h>

typedef enum QkOptimiser { QK_ADAM, QK_MUON, QK_LUON, QK_OPTIMISER_COUNT } QkOptimiser;

enum {
    QK_NS_ITERS = 5,
    QK_RATE = 20 /* steps of .02 at Adam's usual rate of .001 */
};

/* 0 <= degrees < 90. */
void qk_turn(float *W, const float *u, double degrees, size_t size);
/* false, and W is as it was, when |W| is 0 or below 1e-6 h. */
bool qk_hold(float *W, double h, size_t size);
/* u [rows, cols] and M. lambda: 0 for muon. gradient_scale: 1, or the clipping factor. scratch: decay_scratch_floats.
 */
void qk_muon(float *u, float *M, const float *G, const float *W, double gradient_scale, double mu, double lambda,
             double eta, int rows, int cols, float *scratch);
/* 1 <= rank. scratch: decay_scratch_floats. false when the SVD failed; W is then as it was. */
bool qk_truncate(float *W, int rank, int rows, int cols, float *scratch);

#endif
