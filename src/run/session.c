#include <lrd/base/util.h>
#include <lrd/run/command_queue.h>
#include <lrd/run/exchange.h>
#include <lrd/run/portrayer.h>
#include <lrd/run/rate.h>
#include <lrd/run/session.h>
#include <lrd/run/thread.h>

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { UNDO_MAX = 64 };

/* What undo takes back: a setting's old value, or the factor of a scaled matrix. */
typedef struct Change {
    bool scale;
    char key[sizeof((Command *)0)->key];
    char before[EVENT_VALUE_MAX];
    double factor;
} Change;

struct Session {
    pthread_t thread;
    bool joined; /* the ui's */
    CommandQueue *commands;
    Exchange *snapshots;
    Run *run; /* from here on the training thread's, until it is joined */
    SessionState state;
    uint64_t applied;
    Change undo[UNDO_MAX];
    int undo_count;
    int64_t warned;  /* step of the last warning that was passed on, -1: none */
    int64_t stretch; /* steps that going on past the end adds */
    Rate rate;
    Pace pace;
    double published; /* when the last snapshot was */
    Portrayer portrayer;
    char message[sizeof((Snapshot *)0)->message];
    uint64_t message_number;
    bool quit;
    Status outcome;
};

/* ---- what the ui is told ---- */

static void session_say(Session *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void session_say(Session *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    text_fit(s->message, sizeof s->message, format, args);
    va_end(args);
    s->message_number++;
}

static void session_pass_on(Session *s)
{
    const char *words = run_take_message(s->run);
    if (*words)
        session_say(s, "%s", words);
}

static void session_publish(Session *s)
{
    Snapshot *snapshot = exchange_fill(s->snapshots, run_board(s->run));
    portrait_copy(&snapshot->portrait, &s->portrayer.portrait);
    snapshot->commands = s->applied;
    snapshot->state = s->state;
    snapshot->step = run_step(s->run);
    snapshot->steps_per_s = rate_per_second(&s->rate);
    int64_t left = max_i64(run_last_step(s->run) - snapshot->step, 0);
    snapshot->seconds_left = snapshot->steps_per_s > 0 ? (double)left / snapshot->steps_per_s : NAN;
    snapshot->logging = run_logging(s->run);
    snapshot->twin = run_twin(s->run);
    snapshot->rewind_count = run_rewind_steps(s->run, snapshot->rewind_step);
    snprintf(snapshot->message, sizeof snapshot->message, "%s", s->message);
    snapshot->message_number = s->message_number;
    exchange_publish(s->snapshots);
    s->published = clock_seconds();
}

static void session_enter(Session *s, SessionState state)
{
    s->state = state;
    if (state != SESSION_RUNNING)
        rate_pause(&s->rate);
}

/* ---- one turn ---- */

/* A change that makes train accuracy fall: what takes it back. */
static void session_warn(Session *s)
{
    const Board *b = run_board(s->run);
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
                s->undo_count > 0       ? "u undoes it"
                : b->branches.count > 1 ? "v goes to another branch, Down weakens it"
                                        : "Down weakens it");
}

static void session_turn(Session *s)
{
    portrayer_try_again(&s->portrayer);
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

/* ---- commands ---- */

static void undo_push(Session *s, const Change *change)
{
    if (s->undo_count == UNDO_MAX)
        memmove(s->undo, s->undo + 1, (size_t)--s->undo_count * sizeof *s->undo);
    s->undo[s->undo_count++] = *change;
}

static void apply_set(Session *s, const Command *c)
{
    Change change = {0};
    const Setting *row = settings_find(c->key);
    Text before = {0}, after = {0};
    if (row)
        settings_get(run_settings(s->run), row, &before);
    Status status = run_set(s->run, c->key, c->value);
    if (!status_is_ok(status)) {
        session_say(s, "%s", status.text);
    } else {
        settings_get(run_settings(s->run), row, &after);
        snprintf(change.key, sizeof change.key, "%s", c->key);
        snprintf(change.before, sizeof change.before, "%s", text_str(&before));
        if (strcmp(text_str(&before), text_str(&after)) != 0)
            undo_push(s, &change);
    }
    text_free(&before);
    text_free(&after);
}

static void apply_scale(Session *s, const Command *c)
{
    Change change = {.scale = true};
    Status status = text_to_double(c->value, &change.factor)
                        ? run_scale(s->run, c->key, change.factor)
                        : status_input("%s is not a number to scale a matrix by", c->value);
    if (!status_is_ok(status)) {
        session_say(s, "%s", status.text);
        return;
    }
    snprintf(change.key, sizeof change.key, "%s", c->key);
    undo_push(s, &change);
    run_refresh(s->run); /* the point is to see at once that the loss stays where it was */
}

static void apply_undo(Session *s, const Command *c)
{
    (void)c;
    if (s->undo_count == 0) {
        session_say(s, "There is nothing to undo%s",
                    run_board(s->run)->branches.count > 1 ? " in this branch; v goes to another one" : "");
        return;
    }
    const Change *change = &s->undo[--s->undo_count];
    Status status = change->scale ? run_scale(s->run, change->key, 1 / change->factor)
                                  : run_set(s->run, change->key, change->before);
    if (!status_is_ok(status))
        session_say(s, "%s", status.text);
    else if (change->scale)
        session_say(s, "Undone: %s is divided by %.9g again", change->key, change->factor);
    else
        session_say(s, "Undone: %s is %s again", change->key, change->before);
    if (change->scale)
        run_refresh(s->run);
}

static void apply_pause(Session *s, const Command *c)
{
    (void)c;
    if (s->state == SESSION_RUNNING)
        session_enter(s, SESSION_PAUSED);
}

static void apply_resume(Session *s, const Command *c)
{
    (void)c;
    if (run_step(s->run) >= run_last_step(s->run)) {
        char steps[32];
        snprintf(steps, sizeof steps, "%" PRId64, run_step(s->run) + s->stretch);
        Status status = run_set(s->run, "train.steps", steps);
        session_say(s, "%s%s", status_is_ok(status) ? "Going on until step " : status.text,
                    status_is_ok(status) ? steps : "");
        if (!status_is_ok(status))
            return;
    }
    session_enter(s, SESSION_RUNNING);
}

static void apply_step(Session *s, const Command *c)
{
    (void)c;
    if (command_queue_is_closed(s->commands))
        return; /* quitting does not wait for steps that were asked for before */
    if (s->state == SESSION_RUNNING)
        session_enter(s, SESSION_PAUSED);
    session_turn(s);
}

/* A run from step 0: what went before cannot be undone into it. */
static void session_begin_run(Session *s)
{
    portrait_forget(&s->portrayer.portrait);
    s->undo_count = 0;
    s->warned = -1;
    s->stretch = run_last_step(s->run);
    s->rate = (Rate){0};
    s->pace = (Pace){0};
    if (s->state == SESSION_PAUSED)
        run_refresh(s->run);
    else
        session_enter(s, SESSION_RUNNING);
}

static void apply_restart(Session *s, const Command *c)
{
    Settings settings = *run_settings(s->run);
    bool new_seed = strcmp(c->value, "new") == 0;
    if (new_seed) {
        settings.model.seed += settings.model.seed < INT64_MAX;
        settings.train.seed += settings.train.seed < INT64_MAX;
    }
    Status status = run_restart(s->run, &settings, NULL);
    if (!status_is_ok(status)) {
        session_say(s, "%s", status.text);
        return;
    }
    if (new_seed)
        session_say(s,
                    "From step 0 again with new weights and batches (model.seed %" PRId64 ", train.seed %" PRId64
                    "), the same rows",
                    settings.model.seed, settings.train.seed);
    else
        session_say(s, "From step 0 again with the same seeds");
    session_begin_run(s);
}

static void apply_preset(Session *s, const Command *c)
{
    Settings settings = settings_default();
    Schedule schedule = {0};
    Text problems = {0};
    Status status = preset_load(c->value, &settings, &schedule, &problems);
    if (status_is_ok(status))
        status = run_restart(s->run, &settings, &schedule);
    if (status_is_ok(status)) {
        session_say(s, "Preset %s, from step 0", c->value);
        session_begin_run(s);
    } else {
        session_say(s, "%s", status.text);
    }
    schedule_free(&schedule);
    text_free(&problems);
}

/* The run stands at another step: changes that were made on the way there are not its own. */
static void session_moved(Session *s)
{
    s->undo_count = 0;
    s->warned = run_step(s->run);
    s->rate = (Rate){0};
    s->pace = (Pace){0};
}

static void apply_branch(Session *s, const Command *c)
{
    long long step;
    Status status = text_to_i64(c->key, &step) ? run_branch(s->run, step, c->value)
                                               : status_input("%s is not a step to branch from", c->key);
    if (!status_is_ok(status)) {
        session_say(s, "%s", status.text);
        return;
    }
    const Branches *t = &run_board(s->run)->branches;
    session_say(s, "Branch %d: %s from step %" PRId64 " on. The old future stays as a ghost; v goes back to it", t->now,
                t->item[t->now - 1].name, run_step(s->run));
    session_moved(s);
    session_enter(s, SESSION_RUNNING);
}

/* A run that was paused stays so; one that was at its end, or not finite, goes on. */
static void apply_switch(Session *s, const Command *c)
{
    long long number;
    Status status = text_to_i64(c->value, &number) && number >= 1 && number <= BRANCHES_MAX
                        ? run_switch(s->run, (int)number)
                        : status_input("%s is not the number of a branch", c->value);
    if (!status_is_ok(status)) {
        session_say(s, "%s", status.text);
        return;
    }
    const Branches *t = &run_board(s->run)->branches;
    session_say(s, "Branch %d again: %s, at step %" PRId64, t->now, t->item[t->now - 1].name, run_step(s->run));
    session_moved(s);
    session_enter(s, s->state == SESSION_PAUSED ? SESSION_PAUSED : SESSION_RUNNING);
}

static void apply_twin(Session *s, const Command *c)
{
    if (!*c->value) {
        run_end_twin(s->run);
        session_say(s, "The twin stops here; its branch stays: v goes to it");
        return;
    }
    Status status = run_start_twin(s->run, c->value);
    const Branches *t = &run_board(s->run)->branches;
    if (status_is_ok(status))
        session_say(s, "Twin: branch %d, %s, in step with this one from step %" PRId64 " on", t->count,
                    t->item[t->count - 1].name, run_step(s->run));
    else
        session_say(s, "%s", status.text);
}

/* A name in the working folder that no file has: another run may have been saved at the same step. */
static void free_name(char *path, size_t size, const Run *run, const char *ending)
{
    int64_t step = run_step(run);
    int branch = run_board(run)->branches.now;
    char base[64] = "";
    if (branch > 1)
        snprintf(base, sizeof base, "-branch%d", branch);
    snprintf(path, size, "lrdlab-%" PRId64 "%s.%s", step, base, ending);
    for (int i = 2; access(path, F_OK) == 0; i++)
        snprintf(path, size, "lrdlab-%" PRId64 "%s-%d.%s", step, base, i, ending);
}

static void apply_save(Session *s, const Command *c)
{
    char path[sizeof c->value];
    if (*c->value)
        snprintf(path, sizeof path, "%s", c->value);
    else
        free_name(path, sizeof path, s->run, "safetensors");
    Status status = run_save(s->run, path);
    if (status_is_ok(status))
        session_say(s, "Saved step %" PRId64 " to %s", run_step(s->run), path);
    else
        session_say(s, "%s", status.text);
}

static void apply_write_preset(Session *s, const Command *c)
{
    char path[sizeof c->value];
    if (*c->value)
        snprintf(path, sizeof path, "%s", c->value);
    else
        free_name(path, sizeof path, s->run, "ini");
    Status status = run_write_preset(s->run, path);
    if (status_is_ok(status))
        session_say(s, "%s holds what was done up to here: lrdlab %s does it again", path, path);
    else
        session_say(s, "%s", status.text);
}

static void apply_portray(Session *s, const Command *c)
{
    portrayer_ask(&s->portrayer, &c->portrait);
}

static void apply_quit(Session *s, const Command *c)
{
    (void)c;
    s->quit = true;
}

static void apply_replay(Session *s, const Command *c)
{
    (void)c;
    session_say(s, "Only the replay of a log can do that (lrdlab watch FILE.jsonl)");
}

static void (*const command_apply[COMMAND_KIND_COUNT])(Session *, const Command *) = {
    [COMMAND_SET] = apply_set,         [COMMAND_PAUSE] = apply_pause,   [COMMAND_RESUME] = apply_resume,
    [COMMAND_STEP] = apply_step,       [COMMAND_UNDO] = apply_undo,     [COMMAND_RESTART] = apply_restart,
    [COMMAND_BRANCH] = apply_branch,   [COMMAND_SWITCH] = apply_switch, [COMMAND_PRESET] = apply_preset,
    [COMMAND_SCALE] = apply_scale,     [COMMAND_SAVE] = apply_save,     [COMMAND_WRITE_PRESET] = apply_write_preset,
    [COMMAND_PORTRAY] = apply_portray, [COMMAND_SPEED] = apply_replay,  [COMMAND_LEAD] = apply_replay,
    [COMMAND_TWIN] = apply_twin,       [COMMAND_QUIT] = apply_quit,
};

/* Steps tell themselves by their number. */
static bool command_changes_weights(CommandKind kind)
{
    switch (kind) {
    case COMMAND_SET:
    case COMMAND_PAUSE:
    case COMMAND_RESUME:
    case COMMAND_STEP:
    case COMMAND_SAVE:
    case COMMAND_WRITE_PRESET:
    case COMMAND_PORTRAY:
    case COMMAND_QUIT:
        return false;
    default:
        return true;
    }
}

/* What waits, but no more than the queue holds: a flood of keys must not stop the training. */
static void session_apply_waiting(Session *s)
{
    Command command;
    for (int i = 0; i < COMMAND_QUEUE_CAPACITY && !s->quit && command_queue_take(s->commands, &command); i++) {
        command_apply[command.kind](s, &command);
        if (command_changes_weights(command.kind))
            portrait_outdate(&s->portrayer.portrait);
        portrayer_try_again(&s->portrayer);
        session_pass_on(s);
        s->applied++;
        session_publish(s);
    }
}

/* ---- the thread ---- */

static void session_train(Session *s)
{
    const double frame = 1.0 / 60;
    double wait = pace_wait(&s->pace, run_settings(s->run)->lab.speed, clock_seconds());
    if (wait > 0) {
        command_queue_wait(s->commands, wait);
        return;
    }
    uint64_t said = s->message_number;
    session_turn(s);
    bool portrayed = portrayer_work(&s->portrayer, s->run, s->state == SESSION_RUNNING);
    if (portrayed || s->state != SESSION_RUNNING || s->message_number != said ||
        clock_seconds() - s->published >= frame)
        session_publish(s);
}

static void *session_main(void *argument)
{
    Session *s = argument;
    if (s->state == SESSION_PAUSED && !run_board(s->run)->has_evaluation) {
        run_refresh(s->run); /* something to look at before the first step */
        session_publish(s);
    }
    while (!s->quit) {
        bool closed = command_queue_is_closed(s->commands); /* asked first: what was sent before closing is applied */
        session_apply_waiting(s);
        if (closed)
            s->quit = true;
        else if (!s->quit && s->state == SESSION_RUNNING)
            session_train(s);
        else if (!s->quit && portrayer_work(&s->portrayer, s->run, false))
            session_publish(s);
        else if (!s->quit)
            command_queue_wait(s->commands, -1);
    }
    if (!run_logging(s->run))
        run_abandon(s->run); /* nobody would read the last evaluation: quitting is at once */
    s->outcome = run_end(s->run, "quit");
    session_pass_on(s);
    session_enter(s, SESSION_ENDED);
    session_publish(s);
    return NULL;
}

Session *session_start(Run *run, bool paused)
{
    Session *s = xcalloc(1, sizeof *s);
    s->commands = command_queue_new();
    s->snapshots = exchange_new();
    s->run = run;
    run_keep_history(run);
    s->state = paused ? SESSION_PAUSED : SESSION_RUNNING;
    s->stretch = run_last_step(run);
    s->warned = -1;
    session_pass_on(s);
    session_publish(s);
    if (!thread_start(&s->thread, session_main, s))
        die("cannot start the training thread: the system has no more threads");
    return s;
}

bool session_send(Session *s, const Command *command, uint64_t *number)
{
    return command_queue_send(s->commands, command, number);
}

const Snapshot *session_look(Session *s)
{
    return exchange_look(s->snapshots);
}

int session_fd(const Session *s)
{
    return exchange_fd(s->snapshots);
}

void session_abandon(Session *s)
{
    run_abandon(s->run);
}

Status session_end(Session *s)
{
    command_queue_close(s->commands);
    if (!s->joined)
        pthread_join(s->thread, NULL);
    s->joined = true;
    return s->outcome;
}

void session_free(Session *s)
{
    if (!s)
        return;
    session_end(s);
    run_free(s->run);
    exchange_free(s->snapshots);
    portrayer_free(&s->portrayer);
    command_queue_free(s->commands);
    free(s);
}
