#include <lrd/ui/handlers.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <lrd/base/text.h>
#include <lrd/config/preset.h>
#include <lrd/panel/key.h>
#include <lrd/panel/labels.h>
#include <lrd/view/format.h>

static const double steps_per_decade = 8;

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

/* To six digits: what the log and a preset say is what was done. */
static double rounded(double strength)
{
    char word[32];
    snprintf(word, sizeof word, "%.6g", strength);
    text_to_double(word, &strength);
    return strength;
}

static void switch_kind(const KeyPress *k, int kind, const char *more)
{
    Settings then = ui_state_settings(k->u, k->s);
    own_strengths_note(&k->u->strengths, &then);
    then.decay.kind = kind;
    if (kind != DECAY_NONE)
        then.decay.strength = own_strength_of(&k->u->strengths, kind);
    Status status = settings_check_together(&then);
    if (!status_is_ok(status)) {
        ui_say(k->u, "%s", status.text);
        return;
    }
    ui_ask_change(k, &then);
    say_decay(k, more);
}

void decay_choose(const KeyPress *k, int kind)
{
    switch_kind(k, kind, "");
}

void strength_ask(const KeyPress *k, const Settings *then)
{
    ui_ask_change(k, then);
    say_decay(k, "");
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
    Settings then = ui_state_settings(k->u, k->s);
    if (then.decay.kind == DECAY_NONE) {
        ui_say(k->u, "No decay is in force, so there is no strength: t or d choose one.");
        return;
    }
    double strength = then.decay.strength;
    double next = strength * pow(10, (k->code == UI_KEY_UP ? 1 : -1) / steps_per_decade);
    if (strength == 0)
        next = k->code == UI_KEY_UP ? own_strength_usual(then.decay.kind) : 0;
    else
        next = fmin(fmax(next, fmin(least, strength)), most);
    then.decay.strength = rounded(next);
    ui_ask_change(k, &then);
    say_decay(k, "");
}

void key_targets(const KeyPress *k)
{
    Settings then = ui_state_settings(k->u, k->s);
    then.decay.targets = (then.decay.targets + 1) % TARGETS_COUNT;
    ui_ask_change(k, &then);
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

/* What was typed, and the strength that comes with another decay. */
static bool ask_completed(const KeyPress *k, const Settings *typed)
{
    const Settings now = ui_state_settings(k->u, k->s);
    SettingsChange change = settings_difference(&now, typed);
    Settings then = now;
    own_strengths_note(&k->u->strengths, &now);
    own_strength_complete(&k->u->strengths, &now, &change);
    (void)settings_change_apply(&then, &change); /* was checked when it was typed */
    return ui_ask_change(k, &then);
}

void prompt_apply(const KeyPress *k, const Setting *row, const Settings *then)
{
    bool asked = ask_completed(k, then);
    if (asked && strcmp(row->key, "decay.kind") == 0) {
        say_decay(k, "");
        return;
    }
    SettingsChange typed = {0};
    Text value = {0};
    struct SettingValue one = {.row = row};
    memcpy(one.bytes, (const char *)then + row->offset, row->size);
    settings_change_put(&typed, &one);
    settings_change_print(&typed, " ", "", &value);
    ui_say(k->u, "%s %s", text_str(&value),
           !asked                                        ? "is in force already."
           : k->u->past >= 0 && k->e->command_count == 0 ? "for a branch: Enter starts it."
                                                         : "from the next step on.");
    text_free(&value);
}

void key_truncate(const KeyPress *k)
{
    if (k->s->replay.on || k->u->past >= 0 || k->u->view == VIEW_TABLE)
        key_cursor(k); /* where there is a way up, or forth */
    else
        open_prompt(k, SCHEDULE_TRUNCATE);
}

void truncate_apply(const KeyPress *k)
{
    if (k->u->past >= 0) {
        ui_say(k->u, "Only the weights of now can be truncated: End goes back to now.");
        return;
    }
    Command *c = ui_ask_pending(k, COMMAND_TRUNCATE);
    if (!c)
        return;
    snprintf(c->value, sizeof c->value, "%d", k->u->prompt.rank);
    ui_say(k->u, "Q and K are cut to rank %d, their lengths kept.", k->u->prompt.rank);
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
    Command *c = ui_ask_pending(k, COMMAND_SCALE);
    if (!c)
        return;
    snprintf(c->key, sizeof c->key, "%s", tensor);
    snprintf(c->value, sizeof c->value, "%s", k->code == '*' ? "2" : "0.5");
    ui_say(k->u, "W_q of layer %d %s: %s", label_layer(tensor), k->code == '*' ? "doubled" : "halved",
           k->s->summary->settings.model.qk_norm == QK_NORM_OFF
               ? "nothing normalises Q and K here, so the loss moves."
               : "the loss should not move, since Q is normalised. Only its norm changes.");
}
