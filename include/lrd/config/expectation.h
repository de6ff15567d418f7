/* config/expectation: what a preset says it comes to: the [expect] section.
 *
 *   memorised, collapsed, grokked = LO..HI | LO..HI in K of N | never
 *   seconds = N
 *
 * The first three are the steps of the events of lab/milestone over N runs, in all of them unless K of N is said: five
 * seeds of the weights (model.seed from 0 on) with each of two BLAS cores, whose roundings part the runs; seconds is
 * the time of the whole run, to train.steps, on two laptop cores. None of it is a setting: no number of a run depends
 * on it, and no log holds it. `make verify-presets` measures five of them again.
 *
 * Errors: STATUS_INPUT, one sentence. Ownership: plain values. Threads: any. */
#ifndef LRD_CONFIG_EXPECTATION_H
#define LRD_CONFIG_EXPECTATION_H

#include <stdbool.h>
#include <stdint.h>

#include <lrd/base/status.h>
#include <lrd/base/text.h>
#include <lrd/config/settings.h>

typedef enum ExpectedId { EXPECTED_MEMORISED, EXPECTED_COLLAPSED, EXPECTED_GROKKED, EXPECTED_COUNT } ExpectedId;
typedef enum ExpectedKind { EXPECTED_UNKNOWN, EXPECTED_STEPS, EXPECTED_NEVER } ExpectedKind;

typedef struct Expected {
    ExpectedKind kind;
    int64_t low, high; /* steps, of EXPECTED_STEPS */
    int with, runs;    /* in `with` of `runs` runs; 0 of 0: in all */
} Expected;

typedef struct Expectation {
    Expected event[EXPECTED_COUNT];
    int64_t seconds; /* 0: not told */
} Expectation;

enum { EXPECTATION_KEYS = EXPECTED_COUNT + 1 };
extern const char *const expectation_keys[EXPECTATION_KEYS]; /* those of the section, in its order */
extern const char expectation_section[];                     /* "expect" */

int expectation_find(const char *key); /* its place in expectation_keys, -1 when unknown */
/* One line of the section. */
Status expectation_set(Expectation *e, int key, const char *value);
bool expectation_is_empty(const Expectation *e);
/* Whether what was measured under these settings may be expected under those: seeds, train.steps, train.threads, the
 * cadence of looking and lab.* do not count. */
bool expectation_holds(const Settings *measured, const Settings *now);

/* The section as it stands in a preset; nothing of an empty one. */
void expectation_print(const Expectation *e, Text *out);
/* For a list: "groks at 1,550-2,050 of 4,000 steps, 12 s". */
void expectation_add_brief(const Expectation *e, const Settings *s, Text *out);
/* Sentences for someone who knows none of the words, `between` between two; nothing when nothing is expected. */
void expectation_add_words(const Expectation *e, const Settings *s, const char *between, Text *out);

#endif
