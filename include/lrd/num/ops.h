/* num/ops: what a Transformer does besides matrix products, as forward/backward pairs.
 *
 * The same source (src/num/kernels.c) is compiled for several instruction sets; an Ops table holds one of the
 * versions, and ops_best() is chosen once at start. Float32 in and out, row-major, ld = distance between rows;
 * sums of squares and dot products run over float32 shards, losses and norms in double. Sizes come last.
 * Backward functions add to what they are given (dX += ...) unless they say that they replace it.
 * The gradient of X is dX. B examples, T = 3 positions, Q query positions (3, or 1 when only the last is read),
 * H heads, D width of a head, V classes.
 *
 * A NaN or infinity that goes in comes out: nothing here hides one.
 *
 * Ownership: nothing is kept. Threads: any, on disjoint outputs. Source: the model of Li (arXiv 2606.04405). */
#ifndef LRD_NUM_OPS_H
#define LRD_NUM_OPS_H

#include <stddef.h>
#include <stdint.h>

/* Which rows of q and k an attention compares; NULL stands for 0, 1, 2, ... Rows of dq and dk are ldd_q and ldd_k
 * apart. */
typedef struct AttentionShape {
    int examples, queries, heads, width;
    int ldq, ldk, ldd_q, ldd_k;
    const int32_t *query_row; /* [examples][queries] into q */
    const int32_t *key_row;   /* [examples][3] into k */
} AttentionShape;

/* What it mixes: each head has `width` numbers of a row of v, v_head after those of the head before it (0: all heads
 * have the same), and leaves as many in y, y_head apart (0: the heads are summed up). dv lies as v, dy as y. */
typedef struct MixShape {
    int examples, queries, heads, width;
    int ldv, v_head, ldy, y_head;
    const int32_t *row; /* [examples][3] into v; NULL: 0, 1, 2, ... */
} MixShape;

typedef struct LossSum {
    double loss;     /* sum over the rows of -log p(target) */
    int64_t correct; /* rows whose first largest logit is the target */
    int64_t zero;    /* rows whose loss is zero in float32: the other classes' share of the sum is below 2^-24 */
} LossSum;

typedef struct AdamwStep {
    float rate;            /* lr / (1 - beta1^t) */
    float root_correction; /* 1 / sqrt(1 - beta2^t) */
    float shrink;          /* 1 - lr * wd, applied to W first */
    float beta1, gain1;    /* gain = 1 - beta, rounded from double: 1 - .999f is off by 5e-5 */
    float beta2, gain2, eps;
    float gradient_scale; /* 1, or the clipping factor */
} AdamwStep;

typedef struct Ops {
    const char *name; /* the instruction set */

    /* y = e^x, within 1 unit in the last place. y may be x. */
    void (*exp)(float *y, const float *x, size_t n);

    /* inv[r] = 1 / max(|x_r|, 1e-12);  y_r = scale * inv[r] * x_r * g   (g NULL: ones) */
    void (*rmsnorm_forward)(float *y, int ldy, float *inv, const float *x, int ldx, const float *g, float scale,
                            int rows, int n);
    /* dx_r += scale inv (g dy - xhat <xhat, g dy>), xhat = inv x;  dg += sum_r scale inv x dy  (dg NULL with g) */
    void (*rmsnorm_backward)(float *dx, int lddx, float *dg, const float *dy, int lddy, const float *x, int ldx,
                             const float *inv, const float *g, float scale, int rows, int n);
    /* The same, replacing dy by dx where it stands. */
    void (*rmsnorm_backward_in_place)(float *dy, int lddy, float *dg, const float *x, int ldx, const float *inv,
                                      const float *g, float scale, int rows, int n);

    /* s = u sigma(u);  u is replaced by ds/du = sigma (1 + u (1 - sigma)), which the backward multiplies with. */
    void (*silu_forward)(float *s, float *u, size_t n);
    /* u (the derivative) is replaced by du = ds * u. */
    void (*silu_backward)(float *u, const float *ds, size_t n);
    /* ab[r] = (a | b), each n wide: s = silu(a) b;  a, b are replaced by ds/da, ds/db. */
    void (*swiglu_forward)(float *s, float *ab, int rows, int n);
    void (*swiglu_backward)(float *ab, const float *ds, int rows, int n);

    /* p[b,h,i,j] = softmax_j(<q_i, k_j> / sqrt(width)).  p: [B,H,Q,3]. */
    void (*attention_forward)(float *p, const float *q, const float *k, const AttentionShape *shape);
    /* dq and dk at the rows that were read: added to those of an index, replaced where the index is NULL. */
    void (*attention_backward)(float *dq, float *dk, const float *dp, const float *p, const float *q, const float *k,
                               const AttentionShape *shape);
    /* y[b,i,h] = sum_j p v_j;  where the heads are summed up, y[b,i] += sum_h sum_j p v_j. */
    void (*mix_forward)(float *y, const float *p, const float *v, const MixShape *shape);
    /* dp = <dy, v_j>, replaced; dv at the rows that were read: added to those of an index, else replaced. */
    void (*mix_backward)(float *dv, float *dp, const float *dy, const float *p, const float *v, const MixShape *shape);

    /* Cross-entropy of logits z [rows,V]; z is replaced by its gradient times scale when scale is not 0. */
    LossSum (*cross_entropy)(float *z, const int32_t *target, float scale, int rows, int V);
    /* The same of stablemax: p = s(z) / sum s(z), s(x) = x + 1 for x >= 0 and 1 / (1 - x) below (arXiv 2501.04697). */
    LossSum (*stablemax)(float *z, const int32_t *target, float scale, int rows, int V);

    /* into += from */
    void (*add)(float *into, const float *from, size_t n);
    /* g[0] += g[1] += ... in this order, element by element: sum[i] = ((g0 + g1) + g2) + ...; returns the sum of
     * squares. */
    double (*sum_shards)(float *sum, float *const *shards, int shard_count, size_t from, size_t n);
    /* AdamW on n elements (PyTorch's order): W *= shrink; m, v updated; W -= rate m / (sqrt(v) root_correction + eps).
     */
    void (*adamw)(float *W, float *m, float *v, const float *g, const AdamwStep *step, size_t n);
} Ops;

/* All versions in the program, slowest first; NULL for one that this processor can't run. */
enum { OPS_VERSIONS_MAX = 3 };
int ops_version_count(void);
const Ops *ops_version(int index);
/* The fastest one that this processor runs. */
const Ops *ops_best(void);

#endif
