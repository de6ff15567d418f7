#include <lrd/ui/panel.h>

#include <lrd/base/util.h>
#include <lrd/ui/prose.h>

enum { WIDTH = 90, TITLE_GAP = 2 };

static int names_width(const UiState *u)
{
    int width = 0;
    for (int i = 0; i < u->preset_count; i++)
        width = max_int(width, canvas_width(u->presets[i].name));
    return width;
}

/* Enter starts the chosen one. */
void overlay_presets(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    (void)s;
    int shown = min_int(max_int(u->preset_count, 1), max_int(r.h - 2, 1));
    Rect box = prose_box(c, r, min_int(WIDTH, r.w - 4), shown, false, "presets: Enter starts a new run");
    if (u->preset_count == 0)
        canvas_words(c, box.x, box.y, box.w, ROLE_DIM, "No presets were found.");
    int top = max_int(u->preset_chosen - shown + 1, 0), name = names_width(u);
    for (int i = top; i < u->preset_count && i - top < shown; i++) {
        bool chosen = i == u->preset_chosen;
        int y = box.y + i - top;
        canvas_text(c, box.x, y, ROLE_KEY, chosen ? "▸ " : "  ");
        canvas_text(c, box.x + 2, y, chosen ? ROLE_SELECTED : ROLE_BOLD, u->presets[i].name);
        int x = box.x + 2 + name + TITLE_GAP;
        canvas_words(c, x, y, box.x + box.w - x, ROLE_NORMAL, u->presets[i].title);
    }
}
