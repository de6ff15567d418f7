/* The whole network: its loss against a naive one in double, its gradient against finite differences of that one, the
 * two ways to fill the table against each other, and its products against what the BLAS is really asked for. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* RTLD_NEXT */
#endif
#include "naive_net.h"
#ifdef __linux__
#include "sgemm_spy.h"
#endif

#include <lrd/lab/net.h>
#include <lrd/num/mat.h>

enum { T = MODEL_POSITIONS, TOKENS = 7, EXAMPLES = 9, SHARDS = 12 };

static const int32_t examples[EXAMPLES][T] = {{0, 1, 7}, {1, 0, 7}, {6, 6, 7}, {2, 1, 7}, {2, 3, 7},
                                              {0, 1, 7}, {5, 5, 7}, {4, 2, 7}, {3, 6, 7}};
static const int32_t targets[EXAMPLES] = {1, 1, 5, 3, 5, 4, 3, 6, 2};

typedef struct Model {
    ModelLayout layout;
    const Ops *ops;
    float *weights, *gradient; /* [parameters] */
    double loss;
    int64_t correct;
} Model;

static Model model_make(const Ops *ops, ModelConfig c, uint64_t seed)
{
    c.vocab = TOKENS + 1;
    Model m = {.layout = model_layout(&c), .ops = ops};
    m.weights = xfloats(m.layout.parameters);
    m.gradient = xfloats(m.layout.parameters);
    model_init(&m.layout, m.weights, seed);
    Rng r = rng_seed(seed + 1, RNG_WEIGHTS);
    for (int i = 0; i < m.layout.tensor_count; i++) /* gains of 1 would hide a gain that is left out */
        if (m.layout.tensors[i].role == TENSOR_GAIN)
            for (int j = 0; j < c.dim; j++)
                m.weights[m.layout.tensors[i].offset + (size_t)j] += (float)(rng_uniform(&r) - 0.5);
    return m;
}

static void model_free(Model *m)
{
    free(m->weights);
    free(m->gradient);
    model_layout_free(&m->layout);
}

/* direct: the table holds the examples' own rows; else every (token, position). */
static void fill_rows(Layer0Cache *t, int32_t *row, bool direct)
{
    t->rows = direct ? T * EXAMPLES : 2 * TOKENS + 1;
    for (int i = 0; i < T * EXAMPLES; i++) {
        const int32_t token = examples[i / T][i % T], position = i % T;
        row[i] = direct ? i : position == T - 1 ? 2 * TOKENS : token + position * TOKENS;
        t->token[row[i]] = token;
        t->position[row[i]] = position;
    }
    for (int r = 0; !direct && r < 2 * TOKENS; r++) {
        t->token[r] = r % TOKENS;
        t->position[r] = r / TOKENS;
    }
}

/* Loss and gradient of all examples, cut into this many shards and table cuts, and a shard's into passes. */
static void model_run(Model *m, bool direct, int shards, int passes)
{
    const ModelLayout *L = &m->layout;
    const Net net = {.layout = L,
                     .ops = m->ops,
                     .weights = m->weights,
                     .attention = naive_way.uniform ? ATTENTION_UNIFORM : ATTENTION_SOFTMAX,
                     .loss = naive_way.stablemax ? LOSS_STABLEMAX : LOSS_CE,
                     .temp = (float)naive_way.temp};
    Layer0Cache t = layer0_cache_new(L, T * EXAMPLES);
    NetWork w = net_work_new(L);
    NetShard shard[SHARDS];
    int32_t row[T * EXAMPLES];
    LossSum sum = {0};
    fill_rows(&t, row, direct);
    for (int i = 0; i < shards; i++)
        layer0_cache_forward(&net, &t, t.rows * i / shards, t.rows * (i + 1) / shards);
    for (int i = 0; i < shards; i++) {
        shard[i] = net_shard_new(L, T * EXAMPLES);
        for (size_t j = 0; j < shard[i].arena_floats; j++)
            shard[i].arena[j] = 5; /* of a step before */
        net_shard_clear(L, &shard[i], EXAMPLES * i / shards == EXAMPLES * (i + 1) / shards);
        for (int pass = i * passes; pass < (i + 1) * passes; pass++) {
            const int from = EXAMPLES * pass / (shards * passes), b = EXAMPLES * (pass + 1) / (shards * passes) - from;
            if (b == 0)
                continue;
            net_forward(&net, &t, &w, row + T * from, b);
            LossSum part = net_loss(&net, &w, targets + from, 1.0f / EXAMPLES, b);
            net_backward(&net, &t, &w, &shard[i], row + T * from, b);
            sum.loss += part.loss;
            sum.correct += part.correct;
        }
    }
    for (int i = 0; i < shards; i++)
        layer0_cache_backward(&net, &t, shard, shards, &shard[i], t.rows * i / shards, t.rows * (i + 1) / shards);
    memset(m->gradient, 0, L->parameters * sizeof *m->gradient);
    for (int i = 0; i < shards; i++) {
        m->ops->add(m->gradient, shard[i].gradient, L->parameters);
        net_shard_free(&shard[i]);
    }
    m->loss = sum.loss / EXAMPLES;
    m->correct = sum.correct;
    net_work_free(&w);
    layer0_cache_free(&t);
}

static double naive_mean(const ModelLayout *L, const double *w, int *correct)
{
    double sum = 0;
    int answer = -1, count = 0;
    for (int i = 0; i < EXAMPLES; i++) {
        sum += naive_loss(L, w, examples[i], targets[i], &answer);
        count += answer == targets[i];
    }
    if (correct)
        *correct = count;
    return sum / EXAMPLES;
}

/* Three random directions within each tensor. */
static void check_gradient(const Model *m)
{
    const ModelLayout *L = &m->layout;
    const double h = 1e-4;
    double *w = approx_doubles(m->weights, L->parameters);
    Rng r = rng_seed(9, RNG_WEIGHTS);
    for (int i = 0; i < 3 * L->tensor_count; i++) {
        const Tensor *t = &L->tensors[i / 3];
        const size_t n = tensor_size(t);
        double *direction = xcalloc(n, sizeof *direction), *at = w + t->offset, expected = 0, slope = 0, squares = 0;
        for (size_t j = 0; j < n; j++) {
            direction[j] = rng_normal(&r) / sqrt((double)n);
            slope += direction[j] * (double)m->gradient[t->offset + j];
            squares += (double)m->gradient[t->offset + j] * (double)m->gradient[t->offset + j];
        }
        for (int side = 1; side >= -1; side -= 2) {
            for (size_t j = 0; j < n; j++)
                at[j] = (double)m->weights[t->offset + j] + side * h * direction[j];
            expected += side * naive_mean(L, w, NULL) / (2 * h);
        }
        for (size_t j = 0; j < n; j++)
            at[j] = (double)m->weights[t->offset + j];
        if (!(fabs(slope - expected) <= 1e-5 * sqrt(squares) + 1e-8))
            fail_msg("%s: slope %.9g, expected %.9g (gradient %.3g)", t->name, slope, expected, sqrt(squares));
        free(direction);
    }
    free(w);
}

static void each_model(const Ops *ops, void (*check)(Model *m))
{
    static const ModelConfig sizes[] = {{.dim = 12, .heads = 3, .mlp = 17}, {.dim = 34, .heads = 2, .mlp = 5}};
    assert_true(net_mix(&sizes[0], 0) == NET_MIX_VALUES && net_mix(&sizes[1], 0) == NET_MIX_OUTPUTS);
    for (MlpKind mlp = 0; mlp < MLP_KIND_COUNT; mlp++)
        for (QkNorm norm = 0; norm < QK_NORM_COUNT; norm++)
            for (int depth = 1; depth <= 3; depth++)
                for (int size = 0; size < COUNT_OF(sizes); size++) {
                    ModelConfig c = sizes[size];
                    c.depth = depth;
                    c.mlp_kind = mlp;
                    c.qk_norm = norm;
                    Model m = model_make(ops, c, (uint64_t)depth);
                    check(&m);
                    model_free(&m);
                }
}

static void check_against_naive(Model *m)
{
    double *w = approx_doubles(m->weights, m->layout.parameters);
    int correct;
    model_run(m, false, 1, 1);
    assert_near(m->loss, naive_mean(&m->layout, w, &correct), 1e-6);
    assert_int_equal(m->correct, correct);
    check_gradient(m);
    free(w);
}

static void naive_agrees(const Ops *ops)
{
    static const struct NaiveWay ways[] = {
        {false, true, 1}, {false, true, 0.25}, {true, false, 1}, {false, false, 2.5}};
    each_model(ops, check_against_naive);
    for (int i = 0; i < COUNT_OF(ways); i++) {
        naive_way = ways[i];
        each_model(ops, check_against_naive);
    }
    naive_way = (struct NaiveWay){.temp = 1};
}

/* Rows of the table shared or not, shards and cuts or none, also more than there are examples, one pass or two: the
 * same gradient of every tensor. */
static void check_ways(Model *m)
{
    const ModelLayout *L = &m->layout;
    model_run(m, false, 1, 1);
    double *expected = approx_doubles(m->gradient, L->parameters), loss = m->loss;
    static const int shards[] = {1, 3, SHARDS};
    for (int way = 1; way < 4 * COUNT_OF(shards); way++) {
        model_run(m, way & 1, shards[way / 4], way & 2 ? 2 : 1);
        assert_near(m->loss, loss, 1e-6);
        for (int i = 0; i < L->tensor_count; i++)
            assert_at_most(approx_distance(m->gradient + L->tensors[i].offset, expected + L->tensors[i].offset,
                                           tensor_size(&L->tensors[i])),
                           5e-6);
    }
    free(expected);
}

static void ways_agree(const Ops *ops)
{
    each_model(ops, check_ways);
}

/* What is looked at through the table is what the pass of a step says. */
static void check_looks(Model *m)
{
    const ModelLayout *L = &m->layout;
    const size_t logits = (size_t)EXAMPLES * (size_t)L->config.vocab;
    const Net net = {.layout = L, .ops = m->ops, .weights = m->weights};
    Layer0Cache t = layer0_cache_new(L, T * EXAMPLES);
    NetWork w = net_work_new(L);
    int32_t row[T * EXAMPLES];
    fill_rows(&t, row, false);
    layer0_cache_forward(&net, &t, 0, t.rows);
    layer0_cache_look(&net, &t);
    net_forward(&net, &t, &w, row, EXAMPLES);
    double *expected = approx_doubles(w.logits, logits);
    memset(w.logits, 0, logits * sizeof *w.logits);
    net_look(&net, &t, &w, row, EXAMPLES);
    assert_true((t.ahead != NULL) == (net_mix(&L->config, 0) == NET_MIX_OUTPUTS));
    assert_at_most(approx_distance(w.logits, expected, logits), 2e-6);
    free(expected);
    net_work_free(&w);
    layer0_cache_free(&t);
}

static void looks_agree(const Ops *ops)
{
    each_model(ops, check_looks);
}

/* Odd sizes, one head, heads of width one. */
static void odd_sizes(const Ops *ops)
{
    static const int sizes[][3] = {{33, 3, 65}, {5, 1, 1}, {6, 6, 3}, {2, 1, 2}, {40, 5, 33}, {16, 1, 3}, {51, 3, 7}};
    for (int i = 0; i < COUNT_OF(sizes); i++)
        for (MlpKind mlp = 0; mlp < MLP_KIND_COUNT; mlp++) {
            const ModelConfig c = {.dim = sizes[i][0],
                                   .depth = 2,
                                   .heads = sizes[i][1],
                                   .mlp = sizes[i][2],
                                   .mlp_kind = mlp,
                                   .qk_norm = QK_NORM_RMS};
            Model m = model_make(ops, c, 4);
            check_against_naive(&m);
            model_free(&m);
        }
}

/* The arenas are as large as the memory check is told, and every array stands on a cache line. */
static void test_arenas(void **state)
{
    (void)state;
    Model m = model_make(ops_best(), (ModelConfig){.dim = 9, .depth = 3, .heads = 3, .mlp = 11}, 1);
    Layer0Cache t = layer0_cache_new(&m.layout, 5);
    NetShard shard = net_shard_new(&m.layout, 5);
    NetWork w = net_work_new(&m.layout);
    const float *arrays[] = {t.x,          t.h,          t.heads.q,    shard.gradient, shard.dx, shard.dqkv,
                             w.layer[1].x, w.layer[0].u, w.layer[2].s, w.logits,       w.dqkv};
    for (int i = 0; i < COUNT_OF(arrays); i++)
        assert_int_equal((uintptr_t)arrays[i] % 64, 0);
    assert_true((double)shard.arena_floats == net_shard_floats(&m.layout.config, 5));
    assert_true(layer0_cache_floats(&m.layout.config, 5) > 5 * 9 * 5);
    assert_true(net_work_floats(&m.layout.config) > 3.0 * T * NET_EXAMPLES_MAX * 11);
    layer0_cache_free(&t);
    net_shard_free(&shard);
    net_work_free(&w);
    model_free(&m);
}

#ifdef __linux__
static int product_order(const void *x, const void *y)
{
    const SpyCall *a = x, *b = y;
    return a->kind != b->kind ? a->kind - b->kind
           : a->m != b->m     ? a->m - b->m
           : a->n != b->n     ? a->n - b->n
                              : a->k - b->k;
}

static void check_products(Model *m)
{
    NetProduct list[2][NET_PRODUCTS_MAX];
    SpyCall told[2 * NET_PRODUCTS_MAX];
    const int counts[] = {net_products(&m->layout.config, EXAMPLES, 0, list[0]),
                          net_products(&m->layout.config, 0, 2 * TOKENS + 1, list[1])};
    int count = 0;
    for (int part = 0; part < 2; part++)
        for (int i = 0; i < counts[part]; i++)
            told[count++] = (SpyCall){list[part][i].m, list[part][i].n, list[part][i].k, list[part][i].kind};
    spy.count = 0;
    model_run(m, false, 1, 1);
    assert_int_equal(spy.count, count);
    qsort(told, (size_t)count, sizeof *told, product_order);
    qsort(spy.call, (size_t)count, sizeof *spy.call, product_order);
    for (int i = 0; i < count; i++)
        assert_int_equal(product_order(&told[i], &spy.call[i]), 0);
}
#endif

static void test_products_are_those_of_a_step(void **state)
{
    (void)state;
#ifdef __linux__
    each_model(ops_best(), check_products);
#else
    skip();
#endif
}

EACH_VERSION(naive_agrees)
EACH_VERSION(ways_agree)
EACH_VERSION(looks_agree)
EACH_VERSION(odd_sizes)

int main(void)
{
    mat_use_one_thread();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_naive_agrees), cmocka_unit_test(test_ways_agree),
        cmocka_unit_test(test_looks_agree),  cmocka_unit_test(test_odd_sizes),
        cmocka_unit_test(test_arenas),       cmocka_unit_test(test_products_are_those_of_a_step),
    };
    return cmocka_run_group_tests_name("net", tests, NULL, NULL);
}
