/* session/session: the training thread, its command queue and the snapshot that it publishes.
 *
 * The training thread owns the run outright. Commands wait in a bounded queue and are applied between
 * steps, in order. After a step (at most 60 times a second, and after every command) the thread publishes
 * a Snapshot: it fills a free one of three and swaps it in under a mutex, so neither side ever waits for
 * the other. The ui reads only snapshots.
 *
 * Threads: every function here is for the one thread that made the session. Ownership: session_free ends the thread
 * (after the step in hand) and frees everything. */
#ifndef LRD_SESSION_SESSION_H
#define LRD_SESSION_SESSION_H

#include <lrd/session/channel.h>
#include <lrd/train/run.h>

typedef struct Session Session;

/* Takes the run over (it belongs to the session from here on), starts the thread. */
Session *session_start(Run *run, bool paused);
/* Where its snapshots come from and its commands go to; the session's. */
Channel *session_channel(Session *s);
void session_free(Session *s);

#endif
