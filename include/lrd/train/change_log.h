/* train/change_log: every change of a setting that a run was given, in all its branches, so that it can be told again
 * as the schedule of a preset.
 *
 * A branch knows its own changes and, of the one that it starts on, those that came before it.
 *
 * Ownership: change_log_free gives the entries back; a zeroed Journal is empty. Threads: one owner. */
#ifndef LRD_TRAIN_CHANGE_LOG_H
#define LRD_TRAIN_CHANGE_LOG_H

#include <lrd/log/branches.h>
#include <lrd/config/preset.h>

typedef struct ChangeLogEntry {
    int branch;
    ScheduledChange change;
} ChangeLogEntry;

typedef struct ChangeLog {
    ChangeLogEntry *entry; /* in the order in which they were made */
    int count, room;
    int parent[BRANCHES_MAX],
        before[BRANCHES_MAX]; /* branch N starts on parent[N - 1], with its first `before` entries */
} ChangeLog;

void change_log_free(ChangeLog *j);
void change_log_add(ChangeLog *j, int branch, int64_t step, const char *key, const char *value);
/* The branch starts on this one at a moment when the change log had so many entries. */
void change_log_branch(ChangeLog *j, int branch, int parent, int before);
/* The branch went back to this step, at which the change log had so many entries, and kept its settings: later changes
 * are made there now. */
void change_log_go_back(ChangeLog *j, int branch, int64_t step, int before);
/* What led to where the branch is, by rising step. The caller frees with schedule_free. */
Schedule change_log_schedule(const ChangeLog *j, int branch);

#endif
