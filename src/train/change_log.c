#include <lrd/base/util.h>
#include <lrd/train/change_log.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

void journal_free(Journal *j)
{
    free(j->entry);
    *j = (Journal){0};
}

void journal_add(Journal *j, int branch, int64_t step, const char *key, const char *value)
{
    if (j->count == j->room) {
        j->room = j->room ? 2 * j->room : 16;
        j->entry = xrealloc(j->entry, (size_t)j->room * sizeof *j->entry);
    }
    JournalEntry *e = &j->entry[j->count++];
    *e = (JournalEntry){.branch = branch, .change = {.step = step}};
    snprintf(e->change.key, sizeof e->change.key, "%s", key);
    snprintf(e->change.value, sizeof e->change.value, "%s", value);
}

void journal_branch(Journal *j, int branch, int parent, int before)
{
    j->parent[branch - 1] = parent;
    j->before[branch - 1] = before;
}

void journal_go_back(Journal *j, int branch, int64_t step, int before)
{
    for (int i = before; i < j->count; i++)
        if (j->entry[i].branch == branch)
            j->entry[i].change.step = min_i64(j->entry[i].change.step, step);
}

/* Whether this entry is one of those that led to the branch. */
static bool journal_counts(const Journal *j, int index, int branch)
{
    int before = INT_MAX;
    while (branch > 0) {
        if (j->entry[index].branch == branch)
            return index < before;
        before = min_int(before, j->before[branch - 1]);
        branch = j->parent[branch - 1];
    }
    return false;
}

Schedule journal_schedule(const Journal *j, int branch)
{
    Schedule s = {.changes = xcalloc((size_t)j->count + 1, sizeof *s.changes)};
    for (int i = 0; i < j->count; i++) {
        if (!journal_counts(j, i, branch))
            continue;
        int place = s.count++; /* made in this order, save where a branch went back */
        for (; place > 0 && s.changes[place - 1].step > j->entry[i].change.step; place--)
            s.changes[place] = s.changes[place - 1];
        s.changes[place] = j->entry[i].change;
    }
    return s;
}
