#include <lrd/panel/comparison_branch.h>

static const Branches *branches_of(const Snapshot *s)
{
    return &s->board->branches;
}

int behind_number(const Snapshot *s, const UiState *u)
{
    const Branches *t = branches_of(s);
    if (u->behind == BEHIND_OFF || t->count < 2)
        return 0;
    if (u->behind == BEHIND_AUTO && s->twin)
        return s->twin;
    if (u->behind >= 1 && u->behind <= t->count && u->behind != t->now)
        return u->behind;
    int parent = t->item[t->now - 1].parent;
    return parent > 0 ? parent : t->count;
}

const Board *behind_board(const Snapshot *s, const UiState *u)
{
    return branches_board(branches_of(s), behind_number(s, u));
}

int64_t behind_parting(const Snapshot *s, const UiState *u)
{
    return branches_parting(branches_of(s), branches_of(s)->now, behind_number(s, u));
}

int behind_choose_next(UiState *u, const Snapshot *s)
{
    const Branches *t = branches_of(s);
    int next = behind_number(s, u) + 1;
    next += next == t->now;
    u->behind = next <= t->count ? next : BEHIND_OFF;
    return u->behind == BEHIND_OFF ? 0 : next;
}
