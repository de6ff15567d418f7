/* config/settings_change: values for some of the settings that may change while a run trains, made together or not at
 * all.
 *
 * A key press, a step of a lesson and an undo are one such change; its text was parsed once, where it was typed.
 *
 * Ownership: plain values. Threads: any. */
#ifndef LRD_CONFIG_SETTINGS_CHANGE_H
#define LRD_CONFIG_SETTINGS_CHANGE_H

#include <lrd/config/settings.h>

enum { SETTINGS_CHANGE_MAX = 40 };

typedef struct SettingsChange {
    int count;
    struct SettingValue {
        const Setting *row;
        unsigned char bytes[sizeof(double)]; /* the first row->size: as in Settings; no text may change mid-run */
    } item[SETTINGS_CHANGE_MAX];
} SettingsChange;

/* What makes `from` into `to`, in the order of the table; settings that are fixed while a run trains left out. */
SettingsChange settings_difference(const Settings *from, const Settings *to);
/* One more value, from its text; an earlier one of the same setting goes. STATUS_INPUT as settings_set, and for a
 * setting that is fixed; *c is unchanged then. */
Status settings_change_add(SettingsChange *c, const char *key, const char *value);
void settings_change_put(SettingsChange *c, const struct SettingValue *value);
/* All of it; STATUS_INPUT for the first value that is not allowed, or for values that shut each other out once all are
 * made, and *s is unchanged. */
Status settings_change_apply(Settings *s, const SettingsChange *c);
/* "decay.kind l2, decay.strength 0.1" with these two words between: " " and ", ". */
void settings_change_print(const SettingsChange *c, const char *is, const char *between, Text *out);

#endif
