#include <lrd/train/benchmark.h>

#include <lrd/base/util.h>
#include <lrd/lab/net.h>
#include <lrd/num/linalg.h>
#include <lrd/num/mat.h>
#include <lrd/train/trainer_inside.h>

#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 9 };

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, compare);
    return values[count / 2];
}

/* ---- The bare products of one step. The last batch of an epoch may be smaller: each step's own are taken. */

typedef struct StepSize {
    int64_t batch;
    int table_rows;
} StepSize;

typedef struct Bare {
    NetProduct *products;
    int count;
    float *A, *B, *C; /* as large as the largest product wants */
    const Trainer *trainer;
    float *scratch;
} Bare;

static size_t area(int rows, int cols)
{
    return (size_t)rows * (size_t)cols;
}

static int append(Bare *bare, const NetProduct *from, int count)
{
    memcpy(bare->products + bare->count, from, (size_t)count * sizeof *from);
    return bare->count + count;
}

/* Every pass of every shard and the table's cuts, as trainer_step.c makes them. */
static void list_products(Bare *bare, StepSize size)
{
    const Trainer *t = bare->trainer;
    const ModelConfig *c = &t->layout.config;
    const int64_t table = size.table_rows, batch = size.batch;
    NetProduct some[NET_PRODUCTS_MAX];
    bare->count = 0;
    for (int shard = 0; shard < t->shard_count; shard++) {
        const int64_t rows = table * (shard + 1) / t->shard_count - table * shard / t->shard_count;
        bare->count = append(bare, some, net_products(c, 0, (int)rows, some));
        const int64_t end = batch * (shard + 1) / t->shard_count;
        for (int64_t at = batch * shard / t->shard_count; at < end; at += NET_EXAMPLES_MAX)
            bare->count = append(bare, some, net_products(c, (int)min_i64(NET_EXAMPLES_MAX, end - at), 0, some));
    }
}

/* largest: of all steps. */
static Bare bare_new(const Trainer *t, StepSize largest)
{
    const int64_t passes = largest.batch / NET_EXAMPLES_MAX + 2 * TRAINER_SHARDS_MAX;
    Bare bare = {.trainer = t, .products = xcalloc((size_t)passes * NET_PRODUCTS_MAX, sizeof *bare.products)};
    list_products(&bare, largest);
    size_t most[3] = {1, 1, 1};
    for (int i = 0; i < bare.count; i++) {
        const NetProduct *p = &bare.products[i];
        const size_t wanted[3] = {area(p->m, p->k), area(p->n, p->k), area(p->m, p->n)};
        for (int j = 0; j < 3; j++)
            most[j] = wanted[j] > most[j] ? wanted[j] : most[j];
    }
    bare.A = xfloats(most[0]);
    bare.B = xfloats(most[1]);
    bare.C = xfloats(most[2]);
    size_t scratch = 1;
    for (int i = 0; i < t->decayed_count; i++) {
        const Tensor *tensor = &t->layout.tensors[t->decayed[i]];
        const size_t floats = decay_scratch_floats(tensor->rows, tensor->cols);
        scratch = floats > scratch ? floats : scratch;
    }
    bare.scratch = xfloats(scratch);
    return bare;
}

static void bare_free(Bare *bare)
{
    free(bare->products);
    free(bare->A);
    free(bare->B);
    free(bare->C);
    free(bare->scratch);
}

static double bare_gflop(const Bare *bare)
{
    double flop = 0;
    for (int i = 0; i < bare->count; i++)
        flop += 2.0 * bare->products[i].m * bare->products[i].n * bare->products[i].k;
    return flop * 1e-9;
}

static void bare_products(const Bare *bare)
{
    for (int i = 0; i < bare->count; i++) {
        const NetProduct *p = &bare->products[i];
        if (p->kind == 't')
            mat_nt(p->m, p->n, p->k, bare->A, p->k, bare->B, p->k, 0, bare->C, p->n);
        else if (p->kind == 'n')
            mat_nn(p->m, p->n, p->k, bare->A, p->k, bare->B, p->n, 0, bare->C, p->n);
        else
            mat_tn(p->m, p->n, p->k, bare->A, p->m, bare->B, p->n, 1, bare->C, p->n);
    }
}

/* The kinds that take an SVD instead have no products of their own to compare with. */
static void bare_newton_schulz(const Bare *bare)
{
    const Trainer *t = bare->trainer;
    if (decay_kinds[t->decay.kind].spectral)
        return;
    for (int i = 0; i < t->decayed_count; i++) {
        const Tensor *tensor = &t->layout.tensors[t->decayed[i]];
        linalg_newton_schulz(bare->scratch, t->state.weights + tensor->offset, tensor->rows, tensor->cols,
                             t->decay.ns_iters, bare->scratch + tensor_size(tensor));
    }
}

/* Seconds, and of all steps together the operations of their products. */
static double time_bare(Bare *bare, const StepSize *sizes, int count, double *gflop)
{
    double seconds = 0;
    *gflop = 0;
    for (int i = 0; i < count; i++) {
        list_products(bare, sizes[i]);
        *gflop += bare_gflop(bare);
        const double start = clock_seconds();
        bare_products(bare);
        bare_newton_schulz(bare);
        seconds += clock_seconds() - start;
    }
    return seconds;
}

/* ---- Steps */

static double time_steps(Trainer *t, StepSize *sizes, int count)
{
    const double start = clock_seconds();
    for (int i = 0; i < count; i++) {
        trainer_step(t, false);
        sizes[i] = (StepSize){t->batch, t->table.rows};
    }
    return clock_seconds() - start;
}

static void measure_rounds(Trainer *t, double seconds, Benchmark *out)
{
    enum { WARM = 2 };
    StepSize first[WARM];
    time_steps(t, first, WARM);
    Bare bare = bare_new(t, first[0]);
    double gflop, all_gflop = 0;
    const double one = time_steps(t, first, 1) + time_bare(&bare, first, 1, &gflop);
    const int repeats = max_int(1, (int)(seconds / one / ROUNDS));
    StepSize *sizes = xcalloc((size_t)repeats, sizeof *sizes);
    double step[ROUNDS], products[ROUNDS], ratio[ROUNDS];
    trainer_reset_clock(t);
    for (int i = 0; i < ROUNDS; i++) {
        step[i] = time_steps(t, sizes, repeats) / repeats;
        products[i] = time_bare(&bare, sizes, repeats, &gflop) / repeats;
        ratio[i] = step[i] / products[i];
        all_gflop += gflop;
    }
    free(sizes);
    int64_t steps;
    trainer_read_clock(t, out->phase_ms, &steps);
    for (int i = 0; i < PHASE_COUNT; i++)
        out->phase_ms[i] *= 1e3 / (double)max_i64(steps, 1);
    out->gflop = all_gflop / ROUNDS / repeats;
    out->step_ms = 1e3 * median(step, ROUNDS);
    out->products_ms = 1e3 * median(products, ROUNDS);
    out->ratio = median(ratio, ROUNDS);
    bare_free(&bare);
}

static void measure_looks(Trainer *t, Benchmark *out)
{
    Evaluation e;
    Sample s;
    evaluation_init(&e, trainer_matrix_count(t), t->layout.config.dim);
    double evaluation[3], sample[3];
    for (int i = 0; i < 3; i++) {
        double start = clock_seconds();
        trainer_evaluate(t, &e);
        evaluation[i] = clock_seconds() - start;
        start = clock_seconds();
        trainer_sample(t, &s);
        trainer_measure(t, &e);
        sample[i] = clock_seconds() - start;
    }
    out->evaluation_ms = 1e3 * median(evaluation, 3);
    out->sample_ms = 1e3 * median(sample, 3);
    evaluation_free(&e);
}

Status benchmark_run(const Settings *settings, double seconds, bool evaluate, Benchmark *out)
{
    *out = (Benchmark){0};
    Status status = settings_check(settings);
    if (!status_is_ok(status))
        return status;
    Dataset data;
    status = dataset_split(&data, (TaskOp)settings->task.op, settings->task.p, settings->task.frac,
                           (uint64_t)settings->task.seed);
    if (!status_is_ok(status))
        return status;
    Trainer *t = trainer_new(settings, &data);
    out->threads = pool_threads(t->pool);
    measure_rounds(t, seconds, out);
    if (evaluate)
        measure_looks(t, out);
    trainer_free(t);
    return status_ok();
}
