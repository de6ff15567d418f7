/* session/session_inside: what session.c and session_commands.c share; nobody else includes it.
 *
 * Threads: the training thread, once it runs, save for the members that are the ui's. */
#ifndef LRD_SESSION_SESSION_INSIDE_H
#define LRD_SESSION_SESSION_INSIDE_H

#include <lrd/session/command_queue.h>
#include <lrd/session/snapshot_buffer.h>
#include <lrd/session/probe_worker.h>
#include <lrd/base/rate.h>
#include <lrd/session/session.h>

#include <pthread.h>

struct Session {
    pthread_t thread;
    bool joined; /* the ui's */
    CommandQueue *commands;
    SnapshotBuffer *snapshots;
    Run *run; /* from here on the training thread's, until it is joined */
    SessionState state;
    uint64_t applied;
    UndoList undo;
    struct {
        UndoList undo;
        SessionState state;
        int64_t stretch;
    } before;        /* of the run that the one in hand took the place of, while run_can_return */
    int64_t warned;  /* step of the last warning that was passed on, -1: none */
    int64_t stretch; /* steps that going on past the end adds */
    Rate rate;
    Pace pace;
    double published; /* when the last snapshot was */
    ProbeWorker probe_worker;
    char message[sizeof((Snapshot *)0)->message];
    bool advice; /* the message is */
    uint64_t message_number;
    bool quit;
    Status outcome;
};

/* session.c: a word for the user. */
void session_say(Session *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* session.c: what the run has to say. */
void session_pass_on(Session *s);
void session_enter(Session *s, SessionState state);
void session_turn(Session *s);

/* session_commands.c: does what a command asks for. */
void session_apply(Session *s, const Command *c);

#endif
