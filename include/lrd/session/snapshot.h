/* session/snapshot: all that whoever draws is told of a run, live or replayed, at one moment.
 *
 * Ownership: snapshot_buffer's, with what it points to. Threads: written by the thread that publishes it, then read
 * only. */
#ifndef LRD_SESSION_SNAPSHOT_H
#define LRD_SESSION_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

#include <lrd/config/expectation.h>
#include <lrd/log/comparison.h>
#include <lrd/log/probe.h>
#include <lrd/log/run_summary.h>
#include <lrd/session/undo.h>
#include <lrd/train/rewind.h>

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
    bool advice;             /* it tells what to do about how the run goes */
    uint64_t message_number; /* rises with each message */
    RunSummary *summary;     /* a copy */
    int twin;                /* branch that is trained in step with the one shown, 0: none */
    int rewind_count;        /* steps that a branch can start from, newest first */
    int64_t rewind_step[REWIND_POINTS_MAX];
    UndoList undo;
    ReplayView replay;
    Comparison *ghost[COMPARISONS_MAX]; /* copies; those beyond the count are spare room */
    int ghost_count;
    Probe probe; /* a copy: the answer to the newest COMMAND_PROBE once its ask is the same */
} Snapshot;

#endif
