#include <lrd/panel/panel.h>

#include <lrd/panel/line.h>
#include <lrd/panel/time_cursor.h>

/* Keys of the overlays; everywhere else the action table speaks. */
static const struct OverlayKeys {
    const char *keys[4][2];
} overlay_keys[] = {
    [OVERLAY_HELP] = {{{"↑ ↓", "scroll"}, {"?", "what the panels show"}, {"Esc", "close"}}},
    [OVERLAY_ABOUT] = {{{"? Esc", "close"}}},
    [OVERLAY_PROMPT] = {{{"Enter", "set"}, {"Tab", "complete"}, {"Esc", "cancel"}}},
    [OVERLAY_PRESETS] = {{{"↑ ↓", "choose"}, {"Enter", "start"}, {"Esc", "close"}}},
    [OVERLAY_PAIR] = {{{"Enter", "ask"}, {"Esc", "close"}}},
    [OVERLAY_COMMAND] = {{{"Esc", "close"}}},
};

/* Before the others while the past is looked at. */
static const struct PastKey {
    const char *key, *label;
    bool needs_run; /* the replay of a log has none */
} past_keys[] = {{"[ ]", "step", false}, {"{ }", "event", false}, {"Enter", "branch", true}, {"End", "now", false}};

static void add_past_keys(Line *line, const Snapshot *s, const UiState *u)
{
    for (size_t i = 0; time_cursor_evaluation(s, u) && i < sizeof past_keys / sizeof *past_keys; i++)
        if (!(past_keys[i].needs_run && s->replay.on))
            line_add_key(line, 1, past_keys[i].key, past_keys[i].label);
}

/* What a key of a lesson is called in the bar: of the views each by its own name. */
static const char *key_label(int code, const Action *a)
{
    return code >= '1' && code < '1' + VIEW_COUNT ? view_names[code - '1'] : a->label;
}

/* The key at *at, and those behind it that do the same: *at becomes the last one's place. */
static void add_step_keys(Line *line, const ActionTable *t, const LessonStep *step, int *at)
{
    const Action *a = action_find(t, step->key[*at]);
    const char *label = key_label(step->key[*at], a);
    Text keys = {0};
    ui_key_print(step->key[*at], &keys);
    while (*at + 1 < step->key_count && label == key_label(step->key[*at + 1], action_find(t, step->key[*at + 1]))) {
        text_add(&keys, " ");
        ui_key_print(step->key[++*at], &keys);
    }
    line_add_marked_key(line, 2, text_str(&keys), label);
    text_free(&keys);
}

/* Before the others while a lesson is open: its own keys, then those that its step asks for. */
static void add_lesson_keys(Line *line, const UiState *u)
{
    const LessonPlace *p = &u->lesson;
    const LessonStep *step = lesson_step(p);
    const char *forth = p->step + 1 == p->lesson->count ? "end" : lesson_awaited(p) ? "skip" : "next";
    line_add_key(line, 1, "→", step ? forth : "begin");
    if (p->step > 0)
        line_add_key(line, 3, "←", "back");
    line_add_key(line, 3, "L", "close");
    for (int i = 0; step && i < step->key_count; i++)
        add_step_keys(line, u->actions, step, &i);
}

/* Whether the lesson shows it already. */
static bool is_in_lesson(const Action *a, const UiState *u)
{
    const LessonStep *step = lesson_step(&u->lesson);
    bool found = a->codes[0] == 'L';
    for (int i = 0; step && i < step->key_count; i++)
        found = found || action_find(u->actions, step->key[i]) == a;
    return found;
}

void panel_keys(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    Line line = {0};
    bool paused = ui_state_is_paused(u, s);
    for (int i = 0; u->overlay != OVERLAY_NONE && overlay_keys[u->overlay].keys[i][0]; i++)
        line_add_key(&line, 1, overlay_keys[u->overlay].keys[i][0], overlay_keys[u->overlay].keys[i][1]);
    bool lesson = u->lesson.open && u->lesson.lesson;
    if (u->overlay == OVERLAY_NONE && lesson)
        add_lesson_keys(&line, u);
    if (u->overlay == OVERLAY_NONE)
        add_past_keys(&line, s, u);
    for (int i = 0; u->overlay == OVERLAY_NONE && i < u->actions->count; i++) {
        const Action *a = &u->actions->row[i];
        bool pauses = a->codes[0] == ' ';
        if (a->priority > 0 && action_is_on(s, a) && !(time_cursor_evaluation(s, u) && a->group == ACTION_PAST) &&
            !(lesson && is_in_lesson(a, u)))
            line_add_key(&line, a->priority, a->keys, pauses && paused ? "go on" : a->label);
    }
    line_draw(c, (Rect){r.x + 1, r.y, r.w - 2, r.h}, &line);
}
