/* The Transformer of science.md, one example at a time, in double, with none of the savings of lab/net. */
#ifndef NAIVE_NET_H
#define NAIVE_NET_H

#include "approx.h"

#include <lrd/lab/model.h>

enum { NAIVE_DIM_MAX = 64, NAIVE_MLP_MAX = 128, NAIVE_VOCAB_MAX = 128, NAIVE_T = MODEL_POSITIONS };

/* What the model is besides its layout. */
static struct NaiveWay {
    bool uniform, stablemax;
    double temp;
} naive_way = {.temp = 1};

static inline void naive_rms(double *y, const double *x, const double *g, double scale, int n)
{
    double length = fmax(approx_norm(x, (size_t)n), 1e-12);
    for (int i = 0; i < n; i++)
        y[i] = scale * x[i] / length * (g ? g[i] : 1);
}

/* y [out] = x [in] W^T */
static inline void naive_linear(double *y, const double *x, const double *W, int out, int in)
{
    for (int o = 0; o < out; o++) {
        y[o] = 0;
        for (int i = 0; i < in; i++)
            y[o] += W[o * in + i] * x[i];
    }
}

static inline void naive_qk_norm(const ModelConfig *c, double *x, const double *gain)
{
    const int D = c->dim / c->heads;
    if (c->qk_norm == QK_NORM_RMS)
        naive_rms(x, x, gain, sqrt(c->dim), c->dim);
    for (int h = 0; c->qk_norm == QK_NORM_HEAD && h < c->heads; h++)
        naive_rms(x + h * D, x + h * D, NULL, 1, D);
}

typedef double NaiveRows[NAIVE_T][NAIVE_DIM_MAX];

static inline void naive_attention(const ModelLayout *L, const double *w, int l, NaiveRows x)
{
    const ModelConfig *c = &L->config;
    const LayerOffsets *at = &L->layer[l];
    const int n = c->dim, D = n / c->heads;
    NaiveRows q, k, v;
    for (int t = 0; t < NAIVE_T; t++) {
        double h[NAIVE_DIM_MAX];
        naive_rms(h, x[t], w + at->norm1, sqrt(n), n);
        naive_linear(q[t], h, w + at->q, n, n);
        naive_linear(k[t], h, w + at->k, n, n);
        naive_linear(v[t], h, w + at->v, n, n);
        naive_qk_norm(c, q[t], w + at->q_norm);
        naive_qk_norm(c, k[t], w + at->k_norm);
    }
    for (int t = 0; t < NAIVE_T; t++) {
        double y[NAIVE_DIM_MAX] = {0}, o[NAIVE_DIM_MAX];
        for (int h = 0; h < c->heads; h++) {
            double p[NAIVE_T], whole = 0;
            for (int j = 0; j < NAIVE_T; j++) {
                double score = 0;
                for (int d = h * D; d < h * D + D; d++)
                    score += q[t][d] * k[j][d];
                whole += p[j] = naive_way.uniform ? 1 : exp(score / sqrt(D));
            }
            for (int j = 0; j < NAIVE_T; j++)
                for (int d = h * D; d < h * D + D; d++)
                    y[d] += p[j] / whole * v[j][d];
        }
        naive_linear(o, y, w + at->o, n, n);
        for (int i = 0; i < n; i++)
            x[t][i] += o[i];
    }
}

static inline void naive_mlp(const ModelLayout *L, const double *w, int l, double *x)
{
    const ModelConfig *c = &L->config;
    const LayerOffsets *at = &L->layer[l];
    const int n = c->dim, M = c->mlp;
    double h[NAIVE_DIM_MAX], u[NAIVE_MLP_MAX], gate[NAIVE_MLP_MAX], o[NAIVE_DIM_MAX];
    naive_rms(h, x, w + at->norm2, sqrt(n), n);
    naive_linear(u, h, w + at->mlp_in, M, n);
    naive_linear(gate, h, w + at->mlp_in + (size_t)(c->mlp_kind == MLP_SWIGLU ? M * n : 0), M, n);
    for (int i = 0; i < M; i++)
        u[i] = u[i] / (1 + exp(-u[i])) * (c->mlp_kind == MLP_SWIGLU ? gate[i] : 1);
    naive_linear(o, u, w + at->mlp_out, n, M);
    for (int i = 0; i < n; i++)
        x[i] += o[i];
}

static inline double naive_stable(double x)
{
    return x >= 0 ? x + 1 : 1 / (1 - x);
}

/* The loss of (a, b, =) with this target; the first largest logit into *answer unless NULL. */
static inline double naive_loss(const ModelLayout *L, const double *w, const int32_t token[NAIVE_T], int target,
                                int *answer)
{
    const ModelConfig *c = &L->config;
    const int n = c->dim;
    NaiveRows x;
    for (int t = 0; t < NAIVE_T; t++)
        for (int i = 0; i < n; i++)
            x[t][i] = w[L->embedding + (size_t)(token[t] * n + i)] + w[L->position + (size_t)(t * n + i)];
    for (int l = 0; l < c->depth; l++) {
        naive_attention(L, w, l, x);
        for (int t = 0; t < NAIVE_T; t++)
            naive_mlp(L, w, l, x[t]);
    }
    double h[NAIVE_DIM_MAX], z[NAIVE_VOCAB_MAX], top = -INFINITY, whole = 0;
    naive_rms(h, x[NAIVE_T - 1], w + L->norm_final, sqrt(n), n);
    naive_linear(z, h, w + L->head, c->vocab, n);
    for (int j = 0; j < c->vocab; j++) {
        if (z[j] > top && answer)
            *answer = j;
        top = fmax(top, z[j]);
    }
    for (int j = 0; j < c->vocab; j++)
        z[j] /= naive_way.temp;
    top /= naive_way.temp;
    for (int j = 0; j < c->vocab; j++)
        whole += naive_way.stablemax ? naive_stable(z[j]) : exp(z[j] - top);
    if (naive_way.stablemax)
        return log(whole) - log(naive_stable(z[target]));
    return log(whole) + top - z[target];
}

#endif
