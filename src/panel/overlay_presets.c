#include <lrd/panel/panel.h>

#include <stdio.h>
#include <string.h>

#include <lrd/base/util.h>
#include <lrd/panel/prose.h>

enum { WIDTH = 90, TITLE_GAP = 2, ABOUT_ROWS = 9 };

static int names_width(const UiState *u)
{
    int width = 0;
    for (int i = 0; i < u->preset_count; i++)
        width = max_int(width, canvas_width(u->presets[i].name));
    return width;
}

/* Scrolled so that the chosen one is in sight. */
static void draw_list(Canvas *c, Rect r, const UiState *u)
{
    int top = max_int(u->preset_chosen - r.h + 1, 0), name = names_width(u);
    for (int i = top; i < u->preset_count && i - top < r.h; i++) {
        bool chosen = i == u->preset_chosen;
        int y = r.y + i - top;
        canvas_note(c, (Rect){r.x, y, r.w, 1}, PLACE_ROW, i);
        canvas_text(c, r.x, y, ROLE_KEY, chosen ? "▸ " : "  ");
        canvas_text(c, r.x + 2, y, chosen ? ROLE_SELECTED : ROLE_BOLD, u->presets[i].name);
        int x = r.x + 2 + name + TITLE_GAP;
        canvas_words(c, x, y, r.x + r.w - x, ROLE_NORMAL, u->presets[i].title);
    }
}

/* Rows of its first sentence: less room is left empty. */
static int first_rows(int width, const char *story)
{
    const char *stop = strstr(story, ". ");
    Text first = {0};
    text_addf(&first, "%.*s", stop ? (int)(stop - story) + 1 : (int)strlen(story), story);
    int rows = prose_rows(width, text_str(&first));
    text_free(&first);
    return rows;
}

/* What to watch in the chosen one, and below it, whatever the room, what to expect. */
static void draw_about(Canvas *c, Rect r, const PresetEntry *p)
{
    Text words = {0};
    expectation_add_words(&p->expect, &p->settings, " ", &words);
    const char *story = p->settings.lab.story;
    int rows = min_int(prose_rows(r.w, text_str(&words)), r.h), room = r.h - rows;
    int used = room >= first_rows(r.w, story) ? prose_filled(c, (Rect){r.x, r.y, r.w, room}, ROLE_NORMAL, story) : 0;
    used += used > 0 && used < room; /* a blank row between the two */
    prose_filled(c, (Rect){r.x, r.y + used, r.w, rows}, ROLE_BOLD, text_str(&words));
    text_free(&words);
}

/* Enter starts the chosen one. */
void overlay_presets(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    (void)s;
    char title[80];
    snprintf(title, sizeof title, "presets %d/%d: Enter starts a new run", u->preset_count ? u->preset_chosen + 1 : 0,
             u->preset_count);
    int room = max_int(r.h - 2, 1), about = u->preset_count ? min_int(ABOUT_ROWS, room * 6 / 10) : 0;
    int shown = min_int(max_int(u->preset_count, 1), max_int(room - about - (about > 0), 1));
    Rect box = prose_box(c, r, min_int(WIDTH, r.w - 4), shown + about + (about > 0), false, title);
    if (u->preset_count == 0) {
        canvas_words(c, box.x, box.y, box.w, ROLE_DIM, "No presets were found.");
        return;
    }
    draw_list(c, (Rect){box.x, box.y, box.w, shown}, u);
    draw_about(c, (Rect){box.x, box.y + shown + 1, box.w, about}, &u->presets[u->preset_chosen]);
}
