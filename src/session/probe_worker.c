#include <lrd/session/probe_worker.h>

#include <math.h>

#include <lrd/base/util.h>

/* Of the time, and in seconds; the table of answers comes in small pieces. */
static const double share_most = .05, pause_least = .25, pause_of_pieces = .06;

void portrayer_free(Portrayer *p)
{
    portrait_free(&p->portrait);
}

void portrayer_ask(Portrayer *p, const PortraitAsk *ask)
{
    p->ask = *ask;
    p->due = 0;
}

static bool has_answer(const Portrayer *p, const Run *run)
{
    bool nothing = p->ask.kind == PORTRAIT_NONE && !p->ask.pair;
    return portrait_answers(&p->portrait, &p->ask) && (nothing || p->ask.past || p->portrait.step == run_step(run));
}

bool portrayer_work(Portrayer *p, Run *run, bool trains)
{
    double began = clock_seconds();
    if (has_answer(p, run) || (trains ? began < p->due : p->refused))
        return false;
    p->refused = !run_portray(run, &p->ask, &p->portrait);
    if (p->refused)
        portrait_outdate(&p->portrait);
    double end = clock_seconds(), pause = p->ask.kind == PORTRAIT_TABLE ? pause_of_pieces : pause_least;
    p->due = end + fmax(pause, (end - began) * (1 / share_most - 1));
    return true;
}

void portrayer_try_again(Portrayer *p)
{
    p->refused = false;
}
