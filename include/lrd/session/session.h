/* session/session: the training thread, its command queue and the snapshot that it publishes.
 *
 * The training thread owns the run outright. Commands wait in a bounded queue and are applied between
 * steps, in order. After a step (at most 60 times a second, and after every command) the thread publishes
 * a Snapshot: it fills a free one of three and swaps it in under a mutex, so neither side ever waits for
 * the other. The ui reads only snapshots.
 *
 * Threads: every function here is for the one thread that made the session, save the signal-safe flag
 * session_abandon. Ownership: session_free ends the thread (after the step in hand) and frees everything. */
#ifndef LRD_SESSION_SESSION_H
#define LRD_SESSION_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include <lrd/base/status.h>
#include <lrd/session/command.h>
#include <lrd/session/snapshot.h>
#include <lrd/train/run.h>

typedef struct Session Session;

/* Takes the run over (it belongs to the session from here on), starts the thread. */
Session *session_start(Run *run, bool paused);
/* false when the queue is full: the key is then refused with a word, never lost in silence.
 * On success *number is the command's number, to compare with snapshot->commands. */
bool session_send(Session *s, const Command *command, uint64_t *number);
/* The newest snapshot; valid until the next call. Never waits for a step. */
const Snapshot *session_look(Session *s);
/* A descriptor that becomes readable when a new snapshot is there (cleared by session_look). */
int session_fd(const Session *s);
/* Gives the step in hand up: the weights stay those before it. Safe in a signal handler. */
void session_abandon(Session *s);
/* Ends the run in order: the step in hand, --save, the log's end row; joins. What went wrong in the run, if anything
 * did. */
Status session_end(Session *s);
void session_free(Session *s);

#endif
