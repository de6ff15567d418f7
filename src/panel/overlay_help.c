#include <lrd/panel/panel.h>

#include <string.h>

#include <lrd/base/util.h>
#include <lrd/panel/prose.h>

enum { KEYS_WIDTH = 7, COLUMN_GAP = 2 };

/* A row of the help: a group's title, an action of it, or a blank row between groups (neither). */
typedef struct HelpRow {
    const char *title;
    const Action *action;
} HelpRow;

/* Writes the rows in the order of the groups; returns how many there are. */
static int help_rows(const Snapshot *s, const ActionTable *t, HelpRow *rows)
{
    int count = 0;
    for (int g = 0; g < ACTION_GROUP_COUNT; g++) {
        int title = count;
        if (count > 0)
            rows[count++] = (HelpRow){NULL, NULL};
        int group = (g + ACTION_WATCH) % ACTION_GROUP_COUNT; /* first what a log is watched with */
        rows[count++] = (HelpRow){action_groups[group], NULL};
        int before = count;
        for (int i = 0; i < t->count; i++)
            if ((int)t->row[i].group == group && action_is_on(s, &t->row[i]))
                rows[count++] = (HelpRow){NULL, &t->row[i]};
        count = count == before ? title : count; /* a group without keys here */
    }
    return count;
}

static const char *help_words(const Action *a, bool whole)
{
    return whole ? a->help : a->name;
}

static int help_column_width(const Snapshot *s, const ActionTable *t, bool whole)
{
    int width = 0;
    for (int i = 0; i < t->count; i++)
        if (action_is_on(s, &t->row[i]))
            width = max_int(width, canvas_width(help_words(&t->row[i], whole)));
    return KEYS_WIDTH + width;
}

static void help_draw_row(Canvas *c, int x, int y, const HelpRow *row, bool whole)
{
    if (row->title)
        canvas_text(c, x, y, ROLE_TITLE, row->title);
    if (!row->action)
        return;
    canvas_text(c, x, y, ROLE_KEY, row->action->keys);
    canvas_text(c, x + KEYS_WIDTH, y, ROLE_NORMAL, help_words(row->action, whole));
}

enum { FRAME_W = 4, FRAME_H = 2, ROWS_MAX = 80 };

/* How the rows stand in the room: whole sentences when all of them fit, else short names, else whole sentences that are
 * scrolled. */
typedef struct HelpPlan {
    HelpRow row[ROWS_MAX];
    int count, columns, width, shown; /* shown: rows of a column */
    bool whole;
    int last; /* the furthest first row, 0 when all are in sight */
} HelpPlan;

static HelpPlan help_plan(Rect r, const Snapshot *s, const UiState *u)
{
    HelpPlan p = {.whole = true, .columns = 1};
    p.count = help_rows(s, u->actions, p.row);
    const int h = max_int(r.h - FRAME_H, 1);
    bool fits = false;
    for (int pass = 0; pass < 2 && !fits; pass++) {
        p.whole = pass == 0;
        p.columns = (r.w - FRAME_W + COLUMN_GAP) / (help_column_width(s, u->actions, p.whole) + COLUMN_GAP);
        fits = p.columns * h >= p.count;
    }
    if (!fits)
        p.whole = help_column_width(s, u->actions, true) <= r.w - FRAME_W;
    p.width = help_column_width(s, u->actions, p.whole);
    p.columns = max_int((r.w - FRAME_W + COLUMN_GAP) / (p.width + COLUMN_GAP), 1);
    p.columns = min_int(p.columns, (p.count + h - 1) / h);
    p.shown = min_int((p.count + p.columns - 1) / p.columns, h);
    p.last = fits ? 0 : max_int(p.count - p.columns * p.shown, 0);
    return p;
}

int overlay_help_last(int w, int h, const Snapshot *s, const UiState *u)
{
    return help_plan(panel_layout(w, h, u).panels, s, u).last;
}

void overlay_help(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    const HelpPlan p = help_plan(r, s, u);
    const int top = min_int(u->help_top, p.last);
    Rect box = prose_box(c, r, p.columns * (p.width + COLUMN_GAP) - COLUMN_GAP, p.shown, false, "keys");
    for (int i = top; i < p.count && i - top < p.columns * p.shown; i++)
        help_draw_row(c, box.x + (i - top) / p.shown * (p.width + COLUMN_GAP), box.y + (i - top) % p.shown, &p.row[i],
                      p.whole);
}
