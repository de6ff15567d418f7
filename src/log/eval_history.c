#include <lrd/base/util.h>
#include <lrd/log/eval_history.h>

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct HeldEvaluation {
    atomic_int holders;
    Evaluation evaluation;
};

static HeldEvaluation *held_evaluation_new(const Evaluation *e)
{
    HeldEvaluation *m = xcalloc(1, sizeof *m);
    atomic_init(&m->holders, 1);
    evaluation_init(&m->evaluation, e->matrix_count, e->sigma_count);
    evaluation_copy(&m->evaluation, e);
    return m;
}

static HeldEvaluation *held_evaluation_hold(HeldEvaluation *m)
{
    atomic_fetch_add_explicit(&m->holders, 1, memory_order_relaxed);
    return m;
}

static void held_evaluation_release(HeldEvaluation *m)
{
    if (atomic_fetch_sub_explicit(&m->holders, 1, memory_order_acq_rel) > 1)
        return;
    evaluation_free(&m->evaluation);
    free(m);
}

static void eval_history_take_out(EvalHistory *l, int place)
{
    held_evaluation_release(l->item[place]);
    l->count--;
    memmove(&l->item[place], &l->item[place + 1], (size_t)(l->count - place) * sizeof *l->item);
}

void eval_history_clear(EvalHistory *l)
{
    while (l->count > 0)
        eval_history_take_out(l, l->count - 1);
}

static int eval_history_room(const Evaluation *e)
{
    size_t bytes = sizeof(HeldEvaluation) + (size_t)e->matrix_count * (size_t)e->sigma_count * sizeof *e->sigma;
    return min_int(EVAL_HISTORY_MAX, max_int((int)(EVAL_HISTORY_BYTES / bytes), 2));
}

/* The one goes whose neighbours lie closest together for their distance from the newest; the first and the last stay.
 */
static void eval_history_thin(EvalHistory *l)
{
    int victim = 1;
    double least = INFINITY, newest = (double)eval_history_at(l, l->count - 1)->step;
    for (int i = 1; i + 1 < l->count; i++) {
        double left = (double)eval_history_at(l, i - 1)->step, right = (double)eval_history_at(l, i + 1)->step;
        double worth = (right - left) / (newest - (double)eval_history_at(l, i)->step + 1);
        if (worth < least) {
            least = worth;
            victim = i;
        }
    }
    eval_history_take_out(l, victim);
}

void eval_history_add(EvalHistory *l, const Evaluation *e)
{
    if (l->count > 0 && eval_history_at(l, l->count - 1)->step >= e->step)
        eval_history_take_out(l, l->count - 1);
    while (l->count >= eval_history_room(e))
        eval_history_thin(l);
    l->item[l->count++] = held_evaluation_new(e);
}

void eval_history_copy(EvalHistory *to, const EvalHistory *from)
{
    int same = 0;
    while (same < to->count && same < from->count && to->item[same] == from->item[same])
        same++;
    while (to->count > same)
        eval_history_take_out(to, to->count - 1);
    while (to->count < from->count) {
        to->item[to->count] = held_evaluation_hold(from->item[to->count]);
        to->count++;
    }
}

void eval_history_cut(EvalHistory *l, int64_t step)
{
    while (l->count > 0 && eval_history_at(l, l->count - 1)->step > step)
        eval_history_take_out(l, l->count - 1);
}

int eval_history_find(const EvalHistory *l, int64_t step)
{
    int place = l->count - 1;
    while (place >= 0 && eval_history_at(l, place)->step > step)
        place--;
    return place;
}

const Evaluation *eval_history_at(const EvalHistory *l, int place)
{
    return &l->item[place]->evaluation;
}

const Evaluation *eval_history_of_step(const EvalHistory *l, int64_t step)
{
    int place = eval_history_find(l, step);
    return place < 0 ? NULL : eval_history_at(l, place);
}
