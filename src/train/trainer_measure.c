/* What is measured of the weights between steps: whole sets, spectra, the geometry of the last and the next step. */
#include <lrd/train/trainer_inside.h>

#include <lrd/base/util.h>
#include <lrd/lab/spectrum.h>
#include <lrd/num/linalg.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { T = MODEL_POSITIONS, SAMPLE_ROWS = 64 };

/* ---- Loss and accuracy of a list of rows */

typedef struct RowSet {
    Trainer *trainer;
    const TaskRow *rows;
    const int64_t *index; /* NULL: rows as they stand */
    int64_t count;
    void (*forward)(const Net *net, const Layer0Cache *t, NetWork *w, const int32_t *row, int b);
} RowSet;

static LossSum pass_rows(const RowSet *set, int64_t from, int b, NetWork *w)
{
    const Trainer *t = set->trainer;
    const Net net = trainer_net(t);
    const int tokens = t->data.tokens;
    int32_t row[T * NET_EXAMPLES_MAX], target[NET_EXAMPLES_MAX];
    for (int i = 0; i < b; i++) {
        const TaskRow *example = &set->rows[set->index ? set->index[from + i] : from + i];
        row[T * i] = example->a;
        row[T * i + 1] = tokens + example->b;
        row[T * i + 2] = 2 * tokens;
        target[i] = example->c;
    }
    set->forward(&net, &t->table, w, row, b);
    return net_loss(&net, w, target, 0.0f, b);
}

static void pass_item(void *context, int item, int worker)
{
    const RowSet *set = context;
    Trainer *t = set->trainer;
    if (trainer_is_abandoned(t))
        return;
    const int64_t from = (int64_t)item * NET_EXAMPLES_MAX;
    const int b = (int)min_i64(NET_EXAMPLES_MAX, set->count - from);
    t->pass_sum[item] = pass_rows(set, from, b, &t->workers[worker].net);
}

/* Sums over the passes in their order. The table must hold all rows of the current weights. */
static LossSum sum_rows(RowSet set)
{
    Trainer *t = set.trainer;
    const int passes = (int)((set.count + NET_EXAMPLES_MAX - 1) / NET_EXAMPLES_MAX);
    pool_run(t->pool, passes, pass_item, &set);
    LossSum sum = {0};
    for (int i = 0; i < passes; i++) {
        sum.loss += t->pass_sum[i].loss;
        sum.correct += t->pass_sum[i].correct;
        sum.zero += t->pass_sum[i].zero;
    }
    return sum;
}

static double ratio(int64_t part, int64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : (double)NAN;
}

static void evaluate_sets(Trainer *t, Evaluation *e)
{
    const Dataset *d = &t->data;
    const Net net = trainer_net(t);
    trainer_fill_table(t);
    layer0_cache_look(&net, &t->table);
    LossSum train = sum_rows((RowSet){t, d->train, NULL, d->train_count, net_look});
    LossSum mirror = sum_rows((RowSet){t, d->test, t->test_rows, d->mirror_count, net_look});
    LossSum unseen = sum_rows((RowSet){t, d->test, t->test_rows + d->mirror_count, d->unseen_count, net_look});
    e->train_loss = train.loss / (double)d->train_count;
    e->train_acc = ratio(train.correct, d->train_count);
    e->zero_loss_rows = train.zero;
    e->test_loss = (mirror.loss + unseen.loss) / (double)d->test_count;
    e->test_acc = ratio(mirror.correct + unseen.correct, d->test_count);
    e->mirror_acc = task_kinds[d->op].commutes ? ratio(mirror.correct, d->mirror_count) : (double)NAN;
    e->unseen_acc = ratio(unseen.correct, d->unseen_count);
}

/* ---- One Q/K matrix */

typedef struct MatrixJob {
    Trainer *trainer;
    Evaluation *into;
} MatrixJob;

static void measure_spectrum(Trainer *t, int i, MatrixMeasure *m, float *sigma, float *scratch)
{
    const int D = t->layout.config.dim;
    const size_t size = (size_t)D * (size_t)D;
    const float *W = t->state.weights + t->layout.tensors[t->matrix[i]].offset;
    float *good = t->sigma + (size_t)i * (size_t)D;
    m->stale = !linalg_singular_values(sigma, W, D, D, scratch);
    if (m->stale)
        memcpy(sigma, good, (size_t)D * sizeof *sigma);
    else
        memcpy(good, sigma, (size_t)D * sizeof *sigma);
    m->stable_rank = linalg_stable_rank(sigma, D);
    m->effective_rank = linalg_effective_rank(sigma, D);
    m->participation = linalg_participation_ratio(sigma, D);
    m->nuclear = linalg_nuclear_norm(sigma, D);
    m->spectral = (double)sigma[0];
    m->norm = linalg_norm(W, size);
}

/* The decay's next step on W: what AdamW shrinks (all of it along W) and what the matrix decay takes. */
static void measure_decay(Trainer *t, const Tensor *tensor, MatrixMeasure *m, const float *sigma, float *scratch)
{
    const float *W = t->state.weights + tensor->offset;
    const size_t size = tensor_size(tensor);
    const double lr = trainer_lr(t, t->state.step);
    const DecayKind *kind = &decay_kinds[t->decay.kind];
    const bool target = decay_is_target(&t->decay, tensor);
    m->decay_radial = lr * decay_adamw_rate(&t->decay, tensor) * m->norm;
    m->decay_tangential = 0;
    m->floor = target && spectrum_at_floor(&t->decay, lr, sigma, tensor->cols, m->norm);
    if (!target || !kind->step)
        return;
    float *after = scratch;
    memcpy(after, W, size * sizeof *after);
    if (!kind->step(&t->decay, after, tensor->rows, tensor->cols, lr, scratch + size))
        return;
    for (size_t j = 0; j < size; j++)
        after[j] = W[j] - after[j];
    double radial, tangential;
    spectrum_parts(after, W, size, &radial, &tangential);
    m->decay_radial += radial;
    m->decay_tangential = tangential;
}

/* The last step, if it was watched. */
static void measure_turn(Trainer *t, int i, const Tensor *tensor, MatrixMeasure *m)
{
    const size_t size = tensor_size(tensor);
    const float *W = t->state.weights + tensor->offset;
    const float *before = t->watch.before + (size_t)i * size, *between = t->watch.between + (size_t)i * size;
    m->turn = m->turn_task = m->turn_decay = m->gradient_radial = m->gradient_tangential = (double)NAN;
    if (t->watch.step != t->state.step)
        return;
    m->turn = spectrum_turn(before, W, size);
    m->turn_task = spectrum_turn(before, between, size);
    m->turn_decay = spectrum_turn(between, W, size);
    m->gradient_radial = t->watch.radial[i];
    m->gradient_tangential = t->watch.tangential[i];
}

static void matrix_item(void *context, int item, int worker)
{
    const MatrixJob *job = context;
    Trainer *t = job->trainer;
    const Tensor *tensor = &t->layout.tensors[t->matrix[item]];
    MatrixMeasure *m = &job->into->matrix[item];
    float *sigma = job->into->sigma + (size_t)item * (size_t)job->into->sigma_count;
    float *scratch = t->workers[worker].scratch;
    if (trainer_is_abandoned(t))
        return;
    snprintf(m->name, sizeof m->name, "%s", tensor->name);
    measure_spectrum(t, item, m, sigma, scratch);
    measure_decay(t, tensor, m, sigma, scratch);
    measure_turn(t, item, tensor, m);
}

/* Means over the matrices that have a rank; NAN when none has. */
static void mean_ranks(Evaluation *e)
{
    double sum[3] = {0};
    int count = 0;
    for (int i = 0; i < e->matrix_count; i++) {
        if (isnan(e->matrix[i].stable_rank))
            continue;
        sum[0] += e->matrix[i].stable_rank;
        sum[1] += e->matrix[i].effective_rank;
        sum[2] += e->matrix[i].participation;
        count++;
    }
    e->stable_rank = count ? sum[0] / count : (double)NAN;
    e->effective_rank = count ? sum[1] / count : (double)NAN;
    e->participation = count ? sum[2] / count : (double)NAN;
}

bool trainer_measure(Trainer *t, Evaluation *e)
{
    MatrixJob job = {t, e};
    e->step = t->state.step;
    pool_run(t->pool, t->matrix_count, matrix_item, &job);
    mean_ranks(e);
    return !trainer_is_abandoned(t);
}

bool trainer_evaluate(Trainer *t, Evaluation *e)
{
    evaluate_sets(t, e);
    if (!trainer_measure(t, e))
        return false;
    e->batch_loss = t->last.loss;
    e->grad_norm = t->last.grad_norm;
    e->weight_norm = linalg_norm(t->state.weights, t->layout.parameters);
    snprintf(e->decay_kind, sizeof e->decay_kind, "%s", decay_kinds[t->decay.kind].name);
    snprintf(e->decay_targets, sizeof e->decay_targets, "%s", decay_target_names[t->decay.targets]);
    e->decay_strength = t->decay.strength;
    return true;
}

bool trainer_sample(Trainer *t, Sample *s)
{
    const int64_t count = t->data.unseen_count;
    s->step = t->state.step;
    s->batch_loss = t->last.loss;
    s->batch_acc = t->last.accuracy;
    s->unseen_sample_acc = (double)NAN;
    if (count == 0)
        return !trainer_is_abandoned(t);
    /* Every (count / 64)th unseen row, starting further on at each step: even over the table, and it rotates. */
    int64_t index[SAMPLE_ROWS];
    const int rows = (int)min_i64(SAMPLE_ROWS, count);
    for (int i = 0; i < rows; i++)
        index[i] = t->test_rows[t->data.mirror_count + (t->state.step + i * (count / rows)) % count];
    trainer_fill_table(t);
    const RowSet set = {t, t->data.test, index, rows, net_forward};
    s->unseen_sample_acc = ratio(sum_rows(set).correct, rows);
    return !trainer_is_abandoned(t);
}

bool trainer_weights_are_finite(const Trainer *t)
{
    return linalg_is_finite(t->state.weights, t->layout.parameters);
}
