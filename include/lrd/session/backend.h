/* session/backend: where the ui's snapshots come from and its commands go to: a live session or the replay of logs.
 *
 * The functions are those of session.h. Ownership: the session or replay stays its owner's. Threads: one owner. */
#ifndef LRD_SESSION_BACKEND_H
#define LRD_SESSION_BACKEND_H

#include <lrd/session/replay.h>
#include <lrd/session/session.h>

typedef struct BackendKind {
    bool (*send)(void *self, const Command *command, uint64_t *number);
    const Snapshot *(*look)(void *self);
    int (*fd)(const void *self);
    void (*abandon)(void *self); /* NULL: nothing is ever in hand */
    Status (*end)(void *self);
} BackendKind;

typedef struct Backend {
    const BackendKind *kind;
    void *self;
} Backend;

Backend backend_of_session(Session *s);
Backend backend_of_replay(Replay *r);

#endif
