#include <lrd/base/util.h>
#include <lrd/train/change_log.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

void change_log_free(ChangeLog *j)
{
    free(j->entry);
    *j = (ChangeLog){0};
}

void change_log_add(ChangeLog *j, int branch, int64_t step, const char *key, const char *value)
{
    if (j->count == j->room) {
        j->room = j->room ? 2 * j->room : 16;
        j->entry = xrealloc(j->entry, (size_t)j->room * sizeof *j->entry);
    }
    ChangeLogEntry *e = &j->entry[j->count++];
    *e = (ChangeLogEntry){.branch = branch, .change = {.step = step}};
    snprintf(e->change.key, sizeof e->change.key, "%s", key);
    snprintf(e->change.value, sizeof e->change.value, "%s", value);
}

void change_log_branch(ChangeLog *j, int branch, int parent, int before)
{
    j->parent[branch - 1] = parent;
    j->before[branch - 1] = before;
}

void change_log_go_back(ChangeLog *j, int branch, int64_t step, int before)
{
    for (int i = before; i < j->count; i++)
        if (j->entry[i].branch == branch)
            j->entry[i].change.step = min_i64(j->entry[i].change.step, step);
}

/* Whether this entry is one of those that led to the branch. */
static bool change_log_counts(const ChangeLog *j, int index, int branch)
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

Schedule change_log_schedule(const ChangeLog *j, int branch)
{
    Schedule s = {.changes = xcalloc((size_t)j->count + 1, sizeof *s.changes)};
    for (int i = 0; i < j->count; i++) {
        if (!change_log_counts(j, i, branch))
            continue;
        int place = s.count++; /* made in this order, save where a branch went back */
        for (; place > 0 && s.changes[place - 1].step > j->entry[i].change.step; place--)
            s.changes[place] = s.changes[place - 1];
        s.changes[place] = j->entry[i].change;
    }
    return s;
}
