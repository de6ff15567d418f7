#include <lrd/ui/handlers.h>

#include <lrd/base/util.h>
#include <lrd/panel/comparison_branch.h>
#include <lrd/view/format.h>

void key_pause(const KeyPress *k)
{
    bool paused = ui_state_is_paused(k->u, k->s);
    k->u->lesson.holds = false;
    ui_ask(k->e, paused ? COMMAND_RESUME : COMMAND_PAUSE, "", "");
    k->u->pause_pending = true;
    k->u->pause_value = !paused;
    k->u->pause_number = UINT64_MAX;
    if (paused && k->s->state == SESSION_HOLDING)
        ui_say(k->u, "On past the end: as many steps again.");
    else
        ui_say(k->u, paused ? "Training goes on." : "Paused after the step in hand. Space goes on, . does one step.");
}

void key_step(const KeyPress *k)
{
    ui_ask(k->e, COMMAND_STEP, "", "");
    k->u->pause_pending = true;
    k->u->pause_value = true;
    k->u->pause_number = UINT64_MAX;
    ui_say(k->u, "One step from %s, then pause.", format_count(k->s->step).s);
}

void ui_forget_run(UiState *u)
{
    u->pending_count = 0;
    u->past = -1;
    u->behind = COMPARISON_BRANCH_AUTO;
}

void key_restart(const KeyPress *k)
{
    ui_forget_run(k->u);
    k->u->strengths = own_strengths_new();
    ui_ask(k->e, COMMAND_RESTART, "", k->code == 'R' ? "new" : "");
    ui_say(k->u, k->code == 'R'
                     ? "From step 0 with the next seed: other weights, the same settings. u brings this run back."
                     : "From step 0 with the same seed and settings. u brings this run back.");
}

void key_undo(const KeyPress *k)
{
    UiState *u = k->u;
    if (u->past >= 0 && u->plan.count > 0) {
        u->plan.count = 0;
        ui_say(u, "The choice for a branch is dropped; the run itself was not touched.");
        return;
    }
    if (ui_ask_pending(k, COMMAND_UNDO))
        ui_say(u, "The last change is undone from the next step on.");
}

void key_presets(const KeyPress *k)
{
    k->e->flags |= EFFECT_PRESETS;
    k->u->overlay = OVERLAY_PRESETS;
    k->u->preset_chosen = 0;
}

void presets_apply(const KeyPress *k)
{
    k->u->overlay = OVERLAY_NONE;
    if (k->u->preset_chosen >= k->u->preset_count)
        return;
    const char *name = k->u->presets[k->u->preset_chosen].name;
    ui_forget_run(k->u);
    k->u->strengths = own_strengths_new();
    ui_ask(k->e, COMMAND_PRESET, "", name);
    ui_say(k->u, "A new run with the preset %s. u brings this run back.", name);
}

void key_save(const KeyPress *k)
{
    ui_ask(k->e, COMMAND_SAVE, "", "");
    ui_say(k->u, "A checkpoint is written after the step in hand.");
}

void key_save_preset(const KeyPress *k)
{
    ui_ask(k->e, COMMAND_WRITE_PRESET, "", "");
    ui_say(k->u, "A preset that does all this again is written after the step in hand.");
}
