#include <lrd/session/replay.h>
#include <lrd/base/util.h>
#include <lrd/log/log_names.h>
#include <lrd/log/log_index.h>

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double frame = 1.0 / 30, look_period = 0.1;
static const double usual_seconds = 30; /* that a whole log takes at first */
static const int64_t speed_most = 1000000000;

struct Replay {
    Channel channel;
    LogIndex *logs[REPLAY_LOGS_MAX];
    Comparison *comparison[REPLAY_LOGS_MAX]; /* of each log, that in front included */
    char name[REPLAY_LOGS_MAX][COMPARISON_NAME_MAX];
    const char *live; /* as in the options */
    int count, front;
    RunSummary *summary; /* at the position */
    RunSummary *aside;   /* likewise of a ghost in a race, made use of for a moment */
    bool race;
    bool playing;
    double position; /* in steps */
    int64_t speed;
    double clock, looked; /* when the position moved last, the files were looked at */
    bool changed;         /* since a snapshot went out */
    ProbeRequest ask;     /* what the view wants to be told */
    Probe probe;
    char tail[sizeof((Snapshot *)0)->message]; /* what was said last of a last line that is not whole */
};

static void replay_say(Replay *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void replay_say(Replay *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    channel_say(&r->channel, format, args);
    va_end(args);
    r->changed = true;
}

/* ---- where it stands ---- */

static double last_step(const Replay *r)
{
    return (double)log_index_last(r->logs[r->front]);
}

static double first_step(const Replay *r)
{
    return (double)log_index_first(r->logs[r->front]);
}

static bool is_at_end(const Replay *r)
{
    return r->position >= last_step(r);
}

static bool may_grow(const Replay *r)
{
    return !log_index_has_ended(r->logs[r->front]);
}

static int64_t horizon(const Replay *r)
{
    int64_t furthest = 0;
    for (int i = 0; i < r->count; i++)
        furthest = max_i64(furthest, log_index_last(r->logs[i]));
    return furthest;
}

static void move_to(Replay *r, double step)
{
    r->position = fmin(fmax(step, first_step(r)), fmax(last_step(r), first_step(r)));
    r->changed = true;
}

static SessionState state_of(const Replay *r)
{
    const RunSummary *b = r->summary;
    if (b->event_count > 0 && b->events[b->event_count - 1].kind == EVENT_NON_FINITE)
        return SESSION_NON_FINITE;
    if (is_at_end(r) && !may_grow(r))
        return SESSION_HOLDING;
    return r->playing ? SESSION_RUNNING : SESSION_PAUSED;
}

/* ---- snapshots ---- */

static void fill_rates(const Replay *r, Snapshot *s)
{
    const RunSummary *b = r->summary;
    double left = last_step(r) - r->position;
    s->steps_per_s = (double)r->speed;
    if (s->replay.following) { /* how fast the run itself goes */
        s->steps_per_s = b->has_evaluation ? b->evaluation.steps_per_s : NAN;
        left = (double)(s->replay.last - s->step);
    }
    s->seconds_left = s->steps_per_s > 0 ? left / s->steps_per_s : NAN;
}

static int fill_comparisons(Replay *r, const Comparison **comparisons)
{
    int count = 0;
    for (int i = 0; i < r->count; i++) {
        if (i == r->front)
            continue;
        if (r->race) {
            log_index_summary_at(r->logs[i], (int64_t)r->position, r->aside);
            comparison_take(r->comparison[i], r->aside);
        }
        comparisons[count++] = r->comparison[i];
    }
    return count;
}

static void fill_probe(Replay *r, Snapshot *s)
{
    const ProbeRequest *ask = &r->ask;
    int64_t step = ask->past ? ask->at : (int64_t)r->position;
    bool told = log_index_probe_at(r->logs[r->front], step, ask, &r->probe);
    if (!told && r->probe.tokens > 0)
        probe_forget(&r->probe);
    r->probe.ask = *ask;
    probe_copy(&s->probe, &r->probe);
}

static void replay_publish(Replay *r)
{
    const LogIndex *index = r->logs[r->front];
    const Comparison *comparisons[COMPARISONS_MAX];
    int count = fill_comparisons(r, comparisons);
    log_index_summary_at(r->logs[r->front], (int64_t)r->position, r->summary);
    Snapshot *s = snapshot_buffer_fill(r->channel.snapshots, r->summary);
    snapshot_buffer_fill_comparisons(s, comparisons, count);
    s->state = r->channel.quit ? SESSION_ENDED : state_of(r);
    s->step = (int64_t)r->position;
    s->replay = (ReplayView){.on = true,
                             .following = r->playing && is_at_end(r) && may_grow(r),
                             .foreign = log_index_is_foreign(index),
                             .has_task = log_index_has_task(index),
                             .has_decay = log_index_has_decay(index),
                             .last = (int64_t)last_step(r),
                             .horizon = horizon(r)};
    if (may_grow(r) && log_index_rows(index) > 0)
        s->replay.last = max_i64(s->replay.last, r->summary->settings.train.steps);
    memcpy(s->replay.name, r->name[r->front], sizeof s->replay.name);
    snprintf(s->replay.live, sizeof s->replay.live, "%s", r->live ? r->live : "");
    fill_rates(r, s);
    fill_probe(r, s);
    channel_publish(&r->channel, s);
    r->changed = false;
}

/* ---- the files ---- */

/* Half a row is waited for; one that stays half is said, once. */
static void replay_look_at_tail(Replay *r, const LogIndex *index)
{
    const double seconds = 2;
    Status tail = log_index_tail(index, seconds);
    if (status_is_ok(tail) || strncmp(r->tail, tail.text, sizeof r->tail - 1) == 0)
        return;
    replay_say(r, "%s", tail.text);
    memcpy(r->tail, r->channel.message, sizeof r->tail);
}

/* Reads what came. A log that is followed is shown to its new end. */
static void replay_look_at_files(Replay *r, double now)
{
    r->looked = now;
    bool following = r->playing && is_at_end(r);
    for (int i = 0; i < r->count; i++) {
        Status fault;
        bool came = log_index_read(r->logs[i], &fault);
        if (!status_is_ok(fault) && strncmp(r->channel.message, fault.text, sizeof r->channel.message - 1) != 0)
            replay_say(r, "%s", fault.text);
        if (!came && status_is_ok(fault))
            replay_look_at_tail(r, r->logs[i]);
        if (!came)
            continue;
        comparison_take(r->comparison[i], log_index_summary(r->logs[i]));
        probe_forget(&r->probe); /* the row may be another one now */
        r->changed = true;
    }
    if (r->changed)
        move_to(r, following ? INFINITY : r->position);
}

/* ---- time ---- */

static void replay_advance(Replay *r, double now)
{
    double passed = now - r->clock;
    r->clock = now;
    if (!r->playing || is_at_end(r))
        return;
    move_to(r, r->position + (double)r->speed * passed);
}

int64_t replay_next_speed(int64_t speed, bool up)
{
    static const int64_t rungs[] = {1, 2, 5};
    int64_t below = 1;
    for (int64_t decade = 1; decade <= speed_most; decade *= 10)
        for (int i = 0; i < 3 && rungs[i] * decade <= speed_most; i++) {
            int64_t rung = rungs[i] * decade;
            if (up && rung > speed)
                return rung;
            if (!up && rung < speed)
                below = rung;
        }
    return up ? speed_most : below;
}

/* ---- commands ---- */

static void apply_pause(Replay *r, const Command *c)
{
    (void)c;
    r->playing = false;
}

static void apply_resume(Replay *r, const Command *c)
{
    (void)c;
    r->playing = true;
    if (is_at_end(r) && !may_grow(r))
        move_to(r, first_step(r));
}

static void apply_step(Replay *r, const Command *c)
{
    (void)c;
    r->playing = false;
    int64_t next = log_index_next(r->logs[r->front], (int64_t)r->position);
    if (next < 0)
        replay_say(r, "This is the last row of %s", r->name[r->front]);
    else
        move_to(r, (double)next);
}

static void apply_restart(Replay *r, const Command *c)
{
    bool to_end = strcmp(c->value, "end") == 0;
    r->playing = true;
    move_to(r, to_end ? INFINITY : first_step(r));
}

static void apply_speed(Replay *r, const Command *c)
{
    r->speed = replay_next_speed(r->speed, strcmp(c->value, "up") == 0);
    replay_say(r, "%" PRId64 " steps a second", r->speed);
}

static void apply_lead(Replay *r, const Command *c)
{
    (void)c;
    bool following = r->playing && is_at_end(r) && may_grow(r);
    if (r->count == 1) {
        replay_say(r, "There is one log only; name several to compare: lrdlab watch A.jsonl B.jsonl");
        return;
    }
    r->front = (r->front + 1) % r->count;
    probe_forget(&r->probe);
    move_to(r, following ? INFINITY : r->position);
    replay_say(r, "In front: %s; the others are ghosts", r->name[r->front]);
}

static void apply_probe(Replay *r, const Command *c)
{
    r->ask = c->probe;
    r->probe.version++; /* whom it answers changes, even where it does not */
}

static void apply_quit(Replay *r, const Command *c)
{
    (void)c;
    r->channel.quit = true;
}

static void apply_live(Replay *r, const Command *c)
{
    (void)c;
    replay_say(r, "A log cannot be changed: that needs a live run (lrdlab lab)");
}

static void (*const command_apply[COMMAND_KIND_COUNT])(Replay *, const Command *) = {
    [COMMAND_PAUSE] = apply_pause,     [COMMAND_RESUME] = apply_resume, [COMMAND_STEP] = apply_step,
    [COMMAND_RESTART] = apply_restart, [COMMAND_SPEED] = apply_speed,   [COMMAND_LEAD] = apply_lead,
    [COMMAND_QUIT] = apply_quit,       [COMMAND_PROBE] = apply_probe,
};

static void replay_apply_waiting(Replay *r)
{
    Command command;
    for (int i = 0; i < COMMAND_QUEUE_CAPACITY && channel_take(&r->channel, &command); i++) {
        void (*apply)(Replay *, const Command *) = command_apply[command.kind];
        (apply ? apply : apply_live)(r, &command);
        r->channel.applied++;
        r->changed = true;
    }
}

/* ---- the thread ---- */

/* Seconds until there is something to do. */
static double patience(const Replay *r, double now)
{
    double wait = r->looked + look_period - now;
    if (r->changed || (r->playing && !is_at_end(r)))
        wait = fmin(wait, r->channel.published + frame - now);
    return fmax(wait, 0);
}

static void *replay_main(void *argument)
{
    Replay *r = argument;
    while (!r->channel.quit) {
        bool closed = command_queue_is_closed(r->channel.commands);
        uint64_t applied = r->channel.applied;
        replay_apply_waiting(r);
        double now = clock_seconds();
        replay_advance(r, now);
        if (now - r->looked >= look_period)
            replay_look_at_files(r, now);
        r->channel.quit |= closed;
        if (r->channel.quit || applied != r->channel.applied || (r->changed && now - r->channel.published >= frame))
            replay_publish(r);
        if (!r->channel.quit)
            command_queue_wait(r->channel.commands, patience(r, now));
    }
    return NULL;
}

/* ---- starting ---- */

/* What was made of columns with other names than ours, and what was left out. */
static void say_notes(Replay *r, const LogIndex *index, const Status *fault)
{
    Text notes = {0};
    log_index_add_notes(index, &notes);
    if (!status_is_ok(*fault))
        text_addf(&notes, "%s%s; such lines are left out", notes.length ? "; " : "", fault->text);
    if (notes.length)
        replay_say(r, "%s", text_str(&notes));
    text_free(&notes);
}

static Status replay_open_log(Replay *r, const ReplayOptions *o, int i)
{
    Status fault, status;
    r->logs[i] = log_index_open_mapped(o->paths[i], o->map, &status);
    if (!r->logs[i])
        return status;
    r->count++;
    r->comparison[i] = xcalloc(1, sizeof *r->comparison[i]);
    log_index_read(r->logs[i], &fault);
    status = log_index_check(r->logs[i]);
    if (status_is_ok(status) && !status_is_ok(fault) && log_index_rows(r->logs[i]) == 0)
        status = fault;
    say_notes(r, r->logs[i], &fault);
    comparison_take(r->comparison[i], log_index_summary(r->logs[i]));
    return status;
}

static Status replay_open_logs(Replay *r, const ReplayOptions *o)
{
    Status status = status_ok();
    for (int i = 0; i < o->count && status_is_ok(status); i++)
        status = replay_open_log(r, o, i);
    return status;
}

static void replay_place(Replay *r, const ReplayOptions *o)
{
    const RunSummary *all = log_index_summary(r->logs[0]);
    double length = fmax((double)max_i64(horizon(r), may_grow(r) ? all->settings.train.steps : 0), 1);
    r->speed = o->speed > 0 ? min_i64(o->speed, speed_most) : (int64_t)ceil(length / usual_seconds);
    r->playing = o->step < 0;
    if (o->step >= 0)
        move_to(r, (double)o->step);
    else
        move_to(r, may_grow(r) ? INFINITY : first_step(r));
}

Replay *replay_start(const ReplayOptions *o, Status *status)
{
    Replay *r = xcalloc(1, sizeof *r);
    channel_open(&r->channel);
    *status = o->count <= REPLAY_LOGS_MAX
                  ? replay_open_logs(r, o)
                  : status_input("at most %d logs can be watched at once; leave some out", REPLAY_LOGS_MAX);
    if (!status_is_ok(*status)) {
        replay_free(r);
        return NULL;
    }
    Settings settings = settings_default();
    r->summary = run_summary_new(&settings, 0, 0);
    r->aside = run_summary_new(&settings, 0, 0);
    r->race = o->race;
    if (o->names)
        memcpy(r->name, o->names, (size_t)o->count * sizeof r->name[0]);
    else
        log_names(o->paths, o->count, r->name);
    r->live = o->live;
    for (int i = 0; i < r->count; i++)
        memcpy(r->comparison[i]->name, r->name[i], sizeof r->name[i]);
    replay_place(r, o);
    r->clock = r->looked = clock_seconds();
    replay_publish(r);
    channel_start(&r->channel, replay_main, r);
    return r;
}

Channel *replay_channel(Replay *r)
{
    return &r->channel;
}

void replay_free(Replay *r)
{
    if (!r)
        return;
    channel_end(&r->channel);
    for (int i = 0; i < r->count; i++) {
        log_index_close(r->logs[i]);
        free(r->comparison[i]);
    }
    run_summary_free(r->summary);
    run_summary_free(r->aside);
    probe_free(&r->probe);
    channel_close(&r->channel);
    free(r);
}
