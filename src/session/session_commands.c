#include <lrd/base/util.h>
#include <lrd/session/session_inside.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool session_refused(Session *s, Status status)
{
    if (!status_is_ok(status))
        session_say(s, "%s", status.text);
    return !status_is_ok(status);
}

static void apply_set(Session *s, const Command *c)
{
    const Settings before = *run_settings(s->run);
    Status status = run_change(s->run, &c->change);
    if (!status_is_ok(status))
        session_say(s, "%s", status.text);
    if (!c->setup)
        undo_push_settings(&s->undo, &before, run_settings(s->run));
}

static void apply_scale(Session *s, const Command *c)
{
    UndoEntry e = {0};
    Status status = text_to_double(c->value, &e.factor)
                        ? run_scale(s->run, c->key, e.factor)
                        : status_input("%s is not a number to scale a matrix by", c->value);
    if (session_refused(s, status))
        return;
    memcpy(e.matrix, c->key, sizeof e.matrix);
    undo_push(&s->undo, &e);
    run_refresh(s->run); /* the point is to see at once that the loss stays where it was */
}

static void apply_truncate(Session *s, const Command *c)
{
    const UndoEntry e = {.truncated = true};
    Status status = run_truncate(s->run, c->value);
    if (session_refused(s, status))
        return;
    undo_push(&s->undo, &e);
    run_refresh(s->run);
}

/* The run that a restart or a preset took the place of goes on where it was. */
static void session_return(Session *s)
{
    run_return(s->run);
    probe_forget(&s->probe_worker.probe);
    s->undo = s->before.undo;
    s->stretch = s->before.stretch;
    s->warned = run_step(s->run);
    s->rate = (Rate){0};
    s->pace = (Pace){0};
    session_enter(s, s->before.state);
    session_say(s, "The run before is back at step %" PRId64 ", with its branches", run_step(s->run));
}

static void apply_undo(Session *s, const Command *c)
{
    (void)c;
    const UndoEntry *e = undo_pop(&s->undo);
    if (!e && run_can_return(s->run)) {
        session_return(s);
        return;
    }
    if (!e) {
        session_say(s, "There is nothing to undo%s",
                    run_summary(s->run)->branches.count > 1 ? " in this branch; v goes to another one" : "");
        return;
    }
    if (e->truncated) {
        session_say(s, "A truncation cannot be taken back: [ goes to a moment before it, Enter starts a branch there");
        return;
    }
    bool scaled = *e->matrix;
    Text words = {0};
    settings_change_print(&e->before, " is ", ", ", &words);
    Status status = scaled ? run_scale(s->run, e->matrix, 1 / e->factor) : run_change(s->run, &e->before);
    if (!status_is_ok(status))
        session_say(s, "%s", status.text);
    else if (scaled)
        session_say(s, "Undone: %s is divided by %.9g again", e->matrix, e->factor);
    else
        session_say(s, "Undone: %s again", text_str(&words));
    text_free(&words);
    if (scaled)
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
    if (command_queue_is_closed(s->channel.commands))
        return; /* quitting does not wait for steps that were asked for before */
    if (s->state == SESSION_RUNNING)
        session_enter(s, SESSION_PAUSED);
    session_turn(s);
}

/* A run from step 0: what went before can only come back whole. */
static void session_begin_run(Session *s)
{
    probe_forget(&s->probe_worker.probe);
    s->before.undo = s->undo;
    s->before.state = s->state;
    s->before.stretch = s->stretch;
    s->undo.count = 0;
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
    if (session_refused(s, status))
        return;
    if (new_seed)
        session_say(s,
                    "From step 0 again with new weights and batches (model.seed %" PRId64 ", train.seed %" PRId64
                    "), the same rows. u brings the old run back",
                    settings.model.seed, settings.train.seed);
    else
        session_say(s, "From step 0 again with the same seeds. u brings the old run back");
    session_begin_run(s);
}

static void apply_preset(Session *s, const Command *c)
{
    Preset preset;
    Text problems = {0};
    Status status = preset_load(c->value, &preset, &problems);
    if (status_is_ok(status))
        status = run_restart(s->run, &preset.settings, &preset.schedule);
    if (status_is_ok(status)) {
        run_expect(s->run, &preset.expect);
        session_say(s, "Preset %s, from step 0%s", c->value, c->setup ? "" : ". u brings the old run back");
        session_begin_run(s);
        if (c->setup)
            run_forget_before(s->run);
    } else {
        session_say(s, "%s", status.text);
    }
    preset_free(&preset);
    text_free(&problems);
}

/* The run stands at another step: changes that were made on the way there are not its own. */
static void session_moved(Session *s)
{
    s->undo.count = 0;
    s->warned = run_step(s->run);
    s->rate = (Rate){0};
    s->pace = (Pace){0};
}

static void apply_branch(Session *s, const Command *c)
{
    long long step;
    Status status = text_to_i64(c->key, &step) ? run_branch(s->run, step, c->value)
                                               : status_input("%s is not a step to branch from", c->key);
    if (session_refused(s, status))
        return;
    const Branches *t = &run_summary(s->run)->branches;
    session_say(s, "Branch %d: %s from step %" PRId64 " on. The old future stays as a ghost; v goes back to it", t->now,
                t->item[t->now - 1].name, run_step(s->run));
    session_moved(s);
    session_enter(s, SESSION_RUNNING);
}

static void apply_rewind(Session *s, const Command *c)
{
    long long step;
    Status status =
        text_to_i64(c->key, &step) ? run_go_back(s->run, step) : status_input("%s is not a step to go back to", c->key);
    if (!status_is_ok(status)) {
        session_say(s, "%s", status.text);
        return;
    }
    session_moved(s);
    run_refresh(s->run);
    if (s->state != SESSION_RUNNING)
        session_enter(s, SESSION_PAUSED);
}

/* A run that was paused stays so; one that was at its end, or not finite, goes on. */
static void apply_switch(Session *s, const Command *c)
{
    long long number;
    Status status = text_to_i64(c->value, &number) && number >= 1 && number <= BRANCHES_MAX
                        ? run_switch(s->run, (int)number)
                        : status_input("%s is not the number of a branch", c->value);
    if (session_refused(s, status))
        return;
    const Branches *t = &run_summary(s->run)->branches;
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
    const Branches *t = &run_summary(s->run)->branches;
    if (status_is_ok(status))
        session_say(s, "Twin: branch %d, %s, in step with this one from step %" PRId64 " on", t->count,
                    t->item[t->count - 1].name, run_step(s->run));
    else
        session_say(s, "%s", status.text);
}

/* The path asked for, or a name in the working folder that no file has: another run may have been saved at this step.
 */
static void choose_path(char *path, size_t size, const Run *run, const Command *c, const char *ending)
{
    if (*c->value) {
        snprintf(path, size, "%s", c->value);
        return;
    }
    int64_t step = run_step(run);
    int branch = run_summary(run)->branches.now;
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
    choose_path(path, sizeof path, s->run, c, "safetensors");
    if (!session_refused(s, run_save(s->run, path)))
        session_say(s, "Saved step %" PRId64 " to %s", run_step(s->run), path);
}

static void apply_write_preset(Session *s, const Command *c)
{
    char path[sizeof c->value];
    choose_path(path, sizeof path, s->run, c, "ini");
    if (!session_refused(s, run_write_preset(s->run, path)))
        session_say(s, "%s holds what was done up to here: lrdlab %s does it again", path, path);
}

static void apply_probe(Session *s, const Command *c)
{
    s->probe_worker.ask = c->probe;
    s->probe_worker.due = 0;
}

static void apply_quit(Session *s, const Command *c)
{
    (void)c;
    s->channel.quit = true;
}

static void apply_replay(Session *s, const Command *c)
{
    (void)c;
    session_say(s, "Only the replay of a log can do that (lrdlab watch FILE.jsonl)");
}

static void (*const command_apply[COMMAND_KIND_COUNT])(Session *, const Command *) = {
    [COMMAND_SET] = apply_set,         [COMMAND_REWIND] = apply_rewind,
    [COMMAND_PAUSE] = apply_pause,     [COMMAND_RESUME] = apply_resume,
    [COMMAND_STEP] = apply_step,       [COMMAND_UNDO] = apply_undo,
    [COMMAND_RESTART] = apply_restart, [COMMAND_BRANCH] = apply_branch,
    [COMMAND_SWITCH] = apply_switch,   [COMMAND_PRESET] = apply_preset,
    [COMMAND_SCALE] = apply_scale,     [COMMAND_TRUNCATE] = apply_truncate,
    [COMMAND_SAVE] = apply_save,       [COMMAND_WRITE_PRESET] = apply_write_preset,
    [COMMAND_PROBE] = apply_probe,     [COMMAND_SPEED] = apply_replay,
    [COMMAND_LEAD] = apply_replay,     [COMMAND_TWIN] = apply_twin,
    [COMMAND_QUIT] = apply_quit,
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
    case COMMAND_PROBE:
    case COMMAND_QUIT:
        return false;
    default:
        return true;
    }
}

void session_apply(Session *s, const Command *c)
{
    command_apply[c->kind](s, c);
    if (command_changes_weights(c->kind))
        probe_outdate(&s->probe_worker.probe);
    s->probe_worker.refused = false;
}
