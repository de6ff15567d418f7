/* Where the arrays of net.h live: one arena each, cut up in a first pass that only counts. */
#include <lrd/lab/net.h>

#include <lrd/base/util.h>

#include <stdlib.h>
#include <string.h>

enum { T = MODEL_POSITIONS, B = NET_EXAMPLES_MAX, N = T * B };

/* Hands out pieces of an arena; with no arena it counts what they would take. */
typedef struct Cutter {
    float *arena;
    double used;
} Cutter;

static float *cut(Cutter *c, double rows, double cols)
{
    double floats = rows * cols;
    float *piece = c->arena ? c->arena + (size_t)c->used : NULL;
    c->used += floats + (double)((16 - (int64_t)floats % 16) % 16); /* every array on a cache line */
    return piece;
}

/* Projections of kv_rows rows; Q apart from K and V when only the last position asks, and no V where inputs are
 * mixed. */
static void cut_heads(Cutter *c, const ModelConfig *m, NetHeads *s, NetMix mix, double q_rows, double kv_rows)
{
    const int D = m->dim;
    const double per_row = m->qk_norm == QK_NORM_HEAD ? m->heads : 1;
    if (q_rows == kv_rows) {
        s->q_raw = cut(c, kv_rows, 3.0 * D);
        s->k_raw = s->q_raw ? s->q_raw + D : NULL;
        s->ld_q_raw = s->ld_k_raw = 3 * D;
    } else {
        s->q_raw = cut(c, q_rows, D);
        s->ld_q_raw = D;
        s->ld_k_raw = mix == NET_MIX_INPUTS ? D : 2 * D;
        s->k_raw = cut(c, kv_rows, s->ld_k_raw);
    }
    s->v = s->k_raw && mix != NET_MIX_INPUTS ? s->k_raw + D : NULL;
    s->ld_v = s->ld_k_raw;
    s->q = s->q_raw;
    s->k = s->k_raw;
    s->ld_q = s->ld_q_raw;
    s->ld_k = s->ld_k_raw;
    if (m->qk_norm == QK_NORM_OFF)
        return;
    s->q = cut(c, q_rows, D);
    s->k = cut(c, kv_rows, D);
    s->ld_q = s->ld_k = D;
    s->inv_q = cut(c, q_rows, per_row);
    s->inv_k = cut(c, kv_rows, per_row);
}

/* A table that no cache holds would gain nothing. */
static bool looks_ahead(const ModelConfig *m, double rows)
{
    const double floats_most = 1 << 21;
    return net_mix(m, 0) == NET_MIX_OUTPUTS && rows * (m->heads + 1) * model_mlp_width(m) <= floats_most;
}

static void cut_table(Cutter *c, const ModelConfig *m, Layer0Cache *t, double rows)
{
    t->token = (int32_t *)(void *)cut(c, rows, 1);
    t->position = (int32_t *)(void *)cut(c, rows, 1);
    t->x = cut(c, rows, m->dim);
    t->h = cut(c, rows, m->dim);
    t->inv = cut(c, rows, 1);
    cut_heads(c, m, &t->heads, net_mix(m, 0), rows, rows);
    if (net_mix(m, 0) == NET_MIX_OUTPUTS)
        t->outputs = cut(c, rows, (double)m->heads * m->dim);
    if (looks_ahead(m, rows)) {
        t->mlp_in = cut(c, model_mlp_width(m), m->dim);
        t->ahead = cut(c, rows, (m->heads + 1.0) * model_mlp_width(m));
    }
}

static void cut_shard(Cutter *c, const ModelConfig *m, NetShard *shard, double rows)
{
    shard->gradient = cut(c, (double)model_parameter_count(m), 1);
    shard->read = (int32_t *)(void *)cut(c, rows, 1);
    shard->dx = cut(c, rows, m->dim);
    shard->dqkv = cut(c, rows, 3.0 * m->dim);
    if (net_mix(m, 0) == NET_MIX_OUTPUTS)
        shard->doutputs = cut(c, rows, (double)m->heads * m->dim);
}

static void cut_layer(Cutter *c, const ModelConfig *m, NetLayerWork *w, int l)
{
    const int rows = l == m->depth - 1 ? B : N, D = m->dim;
    const NetMix mix = net_mix(m, l);
    if (l > 0) {
        w->x = cut(c, N, D);
        w->h1 = cut(c, N, D);
        w->inv1 = cut(c, N, 1);
        cut_heads(c, m, &w->heads, mix, rows, N);
    }
    w->p = cut(c, (double)rows * T, m->heads);
    if (mix == NET_MIX_INPUTS)
        w->mixed = cut(c, rows, (double)m->heads * D);
    if (mix != NET_MIX_OUTPUTS)
        w->y = cut(c, rows, D);
    w->x2 = cut(c, rows, D);
    w->h2 = cut(c, rows, D);
    w->inv2 = cut(c, rows, 1);
    w->u = cut(c, rows, model_mlp_width(m));
    w->s = cut(c, rows, m->mlp);
}

static void cut_work(Cutter *c, const ModelConfig *m, NetWork *w)
{
    const int D = m->dim;
    for (int l = 0; l < m->depth; l++)
        cut_layer(c, m, &w->layer[l], l);
    w->x_last = cut(c, B, D);
    w->h_last = cut(c, B, D);
    w->inv_last = cut(c, B, 1);
    w->logits = cut(c, B, m->vocab);
    w->dx = cut(c, N, D);
    w->dx_full = cut(c, N, D);
    w->dh = cut(c, N, D);
    w->ds = cut(c, N, m->mlp);
    w->dqkv = cut(c, N, 3.0 * D);
    w->dp = cut(c, (double)N * T, m->heads);
    if (net_mix(m, m->depth - 1) == NET_MIX_INPUTS)
        w->dmixed = cut(c, B, (double)m->heads * D);
    w->query_row = (int32_t *)(void *)cut(c, B, 1);
}

double layer0_cache_floats(const ModelConfig *m, double capacity)
{
    Cutter count = {0};
    Layer0Cache t = {0};
    cut_table(&count, m, &t, capacity);
    return count.used;
}

double net_shard_floats(const ModelConfig *m, double table_capacity)
{
    Cutter count = {0};
    NetShard shard = {0};
    cut_shard(&count, m, &shard, table_capacity);
    return count.used;
}

double net_work_floats(const ModelConfig *m)
{
    Cutter count = {0};
    NetWork w = {0};
    cut_work(&count, m, &w);
    return count.used;
}

Layer0Cache layer0_cache_new(const ModelLayout *layout, int capacity)
{
    Layer0Cache t = {.capacity = capacity, .arena = xfloats((size_t)layer0_cache_floats(&layout->config, capacity))};
    Cutter c = {.arena = t.arena};
    cut_table(&c, &layout->config, &t, capacity);
    return t;
}

void layer0_cache_free(Layer0Cache *t)
{
    free(t->arena);
    *t = (Layer0Cache){0};
}

NetShard net_shard_new(const ModelLayout *layout, int table_capacity)
{
    NetShard shard = {.arena_floats = (size_t)net_shard_floats(&layout->config, table_capacity),
                      .table_rows = table_capacity};
    shard.arena = xfloats(shard.arena_floats);
    Cutter c = {.arena = shard.arena};
    cut_shard(&c, &layout->config, &shard, table_capacity);
    return shard;
}

/* Only what is added to from the start: the matrices' gradients are written by the first product, the table's rows
 * cleared when they are first read. */
void net_shard_clear(const ModelLayout *layout, NetShard *shard, bool empty)
{
    for (int i = 0; i < layout->tensor_count; i++) {
        const Tensor *t = &layout->tensors[i];
        if (empty || t->role == TENSOR_GAIN || t->role == TENSOR_EMBEDDING || t->role == TENSOR_POSITION)
            memset(shard->gradient + t->offset, 0, tensor_size(t) * sizeof *shard->gradient);
    }
    memset(shard->read, 0, (size_t)shard->table_rows * sizeof *shard->read);
    shard->keep = 0;
}

void net_shard_free(NetShard *shard)
{
    free(shard->arena);
    *shard = (NetShard){0};
}

NetWork net_work_new(const ModelLayout *layout)
{
    NetWork w = {.arena = xfloats((size_t)net_work_floats(&layout->config))};
    Cutter c = {.arena = w.arena};
    cut_work(&c, &layout->config, &w);
    return w;
}

void net_work_free(NetWork *w)
{
    free(w->arena);
    *w = (NetWork){0};
}
