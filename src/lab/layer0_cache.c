/* Layer 0 over the distinct rows. */
#include <lrd/lab/net_inside.h>
#include <lrd/num/mat.h>

#include <string.h>

/* One cut's view of the heads: head normalisation keeps its inverses by rows of the cut. */
static float *cut_inverse(const ModelConfig *c, float *inv, int from)
{
    return inv + (size_t)from * (size_t)(c->qk_norm == QK_NORM_HEAD ? c->heads : 1);
}

/* v [rows,D], 3 D apart -> what each head would add to the residual stream if it looked at that row alone. */
static void outputs_forward(const Net *net, float *outputs, const float *v, int rows)
{
    const ModelConfig *c = &net->layout->config;
    const float *O = net->weights + net->layout->layer[0].o;
    const int D = c->dim, H = c->heads, width = D / H;
    for (int h = 0; h < H; h++)
        mat_nt(rows, D, width, v + h * width, 3 * D, O + h * width, D, 0, outputs + h * D, H * D);
}

static void outputs_backward(const Net *net, float *dv, float *dO, const float *doutputs, const float *v, int rows)
{
    const ModelConfig *c = &net->layout->config;
    const float *O = net->weights + net->layout->layer[0].o;
    const int D = c->dim, H = c->heads, width = D / H;
    for (int h = 0; h < H; h++) {
        mat_tn(D, width, rows, doutputs + h * D, H * D, v + h * width, 3 * D, 0, dO + h * width, D);
        mat_nn(rows, width, D, doutputs + h * D, H * D, O + h * width, D, 0, dv + h * width, 3 * D);
    }
}

void layer0_cache_forward(const Net *net, Layer0Cache *t, int from, int to)
{
    const ModelConfig *c = &net->layout->config;
    const LayerOffsets *at = &net->layout->layer[0];
    const float *W = net->weights;
    const int D = c->dim, rows = to - from;
    const size_t first = (size_t)from * (size_t)D;
    for (int r = from; r < to; r++) {
        float *x = t->x + (size_t)r * (size_t)D;
        net_copy_row(x, W + net->layout->embedding + (size_t)t->token[r] * (size_t)D, D);
        net->ops->add(x, W + net->layout->position + (size_t)t->position[r] * (size_t)D, (size_t)D);
    }
    net->ops->rmsnorm_forward(t->h + first, D, t->inv + from, t->x + first, D, W + at->norm1, net_root_dim(c), rows, D);
    const NetHeads *s = &t->heads;
    float *raw = s->q_raw + 3 * first;
    mat_nt(rows, 3 * D, D, t->h + first, D, W + at->q, D, 0, raw, 3 * D);
    net_qk_norm_forward(net, s->q + (size_t)from * (size_t)s->ld_q, s->ld_q, cut_inverse(c, s->inv_q, from), raw, 3 * D,
                        at->q_norm, rows);
    net_qk_norm_forward(net, s->k + (size_t)from * (size_t)s->ld_k, s->ld_k, cut_inverse(c, s->inv_k, from), raw + D,
                        3 * D, at->k_norm, rows);
    if (t->outputs)
        outputs_forward(net, t->outputs + (size_t)c->heads * first, raw + 2 * D, rows);
}

void layer0_cache_look(const Net *net, Layer0Cache *t)
{
    const ModelConfig *c = &net->layout->config;
    const LayerOffsets *at = &net->layout->layer[0];
    const int D = c->dim, H = c->heads, U = model_mlp_width(c), row_floats = (H + 1) * U;
    if (!t->ahead)
        return;
    for (size_t i = 0; i < (size_t)U * (size_t)D; i++)
        t->mlp_in[i] = net->weights[at->mlp_in + i] * net->weights[at->norm2 + i % (size_t)D];
    for (int h = 0; h < H; h++)
        mat_nt(t->rows, U, D, t->outputs + h * D, H * D, t->mlp_in, D, 0, t->ahead + h * U, row_floats);
    mat_nt(t->rows, U, D, t->x, D, t->mlp_in, D, 0, t->ahead + H * U, row_floats);
}

/* What a shard scatters to one row of the table. */
typedef struct ShardRow {
    float *piece[3];
    size_t floats[3];
    int pieces;
} ShardRow;

static ShardRow shard_row(const Net *net, const NetShard *shard, int32_t r)
{
    const size_t D = (size_t)net->layout->config.dim, HD = (size_t)net->layout->config.heads * D, at = (size_t)r;
    ShardRow row = {{shard->dx + at * D, shard->dqkv + 3 * at * D}, {D, 3 * D, HD}, 2};
    if (shard->doutputs)
        row.piece[row.pieces++] = shard->doutputs + at * HD;
    return row;
}

static void clear_row(const Net *net, const NetShard *shard, int32_t r)
{
    const ShardRow row = shard_row(net, shard, r);
    for (int i = 0; i < row.pieces; i++)
        memset(row.piece[i], 0, row.floats[i] * sizeof *row.piece[i]);
}

void net_shard_start_rows(const Net *net, NetShard *shard, const int32_t *row, int count)
{
    for (int i = 0; i < count; i++) {
        if (shard->read[row[i]])
            continue;
        clear_row(net, shard, row[i]);
        shard->read[row[i]] = 1;
    }
}

/* Into shard 0's, for the table's rows from .. to-1. */
static void add_shards(const Net *net, NetShard *shards, int shard_count, int from, int to)
{
    for (int r = from; r < to; r++) {
        const ShardRow sum = shard_row(net, &shards[0], r);
        if (!shards[0].read[r])
            clear_row(net, &shards[0], r);
        for (int l = 1; l < shard_count; l++) {
            const ShardRow more = shard_row(net, &shards[l], r);
            for (int i = 0; i < sum.pieces && shards[l].read[r]; i++)
                net->ops->add(sum.piece[i], more.piece[i], more.floats[i]);
        }
    }
}

void layer0_cache_backward(const Net *net, const Layer0Cache *t, NetShard *shards, int shard_count, NetShard *into,
                           int from, int to)
{
    const ModelConfig *c = &net->layout->config;
    const LayerOffsets *at = &net->layout->layer[0];
    const float *W = net->weights;
    const int D = c->dim, rows = to - from;
    const size_t first = (size_t)from * (size_t)D;
    float *G = into->gradient, *dx = shards[0].dx + first, *dqkv = shards[0].dqkv + 3 * first, *h = t->h + first;
    const float *raw = t->heads.q_raw + 3 * first;
    add_shards(net, shards, shard_count, from, to);
    if (t->outputs)
        outputs_backward(net, dqkv + 2 * D, G + at->o, shards[0].doutputs + (size_t)c->heads * first, raw + 2 * D,
                         rows);
    net_qk_norm_backward(net, dqkv, 3 * D, G, cut_inverse(c, t->heads.inv_q, from), raw, 3 * D, at->q_norm, rows);
    net_qk_norm_backward(net, dqkv + D, 3 * D, G, cut_inverse(c, t->heads.inv_k, from), raw + D, 3 * D, at->k_norm,
                         rows);
    mat_tn(3 * D, D, rows, dqkv, 3 * D, h, D, 0, G + at->q, D);
    mat_nn(rows, D, 3 * D, dqkv, 3 * D, W + at->q, D, 0, h, D); /* dh, where h stood: it is not needed any more */
    net->ops->rmsnorm_backward(dx, D, G + at->norm1, h, D, t->x + first, D, t->inv + from, W + at->norm1,
                               net_root_dim(c), rows, D);
    for (int r = from; r < to; r++, dx += D) {
        net->ops->add(G + net->layout->embedding + (size_t)t->token[r] * (size_t)D, dx, (size_t)D);
        net->ops->add(G + net->layout->position + (size_t)t->position[r] * (size_t)D, dx, (size_t)D);
    }
}
