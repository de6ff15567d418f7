/* app/hints_seen: how many of the first hints this user has been shown: a number in $XDG_STATE_HOME/lrdlab/hints.
 *
 * A convenience and nothing more: what cannot be read or written does no harm and is not reported.
 * Threads: the main thread (reads the environment). */
#ifndef LRD_APP_HINTS_SEEN_H
#define LRD_APP_HINTS_SEEN_H

/* 0 when there is no such file, or when it cannot be read or holds no number. */
int hints_seen_load(void);
void hints_seen_store(int seen);

#endif
