#include <lrd/ui/handlers.h>

#include <lrd/ui/key.h>
#include <lrd/ui/labels.h>

static void show_view(const KeyPress *k, int view)
{
    k->u->view = (ViewId)view;
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

void key_flip_values(const KeyPress *k)
{
    k->u->flip_values = !k->u->flip_values;
    ui_say(k->u, k->u->flip_values ? "Value axes: loss linear; rank, norm, turn and singular values logarithmic."
                                   : "Value axes: loss logarithmic; rank, norm, turn and singular values linear.");
}

void key_rank(const KeyPress *k)
{
    k->u->rank = (RankMeasure)((k->u->rank + 1) % RANK_MEASURE_COUNT);
    ui_say(k->u, "Rank is shown as %s: %s.", rank_measures[k->u->rank].name, rank_measures[k->u->rank].means);
}

void key_matrix(const KeyPress *k)
{
    const Evaluation *v = &k->s->board->evaluation;
    if (v->matrix_count == 0)
        return;
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
    ui_say(k->u, "Theme: %s.", theme_names[k->u->theme]);
}

void key_help(const KeyPress *k)
{
    k->u->overlay = OVERLAY_HELP;
    k->u->help_top = 0;
}

/* Escape outside of an overlay: takes the message away and comes back to now, never more. */
void key_close(const KeyPress *k)
{
    k->u->message[0] = '\0';
    k->u->past = -1;
}

void key_picture(const KeyPress *k)
{
    k->e->flags |= EFFECT_PICTURE;
}

void key_quit(const KeyPress *k)
{
    k->e->flags |= EFFECT_QUIT;
    ui_say(k->u, "Ending after the step in hand; q once more gives that step up.");
}
