/* What a trainer is made of. The step is in trainer_step.c, the measures are in trainer_measure.c. */
#include <lrd/train/trainer_inside.h>

#include <lrd/base/util.h>
#include <lrd/num/mat.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { T = MODEL_POSITIONS };

/* ---- Sizes */

/* A function of the batch alone, never of the threads: the sums must not depend on them. */
static int shards_for(int64_t batch)
{
    if (batch >= 2048)
        return 16;
    if (batch >= 1024)
        return 8;
    return (int)max_i64(1, min_i64(4, batch / 16));
}

static int64_t batch_size(const Trainer *t)
{
    int64_t wanted = t->settings.train.batch;
    return wanted == 0 ? t->data.train_count : min_i64(wanted, t->data.train_count);
}

static int table_capacity(const Trainer *t)
{
    return 2 * t->data.tokens + 1;
}

/* ---- Parts that follow the settings */

static size_t scratch_wanted(const Trainer *t)
{
    const int D = t->layout.config.dim;
    size_t most = decay_scratch_floats(D, D);
    for (int i = 0; i < t->decayed_count; i++) {
        const Tensor *tensor = &t->layout.tensors[t->decayed[i]];
        size_t floats = decay_scratch_floats(tensor->rows, tensor->cols);
        most = floats > most ? floats : most;
    }
    return most + (size_t)D * (size_t)D;
}

static void free_workers(Trainer *t)
{
    for (int i = 0; t->pool && i < pool_threads(t->pool); i++) {
        net_work_free(&t->workers[i].net);
        free(t->workers[i].scratch);
    }
    free(t->workers);
    pool_free(t->pool);
    t->pool = NULL;
    t->workers = NULL;
}

static void fit_workers(Trainer *t)
{
    const int threads = min_int(settings_threads(&t->settings), TRAINER_SHARDS_MAX);
    if (!t->pool || pool_threads(t->pool) != threads) {
        free_workers(t);
        t->pool = pool_new(threads, mat_use_one_thread);
        t->workers = xcalloc((size_t)pool_threads(t->pool), sizeof *t->workers);
        for (int i = 0; i < pool_threads(t->pool); i++)
            t->workers[i].net = net_work_new(&t->layout);
    }
    const size_t floats = scratch_wanted(t);
    for (int i = 0; i < pool_threads(t->pool); i++) {
        TrainerWorker *w = &t->workers[i];
        if (w->scratch_floats >= floats)
            continue;
        free(w->scratch);
        w->scratch = xfloats(floats);
        w->scratch_floats = floats;
    }
}

static void fit_shards(Trainer *t)
{
    t->shard_count = shards_for(batch_size(t));
    for (; t->shards_made < t->shard_count; t->shards_made++)
        t->shards[t->shards_made] = net_shard_new(&t->layout, table_capacity(t));
    if (t->batch_capacity < batch_size(t)) {
        t->batch_capacity = batch_size(t);
        free(t->order);
        free(t->row);
        free(t->target);
        t->order = xcalloc((size_t)t->batch_capacity, sizeof *t->order);
        t->row = xcalloc((size_t)t->batch_capacity * T, sizeof *t->row);
        t->target = xcalloc((size_t)t->batch_capacity, sizeof *t->target);
    }
}

static void fit_decay(Trainer *t)
{
    t->decay = settings_decay(&t->settings);
    t->decayed_count = 0;
    if (!decay_kinds[t->decay.kind].matrix)
        return;
    for (int i = 0; i < t->layout.tensor_count; i++)
        if (decay_is_target(&t->decay, &t->layout.tensors[i]))
            t->decayed[t->decayed_count++] = i;
}

void trainer_configure(Trainer *t, const Settings *settings)
{
    t->settings = *settings;
    fit_decay(t);
    fit_workers(t);
    fit_shards(t);
}

/* ---- Construction */

static void list_test_rows(Trainer *t)
{
    t->test_rows = xcalloc((size_t)t->data.test_count, sizeof *t->test_rows);
    int64_t mirror = 0, unseen = t->data.mirror_count;
    for (int64_t i = 0; i < t->data.test_count; i++)
        t->test_rows[t->data.mirror[i] ? mirror++ : unseen++] = i;
}

static void list_matrices(Trainer *t)
{
    for (int i = 0; i < t->layout.tensor_count; i++) {
        TensorRole role = t->layout.tensors[i].role;
        if (role == TENSOR_Q || role == TENSOR_K)
            t->matrix[t->matrix_count++] = i;
    }
}

static void start_state(Trainer *t)
{
    TrainerState *s = &t->state;
    s->weights = xfloats(t->layout.parameters);
    s->m = xfloats(t->layout.parameters);
    s->v = xfloats(t->layout.parameters);
    model_init(&t->layout, s->weights, (uint64_t)t->settings.model.seed);
    s->permutation = xcalloc((size_t)t->data.train_count, sizeof *s->permutation);
    for (int64_t i = 0; i < t->data.train_count; i++)
        s->permutation[i] = (int32_t)i;
    s->batches = rng_seed((uint64_t)t->settings.train.seed, RNG_BATCHES);
    rng_shuffle(&s->batches, s->permutation, t->data.train_count);
}

Trainer *trainer_new(const Settings *settings, Dataset *dataset)
{
    Trainer *t = xcalloc(1, sizeof *t);
    const ModelConfig config = settings_model(settings);
    t->settings = *settings;
    t->data = *dataset;
    *dataset = (Dataset){0};
    t->last = (StepResult){.loss = (double)NAN, .accuracy = (double)NAN, .grad_norm = (double)NAN};
    t->ops = ops_best();
    t->layout = model_layout(&config);
    t->decayed = xcalloc((size_t)t->layout.tensor_count, sizeof *t->decayed);
    t->decay_failed = xcalloc((size_t)t->layout.tensor_count, sizeof *t->decay_failed);
    list_test_rows(t);
    list_matrices(t);
    start_state(t);
    t->table = layer0_cache_new(&t->layout, table_capacity(t));
    const size_t square = (size_t)config.dim * (size_t)config.dim * (size_t)t->matrix_count;
    t->watch = (TrainerWatch){.step = -1, .before = xfloats(square), .between = xfloats(square)};
    t->sigma = xfloats((size_t)config.dim * (size_t)t->matrix_count);
    t->order_start = xcalloc((size_t)t->data.tokens + 1, sizeof *t->order_start);
    t->squares = xcalloc(t->layout.parameters / TRAINER_CHUNK + 1, sizeof *t->squares);
    const int64_t rows = max_i64(t->data.train_count, t->data.test_count);
    t->pass_sum = xcalloc((size_t)(rows / NET_EXAMPLES_MAX + 2), sizeof *t->pass_sum);
    trainer_configure(t, settings);
    return t;
}

void trainer_copy_state(const Trainer *t, TrainerState *to, const TrainerState *from)
{
    const TrainerState own = *to;
    const size_t bytes = t->layout.parameters * sizeof *own.weights;
    *to = *from;
    to->weights = memcpy(own.weights, from->weights, bytes);
    to->m = memcpy(own.m, from->m, bytes);
    to->v = memcpy(own.v, from->v, bytes);
    to->permutation = memcpy(own.permutation, from->permutation, (size_t)t->data.train_count * sizeof *own.permutation);
}

void trainer_free(Trainer *t)
{
    if (!t)
        return;
    free_workers(t);
    for (int i = 0; i < t->shards_made; i++)
        net_shard_free(&t->shards[i]);
    layer0_cache_free(&t->table);
    free(t->state.weights);
    free(t->state.m);
    free(t->state.v);
    free(t->state.permutation);
    free(t->order);
    free(t->order_start);
    free(t->row);
    free(t->target);
    free(t->squares);
    free(t->pass_sum);
    free(t->watch.before);
    free(t->watch.between);
    free(t->sigma);
    free(t->decayed);
    free(t->decay_failed);
    free(t->test_rows);
    dataset_free(&t->data);
    model_layout_free(&t->layout);
    free(t);
}

/* ---- Looking at it */

TrainerState *trainer_state(Trainer *t)
{
    return &t->state;
}

void trainer_forget_step(Trainer *t)
{
    t->watch.step = -1;
    t->last = (StepResult){.loss = (double)NAN, .accuracy = (double)NAN, .grad_norm = (double)NAN};
}

const ModelLayout *trainer_layout(const Trainer *t)
{
    return &t->layout;
}

const Dataset *trainer_dataset(const Trainer *t)
{
    return &t->data;
}

StepResult trainer_last(const Trainer *t)
{
    return t->last;
}

const float *trainer_gradient(const Trainer *t)
{
    return t->shards[0].gradient;
}

int trainer_matrix_count(const Trainer *t)
{
    return t->matrix_count;
}

int trainer_decay_failures(const Trainer *t)
{
    int failed = 0;
    for (int i = 0; i < t->decayed_count; i++)
        failed += t->decay_failed[i];
    return failed;
}

int trainer_hold_failures(const Trainer *t)
{
    int failed = 0;
    for (int i = 0; i < t->matrix_count; i++)
        failed += t->hold_failed[i];
    return failed;
}

static void scale_floats(float *x, double c, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = (float)((double)x[i] * c);
}

void trainer_scale_matrix(Trainer *t, int tensor, double factor)
{
    const Tensor *which = &t->layout.tensors[tensor];
    const size_t at = which->offset, size = tensor_size(which);
    scale_floats(t->state.weights + at, factor, size);
    scale_floats(t->state.m + at, 1.0 / factor, size);
    scale_floats(t->state.v + at, 1.0 / (factor * factor), size);
    for (int i = 0; i < t->matrix_count; i++)
        if (t->matrix[i] == tensor)
            t->state.qk.held[i] *= fabs(factor);
}

int trainer_truncate(Trainer *t, int rank)
{
    int failed = 0;
    for (int i = 0; i < t->matrix_count; i++) {
        const Tensor *which = &t->layout.tensors[t->matrix[i]];
        failed += !qk_truncate(t->state.weights + which->offset, rank, which->rows, which->cols, t->workers[0].scratch);
    }
    return failed;
}

void trainer_abandon(Trainer *t)
{
    atomic_store(&t->abandoned, true);
}

bool trainer_is_abandoned(const Trainer *t)
{
    return atomic_load_explicit(&t->abandoned, memory_order_relaxed);
}

void trainer_clear_abandon(Trainer *t)
{
    atomic_store(&t->abandoned, false);
}

void trainer_reset_clock(Trainer *t)
{
    memset(t->phase_seconds, 0, sizeof t->phase_seconds);
    t->phase_steps = 0;
}

void trainer_read_clock(const Trainer *t, double seconds[PHASE_COUNT], int64_t *steps)
{
    memcpy(seconds, t->phase_seconds, sizeof t->phase_seconds);
    *steps = t->phase_steps;
}

double trainer_lr(const Trainer *t, int64_t step)
{
    const int64_t warmup = t->settings.train.warmup;
    const double share = warmup > 0 ? (double)(step + 1) / (double)warmup : 1.0;
    return t->settings.train.lr * (share < 1.0 ? share : 1.0);
}

Net trainer_net(const Trainer *t)
{
    return (Net){.layout = &t->layout,
                 .ops = t->ops,
                 .weights = t->state.weights,
                 .attention = (AttentionKind)t->settings.model.attention,
                 .loss = (LossKind)t->settings.train.loss,
                 .temp = (float)t->settings.model.temp};
}

/* Row token + position * tokens; '=' stands at position 2 only and comes last. */
void trainer_table_all(Trainer *t)
{
    const int tokens = t->data.tokens;
    Layer0Cache *table = &t->table;
    table->rows = 2 * tokens + 1;
    for (int r = 0; r < 2 * tokens; r++) {
        table->token[r] = r % tokens;
        table->position[r] = r / tokens;
    }
    table->token[2 * tokens] = tokens;
    table->position[2 * tokens] = T - 1;
}

void trainer_fill_table(Trainer *t)
{
    const Net net = trainer_net(t);
    trainer_table_all(t);
    layer0_cache_forward(&net, &t->table, 0, t->table.rows);
}
