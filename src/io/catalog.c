#include <lrd/io/catalog.h>

#include <lrd/base/choice.h>
#include <lrd/base/quote.h>
#include <lrd/base/util.h>
#include <lrd/io/search_path.h>
#include <lrd/io/file_read.h>

#include <stdlib.h>
#include <string.h>

enum { CATALOG_BYTES_MAX = 1 << 20 };

const char catalog_compiled_in[] = "compiled in";

static int catalog_builtins(const Catalog *catalog)
{
    return catalog->builtin ? *catalog->builtin_count : 0;
}

static const BuiltinFile *catalog_find_builtin(const Catalog *catalog, const char *name)
{
    for (int i = 0; i < catalog_builtins(catalog); i++)
        if (strcmp(catalog->builtin[i].name, name) == 0)
            return &catalog->builtin[i];
    return NULL;
}

static bool catalog_is_path(const Catalog *catalog, const char *name)
{
    size_t n = strlen(name), ending = strlen(catalog->ending);
    return strchr(name, '/') || (n >= ending && strcmp(name + n - ending, catalog->ending) == 0);
}

bool catalog_read(const Catalog *catalog, const char *name_or_path, Text *from, Text *bytes, Status *status)
{
    *status = status_ok();
    text_clear(from);
    text_clear(bytes);
    if (catalog_is_path(catalog, name_or_path))
        text_add(from, name_or_path);
    else if (!*name_or_path || !search_path_find(catalog->inside, name_or_path, catalog->ending, from))
        text_clear(from);
    if (from->length) {
        *status = file_read(text_str(from), CATALOG_BYTES_MAX, bytes);
        return true;
    }
    const BuiltinFile *builtin = catalog_find_builtin(catalog, name_or_path);
    if (!builtin)
        return false;
    text_add(from, builtin->name);
    text_add(bytes, builtin->bytes);
    return true;
}

/* ---- Listing */

typedef struct Lister {
    const Catalog *catalog;
    CatalogEntry *entries;
    int count;
} Lister;

static void lister_add(void *self, const char *name, size_t length, const char *where)
{
    Lister *l = self;
    CatalogEntry entry = {.where = where};
    if (length == 0 || length >= sizeof entry.name || (l->catalog->is_name && !l->catalog->is_name(name, length)))
        return;
    memcpy(entry.name, name, length);
    for (int i = 0; i < l->count; i++)
        if (strcmp(l->entries[i].name, entry.name) == 0)
            return;
    if (!quote_is_plain(entry.name))
        return;
    if (l->catalog->tell)
        l->catalog->tell(&entry);
    l->entries = xrealloc(l->entries, (size_t)(l->count + 1) * sizeof *l->entries);
    l->entries[l->count++] = entry;
}

static int entry_compare(const void *a, const void *b)
{
    return strcmp(((const CatalogEntry *)a)->name, ((const CatalogEntry *)b)->name);
}

int catalog_list(const Catalog *catalog, CatalogEntry **entries)
{
    Lister l = {.catalog = catalog};
    search_path_each(catalog->inside, catalog->ending, lister_add, &l);
    for (int i = 0; i < catalog_builtins(catalog); i++)
        lister_add(&l, catalog->builtin[i].name, strlen(catalog->builtin[i].name), catalog_compiled_in);
    if (l.count)
        qsort(l.entries, (size_t)l.count, sizeof *l.entries, entry_compare);
    *entries = l.entries;
    return l.count;
}

Status catalog_unknown(const Catalog *catalog, const char *name)
{
    CatalogEntry *entries;
    const int count = catalog_list(catalog, &entries);
    ChoiceNearest nearest = choice_nearest(name);
    for (int i = 0; i < count; i++)
        choice_offer(&nearest, entries[i].name);
    Text places = {0};
    search_path_print(catalog->inside, &places);
    const Quote quoted = quote_word(name);
    Status s =
        nearest.name
            ? status_input("there is no %s %s; did you mean %s?", catalog->word, quoted.text, nearest.name)
            : status_input("there is no %s %s in %s%s; \"%s\" lists them", catalog->word, quoted.text,
                           text_str(&places), catalog->builtin ? " or among those compiled in" : "", catalog->list);
    text_free(&places);
    free(entries);
    return s;
}
