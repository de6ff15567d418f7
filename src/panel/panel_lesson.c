/* The step of a lesson: what to do, what to notice, and whether it has happened yet. */
#include <lrd/panel/panel.h>

#include <stdio.h>

#include <lrd/base/util.h>
#include <lrd/panel/line.h>
#include <lrd/panel/prose.h>

/* What stands in the way of a check that only training can fulfil; NULL: nothing does. */
static const char *hindrance(const Snapshot *s, const LessonCheck *awaited)
{
    if (!awaited || !awaited->of_run)
        return NULL;
    switch (s->state) {
    case SESSION_HOLDING:
        return "The run is at its end, and this did not happen. r starts it again, space adds steps, → skips.";
    case SESSION_NON_FINITE:
        return "The run broke: a number is not finite. u and then space goes on, r starts again, → skips.";
    default:
        return NULL;
    }
}

static void draw_title(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    const LessonPlace *p = &u->lesson;
    const LessonStep *step = lesson_step(p);
    const LessonCheck *awaited = lesson_awaited(p);
    Line line = {0};
    if (step)
        line_add(&line, 1, 0, ROLE_TITLE, "Lesson %d/%d", p->step + 1, p->lesson->count);
    else
        line_add(&line, 1, 0, ROLE_TITLE, "Lesson");
    line_add(&line, 1, 2, ROLE_BOLD, "%.*s", LINE_TEXT_MAX - 1, step ? step->title : p->lesson->title);
    line.right = true;
    if (!step)
        line_add(&line, 2, 0, ROLE_DIM, "%d steps", p->lesson->count);
    else if (!awaited && p->holds && ui_state_is_paused(u, s)) {
        const bool more = p->step + 1 < p->lesson->count;
        line_add(&line, 1, 0, ROLE_GOOD, "✓ done; held: → %s", more ? "goes on" : "ends it");
        line_add(&line, 3, 0, ROLE_DIM, ", space lets it run");
    } else if (!awaited)
        line_add(&line, 1, 0, ROLE_GOOD, "✓ done: → %s", p->step + 1 < p->lesson->count ? "next" : "ends it");
    else if (s->state == SESSION_PAUSED && awaited->of_run)
        line_add(&line, 1, 0, ROLE_WARN, "paused: space goes on");
    else
        line_add(&line, 2, 0, ROLE_DIM, "○ waits for %.*s", LINE_TEXT_MAX - 20, awaited->waits);
    line_draw(c, r, &line);
}

/* What is to be done, then what is to be noticed; where there is no room for both, first the one and then, once it is
 * done, the other. */
static void draw_body(Canvas *c, Rect r, const char *act, const char *notice, bool done)
{
    enum { MARK = 2 };
    Rect beside = {r.x + MARK, r.y, r.w - MARK, r.h};
    if (!done || prose_rows(beside.w, act) + prose_rows(beside.w, notice) <= r.h) {
        Role role = done ? ROLE_DIM : ROLE_BOLD;
        canvas_text(c, r.x, r.y, role, "▸");
        int used = prose_filled(c, beside, role, act);
        beside.y += used;
        beside.h -= used;
    }
    if (prose_first_rows(beside.w, notice) <= beside.h)
        prose_filled(c, beside, ROLE_NORMAL, notice);
}

void panel_lesson(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    enum { BAR = 0x258C };
    const LessonPlace *p = &u->lesson;
    const LessonStep *step = lesson_step(p);
    const LessonCheck *awaited = lesson_awaited(p);
    char offer[160];
    for (int y = 0; y < r.h; y++)
        canvas_put(c, r.x, r.y + y, BAR, ROLE_KEY);
    Rect inner = {r.x + 2, r.y, r.w - 3, r.h};
    draw_title(c, (Rect){inner.x, inner.y, inner.w, 1}, s, u);
    snprintf(offer, sizeof offer, "→ begins: a new run of %s in place of this one.", p->lesson->preset);
    const char *act = step ? step->act : offer, *hinders = hindrance(s, awaited);
    draw_body(c, (Rect){inner.x, inner.y + 1, inner.w, inner.h - 1}, hinders ? hinders : act,
              step ? step->notice : p->lesson->about, step && !awaited);
}
