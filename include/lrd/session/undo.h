/* session/undo: what u takes back, one change a press, the newest first.
 *
 * The session owns the list; a snapshot has a copy, from which the screen knows what an undo that is still to come will
 * restore. Ownership: plain values. Threads: one owner. */
#ifndef LRD_SESSION_UNDO_H
#define LRD_SESSION_UNDO_H

#include <lrd/config/settings_change.h>

enum { UNDO_MAX = 64 };

/* Settings with the values that they had, or a matrix that was scaled, or a truncation, which nothing takes back. */
typedef struct UndoEntry {
    SettingsChange before;
    char matrix[64]; /* "" for none */
    double factor;
    bool truncated;
} UndoEntry;

typedef struct UndoList {
    int count;
    UndoEntry entry[UNDO_MAX]; /* newest last */
} UndoList;

/* The oldest entry of a full list goes. */
void undo_push(UndoList *u, const UndoEntry *e);
/* The settings became `after`; nothing when they were so already. */
void undo_push_settings(UndoList *u, const Settings *before, const Settings *after);
/* The newest entry, taken off the list; valid until the next push. NULL when there is none. */
const UndoEntry *undo_pop(UndoList *u);

#endif
