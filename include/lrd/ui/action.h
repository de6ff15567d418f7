/* ui/action: THE one table of keys and what they do.
 *
 * Dispatch, help overlay, key bar, `lrdlab keys` and the README's list are all made from it. Handlers change the
 * UiState and fill a UiEffect; they know no terminal, no clock and no lock.
 *
 * Ownership: the table is const. Threads: the ui thread; printing from any. */
#ifndef LRD_UI_ACTION_H
#define LRD_UI_ACTION_H

#include <lrd/base/text.h>
#include <lrd/panel/key.h>
#include <lrd/panel/ui_state.h>

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

typedef struct Action {
    const char *keys;            /* as people write it: "d D", "↑ ↓" */
    int codes[ACTION_CODES_MAX]; /* ends with 0 when there are fewer */
    const char *name;            /* two or three words, for a narrow help */
    const char *label;           /* one or two words, for the key bar */
    const char *help;            /* one line */
    ActionGroup group;
    int priority; /* in the key bar: 1 stays longest; 0: not there */
    void (*act)(const KeyPress *k);
} Action;

extern const Action action_table[];
extern const int action_count;

/* The action of a key, NULL when it has none. */
const Action *action_find(int code);
/* What the key does with this snapshot: in a live run as above; in a replay (snapshot->replay) rows of ACTION_WATCH
 * come first. */
const Action *action_find_for(const Snapshot *s, int code);
/* Whether an action does something with this snapshot. */
bool action_is_on(const Snapshot *s, const Action *a);

/* One key press: overlays first, then the table. *e is emptied before. */
void action_press(UiState *u, const Snapshot *s, int code, UiEffect *e);

/* The table as text for `lrdlab keys`, and as Markdown for the README. */
void action_print_keys(Text *out);
void action_print_keys_markdown(Text *out);

#endif
