#include <lrd/config/settings.h>

#include <lrd/base/machine.h>
#include <lrd/base/util.h>
#include <lrd/lab/net.h>

#include <math.h>

/* What the trainer may come to hold when train.batch and train.threads are turned up mid-run: a gradient arena for
 * each shard of a batch, activations for each thread. */
enum { SHARDS_MOST = 16 };

/* Weights, two moments, and the copies that a save or a restart makes for a moment. */
enum { ARENAS = 6 };

static double settings_scratch_floats(const ModelConfig *m)
{
    size_t square = decay_scratch_floats(m->dim, m->dim), mlp = decay_scratch_floats(m->mlp, m->dim);
    size_t head = decay_scratch_floats(m->vocab, m->dim);
    return fmax(fmax((double)square, (double)mlp), (double)head) + (double)m->dim * m->dim;
}

double settings_memory_bytes(const Settings *s)
{
    enum { ROW_BYTES = 64, REST = 64 << 20 }; /* a row of the table with its places; the program, its series, the log */
    ModelConfig m = settings_model(s);
    double table = 2.0 * m.vocab, workers = min_int(settings_threads(s), SHARDS_MOST);
    double floats = ARENAS * (double)model_parameter_count(&m);
    floats += SHARDS_MOST * net_shard_floats(&m, table) + layer0_cache_floats(&m, table);
    floats += workers * (net_work_floats(&m) + settings_scratch_floats(&m));
    floats += 4.0 * m.depth * m.dim * m.dim; /* Q and K before a step and before its decay, for the turn */
    double rewind = (double)s->lab.rewind_mb * 1048576;
    return rewind + 4 * floats + ROW_BYTES * (double)task_domain_size((TaskOp)s->task.op, s->task.p) + REST;
}

static Status settings_check_memory(const Settings *s)
{
    const double megabyte = 1048576;
    double need = settings_memory_bytes(s), have = machine_memory_available();
    if (need <= have)
        return status_ok();
    return status_input("these settings need about %.0f MiB of memory and %.0f MiB are available; make model.dim, "
                        "model.mlp, model.depth or lab.rewind_mb smaller",
                        ceil(need / megabyte), floor(have / megabyte));
}

Status settings_check_together(const Settings *s)
{
    const DecayKind *kind = &decay_kinds[s->decay.kind];
    if (s->decay.relative && s->decay.kind == DECAY_L2)
        return status_input("decay.relative 1 cannot go with decay.kind l2, which is relative to W already; set "
                            "decay.relative 0");
    if (s->train.qk_opt == QK_LUON && kind->matrix)
        return status_input("train.qk_opt luon decays Q and K by itself, and decay.kind %s would decay them a second "
                            "time; set decay.kind none, or train.qk_opt muon",
                            kind->name);
    return status_ok();
}

Status settings_check(const Settings *s)
{
    Status together = settings_check_together(s);
    if (!status_is_ok(together))
        return together;
    TaskOp op = (TaskOp)s->task.op;
    double domain = (double)task_domain_size(op, s->task.p);
    if (domain < 1)
        return status_input("task.op %s needs a prime modulus and task.p is %d; take a prime such as 97 or 113",
                            task_kinds[op].name, s->task.p);
    if (s->model.dim % s->model.heads)
        return status_input("model.heads must divide model.dim, and %d does not divide %d", s->model.heads,
                            s->model.dim);
    double train_rows = floor(domain * s->task.frac);
    if (train_rows < 1 || train_rows >= domain)
        return status_input("task.frac leaves %s: of the %.0f rows of the table %.0f would train; take a fraction "
                            "that leaves at least one row on each side",
                            train_rows < 1 ? "nothing to train on" : "nothing to test on", domain, train_rows);
    return settings_check_memory(s);
}
