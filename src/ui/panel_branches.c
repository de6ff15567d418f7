#include <lrd/ui/panel.h>

#include <stdio.h>

#include <lrd/ui/behind.h>
#include <lrd/ui/labels.h>
#include <lrd/ui/line.h>

/* The tree in one line: what each branch tries, where it starts, what became of it. */
void panel_branches(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    const Branches *t = &s->board->branches;
    Line line = {0};
    line_add(&line, 7, 0, ROLE_TITLE, "branches");
    for (int n = 1; n <= t->count; n++) {
        bool now = n == t->now, ghost = n == behind_number(s, u);
        const Board *b = now ? s->board : branches_board(t, n);
        Label words = label_branch(t, n, b);
        line_add(&line,
                 now     ? 1
                 : ghost ? 2
                         : 5,
                 2,
                 now     ? ROLE_SELECTED
                 : ghost ? ROLE_GHOST
                         : ROLE_NORMAL,
                 now     ? "[%s]"
                 : ghost ? "▔ %s"
                         : "%s",
                 words.s);
    }
    line.right = true;
    if (!s->replay.on)
        line_add_key(&line, 4, "v", "switch");
    line_add_key(&line, 6, "V", "compare");
    line_draw(c, (Rect){r.x + 1, r.y, r.w - 2, r.h}, &line);
}
