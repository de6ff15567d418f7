/* lab/net_inside: what the files of lab/net share. */
#ifndef LRD_LAB_NET_INSIDE_H
#define LRD_LAB_NET_INSIDE_H

#include <math.h>
#include <string.h>

#include <lrd/lab/net.h>

/* sqrt(D), the length of a normalised row. */
static inline float net_root_dim(const ModelConfig *c)
{
    return sqrtf((float)c->dim);
}

static inline void net_copy_row(float *to, const float *from, int n)
{
    memcpy(to, from, (size_t)n * sizeof *to);
}

/* Before anything is added to these rows of the table: each starts at zero when the shard first reads it. */
void net_shard_start_rows(const Net *net, NetShard *shard, const int32_t *row, int count);

/* dy, the gradient of the normalised rows, becomes that of the raw ones; the gain's is added to gradient + gain. */
void net_qk_norm_backward(const Net *net, float *dy, int lddy, float *gradient, const float *inv, const float *x,
                          int ldx, size_t gain, int rows);

#endif
