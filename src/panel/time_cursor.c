#include <lrd/panel/time_cursor.h>

#include <math.h>
#include <stdio.h>

#include <lrd/panel/labels.h>

static const EvalHistory *eval_history_of(const Snapshot *s)
{
    return &s->summary->moments;
}

/* Place of the moment that is looked at; the number of moments for now. */
static int time_cursor_place(const Snapshot *s, const UiState *u)
{
    int place = u->past < 0 ? -1 : eval_history_find(eval_history_of(s), u->past);
    return place < 0 ? eval_history_of(s)->count : place;
}

const Evaluation *time_cursor_evaluation(const Snapshot *s, const UiState *u)
{
    int place = time_cursor_place(s, u);
    return place < eval_history_of(s)->count ? eval_history_at(eval_history_of(s), place) : NULL;
}

const Evaluation *time_cursor_or_newest(const Snapshot *s, const UiState *u)
{
    const Evaluation *e = time_cursor_evaluation(s, u);
    return e ? e : s->summary->has_evaluation ? &s->summary->evaluation : NULL;
}

const Evaluation *time_cursor_before(const Snapshot *s, const UiState *u)
{
    int place = time_cursor_place(s, u);
    if (place == eval_history_of(s)->count)
        return s->summary->has_before ? &s->summary->before : NULL;
    return place > 0 ? eval_history_at(eval_history_of(s), place - 1) : NULL;
}

double time_cursor_value(const Snapshot *s, const UiState *u, SeriesId id)
{
    const Series *series = &s->summary->series[id];
    const Evaluation *e = time_cursor_evaluation(s, u);
    if (e)
        return series_at(series, e->step);
    return series->count ? (double)series->bucket[series->count - 1].value : NAN;
}

FormatText time_cursor_newest(const RunSummary *b, SeriesId id, SeriesId live_id, FormatText (*format)(double))
{
    const Series *whole = &b->series[id], *samples = live_id == SERIES_COUNT ? NULL : &b->series[live_id];
    const SeriesBucket *known = whole->count ? &whole->bucket[whole->count - 1] : NULL;
    const SeriesBucket *live = samples && samples->count ? &samples->bucket[samples->count - 1] : NULL;
    bool newer = live && (!known || live->last > known->last) && isfinite(live->value);
    FormatText value, number = format(newer ? (double)live->value : known ? (double)known->value : (double)NAN);
    snprintf(value.s, sizeof value.s, "%s%.28s", newer ? "~" : "", number.s);
    return value;
}

static void time_cursor_go_to(UiState *u, const Snapshot *s, int place)
{
    if (u->past < 0)
        u->plan.count = 0;
    u->past = eval_history_at(eval_history_of(s), place)->step;
}

bool time_cursor_go_back(UiState *u, const Snapshot *s)
{
    int place = time_cursor_place(s, u) - 1;
    /* The newest evaluation is what the screen shows already. */
    if (u->past < 0 && place > 0 && eval_history_at(eval_history_of(s), place)->step == s->step)
        place--;
    if (place < 0)
        return false;
    time_cursor_go_to(u, s, place);
    return true;
}

bool time_cursor_go_forth(UiState *u, const Snapshot *s)
{
    int place = time_cursor_place(s, u) + 1;
    if (place > eval_history_of(s)->count)
        return false;
    if (place == eval_history_of(s)->count)
        return time_cursor_leave(u);
    time_cursor_go_to(u, s, place);
    return true;
}

/* What the curves mark is what one wants to go to. */
static int event_place(const Snapshot *s, const Event *e)
{
    return label_marker(e).s[0] ? eval_history_find(eval_history_of(s), e->step) : -1;
}

bool time_cursor_event_back(UiState *u, const Snapshot *s)
{
    int now = time_cursor_place(s, u), best = -1;
    for (int i = 0; i < s->summary->event_count; i++) {
        int place = event_place(s, &s->summary->events[i]);
        if (place >= 0 && place < now && place > best)
            best = place;
    }
    if (best >= 0)
        time_cursor_go_to(u, s, best);
    return best >= 0;
}

bool time_cursor_event_forth(UiState *u, const Snapshot *s)
{
    int now = time_cursor_place(s, u), count = eval_history_of(s)->count, best = count;
    if (now == count)
        return false;
    for (int i = 0; i < s->summary->event_count; i++) {
        int place = event_place(s, &s->summary->events[i]);
        if (place > now && place < best)
            best = place;
    }
    if (best == count)
        return time_cursor_leave(u);
    time_cursor_go_to(u, s, best);
    return true;
}

bool time_cursor_go_first(UiState *u, const Snapshot *s)
{
    if (eval_history_of(s)->count == 0)
        return false;
    time_cursor_go_to(u, s, 0);
    return true;
}

bool time_cursor_go_step(UiState *u, const Snapshot *s, double step)
{
    const EvalHistory *kept = eval_history_of(s);
    int nearest = -1;
    for (int i = 0; i < kept->count; i++)
        if (nearest < 0 || fabs((double)eval_history_at(kept, i)->step - step) <
                               fabs((double)eval_history_at(kept, nearest)->step - step))
            nearest = i;
    if (nearest >= 0)
        time_cursor_go_to(u, s, nearest);
    return nearest >= 0;
}

bool time_cursor_leave(UiState *u)
{
    bool was = u->past >= 0;
    u->past = -1;
    return was;
}

int64_t time_cursor_rewind_step(const Snapshot *s, const UiState *u)
{
    const Evaluation *e = time_cursor_evaluation(s, u);
    for (int i = 0; e && i < s->rewind_count; i++)
        if (s->rewind_step[i] <= e->step)
            return s->rewind_step[i];
    return -1;
}
