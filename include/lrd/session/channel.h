/* session/channel: what lies between the ui and the thread that a session or a replay runs: commands one way,
 * snapshots the other, and the thread's beginning and end.
 *
 * Ownership: the session's or replay's. Threads: send, look, fd, abandon and end are for the one thread that opened
 * it; take, say and publish for the thread behind it (and for the opener before channel_start). */
#ifndef LRD_SESSION_CHANNEL_H
#define LRD_SESSION_CHANNEL_H

#include <pthread.h>
#include <stdarg.h>

#include <lrd/base/status.h>
#include <lrd/session/command_queue.h>
#include <lrd/session/snapshot_buffer.h>

typedef struct Channel {
    pthread_t thread;
    bool running; /* the opener's: started and not joined */
    CommandQueue *commands;
    SnapshotBuffer *snapshots;
    void *self;                  /* what abandon is given */
    void (*abandon)(void *self); /* NULL: nothing is ever in hand */
    uint64_t applied;            /* commands taken */
    bool quit;
    double published; /* when the last snapshot was */
    char message[sizeof((Snapshot *)0)->message];
    uint64_t message_number;
    Status outcome;
} Channel;

void channel_open(Channel *c);
/* Dies when the system has no more threads. */
void channel_start(Channel *c, void *(*main)(void *), void *self);
/* false when the queue is full: the key is then refused with a word, never lost in silence.
 * On success *number is the command's number, to compare with snapshot->commands. */
bool channel_send(Channel *c, const Command *command, uint64_t *number);
/* The newest snapshot; valid until the next call. Never waits for a step. */
const Snapshot *channel_look(Channel *c);
/* A descriptor that becomes readable when a new snapshot is there (cleared by channel_look). */
int channel_fd(const Channel *c);
/* Gives the step in hand up: the weights stay those before it. Safe in a signal handler. */
void channel_abandon(Channel *c);
/* Ends the thread in order: a session finishes the step in hand, --save and the log's end row. What went wrong in the
 * run, if anything did. */
Status channel_end(Channel *c);
/* Ends the thread, gives back the queue and the snapshots. */
void channel_close(Channel *c);

/* The next command while nobody quits. */
bool channel_take(Channel *c, Command *command);
/* A message for the user. */
void channel_say(Channel *c, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
/* Publishes the filled snapshot with the count of commands and the message. */
void channel_publish(Channel *c, Snapshot *s);

#endif
