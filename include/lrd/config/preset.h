/* config/preset: presets, their schedules, and where they are found.
 *
 * A preset is an INI file: [section], key = value, # comments, [schedule] with lines `STEP = KEY VALUE`, [twin] with
 * lines `KEY = VALUE` (config/twin_spec), and [expect], what it comes to (config/expectation). A bad line is reported
 * as FILE:LINE: what is wrong, what is allowed, the nearest key; all bad lines in one go. Names are looked up in the
 * folders of io/search_path and among those compiled in; anything with a slash or ending in .ini is a path.
 *
 * Ownership: schedule_free, preset_free; the list of entries is freed with free(). Threads: any. */
#ifndef LRD_CONFIG_PRESET_H
#define LRD_CONFIG_PRESET_H

#include <lrd/base/status.h>
#include <lrd/base/text.h>
#include <lrd/config/expectation.h>
#include <lrd/config/settings.h>
#include <lrd/config/twin_spec.h>
#include <lrd/io/catalog.h>

/* What a schedule holds besides settings: "truncate R". */
#define SCHEDULE_TRUNCATE "truncate"
enum { TRUNCATE_RANK_MAX = 4096 };
/* The rank of a truncation from its text. */
Status truncate_rank_read(const char *text, int *rank);

typedef struct ScheduledChange {
    int64_t step;
    char key[SETTING_KEY_MAX];
    char value[64];
} ScheduledChange;

typedef struct Schedule {
    ScheduledChange *changes; /* by rising step, in file order within a step */
    int count;
} Schedule;

void schedule_free(Schedule *s);
/* "STEP=KEY:VALUE" of --at. Checks that the key may change mid-run and the value fits. */
Status schedule_add(Schedule *s, const char *word);

typedef struct Preset {
    Settings settings;
    Schedule schedule;
    TwinSpec twin;
    Expectation expect;
} Preset;

void preset_free(Preset *p);
/* Reads bytes as a preset onto *out (defaults first). name is used in messages. Every fault is a line in *problems;
 * returns how many. */
int preset_parse(const char *name, const char *bytes, size_t length, Preset *out, Text *problems);
/* Finds by name or path and parses. STATUS_INPUT with all faults (unknown name: says where was looked and the nearest).
 */
Status preset_load(const char *name_or_path, Preset *out, Text *problems);

typedef struct PresetEntry {
    char name[64]; /* these three as in its CatalogEntry */
    char title[160];
    const char *where;
    Settings settings; /* the defaults when it has faults */
    Expectation expect;
} PresetEntry;

/* All presets that can be found by name, sorted, each name once. */
int preset_list(PresetEntry **entries);
/* The same without what is in them. */
int preset_names(CatalogEntry **entries);
/* settings as a preset file, for `settings` and saving; expectation_print adds what is expected of them. */
void preset_print(const Settings *settings, const Schedule *schedule, const TwinSpec *twin, Text *out);

extern const char *const preset_default_name; /* "classroom" */

#endif
