#include <lrd/ui/handlers.h>

#include <string.h>

#include <lrd/base/util.h>
#include <lrd/log/log_command.h>
#include <lrd/panel/key.h>
#include <lrd/panel/labels.h>
#include <lrd/panel/panel.h>

static void show_view(const KeyPress *k, int view)
{
    k->u->view = (ViewId)view;
    k->u->is_alone = false;
    ui_say(k->u, "View %d: %s.", view + 1, view_names[view]);
}

void key_view(const KeyPress *k)
{
    show_view(k, k->code - '1');
}

void key_next_view(const KeyPress *k)
{
    show_view(k, ((int)k->u->view + (k->code == UI_KEY_TAB ? 1 : VIEW_COUNT - 1)) % VIEW_COUNT);
}

void key_log_steps(const KeyPress *k)
{
    k->u->log_steps = !k->u->log_steps;
    ui_say(k->u, k->u->log_steps
                     ? "Step axis: logarithmic. The wait between memorising and grokking shows as a distance."
                     : "Step axis: linear.");
}

static void log_values_of_one(UiState *u)
{
    if (panel_table[u->alone].axis == AXIS_FIXED) {
        ui_say(u, "There is no logarithmic axis for this panel (%s).", panel_table[u->alone].name);
        return;
    }
    u->log_values[u->alone] = !u->log_values[u->alone];
    ui_say(u, "Value axis of %s: %s.", panel_table[u->alone].name, u->log_values[u->alone] ? "logarithmic" : "linear");
}

/* As at first, all logarithmic, all linear, and as at first again. */
static void log_values_of_all(UiState *u)
{
    static const char *const words[] = {"as at first", "all logarithmic", "all linear"};
    bool first = true, all = true;
    for (int i = 0; i < PANEL_COUNT; i++) {
        first = first && u->log_values[i] == (panel_table[i].axis == AXIS_LOG);
        all = all && u->log_values[i] == (panel_table[i].axis != AXIS_FIXED);
    }
    int next = first ? 1 : all ? 2 : 0;
    for (int i = 0; i < PANEL_COUNT; i++)
        u->log_values[i] = next < 2 && panel_table[i].axis >= (next == 0 ? AXIS_LOG : AXIS_LINEAR);
    ui_say(u, "Value axes: %s.", words[next]);
}

void key_log_values(const KeyPress *k)
{
    if (k->u->is_alone)
        log_values_of_one(k->u);
    else
        log_values_of_all(k->u);
}

void key_alone(const KeyPress *k)
{
    PanelId ids[LAYOUT_PANELS_MAX];
    UiState *u = k->u;
    int count = layout_panels(u->view, ids), at = -1;
    for (int i = 0; u->is_alone && i < count; i++)
        if (ids[i] == u->alone)
            at = i;
    int next = k->code == 'E' ? (at < 0 ? count : at) - 1 : at + 1;
    u->is_alone = next >= 0 && next < count;
    if (!u->is_alone) {
        ui_say(u, "All panels again.");
        return;
    }
    u->alone = ids[next];
    ui_say(u, "This panel alone: %s. e shows the next one, Esc all of them.", panel_table[u->alone].name);
}

void key_projector(const KeyPress *k)
{
    k->u->projector = !k->u->projector;
    ui_say(k->u, k->u->projector ? "For a projector: large numbers, thick curves. e another panel, T colours, P back."
                                 : "All panels again.");
}

void key_zoom(const KeyPress *k)
{
    enum { ZOOM_MOST = 12 };
    UiState *u = k->u;
    int before = u->zoom;
    u->zoom_is_fixed = false;
    u->zoom = k->code == '0' ? 0 : k->code == '+' ? min_int(before + 1, ZOOM_MOST) : max_int(before - 1, 0);
    if (u->zoom == 0)
        ui_say(u, "Step axis: the whole run.");
    else if (u->zoom == before)
        ui_say(u, "That is as far as it goes; 0 shows the whole run.");
    else
        ui_say(u, "Step axis: 1/%d of the run; + less, - more, 0 all of it.", 1 << u->zoom);
}

void key_rank(const KeyPress *k)
{
    k->u->rank = (RankMeasure)((k->u->rank + 1) % RANK_MEASURE_COUNT);
    ui_say(k->u, "Rank is shown as %s: %s.", rank_measures[k->u->rank].name, rank_measures[k->u->rank].means);
}

void key_matrix(const KeyPress *k)
{
    const Evaluation *v = &k->s->summary->evaluation;
    if (v->matrix_count == 0)
        return;
    if (k->code == 'M') {
        k->u->one_matrix = !k->u->one_matrix;
        ui_say(k->u, k->u->one_matrix ? "One matrix alone in spectrum and waterfall; m the next, M all of them."
                                      : "All matrices.");
        return;
    }
    k->u->matrix = (k->u->matrix + 1) % v->matrix_count;
    ui_say(k->u, "Chosen: %s (* and / scale the W_q of its layer).", label_matrix(v->matrix[k->u->matrix].name).s);
}

void key_glyphs(const KeyPress *k)
{
    if (k->u->ascii_only) {
        ui_say(k->u, "The locale of this terminal is not UTF-8, so only ASCII can be drawn.");
        return;
    }
    k->u->glyphs = (GlyphSet)((k->u->glyphs + 1) % GLYPHS_COUNT);
    ui_say(k->u, "Drawn with: %s.", glyph_set_names[k->u->glyphs]);
}

void key_theme(const KeyPress *k)
{
    k->u->theme = (Scheme)((k->u->theme + 1) % SCHEME_COUNT);
    if (k->u->no_colors)
        ui_say(k->u, "This terminal (TERM) has no colours, so every theme looks the same.");
    else
        ui_say(k->u, "Theme: %s.", theme_names[k->u->theme]);
}

void key_help(const KeyPress *k)
{
    k->u->overlay = OVERLAY_HELP; /* the same key again: the panels are explained, see action_press */
    k->u->help_top = 0;
}

/* Escape outside of an overlay: takes the message away, comes back to now and to all panels, never more. */
void key_close(const KeyPress *k)
{
    k->u->message[0] = '\0';
    k->u->past = -1;
    k->u->is_alone = false;
}

void key_picture(const KeyPress *k)
{
    k->e->flags |= EFFECT_PICTURE;
}

/* A log of another program does not say how its run was made. */
void key_command(const KeyPress *k)
{
    Text command = {0};
    Status s = k->s->replay.foreign ? status_input("This log does not say how its run was made.")
                                    : log_command_of_summary(k->s->summary, k->s->step, &command);
    if (status_is_ok(s) && command.length < sizeof k->u->command) {
        memcpy(k->u->command, command.data, command.length + 1);
        k->u->overlay = OVERLAY_COMMAND;
    } else {
        ui_say(k->u, "%.*s", UI_MESSAGE_MAX - 1, status_is_ok(s) ? "The command is too long to be shown." : s.text);
    }
    text_free(&command);
}

void key_quit(const KeyPress *k)
{
    k->e->flags |= EFFECT_QUIT;
    ui_say(k->u, "Ending after the step in hand; q once more gives that step up.");
}

/* In the table of answers the pair under the cursor is tried at once. */
void key_try(const KeyPress *k)
{
    k->u->overlay = OVERLAY_PAIR;
    k->u->pair.text[0] = k->u->pair.error[0] = '\0';
    if (k->u->view == VIEW_TABLE)
        pair_try_ask(&k->u->pair, k->u->cell_a, k->u->cell_b, &k->s->probe.pair);
}
