/* Attention, cross-entropy, sums and AdamW against naive ones in double, the backward against finite differences, in
 * every compiled version; and that no operation hides a NaN or an infinity. */
#include "approx.h"

#include <lrd/lab/net.h>

enum { T = 3 };

/* ---- Attention */

enum { EXAMPLES = 4, ROWS_MAX = 16, ATTENTION_DIM_MAX = 128 };

typedef enum Wanted { WANT_Q, WANT_K, WANT_V } Wanted;

/* attention and mix together: two halves of one function. */
typedef struct Attention {
    AttentionShape shape;
    MixShape mix;
    const double *q, *k, *v, *c;
    Wanted of; /* which of the three the scalar is a function of */
} Attention;

static int row_at(const int32_t *rows, int i)
{
    return rows ? rows[i] : i;
}

/* What head h of query i of example b sees, into out [mix.width]; p [3] */
static void naive_attention(const Attention *a, int b, int i, int h, double *p, double *out)
{
    const AttentionShape *s = &a->shape;
    const MixShape *m = &a->mix;
    const int D = s->width;
    const double *q = a->q + row_at(s->query_row, b * s->queries + i) * s->ldq + h * D;
    double whole = 0;
    for (int j = 0; j < T; j++) {
        const double *k = a->k + row_at(s->key_row, b * T + j) * s->ldk + h * D;
        double score = 0;
        for (int d = 0; d < D; d++)
            score += q[d] * k[d];
        whole += p[j] = exp(score / sqrt(D));
    }
    for (int d = 0; d < m->width; d++)
        out[d] = 0;
    for (int j = 0; j < T; j++) {
        const double *v = a->v + row_at(m->row, b * T + j) * m->ldv + h * m->v_head;
        p[j] /= whole;
        for (int d = 0; d < m->width; d++)
            out[d] += p[j] * v[d];
    }
}

/* Where that stands in y. */
static int y_at(const MixShape *m, int b, int i, int h)
{
    return (b * m->queries + i) * m->ldy + h * m->y_head;
}

static double attention_scalar(const void *context, const double *x)
{
    Attention a = *(const Attention *)context;
    *(a.of == WANT_Q ? &a.q : a.of == WANT_K ? &a.k : &a.v) = x;
    const AttentionShape *s = &a.shape;
    double sum = 0, p[T], out[ATTENTION_DIM_MAX];
    for (int b = 0; b < s->examples; b++)
        for (int i = 0; i < s->queries; i++)
            for (int h = 0; h < s->heads; h++) {
                naive_attention(&a, b, i, h, p, out);
                for (int d = 0; d < a.mix.width; d++)
                    sum += a.c[y_at(&a.mix, b, i, h) + d] * out[d];
            }
    return sum;
}

enum { FLOATS = ROWS_MAX * (ATTENTION_DIM_MAX + 1) };

/* before: what stood in y, to which heads that are summed up are added. */
static void check_attention_forward(const Attention *a, const float *y, const float *before, const float *p)
{
    const AttentionShape *s = &a->shape;
    double share[T], out[ATTENTION_DIM_MAX], expected[FLOATS];
    for (int i = 0; i < FLOATS; i++)
        expected[i] = a->mix.y_head ? 0 : (double)before[i];
    for (int b = 0; b < s->examples; b++)
        for (int i = 0; i < s->queries; i++)
            for (int h = 0; h < s->heads; h++) {
                naive_attention(a, b, i, h, share, out);
                for (int d = 0; d < a->mix.width; d++)
                    expected[y_at(&a->mix, b, i, h) + d] += out[d];
                for (int j = 0; j < T; j++)
                    assert_near((double)p[((b * s->heads + h) * s->queries + i) * T + j], share[j], 1e-6);
            }
    for (int b = 0; b < s->examples; b++)
        for (int i = 0; i < s->queries; i++)
            for (int h = 0; h < s->heads; h++)
                for (int d = 0; d < a->mix.width; d++)
                    assert_near((double)y[y_at(&a->mix, b, i, h) + d], expected[y_at(&a->mix, b, i, h) + d], 2e-6);
}

/* The backward against finite differences, and that it adds where rows are read by an index, else replaces. */
static void check_attention_backward(const Ops *ops, Attention *a, const float *dy, const float *p,
                                     const float *const input[3])
{
    float dq[FLOATS] = {0}, dk[FLOATS] = {0}, dv[FLOATS] = {0}, dp[FLOATS], once[3][FLOATS];
    const double times = a->shape.key_row ? 2 : 1;
    ops->mix_backward(dv, dp, dy, p, input[2], &a->mix);
    ops->attention_backward(dq, dk, dp, p, input[0], input[1], &a->shape);
    const float *gradient[] = {dq, dk, dv};
    const int ld[] = {a->shape.ldq, a->shape.ldk, a->mix.ldv};
    for (int i = 0; i < 3; i++) {
        a->of = (Wanted)i;
        assert_at_most(
            approx_gradient_error(gradient[i], attention_scalar, a, input[i], (size_t)(EXAMPLES * T * ld[i])), 3e-6);
    }
    for (int i = 0; i < 3; i++)
        memcpy(once[i], gradient[i], sizeof once[i]);
    ops->mix_backward(dv, dp, dy, p, input[2], &a->mix);
    ops->attention_backward(dq, dk, dp, p, input[0], input[1], &a->shape);
    for (int i = 0; i < 3 * FLOATS; i++)
        assert_near((double)gradient[i / FLOATS][i % FLOATS], times * (double)once[i / FLOATS][i % FLOATS], 1e-5);
}

/* The three ways of net.h to lay out what is mixed. */
static MixShape mix_shape(NetMix way, int queries, int heads, int width, const int32_t *row)
{
    const int dim = heads * width;
    MixShape m = {.examples = EXAMPLES, .queries = queries, .heads = heads, .width = width, .row = row};
    m.v_head = way == NET_MIX_INPUTS ? 0 : width;
    m.ldv = way == NET_MIX_INPUTS ? width + 1 : dim + 1;
    m.y_head = way == NET_MIX_OUTPUTS ? 0 : width;
    m.ldy = way == NET_MIX_OUTPUTS ? width : dim;
    return m;
}

static void check_attention(const Ops *ops, int queries, int heads, int width, bool gathered, NetMix way, Rng *r)
{
    static const int32_t key_row[EXAMPLES * T] = {0, 7, 11, 5, 7, 11, 0, 0, 11, 3, 8, 11}, last[] = {11, 11, 11, 11};
    const int ld = heads * width + 1;
    float q[FLOATS], k[FLOATS], v[FLOATS], dy[FLOATS], y[FLOATS], before[FLOATS], p[FLOATS];
    approx_fill(r, q, FLOATS, 1.5);
    approx_fill(r, k, FLOATS, 1.5);
    approx_fill(r, v, FLOATS, 1);
    approx_fill(r, dy, FLOATS, 1);
    approx_fill(r, before, FLOATS, 1);
    memcpy(y, before, sizeof y);
    Attention a = {.shape = {.examples = EXAMPLES,
                             .queries = queries,
                             .heads = heads,
                             .width = width,
                             .ldq = ld,
                             .ldk = ld,
                             .ldd_q = ld,
                             .ldd_k = ld,
                             .query_row = !gathered      ? NULL
                                          : queries == T ? key_row
                                                         : last,
                             .key_row = gathered ? key_row : NULL},
                   .mix = mix_shape(way, queries, heads, width, gathered ? key_row : NULL),
                   .q = approx_doubles(q, FLOATS),
                   .k = approx_doubles(k, FLOATS),
                   .v = approx_doubles(v, FLOATS),
                   .c = approx_doubles(dy, FLOATS)};
    ops->attention_forward(p, q, k, &a.shape);
    ops->mix_forward(y, p, v, &a.mix);
    check_attention_forward(&a, y, before, p);
    check_attention_backward(ops, &a, dy, p, (const float *[]){q, k, v});
    free((void *)(uintptr_t)a.q), free((void *)(uintptr_t)a.k), free((void *)(uintptr_t)a.v),
        free((void *)(uintptr_t)a.c);
}

static void attention_is_right(const Ops *ops)
{
    static const int shapes[][2] = {{1, 1}, {2, 3}, {4, 8}, {3, 11}, {1, 33}, {2, 32}, {4, 16}, {1, 64}, {1, 128}};
    Rng r = rng_seed(7, RNG_WEIGHTS);
    for (int i = 0; i < COUNT_OF(shapes); i++)
        for (int gathered = 0; gathered < 2; gathered++)
            for (int queries = 1; queries <= T; queries += T - 1)
                for (NetMix way = NET_MIX_VALUES; way <= NET_MIX_INPUTS; way++)
                    check_attention(ops, queries, shapes[i][0], shapes[i][1], gathered, way, &r);
}
/* ---- Cross-entropy */

enum { LOSS_ROWS = 5, LOSS_CLASSES_MAX = 131 };

typedef struct Loss {
    const int32_t *target;
    int V;
} Loss;

static double loss_scalar(const void *context, const double *z)
{
    const Loss *s = context;
    double sum = 0;
    for (int r = 0; r < LOSS_ROWS; r++, z += s->V) {
        double top = z[0], whole = 0;
        for (int j = 0; j < s->V; j++)
            top = fmax(top, z[j]);
        for (int j = 0; j < s->V; j++)
            whole += exp(z[j] - top);
        sum += log(whole) + top - z[s->target[r]];
    }
    return sum;
}

static void check_cross_entropy(const Ops *ops, int V, Rng *r)
{
    float z[LOSS_ROWS * LOSS_CLASSES_MAX], kept[LOSS_ROWS * LOSS_CLASSES_MAX];
    int32_t target[LOSS_ROWS];
    const size_t n = (size_t)(LOSS_ROWS * V);
    int correct = 0;
    approx_fill(r, z, n, 4);
    for (int i = 0; i < LOSS_ROWS; i++) {
        target[i] = (int32_t)rng_below(r, (uint64_t)V);
        if (i % 2)
            z[i * V + target[i]] = 6;
        int best = 0;
        for (int j = 1; j < V; j++)
            best = z[i * V + j] > z[i * V + best] ? j : best;
        correct += best == target[i];
    }
    memcpy(kept, z, sizeof kept);
    const Loss s = {target, V};
    double *zd = approx_doubles(kept, n), expected = loss_scalar(&s, zd);
    LossSum without = ops->cross_entropy(z, target, 0.0f, LOSS_ROWS, V);
    memcpy(z, kept, sizeof z);
    LossSum sum = ops->cross_entropy(z, target, 1.0f, LOSS_ROWS, V);
    assert_near(sum.loss, expected, 2e-6 * expected);
    assert_true(without.loss == sum.loss && without.correct == sum.correct);
    assert_int_equal(sum.correct, correct);
    assert_at_most(approx_gradient_error(z, loss_scalar, &s, kept, n), 2e-6);
    float half[LOSS_ROWS * LOSS_CLASSES_MAX];
    memcpy(half, kept, sizeof half);
    ops->cross_entropy(half, target, 0.5f, LOSS_ROWS, V);
    for (size_t i = 0; i < n; i++)
        assert_near((double)half[i], 0.5 * (double)z[i], 1e-7);
    free(zd);
}

static void cross_entropy_is_right(const Ops *ops)
{
    static const int classes[] = {2, 3, 7, 16, 33, 98, 114, 131};
    Rng r = rng_seed(8, RNG_WEIGHTS);
    for (int i = 0; i < COUNT_OF(classes); i++)
        check_cross_entropy(ops, classes[i], &r);
}

/* Softmax collapse: float32 loses the loss from a margin of 22 on; the sum in double must not. */
static void cross_entropy_keeps_small_losses(const Ops *ops)
{
    enum { V = 97 };
    for (int margin = 1; margin < 80; margin++) {
        float z[V] = {0};
        const int32_t target = 40;
        z[target] = (float)margin;
        LossSum sum = ops->cross_entropy(z, &target, 1.0f, 1, V);
        const double others = (V - 1) * exp(-margin), loss = log1p(others);
        assert_near(sum.loss, loss, 1e-6 * loss);
        assert_int_equal(sum.zero, others < 0x1p-24);
        assert_near((double)z[target], -others / (1 + others), 1e-6 * others);
        assert_near((double)z[0], exp(-margin) / (1 + others), 1e-6 * exp(-margin));
        assert_int_equal(sum.correct, 1);
    }
    for (int margin = 1; margin < 2000; margin += 50) { /* the target far below the best */
        float z[V] = {0};
        const int32_t target = 3;
        z[target] = (float)-margin;
        LossSum sum = ops->cross_entropy(z, &target, 1.0f, 1, V);
        assert_near(sum.loss, margin + log(V - 1 + exp(-margin)), 1e-6 * margin);
        assert_int_equal(sum.zero + sum.correct, 0);
    }
}

static void cross_entropy_takes_the_first_of_equals(const Ops *ops)
{
    enum { V = 50 };
    for (int first = 0; first < V; first++)
        for (int32_t target = 0; target < V; target += 7) {
            float z[V] = {0};
            z[first] = z[V - 1] = 1;
            z[V - 1 - first / 2] = 1;
            int best = 0;
            while (z[best] != 1)
                best++;
            assert_int_equal(ops->cross_entropy(z, &target, 0.0f, 1, V).correct, best == target);
        }
}
/* ---- Sums and AdamW */

static void sum_shards_keeps_the_order(const Ops *ops)
{
    enum { SHARDS = 5, N = 1500, FROM = 37, COUNT = 1111 };
    Rng r = rng_seed(9, RNG_WEIGHTS);
    float *shard[SHARDS], expected[N];
    for (int l = 0; l < SHARDS; l++)
        shard[l] = approx_random(&r, N, 1);
    double squares = 0;
    for (int i = 0; i < N; i++) {
        volatile float sum = shard[0][i]; /* rounded after every addition */
        for (int l = 1; l < SHARDS && i >= FROM && i < FROM + COUNT; l++)
            sum = sum + shard[l][i];
        expected[i] = sum;
        squares += i >= FROM && i < FROM + COUNT ? (double)sum * (double)sum : 0;
    }
    assert_near(ops->sum_shards(shard[0], shard, SHARDS, FROM, COUNT), squares, 1e-10 * squares);
    assert_memory_equal(shard[0], expected, sizeof expected);
    float sum[3] = {1, 2, 3}, more[3] = {.5f, .25f, -3};
    ops->add(sum, more, 3);
    assert_true(sum[0] == 1.5f && sum[1] == 2.25f && sum[2] == 0.0f);
    for (int l = 0; l < SHARDS; l++)
        free(shard[l]);
}

/* PyTorch's AdamW in double, over several steps. */
static void adamw_is_pytorchs(const Ops *ops)
{
    enum { N = 100, STEPS = 50 };
    const double lr = 0.01, wd = 0.3, b1 = 0.9, b2 = 0.999;
    Rng r = rng_seed(10, RNG_WEIGHTS);
    float W[N], g[N], m[N] = {0}, v[N] = {0};
    approx_fill(&r, W, N, 1);
    double *w = approx_doubles(W, N), md[N] = {0}, vd[N] = {0};
    for (int t = 1; t <= STEPS; t++) {
        approx_fill(&r, g, N, t % 2 ? 1e-3 : 1);
        g[0] = 0; /* never moved by a gradient */
        const AdamwStep step = {.rate = (float)(lr / (1 - pow(b1, t))),
                                .root_correction = (float)(1 / sqrt(1 - pow(b2, t))),
                                .shrink = (float)(1 - lr * wd),
                                .beta1 = (float)b1,
                                .gain1 = (float)(1 - b1),
                                .beta2 = (float)b2,
                                .gain2 = (float)(1 - b2),
                                .eps = 1e-8f,
                                .gradient_scale = 0.5f};
        ops->adamw(W, m, v, g, &step, N);
        for (int i = 0; i < N; i++) {
            double d = 0.5 * (double)g[i];
            w[i] *= 1 - lr * wd;
            md[i] = b1 * md[i] + (1 - b1) * d;
            vd[i] = b2 * vd[i] + (1 - b2) * d * d;
            w[i] -= lr / (1 - pow(b1, t)) * md[i] / (sqrt(vd[i] / (1 - pow(b2, t))) + 1e-8);
        }
    }
    assert_at_most(approx_distance(W, w, N), 2e-6);
    assert_at_most(approx_distance(m, md, N), 2e-6);
    assert_at_most(approx_distance(v, vd, N), 5e-6);
    free(w);
}
/* ---- Nothing hides a NaN or an infinity */

static bool is_finite(double x)
{
    return isfinite(x);
}

static bool all_finite(const float *x, int n)
{
    for (int i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return false;
    return true;
}

static void poison_comes_out(const Ops *ops, float poison, int place)
{
    enum { N = 40 };
    Rng r = rng_seed(11, RNG_WEIGHTS);
    float x[N], y[N], g[N], other[N], inv[2];
    approx_fill(&r, x, N, 1);
    approx_fill(&r, g, N, 1);
    approx_fill(&r, other, N, 1);
    x[place] = poison;
    ops->rmsnorm_forward(y, N, inv, x, N, g, 1, 1, N);
    assert_false(all_finite(y, N));
    ops->rmsnorm_forward(y, N, inv, other, N, x, 1, 1, N); /* a gain */
    assert_false(all_finite(y, N));
    memset(y, 0, sizeof y);
    float dg[N] = {0};
    ops->rmsnorm_backward(y, N, dg, x, N, other, N, inv, g, 1, 1, N);
    assert_false(all_finite(y, N));
    memcpy(y, x, sizeof y);
    ops->silu_forward(other, y, N);
    assert_false(all_finite(other, N));
    approx_fill(&r, other, N, 1);
    memcpy(y, x, sizeof y);
    ops->silu_backward(y, other, N);
    assert_false(all_finite(y, N));
    memcpy(y, x, sizeof y);
    ops->swiglu_forward(other, y, 1, N / 2);
    assert_false(all_finite(other, N / 2));
    approx_fill(&r, other, N, 1);
    memcpy(y, x, sizeof y);
    int32_t target = (place + 1) % N; /* the poisoned logit is another's */
    assert_false(is_finite(ops->cross_entropy(y, &target, 1, 1, N).loss));
    assert_false(all_finite(y, N));
    memcpy(y, x, sizeof y);
    target = place;
    assert_false(is_finite(ops->cross_entropy(y, &target, 1, 1, N).loss));
    float m[N] = {0}, v[N] = {0};
    const AdamwStep step = {1, 1, 1, .9f, .1f, .999f, .001f, 1e-8f, 1};
    ops->adamw(other, m, v, x, &step, N);
    assert_false(all_finite(other, N));
    float *shard[] = {x};
    assert_false(is_finite(ops->sum_shards(y, shard, 1, 0, N)));
}

static void attention_shows_poison(const Ops *ops, float poison)
{
    enum { D = 4, N = T * D };
    const AttentionShape shape = {1, 1, 1, D, D, D, D, D, NULL, NULL};
    const MixShape mix = {1, 1, 1, D, D, D, D, D, NULL};
    Rng r = rng_seed(12, RNG_WEIGHTS);
    for (int which = 0; which < 3; which++)
        for (int sign = -1; sign <= 1; sign += 2) { /* a score of either sign */
            float x[3][N], y[D], p[T];
            for (int i = 0; i < 3; i++)
                approx_fill(&r, x[i], N, 1);
            x[0][0] = (float)sign;
            x[1][0] = 1;
            x[which][0] = which == 1 ? poison : (float)sign * poison;
            ops->attention_forward(p, x[0], x[1], &shape);
            ops->mix_forward(y, p, x[2], &mix);
            assert_false(all_finite(y, D));
        }
}

static void poison_is_shown(const Ops *ops)
{
    static const float poisons[] = {NAN, INFINITY, -INFINITY};
    for (int i = 0; i < COUNT_OF(poisons); i++) {
        for (int place = 0; place < 40; place += 3)
            poison_comes_out(ops, poisons[i], place);
        attention_shows_poison(ops, poisons[i]);
    }
}
EACH_VERSION(attention_is_right)
EACH_VERSION(cross_entropy_is_right)
EACH_VERSION(cross_entropy_keeps_small_losses)
EACH_VERSION(cross_entropy_takes_the_first_of_equals)
EACH_VERSION(sum_shards_keeps_the_order)
EACH_VERSION(adamw_is_pytorchs)
EACH_VERSION(poison_is_shown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attention_is_right),
        cmocka_unit_test(test_cross_entropy_is_right),
        cmocka_unit_test(test_cross_entropy_keeps_small_losses),
        cmocka_unit_test(test_cross_entropy_takes_the_first_of_equals),
        cmocka_unit_test(test_sum_shards_keeps_the_order),
        cmocka_unit_test(test_adamw_is_pytorchs),
        cmocka_unit_test(test_poison_is_shown),
    };
    return cmocka_run_group_tests_name("ops head", tests, NULL, NULL);
}
