#include <lrd/base/util.h>
#include <lrd/log/branches.h>

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

struct LeftSummary {
    atomic_int holders;
    RunSummary *summary;
    void (*free)(RunSummary *summary);
};

LeftSummary *left_summary_new(RunSummary *summary, void (*free_it)(RunSummary *summary))
{
    LeftSummary *g = xcalloc(1, sizeof *g);
    atomic_init(&g->holders, 1);
    g->summary = summary;
    g->free = free_it;
    return g;
}

static LeftSummary *left_hold(LeftSummary *g)
{
    if (g)
        atomic_fetch_add_explicit(&g->holders, 1, memory_order_relaxed);
    return g;
}

static void left_release(LeftSummary *g)
{
    if (!g || atomic_fetch_sub_explicit(&g->holders, 1, memory_order_acq_rel) > 1)
        return;
    g->free(g->summary);
    free(g);
}

void branches_name(const Settings *settings, char name[BRANCH_NAME_MAX])
{
    const DecayKind *kind = &decay_kinds[settings->decay.kind];
    int used = snprintf(name, BRANCH_NAME_MAX, "%s", kind->label);
    if (settings->decay.kind != DECAY_NONE)
        used += snprintf(name + used, (size_t)(BRANCH_NAME_MAX - used), " %.3g", settings->decay.strength);
    if (settings->decay.targets != TARGETS_QK)
        snprintf(name + used, (size_t)(BRANCH_NAME_MAX - used), " on %s", decay_target_names[settings->decay.targets]);
}

void branches_start(Branches *t, const Settings *settings)
{
    branches_clear(t);
    t->count = t->now = 1;
    branches_name(settings, t->item[0].name);
}

void branches_clear(Branches *t)
{
    for (int i = 0; i < t->count; i++)
        left_release(t->item[i].left);
    *t = (Branches){0};
}

void branches_copy(Branches *to, const Branches *from)
{
    Branches old = *to;
    *to = *from;
    for (int i = 0; i < to->count; i++)
        left_hold(to->item[i].left);
    branches_clear(&old);
}

void branches_add(Branches *t, LeftSummary *left, int parent, int64_t fork, const char *name)
{
    assert(t->count > 0 && t->count < BRANCHES_MAX);
    t->item[t->now - 1].left = left;
    Branch *b = &t->item[t->count++];
    *b = (Branch){.parent = parent, .fork = fork};
    snprintf(b->name, sizeof b->name, "%s", name);
    t->now = t->count;
}

void branches_switch(Branches *t, LeftSummary *left, int number)
{
    assert(branches_summary(t, number));
    t->item[t->now - 1].left = left;
    left_release(t->item[number - 1].left);
    t->item[number - 1].left = NULL;
    t->now = number;
}

const RunSummary *branches_summary(const Branches *t, int number)
{
    const LeftSummary *g = number >= 1 && number <= t->count ? t->item[number - 1].left : NULL;
    return g ? g->summary : NULL;
}

static bool is_on_way(const Branches *t, int from, int wanted)
{
    while (from > 0 && from != wanted)
        from = t->item[from - 1].parent;
    return from == wanted;
}

int64_t branches_parting(const Branches *t, int a, int b)
{
    int64_t last = INT64_MAX;
    for (; !is_on_way(t, b, a); a = t->item[a - 1].parent)
        last = min_i64(last, t->item[a - 1].fork);
    for (; b != a; b = t->item[b - 1].parent)
        last = min_i64(last, t->item[b - 1].fork);
    return last;
}
