/* The elementwise half of the network. Compiled once per instruction set (see ops.c): the loops are plain C that
 * the compiler vectorises; only e^x calls a library (SLEEF), since libm's is scalar and libmvec wants -ffast-math. */
#include <lrd/num/ops.h>

#include <math.h>
#include <string.h>

#include <sleef.h>

#ifndef KERNELS
#define KERNELS base
#endif
#define PASTE_(a, b) a##b
#define PASTE(a, b) PASTE_(a, b)
#define TEXT_(a) #a
#define TEXT(a) TEXT_(a)

enum { T = 3, BLOCK = 256 };

#define INLINE static inline __attribute__((always_inline))

#if defined(__AVX512F__)
enum { WIDTH = 16 };
static void exp_vector(float *y, const float *x)
{
    _mm512_storeu_ps(y, Sleef_expf16_u10avx512f(_mm512_loadu_ps(x)));
}
#elif defined(__AVX2__)
enum { WIDTH = 8 };
static void exp_vector(float *y, const float *x)
{
    _mm256_storeu_ps(y, Sleef_expf8_u10avx2(_mm256_loadu_ps(x)));
}
#elif defined(__SSE2__)
enum { WIDTH = 4 };
static void exp_vector(float *y, const float *x)
{
    _mm_storeu_ps(y, Sleef_expf4_u10sse2(_mm_loadu_ps(x)));
}
#elif defined(__aarch64__)
enum { WIDTH = 4 };
static void exp_vector(float *y, const float *x)
{
    vst1q_f32(y, Sleef_expf4_u10advsimd(vld1q_f32(x)));
}
#else
enum { WIDTH = 1 };
static void exp_vector(float *y, const float *x)
{
    *y = Sleef_expf_u10(*x);
}
#endif

static void op_exp(float *y, const float *x, size_t n)
{
    size_t whole = n - n % WIDTH;
    for (size_t i = 0; i < whole; i += WIDTH)
        exp_vector(y + i, x + i);
    if (whole < n) { /* the rest takes the same path, so that a value doesn't depend on where it stands */
        float rest[WIDTH] = {0};
        memcpy(rest, x + whole, (n - whole) * sizeof *x);
        exp_vector(rest, rest);
        memcpy(y + whole, rest, (n - whole) * sizeof *y);
    }
}

/* x, but NaN for an infinity: e^-inf = 0 would hide it. */
static float keep_infinity(float x)
{
    return x + 0.0f * x;
}

static float dot_float(const float *x, const float *y, int n)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int i = 0; i < n; i++)
        sum += x[i] * y[i];
    return sum;
}

static double dot_double(const float *x, const float *y, size_t n)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++)
        sum += (double)x[i] * (double)y[i];
    return sum;
}

/* ---- RMSNorm */

static const float LEAST_LENGTH = 1e-12f;

/* |x|, also where the squares leave float32's range. */
static float length_of(const float *x, int n)
{
    float squares = dot_float(x, x, n);
    if (squares > 1e-30f && squares < 1e30f)
        return sqrtf(squares);
    return (float)sqrt(dot_double(x, x, (size_t)n));
}

static void op_rmsnorm_forward(float *y, int ldy, float *inv, const float *x, int ldx, const float *g, float scale,
                               int rows, int n)
{
    for (int r = 0; r < rows; r++, x += ldx, y += ldy) {
        float length = length_of(x, n);
        inv[r] = 1.0f / (length < LEAST_LENGTH ? LEAST_LENGTH : length);
        float c = scale * inv[r];
        if (g)
            for (int i = 0; i < n; i++)
                y[i] = c * x[i] * g[i];
        else
            for (int i = 0; i < n; i++)
                y[i] = c * x[i];
    }
}

/* dx = c (g dy - x a), where a = inv^2 <x, g dy>; a is 0 where the length was clamped (inv is a constant there). */
static void op_rmsnorm_backward(float *dx, int lddx, float *dg, const float *dy, int lddy, const float *x, int ldx,
                                const float *inv, const float *g, float scale, int rows, int n)
{
    for (int r = 0; r < rows; r++, x += ldx, dx += lddx, dy += lddy) {
        float c = scale * inv[r], along = 0;
        if (g) {
#pragma omp simd reduction(+ : along)
            for (int i = 0; i < n; i++)
                along += x[i] * g[i] * dy[i];
        } else {
            along = dot_float(x, dy, n);
        }
        float a = inv[r] < 1.0f / LEAST_LENGTH ? along * inv[r] * inv[r] : 0.0f;
        if (g) {
            for (int i = 0; i < n; i++)
                dx[i] += c * (g[i] * dy[i] - x[i] * a);
            for (int i = 0; i < n; i++)
                dg[i] += c * x[i] * dy[i];
        } else {
            for (int i = 0; i < n; i++)
                dx[i] += c * (dy[i] - x[i] * a);
        }
    }
}

static void op_rmsnorm_backward_in_place(float *dy, int lddy, float *dg, const float *x, int ldx, const float *inv,
                                         const float *g, float scale, int rows, int n)
{
    for (int r = 0; r < rows; r++, x += ldx, dy += lddy) {
        float c = scale * inv[r], along = 0;
        if (g) {
            for (int i = 0; i < n; i++)
                dg[i] += c * x[i] * dy[i];
            for (int i = 0; i < n; i++)
                dy[i] *= g[i];
        }
        along = dot_float(x, dy, n);
        float a = inv[r] < 1.0f / LEAST_LENGTH ? along * inv[r] * inv[r] : 0.0f;
        for (int i = 0; i < n; i++)
            dy[i] = c * (dy[i] - x[i] * a);
    }
}

/* ---- SiLU and SwiGLU */

/* sigma(u) of n <= BLOCK values. e^-u overflows to infinity for u < -88: sigma is then 0, as it should be. */
static void sigmoid_block(float *sigma, const float *u, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sigma[i] = -u[i];
    op_exp(sigma, sigma, n);
    for (size_t i = 0; i < n; i++)
        sigma[i] = 1.0f / (1.0f + sigma[i]);
}

static void op_silu_forward(float *s, float *u, size_t n)
{
    float sigma[BLOCK];
    for (size_t at = 0; at < n; at += BLOCK, s += BLOCK, u += BLOCK) {
        size_t m = n - at < BLOCK ? n - at : BLOCK;
        sigmoid_block(sigma, u, m);
        for (size_t i = 0; i < m; i++) {
            s[i] = u[i] * sigma[i];
            u[i] = sigma[i] * (1.0f + u[i] * (1.0f - sigma[i]));
        }
    }
}

static void op_silu_backward(float *u, const float *ds, size_t n)
{
    for (size_t i = 0; i < n; i++)
        u[i] *= ds[i];
}

static void op_swiglu_forward(float *s, float *ab, int rows, int n)
{
    float sigma[BLOCK];
    for (int r = 0; r < rows; r++, ab += 2 * n, s += n) {
        float *a = ab, *b = ab + n;
        for (int at = 0; at < n; at += BLOCK) {
            int m = n - at < BLOCK ? n - at : BLOCK;
            sigmoid_block(sigma, a + at, (size_t)m);
            for (int i = 0; i < m; i++) {
                float u = a[at + i], gate = u * sigma[i];
                s[at + i] = gate * b[at + i];
                a[at + i] = b[at + i] * sigma[i] * (1.0f + u * (1.0f - sigma[i]));
                b[at + i] = gate;
            }
        }
    }
}

static void op_swiglu_backward(float *ab, const float *ds, int rows, int n)
{
    for (int r = 0; r < rows; r++, ab += 2 * n, ds += n)
        for (int i = 0; i < n; i++) {
            ab[i] *= ds[i];
            ab[n + i] *= ds[i];
        }
}

/* ---- Attention */

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

/* Pointers to the rows of k or v (or of their gradients) that one example reads. */
static void rows_of_three(const float *rows[T], const float *base, int ld, const int32_t *row, int example)
{
    for (int j = 0; j < T; j++)
        rows[j] = base + (size_t)row_of(row, example * T + j) * (size_t)ld;
}

/* dots[j] = <x, rows[j]> over the head that starts at h. */
INLINE void three_dots(float dots[T], const float *x, const float *const rows[T], int h, const int D)
{
    const float *a = rows[0] + h, *b = rows[1] + h, *c = rows[2] + h;
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

INLINE void attention_forward(float *y, float *p, const float *q, const float *k, const float *v,
                              const AttentionShape *s, const int D)
{
    const int H = s->heads, Q = s->queries;
    const float scale = 1.0f / sqrtf((float)D);
    for (int b = 0; b < s->examples; b++, p += H * Q * T) {
        const float *kb[T], *vb[T];
        rows_of_three(kb, k, s->ldk, s->key_row, b);
        rows_of_three(vb, v, s->ldv, s->key_row, b);
        for (int i = 0; i < Q; i++) {
            const float *qi = q + (size_t)row_of(s->query_row, b * Q + i) * (size_t)s->ldq;
            for (int h = 0; h < H; h++) {
                float *score = p + (h * Q + i) * T;
                three_dots(score, qi + h * D, kb, h * D, D);
                for (int j = 0; j < T; j++)
                    score[j] *= scale;
            }
        }
        softmax_threes(p, H * Q);
        for (int i = 0; i < Q; i++, y += H * D)
            for (int h = 0; h < H; h++) {
                const float *w = p + (h * Q + i) * T;
                const float w0 = w[0], w1 = w[1], w2 = w[2];
#pragma omp simd
                for (int d = h * D; d < h * D + D; d++)
                    y[d] = w0 * vb[0][d] + w1 * vb[1][d] + w2 * vb[2][d];
            }
    }
}

/* One head of one query: dy -> dq, and dk, dv of the three rows that it read. */
INLINE void head_backward(float *dq, float *const dk[T], float *const dv[T], const float *dy, const float *w,
                          const float *q, const float *const k[T], const float *const v[T], int h, float scale,
                          const int D)
{
    float dp[T], score[T];
    three_dots(dp, dy, v, h, D);
    const float mean = w[0] * dp[0] + w[1] * dp[1] + w[2] * dp[2];
    for (int j = 0; j < T; j++)
        score[j] = scale * w[j] * (dp[j] - mean);
    const float w0 = w[0], w1 = w[1], w2 = w[2], s0 = score[0], s1 = score[1], s2 = score[2];
    const float *k0 = k[0] + h, *k1 = k[1] + h, *k2 = k[2] + h;
    float *dk0 = dk[0] + h, *dk1 = dk[1] + h, *dk2 = dk[2] + h, *dv0 = dv[0] + h, *dv1 = dv[1] + h, *dv2 = dv[2] + h;
#pragma omp simd
    for (int d = 0; d < D; d++) {
        dq[d] += s0 * k0[d] + s1 * k1[d] + s2 * k2[d];
        dk0[d] += s0 * q[d];
        dk1[d] += s1 * q[d];
        dk2[d] += s2 * q[d];
        dv0[d] += w0 * dy[d];
        dv1[d] += w1 * dy[d];
        dv2[d] += w2 * dy[d];
    }
}

INLINE void attention_backward(float *dq, float *dk, float *dv, const float *dy, const float *p, const float *q,
                               const float *k, const float *v, const AttentionShape *s, const int D)
{
    const int H = s->heads, Q = s->queries;
    const float scale = 1.0f / sqrtf((float)D);
    for (int b = 0; b < s->examples; b++, p += H * Q * T) {
        const float *kb[T], *vb[T];
        float *dkb[T], *dvb[T];
        rows_of_three(kb, k, s->ldk, s->key_row, b);
        rows_of_three(vb, v, s->ldv, s->key_row, b);
        for (int j = 0; j < T; j++) {
            const size_t row = (size_t)row_of(s->key_row, b * T + j) * (size_t)s->ldd_kv;
            dkb[j] = dk + row;
            dvb[j] = dv + row;
        }
        for (int i = 0; i < Q; i++, dy += H * D) {
            const size_t row = (size_t)row_of(s->query_row, b * Q + i);
            for (int h = 0; h < H; h++)
                head_backward(dq + row * (size_t)s->ldd_q + h * D, dkb, dvb, dy + h * D, p + (h * Q + i) * T,
                              q + row * (size_t)s->ldq + h * D, kb, vb, h * D, scale, D);
        }
    }
}

/* The usual widths are compiled with the width known: a short loop is unrolled and its sums stay in registers. */
#define FOR_WIDTH(width, call)                                                                                         \
    switch (width) {                                                                                                   \
    case 8:                                                                                                            \
        call(8);                                                                                                       \
        break;                                                                                                         \
    case 16:                                                                                                           \
        call(16);                                                                                                      \
        break;                                                                                                         \
    case 32:                                                                                                           \
        call(32);                                                                                                      \
        break;                                                                                                         \
    case 64:                                                                                                           \
        call(64);                                                                                                      \
        break;                                                                                                         \
    default:                                                                                                           \
        call(width);                                                                                                   \
    }

static void op_attention_forward(float *y, float *p, const float *q, const float *k, const float *v,
                                 const AttentionShape *s)
{
#define FORWARD(D) attention_forward(y, p, q, k, v, s, D)
    FOR_WIDTH(s->width, FORWARD)
}

static void op_attention_backward(float *dq, float *dk, float *dv, const float *dy, const float *p, const float *q,
                                  const float *k, const float *v, const AttentionShape *s)
{
#define BACKWARD(D) attention_backward(dq, dk, dv, dy, p, q, k, v, s, D)
    FOR_WIDTH(s->width, BACKWARD)
}

/* ---- Cross-entropy */

static LossSum op_cross_entropy(float *z, const int32_t *target, float scale, int rows, int V)
{
    LossSum sum = {0};
    for (int r = 0; r < rows; r++, z += V) {
        const int t = target[r];
        float top = z[0];
#pragma omp simd reduction(max : top)
        for (int j = 1; j < V; j++)
            top = z[j] > top ? z[j] : top;
        int answer = 0;
        while (answer < V - 1 && z[answer] != top)
            answer++;
        const float margin = z[t] - top; /* 0 when the target is the largest */
        for (int j = 0; j < V; j++)
            z[j] = keep_infinity(z[j] - top);
        op_exp(z, z, (size_t)V);
        double all = 0;
#pragma omp simd reduction(+ : all)
        for (int j = 0; j < V; j++)
            all += (double)z[j];
        /* The sum without the target, summed apart when the target is the largest: 1 + others would lose small ones. */
        double others = all - (double)z[t];
        if (margin == 0.0f) {
            others = 0;
            for (int j = 0; j < V; j++)
                others += j == t ? 0.0 : (double)z[j];
        }
        sum.loss += margin == 0.0f ? log1p(others) : log(all) - (double)margin;
        sum.correct += answer == t;
        sum.zero += margin == 0.0f && others < 0x1p-24;
        if (scale != 0.0f) {
            const float c = (float)((double)scale / all), hit = (float)(-(double)scale * (others / all));
            for (int j = 0; j < V; j++)
                z[j] *= c;
            z[t] = hit;
        }
    }
    return sum;
}

/* ---- Sums and AdamW */

static void op_add(float *restrict into, const float *restrict from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        into[i] += from[i];
}

static double op_sum_lanes(float *sum, float *const *lanes, int lane_count, size_t from, size_t n)
{
    double squares = 0;
    for (size_t at = from; at < from + n; at += BLOCK) {
        size_t m = from + n - at < BLOCK ? from + n - at : BLOCK;
        float total[BLOCK];
        memcpy(total, lanes[0] + at, m * sizeof *total);
        for (int l = 1; l < lane_count; l++)
            op_add(total, lanes[l] + at, m);
        memcpy(sum + at, total, m * sizeof *total);
        squares += dot_double(total, total, m);
    }
    return squares;
}

static void op_adamw(float *restrict W, float *restrict m, float *restrict v, const float *restrict g,
                     const AdamwStep *step, size_t n)
{
    const AdamwStep s = *step;
    for (size_t i = 0; i < n; i++) {
        float d = g[i] * s.gradient_scale;
        m[i] = s.beta1 * m[i] + s.gain1 * d;
        v[i] = s.beta2 * v[i] + s.gain2 * d * d;
        W[i] = W[i] * s.shrink - s.rate * m[i] / (sqrtf(v[i]) * s.root_correction + s.eps);
    }
}

extern const Ops PASTE(ops_, KERNELS);
const Ops PASTE(ops_, KERNELS) = {
    .name = TEXT(KERNELS),
    .exp = op_exp,
    .rmsnorm_forward = op_rmsnorm_forward,
    .rmsnorm_backward = op_rmsnorm_backward,
    .rmsnorm_backward_in_place = op_rmsnorm_backward_in_place,
    .silu_forward = op_silu_forward,
    .silu_backward = op_silu_backward,
    .swiglu_forward = op_swiglu_forward,
    .swiglu_backward = op_swiglu_backward,
    .attention_forward = op_attention_forward,
    .attention_backward = op_attention_backward,
    .cross_entropy = op_cross_entropy,
    .add = op_add,
    .sum_lanes = op_sum_lanes,
    .adamw = op_adamw,
};
