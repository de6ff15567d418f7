/* lab/net: the Transformer's forward and backward pass on a few examples at a time.
 *
 * Two exact savings shape it. Layer 0 sees only token + position, so its norm and Q/K/V projections are computed
 * once per distinct (token, position) in a Layer0Cache, and examples gather from it (backward: scatter-add). And only
 * the last position is read, so the last layer computes K (and V, of narrow heads) for 3 positions, all else for one.
 *
 * For that, what attention mixes is moved (NetMix), since mixing is linear: sum_j p_j O V x_j, of one head's O and V,
 * is sum_j p_j (O V x_j), which the table can hold, and O V (sum_j p_j x_j), which projects one row instead of three.
 *
 * Where many examples are looked at with one set of weights, the table holds the first product of layer 0's MLP too:
 * before the norm's division it is linear in the rows that are mixed (layer0_cache_look, net_look).
 *
 *   per step     layer0_cache_forward        rows of the table, in any cut
 *   per batch    net_forward, net_loss, net_backward     into a shard's gradient
 *   per step     layer0_cache_backward       what the shards scattered, summed in shard order, in any cut
 *
 * Sizes: R table rows, b examples, n = 3 b, D dim, H heads, M mlp, U what its first product has (M; swiglu: 2 M),
 * V vocabulary. Everything is row-major float32.
 *
 * Ownership: a Layer0Cache, NetShard and NetWork own their arenas; the weights are the caller's. Threads: a Net and the
 * weights are read-only here; one owner for each NetWork and NetShard; table rows by disjoint cuts.
 * Source: the model of Li (arXiv 2606.04405). */
#ifndef LRD_LAB_NET_H
#define LRD_LAB_NET_H

#include <stddef.h>
#include <stdint.h>

#include <lrd/lab/model.h>
#include <lrd/num/ops.h>

enum { NET_EXAMPLES_MAX = 128 }; /* examples in one pass: what their activations take should fit a cache */

typedef enum NetMix {
    NET_MIX_VALUES,  /* V x_j: as it is written down; y = what the heads mix, then O */
    NET_MIX_OUTPUTS, /* O V x_j, in layer 0: rows of the table, mixed straight into the residual stream */
    NET_MIX_INPUTS,  /* x_j, in the last layer: V, then O, of each head's mix */
} NetMix;

/* What layer l mixes. Rows of the whole width cost more to mix than values of a narrow head save, and the table would
 * grow with the number of heads. */
NetMix net_mix(const ModelConfig *c, int l);
enum { NET_MIX_WIDTH_LEAST = 16, NET_MIX_HEADS_MOST = 16 };

typedef enum LossKind { LOSS_CE, LOSS_STABLEMAX, LOSS_KIND_COUNT } LossKind;
typedef enum AttentionKind { ATTENTION_SOFTMAX, ATTENTION_UNIFORM, ATTENTION_KIND_COUNT } AttentionKind;

typedef struct Net {
    const ModelLayout *layout;
    const Ops *ops;
    const float *weights;    /* [parameters] */
    AttentionKind attention; /* uniform: each head sees a third of every position, whatever Q and K are */
    LossKind loss;
    float temp; /* logits are divided by it before the loss; 0 is 1 */
} Net;

/* Q, K, V of one layer: as projected, and with the Q/K normalisation on (the same arrays when that is off). No V where
 * the inputs are mixed. */
typedef struct NetHeads {
    float *q_raw, *k_raw, *v, *q, *k;
    int ld_q_raw, ld_k_raw, ld_v, ld_q, ld_k;
    float *inv_q, *inv_k; /* rms: one per row; head: [heads][rows] */
} NetHeads;

typedef struct Layer0Cache {
    int rows, capacity;
    int32_t *token, *position; /* [rows] what each row stands for */
    float *x, *h, *inv;        /* [R,D], [R,D], [R] */
    NetHeads heads;
    float *outputs; /* [R,H,D] O V x of each head, where layer 0 mixes outputs */
    float *mlp_in;  /* [U,D] the first weights of layer 0's MLP with the norm's gain in them, for net_look */
    float *ahead;   /* [R,H+1,U] what these make of each head's outputs, and of x */
    float *arena;
} Layer0Cache;

/* One shard's sums: a gradient of every weight, and what its examples scattered to the table. */
typedef struct NetShard {
    float *gradient; /* [parameters] */
    float keep;      /* 0 until a pass wrote the gradients of the matrices, which the next then adds to */
    int32_t *read;   /* [R] 1 for the rows that its examples have read in this step; the others are of an older one */
    float *dx;       /* [R,D] */
    float *dqkv;     /* [R,3D] */
    float *doutputs; /* [R,H,D] */
    float *arena;
    size_t arena_floats;
    int table_rows; /* R */
} NetShard;

typedef struct NetLayerWork {
    float *x, *h1, *inv1;  /* [n,D], [n,D], [n]; not in layer 0 */
    NetHeads heads;        /* not in layer 0 */
    float *p;              /* attention: [b,H,Q,3] */
    float *mixed;          /* [b,H,D] where inputs are mixed */
    float *y;              /* [b Q,D] where O is still to come */
    float *x2, *h2, *inv2; /* [b Q,D] */
    float *u, *s;          /* [b Q,U], [b Q,M] */
} NetLayerWork;

/* Activations of one pass and the gradients that flow back through it. */
typedef struct NetWork {
    NetLayerWork layer[MODEL_DEPTH_MAX];
    float *x_last, *h_last, *inv_last; /* [b,D], [b,D], [b] after the last layer */
    float *logits;                     /* [b,V]; after net_loss with a scale: their gradient */
    float *dx, *dx_full, *dh, *ds, *dqkv, *dp, *dmixed;
    int32_t *query_row; /* [b] rows of '=' in the table, for a model of one layer */
    float *arena;
} NetWork;

Layer0Cache layer0_cache_new(const ModelLayout *layout, int capacity);
void layer0_cache_free(Layer0Cache *t);
NetShard net_shard_new(const ModelLayout *layout, int table_capacity);
void net_shard_free(NetShard *shard);
NetWork net_work_new(const ModelLayout *layout);
void net_work_free(NetWork *w);
/* Floats of each, for the memory check. */
double net_shard_floats(const ModelConfig *m, double table_capacity);
double layer0_cache_floats(const ModelConfig *m, double capacity);
double net_work_floats(const ModelConfig *m);

/* The model's Q/K normalisation of rows [rows, dim] (none: nothing is written); gain: the offset of q_norm or k_norm.
 * inv: one per row (rms), [heads][rows] (head). */
void net_qk_norm_forward(const Net *net, float *y, int ldy, float *inv, const float *x, int ldx, size_t gain, int rows);
void layer0_cache_forward(const Net *net, Layer0Cache *t, int from, int to);
/* row [b][3]: table rows of the examples' positions. Leaves logits in w. */
void net_forward(const Net *net, const Layer0Cache *t, NetWork *w, const int32_t *row, int b);
/* After layer0_cache_forward of all rows: as much work as some (H + 1) R rows of examples, before net_look of many
 * more.
 */
void layer0_cache_look(const Net *net, Layer0Cache *t);
/* The same logits as net_forward's but for rounding, and nothing that a backward pass could use. */
void net_look(const Net *net, const Layer0Cache *t, NetWork *w, const int32_t *row, int b);
/* target [b]; scale 1/batch for a gradient, 0 for none. */
LossSum net_loss(const Net *net, NetWork *w, const int32_t *target, float scale, int b);
/* After net_loss: adds this pass's gradients to the shard. */
void net_backward(const Net *net, const Layer0Cache *t, NetWork *w, NetShard *shard, const int32_t *row, int b);
/* Before the first pass of a step. empty: no pass will come, so that the whole gradient is zero. */
void net_shard_clear(const ModelLayout *layout, NetShard *shard, bool empty);
/* For the rows from .. to-1 of the table: the shards' scattered gradients, summed into shard 0's, through the
 * projections and the norm of layer 0 into into->gradient, once per shard and step. */
void layer0_cache_backward(const Net *net, const Layer0Cache *t, NetShard *shards, int shard_count, NetShard *into,
                           int from, int to);

/* The matrix products of one pass over b examples with their table rows: m, n, k of each. For bench. */
typedef struct NetProduct {
    int m, n, k;
    char kind; /* 't': nt, 'n': nn, 'w': tn (a weight gradient) */
} NetProduct;
enum { NET_PRODUCTS_MAX = 3 * (7 * MODEL_DEPTH_MAX + NET_MIX_HEADS_MOST + 2) };
/* Forward and backward of b examples (table: b = 0 asks for those of `rows` table rows). Returns how many. */
int net_products(const ModelConfig *c, int b, int rows, NetProduct out[NET_PRODUCTS_MAX]);

#endif
