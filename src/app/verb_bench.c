/* How long a step takes on this machine: what of it is matrix products, what the decays cost, how cost grows. */
#include <lrd/app/setup.h>
#include <lrd/app/verbs.h>
#include <lrd/base/machine.h>
#include <lrd/base/util.h>
#include <lrd/num/mat.h>
#include <lrd/num/ops.h>
#include <lrd/num/speed.h>
#include <lrd/train/benchmark.h>
#include <lrd/io/json_text.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CHANGES_MAX = 3 };

/* One line of a table: the base settings with a few changes. */
typedef struct BenchRow {
    const char *set[CHANGES_MAX][2];
} BenchRow;

typedef struct BenchTable {
    const char *name, *title;
    double seconds; /* for each row */
    bool phases;    /* and what a step and a look are made of, for the first row */
    const BenchRow *rows;
    int count;
} BenchTable;

#define ROWS(list) (list), (int)(sizeof(list) / sizeof(list)[0])

static const BenchRow decay_rows[] = {{{{"decay.kind", "lrd"}}},
                                      {{{"decay.kind", "none"}}},
                                      {{{"decay.kind", "l2"}, {"decay.targets", "all"}, {"decay.strength", "0.1"}}},
                                      {{{"decay.kind", "polar"}}},
                                      {{{"decay.kind", "svt"}}}};
static const BenchRow growth_rows[] = {{{{"model.dim", "32"}, {"model.mlp", "128"}}},
                                       {{{"model.dim", "64"}, {"model.mlp", "256"}}},
                                       {{{"model.dim", "256"}, {"model.mlp", "1024"}}},
                                       {{{"model.depth", "1"}}},
                                       {{{"model.depth", "4"}}},
                                       {{{"task.p", "59"}}},
                                       {{{"task.p", "197"}}},
                                       {{{"train.batch", "128"}}},
                                       {{{"train.batch", "0"}}}};
static const BenchRow thread_rows[] = {
    {{{"train.threads", "1"}}}, {{{"train.threads", "2"}}}, {{{"train.threads", "4"}}}};

static const BenchTable bench_tables[] = {
    {"decays", "the decays, one thread", 2.0, true, ROWS(decay_rows)},
    {"threads", "threads (no more than there are cores)", 2.0, false, ROWS(thread_rows)},
    {"growth", "how cost grows, one thread", 1.0, false, ROWS(growth_rows)},
};

static void describe(const BenchRow *row, Text *out)
{
    for (int i = 0; i < CHANGES_MAX && row->set[i][0]; i++)
        text_addf(out, "%s%s=%s", i ? " " : "", row->set[i][0], row->set[i][1]);
}

static Status measure_row(const Settings *base, const BenchTable *table, int index, Benchmark *out)
{
    Settings settings = *base;
    settings.train.threads = 1;
    for (int i = 0; i < CHANGES_MAX && table->rows[index].set[i][0]; i++) {
        Status status = settings_set(&settings, table->rows[index].set[i][0], table->rows[index].set[i][1]);
        if (!status_is_ok(status))
            return status;
    }
    return benchmark_run(&settings, table->seconds, table->phases && index == 0, out);
}

static bool row_is_for_here(const BenchTable *table, int index)
{
    int threads = 1;
    if (table->rows == thread_rows && sscanf(table->rows[index].set[0][1], "%d", &threads) == 1)
        return threads <= machine_cores();
    return true;
}

/* ---- As text */

static void print_phases(const Settings *base, const Benchmark *b)
{
    printf("\nwhat a step is made of (the first row)\n");
    for (int i = 0; i < PHASE_COUNT; i++)
        printf("  %-24s %8.2f ms\n", step_phase_names[i], b->phase_ms[i]);
    const double evaluation = b->evaluation_ms / (double)base->train.eval_every;
    const double sample = base->train.sample_every ? b->sample_ms / (double)base->train.sample_every : 0;
    printf("  %-24s %8.1f ms, every %lld steps: %.1f%% of training\n", "a full evaluation", b->evaluation_ms,
           (long long)base->train.eval_every, 100 * evaluation / b->step_ms);
    printf("  %-24s %8.1f ms, every %lld steps: %.1f%%\n", "a live sample", b->sample_ms,
           (long long)base->train.sample_every, 100 * sample / b->step_ms);
}

static void print_row(const BenchRow *row, const Benchmark *b)
{
    Text what = {0};
    describe(row, &what);
    printf("%-52s %9.2f %9.1f %10.2f ", text_str(&what), b->step_ms, 1e3 / b->step_ms, b->products_ms);
    if (b->threads == 1)
        printf("%7.3f", b->ratio);
    else
        printf("%7s", "-"); /* the bare products run on one thread */
    printf(" %9.1f %8.1f%%\n", b->gflop / b->step_ms * 1e3, 100 * b->phase_ms[PHASE_DECAY] / b->step_ms);
    fflush(stdout);
    text_free(&what);
}

static Status print_table(const Settings *base, const BenchTable *table)
{
    printf("\n%-52s %9s %9s %10s %7s %9s %9s\n", table->title, "ms/step", "steps/s", "sgemm ms", "ratio", "GFLOP/s",
           "decay");
    Benchmark first = {0};
    for (int i = 0; i < table->count; i++) {
        if (!row_is_for_here(table, i))
            continue;
        Benchmark b;
        Status status = measure_row(base, table, i, &b);
        if (!status_is_ok(status))
            return status;
        if (i == 0)
            first = b;
        print_row(&table->rows[i], &b);
    }
    if (table->phases)
        print_phases(base, &first);
    return status_ok();
}

/* What there is to say of the BLAS itself: nothing where it is as fast as it should be. */
static void say_speed(FILE *where, const Speed *speed)
{
    Text words = {0};
    if (speed->slow)
        speed_say_slow(speed, &words);
    if (speed->slow || speed_say_old_core(&words))
        fprintf(where, "%s\n", text_str(&words));
    text_free(&words);
}

static void print_head(const Settings *s)
{
    const Speed speed = speed_measure();
    printf("one step: p %d, batch %lld, dim %d, depth %d, heads %d, mlp %d; rows change what they name\n", s->task.p,
           (long long)s->train.batch, s->model.dim, s->model.depth, s->model.heads, s->model.mlp);
    printf("BLAS core %s, kernels %s, %d cores; medians over rounds that alternate with the step's bare products\n",
           mat_core_name(), ops_best()->name, machine_cores());
    say_speed(stdout, &speed);
}

/* ---- As JSON */

static void add_number(Text *out, const char *name, double value)
{
    text_addf(out, ",\"%s\":", name);
    json_add_double(out, value);
}

static Status add_json_rows(const Settings *base, const BenchTable *table, Text *out)
{
    bool any = false;
    for (int i = 0; i < table->count; i++) {
        if (!row_is_for_here(table, i))
            continue;
        Benchmark b;
        Status status = measure_row(base, table, i, &b);
        if (!status_is_ok(status))
            return status;
        Text what = {0};
        describe(&table->rows[i], &what);
        text_add(out, any ? ",{\"set\":" : "{\"set\":");
        json_add_string(out, text_str(&what));
        text_free(&what);
        text_addf(out, ",\"threads\":%d", b.threads);
        add_number(out, "step_ms", b.step_ms);
        add_number(out, "steps_per_s", 1e3 / b.step_ms);
        add_number(out, "products_ms", b.products_ms);
        add_number(out, "ratio", b.ratio);
        add_number(out, "gflop", b.gflop);
        add_number(out, "gflop_per_s", b.gflop / b.step_ms * 1e3);
        if (b.evaluation_ms > 0) {
            add_number(out, "evaluation_ms", b.evaluation_ms);
            add_number(out, "sample_ms", b.sample_ms);
        }
        text_add(out, ",\"phase_ms\":{");
        for (int p = 0; p < PHASE_COUNT; p++) {
            text_add(out, p ? "," : "");
            json_add_string(out, step_phase_names[p]);
            text_add(out, ":");
            json_add_double(out, b.phase_ms[p]);
        }
        text_add(out, "}}");
        any = true;
    }
    return status_ok();
}

static Status print_json(const Settings *base)
{
    const Speed speed = speed_measure();
    char library[512];
    mat_library_path(library, sizeof library);
    say_speed(stderr, &speed);
    Text out = {0};
    text_add(&out, "{\"core\":");
    json_add_string(&out, mat_core_name());
    text_add(&out, ",\"library\":");
    json_add_string(&out, library);
    add_number(&out, "blas_gflop_per_s", speed.gflops);
    add_number(&out, "plain_gflop_per_s", speed.plain_gflops);
    text_add(&out, ",\"kernels\":");
    json_add_string(&out, ops_best()->name);
    text_addf(&out, ",\"cores\":%d", machine_cores());
    Status status = status_ok();
    for (size_t i = 0; i < sizeof bench_tables / sizeof *bench_tables && status_is_ok(status); i++) {
        text_addf(&out, ",\"%s\":[", bench_tables[i].name);
        status = add_json_rows(base, &bench_tables[i], &out);
        text_add(&out, "]");
    }
    if (status_is_ok(status))
        printf("%s}\n", text_str(&out));
    text_free(&out);
    return status;
}

int verb_bench(const Arguments *a)
{
    Setup setup;
    int code = setup_read(a, NULL, &setup);
    if (code == EXIT_DONE) {
        Status status = status_ok();
        if (a->json) {
            status = print_json(&setup.settings);
        } else {
            print_head(&setup.settings);
            for (size_t i = 0; i < sizeof bench_tables / sizeof *bench_tables && status_is_ok(status); i++)
                status = print_table(&setup.settings, &bench_tables[i]);
        }
        code = cli_report(status);
    }
    setup_free(&setup);
    return code;
}
