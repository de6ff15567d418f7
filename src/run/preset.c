#include <lrd/run/preset.h>

#include <lrd/base/quote.h>
#include <lrd/base/util.h>
#include <lrd/run/place.h>
#include <lrd/run/preset_builtin.h>
#include <lrd/run/textfile.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PRESET_BYTES_MAX = 1 << 20 };
static const char preset_suffix[] = ".ini";

const char *const preset_default_name = "classroom";
const char preset_where_builtin[] = "compiled in";

static bool preset_is_path(const char *name)
{
    size_t n = strlen(name), suffix = sizeof preset_suffix - 1;
    return strchr(name, '/') || (n >= suffix && strcmp(name + n - suffix, preset_suffix) == 0);
}

static const PresetBuiltin *preset_find_builtin(const char *name)
{
    for (int i = 0; i < preset_builtin_count; i++)
        if (strcmp(preset_builtin[i].name, name) == 0)
            return &preset_builtin[i];
    return NULL;
}

/* ---- Loading */

/* The first fault, and how many more there are: enough for one line on a screen. */
static Status preset_summarise(int faults, const Text *problems, size_t before)
{
    const char *first = text_str(problems) + before;
    int length = (int)strcspn(first, "\n");
    if (faults == 1)
        return status_input("%.*s", length, first);
    return status_input("%.*s (and %d more)", length > 500 ? 500 : length, first, faults - 1);
}

static Status preset_load_bytes(const char *name, const char *bytes, size_t length, Preset *out, Text *problems)
{
    size_t before = problems->length;
    int faults = preset_parse(name, bytes, length, out, problems);
    return faults ? preset_summarise(faults, problems, before) : status_ok();
}

static Status preset_load_file(const char *path, Preset *out, Text *problems)
{
    Text bytes = {0};
    Status s = textfile_read(path, PRESET_BYTES_MAX, &bytes);
    if (status_is_ok(s))
        s = preset_load_bytes(path, text_str(&bytes), bytes.length, out, problems);
    text_free(&bytes);
    return s;
}

const char *preset_entry_nearest(const PresetEntry *entries, int count, const char *name)
{
    const char *nearest = NULL;
    int least = 3; /* more edits are too many for a slip */
    for (int i = 0; i < count; i++) {
        int distance = text_distance(name, entries[i].name);
        if (distance < least) {
            least = distance;
            nearest = entries[i].name;
        }
    }
    return nearest;
}

static Status preset_unknown(const char *name)
{
    PresetEntry *entries;
    int count = preset_list(&entries);
    const char *nearest = preset_entry_nearest(entries, count, name);
    Text places = {0};
    place_print("", &places);
    Quote quoted = quote_word(name), near = quote_word(nearest ? nearest : "");
    Status s =
        nearest ? status_input("there is no preset %s; did you mean %s?", quoted.text, near.text)
                : status_input("there is no preset %s in %s or among those compiled in; \"lrdlab presets\" lists them",
                               quoted.text, text_str(&places));
    text_free(&places);
    free(entries);
    return s;
}

Status preset_load(const char *name_or_path, Preset *out, Text *problems)
{
    *out = (Preset){.settings = settings_default()};
    if (preset_is_path(name_or_path))
        return preset_load_file(name_or_path, out, problems);
    Text path = {0};
    const PresetBuiltin *builtin = preset_find_builtin(name_or_path);
    Status s;
    if (*name_or_path && place_find("", name_or_path, preset_suffix, &path))
        s = preset_load_file(text_str(&path), out, problems);
    else if (builtin)
        s = preset_load_bytes(builtin->name, builtin->bytes, strlen(builtin->bytes), out, problems);
    else
        s = preset_unknown(name_or_path);
    text_free(&path);
    return s;
}

/* ---- Listing */

typedef struct PresetLister {
    PresetEntry *entries;
    int count;
} PresetLister;

static void preset_add_entry(void *self, const char *name, size_t length, const char *where)
{
    PresetLister *l = self;
    PresetEntry entry = {.where = where};
    if (length == 0 || length >= sizeof entry.name)
        return;
    memcpy(entry.name, name, length);
    for (int i = 0; i < l->count; i++)
        if (strcmp(l->entries[i].name, entry.name) == 0)
            return;
    if (!quote_is_plain(entry.name))
        return;
    Preset preset;
    Text problems = {0};
    Status s = preset_load(entry.name, &preset, &problems);
    bool good = status_is_ok(s);
    snprintf(entry.title, sizeof entry.title, "%s", good ? preset.settings.lab.title : "(it has faults)");
    entry.settings = good ? preset.settings : settings_default();
    entry.expect = good ? preset.expect : (Expect){0};
    preset_free(&preset);
    text_free(&problems);
    l->entries = xrealloc(l->entries, (size_t)(l->count + 1) * sizeof *l->entries);
    l->entries[l->count++] = entry;
}

int preset_entry_compare(const void *a, const void *b)
{
    return strcmp(((const PresetEntry *)a)->name, ((const PresetEntry *)b)->name);
}

int preset_list(PresetEntry **entries)
{
    PresetLister l = {0};
    place_each("", preset_suffix, preset_add_entry, &l);
    for (int i = 0; i < preset_builtin_count; i++)
        preset_add_entry(&l, preset_builtin[i].name, strlen(preset_builtin[i].name), preset_where_builtin);
    if (l.count)
        qsort(l.entries, (size_t)l.count, sizeof *l.entries, preset_entry_compare);
    *entries = l.entries;
    return l.count;
}
