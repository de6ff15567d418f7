#include <lrd/panel/panel.h>

#include <lrd/base/util.h>
#include <lrd/panel/prose.h>

void overlay_prompt(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    (void)s;
    enum { WIDTH = 76, CURSOR = 0x2581, TYPED_ROWS = 2 };
    const Prompt *p = &u->prompt;
    int w = min_int(WIDTH, r.w - 4);
    const char *below = p->error[0] ? p->error : p->hint;
    int rows = min_int(prose_rows(w, below), max_int(r.h - 2 - TYPED_ROWS, 0));
    Rect box = prose_box(c, r, w, rows + TYPED_ROWS, true, p->key ? p->key : "KEY VALUE");
    int x = box.x;
    x += canvas_text(c, x, box.y, ROLE_KEY, p->key ? "= " : ": ");
    /* Of a text that is too long the end is shown: that is where it is typed. */
    int hidden = max_int(canvas_width(p->text) - (box.w - 3), 0);
    x += canvas_text(c, x, box.y, ROLE_BOLD, p->text + hidden);
    canvas_put(c, x, box.y, CURSOR, ROLE_KEY);
    prose_wrapped(c, (Rect){box.x, box.y + TYPED_ROWS, box.w, rows}, p->error[0] ? ROLE_BAD : ROLE_DIM, below);
}
