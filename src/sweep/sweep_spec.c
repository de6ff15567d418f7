/* Reading a spec; its cells are in sweep_cell.c. */
#include <lrd/sweep/sweep_spec.h>

#include <lrd/base/quote.h>
#include <lrd/base/util.h>
#include <lrd/io/ini.h>
#include <lrd/io/search_path.h>
#include <lrd/io/file_read.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SPEC_BYTES_MAX = 1 << 20, JOBS_MAX = 1024 };

const char *const sweep_keep_names[SWEEP_KEEP_COUNT + 1] = {"checkpoint", "log", "result", NULL};
static const char *const stop_names[] = {"never", "grokked", NULL};
const char sweep_at_key[] = "schedule.at", sweep_never[] = "never";
static const char at_word[] = "at";

typedef struct SpecReader {
    const char *name;
    SweepSpec *spec;
    Text *problems;
    int faults;
    int *line_of_setting;
    int line_of_at;   /* of the first "at" line, 0 for none */
    int line_of_axis; /* of the first axis, good or bad, likewise */
} SpecReader;

#define SPEC_FAULT(r, line, ...) ini_fault((r)->problems, &(r)->faults, (r)->name, line, __VA_ARGS__)

/* ---- [sweep] */

static bool choose(const char *word, const char *const *names, int *out)
{
    for (int i = 0; names[i]; i++)
        if (strcmp(names[i], word) == 0) {
            *out = i;
            return true;
        }
    return false;
}

static void read_base(SpecReader *r, const IniItem *item)
{
    Text problems = {0};
    Preset preset;
    Status s = preset_load(item->value, &preset, &problems);
    r->spec->base = preset.settings;
    r->spec->schedule = preset.schedule;
    r->spec->twin = preset.twin;
    if (!status_is_ok(s))
        SPEC_FAULT(r, item->line, "base: %s", problems.length ? "the preset has faults" : s.text);
    text_add(r->problems, text_str(&problems));
    text_free(&problems);
}

static void read_stop(SpecReader *r, const IniItem *item)
{
    int choice = 0;
    if (!choose(item->value, stop_names, &choice))
        SPEC_FAULT(r, item->line, "stop cannot be %s; it takes grokked or never", quote_word(item->value).text);
    r->spec->stop_grokked = choice == 1;
}

static void read_keep(SpecReader *r, const IniItem *item)
{
    int choice = 0;
    if (!choose(item->value, sweep_keep_names, &choice))
        SPEC_FAULT(r, item->line, "keep cannot be %s; it takes checkpoint, log or result",
                   quote_word(item->value).text);
    r->spec->keep = (SweepKeep)choice;
}

static void read_jobs(SpecReader *r, const IniItem *item)
{
    long long jobs;
    if (!text_to_i64(item->value, &jobs) || jobs < 1 || jobs > JOBS_MAX)
        SPEC_FAULT(r, item->line, "jobs cannot be %s; it takes a whole number from 1 to %d",
                   quote_word(item->value).text, JOBS_MAX);
    else
        r->spec->jobs = (int)jobs;
}

static const struct SweepKey {
    const char *key;
    void (*read)(SpecReader *r, const IniItem *item);
} sweep_keys[] = {{"base", read_base}, {"stop", read_stop}, {"keep", read_keep}, {"jobs", read_jobs}};
enum { SWEEP_KEYS = sizeof sweep_keys / sizeof sweep_keys[0] };

/* Before all else, so that settings may stand before the base that they are laid over. */
static void read_sweep(SpecReader *r, const IniFile *file)
{
    int lines[SWEEP_KEYS] = {0};
    for (int i = 0; i < file->count; i++) {
        const IniItem *item = &file->items[i];
        if (!item->key || strcmp(item->section, "sweep") != 0)
            continue;
        int k = 0;
        while (k < SWEEP_KEYS && strcmp(sweep_keys[k].key, item->key) != 0)
            k++;
        if (k == SWEEP_KEYS) {
            SPEC_FAULT(r, item->line, "there is no %s in [sweep]; there are base, stop, keep and jobs",
                       quote_word(item->key).text);
        } else if (lines[k]) {
            SPEC_FAULT(r, item->line, "%s was already set in line %d; take one of them out", item->key, lines[k]);
        } else {
            lines[k] = item->line;
            sweep_keys[k].read(r, item);
        }
    }
}

/* ---- Axes */

static bool value_to_word(const char *key, const char *value, Text *out, Status *status)
{
    long long step;
    if (strcmp(key, sweep_at_key) == 0) {
        bool never = strcmp(value, sweep_never) == 0, good = never;
        if (!never && text_to_i64(value, &step) && step >= 0 && step <= (long long)1e12) {
            text_addf(out, "%lld", step);
            good = true;
        }
        if (never)
            text_add(out, sweep_never);
        if (!good)
            *status = status_input("%s cannot be %s; it takes a step from 0 to 10^12, or never", sweep_at_key,
                                   quote_word(value).text);
        return good;
    }
    Settings scratch = settings_default();
    *status = settings_set(&scratch, key, value);
    if (!status_is_ok(*status))
        return false;
    settings_get(&scratch, settings_find(key), out);
    return true;
}

/* Whether a key may be an axis. */
static bool key_is_good(SpecReader *r, int line, const char *key)
{
    for (int a = 0; a < r->spec->axis_count; a++)
        for (int k = 0; k < r->spec->axes[a].key_count; k++)
            if (strcmp(r->spec->axes[a].keys[k], key) == 0) {
                SPEC_FAULT(r, line, "%s is an axis in line %d already; take one of them out", key,
                           r->spec->axes[a].line);
                return false;
            }
    if (strcmp(key, sweep_at_key) == 0)
        return true;
    if (strncmp(key, "lab.", 4) == 0) {
        SPEC_FAULT(r, line, "%s cannot be an axis: nothing that a run computes depends on lab.*", quote_word(key).text);
        return false;
    }
    if (!settings_find(key)) {
        Settings scratch;
        SPEC_FAULT(r, line, "%s", settings_set(&scratch, key, "").text);
        return false;
    }
    return true;
}

static bool read_keys(SpecReader *r, SweepAxis *axis, char *words, bool together)
{
    bool good = true;
    for (char *key; (key = strsep(&words, ","));) {
        key += strspn(key, " \t");
        key[strcspn(key, " \t")] = '\0';
        if (axis->key_count == SWEEP_TOGETHER_MAX) {
            SPEC_FAULT(r, axis->line, "at most %d keys can move together", SWEEP_TOGETHER_MAX);
            return false;
        }
        for (int k = 0; k < axis->key_count; k++)
            if (strcmp(axis->keys[k], key) == 0) {
                SPEC_FAULT(r, axis->line, "%s stands here twice", quote_word(key).text);
                return false;
            }
        if (!key_is_good(r, axis->line, key)) {
            good = false;
            continue;
        }
        memcpy(axis->keys[axis->key_count++], key, strlen(key) + 1);
    }
    if (good && together != (axis->key_count > 1))
        SPEC_FAULT(r, axis->line,
                   together ? "[together] wants several keys, as in KEY,KEY = a,b c,d; a single one "
                              "belongs to [axes]"
                            : "several keys belong to [together]; in [axes] each has a line of its own");
    return good && together == (axis->key_count > 1);
}

static bool axis_has_value(const SweepAxis *axis, char *const *words)
{
    for (int v = 0; v < axis->value_count; v++) {
        int same = 0;
        while (same < axis->key_count && strcmp(axis->words[v * axis->key_count + same], words[same]) == 0)
            same++;
        if (same == axis->key_count)
            return true;
    }
    return false;
}

/* One value of each key, commas between them. */
static void read_value(SpecReader *r, SweepAxis *axis, char *value)
{
    char *words[SWEEP_TOGETHER_MAX] = {0}, *rest = value, *whole = xstrdup(value);
    int count = 0;
    bool good = true;
    for (char *word; (word = strsep(&rest, ",")) && good; count++) {
        Text text = {0};
        Status s = status_ok();
        good = count < axis->key_count && value_to_word(axis->keys[count], word, &text, &s);
        if (!status_is_ok(s))
            SPEC_FAULT(r, axis->line, "%s", s.text);
        else if (!good)
            count = axis->key_count; /* one too many */
        else
            words[count] = text.data;
        if (!good)
            text_free(&text);
    }
    bool counted = count == axis->key_count;
    if (good ? !counted : count > axis->key_count)
        SPEC_FAULT(r, axis->line, "%s is not a value for each of %d keys, with commas between them",
                   quote_word(whole).text, axis->key_count);
    else if (good && axis_has_value(axis, words))
        SPEC_FAULT(r, axis->line, "%s stands here twice", quote_word(whole).text);
    else if (good) {
        axis->value_count++;
        axis->words = xrealloc(axis->words, (size_t)(axis->value_count * axis->key_count) * sizeof *axis->words);
        memcpy(axis->words + (axis->value_count - 1) * axis->key_count, words, (size_t)axis->key_count * sizeof *words);
        memset(words, 0, sizeof words);
    }
    for (int k = 0; k < SWEEP_TOGETHER_MAX; k++)
        free(words[k]);
    free(whole);
}

static void axis_free(SweepAxis *axis)
{
    for (int i = 0; i < axis->value_count * axis->key_count; i++)
        free(axis->words[i]);
    free(axis->words);
    *axis = (SweepAxis){0};
}

static void read_axis(SpecReader *r, const IniItem *item, bool together)
{
    r->line_of_axis = r->line_of_axis ? r->line_of_axis : item->line;
    if (r->spec->axis_count == SWEEP_AXES_MAX) {
        SPEC_FAULT(r, item->line, "at most %d axes are allowed", SWEEP_AXES_MAX);
        return;
    }
    SweepAxis axis = {.line = item->line};
    char *keys = xstrdup(item->key), *values = xstrdup(item->value), *rest = values;
    if (read_keys(r, &axis, keys, together)) {
        int before = r->faults;
        for (char *value; (value = strsep(&rest, " \t"));)
            if (*value)
                read_value(r, &axis, value);
        if (axis.value_count == 0 && r->faults == before)
            SPEC_FAULT(r, item->line, "%s has no values; they stand behind the '=', blanks between them", item->key);
        r->spec->axes[r->spec->axis_count++] = axis;
    }
    free(keys);
    free(values);
}

/* ---- [schedule] and settings */

static void read_change(SpecReader *r, const IniItem *item)
{
    bool at = strcmp(item->key, at_word) == 0;
    const char *value = item->value;
    size_t n = strcspn(value, " \t");
    Text word = {0};
    if (!value[n]) {
        SPEC_FAULT(r, item->line,
                   "a scheduled change is written STEP = KEY VALUE or at = KEY VALUE, as in 900 = decay.kind lrd");
        return;
    }
    text_addf(&word, "%s=%.*s:%s", at ? "0" : item->key, (int)n, value, value + n + strspn(value + n, " \t"));
    Status s = schedule_add(at ? &r->spec->at : &r->spec->schedule, text_str(&word));
    if (!status_is_ok(s))
        SPEC_FAULT(r, item->line, "%s", s.text);
    if (at && !r->line_of_at)
        r->line_of_at = item->line;
    text_free(&word);
}

/* Over the twin of the base. */
static void read_twin(SpecReader *r, const IniItem *item)
{
    Status s = twin_spec_add(&r->spec->twin, item->key, item->value);
    if (!status_is_ok(s))
        SPEC_FAULT(r, item->line, "%s", s.text);
}

static void read_setting(SpecReader *r, const IniItem *item)
{
    Text key = {0};
    text_addf(&key, "%s.%s", item->section, item->key);
    const Setting *row = settings_find(text_str(&key));
    int *earlier = row ? &r->line_of_setting[row - settings_table] : NULL;
    Status s = earlier && *earlier
                   ? status_input("%s was already set in line %d; take one of them out", row->key, *earlier)
                   : settings_set(&r->spec->base, text_str(&key), item->value);
    if (!status_is_ok(s))
        SPEC_FAULT(r, item->line, "%s", s.text);
    if (earlier && !*earlier)
        *earlier = item->line;
    text_free(&key);
}

static bool section_has_settings(const char *section)
{
    size_t n = strlen(section);
    for (int i = 0; i < settings_count; i++)
        if (n > 0 && strncmp(settings_table[i].key, section, n) == 0 && settings_table[i].key[n] == '.')
            return true;
    return false;
}

static void read_item(SpecReader *r, const IniItem *item)
{
    const char *section = item->section;
    if (strcmp(section, "sweep") == 0)
        return;
    bool axes = strcmp(section, "axes") == 0, together = strcmp(section, "together") == 0;
    bool schedule = strcmp(section, "schedule") == 0, twin = strcmp(section, twin_section) == 0;
    if (!item->key) {
        if (!axes && !together && !schedule && !twin && !section_has_settings(section))
            SPEC_FAULT(r, item->line,
                       "there is no section %s; there are [sweep], [axes], [together], [schedule], [twin] and those of "
                       "the settings, [task], [model], [train], [decay] and [lab]",
                       quote_word(section).text);
    } else if (axes || together) {
        read_axis(r, item, together);
    } else if (schedule) {
        read_change(r, item);
    } else if (twin) {
        read_twin(r, item);
    } else if (section_has_settings(section)) {
        read_setting(r, item);
    }
}

/* ---- What no line alone can tell */

static void check_grid(SpecReader *r)
{
    SweepSpec *spec = r->spec;
    const SweepAxis *at = NULL;
    spec->cells = 1;
    for (int a = 0; a < spec->axis_count; a++) {
        spec->cells = min_i64(spec->cells * max_int(spec->axes[a].value_count, 1), SWEEP_CELLS_MAX + 1);
        for (int k = 0; k < spec->axes[a].key_count; k++)
            if (strcmp(spec->axes[a].keys[k], sweep_at_key) == 0)
                at = &spec->axes[a];
    }
    if (!r->line_of_axis)
        SPEC_FAULT(r, 1, "there is no axis; write one in [axes], as in decay.strength = 0.001 0.005 0.01");
    if (spec->cells > SWEEP_CELLS_MAX)
        SPEC_FAULT(r, 1, "the grid has more than %d cells; cut it into several specs", SWEEP_CELLS_MAX);
    if (at && !r->line_of_at)
        SPEC_FAULT(r, at->line, "schedule.at needs what changes then: lines at = KEY VALUE in [schedule]");
    if (r->line_of_at && !at)
        SPEC_FAULT(r, r->line_of_at, "\"at\" needs the steps: a line schedule.at = STEP STEP ... in [axes]");
}

static void check_cells(SpecReader *r)
{
    Text name = {0};
    for (int64_t cell = 0; cell < r->spec->cells; cell++) {
        Settings settings;
        Schedule schedule;
        text_clear(&name);
        sweep_cell_name(r->spec, cell, &name);
        if (name.length > SWEEP_NAME_MAX) {
            SPEC_FAULT(r, r->spec->axes[0].line, "the name of cell %s has more than %d bytes; use fewer axes",
                       quote_word(text_str(&name)).text, SWEEP_NAME_MAX);
            break;
        }
        sweep_cell_make(r->spec, cell, &settings, &schedule);
        schedule_free(&schedule);
        Status s = settings_check(&settings);
        if (status_is_ok(s))
            s = twin_spec_check(&r->spec->twin, &settings);
        if (!status_is_ok(s))
            SPEC_FAULT(r, r->spec->axes[0].line, "cell %s: %s", text_str(&name), s.text);
    }
    text_free(&name);
}

int sweep_spec_parse(const char *name, const char *bytes, size_t length, SweepSpec *out, Text *problems)
{
    SpecReader r = {.name = name, .spec = out, .problems = problems};
    *out = (SweepSpec){.base = settings_default()};
    r.line_of_setting = xcalloc((size_t)settings_count, sizeof *r.line_of_setting);
    IniFile file;
    r.faults = ini_parse(name, bytes, length, &file, problems);
    read_sweep(&r, &file);
    for (int i = 0; i < file.count; i++)
        read_item(&r, &file.items[i]);
    check_grid(&r);
    if (!r.faults)
        check_cells(&r);
    ini_free(&file);
    free(r.line_of_setting);
    if (r.faults)
        sweep_spec_free(out);
    return r.faults;
}

void sweep_spec_free(SweepSpec *s)
{
    for (int a = 0; a < s->axis_count; a++)
        axis_free(&s->axes[a]);
    schedule_free(&s->schedule);
    schedule_free(&s->at);
    *s = (SweepSpec){0};
}

/* ---- Finding one */

static const char specs_inside[] = "sweeps";

Status sweep_spec_load(const char *name_or_path, SweepSpec *out, Text *problems)
{
    Text path = {0}, bytes = {0};
    *out = (SweepSpec){0};
    Status s = status_ok();
    if (access(name_or_path, F_OK) == 0 || strchr(name_or_path, '/'))
        text_add(&path, name_or_path);
    else if (!search_path_find(specs_inside, name_or_path, ".ini", &path)) {
        search_path_print(specs_inside, &bytes);
        s = status_input("there is no spec %s here or in %s; name a file", quote_word(name_or_path).text,
                         text_str(&bytes));
    }
    if (status_is_ok(s))
        s = file_read(text_str(&path), SPEC_BYTES_MAX, &bytes);
    if (!status_is_ok(s))
        text_addf(problems, "%s\n", s.text);
    else if (sweep_spec_parse(text_str(&path), text_str(&bytes), bytes.length, out, problems) > 0)
        s = status_input("%s has faults", quote_word(text_str(&path)).text);
    text_free(&path);
    text_free(&bytes);
    return s;
}
