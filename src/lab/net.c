#include <lrd/lab/net_inside.h>
#include <lrd/num/mat.h>

#include <assert.h>
#include <string.h>

enum { T = MODEL_POSITIONS };

/* Query positions that layer l computes. */
static int queries_of(const ModelConfig *c, int l)
{
    return l == c->depth - 1 ? 1 : T;
}

NetMix net_mix(const ModelConfig *c, int l)
{
    if (c->dim / c->heads < NET_MIX_WIDTH_LEAST || c->heads > NET_MIX_HEADS_MOST)
        return NET_MIX_VALUES;
    return l == 0 ? NET_MIX_OUTPUTS : l == c->depth - 1 ? NET_MIX_INPUTS : NET_MIX_VALUES;
}

/* ---- Q/K normalisation: rms over the whole row with a gain, or unit length per head */

void net_qk_norm_forward(const Net *net, float *y, int ldy, float *inv, const float *x, int ldx, size_t gain, int rows)
{
    const ModelConfig *c = &net->layout->config;
    if (c->qk_norm == QK_NORM_RMS)
        net->ops->rmsnorm_forward(y, ldy, inv, x, ldx, net->weights + gain, net_root_dim(c), rows, c->dim);
    if (c->qk_norm == QK_NORM_HEAD) {
        const int D = c->dim / c->heads;
        for (int h = 0; h < c->heads; h++)
            net->ops->rmsnorm_forward(y + h * D, ldy, inv + (size_t)h * (size_t)rows, x + h * D, ldx, NULL, 1.0f, rows,
                                      D);
    }
}

void net_qk_norm_backward(const Net *net, float *dy, int lddy, float *gradient, const float *inv, const float *x,
                          int ldx, size_t gain, int rows)
{
    const ModelConfig *c = &net->layout->config;
    if (c->qk_norm == QK_NORM_RMS)
        net->ops->rmsnorm_backward_in_place(dy, lddy, gradient + gain, x, ldx, inv, net->weights + gain,
                                            net_root_dim(c), rows, c->dim);
    if (c->qk_norm == QK_NORM_HEAD) {
        const int D = c->dim / c->heads;
        for (int h = 0; h < c->heads; h++)
            net->ops->rmsnorm_backward_in_place(dy + h * D, lddy, NULL, x + h * D, ldx, inv + (size_t)h * (size_t)rows,
                                                NULL, 1.0f, rows, D);
    }
}

/* ---- Forward */

/* Layer 0 reads the table's rows. */
static AttentionShape attention_shape(const ModelConfig *c, const NetHeads *s, const NetWork *w, int l,
                                      const int32_t *row, int b)
{
    const int D = c->dim, Q = queries_of(c, l);
    return (AttentionShape){.examples = b,
                            .queries = Q,
                            .heads = c->heads,
                            .width = D / c->heads,
                            .ldq = s->ld_q,
                            .ldk = s->ld_k,
                            .ldd_q = l == 0 ? 3 * D : s->ld_q_raw,
                            .ldd_k = l == 0 ? 3 * D : s->ld_k_raw,
                            .query_row = l > 0    ? NULL
                                         : Q == T ? row
                                                  : w->query_row,
                            .key_row = l > 0 ? NULL : row};
}

static MixShape mix_shape(const ModelConfig *c, const NetHeads *s, int l, const int32_t *row, int b)
{
    const int D = c->dim, H = c->heads, width = D / H;
    MixShape shape = {.examples = b, .queries = queries_of(c, l), .heads = H, .row = l == 0 ? row : NULL};
    switch (net_mix(c, l)) {
    case NET_MIX_VALUES:
        shape.width = shape.v_head = shape.y_head = width;
        shape.ldv = s->ld_v;
        shape.ldy = D;
        break;
    case NET_MIX_OUTPUTS:
        shape.width = shape.v_head = shape.ldy = D;
        shape.ldv = H * D;
        break;
    case NET_MIX_INPUTS:
        shape.width = shape.y_head = shape.ldv = D;
        shape.ldy = H * D;
        break;
    }
    return shape;
}

/* h1 -> raw and normalised Q, K and, where values are mixed, V, whose weights follow K's. The last layer's Q reads
 * every third row. */
static void project_forward(const Net *net, int l, NetLayerWork *w, int b)
{
    const ModelConfig *c = &net->layout->config;
    const LayerOffsets *at = &net->layout->layer[l];
    const float *W = net->weights;
    const int D = c->dim, n = T * b, Q = queries_of(c, l);
    NetHeads *s = &w->heads;
    if (Q == T) {
        mat_nt(n, 3 * D, D, w->h1, D, W + at->q, D, 0, s->q_raw, 3 * D);
    } else {
        mat_nt(b, D, D, w->h1 + 2 * D, 3 * D, W + at->q, D, 0, s->q_raw, D);
        mat_nt(n, s->ld_k_raw, D, w->h1, D, W + at->k, D, 0, s->k_raw, s->ld_k_raw);
    }
    net_qk_norm_forward(net, s->q, s->ld_q, s->inv_q, s->q_raw, s->ld_q_raw, at->q_norm, b * Q);
    net_qk_norm_forward(net, s->k, s->ld_k, s->inv_k, s->k_raw, s->ld_k_raw, at->k_norm, n);
}

/* The residual stream where the layer reads queries: all rows, or the last position's. */
static void gather_residual(const ModelConfig *c, int l, float *x2, const Layer0Cache *t, const NetLayerWork *w,
                            const int32_t *row, int b)
{
    const int D = c->dim, Q = queries_of(c, l);
    for (int i = 0; i < b * Q; i++) {
        int from = Q == T ? i : T * i + T - 1;
        const float *x = l == 0 ? t->x + (size_t)row[from] * (size_t)D : w->x + (size_t)from * (size_t)D;
        net_copy_row(x2 + (size_t)i * (size_t)D, x, D);
    }
}

/* The heads' mixes [b,H,D] through V: y [b,D]. */
static void inputs_forward(const Net *net, int l, NetLayerWork *w, int b)
{
    const ModelConfig *c = &net->layout->config;
    const float *V = net->weights + net->layout->layer[l].v;
    const int D = c->dim, H = c->heads, width = D / H;
    for (int h = 0; h < H; h++)
        mat_nt(b, width, D, w->mixed + h * D, H * D, V + (size_t)(h * width) * (size_t)D, D, 0, w->y + h * width, D);
}

/* x -> x2, the residual stream with what the heads saw. */
static void attention_forward(const Net *net, int l, const Layer0Cache *t, NetWork *work, const int32_t *row, int b)
{
    const ModelConfig *c = &net->layout->config;
    NetLayerWork *w = &work->layer[l];
    const NetHeads *s = l == 0 ? &t->heads : &w->heads;
    const AttentionShape shape = attention_shape(c, s, work, l, row, b);
    const MixShape mix = mix_shape(c, s, l, row, b);
    const int D = c->dim;
    if (net->attention == ATTENTION_UNIFORM)
        for (int i = 0; i < b * queries_of(c, l) * c->heads * T; i++)
            w->p[i] = 1.0f / T;
    else
        net->ops->attention_forward(w->p, s->q, s->k, &shape);
    gather_residual(c, l, w->x2, t, w, row, b);
    switch (net_mix(c, l)) {
    case NET_MIX_OUTPUTS:
        net->ops->mix_forward(w->x2, w->p, t->outputs, &mix);
        return;
    case NET_MIX_INPUTS:
        net->ops->mix_forward(w->mixed, w->p, w->h1, &mix);
        inputs_forward(net, l, w, b);
        break;
    case NET_MIX_VALUES:
        net->ops->mix_forward(w->y, w->p, s->v, &mix);
    }
    mat_nt(b * queries_of(c, l), D, D, w->y, D, net->weights + net->layout->layer[l].o, D, 1, w->x2, D);
}

/* With g the norm's gain, r = sqrt(D) / |x2| and x2 = x + sum_h sum_j p_hj (O V x_j)_h, as attention has mixed it:
 * u = W (r g x2) = r (W g) x + sum_h sum_j r p_hj (W g) (O V x_j)_h, all of which the table holds but r p. */
static void mlp_in_ahead(const Net *net, const Layer0Cache *t, NetWork *work, const int32_t *row, int b)
{
    const ModelConfig *c = &net->layout->config;
    NetLayerWork *w = &work->layer[0];
    const int D = c->dim, H = c->heads, U = model_mlp_width(c), Q = queries_of(c, 0), row_floats = (H + 1) * U;
    net->ops->rmsnorm_forward(w->h2, D, w->inv2, w->x2, D, net->weights + net->layout->layer[0].norm2, net_root_dim(c),
                              b * Q, D);
    float *rp = work->dp;
    for (int i = 0; i < b; i++)
        for (int h = 0; h < H; h++)
            for (int q = 0; q < Q * T; q++, rp++)
                *rp = net_root_dim(c) * w->inv2[i * Q + q / T] * w->p[rp - work->dp];
    for (int i = 0; i < b * Q; i++) {
        const float *x = t->ahead + (size_t)row[Q == T ? i : T * i + T - 1] * (size_t)row_floats + H * U;
        float *u = w->u + (size_t)i * (size_t)U;
        for (int j = 0; j < U; j++)
            u[j] = net_root_dim(c) * w->inv2[i] * x[j];
    }
    const MixShape mix = {
        .examples = b, .queries = Q, .heads = H, .width = U, .v_head = U, .ldv = row_floats, .ldy = U, .row = row};
    net->ops->mix_forward(w->u, work->dp, t->ahead, &mix);
}

static void mlp_in_forward(const Net *net, int l, NetLayerWork *w, int rows)
{
    const ModelConfig *c = &net->layout->config;
    const LayerOffsets *at = &net->layout->layer[l];
    const int D = c->dim, U = model_mlp_width(c);
    net->ops->rmsnorm_forward(w->h2, D, w->inv2, w->x2, D, net->weights + at->norm2, net_root_dim(c), rows, D);
    mat_nt(rows, U, D, w->h2, D, net->weights + at->mlp_in, D, 0, w->u, U);
}

/* u and x2 -> the layer's output, which the next one reads. */
static void mlp_out_forward(const Net *net, int l, NetLayerWork *w, float *x_next, int rows)
{
    const ModelConfig *c = &net->layout->config;
    const int D = c->dim, M = c->mlp;
    if (c->mlp_kind == MLP_SILU)
        net->ops->silu_forward(w->s, w->u, (size_t)rows * (size_t)M);
    else
        net->ops->swiglu_forward(w->s, w->u, rows, M);
    memcpy(x_next, w->x2, (size_t)rows * (size_t)D * sizeof *x_next);
    mat_nt(rows, D, M, w->s, M, net->weights + net->layout->layer[l].mlp_out, M, 1, x_next, D);
}

/* ahead: where the table holds what layer 0's MLP makes of its rows. */
static void forward(const Net *net, const Layer0Cache *t, NetWork *w, const int32_t *row, int b, bool ahead)
{
    const ModelConfig *c = &net->layout->config;
    const float *W = net->weights;
    const int D = c->dim;
    assert(b <= NET_EXAMPLES_MAX);
    for (int i = 0; i < b; i++)
        w->query_row[i] = row[T * i + T - 1];
    for (int l = 0; l < c->depth; l++) {
        const LayerOffsets *at = &net->layout->layer[l];
        NetLayerWork *layer = &w->layer[l];
        const int rows = b * queries_of(c, l);
        if (l > 0) {
            net->ops->rmsnorm_forward(layer->h1, D, layer->inv1, layer->x, D, W + at->norm1, net_root_dim(c), T * b, D);
            project_forward(net, l, layer, b);
        }
        attention_forward(net, l, t, w, row, b);
        if (l == 0 && ahead)
            mlp_in_ahead(net, t, w, row, b);
        else
            mlp_in_forward(net, l, layer, rows);
        mlp_out_forward(net, l, layer, l + 1 < c->depth ? w->layer[l + 1].x : w->x_last, rows);
    }
    net->ops->rmsnorm_forward(w->h_last, D, w->inv_last, w->x_last, D, W + net->layout->norm_final, net_root_dim(c), b,
                              D);
    mat_nt(b, c->vocab, D, w->h_last, D, W + net->layout->head, D, 0, w->logits, c->vocab);
}

void net_forward(const Net *net, const Layer0Cache *t, NetWork *w, const int32_t *row, int b)
{
    forward(net, t, w, row, b, false);
}

void net_look(const Net *net, const Layer0Cache *t, NetWork *w, const int32_t *row, int b)
{
    forward(net, t, w, row, b, t->ahead != NULL);
}

LossSum net_loss(const Net *net, NetWork *w, const int32_t *target, float scale, int b)
{
    const int V = net->layout->config.vocab, n = b * V;
    const bool scaled = net->temp > 0.0f && net->temp != 1.0f;
    for (int i = 0; scaled && i < n; i++)
        w->logits[i] /= net->temp;
    const LossSum sum = net->loss == LOSS_STABLEMAX ? net->ops->stablemax(w->logits, target, scale, b, V)
                                                    : net->ops->cross_entropy(w->logits, target, scale, b, V);
    for (int i = 0; scaled && i < n; i++)
        w->logits[i] /= net->temp;
    return sum;
}

/* ---- Backward */

/* dx [rows,D], the gradient after the MLP, becomes that before it. */
static void mlp_backward(const Net *net, int l, NetLayerWork *w, NetWork *scratch, float *dx, NetShard *shard, int rows)
{
    const ModelConfig *c = &net->layout->config;
    const LayerOffsets *at = &net->layout->layer[l];
    const float *W = net->weights;
    const int D = c->dim, M = c->mlp, U = model_mlp_width(c);
    float *G = shard->gradient;
    mat_tn(D, M, rows, dx, D, w->s, M, shard->keep, G + at->mlp_out, M);
    mat_nn(rows, M, D, dx, D, W + at->mlp_out, M, 0, scratch->ds, M);
    if (c->mlp_kind == MLP_SILU)
        net->ops->silu_backward(w->u, scratch->ds, (size_t)rows * (size_t)M);
    else
        net->ops->swiglu_backward(w->u, scratch->ds, rows, M);
    mat_tn(U, D, rows, w->u, U, w->h2, D, shard->keep, G + at->mlp_in, D);
    mat_nn(rows, D, U, w->u, U, W + at->mlp_in, D, 0, scratch->dh, D);
    net->ops->rmsnorm_backward(dx, D, G + at->norm2, scratch->dh, D, w->x2, D, w->inv2, W + at->norm2, net_root_dim(c),
                               rows, D);
}

/* dq, dk of the normalised heads, and dv where values are mixed -> weight gradients, and dh [n,D]: added to what the
 * mix of the inputs left there. */
static void project_backward(const Net *net, int l, NetLayerWork *w, float *dh, float *dq, float *dk, NetShard *shard,
                             int b)
{
    const ModelConfig *c = &net->layout->config;
    const LayerOffsets *at = &net->layout->layer[l];
    const float *W = net->weights;
    const NetHeads *s = &w->heads;
    const int D = c->dim, n = T * b, Q = queries_of(c, l), ldq = s->ld_q_raw, ldk = s->ld_k_raw;
    const float mixed = net_mix(c, l) == NET_MIX_INPUTS;
    float *G = shard->gradient;
    net_qk_norm_backward(net, dq, ldq, G, s->inv_q, s->q_raw, ldq, at->q_norm, b * Q);
    net_qk_norm_backward(net, dk, ldk, G, s->inv_k, s->k_raw, ldk, at->k_norm, n);
    if (Q == T) {
        mat_tn(3 * D, D, n, dq, 3 * D, w->h1, D, shard->keep, G + at->q, D);
        mat_nn(n, D, 3 * D, dq, 3 * D, W + at->q, D, 0, dh, D);
    } else {
        mat_tn(D, D, b, dq, D, w->h1 + 2 * D, 3 * D, shard->keep, G + at->q, D);
        mat_tn(ldk, D, n, dk, ldk, w->h1, D, shard->keep, G + at->k, D);
        mat_nn(n, D, ldk, dk, ldk, W + at->k, D, mixed, dh, D);
        mat_nn(b, D, D, dq, D, W + at->q, D, 1, dh + 2 * D, 3 * D);
    }
}

/* dy [b,D] of what V made of the heads' mixes -> its gradient, and dmixed [b,H,D]. */
static void inputs_backward(const Net *net, int l, NetLayerWork *w, float *dmixed, const float *dy, NetShard *shard,
                            int b)
{
    const ModelConfig *c = &net->layout->config;
    const size_t at = net->layout->layer[l].v;
    const int D = c->dim, H = c->heads, width = D / H;
    for (int h = 0; h < H; h++) {
        const size_t V = at + (size_t)(h * width) * (size_t)D;
        mat_tn(width, D, b, dy + h * width, D, w->mixed + h * D, H * D, shard->keep, shard->gradient + V, D);
        mat_nn(b, D, width, dy + h * width, D, net->weights + V, D, 0, dmixed + h * D, H * D);
    }
}

/* Layer 0: the residual's gradient goes to the table's rows. */
static void scatter_backward(const Net *net, NetShard *shard, const float *dx, const int32_t *row, int b)
{
    const ModelConfig *c = &net->layout->config;
    const int D = c->dim, Q = queries_of(c, 0);
    for (int i = 0; i < b * Q; i++) {
        int32_t r = row[Q == T ? i : T * i + T - 1];
        net->ops->add(shard->dx + (size_t)r * (size_t)D, dx + (size_t)i * (size_t)D, (size_t)D);
    }
}

/* dx [b Q,D] after the layer's attention -> the gradients of what its heads read: dq, dk, dv (added up at the table's
 * rows in layer 0), and dh [n,D] of the inputs where these are mixed. */
static void heads_backward(const Net *net, const Layer0Cache *t, NetWork *w, NetShard *shard, float *dq, float *dk,
                           float *dh, const float *dx, int l, const int32_t *row, int b)
{
    const ModelConfig *c = &net->layout->config;
    NetLayerWork *layer = &w->layer[l];
    const NetHeads *s = l == 0 ? &t->heads : &layer->heads;
    const AttentionShape shape = attention_shape(c, s, w, l, row, b);
    const MixShape mix = mix_shape(c, s, l, row, b);
    const size_t O = net->layout->layer[l].o;
    const int D = c->dim, rows = b * queries_of(c, l);
    const NetMix what = net_mix(c, l);
    if (what == NET_MIX_OUTPUTS) {
        net->ops->mix_backward(shard->doutputs, w->dp, dx, layer->p, t->outputs, &mix);
    } else {
        mat_tn(D, D, rows, dx, D, layer->y, D, shard->keep, shard->gradient + O, D);
        mat_nn(rows, D, D, dx, D, net->weights + O, D, 0, w->dh, D);
    }
    if (what == NET_MIX_VALUES)
        net->ops->mix_backward(dk + D, w->dp, w->dh, layer->p, s->v, &mix);
    if (what == NET_MIX_INPUTS) {
        inputs_backward(net, l, layer, w->dmixed, w->dh, shard, b);
        net->ops->mix_backward(dh, w->dp, w->dmixed, layer->p, layer->h1, &mix);
    }
    if (net->attention == ATTENTION_UNIFORM) /* which then leaves dq and dk at zero */
        memset(w->dp, 0, (size_t)(rows * c->heads * T) * sizeof *w->dp);
    net->ops->attention_backward(dq, dk, w->dp, layer->p, s->q, s->k, &shape);
}

/* dx [b Q,D] after the layer's attention becomes the gradient of the layer's input; returns where that stands. */
static float *attention_backward(const Net *net, const Layer0Cache *t, NetWork *w, NetShard *shard, float *dx, int l,
                                 const int32_t *row, int b)
{
    const ModelConfig *c = &net->layout->config;
    const LayerOffsets *at = &net->layout->layer[l];
    NetLayerWork *layer = &w->layer[l];
    const int D = c->dim, Q = queries_of(c, l), n = T * b;
    if (l == 0) {
        net_shard_start_rows(net, shard, row, n);
        heads_backward(net, t, w, shard, shard->dqkv, shard->dqkv + D, NULL, dx, l, row, b);
        scatter_backward(net, shard, dx, row, b);
        return dx;
    }
    float *dq = w->dqkv, *dk = Q == T ? dq + D : dq + (size_t)b * (size_t)D, *dh = Q == T ? w->dh : w->dx_full;
    heads_backward(net, t, w, shard, dq, dk, dh, dx, l, row, b);
    project_backward(net, l, layer, dh, dq, dk, shard, b);
    float *dg = shard->gradient + at->norm1;
    const float *g = net->weights + at->norm1;
    if (Q == T) {
        net->ops->rmsnorm_backward(dx, D, dg, dh, D, layer->x, D, layer->inv1, g, net_root_dim(c), n, D);
        return dx;
    }
    net->ops->rmsnorm_backward_in_place(dh, D, dg, layer->x, D, layer->inv1, g, net_root_dim(c), n, D);
    for (int i = 0; i < b; i++) /* the residual stream: only the last position's went on */
        net->ops->add(dh + (size_t)(T * i + T - 1) * (size_t)D, dx + (size_t)i * (size_t)D, (size_t)D);
    return dh;
}

void net_backward(const Net *net, const Layer0Cache *t, NetWork *w, NetShard *shard, const int32_t *row, int b)
{
    const ModelConfig *c = &net->layout->config;
    const float *W = net->weights;
    const int D = c->dim, V = c->vocab;
    float *G = shard->gradient, *dx = w->dx;
    mat_tn(V, D, b, w->logits, V, w->h_last, D, shard->keep, G + net->layout->head, D);
    mat_nn(b, D, V, w->logits, V, W + net->layout->head, D, 0, w->dh, D);
    memset(dx, 0, (size_t)b * (size_t)D * sizeof *dx);
    net->ops->rmsnorm_backward(dx, D, G + net->layout->norm_final, w->dh, D, w->x_last, D, w->inv_last,
                               W + net->layout->norm_final, net_root_dim(c), b, D);
    for (int l = c->depth - 1; l >= 0; l--) {
        mlp_backward(net, l, &w->layer[l], w, dx, shard, b * queries_of(c, l));
        dx = attention_backward(net, t, w, shard, dx, l, row, b);
    }
    shard->keep = 1;
}
