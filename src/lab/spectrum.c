#include <lrd/lab/spectrum.h>

#include <lrd/num/linalg.h>

#include <float.h>
#include <math.h>

/* |y - x <x,y>/<x,x>|, summed over the differences: the difference of the sums would lose small angles. */
static double across(const float *y, const float *x, double along, size_t n)
{
    double squares = 0;
#pragma omp simd reduction(+ : squares)
    for (size_t i = 0; i < n; i++) {
        double d = (double)y[i] - along * (double)x[i];
        squares += d * d;
    }
    return sqrt(squares);
}

double spectrum_turn(const float *before, const float *after, size_t n)
{
    double bb = linalg_inner(before, before, n), ab = linalg_inner(before, after, n);
    if (!(bb > 0) || !(linalg_inner(after, after, n) > 0))
        return (double)NAN;
    double tangential = across(after, before, ab / bb, n), radial = ab / sqrt(bb);
    return atan2(tangential, radial) * (180.0 / 3.14159265358979323846);
}

void spectrum_parts(const float *D, const float *W, size_t n, double *radial, double *tangential)
{
    double ww = linalg_inner(W, W, n), dw = linalg_inner(D, W, n);
    *radial = ww > 0 ? dw / sqrt(ww) : (double)NAN;
    *tangential = ww > 0 ? across(D, W, dw / ww, n) : (double)NAN;
}

/* NS(W)'s norm from W's singular values. */
static double newton_schulz_norm(const float *sigma, int k, double norm, int iterations)
{
    double squares = 0;
    for (int i = 0; i < k; i++) {
        double y = linalg_newton_schulz_map((double)sigma[i], norm, iterations);
        squares += y * y;
    }
    return sqrt(squares);
}

bool spectrum_at_floor(const DecayRule *rule, double lr, const float *sigma, int k, double norm)
{
    const double s = decay_step_length(rule, lr, norm);
    if (!(norm > 0) || !(s > 0))
        return false;
    const bool newton_schulz = rule->kind == DECAY_LRD || rule->kind == DECAY_ELASTIC;
    const double least = (double)(FLT_EPSILON * (float)k * sigma[0]); /* polar leaves out what is below */
    for (int i = 0; i < k; i++) {
        double value = (double)sigma[i];
        if (newton_schulz && value > 0 && s * linalg_newton_schulz_map(value, norm, rule->ns_iters) > value)
            return true;
        if (rule->kind == DECAY_POLAR && value > least && s > value)
            return true;
    }
    if (rule->kind == DECAY_RADIAL)
        return s * newton_schulz_norm(sigma, k, norm, rule->ns_iters) > norm;
    if (rule->kind == DECAY_SHRINK)
        return s * spectrum_map(rule, lr, sigma, k).along > 1.0;
    return rule->kind == DECAY_L2 && lr * rule->strength > 1.0;
}

static double map_step(const SpectrumMap *m)
{
    return decay_step_length(&m->rule, m->lr, m->norm);
}

static double map_newton_schulz(const SpectrumMap *m, double sigma)
{
    return linalg_newton_schulz_map(sigma, m->norm, m->rule.ns_iters);
}

/* The tangential step before W is scaled back. */
static double map_bend(const SpectrumMap *m, double sigma)
{
    return sigma - map_step(m) * (map_newton_schulz(m, sigma) - m->along * sigma);
}

SpectrumMap spectrum_map(const DecayRule *rule, double lr, const float *sigma, int k)
{
    SpectrumMap m = {.rule = *rule, .lr = lr, .scale = 1};
    double squares = 0, inner = 0, bent = 0, largest = 0;
    for (int i = 0; i < k; i++) {
        squares += (double)sigma[i] * (double)sigma[i];
        largest = fmax(largest, (double)sigma[i]);
    }
    m.norm = sqrt(squares);
    m.least = (double)FLT_EPSILON * k * largest;
    m.ns_norm = newton_schulz_norm(sigma, k, m.norm, rule->ns_iters);
    for (int i = 0; i < k; i++)
        inner += map_newton_schulz(&m, (double)sigma[i]) * (double)sigma[i];
    m.along = inner / (squares + 1e-12);
    for (int i = 0; i < k; i++)
        bent += map_bend(&m, (double)sigma[i]) * map_bend(&m, (double)sigma[i]);
    if (rule->kind == DECAY_TANGENTIAL)
        m.scale = m.norm / (sqrt(bent) + 1e-8);
    return m;
}

double spectrum_map_at(const SpectrumMap *m, double sigma)
{
    const double s = map_step(m);
    switch (m->rule.kind) {
    case DECAY_L2:
        return sigma * (1 - m->lr * m->rule.strength);
    case DECAY_LRD:
        return sigma - s * map_newton_schulz(m, sigma);
    case DECAY_POLAR:
        return sigma > m->least ? sigma - s : sigma;
    case DECAY_SVT:
        return fmax(sigma - s, 0);
    case DECAY_ELASTIC:
        return (sigma - s * map_newton_schulz(m, sigma)) * (1 - m->lr * m->rule.l2);
    case DECAY_RADIAL:
        return sigma * (1 - s * m->ns_norm / (m->norm + 1e-8));
    case DECAY_SHRINK:
        return sigma * (1 - s * m->along);
    case DECAY_TANGENTIAL:
        return map_bend(m, sigma) * m->scale;
    default:
        return sigma;
    }
}
