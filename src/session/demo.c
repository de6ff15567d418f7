#include <lrd/session/demo.h>

#include <lrd/base/quote.h>
#include <lrd/io/search_path.h>
#include <lrd/log/runlog.h>
#include <lrd/io/catalog.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool demo_is_name(const char *name, size_t length);
static void demo_tell(CatalogEntry *entry);

static const Catalog demo_catalog = {.word = "demo",
                                     .list = "lrdlab demo --list",
                                     .inside = "demos",
                                     .ending = ".jsonl",
                                     .is_name = demo_is_name,
                                     .tell = demo_tell};

/* false: what is there is no log of ours. */
static bool demo_read_start(const char *path, LogStart *out)
{
    Status s;
    Record record;
    record_init(&record);
    RunlogReader *reader = runlog_reader_open(path, &s);
    bool is_log = reader && runlog_reader_next(reader, &record, &s) && record.kind == RECORD_START;
    *out = record.start;
    runlog_reader_close(reader);
    record_free(&record);
    return is_log;
}

/* ---- Listing */

/* NAME.OTHER is a log behind NAME. */
static bool demo_is_name(const char *name, size_t length)
{
    return length < COMPARISON_NAME_MAX && !memchr(name, '.', length);
}

static void demo_tell(CatalogEntry *entry)
{
    Text path = {0};
    LogStart start;
    bool is_log = search_path_find(demo_catalog.inside, entry->name, demo_catalog.ending, &path) &&
                  demo_read_start(text_str(&path), &start);
    snprintf(entry->title, sizeof entry->title, "%s", is_log ? start.settings.lab.title : "(it is no log)");
    text_free(&path);
}

int demo_list(CatalogEntry **entries)
{
    return catalog_list(&demo_catalog, entries);
}

/* ---- Finding */

static Status demo_unknown(const char *name)
{
    CatalogEntry *entries;
    const int count = demo_list(&entries);
    free(entries);
    if (count)
        return catalog_unknown(&demo_catalog, name);
    Text places = {0};
    search_path_print(demo_catalog.inside, &places);
    Status s = status_input("there is no demo in %s; \"make install\" puts them there, and \"lrdlab\" is a live run",
                            text_str(&places));
    text_free(&places);
    return s;
}

/* Those behind the first by name, since a folder's order is nobody's. */
static void demo_add_log(Demo *d, const char *file, const char *name)
{
    Text path = {0};
    bool again = false;
    for (int i = 0; i < d->count; i++)
        again |= strcmp(d->name[i], name) == 0;
    if (again || d->count == REPLAY_LOGS_MAX ||
        !search_path_find(demo_catalog.inside, file, demo_catalog.ending, &path)) {
        text_free(&path);
        return;
    }
    int at = d->count++;
    for (; at > 1 && strcmp(d->name[at - 1], name) > 0; at--) {
        d->path[at] = d->path[at - 1];
        memcpy(d->name[at], d->name[at - 1], COMPARISON_NAME_MAX);
    }
    d->path[at] = path;
    snprintf(d->name[at], COMPARISON_NAME_MAX, "%s", name);
}

static void demo_add_other(void *self, const char *name, size_t length, const char *where)
{
    (void)where;
    Demo *d = self;
    char file[2 * COMPARISON_NAME_MAX];
    size_t front = strlen(d->name[0]), other = front + 1;
    if (length <= other || length - other >= COMPARISON_NAME_MAX || strncmp(name, d->name[0], front) != 0 ||
        name[front] != '.')
        return;
    memcpy(file, name, length);
    file[length] = '\0';
    if (quote_is_plain(file))
        demo_add_log(d, file, file + other);
}

Status demo_find(const char *name, Demo *out)
{
    *out = (Demo){0};
    if (*name && strlen(name) < COMPARISON_NAME_MAX && !strpbrk(name, "/."))
        demo_add_log(out, name, name);
    if (out->count == 0)
        return demo_unknown(name);
    search_path_each(demo_catalog.inside, demo_catalog.ending, demo_add_other, out);
    LogStart start;
    if (demo_read_start(text_str(&out->path[0]), &start))
        snprintf(out->preset, sizeof out->preset, "%s", start.preset);
    return status_ok();
}

void demo_free(Demo *d)
{
    for (int i = 0; i < d->count; i++)
        text_free(&d->path[i]);
    *d = (Demo){0};
}
