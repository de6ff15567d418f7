#include <lrd/panel/frame.h>

#include <stdio.h>

#include <lrd/base/util.h>
#include <lrd/panel/panel.h>
#include <lrd/panel/prose.h>
#include <lrd/view/layout.h>

static PanelDraw *const overlays[] = {
    [OVERLAY_HELP] = overlay_help,       [OVERLAY_ABOUT] = overlay_about, [OVERLAY_PROMPT] = overlay_prompt,
    [OVERLAY_PRESETS] = overlay_presets, [OVERLAY_PAIR] = overlay_pair,   [OVERLAY_COMMAND] = overlay_command,
};

/* A panel may not draw beyond its own rectangle. */
static void draw_clipped(Canvas *c, Rect r, PanelDraw *draw, const Snapshot *s, const UiState *u)
{
    if (rect_empty(r))
        return;
    canvas_clip(c, r);
    draw(c, r, s, u);
    canvas_unclip(c);
}

static void draw_too_small(Canvas *c, const Snapshot *s)
{
    char words[120];
    snprintf(words, sizeof words, "lrdlab needs %d x %d, here %d x %d (%sq quits)", LAYOUT_MIN_W, LAYOUT_MIN_H, c->w,
             c->h, s->replay.on ? "" : "training goes on; ");
    prose_wrapped(c, (Rect){0, 0, c->w, c->h}, ROLE_WARN, words);
}

/* Messages have a line of their own on tall screens, else they take the events', the story's or the lesson's last for a
 * moment. */
static void draw_message(Canvas *c, const Layout *l, const Snapshot *s, const UiState *u)
{
    bool own = !rect_empty(l->message);
    Rect last = {l->lesson.x, l->lesson.y + l->lesson.h - 1, l->lesson.w, 1};
    Rect r = own ? l->message : !rect_empty(l->events) ? l->events : !rect_empty(l->story) ? l->story : last;
    if (!u->message[0])
        return;
    if (!own)
        canvas_fill(c, r, ' ', ROLE_NORMAL);
    draw_clipped(c, r, panel_message, s, u);
}

/* The branches, once there are some, or several other logs take the last row of the events. */
static void draw_events(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    bool branches = s->summary->branches.count > 1;
    int strip = (branches || s->ghost_count > 1) && r.h > 0;
    draw_clipped(c, (Rect){r.x, r.y, r.w, r.h - strip}, panel_events, s, u);
    if (strip)
        draw_clipped(c, (Rect){r.x, r.y + r.h - 1, r.w, 1}, branches ? panel_branches : panel_comparisons, s, u);
}

void frame_draw(Canvas *c, const Snapshot *s, const UiState *u)
{
    Layout l = panel_layout(c->w, c->h, u);
    c->glyphs = u->glyphs;
    c->mono = u->theme == SCHEME_NONE || u->colorless;
    canvas_unclip(c);
    canvas_clear(c);
    if (l.too_small) {
        draw_too_small(c, s);
        return;
    }
    draw_clipped(c, l.header, panel_header, s, u);
    draw_clipped(c, l.tabs, panel_tabs, s, u);
    draw_clipped(c, l.story, panel_story, s, u);
    draw_clipped(c, l.lesson, panel_lesson, s, u);
    draw_clipped(c, l.digits, panel_digits, s, u);
    /* Blocks make a thick line, which is seen from afar. */
    c->glyphs = u->projector && u->glyphs == GLYPHS_BRAILLE ? GLYPHS_BLOCK : u->glyphs;
    for (int i = 0; i < l.panel_count; i++)
        draw_clipped(c, l.panel[i].rect, panel_table[l.panel[i].id].draw, s, u);
    c->glyphs = u->glyphs;
    draw_clipped(c, l.decay, panel_decay, s, u);
    draw_events(c, l.events, s, u);
    draw_message(c, &l, s, u);
    draw_clipped(c, l.keybar, panel_keys, s, u);
    if (u->overlay != OVERLAY_NONE) {
        canvas_note(c, l.panels, PLACE_NONE, 0);
        draw_clipped(c, l.panels, overlays[u->overlay], s, u);
    }
}
