/* config/settings: THE table of options, one vocabulary for presets, --set, the prompt, metadata and docs.
 *
 * A setting is a row: key, type, range or choices, default, whether it may change while a run trains,
 * and one line of help. Everything that reads, prints, completes or documents settings loops over it.
 *
 * Ownership: Settings is a plain value. Threads: the table is const; a Settings has one owner.
 * Numbers are whole tokens, finite, read and printed in the C locale. */
#ifndef LRD_CONFIG_SETTINGS_H
#define LRD_CONFIG_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include <lrd/base/status.h>
#include <lrd/base/text.h>
#include <lrd/lab/decay.h>
#include <lrd/lab/model.h>
#include <lrd/lab/net.h>
#include <lrd/lab/qk_step.h>
#include <lrd/lab/task.h>

enum { SETTING_TEXT_MAX = 2000, SETTING_KEY_MAX = 32, SETTINGS_THREADS_AUTO = 0 };

/* What no count of steps exceeds, whoever wrote it. */
#define SETTINGS_STEPS_MAX INT64_C(1000000000000)

typedef struct Settings {
    struct {
        int op, p; /* op: TaskOp */
        double frac;
        int64_t seed;
    } task;
    struct {
        int dim, depth, heads, mlp, mlp_kind, qk_norm;
        int attention; /* AttentionKind */
        double temp;
        int64_t seed;
    } model;
    struct {
        double lr, clip;
        int64_t batch, warmup, steps, eval_every, sample_every, seed;
        int threads; /* SETTINGS_THREADS_AUTO: as many as there are cores */
        double beta2;
        int loss;                       /* LossKind */
        int qk_opt;                     /* QkOptimiser */
        double qk_mu, qk_lambda, qk_lr; /* of the steps of Q and K alone */
        double qk_turn, qk_norm; /* degrees, 0: off, -1: of the twin; the norm held, 0: the one when the hold began */
        int qk_hold;
    } train;
    struct {
        int kind, targets; /* DecayKindId, DecayTargets */
        double strength, rest, l2;
        int ns_iters, lr_scaled, relative;
    } decay;
    struct {
        int fps, rewind_mb;
        double speed; /* steps per second, 0: no limit */
        char title[160];
        char story[SETTING_TEXT_MAX];
    } lab;
} Settings;

typedef enum SettingType { SETTING_CHOICE, SETTING_INT, SETTING_REAL, SETTING_STRING } SettingType;

typedef struct Setting {
    const char *key; /* "decay.strength" */
    SettingType type;
    const char *help; /* one line; says the unit */
    bool midrun;      /* may change while training */
    /* the rest is the module's business, but open so that docs can be made from it */
    size_t offset, size;
    double min, max;
    bool min_open, max_open;    /* range ends excluded */
    const char *const *choices; /* SETTING_CHOICE, NULL-terminated */
    const char *word;           /* for 0 of a SETTING_INT ("auto"), for -1 of a SETTING_REAL ("twin"); NULL for none */
    const char *default_text;   /* as a user would write it */
} Setting;

extern const Setting settings_table[];
extern const int settings_count;

/* Whether each Q and K is turned as the same matrix of the other arm: train.qk_turn is twin. */
static inline bool settings_follow(const Settings *s)
{
    return s->train.qk_turn < 0;
}

Settings settings_default(void);
const Setting *settings_find(const char *key);      /* NULL when unknown */
const char *settings_nearest(const char *key);      /* the nearest real key, NULL when nothing is near */
void settings_allowed(const Setting *s, Text *out); /* "one of none, l2, lrd, ...", "a whole number from 2 to 997" */

/* One value from its text. STATUS_INPUT: what is wrong, what is allowed, the nearest key. *out is unchanged then. */
Status settings_set(Settings *out, const char *key, const char *value);
/* The value as text, such that settings_set reads the same value back. */
void settings_get(const Settings *s, const Setting *row, Text *out);
/* Whether a value that was stored, not read, is one that settings_set would store. */
Status settings_check_value(const Settings *s, const Setting *row);
/* Settings of which one shuts out the other; also asked before a change mid-run. */
Status settings_check_together(const Settings *s);
/* What one key alone cannot tell: these, div with p not prime, dim not divisible by heads, a row on each side of the
 * split, memory that is not there. The first fault found. */
Status settings_check(const Settings *s);
/* Bytes that a run with these settings needs, saturating. */
double settings_memory_bytes(const Settings *s);

ModelConfig settings_model(const Settings *s);
DecayRule settings_decay(const Settings *s);
/* Threads that train.threads stands for on this machine. */
int settings_threads(const Settings *s);
/* The unit of decay.strength in the decay in force: "W shrinks by lr x strength a step", "length taken off a step", ...
 */
const char *settings_strength_unit(const Settings *s);
/* The same as short as can be, after the number: "x lr a step", "a step". */
const char *settings_strength_brief(const Settings *s);

#endif
