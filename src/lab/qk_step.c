#include <lrd/lab/qk_step.h>

#include <lrd/num/linalg.h>

#include <math.h>

static const double radians = 3.14159265358979323846 / 180.0;

void qk_turn(float *W, const float *u, double degrees, size_t size)
{
    const double length = linalg_norm(W, size);
    const double along = length > 0 ? linalg_inner(u, W, size) / (length * length) : 0;
    double squares = 0;
    for (size_t i = 0; i < size; i++) {
        const double d = (double)u[i] - along * (double)W[i];
        squares += d * d;
    }
    if (!(length > 0) || !(squares > 0))
        return;
    const double grown = 1.0 - along, across = length * grown * tan(degrees * radians) / sqrt(squares);
    for (size_t i = 0; i < size; i++) {
        const double d = (double)u[i] - along * (double)W[i];
        W[i] = (float)(grown * (double)W[i] - across * d);
    }
}

bool qk_hold(float *W, double h, size_t size)
{
    const double length = linalg_norm(W, size);
    if (!(length > 0) || length < 1e-6 * h)
        return false;
    for (size_t i = 0; i < size; i++)
        W[i] = (float)((double)W[i] * (h / length));
    return true;
}

void qk_muon(float *u, float *M, const float *G, const float *W, double gradient_scale, double mu, double lambda,
             double eta, int rows, int cols, float *scratch)
{
    const size_t size = (size_t)rows * (size_t)cols;
    for (size_t i = 0; i < size; i++)
        M[i] = (float)(mu * (double)M[i] + gradient_scale * (double)G[i] + lambda * (double)W[i]);
    linalg_newton_schulz(u, M, rows, cols, QK_NS_ITERS, scratch);
    for (size_t i = 0; i < size; i++)
        u[i] = (float)(eta * (double)u[i]);
}

bool qk_truncate(float *W, int rank, int rows, int cols, float *scratch)
{
    const size_t size = (size_t)rows * (size_t)cols;
    const double length = linalg_norm(W, size);
    return linalg_truncate(W, W, rows, cols, rank, scratch) && (qk_hold(W, length, size) || length <= 0);
}
