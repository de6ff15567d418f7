/* The elementwise half of the network. Compiled once per instruction set (see ops.c): the loops are plain C that
 * the compiler vectorises; only e^x calls a library (SLEEF), since libm's is scalar and libmvec wants -ffast-math. */
#include <lrd/num/ops.h>

#include <math.h>
#include <stdbool.h>
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

INLINE float dot_float(const float *x, const float *y, int n)
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
    case 128:                                                                                                          \
        call(128);                                                                                                     \
        break;                                                                                                         \
    case 256:                                                                                                          \
        call(256);                                                                                                     \
        break;                                                                                                         \
    default:                                                                                                           \
        call(width);                                                                                                   \
    }

/* ---- RMSNorm */

static const float LEAST_LENGTH = 1e-12f;

/* |x|, also where the squares leave float32's range. */
INLINE float length_of(const float *x, const int n)
{
    float squares = dot_float(x, x, n);
    if (squares > 1e-30f && squares < 1e30f)
        return sqrtf(squares);
    return (float)sqrt(dot_double(x, x, (size_t)n));
}

INLINE void rmsnorm_forward(float *y, int ldy, float *inv, const float *x, int ldx, const float *g, float scale,
                            int rows, const int n)
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
INLINE void rmsnorm_backward(float *dx, int lddx, float *dg, const float *dy, int lddy, const float *x, int ldx,
                             const float *inv, const float *g, float scale, int rows, const int n)
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

INLINE void rmsnorm_backward_in_place(float *dy, int lddy, float *dg, const float *x, int ldx, const float *inv,
                                      const float *g, float scale, int rows, const int n)
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

static void op_rmsnorm_forward(float *y, int ldy, float *inv, const float *x, int ldx, const float *g, float scale,
                               int rows, int n)
{
#define RMSNORM_FORWARD(D) rmsnorm_forward(y, ldy, inv, x, ldx, g, scale, rows, D)
    FOR_WIDTH(n, RMSNORM_FORWARD)
}

static void op_rmsnorm_backward(float *dx, int lddx, float *dg, const float *dy, int lddy, const float *x, int ldx,
                                const float *inv, const float *g, float scale, int rows, int n)
{
#define RMSNORM_BACKWARD(D) rmsnorm_backward(dx, lddx, dg, dy, lddy, x, ldx, inv, g, scale, rows, D)
    FOR_WIDTH(n, RMSNORM_BACKWARD)
}

static void op_rmsnorm_backward_in_place(float *dy, int lddy, float *dg, const float *x, int ldx, const float *inv,
                                         const float *g, float scale, int rows, int n)
{
#define RMSNORM_BACKWARD_IN_PLACE(D) rmsnorm_backward_in_place(dy, lddy, dg, x, ldx, inv, g, scale, rows, D)
    FOR_WIDTH(n, RMSNORM_BACKWARD_IN_PLACE)
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

#include "kernels_attention.h"

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
        int answer = V - 1;
#pragma omp simd reduction(min : answer)
        for (int j = 0; j < V; j++)
            answer = j < answer && z[j] == top ? j : answer;
        const float margin = z[t] - top; /* 0 when the target is the largest */
        for (int j = 0; j < V; j++)
            z[j] = keep_infinity(z[j] - top);
        op_exp(z, z, (size_t)V);
        double others = 0; /* without the target, which may be 1: beside that small ones would be lost */
#pragma omp simd reduction(+ : others)
        for (int j = 0; j < V; j++)
            others += j == t ? 0.0 : (double)z[j];
        const double all = others + (double)z[t];
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

/* ---- Stablemax */

/* s(x) = x + 1 for x >= 0, 1 / (1 - x) below, and its slope. */
static double stable_power(double x)
{
    return x >= 0 ? x + 1.0 : 1.0 / (1.0 - x);
}

static double stable_slope(double x)
{
    return x >= 0 ? 1.0 : 1.0 / ((1.0 - x) * (1.0 - x));
}

static LossSum op_stablemax(float *z, const int32_t *target, float scale, int rows, int V)
{
    LossSum sum = {0};
    for (int r = 0; r < rows; r++, z += V) {
        const int t = target[r];
        int answer = 0;
        double others = 0;
        for (int j = 0; j < V; j++) {
            z[j] = keep_infinity(z[j]);
            answer = z[j] > z[answer] ? j : answer;
            others += j == t ? 0.0 : stable_power((double)z[j]);
        }
        const double own = stable_power((double)z[t]), all = others + own;
        sum.loss += log1p(others / own);
        sum.correct += answer == t;
        sum.zero += others / own < 0x1p-24;
        if (scale != 0.0f) {
            const float hit = (float)(-(double)scale * stable_slope((double)z[t]) * (others / own) / all);
            for (int j = 0; j < V; j++)
                z[j] = (float)((double)scale * stable_slope((double)z[j]) / all);
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

static double op_sum_shards(float *sum, float *const *shards, int shard_count, size_t from, size_t n)
{
    double squares = 0;
    for (size_t at = from; at < from + n; at += BLOCK) {
        size_t m = from + n - at < BLOCK ? from + n - at : BLOCK;
        float total[BLOCK];
        memcpy(total, shards[0] + at, m * sizeof *total);
        for (int l = 1; l < shard_count; l++)
            op_add(total, shards[l] + at, m);
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
    .mix_forward = op_mix_forward,
    .mix_backward = op_mix_backward,
    .cross_entropy = op_cross_entropy,
    .stablemax = op_stablemax,
    .add = op_add,
    .sum_shards = op_sum_shards,
    .adamw = op_adamw,
};
