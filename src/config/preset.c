#include <lrd/config/preset.h>

#include <lrd/base/quote.h>
#include <lrd/base/util.h>
#include <lrd/io/file_kind.h>
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

/* Not one "key = value". */
static bool text_sets_nothing(const char *s)
{
    for (; *s; s += strcspn(s, "\n"), s += *s == '\n') {
        const char *word = s + strspn(s, " \t\xEF\xBB\xBF");
        size_t equals = strcspn(word, "=\n");
        if (word[equals] == '=' && *word != '#')
            return false;
    }
    return true;
}

/* What is told of a file that is none of ours in one sentence, not in a fault a line. */
static Status preset_check_kind(const char *name, const char *bytes, size_t length)
{
    const Quote quoted = quote_word(name);
    bool big_endian;
    switch (file_kind_of_bytes(bytes, length)) {
    case FILE_JSON:
    case FILE_TABLE:
        return status_input("%s is no preset; where it is a log, \"lrdlab watch %s\" shows it", quoted.text, name);
    case FILE_TENSORS:
        return status_input("%s is a checkpoint or weights, no preset; --resume or --init begins with it", quoted.text);
    case FILE_GZIP:
    case FILE_BINARY:
        return status_input("%s is %s, no preset", quoted.text, file_kind_words(file_kind_of_bytes(bytes, length)));
    default:
        return file_head_is_utf16(bytes, length, &big_endian) || !text_sets_nothing(bytes)
                   ? status_ok()
                   : status_input("%s is empty: no setting is in it; \"lrdlab settings\" prints all of them as a file",
                                  quoted.text);
    }
}

/* A name that is none, but is that of a file here. */
static Status preset_unknown(const char *name)
{
    switch (*name ? file_kind(name) : FILE_MISSING) {
    case FILE_JSON:
    case FILE_TABLE:
        return preset_check_kind(name, "{", 1);
    case FILE_SECTIONS:
        return status_input("there is no preset %s; if the file of that name here is meant, say ./%s",
                            quote_word(name).text, name);
    default:
        return catalog_unknown(&preset_catalog, name);
    }
}

Status preset_load(const char *name_or_path, Preset *out, Text *problems)
{
    *out = (Preset){.settings = settings_default()};
    Text from = {0}, bytes = {0};
    Status s;
    if (!catalog_read(&preset_catalog, name_or_path, &from, &bytes, &s)) {
        s = preset_unknown(name_or_path);
    } else if (status_is_ok(s)) {
        s = preset_check_kind(text_str(&from), text_str(&bytes), bytes.length);
    }
    if (status_is_ok(s)) {
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
