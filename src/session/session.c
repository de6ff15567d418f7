#include <lrd/base/util.h>
#include <lrd/num/mat.h>
#include <lrd/session/session_inside.h>

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- what the ui is told ---- */

void session_say(Session *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    channel_say(&s->channel, format, args);
    va_end(args);
    s->advice = false;
}

static void session_pass_on(Session *s)
{
    const char *words = run_take_message(s->run);
    if (*words)
        session_say(s, "%s", words);
}

static void session_publish(Session *s)
{
    Snapshot *snapshot = snapshot_buffer_fill(s->channel.snapshots, run_summary(s->run));
    probe_copy(&snapshot->probe, &s->probe_worker.probe);
    snapshot->state = s->state;
    snapshot->step = run_step(s->run);
    snapshot->steps_per_s = rate_per_second(&s->rate);
    int64_t left = max_i64(run_last_step(s->run) - snapshot->step, 0);
    snapshot->seconds_left = snapshot->steps_per_s > 0 ? (double)left / snapshot->steps_per_s : NAN;
    const Expectation *expect = run_expectation(s->run);
    snapshot->expect = expect ? *expect : (Expectation){0};
    snapshot->logging = run_logging(s->run);
    snapshot->twin = run_twin(s->run);
    snapshot->rewind_count = run_rewind_steps(s->run, snapshot->rewind_step);
    snapshot->advice = s->advice;
    snapshot->undo.count = s->undo.count;
    memcpy(snapshot->undo.entry, s->undo.entry, (size_t)s->undo.count * sizeof *s->undo.entry);
    channel_publish(&s->channel, snapshot);
}

void session_enter(Session *s, SessionState state)
{
    s->state = state;
    if (state != SESSION_RUNNING)
        rate_pause(&s->rate);
}

/* ---- probes ---- */

/* Of the time, and in seconds; the table of answers comes in small pieces. */
static const double share_most = .05, pause_least = .25, pause_of_pieces = .06;

static bool has_answer(const ProbeWorker *p, const Run *run)
{
    bool nothing = p->ask.kind == PROBE_NONE && !p->ask.pair;
    return probe_answers(&p->probe, &p->ask) && (nothing || p->ask.past || p->probe.step == run_step(run));
}

/* A piece of what was asked for, if it is due. Returns whether there is something new to show. */
static bool probe_worker_work(ProbeWorker *p, Run *run, bool trains)
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

/* ---- one turn ---- */

/* A change that makes train accuracy fall: what takes it back. */
static void session_warn(Session *s)
{
    const RunSummary *b = run_summary(s->run);
    const Event *e = NULL;
    for (int i = b->event_count - 1; i >= 0 && b->events[i].step == b->events[b->event_count - 1].step; i--)
        if (b->events[i].kind == EVENT_WARNING)
            e = &b->events[i];
    if (!e || e->step <= s->warned)
        return;
    s->warned = e->step;
    const Event *change = NULL;
    for (int i = 0; i < b->event_count; i++)
        if (b->events[i].kind == EVENT_SET)
            change = &b->events[i];
    session_say(s, "This %s is too strong: training pairs fell from %.0f%% to %.0f%% right. %s",
                change && strncmp(change->key, "decay.", 6) != 0 ? "change" : "decay", floor(100 * b->train_peak),
                floor(100 * e->value),
                s->undo.count > 0       ? "u undoes it"
                : b->branches.count > 1 ? "v goes to another branch, Down weakens it"
                                        : "Down weakens it");
    s->advice = true;
}

void session_turn(Session *s)
{
    s->probe_worker.refused = false;
    pace_step(&s->pace, run_settings(s->run)->lab.speed, clock_seconds());
    switch (run_turn(s->run)) {
    case RUN_STEPPED:
        rate_step(&s->rate, clock_seconds());
        break;
    case RUN_FINISHED:
        session_enter(s, SESSION_HOLDING);
        session_say(s, "Step %" PRId64 " is the last of this run; space goes on for %" PRId64 " more", run_step(s->run),
                    s->stretch);
        break;
    case RUN_NON_FINITE:
        session_enter(s, SESSION_NON_FINITE);
        break;
    case RUN_ABANDONED:
        session_enter(s, SESSION_PAUSED);
        session_say(s, "The step in hand was given up: the weights are those before it");
        break;
    }
    session_warn(s);
    session_pass_on(s);
}

/* What waits, but no more than the queue holds: a flood of keys must not stop the training. */
static void session_apply_waiting(Session *s)
{
    Command command;
    for (int i = 0; i < COMMAND_QUEUE_CAPACITY && channel_take(&s->channel, &command); i++) {
        session_apply(s, &command);
        session_pass_on(s);
        s->channel.applied++;
        session_publish(s);
    }
}

/* ---- the thread ---- */

static void session_train(Session *s)
{
    const double frame = 1.0 / 60;
    double wait = pace_wait(&s->pace, run_settings(s->run)->lab.speed, clock_seconds());
    if (wait > 0) {
        command_queue_wait(s->channel.commands, wait);
        return;
    }
    uint64_t said = s->channel.message_number;
    session_turn(s);
    bool probed = probe_worker_work(&s->probe_worker, s->run, s->state == SESSION_RUNNING);
    if (probed || s->state != SESSION_RUNNING || s->channel.message_number != said ||
        clock_seconds() - s->channel.published >= frame)
        session_publish(s);
}

static void *session_main(void *argument)
{
    Session *s = argument;
    mat_use_one_thread();
    if (s->state == SESSION_PAUSED && !run_summary(s->run)->has_evaluation) {
        run_refresh(s->run); /* something to look at before the first step */
        session_publish(s);
    }
    while (!s->channel.quit) {
        bool closed =
            command_queue_is_closed(s->channel.commands); /* asked first: what was sent before closing is applied */
        session_apply_waiting(s);
        if (closed)
            s->channel.quit = true;
        else if (!s->channel.quit && s->state == SESSION_RUNNING)
            session_train(s);
        else if (!s->channel.quit && probe_worker_work(&s->probe_worker, s->run, false))
            session_publish(s);
        else if (!s->channel.quit)
            command_queue_wait(s->channel.commands, -1);
    }
    if (!run_logging(s->run))
        run_abandon(s->run); /* nobody would read the last evaluation: quitting is at once */
    s->channel.outcome = run_end(s->run, "quit");
    session_pass_on(s);
    session_enter(s, SESSION_ENDED);
    session_publish(s);
    return NULL;
}

static void session_abandon(void *self)
{
    run_abandon(((Session *)self)->run);
}

Session *session_start(Run *run, bool paused)
{
    Session *s = xcalloc(1, sizeof *s);
    channel_open(&s->channel);
    s->channel.self = s;
    s->channel.abandon = session_abandon;
    s->run = run;
    run_keep_rewind(run);
    s->state = paused ? SESSION_PAUSED : SESSION_RUNNING;
    s->stretch = run_last_step(run);
    s->warned = -1;
    session_pass_on(s);
    session_publish(s);
    channel_start(&s->channel, session_main, s);
    return s;
}

Channel *session_channel(Session *s)
{
    return &s->channel;
}

void session_free(Session *s)
{
    if (!s)
        return;
    channel_end(&s->channel);
    run_free(s->run);
    probe_free(&s->probe_worker.probe);
    channel_close(&s->channel);
    free(s);
}
