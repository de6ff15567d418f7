#include "naive_net.h"

#include <lrd/lab/interaction.h>
#include <lrd/num/mat.h>

enum { TOKENS = 11, DIM = 12, HEADS = 3, LAYERS = 2 };

static void naive_map(const ModelLayout *L, const double *w, int layer, int head, double out[TOKENS][TOKENS])
{
    const LayerOffsets *at = &L->layer[layer];
    double q[TOKENS][DIM], k[TOKENS][DIM];
    for (int t = 0; t < TOKENS; t++) {
        double h[DIM];
        naive_rms(h, w + L->embedding + t * DIM, w + at->norm1, sqrt(DIM), DIM);
        naive_linear(q[t], h, w + at->q, DIM, DIM);
        naive_linear(k[t], h, w + at->k, DIM, DIM);
        naive_qk_norm(&L->config, q[t], w + at->q_norm);
        naive_qk_norm(&L->config, k[t], w + at->k_norm);
    }
    const int D = DIM / HEADS;
    for (int i = 0; i < TOKENS; i++) {
        double sum = 0;
        for (int j = 0; j < TOKENS; j++) {
            double score = 0;
            for (int d = head * D; d < head * D + D; d++)
                score += q[i][d] * k[j][d];
            sum += out[i][j] = exp(score / sqrt(D));
        }
        for (int j = 0; j < TOKENS; j++)
            out[i][j] *= TOKENS / sum;
    }
}

static void test_map_against_naive(void **state)
{
    (void)state;
    for (int norm = 0; norm < QK_NORM_COUNT; norm++)
        for (int layer = 0; layer < LAYERS; layer++) {
            ModelConfig c = {TOKENS + 1, DIM, LAYERS, HEADS, 8, MLP_SILU, (QkNorm)norm};
            ModelLayout L = model_layout(&c);
            float *weights = xfloats(L.parameters), out[HEADS][TOKENS][TOKENS];
            model_init(&L, weights, 5);
            Net net = {.layout = &L, .ops = ops_best(), .weights = weights};
            interaction_map(&net, layer, TOKENS, HEADS, TOKENS, &out[0][0][0]);
            double *w = approx_doubles(weights, L.parameters), meant[TOKENS][TOKENS];
            for (int head = 0; head < HEADS; head++) {
                naive_map(&L, w, layer, head, meant);
                for (int i = 0; i < TOKENS; i++)
                    for (int j = 0; j < TOKENS; j++)
                        assert_near((double)out[head][i][j], meant[i][j], 1e-4 * (1 + meant[i][j]));
            }
            free(w);
            free(weights);
            model_layout_free(&L);
        }
}

/* A smaller map holds the means of blocks: with every block of one size its mean stays 1. */
static void test_blocks_are_means(void **state)
{
    (void)state;
    enum { SIDE = 4 };
    ModelConfig c = {TOKENS + 1, DIM, 1, HEADS, 8, MLP_SILU, QK_NORM_RMS};
    ModelLayout L = model_layout(&c);
    float *weights = xfloats(L.parameters), whole[TOKENS][TOKENS], small[SIDE][SIDE];
    model_init(&L, weights, 6);
    Net net = {.layout = &L, .ops = ops_best(), .weights = weights};
    interaction_map(&net, 0, TOKENS, 1, TOKENS, &whole[0][0]);
    interaction_map(&net, 0, TOKENS, 1, SIDE, &small[0][0]);
    double sum[SIDE][SIDE] = {{0}}, count[SIDE][SIDE] = {{0}};
    for (int i = 0; i < TOKENS; i++)
        for (int j = 0; j < TOKENS; j++) {
            sum[i * SIDE / TOKENS][j * SIDE / TOKENS] += (double)whole[i][j];
            count[i * SIDE / TOKENS][j * SIDE / TOKENS]++;
        }
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++)
            assert_near((double)small[i][j], sum[i][j] / count[i][j], 1e-4);
    free(weights);
    model_layout_free(&L);
}

int main(void)
{
    mat_use_one_thread();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_map_against_naive),
        cmocka_unit_test(test_blocks_are_means),
    };
    return cmocka_run_group_tests_name("lab/interaction", tests, NULL, NULL);
}
