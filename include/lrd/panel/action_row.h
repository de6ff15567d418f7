/* panel/action_row: what a key does, as a row, and how a table of rows is looked up.
 *
 * THE one table is ui/action's, which knows the handlers; whoever only draws or reads is lent it.
 *
 * Pure. Ownership: rows are const and outlive whom they are lent to. Threads: any. */
#ifndef LRD_PANEL_ACTION_ROW_H
#define LRD_PANEL_ACTION_ROW_H

#include <stdbool.h>

#include <lrd/panel/key.h>
#include <lrd/session/session.h>

typedef enum ActionGroup {
    ACTION_TRAINING,
    ACTION_DECAY,
    ACTION_PAST,
    ACTION_LOOKING,
    ACTION_PROGRAM,
    ACTION_WATCH, /* while a log is watched: before rows of other groups with the same key */
    ACTION_GROUP_COUNT
} ActionGroup;
extern const char *const action_groups[ACTION_GROUP_COUNT];

enum { ACTION_CODES_MAX = 8 };

struct KeyPress; /* panel/ui_state */

typedef struct Action {
    const char *keys;            /* as people write it: "d D", "↑ ↓" */
    int codes[ACTION_CODES_MAX]; /* ends with 0 when there are fewer */
    const char *name;            /* two or three words, for a narrow help */
    const char *label;           /* one or two words, for the key bar */
    const char *help;            /* one line */
    ActionGroup group;
    int priority; /* in the key bar: 1 stays longest; 0: not there */
    void (*act)(const struct KeyPress *k);
    bool needs_run; /* while a log is watched it does nothing */
} Action;

typedef struct ActionTable {
    const Action *row;
    int count;
} ActionTable;

/* The action of a key, NULL when it has none. */
const Action *action_find(const ActionTable *t, int code);
/* What the key does with this snapshot: in a live run as above; in a replay (snapshot->replay) rows of ACTION_WATCH
 * come first. */
const Action *action_find_for(const ActionTable *t, const Snapshot *s, int code);
/* Whether an action does something with this snapshot. */
bool action_is_on(const Snapshot *s, const Action *a);

#endif
