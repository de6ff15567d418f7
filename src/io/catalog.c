#include <lrd/io/catalog.h>

#include <lrd/base/choice.h>
#include <lrd/base/quote.h>
#include <lrd/base/util.h>
#include <lrd/io/search_path.h>
#include <lrd/io/file_read.h>

#include <stdlib.h>
#include <string.h>

enum { SHELF_BYTES_MAX = 1 << 20 };

static int shelf_builtins(const Shelf *shelf)
{
    return shelf->builtin ? *shelf->builtin_count : 0;
}

static const PresetBuiltin *shelf_find_builtin(const Shelf *shelf, const char *name)
{
    for (int i = 0; i < shelf_builtins(shelf); i++)
        if (strcmp(shelf->builtin[i].name, name) == 0)
            return &shelf->builtin[i];
    return NULL;
}

static bool shelf_is_path(const Shelf *shelf, const char *name)
{
    size_t n = strlen(name), ending = strlen(shelf->ending);
    return strchr(name, '/') || (n >= ending && strcmp(name + n - ending, shelf->ending) == 0);
}

bool shelf_read(const Shelf *shelf, const char *name_or_path, Text *from, Text *bytes, Status *status)
{
    *status = status_ok();
    text_clear(from);
    text_clear(bytes);
    if (shelf_is_path(shelf, name_or_path))
        text_add(from, name_or_path);
    else if (!*name_or_path || !place_find(shelf->inside, name_or_path, shelf->ending, from))
        text_clear(from);
    if (from->length) {
        *status = textfile_read(text_str(from), SHELF_BYTES_MAX, bytes);
        return true;
    }
    const PresetBuiltin *builtin = shelf_find_builtin(shelf, name_or_path);
    if (!builtin)
        return false;
    text_add(from, builtin->name);
    text_add(bytes, builtin->bytes);
    return true;
}

/* ---- Listing */

typedef struct Lister {
    const Shelf *shelf;
    PresetEntry *entries;
    int count;
} Lister;

static void lister_add(void *self, const char *name, size_t length, const char *where)
{
    Lister *l = self;
    PresetEntry entry = {.where = where};
    if (length == 0 || length >= sizeof entry.name || (l->shelf->is_name && !l->shelf->is_name(name, length)))
        return;
    memcpy(entry.name, name, length);
    for (int i = 0; i < l->count; i++)
        if (strcmp(l->entries[i].name, entry.name) == 0)
            return;
    if (!quote_is_plain(entry.name))
        return;
    l->shelf->tell(&entry);
    l->entries = xrealloc(l->entries, (size_t)(l->count + 1) * sizeof *l->entries);
    l->entries[l->count++] = entry;
}

static int entry_compare(const void *a, const void *b)
{
    return strcmp(((const PresetEntry *)a)->name, ((const PresetEntry *)b)->name);
}

int shelf_list(const Shelf *shelf, PresetEntry **entries)
{
    Lister l = {.shelf = shelf};
    place_each(shelf->inside, shelf->ending, lister_add, &l);
    for (int i = 0; i < shelf_builtins(shelf); i++)
        lister_add(&l, shelf->builtin[i].name, strlen(shelf->builtin[i].name), preset_where_builtin);
    if (l.count)
        qsort(l.entries, (size_t)l.count, sizeof *l.entries, entry_compare);
    *entries = l.entries;
    return l.count;
}

Status shelf_unknown(const Shelf *shelf, const char *name)
{
    PresetEntry *entries;
    const int count = shelf_list(shelf, &entries);
    ChoiceNearest nearest = choice_nearest(name);
    for (int i = 0; i < count; i++)
        choice_offer(&nearest, entries[i].name);
    Text places = {0};
    place_print(shelf->inside, &places);
    const Quote quoted = quote_word(name);
    Status s = nearest.name
                   ? status_input("there is no %s %s; did you mean %s?", shelf->word, quoted.text, nearest.name)
                   : status_input("there is no %s %s in %s%s; \"%s\" lists them", shelf->word, quoted.text,
                                  text_str(&places), shelf->builtin ? " or among those compiled in" : "", shelf->list);
    text_free(&places);
    free(entries);
    return s;
}
