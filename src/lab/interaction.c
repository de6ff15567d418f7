#include <lrd/lab/interaction.h>

#include <lrd/base/util.h>
#include <lrd/num/mat.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* softmax of n scores times n, in place. */
static void softmax(float *s, int n, double scale)
{
    double most = -INFINITY, sum = 0;
    for (int j = 0; j < n; j++)
        most = fmax(most, scale * (double)s[j]);
    for (int j = 0; j < n; j++) {
        s[j] = (float)exp(scale * (double)s[j] - most);
        sum += (double)s[j];
    }
    for (int j = 0; j < n; j++)
        s[j] = (float)((double)s[j] * n / sum);
}

/* Block of n / side tokens that token i belongs to, and how many tokens that block has. */
static int block_of(int i, int n, int side)
{
    return (int)((long long)i * side / n);
}

static int block_size(int block, int n, int side)
{
    long long first = ((long long)block * n + side - 1) / side, next = ((long long)(block + 1) * n + side - 1) / side;
    return (int)(next - first);
}

static void add_row(float *out, const float *row, int i, int n, int side)
{
    const int at = block_of(i, n, side);
    float *into = out + (size_t)at * (size_t)side;
    for (int j = 0; j < n; j++) {
        int to = block_of(j, n, side);
        into[to] += row[j] / (float)(block_size(at, n, side) * block_size(to, n, side));
    }
}

void interaction_map(const Net *net, int layer, int tokens, int heads, int side, float *out)
{
    const ModelConfig *c = &net->layout->config;
    const LayerOffsets *at = &net->layout->layer[layer];
    const int D = c->dim, n = tokens, width = D / c->heads;
    const size_t floats = (size_t)n * (size_t)D;
    float *h = xfloats(floats), *q = xfloats(floats), *k = xfloats(floats), *row = xfloats((size_t)n);
    float *inv = xfloats((size_t)n * (size_t)c->heads);
    net->ops->rmsnorm_forward(h, D, inv, net->weights + net->layout->embedding, D, net->weights + at->norm1,
                              sqrtf((float)D), n, D);
    mat_nt(n, D, D, h, D, net->weights + at->q, D, 0, q, D);
    mat_nt(n, D, D, h, D, net->weights + at->k, D, 0, k, D);
    if (c->qk_norm != QK_NORM_OFF) {
        net_qk_norm_forward(net, h, D, inv, q, D, at->q_norm, n);
        memcpy(q, h, floats * sizeof *q);
        net_qk_norm_forward(net, h, D, inv, k, D, at->k_norm, n);
        memcpy(k, h, floats * sizeof *k);
    }
    memset(out, 0, (size_t)heads * (size_t)side * (size_t)side * sizeof *out);
    for (int head = 0; head < heads; head++)
        for (int i = 0; i < n; i++) {
            mat_nt(1, n, width, q + (size_t)i * (size_t)D + head * width, D, k + head * width, D, 0, row, n);
            softmax(row, n, 1 / sqrt(width));
            add_row(out + (size_t)head * (size_t)side * (size_t)side, row, i, n, side);
        }
    free(h);
    free(q);
    free(k);
    free(row);
    free(inv);
}
