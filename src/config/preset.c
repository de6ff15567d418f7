#include <lrd/config/preset.h>

#include <lrd/base/util.h>
#include <lrd/io/builtin_files.h>
#include <lrd/io/catalog.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const preset_default_name = "classroom";

static void preset_tell(CatalogEntry *entry);

static const Catalog preset_catalog = {.word = "preset",
                                       .list = "lrdlab presets",
                                       .inside = "",
                                       .ending = ".ini",
                                       .builtin = preset_builtin,
                                       .builtin_count = &preset_builtin_count,
                                       .tell = preset_tell};

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

Status preset_load(const char *name_or_path, Preset *out, Text *problems)
{
    *out = (Preset){.settings = settings_default()};
    Text from = {0}, bytes = {0};
    Status s;
    if (!catalog_read(&preset_catalog, name_or_path, &from, &bytes, &s)) {
        s = catalog_unknown(&preset_catalog, name_or_path);
    } else if (status_is_ok(s)) {
        size_t before = problems->length;
        int faults = preset_parse(text_str(&from), text_str(&bytes), bytes.length, out, problems);
        if (faults)
            s = preset_summarise(faults, problems, before);
    }
    text_free(&from);
    text_free(&bytes);
    return s;
}

/* ---- Listing */

/* false: it has faults, and *out is empty. */
static bool preset_load_whole(const char *name, Preset *out)
{
    Text problems = {0};
    bool good = status_is_ok(preset_load(name, out, &problems));
    if (!good) {
        preset_free(out);
        *out = (Preset){.settings = settings_default()};
    }
    text_free(&problems);
    return good;
}

static void preset_tell(CatalogEntry *entry)
{
    Preset preset;
    bool good = preset_load_whole(entry->name, &preset);
    snprintf(entry->title, sizeof entry->title, "%s", good ? preset.settings.lab.title : "(it has faults)");
    preset_free(&preset);
}

int preset_names(CatalogEntry **entries)
{
    return catalog_list(&preset_catalog, entries);
}

int preset_list(PresetEntry **entries)
{
    CatalogEntry *files;
    const int count = preset_names(&files);
    *entries = xcalloc((size_t)count + 1, sizeof **entries);
    for (int i = 0; i < count; i++) {
        Preset preset;
        preset_load_whole(files[i].name, &preset);
        PresetEntry *e = &(*entries)[i];
        *e = (PresetEntry){.where = files[i].where, .settings = preset.settings, .expect = preset.expect};
        memcpy(e->name, files[i].name, sizeof e->name);
        memcpy(e->title, files[i].title, sizeof e->title);
        preset_free(&preset);
    }
    free(files);
    return count;
}
