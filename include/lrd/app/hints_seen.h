/* app/hints_seen: what is remembered of this user in $XDG_STATE_HOME/lrdlab: in `hints` how many of the first hints
 * were shown, in `mouse` on or off, as it was said last.
 *
 * A convenience and nothing more: what cannot be read or written does no harm and is not reported.
 * Threads: the main thread (reads the environment). */
#ifndef LRD_APP_HINTS_SEEN_H
#define LRD_APP_HINTS_SEEN_H

#include <stdbool.h>

/* 0 when there is no such file, or when it cannot be read or holds no number. */
int hints_seen_load(void);
void hints_seen_store(int seen);

typedef enum MouseSaid { MOUSE_AS_BEFORE, MOUSE_ON, MOUSE_OFF } MouseSaid;
/* Whether the mouse is to work: what is said now, which is remembered, else what was said last, else yes. */
bool mouse_wanted(MouseSaid said);

#endif
