#include <lrd/lab/decay.h>

#include <lrd/num/linalg.h>

#include <math.h>
#include <string.h>

typedef struct Shape {
    int m, n;
    size_t size;
} Shape;

double decay_step_length(const DecayRule *rule, double lr, double norm)
{
    return rule->strength * (rule->lr_scaled ? lr : 1.0) * (rule->relative ? norm : 1.0);
}

static double step_length(const DecayRule *rule, double lr, const float *W, size_t size)
{
    return decay_step_length(rule, lr, rule->relative ? linalg_norm(W, size) : 1.0);
}

/* y += a x */
static void axpy(double a, const float *x, float *y, size_t size)
{
    for (size_t i = 0; i < size; i++)
        y[i] = (float)((double)y[i] + a * (double)x[i]);
}

static void scale_by(float *W, double c, size_t size)
{
    for (size_t i = 0; i < size; i++)
        W[i] = (float)((double)W[i] * c);
}

static bool step_lrd(const DecayRule *rule, float *W, int rows, int cols, double lr, float *scratch)
{
    const double s = step_length(rule, lr, W, (size_t)rows * (size_t)cols);
    linalg_newton_schulz_step(W, s, rows, cols, rule->ns_iters, scratch);
    return true;
}

/* D and LAPACK's scratch behind it. */
static bool step_polar(const DecayRule *rule, float *W, int rows, int cols, double lr, float *scratch)
{
    const size_t size = (size_t)rows * (size_t)cols;
    if (!linalg_polar(scratch, W, rows, cols, scratch + size))
        return false;
    axpy(-step_length(rule, lr, W, size), scratch, W, size);
    return true;
}

static bool step_svt(const DecayRule *rule, float *W, int rows, int cols, double lr, float *scratch)
{
    return linalg_shrink(W, W, rows, cols, step_length(rule, lr, W, (size_t)rows * (size_t)cols), scratch);
}

static bool step_elastic(const DecayRule *rule, float *W, int rows, int cols, double lr, float *scratch)
{
    step_lrd(rule, W, rows, cols, lr, scratch);
    scale_by(W, 1.0 - lr * rule->l2, (size_t)rows * (size_t)cols);
    return true;
}

static bool step_radial(const DecayRule *rule, float *W, int rows, int cols, double lr, float *scratch)
{
    const size_t size = (size_t)rows * (size_t)cols;
    linalg_newton_schulz(scratch, W, rows, cols, rule->ns_iters, scratch + size);
    double ratio = linalg_norm(scratch, size) / (linalg_norm(W, size) + 1e-8);
    scale_by(W, 1.0 - step_length(rule, lr, W, size) * ratio, size);
    return true;
}

/* The small constants are the reference's. */
static bool step_tangential(const DecayRule *rule, float *W, int rows, int cols, double lr, float *scratch)
{
    const size_t size = (size_t)rows * (size_t)cols;
    float *D = scratch;
    linalg_newton_schulz(D, W, rows, cols, rule->ns_iters, scratch + size);
    const double length = linalg_norm(W, size);
    axpy(-linalg_inner(D, W, size) / (length * length + 1e-12), W, D, size);
    axpy(-step_length(rule, lr, W, size), D, W, size);
    scale_by(W, length / (linalg_norm(W, size) + 1e-8), size);
    return true;
}

static bool step_shrink(const DecayRule *rule, float *W, int rows, int cols, double lr, float *scratch)
{
    const size_t size = (size_t)rows * (size_t)cols;
    const double length = linalg_norm(W, size);
    linalg_newton_schulz(scratch, W, rows, cols, rule->ns_iters, scratch + size);
    const double along = linalg_inner(scratch, W, size) / (length * length + 1e-12);
    scale_by(W, 1.0 - step_length(rule, lr, W, size) * along, size);
    return true;
}

const DecayKind decay_kinds[DECAY_KIND_COUNT] = {
    [DECAY_NONE] = {"none", "none", "no decay of the targets", false, false, NULL},
    [DECAY_L2] = {"l2", "L2", "shortens W along itself, in AdamW", false, false, NULL},
    [DECAY_LRD] = {"lrd", "LRD", "a step along Newton-Schulz's approximation of U V^T", true, false, step_lrd},
    [DECAY_POLAR] = {"polar", "polar", "a step along the exact U V^T", true, true, step_polar},
    [DECAY_SVT] = {"svt", "SVT", "takes a length off every singular value, stopping at zero", true, true, step_svt},
    [DECAY_ELASTIC] = {"elastic", "elastic", "LRD, then L2 with decay.l2", true, false, step_elastic},
    [DECAY_RADIAL] = {"radial", "radial", "control: as long a step as LRD's, along W only", true, false, step_radial},
    [DECAY_TANGENTIAL] = {"tangential", "tangential", "control: LRD's bend alone, |W| kept", true, false,
                          step_tangential},
    [DECAY_SHRINK] = {"shrink", "shrink", "control: LRD's shortening alone, no bend", true, false, step_shrink},
};

const char *const decay_target_names[TARGETS_COUNT] = {
    [TARGETS_QK] = "qk", [TARGETS_ATTN] = "attn", [TARGETS_BLOCKS] = "blocks", [TARGETS_ALL] = "all"};

static bool is_in(DecayTargets targets, TensorRole role)
{
    const bool qk = role == TENSOR_Q || role == TENSOR_K, attn = qk || role == TENSOR_V || role == TENSOR_O;
    switch (targets) {
    case TARGETS_QK:
        return qk;
    case TARGETS_ATTN:
        return attn;
    case TARGETS_BLOCKS:
        return attn || role == TENSOR_MLP;
    default:
        return true;
    }
}

bool decay_is_target(const DecayRule *rule, const Tensor *tensor)
{
    return is_in(rule->targets, tensor->role) && (tensor_is_matrix(tensor) || !decay_kinds[rule->kind].matrix);
}

double decay_adamw_rate(const DecayRule *rule, const Tensor *tensor)
{
    if (!decay_is_target(rule, tensor))
        return rule->rest;
    return rule->kind == DECAY_L2 ? rule->strength : 0.0;
}

size_t decay_scratch_floats(int rows, int cols)
{
    return (size_t)rows * (size_t)cols + linalg_scratch_floats(rows, cols);
}
