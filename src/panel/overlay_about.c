#include <lrd/panel/panel.h>

#include <lrd/panel/prose.h>

/* Every panel explained in its own place. */
void overlay_about(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    (void)r;
    (void)s;
    Layout l = panel_layout(c->w, c->h, u);
    for (int i = 0; i < l.panel_count; i++) {
        const PanelRow *row = &panel_table[l.panel[i].id];
        canvas_fill(c, l.panel[i].rect, ' ', ROLE_NORMAL);
        canvas_frame(c, l.panel[i].rect, row->name, NULL);
        prose_filled(c, rect_inset(l.panel[i].rect, 2, 1), ROLE_NORMAL, row->about);
    }
}
