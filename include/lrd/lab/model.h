/* lab/model: the shape of the Transformer, its table of tensors and its first weights.
 *
 * All weights live in one flat arena of float32, tensor after tensor in the order of the table,
 * without gaps; gradients and Adam's moments are arenas of the same layout. Names are the
 * reference's PyTorch state-dict names. Every matrix computes y = x W^T.
 *
 * Ownership: model_layout_free gives back the table. Threads: a built layout is read-only.
 * Source: Li (arXiv 2606.04405). */
#ifndef LRD_LAB_MODEL_H
#define LRD_LAB_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MODEL_POSITIONS = 3, MODEL_DEPTH_MAX = 16, TENSOR_NAME_MAX = 40 };

typedef enum MlpKind { MLP_SILU, MLP_SWIGLU, MLP_KIND_COUNT } MlpKind;
typedef enum QkNorm { QK_NORM_RMS, QK_NORM_HEAD, QK_NORM_OFF, QK_NORM_COUNT } QkNorm;

typedef struct ModelConfig {
    int vocab; /* V: tokens and '=' */
    int dim, depth, heads, mlp;
    MlpKind mlp_kind;
    QkNorm qk_norm;
} ModelConfig;

/* What a tensor is, for decay targets and the Q/K measures. */
typedef enum TensorRole {
    TENSOR_EMBEDDING,
    TENSOR_POSITION,
    TENSOR_GAIN,
    TENSOR_Q,
    TENSOR_K,
    TENSOR_V,
    TENSOR_O,
    TENSOR_MLP,
    TENSOR_HEAD,
} TensorRole;

typedef struct Tensor {
    char name[TENSOR_NAME_MAX];
    TensorRole role;
    int layer;      /* -1 outside the layers */
    int rows, cols; /* a gain is rows = 1 and one-dimensional in files */
    size_t offset;  /* in floats, into an arena */
} Tensor;

static inline size_t tensor_size(const Tensor *t)
{
    return (size_t)t->rows * (size_t)t->cols;
}
static inline bool tensor_is_matrix(const Tensor *t)
{
    return t->role != TENSOR_GAIN;
}

/* Where one layer's tensors start, in floats into an arena. Q, K, V follow each other, and so do
 * swiglu's w1 and w2: one product serves them together. */
typedef struct LayerOffsets {
    size_t norm1, q, k, v, o, q_norm, k_norm, norm2, mlp_in, mlp_out; /* q_norm, k_norm: rms only */
} LayerOffsets;

typedef struct ModelLayout {
    ModelConfig config;
    int tensor_count;
    Tensor *tensors;
    size_t parameters;
    size_t embedding, position, norm_final, head;
    LayerOffsets layer[MODEL_DEPTH_MAX];
} ModelLayout;

/* config was checked (dim divisible by heads, depth <= 16, ...). */
ModelLayout model_layout(const ModelConfig *config);
void model_layout_free(ModelLayout *layout);
/* Index of a tensor by name, or -1. */
int model_tensor_find(const ModelLayout *layout, const char *name);

/* What the first product of an MLP has for each row: mlp, or for swiglu both halves. */
int model_mlp_width(const ModelConfig *config);
/* The number of parameters without building the table; saturates at INT64_MAX. */
int64_t model_parameter_count(const ModelConfig *config);

/* First weights: embedding N(0,1), positions 0.02 N(0,1), linear layers uniform in +-1/sqrt(fan_in), gains 1. */
void model_init(const ModelLayout *layout, float *weights, uint64_t seed);

#endif
