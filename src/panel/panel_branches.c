#include <lrd/panel/panel.h>

#include <math.h>
#include <stdio.h>

#include <lrd/panel/comparison_branch.h>
#include <lrd/panel/labels.h>
#include <lrd/panel/line.h>
#include <lrd/panel/plot.h>
#include <lrd/view/format.h>
#include <lrd/view/glyph.h>

static void add_branch(Line *line, int n, const Snapshot *s, const UiState *u)
{
    const Branches *t = &s->summary->branches;
    const Label words = label_branch(t, n, n == t->now ? s->summary : branches_summary(t, n));
    if (n == t->now)
        line_add(line, 1, 2, ROLE_SELECTED, "[%s]", words.s);
    else if (n == comparison_branch_number(s, u))
        line_add(line, 2, 2, ROLE_GHOST, "▔ %s%s", n == s->twin ? "twin " : "", words.s);
    else
        line_add(line, 5, 2, ROLE_NORMAL, "%s", words.s);
    line_mark(line, PLACE_BRANCH, n);
}

/* The tree in one line: what each branch tries, where it starts, what became of it. */
void panel_branches(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    Line line = {0};
    line_add(&line, 7, 0, ROLE_TITLE, "branches");
    for (int n = 1; n <= s->summary->branches.count; n++)
        add_branch(&line, n, s, u);
    line.right = true;
    if (!s->replay.on)
        line_add_key(&line, 4, s->twin ? "c" : "v", s->twin ? "end twin" : "switch");
    line_add_key(&line, 6, "V", "compare");
    line_draw(c, (Rect){r.x + 1, r.y, r.w - 2, r.h}, &line);
}

/* Logs that lie behind the one in front, with the sign of their curves. */
void panel_comparisons(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    Line line = {0};
    line_add(&line, 7, 0, ROLE_TITLE, "behind");
    for (int i = 0; i < s->ghost_count; i++) {
        char sign[8];
        sign[glyph_encode(plot_ghost_marker(i, s->ghost_count, u->glyphs), sign)] = '\0';
        double unseen = plot_ghost_value(s, u, i, SERIES_UNSEEN_ACC);
        line_add(&line, 1 + i, 2, ROLE_GHOST, "%s %s", sign, s->ghost[i]->name);
        if (isfinite(unseen))
            line_add(&line, 9, 1, ROLE_GHOST, "unseen %s", format_percent(unseen).s);
    }
    line_draw(c, (Rect){r.x + 1, r.y, r.w - 2, r.h}, &line);
}
