#include <lrd/ui/panel.h>

#include <stdio.h>
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

static bool is_set(const Board *b, int index, const char *key)
{
    return index < b->event_count && b->events[index].kind == EVENT_SET && strcmp(b->events[index].key, key) == 0;
}

/* A strength that came with another decay is told with it. */
static bool event_joins(const Board *b, int index)
{
    return index > 0 && is_set(b, index, "decay.strength") && is_set(b, index - 1, "decay.kind") &&
           b->events[index].step == b->events[index - 1].step;
}

/* Several presses of one key in a row: the newest stands for them. */
static bool event_repeats(const Board *b, int index)
{
    const Event *e = &b->events[index];
    return e->kind == EVENT_SET && is_set(b, index + 1, e->key);
}

static Label event_words(const Board *b, int index)
{
    Label words = label_event(&b->events[index]);
    double strength;
    size_t used = strlen(words.s);
    if (index + 1 < b->event_count && event_joins(b, index + 1) && text_to_double(b->events[index + 1].to, &strength))
        snprintf(words.s + used, sizeof words.s - used, " %s", format_strength(strength).s);
    return words;
}

/* One row of events, newest first, from *index down. */
static void events_row(Canvas *c, Rect r, const Board *b, int *index)
{
    int x = 0;
    for (; *index >= 0; --*index) {
        const Event *e = &b->events[*index];
        if (event_repeats(b, *index) || event_joins(b, *index))
            continue;
        FormatText step = format_count(e->step);
        Label words = event_words(b, *index);
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
        canvas_words(c, r.x + 1, r.y, r.w - 2, ROLE_DIM,
                     "Noted here: memorised, rank collapse, grokked, and what you change.");
    for (int row = 0; row < r.h; row++)
        events_row(c, (Rect){r.x + 1, r.y + row, r.w - 2, 1}, b, &index);
}
