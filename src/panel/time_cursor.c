#include <lrd/panel/time_cursor.h>

#include <math.h>

#include <lrd/panel/labels.h>

static const Moments *moments_of(const Snapshot *s)
{
    return &s->board->moments;
}

/* Place of the moment that is looked at; the number of moments for now. */
static int past_place(const Snapshot *s, const UiState *u)
{
    int place = u->past < 0 ? -1 : moments_find(moments_of(s), u->past);
    return place < 0 ? moments_of(s)->count : place;
}

const Evaluation *past_evaluation(const Snapshot *s, const UiState *u)
{
    int place = past_place(s, u);
    return place < moments_of(s)->count ? moments_at(moments_of(s), place) : NULL;
}

const Evaluation *past_or_newest(const Snapshot *s, const UiState *u)
{
    const Evaluation *e = past_evaluation(s, u);
    return e ? e : s->board->has_evaluation ? &s->board->evaluation : NULL;
}

const Evaluation *past_before(const Snapshot *s, const UiState *u)
{
    int place = past_place(s, u);
    if (place == moments_of(s)->count)
        return s->board->has_before ? &s->board->before : NULL;
    return place > 0 ? moments_at(moments_of(s), place - 1) : NULL;
}

double past_value(const Snapshot *s, const UiState *u, SeriesId id)
{
    const Series *series = &s->board->series[id];
    const Evaluation *e = past_evaluation(s, u);
    if (e)
        return series_at(series, e->step);
    return series->count ? (double)series->bucket[series->count - 1].value : NAN;
}

static void past_go_to(UiState *u, const Snapshot *s, int place)
{
    if (u->past < 0)
        u->plan_count = 0;
    u->past = moments_at(moments_of(s), place)->step;
}

bool past_go_back(UiState *u, const Snapshot *s)
{
    int place = past_place(s, u) - 1;
    /* The newest evaluation is what the screen shows already. */
    if (u->past < 0 && place > 0 && moments_at(moments_of(s), place)->step == s->step)
        place--;
    if (place < 0)
        return false;
    past_go_to(u, s, place);
    return true;
}

bool past_go_forth(UiState *u, const Snapshot *s)
{
    int place = past_place(s, u) + 1;
    if (place > moments_of(s)->count)
        return false;
    if (place == moments_of(s)->count)
        return past_leave(u);
    past_go_to(u, s, place);
    return true;
}

/* What the curves mark is what one wants to go to. */
static int event_place(const Snapshot *s, const Event *e)
{
    return label_marker(e).s[0] ? moments_find(moments_of(s), e->step) : -1;
}

bool past_event_back(UiState *u, const Snapshot *s)
{
    int now = past_place(s, u), best = -1;
    for (int i = 0; i < s->board->event_count; i++) {
        int place = event_place(s, &s->board->events[i]);
        if (place >= 0 && place < now && place > best)
            best = place;
    }
    if (best >= 0)
        past_go_to(u, s, best);
    return best >= 0;
}

bool past_event_forth(UiState *u, const Snapshot *s)
{
    int now = past_place(s, u), count = moments_of(s)->count, best = count;
    if (now == count)
        return false;
    for (int i = 0; i < s->board->event_count; i++) {
        int place = event_place(s, &s->board->events[i]);
        if (place > now && place < best)
            best = place;
    }
    if (best == count)
        return past_leave(u);
    past_go_to(u, s, best);
    return true;
}

bool past_go_first(UiState *u, const Snapshot *s)
{
    if (moments_of(s)->count == 0)
        return false;
    past_go_to(u, s, 0);
    return true;
}

bool past_leave(UiState *u)
{
    bool was = u->past >= 0;
    u->past = -1;
    return was;
}

int64_t past_rewind_step(const Snapshot *s, const UiState *u)
{
    const Evaluation *e = past_evaluation(s, u);
    for (int i = 0; e && i < s->rewind_count; i++)
        if (s->rewind_step[i] <= e->step)
            return s->rewind_step[i];
    return -1;
}
