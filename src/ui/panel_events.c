#include <lrd/ui/panel.h>

#include <string.h>

#include <lrd/ui/labels.h>
#include <lrd/ui/line.h>
#include <lrd/view/format.h>

static Role event_role(EventKind kind)
{
    switch (kind) {
    case EVENT_GROKKED:
    case EVENT_GENERALISED:
        return ROLE_GOOD;
    case EVENT_NON_FINITE:
        return ROLE_BAD;
    case EVENT_LOST:
    case EVENT_WARNING:
    case EVENT_SPIKE:
    case EVENT_FLOOR:
        return ROLE_WARN;
    case EVENT_SET:
        return ROLE_MARKER;
    default:
        return ROLE_NORMAL;
    }
}

/* Several presses of one key in a row: the newest stands for them. */
static bool event_repeats(const Board *b, int index)
{
    if (index + 1 == b->event_count)
        return false;
    const Event *e = &b->events[index], *next = &b->events[index + 1];
    return e->kind == EVENT_SET && next->kind == EVENT_SET && strcmp(e->key, next->key) == 0;
}

/* One row of events, newest first, from *index down. */
static void events_row(Canvas *c, Rect r, const Board *b, int *index)
{
    int x = 0;
    for (; *index >= 0; --*index) {
        const Event *e = &b->events[*index];
        if (event_repeats(b, *index))
            continue;
        FormatText step = format_count(e->step);
        Label words = label_event(e);
        int width = (x > 0 ? 3 : 0) + canvas_width(step.s) + 1 + canvas_width(words.s);
        if (x + width > r.w && x > 0)
            return;
        if (x > 0)
            x += canvas_text(c, r.x + x, r.y, ROLE_DIM, " · ");
        x += canvas_textf(c, r.x + x, r.y, ROLE_DIM, "%s ", step.s);
        x += canvas_words(c, r.x + x, r.y, r.w - x, event_role(e->kind), words.s);
    }
}

void panel_events(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    (void)u;
    const Board *b = s->board;
    int index = b->event_count - 1;
    if (index < 0)
        canvas_words(
            c, r.x + 1, r.y, r.w - 2, ROLE_DIM,
            "What happens and what you change is noted here with its step: memorised, rank collapse, grokked.");
    for (int row = 0; row < r.h; row++)
        events_row(c, (Rect){r.x + 1, r.y + row, r.w - 2, 1}, b, &index);
}
