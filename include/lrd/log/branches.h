/* log/branches: the tree of futures that a run was given: each branch starts at an earlier step of another one.
 *
 * A small table: branch 1 is the run as it began. One branch is in hand; of the others a summary shows how they went
 * until they were left. These summaries are never written to, and copies of the table share them.
 *
 * Ownership: a Branches holds its summaries; branches_clear lets them go, the last holder frees. Threads: each table
 * has one owner; tables of several threads may share summaries. */
#ifndef LRD_LOG_BRANCHES_H
#define LRD_LOG_BRANCHES_H

#include <stdbool.h>
#include <stdint.h>

#include <lrd/config/settings.h>

enum { BRANCHES_MAX = 12, BRANCH_NAME_MAX = 64 };

typedef struct RunSummary RunSummary;
typedef struct LeftSummary LeftSummary;

typedef struct Branch {
    int parent;   /* number of the branch that it starts on, 0 for the first */
    int64_t fork; /* step at which it starts */
    char name[BRANCH_NAME_MAX];
    LeftSummary *left; /* NULL for the one in hand */
} Branch;

typedef struct Branches {
    int count, now;            /* now: number of the one in hand, from 1 */
    Branch item[BRANCHES_MAX]; /* branch N is item N - 1 */
} Branches;

/* One branch, named after its decay. */
void branches_start(Branches *t, const Settings *settings);
void branches_clear(Branches *t);
void branches_copy(Branches *to, const Branches *from);

/* Takes the summary over; free_it gives it back with the last table that holds it. Its own table of branches is to be
 * empty, or each would keep the older ones alive. */
LeftSummary *left_summary_new(RunSummary *summary, void (*free_it)(RunSummary *summary));
/* Leaves the branch in hand and starts the next at this step of it or of one of its ancestors. There is room for it. */
void branches_add(Branches *t, LeftSummary *left, int parent, int64_t fork, const char *name);
/* Leaves the branch in hand and goes back to another, which branches_summary knows and from here on does not. */
void branches_switch(Branches *t, LeftSummary *left, int number);

/* The summary of a branch that is not in hand, NULL otherwise. Lives as long as this table. */
const RunSummary *branches_summary(const Branches *t, int number);
/* The last step that two branches share. */
int64_t branches_parting(const Branches *t, int a, int b);
/* "L2 0.1", "LRD 0.005 on all": what a branch is named after. */
void branches_name(const Settings *settings, char name[BRANCH_NAME_MAX]);

#endif
