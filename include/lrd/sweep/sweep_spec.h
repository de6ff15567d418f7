/* sweep/sweep_spec: a grid of runs, from a file, and the settings of each of its cells.
 *
 * A spec is an INI file that is read as strictly as a preset, every fault with its line:
 *
 *   [sweep]     base = PRESET (the defaults when it is left out), stop = grokked|never, jobs = N,
 *               keep = checkpoint|log|result (each keeps what stands behind it too)
 *   [task] ...  settings of every cell, over those of the base
 *   [axes]      KEY = VALUE VALUE ...            an axis of the grid; seeds are keys like any other
 *   [together]  KEY,KEY = VALUE,VALUE ...        keys that move as one axis
 *   [schedule]  STEP = KEY VALUE                 as in a preset, for every cell
 *               at = KEY VALUE                   at the step that the axis schedule.at names; never: not at all
 *   [twin]      KEY = VALUE                      as in a preset, for every cell
 *
 * The grid is every combination of the axes, the last axis moving fastest. A cell's name is KEY=VALUE,KEY=VALUE...
 * with the values as settings_get writes them: the same cell has the same name in every spec with the same axes.
 *
 * Ownership: sweep_spec_free; words that are returned belong to the spec. Threads: any. */
#ifndef LRD_SWEEP_SWEEP_SPEC_H
#define LRD_SWEEP_SWEEP_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lrd/base/status.h>
#include <lrd/base/text.h>
#include <lrd/config/preset.h>
#include <lrd/sweep/result.h>
#include <lrd/config/settings.h>

/* In the folder of a sweep: the spec itself, as one that needs no other file; in that of each cell: its result. */
#define SWEEP_COPY_FILE "sweep.ini"
#define SWEEP_RESULT_FILE "result.json"

enum { SWEEP_CELLS_MAX = 100000, SWEEP_AXES_MAX = 16, SWEEP_TOGETHER_MAX = 8, SWEEP_NAME_MAX = 200 };

typedef enum SweepKeep { SWEEP_KEEP_CHECKPOINT, SWEEP_KEEP_LOG, SWEEP_KEEP_RESULT, SWEEP_KEEP_COUNT } SweepKeep;
extern const char *const sweep_keep_names[SWEEP_KEEP_COUNT + 1]; /* NULL at the end */
extern const char sweep_at_key[];                                /* "schedule.at" */
extern const char sweep_never[];                                 /* its value for no change at all */

typedef struct SweepAxis {
    int line; /* in the file */
    int key_count, value_count;
    char keys[SWEEP_TOGETHER_MAX][SETTING_KEY_MAX];
    char **words; /* [value_count][key_count] */
} SweepAxis;

typedef struct SweepSpec {
    Settings base;
    Schedule schedule; /* of every cell */
    TwinSpec twin;     /* likewise, over its settings */
    Schedule at;       /* the changes at schedule.at; their steps say nothing */
    SweepAxis axes[SWEEP_AXES_MAX];
    int axis_count;
    int64_t cells;
    int jobs; /* 0: as many as there are cores for */
    bool stop_grokked;
    SweepKeep keep;
} SweepSpec;

/* Every fault is a line in *problems; returns how many. *out is empty then. */
int sweep_spec_parse(const char *name, const char *bytes, size_t length, SweepSpec *out, Text *problems);
/* By path, or by name in the folders sweeps of io/search_path. Faults in *problems, also when there is no such file. */
Status sweep_spec_load(const char *name_or_path, SweepSpec *out, Text *problems);
void sweep_spec_free(SweepSpec *s);
/* As a spec that needs no other file. */
void sweep_spec_print(const SweepSpec *s, Text *out);

void sweep_cell_name(const SweepSpec *s, int64_t cell, Text *out);
/* What a key of an axis is in this cell; NULL for a key of no axis. */
const char *sweep_cell_value(const SweepSpec *s, int64_t cell, const char *key);
/* The schedule is the caller's to free. */
void sweep_cell_make(const SweepSpec *s, int64_t cell, Settings *settings, Schedule *schedule);
/* What its result must be the result of; the caller's to free. */
Recipe sweep_cell_recipe(const SweepSpec *s, int64_t cell);

#endif
