/* session/command: what the ui can ask of a session or of a replay.
 *
 * Plain values, copied. Threads: any. */
#ifndef LRD_SESSION_COMMAND_H
#define LRD_SESSION_COMMAND_H

#include <lrd/config/settings_change.h>
#include <lrd/log/probe.h>

typedef enum CommandKind {
    COMMAND_SET, /* change: all of it or nothing */
    COMMAND_PAUSE,
    COMMAND_RESUME,   /* also goes on past train.steps: adds as many steps again */
    COMMAND_STEP,     /* one step, then pause */
    COMMAND_UNDO,     /* the last COMMAND_SET, COMMAND_SCALE or COMMAND_TRUNCATE that changed something */
    COMMAND_RESTART,  /* the same settings from step 0; value "new": with the next seed */
    COMMAND_PRESET,   /* value: name or path; a new run with its settings */
    COMMAND_SCALE,    /* key: W_q of this matrix name, value: the factor, "2" or "0.5" */
    COMMAND_TRUNCATE, /* value: the rank of every Q and K */
    COMMAND_BRANCH,   /* key: from the newest rewind point at or before this step; value: "KEY=VALUE ..." to change */
    COMMAND_REWIND,   /* key: to the newest rewind point at or before this step; what came after it is gone */
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
    SettingsChange change;
    bool setup; /* of a lesson: nothing that u takes back */
    ProbeRequest probe;
} Command;

#endif
