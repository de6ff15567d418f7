/* panel/ui_state: what the screen is showing and what the user asked for, apart from the run itself.
 *
 * A key changes a UiState at once; what it asks of the run goes into a UiEffect, which the loop acts on. Until the
 * run has caught up (snapshot->commands) a change is pending: the screen shows it marked as to come, and further
 * keys build on it.
 *
 * Ownership: plain values; the actions, presets and the lesson are lent. Threads: the ui thread. */
#ifndef LRD_UI_STATE_H
#define LRD_UI_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include <lrd/config/own_strength.h>
#include <lrd/config/preset.h>
#include <lrd/session/session.h>
#include <lrd/panel/action_row.h>
#include <lrd/panel/lesson.h>
#include <lrd/panel/pair_try.h>
#include <lrd/panel/prompt.h>
#include <lrd/view/layout.h>
#include <lrd/view/place.h>
#include <lrd/view/theme.h>

enum { UI_PENDING_MAX = 32, UI_COMMANDS_MAX = 8, UI_MESSAGE_MAX = 256, UI_COMMAND_MAX = 4096 };

typedef enum Overlay {
    OVERLAY_NONE,
    OVERLAY_HELP,
    OVERLAY_ABOUT,
    OVERLAY_PROMPT,
    OVERLAY_PRESETS,
    OVERLAY_PAIR,
    OVERLAY_COMMAND,
    OVERLAY_COUNT
} Overlay;

typedef enum RankMeasure { RANK_STABLE, RANK_EFFECTIVE, RANK_PARTICIPATION, RANK_MEASURE_COUNT } RankMeasure;

typedef struct RankMeasureRow {
    const char *name;  /* "stable rank": never just "rank" */
    const char *brief; /* "stable" */
    const char *means; /* one sentence for the message line */
    SeriesId series;
} RankMeasureRow;
extern const RankMeasureRow rank_measures[RANK_MEASURE_COUNT];

/* A command that changes the run and is not in the snapshot yet: COMMAND_SET, COMMAND_SCALE or COMMAND_UNDO. */
typedef struct PendingChange {
    CommandKind kind;
    SettingsChange change; /* of COMMAND_SET */
    bool setup;            /* as of the command */
    uint64_t number;       /* the command's; UINT64_MAX until it was sent */
} PendingChange;

typedef struct UiState {
    const ActionTable *actions; /* lent for good */
    ViewId view;
    Overlay overlay;
    bool log_steps;               /* x */
    bool log_values[PANEL_COUNT]; /* y; at first as in panel_table */
    bool projector;               /* P: few panels, numbers in large */
    bool is_alone;                /* e: one panel has the room of all */
    PanelId alone;
    int zoom;           /* + -: the step axis shows a 2^zoom-th of the run */
    bool zoom_is_fixed; /* by the wheel: this step stays at this share of the axis */
    double zoom_step, zoom_share;
    bool is_sliding; /* the mouse holds the slider, which was there */
    Place slider;
    RankMeasure rank;
    bool one_matrix;    /* M: its singular values alone */
    int matrix;         /* chosen Q/K matrix */
    int cell_a, cell_b; /* the cursor in the table of answers */
    PairTry pair;
    int pulse;    /* above 0: it has just grokked, and the story line says so in plain words; 1: the badge is lit */
    int64_t past; /* step of the evaluation that is looked at (panel/time_cursor.h), -1: now */
    GlyphSet glyphs;
    bool ascii_only; /* the terminal has no UTF-8 */
    Scheme theme;
    bool no_colors; /* the terminal has none: every theme looks the same */
    bool colorless; /* the terminal has too few colours to tell values by, whatever the theme */
    Prompt prompt;
    int screen_w, screen_h;       /* of the last frame */
    char command[UI_COMMAND_MAX]; /* shown while OVERLAY_COMMAND */
    int help_top;                 /* first row of the help that is shown */
    const PresetEntry *presets;   /* lent while OVERLAY_PRESETS */
    int preset_count, preset_chosen;

    char message[UI_MESSAGE_MAX]; /* the answer to the last key, "" when it was shown long enough */
    uint64_t message_count;       /* rises with every message: the loop times them */
    uint64_t session_message;     /* message_number of the snapshot that was shown last */
    const char *slow_blas;        /* told instead of the story; NULL: none, or told long enough */

    PendingChange pending[UI_PENDING_MAX]; /* oldest first */
    int pending_count;
    SettingsChange plan;             /* what was chosen while the past is looked at: a branch from there will have it */
    int behind;                      /* number of the branch behind the curves, or panel/comparison_branch.h */
    bool pause_pending, pause_value; /* space was pressed: what it asked for */
    uint64_t pause_number;

    OwnStrengths strengths; /* of this run, with what is pending */
    LessonPlace lesson;
} UiState;

typedef enum EffectFlag {
    EFFECT_QUIT = 1,
    EFFECT_PICTURE = 2, /* write an SVG of the screen */
    EFFECT_PRESETS = 4, /* look presets up and lend them */
    EFFECT_REPAINT = 8, /* every cell anew */
    EFFECT_LESSON = 16, /* read the lesson and lend it */
} EffectFlag;

typedef struct UiEffect {
    unsigned flags;
    int command_count;
    Command command[UI_COMMANDS_MAX];
} UiEffect;

/* What a handler is given: the key, the state that it changes and the effect that it fills. */
typedef struct KeyPress {
    UiState *u;
    const Snapshot *s;
    int code; /* panel/key.h; tells the keys of one action apart */
    UiEffect *e;
} KeyPress;

/* A message for the message line; one sentence or two. */
void ui_say(UiState *u, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Takes over what a new snapshot says: changes that were made, strengths in use, the session's message. */
void ui_state_follow(UiState *u, const Snapshot *s);

/* The settings that will be in force once all that is pending was done; of the branch to come while one is planned. */
Settings ui_state_settings(const UiState *u, const Snapshot *s);
/* Paused now or as soon as the command is applied. */
bool ui_state_is_paused(const UiState *u, const Snapshot *s);

/* A command of the effect that is not waited for. */
Command *ui_ask(UiEffect *e, CommandKind kind, const char *key, const char *value);
/* One command that changes the run: the screen shows it as pending until the run took it. NULL when too many wait. */
Command *ui_ask_pending(const KeyPress *k, CommandKind kind);
/* One COMMAND_SET with everything in which *then differs from ui_state_settings; into the plan, as far as a branch can
 * have it, while the past is looked at. Returns whether anything differs and was asked for. */
bool ui_ask_change(const KeyPress *k, const Settings *then);
/* What was asked for last is a lesson's: no undo takes it back. */
void ui_mark_setup(const KeyPress *k);
/* The loop sent the effect's command: what it changes is pending until this number. */
void ui_state_sent(UiState *u, const Command *c, uint64_t number);
/* The queue was full: the change is given up and the message says so. */
void ui_state_refused(UiState *u, const Command *c);

#endif
