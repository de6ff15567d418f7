/* session/session_inside: what session.c and session_commands.c share; nobody else includes it.
 *
 * Threads: the training thread, once it runs, save for the members that are the ui's. */
#ifndef LRD_SESSION_SESSION_INSIDE_H
#define LRD_SESSION_SESSION_INSIDE_H

#include <lrd/base/rate.h>
#include <lrd/session/session.h>

/* When training stops for a probe: never for more than a small share of the time, and not more often than anyone can
 * see; while nothing trains, until all that was asked for is there. All zero asks for nothing. */
typedef struct ProbeWorker {
    ProbeRequest ask;
    Probe probe;
    double due;   /* when training may stop for it again */
    bool refused; /* the last try was given up: not again before a turn or a command is done */
} ProbeWorker;

struct Session {
    Channel channel;
    Run *run; /* from here on the training thread's, until it is joined */
    SessionState state;
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
    ProbeWorker probe_worker;
    bool advice; /* the newest message is */
};

/* session.c: a word for the user. */
void session_say(Session *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
void session_enter(Session *s, SessionState state);
void session_turn(Session *s);

/* session_commands.c: does what a command asks for. */
void session_apply(Session *s, const Command *c);

#endif
