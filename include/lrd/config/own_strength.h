/* config/own_strength: the strength that a decay takes when it is chosen without one.
 *
 * That is the strength which this decay had last in the same run, else a usual one. The keys t and d, the prompt,
 * --at and [schedule] all go by it; a strength that is given at the same step wins. --set and the axes of a sweep
 * start a run and do not: what they leave out is the preset's.
 *
 * Ownership: plain values. Threads: any. */
#ifndef LRD_CONFIG_OWN_STRENGTH_H
#define LRD_CONFIG_OWN_STRENGTH_H

#include <lrd/base/text.h>
#include <lrd/config/settings_change.h>

typedef struct OwnStrengths {
    double of[DECAY_KIND_COUNT]; /* NAN: this decay was not in force yet */
} OwnStrengths;

extern const char own_strength_rule[]; /* one sentence, for manuals */

OwnStrengths own_strengths_new(void);
/* These settings are in force. */
void own_strengths_note(OwnStrengths *o, const Settings *now);
/* THE table of usual strengths, and what o knows before it. */
double own_strength_usual(int kind);
double own_strength_of(const OwnStrengths *o, int kind);
/* Adds its own strength to a change of `now` that names another decay and no strength. */
void own_strength_complete(const OwnStrengths *o, const Settings *now, SettingsChange *c);
/* "l2 0.1, lrd 0.005, ...": the usual ones. */
void own_strength_print(Text *out);

#endif
