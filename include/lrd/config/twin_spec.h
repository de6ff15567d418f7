/* config/twin_spec: the second arm of a run: what it is trained with, and from when.
 *
 * [twin] of a preset or sweep spec, and --twin: KEY = VALUE of what may change mid-run, but for what would give the
 * arms other batches, rows or ends; from = STEP or memorised (0 when left out).
 *
 * Ownership: a plain value; zeroed: no twin. Threads: any. */
#ifndef LRD_CONFIG_TWIN_SPEC_H
#define LRD_CONFIG_TWIN_SPEC_H

#include <lrd/config/settings_change.h>

enum { TWIN_FROM_MEMORISED = -1 };

typedef struct TwinSpec {
    int64_t from; /* a step, or TWIN_FROM_MEMORISED */
    bool asked;   /* something was said of it */
    SettingsChange changes;
} TwinSpec;

extern const char twin_section[]; /* "twin" */

/* One more value, or "from"; a later one replaces it. STATUS_INPUT, and *t unchanged. */
Status twin_spec_add(TwinSpec *t, const char *key, const char *value);
/* "KEY=VALUE" of --twin. */
Status twin_spec_add_word(TwinSpec *t, const char *word);
/* Whether it differs from the run of these settings, and both arms fit into memory. *arm: its settings. */
Status twin_spec_apply(const TwinSpec *t, const Settings *run, Settings *arm);
/* The same, and whether train.qk_turn twin has an arm to follow, in a run with this twin or without one. */
Status twin_spec_check(const TwinSpec *t, const Settings *run);
/* A line each, as in a section: "from = memorised", "decay.kind = none"; with other words between. */
void twin_spec_print(const TwinSpec *t, const char *is, const char *between, Text *out);

#endif
