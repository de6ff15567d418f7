#include <lrd/config/preset.h>

#include <lrd/base/choice.h>
#include <lrd/base/quote.h>
#include <lrd/base/util.h>
#include <lrd/io/ini.h>

#include <stdlib.h>
#include <string.h>

enum { SCHEDULE_MAX = 1000 };
static const char schedule_section[] = "schedule";

/* What reading a preset has come to. line_of_* name the line of a repeated key. */
typedef struct PresetReader {
    const char *name;
    Preset *preset;
    Text *problems;
    int faults;
    int *line_of_setting;
    int line_of_change[SCHEDULE_MAX];
    int line_of_expect[EXPECTATION_KEYS];
    bool from_given; /* of the twin */
    bool skipping;   /* inside a section that does not exist */
} PresetReader;

#define PRESET_FAULT(r, line, ...) ini_fault((r)->problems, &(r)->faults, (r)->name, line, __VA_ARGS__)

void schedule_free(Schedule *s)
{
    free(s->changes);
    *s = (Schedule){0};
}

/* Behind every change of the same step; returns its place. */
static int schedule_insert(Schedule *s, const ScheduledChange *change)
{
    s->changes = xrealloc(s->changes, (size_t)(s->count + 1) * sizeof *s->changes);
    int at = s->count;
    while (at > 0 && s->changes[at - 1].step > change->step)
        at--;
    memmove(s->changes + at + 1, s->changes + at, (size_t)(s->count - at) * sizeof *s->changes);
    s->changes[at] = *change;
    s->count++;
    return at;
}

static bool schedule_read_step(const char *word, int64_t *step)
{
    long long value;
    if (!text_to_i64(word, &value) || value < 0 || value > (long long)1e12)
        return false;
    *step = value;
    return true;
}

Status truncate_rank_read(const char *text, int *rank)
{
    long long value;
    if (!text_to_i64(text, &value) || value < 1 || value > TRUNCATE_RANK_MAX)
        return status_input("truncate cannot take %s; it takes a rank, a whole number from 1 to %d",
                            quote_word(text).text, TRUNCATE_RANK_MAX);
    *rank = (int)value;
    return status_ok();
}

/* Checks one change of the schedule and makes it. */
static Status schedule_read_change(const char *step, const char *key, const char *value, ScheduledChange *out)
{
    *out = (ScheduledChange){0};
    if (!schedule_read_step(step, &out->step))
        return status_input("%s is not a step; a step is a whole number from 0 to 10^12", quote_word(step).text);
    const bool truncates = strcmp(key, SCHEDULE_TRUNCATE) == 0;
    Settings scratch = settings_default();
    int rank;
    Status s = truncates ? truncate_rank_read(value, &rank) : settings_set(&scratch, key, value);
    if (!status_is_ok(s))
        return s;
    if (!truncates && !settings_find(key)->midrun)
        return status_input("%s cannot change while a run trains, so a schedule cannot hold it", key);
    if (strlen(value) >= sizeof out->value)
        return status_input("the value of %s is too long", key);
    memcpy(out->key, key, strlen(key) + 1);
    memcpy(out->value, value, strlen(value) + 1);
    return status_ok();
}

Status schedule_add(Schedule *s, const char *word)
{
    const char *equals = strchr(word, '='), *colon = equals ? strchr(equals, ':') : NULL;
    if (!colon)
        return status_input("%s is not a scheduled change; it is written STEP=KEY:VALUE, as in 900=decay.kind:lrd",
                            quote_word(word).text);
    if (s->count >= SCHEDULE_MAX)
        return status_input("a schedule holds at most %d changes", SCHEDULE_MAX);
    char *copy = xstrdup(word);
    copy[equals - word] = copy[colon - word] = '\0';
    ScheduledChange change;
    Status status = schedule_read_change(copy, copy + (equals - word) + 1, copy + (colon - word) + 1, &change);
    if (status_is_ok(status))
        schedule_insert(s, &change);
    free(copy);
    return status;
}

void preset_free(Preset *p)
{
    schedule_free(&p->schedule);
}

/* ---- Reading a file */

/* Whether settings_table has keys of this section, or it is one of the other three. */
static bool preset_knows_section(const char *section)
{
    size_t n = strlen(section);
    for (int i = 0; i < settings_count; i++)
        if (strncmp(settings_table[i].key, section, n) == 0 && settings_table[i].key[n] == '.')
            return n > 0;
    return strcmp(section, schedule_section) == 0 || strcmp(section, expectation_section) == 0 ||
           strcmp(section, twin_section) == 0;
}

static void preset_read_section(PresetReader *r, const IniItem *item)
{
    r->skipping = !preset_knows_section(item->section);
    if (!r->skipping)
        return;
    const char *best = schedule_section;
    int least = text_distance(item->section, best);
    if (text_distance(item->section, expectation_section) < least) {
        best = expectation_section;
        least = text_distance(item->section, best);
    }
    if (text_distance(item->section, twin_section) < least) {
        best = twin_section;
        least = text_distance(item->section, best);
    }
    char word[SETTING_KEY_MAX], near[SETTING_KEY_MAX] = "";
    for (int i = 0; i < settings_count; i++) {
        size_t n = strcspn(settings_table[i].key, ".");
        memcpy(word, settings_table[i].key, n);
        word[n] = '\0';
        int distance = text_distance(item->section, word);
        if (distance < least) {
            least = distance;
            memcpy(near, word, sizeof near);
            best = near;
        }
    }
    if (least <= 2)
        PRESET_FAULT(r, item->line, "there is no section %s; did you mean [%s]?", quote_word(item->section).text, best);
    else
        PRESET_FAULT(r, item->line,
                     "there is no section %s; there are [task], [model], [train], [decay], [lab], "
                     "[schedule], [twin] and [expect]",
                     quote_word(item->section).text);
}

static void preset_read_setting(PresetReader *r, const IniItem *item)
{
    Text key = {0};
    text_addf(&key, "%s.%s", item->section, item->key);
    const Setting *row = settings_find(text_str(&key));
    int *earlier = row ? &r->line_of_setting[row - settings_table] : NULL;
    if (earlier && *earlier) {
        PRESET_FAULT(r, item->line, "%s was already set in line %d; take one of them out", row->key, *earlier);
    } else {
        Status s = settings_set(&r->preset->settings, text_str(&key), item->value);
        if (!status_is_ok(s))
            PRESET_FAULT(r, item->line, "%s", s.text);
    }
    if (earlier && !*earlier)
        *earlier = item->line;
    text_free(&key);
}

/* The line that already changes this key at this step, 0 when none does. */
static int preset_find_change(const PresetReader *r, const ScheduledChange *change)
{
    for (int i = 0; i < r->preset->schedule.count; i++) {
        const ScheduledChange *c = &r->preset->schedule.changes[i];
        if (c->step == change->step && strcmp(c->key, change->key) == 0)
            return r->line_of_change[i];
    }
    return 0;
}

/* STEP = KEY VALUE */
static void preset_read_change(PresetReader *r, const IniItem *item)
{
    char *copy = xstrdup(item->value);
    size_t n = strcspn(copy, " \t");
    char *value = copy + n + strspn(copy + n, " \t");
    copy[n] = '\0';
    ScheduledChange change;
    Status s = *value ? schedule_read_change(item->key, copy, value, &change)
                      : status_input("a scheduled change is written STEP = KEY VALUE, as in 900 = decay.kind lrd");
    free(copy);
    if (!status_is_ok(s)) {
        PRESET_FAULT(r, item->line, "%s", s.text);
        return;
    }
    Schedule *schedule = &r->preset->schedule;
    int earlier = preset_find_change(r, &change);
    if (earlier) {
        PRESET_FAULT(r, item->line, "%s is already changed at step %lld in line %d; take one of them out", change.key,
                     (long long)change.step, earlier);
    } else if (schedule->count >= SCHEDULE_MAX) {
        PRESET_FAULT(r, item->line, "a schedule holds at most %d changes", SCHEDULE_MAX);
    } else {
        int at = schedule_insert(schedule, &change), behind = schedule->count - at - 1;
        memmove(r->line_of_change + at + 1, r->line_of_change + at, (size_t)behind * sizeof *r->line_of_change);
        r->line_of_change[at] = item->line;
    }
}

static Status preset_unknown_expected(const char *key)
{
    ChoiceNearest nearest = choice_nearest(key);
    for (int i = 0; i < EXPECTATION_KEYS; i++)
        choice_offer(&nearest, expectation_keys[i]);
    if (nearest.name)
        return status_input("nothing is expected of %s; did you mean %s?", quote_word(key).text, nearest.name);
    return status_input("nothing is expected of %s; [%s] holds %s, %s, %s and %s", quote_word(key).text,
                        expectation_section, expectation_keys[0], expectation_keys[1], expectation_keys[2],
                        expectation_keys[3]);
}

static void preset_read_expected(PresetReader *r, const IniItem *item)
{
    int key = expectation_find(item->key);
    int *earlier = key >= 0 ? &r->line_of_expect[key] : NULL;
    Status s = status_ok();
    if (!earlier)
        s = preset_unknown_expected(item->key);
    else if (*earlier)
        s = status_input("%s.%s was already set in line %d; take one of them out", expectation_section, item->key,
                         *earlier);
    else
        s = expectation_set(&r->preset->expect, key, item->value);
    if (!status_is_ok(s))
        PRESET_FAULT(r, item->line, "%s", s.text);
    if (earlier && !*earlier)
        *earlier = item->line;
}

/* KEY = VALUE, the key with its section: decay.kind = none */
static void preset_read_twin(PresetReader *r, const IniItem *item)
{
    TwinSpec *twin = &r->preset->twin;
    const bool is_from = strcmp(item->key, "from") == 0;
    const int before = twin->changes.count;
    Status s = twin_spec_add(twin, item->key, item->value);
    const bool again = is_from ? r->from_given : before == twin->changes.count;
    if (!status_is_ok(s))
        PRESET_FAULT(r, item->line, "%s", s.text);
    else if (again)
        PRESET_FAULT(r, item->line, "%s stands here twice; take one of them out", item->key);
    r->from_given = r->from_given || is_from;
}

static void preset_read_item(PresetReader *r, const IniItem *item)
{
    if (!item->key)
        preset_read_section(r, item);
    else if (r->skipping)
        return;
    else if (strcmp(item->section, schedule_section) == 0)
        preset_read_change(r, item);
    else if (strcmp(item->section, expectation_section) == 0)
        preset_read_expected(r, item);
    else if (strcmp(item->section, twin_section) == 0)
        preset_read_twin(r, item);
    else
        preset_read_setting(r, item);
}

int preset_parse(const char *name, const char *bytes, size_t length, Preset *out, Text *problems)
{
    PresetReader r = {.name = name, .preset = out, .problems = problems};
    *out = (Preset){.settings = settings_default()};
    r.line_of_setting = xcalloc((size_t)settings_count, sizeof *r.line_of_setting);
    IniFile file;
    r.faults = ini_parse(name, bytes, length, &file, problems);
    for (int i = 0; i < file.count; i++)
        preset_read_item(&r, &file.items[i]);
    ini_free(&file);
    free(r.line_of_setting);
    if (r.faults)
        preset_free(out);
    return r.faults;
}

/* ---- Writing one */

/* A value that the reader would not take as it stands goes between quotes. */
static void preset_add_value(Text *out, const char *value)
{
    size_t n = strlen(value);
    bool plain = n == 0 ||
                 (value[0] != '"' && value[0] != '#' && value[0] != ' ' && value[n - 1] != ' ' && !strstr(value, " #"));
    if (plain) {
        text_add(out, value);
        return;
    }
    text_add(out, "\"");
    for (const char *s = value; *s; s++) {
        if (*s == '"' || *s == '\\')
            text_add(out, "\\");
        text_add_bytes(out, s, 1);
    }
    text_add(out, "\"");
}

void preset_print(const Settings *settings, const Schedule *schedule, const TwinSpec *twin, Text *out)
{
    const char *section = "";
    for (int i = 0; i < settings_count; i++) {
        const Setting *row = &settings_table[i];
        const char *word = strchr(row->key, '.') + 1;
        if (strncmp(section, row->key, (size_t)(word - row->key)) != 0) {
            text_addf(out, "%s[%.*s]\n", i ? "\n" : "", (int)(word - row->key) - 1, row->key);
            section = row->key;
        }
        Text value = {0};
        settings_get(settings, row, &value);
        text_addf(out, "%s = ", word);
        preset_add_value(out, text_str(&value));
        text_add(out, "\n");
        text_free(&value);
    }
    if (schedule && schedule->count)
        text_addf(out, "\n[%s]\n", schedule_section);
    for (int i = 0; schedule && i < schedule->count; i++)
        text_addf(out, "%lld = %s %s\n", (long long)schedule->changes[i].step, schedule->changes[i].key,
                  schedule->changes[i].value);
    if (twin && twin->asked) {
        text_addf(out, "\n[%s]\n", twin_section);
        twin_spec_print(twin, " = ", "\n", out);
        text_add(out, "\n");
    }
}
