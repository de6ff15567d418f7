/* One step, phase by phase. Each phase hands numbered items to the pool; no item's result depends on who does it. */
#include <lrd/train/trainer_inside.h>

#include <lrd/base/util.h>
#include <lrd/lab/qk_step.h>
#include <lrd/lab/spectrum.h>
#include <lrd/num/linalg.h>

#include <math.h>
#include <string.h>

enum { T = MODEL_POSITIONS };

const char *const step_phase_names[PHASE_COUNT] = {[PHASE_TABLE] = "layer 0 table",
                                                   [PHASE_SHARDS] = "forward and backward",
                                                   [PHASE_TABLE_BACKWARD] = "layer 0 backward",
                                                   [PHASE_REDUCE] = "sum of gradients",
                                                   [PHASE_ADAMW] = "AdamW",
                                                   [PHASE_DECAY] = "decay"};

/* Item i of `items` covers [cut(i), cut(i+1)). */
static int64_t cut(int64_t total, int items, int i)
{
    return total * i / items;
}

/* ---- The batch */

/* Looks at the state without changing it, so that an abandoned step can be taken again. */
static const int32_t *next_rows(Trainer *t)
{
    const TrainerState *s = &t->state;
    if (t->settings.train.batch == 0) {
        t->batch = t->data.train_count;
        return NULL;
    }
    t->batch = min_i64(t->settings.train.batch, t->data.train_count - s->cursor);
    return s->permutation + s->cursor;
}

/* The rows of the step that is done; an epoch that ends with them is shuffled anew. */
static void advance_cursor(Trainer *t)
{
    TrainerState *s = &t->state;
    if (t->settings.train.batch == 0)
        return;
    s->cursor += t->batch;
    if (s->cursor < t->data.train_count)
        return;
    rng_shuffle(&s->batches, s->permutation, t->data.train_count);
    s->cursor = 0;
}

/* The batch in the order of a, and as it came where that is the same: so a shard reads few rows of the table. The sums
 * over a batch don't ask for an order. */
static void order_batch(Trainer *t, const int32_t *rows)
{
    int64_t *start = t->order_start;
    memset(start, 0, (size_t)(t->data.tokens + 1) * sizeof *start);
    for (int64_t i = 0; i < t->batch; i++)
        start[t->data.train[rows ? rows[i] : i].a + 1]++;
    for (int a = 0; a < t->data.tokens; a++)
        start[a + 1] += start[a];
    for (int64_t i = 0; i < t->batch; i++) {
        const int32_t row = rows ? rows[i] : (int32_t)i;
        t->order[start[t->data.train[row].a]++] = row;
    }
}

static void take_batch(Trainer *t)
{
    const int tokens = t->data.tokens;
    Layer0Cache *table = &t->table;
    order_batch(t, next_rows(t));
    t->direct = T * t->batch <= 2 * tokens + 1;
    if (t->direct)
        table->rows = (int)(T * t->batch);
    else
        trainer_table_all(t);
    for (int64_t i = 0; i < t->batch; i++) {
        const TaskRow *example = &t->data.train[t->order[i]];
        const int32_t token[T] = {example->a, example->b, tokens};
        t->target[i] = example->c;
        for (int32_t p = 0; p < T; p++) {
            const int64_t at = T * i + p;
            t->row[at] = t->direct ? (int32_t)at : p == T - 1 ? 2 * tokens : token[p] + p * tokens;
            if (t->direct) {
                table->token[at] = token[p];
                table->position[at] = p;
            }
        }
    }
}

/* ---- Phases */

static void table_item(void *context, int item, int worker)
{
    (void)worker;
    Trainer *t = context;
    const Net net = trainer_net(t);
    layer0_cache_forward(&net, &t->table, (int)cut(t->table.rows, t->shard_count, item),
                         (int)cut(t->table.rows, t->shard_count, item + 1));
}

static void shard_item(void *context, int item, int worker)
{
    Trainer *t = context;
    const Net net = trainer_net(t);
    NetWork *w = &t->workers[worker].net;
    const float scale = 1.0f / (float)t->batch;
    LossSum sum = {0};
    const int64_t from = cut(t->batch, t->shard_count, item), end = cut(t->batch, t->shard_count, item + 1);
    net_shard_clear(&t->layout, &t->shards[item], from == end); /* an epoch's last batch may leave it nothing */
    for (int64_t at = from; at < end; at += NET_EXAMPLES_MAX) {
        if (trainer_is_abandoned(t))
            return;
        const int b = (int)min_i64(NET_EXAMPLES_MAX, end - at);
        net_forward(&net, &t->table, w, t->row + T * at, b);
        LossSum pass = net_loss(&net, w, t->target + at, scale, b);
        net_backward(&net, &t->table, w, &t->shards[item], t->row + T * at, b);
        sum.loss += pass.loss;
        sum.correct += pass.correct;
    }
    t->shard_sum[item] = sum;
}

static void table_backward_item(void *context, int item, int worker)
{
    (void)worker;
    Trainer *t = context;
    const Net net = trainer_net(t);
    layer0_cache_backward(&net, &t->table, t->shards, t->shard_count, &t->shards[item],
                          (int)cut(t->table.rows, t->shard_count, item),
                          (int)cut(t->table.rows, t->shard_count, item + 1));
}

static int chunk_count(const Trainer *t)
{
    return (int)((t->layout.parameters + TRAINER_CHUNK - 1) / TRAINER_CHUNK);
}

static void reduce_item(void *context, int item, int worker)
{
    (void)worker;
    Trainer *t = context;
    float *gradients[TRAINER_SHARDS_MAX];
    for (int i = 0; i < t->shard_count; i++)
        gradients[i] = t->shards[i].gradient;
    const size_t from = (size_t)item * TRAINER_CHUNK, left = t->layout.parameters - from;
    t->squares[item] =
        t->ops->sum_shards(gradients[0], gradients, t->shard_count, from, left < TRAINER_CHUNK ? left : TRAINER_CHUNK);
}

static bool is_qk(const Tensor *tensor)
{
    return tensor->role == TENSOR_Q || tensor->role == TENSOR_K;
}

static double step_share(const Trainer *t, const Tensor *tensor)
{
    return is_qk(tensor) ? t->settings.train.qk_lr : 1.0;
}

static double clip_scale(const Trainer *t)
{
    const double clip = t->settings.train.clip, scale = clip > 0 ? clip / (t->last.grad_norm + 1e-6) : 1.0;
    return scale < 1.0 ? scale : 1.0;
}

/* The bias-corrected step at state.step, as PyTorch's AdamW computes it; clipping as clip_grad_norm_. */
static AdamwStep adamw_step(const Trainer *t, const Tensor *tensor)
{
    const double beta1 = 0.9, beta2 = t->settings.train.beta2, count = (double)(t->state.step + 1);
    const double lr = trainer_lr(t, t->state.step);
    return (AdamwStep){.rate = (float)(lr * step_share(t, tensor) / (1.0 - pow(beta1, count))),
                       .root_correction = (float)(1.0 / sqrt(1.0 - pow(beta2, count))),
                       .shrink = (float)(1.0 - lr * decay_adamw_rate(&t->decay, tensor)),
                       .beta1 = (float)beta1,
                       .gain1 = (float)(1.0 - beta1),
                       .beta2 = (float)beta2,
                       .gain2 = (float)(1.0 - beta2),
                       .eps = 1e-8f,
                       .gradient_scale = (float)clip_scale(t)};
}

/* u of a Q/K matrix, without any decay: what AdamW takes off a matrix of zeros, or Muon's. v rests under Muon. */
static void qk_step_of(Trainer *t, const Tensor *tensor, const AdamwStep *adamw, float *u, float *scratch)
{
    const Settings *s = &t->settings;
    const size_t at = tensor->offset, size = tensor_size(tensor);
    const float *G = t->shards[0].gradient + at;
    if (s->train.qk_opt != QK_ADAM) {
        const double lambda = s->train.qk_opt == QK_LUON ? s->train.qk_lambda : 0.0;
        const double eta = QK_RATE * trainer_lr(t, t->state.step) * s->train.qk_lr;
        qk_muon(u, t->state.m + at, G, t->state.weights + at, clip_scale(t), s->train.qk_mu, lambda, eta, tensor->rows,
                tensor->cols, scratch);
        return;
    }
    memset(u, 0, size * sizeof *u);
    t->ops->adamw(u, t->state.m + at, t->state.v + at, G, adamw, size);
    for (size_t i = 0; i < size; i++)
        u[i] = -u[i];
}

/* The step of a Q/K matrix that AdamW alone does not make; L2's share of it before u, as in AdamW, and after a turn. */
static bool is_turned(const Trainer *t)
{
    return t->settings.train.qk_turn > 0 || settings_follow(&t->settings);
}

static double turn_of(const Trainer *t, const Tensor *tensor)
{
    int i = 0;
    while (&t->layout.tensors[t->matrix[i]] != tensor)
        i++;
    return settings_follow(&t->settings) ? t->other_turn[i] : t->settings.train.qk_turn;
}

static void step_qk(Trainer *t, const Tensor *tensor, const AdamwStep *adamw, float *scratch)
{
    const size_t size = tensor_size(tensor);
    float *W = t->state.weights + tensor->offset, *u = scratch;
    const float shrink = adamw->shrink;
    qk_step_of(t, tensor, adamw, u, scratch + size);
    const bool turned = is_turned(t);
    if (turned)
        qk_turn(W, u, turn_of(t, tensor), size);
    for (size_t i = 0; i < size; i++)
        W[i] = turned ? W[i] * shrink : W[i] * shrink - u[i];
}

static void adamw_item(void *context, int item, int worker)
{
    Trainer *t = context;
    const Tensor *tensor = &t->layout.tensors[item];
    const AdamwStep step = adamw_step(t, tensor);
    const size_t at = tensor->offset;
    TrainerState *s = &t->state;
    if (is_qk(tensor) && (t->settings.train.qk_opt != QK_ADAM || is_turned(t)))
        step_qk(t, tensor, &step, t->workers[worker].scratch);
    else
        t->ops->adamw(s->weights + at, s->m + at, s->v + at, t->shards[0].gradient + at, &step, tensor_size(tensor));
}

static void decay_item(void *context, int item, int worker)
{
    Trainer *t = context;
    const Tensor *tensor = &t->layout.tensors[t->decayed[item]];
    float *W = t->state.weights + tensor->offset;
    t->decay_failed[item] = !decay_kinds[t->decay.kind].step(&t->decay, W, tensor->rows, tensor->cols,
                                                             trainer_lr(t, t->state.step), t->workers[worker].scratch);
}

static void hold_item(void *context, int item, int worker)
{
    (void)worker;
    Trainer *t = context;
    const Tensor *tensor = &t->layout.tensors[t->matrix[item]];
    const double h = t->settings.train.qk_norm > 0 ? t->settings.train.qk_norm : t->state.qk.held[item];
    t->hold_failed[item] = !(h > 0) || !qk_hold(t->state.weights + tensor->offset, h, tensor_size(tensor));
}

/* What was switched since the last step: m of Q and K begins at zero under another optimiser, and a hold takes the
 * norms as they are before its first step. */
static void follow_switches(Trainer *t)
{
    QkState *qk = &t->state.qk;
    const bool other = (int)qk->momentum_of != t->settings.train.qk_opt;
    qk->momentum_of = t->settings.train.qk_opt;
    for (int i = 0; i < t->matrix_count; i++) {
        const Tensor *tensor = &t->layout.tensors[t->matrix[i]];
        if (other)
            memset(t->state.m + tensor->offset, 0, tensor_size(tensor) * sizeof *t->state.m);
        if (!t->settings.train.qk_hold)
            qk->held[i] = 0;
        else if (!(qk->held[i] > 0))
            qk->held[i] = linalg_norm(t->state.weights + tensor->offset, tensor_size(tensor));
        t->hold_failed[i] = false;
    }
}

static void copy_matrices(const Trainer *t, float *to)
{
    for (int i = 0; i < t->matrix_count; i++) {
        const Tensor *tensor = &t->layout.tensors[t->matrix[i]];
        memcpy(to + (size_t)i * tensor_size(tensor), t->state.weights + tensor->offset,
               tensor_size(tensor) * sizeof *to);
    }
}

/* ---- The step */

static void run_phase(Trainer *t, StepPhase phase, int items, PoolWork *work)
{
    const double start = clock_seconds();
    pool_run(t->pool, items, work, t);
    t->phase_seconds[phase] += clock_seconds() - start;
}

/* Loss and gradient of the batch in hand; false when they are not finite. */
static bool reduce(Trainer *t, StepResult *result)
{
    double loss = 0, squares = 0;
    int64_t correct = 0;
    for (int i = 0; i < t->shard_count; i++) {
        loss += t->shard_sum[i].loss;
        correct += t->shard_sum[i].correct;
    }
    for (int i = 0; i < chunk_count(t); i++)
        squares += t->squares[i];
    *result = (StepResult){
        .loss = loss / (double)t->batch, .accuracy = (double)correct / (double)t->batch, .grad_norm = sqrt(squares)};
    return isfinite(result->loss) && isfinite(result->grad_norm);
}

static void watch_gradient(Trainer *t)
{
    for (int i = 0; i < t->matrix_count; i++) {
        const size_t at = t->layout.tensors[t->matrix[i]].offset, size = tensor_size(&t->layout.tensors[t->matrix[i]]);
        spectrum_parts(t->shards[0].gradient + at, t->state.weights + at, size, &t->watch.radial[i],
                       &t->watch.tangential[i]);
    }
}

void trainer_lead(Trainer *t, bool leads)
{
    t->leads = leads;
}

/* No step turns by a right angle; a matrix of zeros has no angle and turns none. */
void trainer_follow(Trainer *t, const Trainer *leader)
{
    const double most = 89.99;
    for (int i = 0; i < t->matrix_count; i++)
        t->other_turn[i] = isfinite(leader->task_turn[i]) ? fmin(leader->task_turn[i], most) : 0;
}

/* After AdamW and before the decay; watch.before holds W, and watch.between is free. Where AdamW also shrank W (L2)
 * that is taken back: W - u is what counts. A step with a turn of its own shrinks what it has turned, which changes no
 * angle.
 */
static void measure_turns(Trainer *t)
{
    for (int i = 0; i < t->matrix_count; i++) {
        const Tensor *tensor = &t->layout.tensors[t->matrix[i]];
        const size_t size = tensor_size(tensor);
        const float *before = t->watch.before + (size_t)i * size, *W = t->state.weights + tensor->offset;
        const float back = is_turned(t) ? 0.0f : 1.0f - adamw_step(t, tensor).shrink;
        float *plain = t->watch.between + (size_t)i * size;
        for (size_t k = 0; k < size; k++)
            plain[k] = W[k] + back * before[k];
        t->task_turn[i] = spectrum_turn(before, plain, size);
    }
}

static void update_weights(Trainer *t, bool watch)
{
    follow_switches(t);
    if (watch || t->leads)
        copy_matrices(t, t->watch.before);
    if (watch)
        watch_gradient(t);
    run_phase(t, PHASE_ADAMW, t->layout.tensor_count, adamw_item);
    if (t->leads)
        measure_turns(t);
    if (watch)
        copy_matrices(t, t->watch.between);
    run_phase(t, PHASE_DECAY, t->decayed_count, decay_item);
    if (t->settings.train.qk_hold)
        run_phase(t, PHASE_DECAY, t->matrix_count, hold_item);
}

StepOutcome trainer_step(Trainer *t, bool watch)
{
    take_batch(t);
    run_phase(t, PHASE_TABLE, t->shard_count, table_item);
    run_phase(t, PHASE_SHARDS, t->shard_count, shard_item);
    if (trainer_is_abandoned(t))
        return STEP_ABANDONED;
    run_phase(t, PHASE_TABLE_BACKWARD, t->shard_count, table_backward_item);
    run_phase(t, PHASE_REDUCE, chunk_count(t), reduce_item);
    StepResult result;
    if (!reduce(t, &result))
        return STEP_NON_FINITE;
    t->last = result;
    update_weights(t, watch);
    advance_cursor(t);
    t->state.step++;
    t->watch.step = watch ? t->state.step : -1;
    t->phase_steps++;
    return STEP_DONE;
}
