#include <lrd/base/util.h>
#include <lrd/train/rewind.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct Rewind {
    size_t parameters, train_count;
    int most; /* points that there is room for */
    int count;
    RewindPoint *point[REWIND_POINTS_MAX]; /* by branch, then step */
};

static size_t point_bytes(const Rewind *h)
{
    return sizeof(RewindPoint) + 3 * h->parameters * sizeof(float) + h->train_count * sizeof(int32_t);
}

static RewindPoint *point_new(const Rewind *h)
{
    RewindPoint *p = xcalloc(1, sizeof *p);
    TrainerState *s = &p->state;
    s->weights = xfloats(3 * h->parameters); /* may be looked at as a trainer's own */
    s->m = s->weights + h->parameters;
    s->v = s->m + h->parameters;
    s->permutation = xmalloc(h->train_count * sizeof *s->permutation);
    return p;
}

static void point_free(RewindPoint *p)
{
    free(p->state.weights);
    free(p->state.permutation);
    free(p);
}

static int rewind_capacity(const Rewind *h, int64_t mib)
{
    double points = (double)mib * 1048576 / (double)point_bytes(h);
    return (int)fmin(points, REWIND_POINTS_MAX);
}

Rewind *rewind_new(size_t parameters, int64_t train_count, int64_t mib)
{
    Rewind *h = xcalloc(1, sizeof *h);
    h->parameters = parameters;
    h->train_count = (size_t)train_count;
    h->most = rewind_capacity(h, mib);
    return h;
}

void rewind_free(Rewind *h)
{
    if (!h)
        return;
    for (int i = 0; i < h->count; i++)
        point_free(h->point[i]);
    free(h);
}

static RewindPoint *rewind_take_out(Rewind *h, int index)
{
    RewindPoint *p = h->point[index];
    h->count--;
    memmove(&h->point[index], &h->point[index + 1], (size_t)(h->count - index) * sizeof *h->point);
    return p;
}

/* The place behind the branch's points up to step. */
static int rewind_place(const Rewind *h, int branch, int64_t step)
{
    int place = 0;
    while (place < h->count &&
           (h->point[place]->branch < branch || (h->point[place]->branch == branch && h->point[place]->step <= step)))
        place++;
    return place;
}

/* How much is lost with this point: the gap that it leaves, against its distance from its branch's newest. */
static double point_worth(const Rewind *h, int index, int64_t newest, int branch_in_hand)
{
    const RewindPoint *p = h->point[index];
    const RewindPoint *before = index > 0 ? h->point[index - 1] : NULL;
    const RewindPoint *after = index + 1 < h->count ? h->point[index + 1] : NULL;
    bool first = !before || before->branch != p->branch, last = !after || after->branch != p->branch;
    /* With room for one or two, the newest ones are worth more than the beginning. */
    if (p->kept || (index == 0 && h->most > 2) || (last && p->branch == branch_in_hand && h->most > 1))
        return INFINITY;
    int64_t right = last ? p->step + 1 : after->step;
    int64_t left = first ? p->step - (right - p->step) : before->step;
    double seen = p->evaluated ? 1 : .01;
    return seen * (double)(right - left) / (double)(newest - p->step + 1);
}

/* The least worthy point, taken out; NULL when all must stay. */
static RewindPoint *rewind_thin(Rewind *h, int branch_in_hand)
{
    int victim = -1, branch = -1;
    int64_t newest = 0;
    double least = INFINITY;
    for (int i = h->count - 1; i >= 0; i--) {
        if (h->point[i]->branch != branch) {
            branch = h->point[i]->branch;
            newest = h->point[i]->step;
        }
        double worth = point_worth(h, i, newest, branch_in_hand);
        if (worth <= least && isfinite(worth)) { /* of equals the older */
            least = worth;
            victim = i;
        }
    }
    return victim < 0 ? NULL : rewind_take_out(h, victim);
}

void rewind_resize(Rewind *h, int64_t mib)
{
    h->most = rewind_capacity(h, mib);
    while (h->count > h->most) {
        RewindPoint *p = rewind_thin(h, -1);
        point_free(p ? p : rewind_take_out(h, 0));
    }
}

RewindPoint *rewind_add(Rewind *h, int branch, int64_t step)
{
    RewindPoint *p = h->most > 0 && h->count >= h->most ? rewind_thin(h, branch) : NULL;
    if (!p && h->count >= h->most)
        return NULL;
    if (!p)
        p = point_new(h);
    int place = rewind_place(h, branch, step);
    memmove(&h->point[place + 1], &h->point[place], (size_t)(h->count - place) * sizeof *h->point);
    h->point[place] = p;
    h->count++;
    p->branch = branch;
    p->step = step;
    p->kept = p->evaluated = false;
    return p;
}

RewindPoint *rewind_find(const Rewind *h, int branch, int64_t step)
{
    int place = rewind_place(h, branch, step);
    return place > 0 && h->point[place - 1]->branch == branch ? h->point[place - 1] : NULL;
}

void rewind_cut(Rewind *h, int branch, int64_t step)
{
    for (int place = rewind_place(h, branch, step); place < h->count && h->point[place]->branch == branch;)
        point_free(rewind_take_out(h, place));
}

int rewind_count(const Rewind *h)
{
    return h->count;
}

const RewindPoint *rewind_at(const Rewind *h, int index)
{
    return h->point[index];
}

size_t rewind_bytes(const Rewind *h)
{
    return (size_t)h->count * point_bytes(h);
}
