#include <lrd/panel/comparison_branch.h>

static const Branches *branches_of(const Snapshot *s)
{
    return &s->summary->branches;
}

int comparison_branch_number(const Snapshot *s, const UiState *u)
{
    const Branches *t = branches_of(s);
    if (u->behind == COMPARISON_BRANCH_OFF || t->count < 2)
        return 0;
    if (u->behind == COMPARISON_BRANCH_AUTO && s->twin)
        return s->twin;
    if (u->behind >= 1 && u->behind <= t->count && u->behind != t->now)
        return u->behind;
    int parent = t->item[t->now - 1].parent;
    return parent > 0 ? parent : t->count;
}

const RunSummary *behind_summary(const Snapshot *s, const UiState *u)
{
    return branches_summary(branches_of(s), comparison_branch_number(s, u));
}

int64_t comparison_branch_parting(const Snapshot *s, const UiState *u)
{
    return branches_parting(branches_of(s), branches_of(s)->now, comparison_branch_number(s, u));
}

int comparison_branch_choose_next(UiState *u, const Snapshot *s)
{
    const Branches *t = branches_of(s);
    int next = comparison_branch_number(s, u) + 1;
    next += next == t->now;
    u->behind = next <= t->count ? next : COMPARISON_BRANCH_OFF;
    return u->behind == COMPARISON_BRANCH_OFF ? 0 : next;
}
