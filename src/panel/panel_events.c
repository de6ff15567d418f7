#include <lrd/panel/panel.h>

#include <stdio.h>
#include <string.h>

#include <lrd/panel/labels.h>
#include <lrd/panel/line.h>
#include <lrd/view/format.h>

static Role event_role(EventKind kind)
{
    switch (kind) {
    case EVENT_GROKKED:
    case EVENT_GENERALISED:
    case EVENT_REGAINED:
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

static bool is_set(const RunSummary *b, int index, const char *key)
{
    return index < b->event_count && b->events[index].kind == EVENT_SET && strcmp(b->events[index].key, key) == 0;
}

/* A strength that came with another decay is told with it. */
static bool event_joins(const RunSummary *b, int index)
{
    return index > 0 && is_set(b, index, "decay.strength") && is_set(b, index - 1, "decay.kind") &&
           b->events[index].step == b->events[index - 1].step;
}

/* One entry of the line: an event, or several alike of which the newest is told. */
typedef struct Entry {
    const Event *event;
    Label words;
    int width;    /* "300 memorised" */
    int priority; /* 1 stays longest */
} Entry;

/* Milestones and what the user did stay; the ups and downs of a restless run go first. */
static int event_priority(EventKind kind)
{
    switch (kind) {
    case EVENT_MEMORISED:
    case EVENT_GROKKED:
    case EVENT_GENERALISED:
    case EVENT_NON_FINITE:
        return 1;
    case EVENT_SET:
    case EVENT_BRANCH:
        return 2;
    case EVENT_WARNING:
    case EVENT_SPIKE:
    case EVENT_FLOOR:
    case EVENT_END:
        return 4;
    default:
        return 3;
    }
}

/* What happens again and again is told once. */
static bool event_is_alike(const RunSummary *b, int one, int other)
{
    EventKind kind = b->events[one].kind;
    return kind == b->events[other].kind && kind != EVENT_SET && kind != EVENT_SAVED && kind != EVENT_BRANCH;
}

/* Of presses of one key in a row the newest is told, of milestones the first, of the rest the newest again. */
static bool event_repeats(const RunSummary *b, int index)
{
    const Event *e = &b->events[index];
    if (e->kind == EVENT_SET)
        return is_set(b, index + 1, e->key);
    bool first = event_priority(e->kind) == 1;
    for (int i = first ? 0 : index + 1; i < (first ? index : b->event_count); i++)
        if (event_is_alike(b, index, i))
            return true;
    return false;
}

static int event_times(const RunSummary *b, int index)
{
    int times = 0;
    for (int i = 0; i < b->event_count; i++)
        times += event_is_alike(b, index, i);
    return times;
}

static Entry entry_make(const RunSummary *b, int index)
{
    const Event *e = &b->events[index];
    Entry entry = {.event = e, .words = label_event(e), .priority = event_priority(e->kind)};
    char *end = entry.words.s + strlen(entry.words.s);
    size_t room = sizeof entry.words.s - strlen(entry.words.s);
    double strength;
    int times = event_times(b, index);
    if (index + 1 < b->event_count && event_joins(b, index + 1) && text_to_double(b->events[index + 1].to, &strength))
        snprintf(end, room, " %s", format_strength(strength).s);
    else if (times > 1)
        snprintf(end, room, " (%d times)", times);
    entry.width = canvas_width(format_count(e->step).s) + 1 + canvas_width(entry.words.s);
    return entry;
}

/* Newest first, until the room is surely used up. */
static int entries_make(Entry *entries, int most, const RunSummary *b)
{
    int count = 0;
    for (int i = b->event_count - 1; i >= 0 && count < most; i--)
        if (!event_repeats(b, i) && !event_joins(b, i))
            entries[count++] = entry_make(b, i);
    return count;
}

enum { SEPARATOR_WIDTH = 3 };

/* Whether they stand in the rows, each of them whole. */
static bool entries_fit(const Entry *entries, int count, Rect r)
{
    int row = 0, x = 0;
    for (int i = 0; i < count; i++) {
        if (x > 0 && x + SEPARATOR_WIDTH + entries[i].width > r.w) {
            row++;
            x = 0;
        }
        x += (x > 0 ? SEPARATOR_WIDTH : 0) + entries[i].width;
    }
    return row < r.h;
}

/* The least important goes, of equal ones the oldest. */
static int entries_drop_one(Entry *entries, int count)
{
    int least = 0;
    for (int i = 1; i < count; i++)
        if (entries[i].priority >= entries[least].priority)
            least = i;
    memmove(entries + least, entries + least + 1, (size_t)(count - least - 1) * sizeof *entries);
    return count - 1;
}

static void entries_draw(Canvas *c, Rect r, const Entry *entries, int count)
{
    int row = 0, x = 0;
    for (int i = 0; i < count; i++) {
        if (x > 0 && x + SEPARATOR_WIDTH + entries[i].width > r.w) {
            row++;
            x = 0;
        }
        if (x > 0)
            x += canvas_text(c, r.x + x, r.y + row, ROLE_DIM, " · ");
        x += canvas_textf(c, r.x + x, r.y + row, ROLE_DIM, "%s ", format_count(entries[i].event->step).s);
        x += canvas_words(c, r.x + x, r.y + row, r.w - x, event_role(entries[i].event->kind), entries[i].words.s);
    }
}

void panel_events(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    (void)u;
    enum { MOST = 64 };
    Entry entries[MOST];
    int count = entries_make(entries, MOST, s->summary);
    Rect inner = {r.x + 1, r.y, r.w - 2, r.h};
    if (count == 0)
        canvas_words(c, inner.x, inner.y, inner.w, ROLE_DIM,
                     "Noted here: memorised, rank collapse, grokked, and what you change.");
    while (count > 1 && !entries_fit(entries, count, inner))
        count = entries_drop_one(entries, count);
    entries_draw(c, inner, entries, count);
}
