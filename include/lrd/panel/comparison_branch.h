/* panel/comparison_branch: the other branch that lies behind the curves of the one in hand.
 *
 * The one that the user chose, else the twin, else the one that this branch starts on; for the first branch the newest
 * other one. Pure. Ownership: the snapshot's. Threads: the ui thread. */
#ifndef LRD_PANEL_COMPARISON_BRANCH_H
#define LRD_PANEL_COMPARISON_BRANCH_H

#include <lrd/panel/ui_state.h>

enum { COMPARISON_BRANCH_AUTO = 0, COMPARISON_BRANCH_OFF = -1 };

/* Its number, 0 for none. */
int comparison_branch_number(const Snapshot *s, const UiState *u);
/* Its summary, NULL for none. */
const RunSummary *behind_summary(const Snapshot *s, const UiState *u);
/* The last step that it shares with the branch in hand. */
int64_t comparison_branch_parting(const Snapshot *s, const UiState *u);
/* The next other branch, after the last of them none. Returns its number, 0 for none. */
int comparison_branch_choose_next(UiState *u, const Snapshot *s);

#endif
