#include <lrd/panel/panel.h>

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <lrd/panel/key.h>
#include <lrd/lesson/lesson_check.h>

const RankMeasureRow rank_measures[RANK_MEASURE_COUNT] = {
    [RANK_STABLE] = {"stable rank", "stable", "how many directions carry as much as the largest one",
                     SERIES_STABLE_RANK},
    [RANK_EFFECTIVE] = {"effective rank", "effective", "how evenly the singular values are spread (entropy)",
                        SERIES_EFFECTIVE_RANK},
    [RANK_PARTICIPATION] = {"participation ratio", "particip.", "how many directions share the squared length",
                            SERIES_PARTICIPATION},
};

UiState ui_state_new(void)
{
    UiState u = {
        .view = VIEW_OVERVIEW, .glyphs = GLYPHS_BRAILLE, .theme = SCHEME_DARK, .past = -1, .lesson.step = LESSON_OFFER};
    for (int i = 0; i < PANEL_COUNT; i++)
        u.log_values[i] = panel_table[i].axis == AXIS_LOG;
    for (int i = 0; i < DECAY_KIND_COUNT; i++)
        u.strength[i] = NAN;
    return u;
}

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
    int fulfilled = 0;
    while (fulfilled < u->pending_count && u->wish[fulfilled].number <= s->commands)
        fulfilled++;
    u->pending_count -= fulfilled;
    memmove(u->wish, u->wish + fulfilled, (size_t)u->pending_count * sizeof *u->wish);
    if (u->pause_pending && u->pause_number <= s->commands)
        u->pause_pending = false;
    const Settings *now = &s->summary->settings;
    if (u->pending_count == 0)
        u->strength[now->decay.kind] = now->decay.strength;
    if (s->message_number != u->session_message) {
        u->session_message = s->message_number;
        if (s->message[0])
            ui_say(u, "%s", s->message);
    }
    if (eval_history_find(&s->summary->moments, u->past) < 0)
        u->past = -1; /* another run */
    int matrices = s->summary->evaluation.matrix_count;
    if (u->matrix >= matrices)
        u->matrix = 0;
    lesson_follow(u, s, UI_KEY_NONE);
}

Settings ui_state_settings(const UiState *u, const Snapshot *s)
{
    Settings now = s->summary->settings;
    for (int i = 0; i < u->pending_count; i++)
        (void)settings_set(&now, u->wish[i].key, u->wish[i].value); /* was checked when it was wished */
    for (int i = 0; u->past >= 0 && i < u->plan_count; i++)
        (void)settings_set(&now, u->plan[i].key, u->plan[i].value);
    return now;
}

bool ui_state_is_pending(const UiState *u, const char *key)
{
    for (int i = 0; i < u->pending_count; i++)
        if (strcmp(u->wish[i].key, key) == 0)
            return true;
    return false;
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

bool ui_setting_would_change(const Settings *now, const char *key, const char *value)
{
    const Setting *row = settings_find(key);
    Settings then = *now;
    if (!row || !status_is_ok(settings_set(&then, key, value)))
        return false;
    return memcmp((const char *)&then + row->offset, (const char *)now + row->offset, row->size) != 0;
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

static bool plan_set(UiState *u, const char *key, const char *value)
{
    int place = 0;
    while (place < u->plan_count && strcmp(u->plan[place].key, key) != 0)
        place++;
    if (place == UI_PLAN_MAX)
        return false;
    u->plan_count += place == u->plan_count;
    snprintf(u->plan[place].key, sizeof u->plan[place].key, "%s", key);
    snprintf(u->plan[place].value, sizeof u->plan[place].value, "%s", value);
    return true;
}

bool ui_ask_set(const KeyPress *k, const char *key, const char *value)
{
    UiState *u = k->u;
    Settings now = ui_state_settings(u, k->s);
    if (u->pending_count == UI_PENDING_MAX || !ui_setting_would_change(&now, key, value))
        return false;
    if (u->past >= 0 && setting_is_planned(key))
        return plan_set(u, key, value);
    PendingChange *w = &u->wish[u->pending_count++];
    w->number = UINT64_MAX;
    snprintf(w->key, sizeof w->key, "%s", key);
    snprintf(w->value, sizeof w->value, "%s", value);
    ui_ask(k->e, COMMAND_SET, key, value);
    return true;
}

void ui_change_done(const KeyPress *k)
{
    UiState *u = k->u;
    if (k->e->command_count == 0)
        return;
    if (u->change_count == UI_CHANGES_MAX)
        memmove(u->change, u->change + 1, (size_t)--u->change_count * sizeof *u->change);
    Change made = {k->e->command_count, 0};
    for (int i = 0; i < k->e->command_count; i++)
        made.wishes += k->e->command[i].kind == COMMAND_SET;
    u->change[u->change_count++] = made;
}

static PendingChange *pending_unsent(UiState *u, const Command *c)
{
    for (int i = 0; c->kind == COMMAND_SET && i < u->pending_count; i++)
        if (u->wish[i].number == UINT64_MAX && strcmp(u->wish[i].key, c->key) == 0)
            return &u->wish[i];
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
    Change *last = u->change_count > 0 ? &u->change[u->change_count - 1] : NULL;
    if (last && (c->kind == COMMAND_SET || c->kind == COMMAND_SCALE || c->kind == COMMAND_TRUNCATE)) {
        last->commands--;
        last->wishes -= c->kind == COMMAND_SET;
        u->change_count -= last->commands == 0;
    }
    if (w) {
        size_t index = (size_t)(w - u->wish);
        u->pending_count--;
        memmove(w, w + 1, ((size_t)u->pending_count - index) * sizeof *w);
    }
    if (c->kind == COMMAND_PAUSE || c->kind == COMMAND_RESUME || c->kind == COMMAND_STEP)
        u->pause_pending = false;
    u->lesson.unsent -= u->lesson.unsent > 0;
    ui_say(u, "Too many changes wait for the step in hand; try again in a moment.");
}
