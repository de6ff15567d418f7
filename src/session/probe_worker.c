#include <lrd/session/probe_worker.h>

#include <math.h>

#include <lrd/base/util.h>

/* Of the time, and in seconds; the table of answers comes in small pieces. */
static const double share_most = .05, pause_least = .25, pause_of_pieces = .06;

void probe_worker_free(ProbeWorker *p)
{
    probe_free(&p->probe);
}

void probe_worker_ask(ProbeWorker *p, const ProbeRequest *ask)
{
    p->ask = *ask;
    p->due = 0;
}

static bool has_answer(const ProbeWorker *p, const Run *run)
{
    bool nothing = p->ask.kind == PROBE_NONE && !p->ask.pair;
    return probe_answers(&p->probe, &p->ask) && (nothing || p->ask.past || p->probe.step == run_step(run));
}

bool probe_worker_work(ProbeWorker *p, Run *run, bool trains)
{
    double began = clock_seconds();
    if (has_answer(p, run) || (trains ? began < p->due : p->refused))
        return false;
    p->refused = !run_probe(run, &p->ask, &p->probe);
    if (p->refused)
        probe_outdate(&p->probe);
    double end = clock_seconds(), pause = p->ask.kind == PROBE_TABLE ? pause_of_pieces : pause_least;
    p->due = end + fmax(pause, (end - began) * (1 / share_most - 1));
    return true;
}

void probe_worker_try_again(ProbeWorker *p)
{
    p->refused = false;
}
