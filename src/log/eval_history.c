#include <lrd/base/util.h>
#include <lrd/log/eval_history.h>

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct Moment {
    atomic_int holders;
    Evaluation evaluation;
};

static Moment *moment_new(const Evaluation *e)
{
    Moment *m = xcalloc(1, sizeof *m);
    atomic_init(&m->holders, 1);
    evaluation_init(&m->evaluation, e->matrix_count, e->sigma_count);
    evaluation_copy(&m->evaluation, e);
    return m;
}

static Moment *moment_hold(Moment *m)
{
    atomic_fetch_add_explicit(&m->holders, 1, memory_order_relaxed);
    return m;
}

static void moment_release(Moment *m)
{
    if (atomic_fetch_sub_explicit(&m->holders, 1, memory_order_acq_rel) > 1)
        return;
    evaluation_free(&m->evaluation);
    free(m);
}

static void moments_take_out(Moments *l, int place)
{
    moment_release(l->item[place]);
    l->count--;
    memmove(&l->item[place], &l->item[place + 1], (size_t)(l->count - place) * sizeof *l->item);
}

void moments_clear(Moments *l)
{
    while (l->count > 0)
        moments_take_out(l, l->count - 1);
}

static int moments_room(const Evaluation *e)
{
    size_t bytes = sizeof(Moment) + (size_t)e->matrix_count * (size_t)e->sigma_count * sizeof *e->sigma;
    return min_int(MOMENTS_MAX, max_int((int)(MOMENTS_BYTES / bytes), 2));
}

/* The one goes whose neighbours lie closest together for their distance from the newest; the first and the last stay.
 */
static void moments_thin(Moments *l)
{
    int victim = 1;
    double least = INFINITY, newest = (double)moments_at(l, l->count - 1)->step;
    for (int i = 1; i + 1 < l->count; i++) {
        double left = (double)moments_at(l, i - 1)->step, right = (double)moments_at(l, i + 1)->step;
        double worth = (right - left) / (newest - (double)moments_at(l, i)->step + 1);
        if (worth < least) {
            least = worth;
            victim = i;
        }
    }
    moments_take_out(l, victim);
}

void moments_add(Moments *l, const Evaluation *e)
{
    if (l->count > 0 && moments_at(l, l->count - 1)->step >= e->step)
        moments_take_out(l, l->count - 1);
    while (l->count >= moments_room(e))
        moments_thin(l);
    l->item[l->count++] = moment_new(e);
}

void moments_copy(Moments *to, const Moments *from)
{
    int same = 0;
    while (same < to->count && same < from->count && to->item[same] == from->item[same])
        same++;
    while (to->count > same)
        moments_take_out(to, to->count - 1);
    while (to->count < from->count) {
        to->item[to->count] = moment_hold(from->item[to->count]);
        to->count++;
    }
}

void moments_cut(Moments *l, int64_t step)
{
    while (l->count > 0 && moments_at(l, l->count - 1)->step > step)
        moments_take_out(l, l->count - 1);
}

int moments_find(const Moments *l, int64_t step)
{
    int place = l->count - 1;
    while (place >= 0 && moments_at(l, place)->step > step)
        place--;
    return place;
}

const Evaluation *moments_at(const Moments *l, int place)
{
    return &l->item[place]->evaluation;
}

const Evaluation *moments_of_step(const Moments *l, int64_t step)
{
    int place = moments_find(l, step);
    return place < 0 ? NULL : moments_at(l, place);
}
