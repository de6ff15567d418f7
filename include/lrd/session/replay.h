/* session/replay: logs played back as if their runs were training, and followed while someone writes them.
 *
 * A thread of its own reads the files, moves along the steps of the log in front at a speed in steps per second, and
 * publishes snapshots as a session does; the other logs go with them as ghosts. At the end of a log that its run has
 * closed it holds; at the end of one that may still grow it follows. It takes the commands pause, resume, step (to
 * the next row), restart (from the first row; value "end": to the last), speed, lead and quit; to all others it says
 * that they need a live run.
 *
 * Errors: STATUS_INPUT. Ownership: replay_free ends the thread. Threads: every function here is for the one thread
 * that opened the replay. */
#ifndef LRD_SESSION_REPLAY_H
#define LRD_SESSION_REPLAY_H

#include <lrd/log/log_fields.h>
#include <lrd/session/channel.h>

enum { REPLAY_LOGS_MAX = COMPARISONS_MAX + 1 };

typedef struct ReplayOptions {
    const char *const *paths;                 /* the first is in front */
    const LogMap *map;                        /* which column of the logs is which field; NULL: as their names say */
    const char (*names)[COMPARISON_NAME_MAX]; /* of the logs; NULL: made from their paths */
    const char *live; /* what starts such a run, to be told at the end of the log; NULL: nothing does */
    int count;
    bool race;     /* ghosts come no further than the log in front: else they are drawn whole */
    int64_t step;  /* to begin paused at; -1: from the first row, or at the end of a log that may still grow */
    int64_t speed; /* steps per second; 0: all of it in half a minute */
} ReplayOptions;

typedef struct Replay Replay;

/* Reads what is there of the logs, starts the thread. A log without a row is waited for; one whose lines are no rows
 * is refused. NULL with *status set. */
Replay *replay_start(const ReplayOptions *options, Status *status);
/* Where its snapshots come from and its commands go to; the replay's. */
Channel *replay_channel(Replay *r);
void replay_free(Replay *r);

/* The speed on the ladder 1, 2, 5, 10, 20, ... that is next above or below this one. */
int64_t replay_next_speed(int64_t speed, bool up);

#endif
