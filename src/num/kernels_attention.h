/* The part of kernels.c that reads by rows of three: which position looks at which, and what they see. Only kernels.c
 * includes it, once for each instruction set. */
#ifndef LRD_NUM_KERNELS_ATTENTION_H
#define LRD_NUM_KERNELS_ATTENTION_H

static int32_t row_of(const int32_t *rows, int index)
{
    return rows ? rows[index] : index;
}

/* Softmax over groups of three neighbours: scores are replaced by probabilities. */
static void softmax_threes(float *p, int groups)
{
    for (int i = 0; i < groups; i++, p += T) {
        float top = p[0] > p[1] ? p[0] : p[1];
        top = top > p[2] ? top : p[2];
        for (int j = 0; j < T; j++)
            p[j] = keep_infinity(p[j] - top);
    }
    p -= groups * T;
    op_exp(p, p, (size_t)(groups * T));
    for (int i = 0; i < groups; i++, p += T) {
        float whole = 1.0f / (p[0] + p[1] + p[2]);
        for (int j = 0; j < T; j++)
            p[j] *= whole;
    }
}

/* Where the rows of k or v (or of their gradients) start that one example reads. */
static void starts_of_three(size_t start[T], int ld, const int32_t *row, int example)
{
    for (int j = 0; j < T; j++)
        start[j] = (size_t)row_of(row, example * T + j) * (size_t)ld;
}

/* Rows that nobody else reads start at zero, in the cache that the sums then find them in. */
static void clear_three(float *d, const size_t start[T], int n)
{
    for (int j = 0; j < T; j++)
        memset(d + start[j], 0, (size_t)n * sizeof *d);
}

/* dots[j] = <x, rows[j]> */
INLINE void three_dots(float dots[T], const float *x, const float *a, const float *b, const float *c, const int D)
{
    float xa = 0, xb = 0, xc = 0;
#pragma omp simd reduction(+ : xa, xb, xc)
    for (int d = 0; d < D; d++) {
        xa += x[d] * a[d];
        xb += x[d] * b[d];
        xc += x[d] * c[d];
    }
    dots[0] = xa;
    dots[1] = xb;
    dots[2] = xc;
}

INLINE void attention_forward(float *p, const float *q, const float *k, const AttentionShape *s, const int D)
{
    const int H = s->heads, Q = s->queries;
    const float scale = 1.0f / sqrtf((float)D);
    for (int b = 0; b < s->examples; b++) {
        size_t at[T];
        starts_of_three(at, s->ldk, s->key_row, b);
        for (int i = 0; i < Q; i++) {
            const float *qi = q + (size_t)row_of(s->query_row, b * Q + i) * (size_t)s->ldq, *kh = k;
            for (int h = 0; h < H; h++, kh += D) {
                float *score = p + ((b * H + h) * Q + i) * T;
                three_dots(score, qi + h * D, kh + at[0], kh + at[1], kh + at[2], D);
                for (int j = 0; j < T; j++)
                    score[j] *= scale;
            }
        }
    }
    softmax_threes(p, s->examples * H * Q);
}

INLINE void attention_backward(float *dq, float *dk, const float *dp, const float *p, const float *q, const float *k,
                               const AttentionShape *s, const int D)
{
    const int H = s->heads, Q = s->queries;
    const float scale = 1.0f / sqrtf((float)D);
    for (int b = 0; b < s->examples; b++) {
        size_t at[T], to[T];
        starts_of_three(at, s->ldk, s->key_row, b);
        starts_of_three(to, s->ldd_k, s->key_row, b);
        if (!s->key_row)
            clear_three(dk, to, H * D);
        for (int i = 0; i < Q && !s->query_row; i++)
            memset(dq + (size_t)(b * Q + i) * (size_t)s->ldd_q, 0, (size_t)(H * D) * sizeof *dq);
        for (int h = 0; h < H; h++)
            for (int i = 0; i < Q; i++, p += T, dp += T) {
                const size_t row = (size_t)row_of(s->query_row, b * Q + i);
                const float *qi = q + row * (size_t)s->ldq + h * D;
                float *dqi = dq + row * (size_t)s->ldd_q + h * D;
                const float *k0 = k + at[0] + h * D, *k1 = k + at[1] + h * D, *k2 = k + at[2] + h * D;
                float *dk0 = dk + to[0] + h * D, *dk1 = dk + to[1] + h * D, *dk2 = dk + to[2] + h * D;
                const float mean = p[0] * dp[0] + p[1] * dp[1] + p[2] * dp[2];
                const float s0 = scale * p[0] * (dp[0] - mean), s1 = scale * p[1] * (dp[1] - mean),
                            s2 = scale * p[2] * (dp[2] - mean);
#pragma omp simd
                for (int d = 0; d < D; d++) {
                    dqi[d] += s0 * k0[d] + s1 * k1[d] + s2 * k2[d];
                    dk0[d] += s0 * qi[d];
                    dk1[d] += s1 * qi[d];
                    dk2[d] += s2 * qi[d];
                }
            }
    }
}

INLINE void mix_forward(float *y, const float *p, const float *v, const MixShape *s, const int D)
{
    const bool sum = s->y_head == 0;
    for (int b = 0; b < s->examples; b++) {
        size_t at[T];
        starts_of_three(at, s->ldv, s->row, b);
        for (int h = 0; h < s->heads; h++) {
            const float *vh = v + h * s->v_head, *v0 = vh + at[0], *v1 = vh + at[1], *v2 = vh + at[2];
            for (int i = 0; i < s->queries; i++, p += T) {
                float *yi = y + (size_t)(b * s->queries + i) * (size_t)s->ldy + h * s->y_head;
                const float w0 = p[0], w1 = p[1], w2 = p[2];
                if (sum) { // NOLINT(bugprone-branch-clone): it doesn't look into what is after a pragma
#pragma omp simd
                    for (int d = 0; d < D; d++)
                        yi[d] += w0 * v0[d] + w1 * v1[d] + w2 * v2[d];
                } else {
#pragma omp simd
                    for (int d = 0; d < D; d++)
                        yi[d] = w0 * v0[d] + w1 * v1[d] + w2 * v2[d];
                }
            }
        }
    }
}

INLINE void mix_backward(float *dv, float *dp, const float *dy, const float *p, const float *v, const MixShape *s,
                         const int D)
{
    for (int b = 0; b < s->examples; b++) {
        size_t at[T];
        starts_of_three(at, s->ldv, s->row, b);
        if (!s->row)
            clear_three(dv, at, s->v_head ? s->heads * s->v_head : D);
        for (int h = 0; h < s->heads; h++) {
            const float *vh = v + h * s->v_head, *v0 = vh + at[0], *v1 = vh + at[1], *v2 = vh + at[2];
            float *dvh = dv + h * s->v_head, *dv0 = dvh + at[0], *dv1 = dvh + at[1], *dv2 = dvh + at[2];
            for (int i = 0; i < s->queries; i++, p += T, dp += T) {
                const float *dyi = dy + (size_t)(b * s->queries + i) * (size_t)s->ldy + h * s->y_head;
                const float w0 = p[0], w1 = p[1], w2 = p[2];
                three_dots(dp, dyi, v0, v1, v2, D);
#pragma omp simd
                for (int d = 0; d < D; d++) {
                    dv0[d] += w0 * dyi[d];
                    dv1[d] += w1 * dyi[d];
                    dv2[d] += w2 * dyi[d];
                }
            }
        }
    }
}

static void op_attention_forward(float *p, const float *q, const float *k, const AttentionShape *s)
{
#define ATTENTION_FORWARD(D) attention_forward(p, q, k, s, D)
    FOR_WIDTH(s->width, ATTENTION_FORWARD)
}

static void op_attention_backward(float *dq, float *dk, const float *dp, const float *p, const float *q, const float *k,
                                  const AttentionShape *s)
{
#define ATTENTION_BACKWARD(D) attention_backward(dq, dk, dp, p, q, k, s, D)
    FOR_WIDTH(s->width, ATTENTION_BACKWARD)
}

static void op_mix_forward(float *y, const float *p, const float *v, const MixShape *s)
{
#define MIX_FORWARD(D) mix_forward(y, p, v, s, D)
    FOR_WIDTH(s->width, MIX_FORWARD)
}

static void op_mix_backward(float *dv, float *dp, const float *dy, const float *p, const float *v, const MixShape *s)
{
#define MIX_BACKWARD(D) mix_backward(dv, dp, dy, p, v, s, D)
    FOR_WIDTH(s->width, MIX_BACKWARD)
}

#endif
