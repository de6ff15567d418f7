/* The matrix products of net.c as a list of shapes, for a bench that times them bare. A test counts those of a real
 * step against it. */
#include <lrd/lab/net.h>

#include <assert.h>

typedef struct Products {
    NetProduct *list;
    int count;
} Products;

static void add(Products *p, char kind, int m, int n, int k)
{
    assert(p->count < NET_PRODUCTS_MAX);
    p->list[p->count++] = (NetProduct){m, n, k, kind};
}

/* Y [rows,out] = X [rows,in] W^T, and its backward: dW = dY^T X, dX = dY W. */
static void add_linear(Products *p, int rows, int out, int in)
{
    add(p, 't', rows, out, in);
    add(p, 'w', out, in, rows);
    add(p, 'n', rows, in, out);
}

int net_products(const ModelConfig *c, int b, int rows, NetProduct out[NET_PRODUCTS_MAX])
{
    Products p = {.list = out};
    const int D = c->dim, U = model_mlp_width(c);
    if (b == 0) {
        add_linear(&p, rows, 3 * D, D);
        for (int h = 0; h < c->heads && net_mix(c, 0) == NET_MIX_OUTPUTS; h++)
            add_linear(&p, rows, D, D / c->heads);
        return p.count;
    }
    for (int l = 0; l < c->depth; l++) {
        const bool last = l == c->depth - 1;
        const NetMix mix = net_mix(c, l);
        const int all = MODEL_POSITIONS * b, asked = last ? b : all;
        if (l > 0 && last) {
            add_linear(&p, b, D, D);
            add_linear(&p, all, mix == NET_MIX_INPUTS ? D : 2 * D, D);
        } else if (l > 0) {
            add_linear(&p, all, 3 * D, D);
        }
        for (int h = 0; h < c->heads && mix == NET_MIX_INPUTS; h++)
            add_linear(&p, b, D / c->heads, D);
        if (mix != NET_MIX_OUTPUTS)
            add_linear(&p, asked, D, D);
        add_linear(&p, asked, U, D);
        add_linear(&p, asked, D, c->mlp);
    }
    add_linear(&p, b, c->vocab, D);
    return p.count;
}
