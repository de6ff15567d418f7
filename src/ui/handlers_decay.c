#include <lrd/ui/handlers.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <lrd/config/preset.h>
#include <lrd/panel/key.h>
#include <lrd/panel/labels.h>
#include <lrd/view/format.h>

static const double steps_per_decade = 8;

static double usual_strength(int kind)
{
    return kind == DECAY_L2 ? 0.1 : 0.005;
}

double decay_last_strength(const UiState *u, int kind)
{
    return isnan(u->strength[kind]) ? usual_strength(kind) : u->strength[kind];
}

/* Says what is now in force, with the unit; more is a further sentence or "". */
static void say_decay(const KeyPress *k, const char *more)
{
    Settings now = ui_state_settings(k->u, k->s);
    const char *targets = label_targets[now.decay.targets];
    bool planned = k->u->past >= 0;
    if (now.decay.kind == DECAY_NONE) {
        ui_say(k->u, "No decay of %s %s", targets,
               planned ? "for a branch: Enter starts it." : "from the next step on.");
        return;
    }
    const char *label = decay_kinds[now.decay.kind].label;
    FormatText strength = format_strength(now.decay.strength);
    if (planned)
        ui_say(k->u, "%s %s on %s for a branch: Enter starts it. Per step: %s. %s", label, strength.s, targets,
               settings_strength_unit(&now), more);
    else
        ui_say(k->u, "%s %s on %s from the next step on: %s.%s%s", label, strength.s, targets,
               settings_strength_unit(&now), *more ? " " : "", more);
}

static void ask_strength_value(const KeyPress *k, double strength)
{
    char value[32];
    snprintf(value, sizeof value, "%.6g", strength);
    ui_ask_set(k, "decay.strength", value);
}

static void switch_kind(const KeyPress *k, int kind, const char *more)
{
    Settings before = ui_state_settings(k->u, k->s);
    k->u->strength[before.decay.kind] = before.decay.strength;
    ui_ask_set(k, "decay.kind", decay_kinds[kind].name);
    if (kind != DECAY_NONE)
        ask_strength_value(k, decay_last_strength(k->u, kind));
    ui_change_done(k);
    say_decay(k, more);
}

void key_kind(const KeyPress *k)
{
    int kind = ui_state_settings(k->u, k->s).decay.kind;
    int by = k->code == 'D' ? DECAY_KIND_COUNT - 1 : 1;
    switch_kind(k, (kind + by) % DECAY_KIND_COUNT, "");
}

void key_toggle(const KeyPress *k)
{
    Settings before = ui_state_settings(k->u, k->s);
    if (before.decay.kind == DECAY_LRD)
        switch_kind(k, DECAY_L2,
                    before.decay.targets == TARGETS_ALL ? "" : "The paper's L2 run decays all weights (g).");
    else
        switch_kind(k, DECAY_LRD, "");
}

void key_strength(const KeyPress *k)
{
    static const double least = 1e-6, most = 1e6;
    Settings before = ui_state_settings(k->u, k->s);
    if (before.decay.kind == DECAY_NONE) {
        ui_say(k->u, "No decay is in force, so there is no strength: t or d choose one.");
        return;
    }
    double strength = before.decay.strength;
    double next = strength * pow(10, (k->code == UI_KEY_UP ? 1 : -1) / steps_per_decade);
    if (strength == 0)
        next = k->code == UI_KEY_UP ? usual_strength(before.decay.kind) : 0;
    else
        next = fmin(fmax(next, fmin(least, strength)), most);
    ask_strength_value(k, next);
    ui_change_done(k);
    say_decay(k, "");
}

void key_targets(const KeyPress *k)
{
    int next = (ui_state_settings(k->u, k->s).decay.targets + 1) % TARGETS_COUNT;
    ui_ask_set(k, "decay.targets", decay_target_names[next]);
    ui_change_done(k);
    say_decay(k, "");
}

static void open_prompt(const KeyPress *k, const char *key)
{
    Settings now = ui_state_settings(k->u, k->s);
    k->u->overlay = OVERLAY_PROMPT;
    prompt_start(&k->u->prompt, key, &now);
}

void key_ask_strength(const KeyPress *k)
{
    open_prompt(k, "decay.strength");
}

void key_ask_rate(const KeyPress *k)
{
    open_prompt(k, "train.lr");
}

void key_ask_any(const KeyPress *k)
{
    open_prompt(k, NULL);
}

void key_truncate(const KeyPress *k)
{
    if (k->s->replay.on || k->u->past >= 0 || k->u->view == VIEW_TABLE)
        key_cursor(k); /* where there is a way up, or forth */
    else
        open_prompt(k, SCHEDULE_TRUNCATE);
}

static void ask_truncate(const KeyPress *k, const char *rank)
{
    if (k->u->past >= 0) {
        ui_say(k->u, "Only the weights of now can be truncated: End goes back to now.");
        return;
    }
    ui_ask(k->e, COMMAND_TRUNCATE, "", rank);
    ui_change_done(k);
    ui_say(k->u, "Q and K are cut to rank %s, their lengths kept.", rank);
}

void prompt_apply(const KeyPress *k, const char *key, const char *value)
{
    if (strcmp(key, SCHEDULE_TRUNCATE) == 0) {
        ask_truncate(k, value);
        return;
    }
    bool asked = ui_ask_set(k, key, value);
    ui_change_done(k);
    if (asked && k->u->past >= 0 && k->e->command_count == 0)
        ui_say(k->u, "%s %s for a branch: Enter starts it.", key, value);
    else if (asked)
        ui_say(k->u, "%s %s from the next step on.", key, value);
    else
        ui_say(k->u, "%s is %s already.", key, value);
}

void key_scale(const KeyPress *k)
{
    const Evaluation *v = &k->s->summary->evaluation;
    if (v->matrix_count == 0) {
        ui_say(k->u, "The matrices were not measured yet; try again in a moment.");
        return;
    }
    if (k->u->past >= 0) {
        ui_say(k->u, "Only the weights of now can be scaled: End goes back to now.");
        return;
    }
    const char *tensor = v->matrix[k->u->matrix].name;
    ui_ask(k->e, COMMAND_SCALE, tensor, k->code == '*' ? "2" : "0.5");
    ui_change_done(k);
    ui_say(k->u, "W_q of layer %d %s: %s", label_layer(tensor), k->code == '*' ? "doubled" : "halved",
           k->s->summary->settings.model.qk_norm == QK_NORM_OFF
               ? "nothing normalises Q and K here, so the loss moves."
               : "the loss should not move, since Q is normalised. Only its norm changes.");
}
