#include <lrd/ui/panel.h>

#include <lrd/ui/action.h>
#include <lrd/ui/line.h>
#include <lrd/ui/past.h>

/* Keys of the overlays; everywhere else the action table speaks. */
static const struct OverlayKeys {
    const char *keys[4][2];
} overlay_keys[] = {
    [OVERLAY_HELP] = {{{"↑ ↓", "scroll"}, {"?", "what the panels show"}, {"Esc", "close"}}},
    [OVERLAY_ABOUT] = {{{"? Esc", "close"}}},
    [OVERLAY_PROMPT] = {{{"Enter", "set"}, {"Tab", "complete"}, {"Esc", "cancel"}}},
    [OVERLAY_PRESETS] = {{{"↑ ↓", "choose"}, {"Enter", "start"}, {"Esc", "close"}}},
    [OVERLAY_PAIR] = {{{"Enter", "ask"}, {"space", "pause, go on"}, {"Esc", "close"}}},
};

/* Before the others while the past is looked at. */
static const struct PastKey {
    const char *key, *label;
    bool needs_run; /* the replay of a log has none */
} past_keys[] = {{"[ ]", "step", false}, {"{ }", "event", false}, {"Enter", "branch", true}, {"End", "now", false}};

static void add_past_keys(Line *line, const Snapshot *s, const UiState *u)
{
    for (size_t i = 0; past_evaluation(s, u) && i < sizeof past_keys / sizeof *past_keys; i++)
        if (!(past_keys[i].needs_run && s->replay.on))
            line_add_key(line, 1, past_keys[i].key, past_keys[i].label);
}

void panel_keys(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    Line line = {0};
    bool paused = ui_state_is_paused(u, s);
    for (int i = 0; u->overlay != OVERLAY_NONE && overlay_keys[u->overlay].keys[i][0]; i++)
        line_add_key(&line, 1, overlay_keys[u->overlay].keys[i][0], overlay_keys[u->overlay].keys[i][1]);
    if (u->overlay == OVERLAY_NONE)
        add_past_keys(&line, s, u);
    for (int i = 0; u->overlay == OVERLAY_NONE && i < action_count; i++) {
        const Action *a = &action_table[i];
        bool pauses = a->codes[0] == ' ';
        if (a->priority > 0 && action_is_on(s, a) && !(past_evaluation(s, u) && a->group == ACTION_PAST))
            line_add_key(&line, a->priority, a->keys, pauses && paused ? "go on" : a->label);
    }
    line_draw(c, (Rect){r.x + 1, r.y, r.w - 2, r.h}, &line);
}
