#include <lrd/panel/ui_state.h>

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <lrd/panel/key.h>

const RankMeasureRow rank_measures[RANK_MEASURE_COUNT] = {
    [RANK_STABLE] = {"stable rank", "stable", "how many directions carry as much as the largest one",
                     SERIES_STABLE_RANK},
    [RANK_EFFECTIVE] = {"effective rank", "effective", "how evenly the singular values are spread (entropy)",
                        SERIES_EFFECTIVE_RANK},
    [RANK_PARTICIPATION] = {"participation ratio", "particip.", "how many directions share the squared length",
                            SERIES_PARTICIPATION},
};

void ui_say(UiState *u, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(u->message, sizeof u->message, format, args);
    va_end(args);
    u->message_count++;
}

void ui_state_follow(UiState *u, const Snapshot *s)
{
    int done = 0;
    while (done < u->pending_count && u->pending[done].number <= s->commands)
        done++;
    u->pending_count -= done;
    memmove(u->pending, u->pending + done, (size_t)u->pending_count * sizeof *u->pending);
    if (u->pause_pending && u->pause_number <= s->commands)
        u->pause_pending = false;
    const Settings *now = &s->summary->settings;
    if (u->pending_count == 0)
        own_strengths_note(&u->strengths, now);
    if (s->message_number != u->session_message) {
        u->session_message = s->message_number;
        if (s->message[0] && !(s->advice && u->lesson.open))
            ui_say(u, "%s", s->message);
    }
    if (eval_history_find(&s->summary->moments, u->past) < 0)
        u->past = -1; /* another run */
    int matrices = s->summary->evaluation.matrix_count;
    if (u->matrix >= matrices)
        u->matrix = 0;
}

/* As session_commands does it. */
static void pending_follow(const PendingChange *p, Settings *now, UndoList *undo)
{
    const Settings before = *now;
    if (p->kind == COMMAND_UNDO) {
        const UndoEntry *e = undo_pop(undo);
        if (e)
            (void)settings_change_apply(now, &e->before); /* these values were in force */
    } else if (p->kind == COMMAND_SCALE || p->kind == COMMAND_TRUNCATE) {
        undo_push(undo, &(UndoEntry){0});
    } else if (status_is_ok(settings_change_apply(now, &p->change))) {
        if (!p->setup)
            undo_push_settings(undo, &before, now);
    }
}

Settings ui_state_settings(const UiState *u, const Snapshot *s)
{
    Settings now = s->summary->settings;
    if (u->pending_count > 0) {
        UndoList undo = s->undo;
        for (int i = 0; i < u->pending_count; i++)
            pending_follow(&u->pending[i], &now, &undo);
    }
    if (u->past >= 0)
        (void)settings_change_apply(&now, &u->plan); /* was checked when it was chosen */
    return now;
}

bool ui_state_is_paused(const UiState *u, const Snapshot *s)
{
    return u->pause_pending ? u->pause_value : s->state != SESSION_RUNNING;
}

Command *ui_ask(UiEffect *e, CommandKind kind, const char *key, const char *value)
{
    Command *c = &e->command[e->command_count++];
    *c = (Command){.kind = kind};
    snprintf(c->key, sizeof c->key, "%s", key);
    snprintf(c->value, sizeof c->value, "%s", value);
    return c;
}

/* What makes a run go another way; the rest (threads, frames, evaluations) is about the lab and never planned. */
static bool setting_is_planned(const char *key)
{
    static const char *const keys[] = {"train.lr",    "train.clip", "train.batch",
                                       "train.beta2", "train.loss", "model.temp"};
    bool found = strncmp(key, "decay.", 6) == 0 || strncmp(key, "train.qk_", 9) == 0;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        found = found || strcmp(key, keys[i]) == 0;
    return found;
}

Command *ui_ask_pending(const KeyPress *k, CommandKind kind)
{
    UiState *u = k->u;
    if (u->pending_count == UI_PENDING_MAX)
        return NULL;
    u->pending[u->pending_count++] = (PendingChange){.kind = kind, .number = UINT64_MAX};
    return ui_ask(k->e, kind, "", "");
}

bool ui_ask_change(const KeyPress *k, const Settings *then)
{
    UiState *u = k->u;
    const Settings now = ui_state_settings(u, k->s);
    const SettingsChange all = settings_difference(&now, then);
    SettingsChange asked = {0};
    for (int i = 0; i < all.count; i++)
        settings_change_put(u->past >= 0 && setting_is_planned(all.item[i].row->key) ? &u->plan : &asked, &all.item[i]);
    if (asked.count == 0)
        return all.count > 0;
    Command *c = ui_ask_pending(k, COMMAND_SET);
    if (c)
        c->change = u->pending[u->pending_count - 1].change = asked;
    return c != NULL;
}

void ui_mark_setup(const KeyPress *k)
{
    Command *c = &k->e->command[k->e->command_count - 1];
    c->setup = k->u->pending[k->u->pending_count - 1].setup = true;
}

static PendingChange *pending_unsent(UiState *u, const Command *c)
{
    for (int i = 0; i < u->pending_count; i++)
        if (u->pending[i].number == UINT64_MAX && u->pending[i].kind == c->kind)
            return &u->pending[i];
    return NULL;
}

void ui_state_sent(UiState *u, const Command *c, uint64_t number)
{
    PendingChange *w = pending_unsent(u, c);
    if (w)
        w->number = number;
    if (c->kind == COMMAND_PAUSE || c->kind == COMMAND_RESUME || c->kind == COMMAND_STEP)
        u->pause_number = number;
    if (u->lesson.unsent > 0) {
        u->lesson.unsent--;
        u->lesson.sent = number;
    }
}

void ui_state_refused(UiState *u, const Command *c)
{
    PendingChange *w = pending_unsent(u, c);
    if (w) {
        size_t index = (size_t)(w - u->pending);
        u->pending_count--;
        memmove(w, w + 1, ((size_t)u->pending_count - index) * sizeof *w);
    }
    if (c->kind == COMMAND_PAUSE || c->kind == COMMAND_RESUME || c->kind == COMMAND_STEP)
        u->pause_pending = false;
    u->lesson.unsent -= u->lesson.unsent > 0;
    ui_say(u, "Too many changes wait for the step in hand; try again in a moment.");
}
