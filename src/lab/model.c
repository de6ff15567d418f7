#include <lrd/lab/model.h>

#include <lrd/base/rng.h>
#include <lrd/base/util.h>

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* At most 4 tensors outside the layers and 12 in each. */
enum { TENSORS_MAX = 4 + 12 * MODEL_DEPTH_MAX };

static size_t add_tensor(ModelLayout *L, TensorRole role, int layer, int rows, int cols, const char *name)
{
    assert(L->tensor_count < TENSORS_MAX);
    Tensor *t = &L->tensors[L->tensor_count++];
    *t = (Tensor){.role = role, .layer = layer, .rows = rows, .cols = cols, .offset = L->parameters};
    if (layer < 0)
        snprintf(t->name, sizeof t->name, "%s", name);
    else
        snprintf(t->name, sizeof t->name, "layers.%d.%s", layer, name);
    L->parameters += tensor_size(t);
    return t->offset;
}

static void add_layer(ModelLayout *L, int layer)
{
    const ModelConfig *c = &L->config;
    LayerOffsets *at = &L->layer[layer];
    const int D = c->dim, M = c->mlp;
    at->norm1 = add_tensor(L, TENSOR_GAIN, layer, 1, D, "norm1.g");
    at->q = add_tensor(L, TENSOR_Q, layer, D, D, "attn.q_proj.weight");
    at->k = add_tensor(L, TENSOR_K, layer, D, D, "attn.k_proj.weight");
    at->v = add_tensor(L, TENSOR_V, layer, D, D, "attn.v_proj.weight");
    at->o = add_tensor(L, TENSOR_O, layer, D, D, "attn.o_proj.weight");
    if (c->qk_norm == QK_NORM_RMS) {
        at->q_norm = add_tensor(L, TENSOR_GAIN, layer, 1, D, "attn.q_norm.g");
        at->k_norm = add_tensor(L, TENSOR_GAIN, layer, 1, D, "attn.k_norm.g");
    }
    at->norm2 = add_tensor(L, TENSOR_GAIN, layer, 1, D, "norm2.g");
    if (c->mlp_kind == MLP_SILU) {
        at->mlp_in = add_tensor(L, TENSOR_MLP, layer, M, D, "mlp.0.weight");
        at->mlp_out = add_tensor(L, TENSOR_MLP, layer, D, M, "mlp.2.weight");
    } else {
        at->mlp_in = add_tensor(L, TENSOR_MLP, layer, M, D, "mlp.w1.weight");
        add_tensor(L, TENSOR_MLP, layer, M, D, "mlp.w2.weight");
        at->mlp_out = add_tensor(L, TENSOR_MLP, layer, D, M, "mlp.w3.weight");
    }
}

ModelLayout model_layout(const ModelConfig *config)
{
    assert(config->depth <= MODEL_DEPTH_MAX && config->dim % config->heads == 0);
    ModelLayout L = {.config = *config, .tensors = xcalloc(TENSORS_MAX, sizeof *L.tensors)};
    L.embedding = add_tensor(&L, TENSOR_EMBEDDING, -1, config->vocab, config->dim, "embedding.weight");
    L.position = add_tensor(&L, TENSOR_POSITION, -1, MODEL_POSITIONS, config->dim, "pos_embedding");
    for (int l = 0; l < config->depth; l++)
        add_layer(&L, l);
    L.norm_final = add_tensor(&L, TENSOR_GAIN, -1, 1, config->dim, "norm_final.g");
    L.head = add_tensor(&L, TENSOR_HEAD, -1, config->vocab, config->dim, "lm_head.weight");
    return L;
}

void model_layout_free(ModelLayout *layout)
{
    free(layout->tensors);
    *layout = (ModelLayout){0};
}

int model_tensor_find(const ModelLayout *layout, const char *name)
{
    for (int i = 0; i < layout->tensor_count; i++)
        if (strcmp(layout->tensors[i].name, name) == 0)
            return i;
    return -1;
}

int model_mlp_width(const ModelConfig *c)
{
    return c->mlp_kind == MLP_SILU ? c->mlp : 2 * c->mlp;
}

int64_t model_parameter_count(const ModelConfig *c)
{
    double D = c->dim, mlp = (double)model_mlp_width(c) + c->mlp, gains = c->qk_norm == QK_NORM_RMS ? 4 : 2;
    double count = 2.0 * c->vocab * D + MODEL_POSITIONS * D + D + c->depth * (4 * D * D + mlp * D + gains * D);
    return count < 9e18 ? (int64_t)count : INT64_MAX;
}

static bool starts_normal(const Tensor *t, double *deviation)
{
    *deviation = t->role == TENSOR_POSITION ? 0.02 : 1.0;
    return t->role == TENSOR_POSITION || t->role == TENSOR_EMBEDDING;
}

void model_init(const ModelLayout *layout, float *weights, uint64_t seed)
{
    Rng rng = rng_seed(seed, RNG_WEIGHTS);
    for (int i = 0; i < layout->tensor_count; i++) {
        const Tensor *t = &layout->tensors[i];
        float *w = weights + t->offset;
        const double bound = 1.0 / sqrt(t->cols);
        double deviation;
        bool normal = starts_normal(t, &deviation);
        for (size_t j = 0; j < tensor_size(t); j++) {
            if (t->role == TENSOR_GAIN)
                w[j] = 1.0f;
            else if (normal)
                w[j] = (float)(deviation * rng_normal(&rng));
            else
                w[j] = (float)(bound * (2.0 * rng_uniform(&rng) - 1.0));
        }
    }
}
