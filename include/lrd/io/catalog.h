/* io/catalog: one kind of file that can be called by its name alone: presets, lessons, demos.
 *
 * Where it is looked for is io/search_path's; behind those folders come the files that are compiled in. What is inside
 * a file is its owner's: a catalog is a constant of the module that reads the kind.
 *
 * Ownership: the caller's Text; a list is one block for free(). Threads: any. */
#ifndef LRD_IO_CATALOG_H
#define LRD_IO_CATALOG_H

#include <stdbool.h>
#include <stddef.h>

#include <lrd/base/status.h>
#include <lrd/base/text.h>
#include <lrd/io/builtin_files.h>

extern const char catalog_compiled_in[];

typedef struct CatalogEntry {
    char name[64];
    char title[160];
    const char *where; /* catalog_compiled_in, or the folder's kind */
} CatalogEntry;

typedef struct Catalog {
    const char *word, *list;     /* "preset", and the command that lists them */
    const char *inside, *ending; /* of io/search_path */
    const BuiltinFile *builtin;  /* NULL: none is compiled in */
    const int *builtin_count;
    bool (*is_name)(const char *name, size_t length); /* NULL: any name is one */
    void (*tell)(CatalogEntry *entry);                /* what a list says of the file that entry->name finds, or NULL */
} Catalog;

/* Anything with a slash or the kind's ending is a path, anything else a name. A file's bytes go to *bytes, and to *from
 * what messages call it: its path, or its name when it is compiled in. false: nothing has this name. */
bool catalog_read(const Catalog *catalog, const char *name_or_path, Text *from, Text *bytes, Status *status);

/* Every file that can be found by name, sorted, each name once; a name that would harm a screen is left out. */
int catalog_list(const Catalog *catalog, CatalogEntry **entries);

/* STATUS_INPUT for a name that nothing has: what it may be a slip of, or where was looked and what lists them. */
Status catalog_unknown(const Catalog *catalog, const char *name);

#endif
