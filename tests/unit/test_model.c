/* The table of tensors and the first weights. */
#include "approx.h"

#include <lrd/lab/model.h>
#include <lrd/num/linalg.h>

#include <stdio.h>

/* Calls check for every MLP kind, Q/K normalisation and some depths. */
static void each_config(void (*check)(const ModelConfig *c))
{
    static const int depths[] = {1, 2, MODEL_DEPTH_MAX};
    for (MlpKind mlp = 0; mlp < MLP_KIND_COUNT; mlp++)
        for (QkNorm norm = 0; norm < QK_NORM_COUNT; norm++)
            for (int i = 0; i < COUNT_OF(depths); i++) {
                const ModelConfig c = {.vocab = 14,
                                       .dim = 12,
                                       .depth = depths[i],
                                       .heads = 3,
                                       .mlp = 20,
                                       .mlp_kind = mlp,
                                       .qk_norm = norm};
                check(&c);
            }
}

static void check_layout(const ModelConfig *c)
{
    ModelLayout L = model_layout(c);
    size_t at = 0;
    for (int i = 0; i < L.tensor_count; i++) {
        const Tensor *t = &L.tensors[i];
        assert_true(t->offset == at); /* without gaps, in the order of the table */
        at += tensor_size(t);
        assert_int_equal(model_tensor_find(&L, t->name), i);
        assert_true(t->layer >= -1 && t->layer < c->depth);
        assert_true(tensor_is_matrix(t) == (t->role != TENSOR_GAIN));
        assert_true(tensor_is_matrix(t) || t->rows == 1);
    }
    assert_true(L.parameters == at);
    assert_int_equal(model_parameter_count(c), at);
    assert_int_equal(model_tensor_find(&L, "lm_head"), -1);
    model_layout_free(&L);
    assert_null(L.tensors);
}

static size_t offset_of(const ModelLayout *L, int layer, const char *name)
{
    char full[80];
    snprintf(full, sizeof full, layer < 0 ? "%.0d%s" : "layers.%d.%s", layer < 0 ? 0 : layer, name);
    int i = model_tensor_find(L, full);
    if (i < 0)
        fail_msg("there is no %s", full);
    return L->tensors[i].offset;
}

static void check_offsets(const ModelConfig *c)
{
    ModelLayout L = model_layout(c);
    const size_t square = (size_t)(c->dim * c->dim);
    assert_true(L.embedding == offset_of(&L, -1, "embedding.weight"));
    assert_true(L.position == offset_of(&L, -1, "pos_embedding"));
    assert_true(L.norm_final == offset_of(&L, -1, "norm_final.g"));
    assert_true(L.head == offset_of(&L, -1, "lm_head.weight"));
    for (int l = 0; l < c->depth; l++) {
        const LayerOffsets *at = &L.layer[l];
        assert_true(at->norm1 == offset_of(&L, l, "norm1.g"));
        assert_true(at->norm2 == offset_of(&L, l, "norm2.g"));
        assert_true(at->q == offset_of(&L, l, "attn.q_proj.weight"));
        assert_true(at->k == at->q + square && at->k == offset_of(&L, l, "attn.k_proj.weight"));
        assert_true(at->v == at->k + square && at->v == offset_of(&L, l, "attn.v_proj.weight"));
        assert_true(at->o == offset_of(&L, l, "attn.o_proj.weight"));
        if (c->qk_norm == QK_NORM_RMS) {
            assert_true(at->q_norm == offset_of(&L, l, "attn.q_norm.g"));
            assert_true(at->k_norm == offset_of(&L, l, "attn.k_norm.g"));
        }
        const bool silu = c->mlp_kind == MLP_SILU;
        assert_true(at->mlp_in == offset_of(&L, l, silu ? "mlp.0.weight" : "mlp.w1.weight"));
        assert_true(at->mlp_out == offset_of(&L, l, silu ? "mlp.2.weight" : "mlp.w3.weight"));
        if (!silu)
            assert_true(offset_of(&L, l, "mlp.w2.weight") == at->mlp_in + (size_t)(c->mlp * c->dim));
    }
    model_layout_free(&L);
}

static void test_layout(void **state)
{
    (void)state;
    each_config(check_layout);
    each_config(check_offsets);
}

/* The reference's model, counted by hand: 2 (114 128) + 3 128 + 128 + 2 (4 128^2 + 2 128 512 + 4 128). */
static void test_parameter_count(void **state)
{
    (void)state;
    ModelConfig c = {.vocab = 114, .dim = 128, .depth = 2, .heads = 4, .mlp = 512};
    assert_int_equal(model_parameter_count(&c), 423936);
    c.dim = c.mlp = INT32_MAX;
    c.depth = MODEL_DEPTH_MAX;
    assert_true(model_parameter_count(&c) == INT64_MAX);
}

/* ---- First weights */

static void moments(const float *w, size_t n, double *deviation, double *largest)
{
    double squares = 0;
    *largest = 0;
    for (size_t i = 0; i < n; i++) {
        squares += (double)w[i] * (double)w[i];
        *largest = fmax(*largest, fabs((double)w[i]));
    }
    *deviation = sqrt(squares / (double)n);
}

static void test_first_weights(void **state)
{
    (void)state;
    const ModelConfig c = {.vocab = 114, .dim = 64, .depth = 2, .heads = 4, .mlp = 200, .mlp_kind = MLP_SWIGLU};
    ModelLayout L = model_layout(&c);
    float *w = xfloats(L.parameters), *again = xfloats(L.parameters);
    model_init(&L, w, 5);
    model_init(&L, again, 5);
    assert_memory_equal(w, again, L.parameters * sizeof *w);
    model_init(&L, again, 6);
    for (int i = 0; i < L.tensor_count; i++) {
        const Tensor *t = &L.tensors[i];
        const size_t n = tensor_size(t);
        double deviation, largest, bound = 1 / sqrt(t->cols);
        moments(w + t->offset, n, &deviation, &largest);
        assert_true(linalg_is_finite(w + t->offset, n));
        if (t->role == TENSOR_GAIN) {
            assert_true(deviation == 1 && largest == 1);
            continue;
        }
        assert_memory_not_equal(w + t->offset, again + t->offset, n * sizeof *w);
        double expected = t->role == TENSOR_EMBEDDING ? 1 : t->role == TENSOR_POSITION ? 0.02 : bound / sqrt(3);
        assert_near(deviation / expected, 1, 4 / sqrt((double)n));
        if (t->role != TENSOR_EMBEDDING && t->role != TENSOR_POSITION)
            assert_true(largest <= bound * (1 + 1e-7) && largest > 0.98 * bound);
        else
            assert_true(largest > 2 * expected);
    }
    free(w), free(again);
    model_layout_free(&L);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_parameter_count),
        cmocka_unit_test(test_first_weights),
    };
    return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
