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
#include <lrd/log/run_summary.h>
#include <lrd/log/comparison.h>
#include <lrd/train/run.h>

typedef enum SessionState {
    SESSION_RUNNING,
    SESSION_PAUSED,     /* by the user */
    SESSION_HOLDING,    /* reached train.steps */
    SESSION_NON_FINITE, /* loss or weights are not finite: paused, said so */
    SESSION_ENDED,
} SessionState;

/* What a snapshot says of the log that it was read from (session/replay); all zero in a live run. */
typedef struct ReplayView {
    bool on;
    bool following;                 /* at the end of a log that is not at its end */
    bool foreign;                   /* of another program: summary->settings beside the next two are nobody's */
    bool has_task, has_decay;       /* the log told them: else summary->settings says nothing about them */
    char name[COMPARISON_NAME_MAX]; /* of the log */
    int64_t last;                   /* step of the run: the log's last one, or train.steps while it may grow */
    int64_t horizon;                /* furthest step of all logs: as far as plots reach */
    char live[72];                  /* the command of a live run like this one, "" for none */
} ReplayView;

typedef struct Snapshot {
    uint64_t sequence; /* rises with every publication */
    uint64_t commands; /* commands applied so far: the ui shows its own wish until this catches up */
    SessionState state;
    int64_t step;        /* steps done */
    double steps_per_s;  /* smoothed over the last seconds, NAN before the first step */
    double seconds_left; /* to train.steps at that rate, NAN when unknown */
    Expectation expect;  /* of the run, empty when nothing is known, or no longer */
    bool logging;
    bool recorded;           /* made from a log: there are no weights */
    char message[200];       /* the newest word of the training thread (saved, refused, disk full, ...), "" for none */
    uint64_t message_number; /* rises with each message */
    RunSummary *summary;     /* a copy */
    int twin;                /* branch that is trained in step with the one shown, 0: none */
    int rewind_count;        /* steps that a branch can start from, newest first */
    int64_t rewind_step[REWIND_POINTS_MAX];
    ReplayView replay;
    Comparison *ghost[COMPARISONS_MAX]; /* copies; those beyond the count are spare room */
    int ghost_count;
    Probe probe; /* a copy: the answer to the newest COMMAND_PROBE once its ask is the same */
} Snapshot;

typedef enum CommandKind {
    COMMAND_SET, /* key, value */
    COMMAND_PAUSE,
    COMMAND_RESUME,   /* also goes on past train.steps: adds as many steps again */
    COMMAND_STEP,     /* one step, then pause */
    COMMAND_UNDO,     /* the last COMMAND_SET or COMMAND_SCALE */
    COMMAND_RESTART,  /* the same settings from step 0; value "new": with the next seed */
    COMMAND_PRESET,   /* value: name or path; a new run with its settings */
    COMMAND_SCALE,    /* key: W_q of this matrix name, value: the factor, "2" or "0.5" */
    COMMAND_TRUNCATE, /* value: the rank of every Q and K */
    COMMAND_BRANCH,   /* key: from the newest rewind point at or before this step; value: "KEY=VALUE ..." to change */
    COMMAND_SWITCH,   /* value: number of the branch to go back to */
    COMMAND_TWIN,     /* value: "KEY=VALUE ..." in which it differs; "": end it */
    COMMAND_SAVE,     /* value: file, "" for the default name */
    COMMAND_SPEED,    /* of a replay: value "up" or "down" */
    COMMAND_LEAD,     /* of a replay: the next log comes to the front */
    COMMAND_PROBE,    /* probe: what snapshots are to show from here on, measured beside the training */
    COMMAND_WRITE_PRESET, /* the session's changes as a preset; value: file, "" for the default name */
    COMMAND_QUIT,
    COMMAND_KIND_COUNT
} CommandKind;

typedef struct Command {
    CommandKind kind;
    char key[64];
    char value[512];
    ProbeRequest probe;
} Command;

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
