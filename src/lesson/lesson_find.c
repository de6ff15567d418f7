/* Finding, listing and describing lessons; reading them is in lesson_file.c. */
#include <lrd/lesson/lesson_file.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lrd/base/quote.h>
#include <lrd/base/util.h>
#include <lrd/io/builtin_files.h>
#include <lrd/io/catalog.h>
#include <lrd/io/file_read.h>
#include <lrd/lesson/lesson_check.h>

enum { LESSON_BYTES_MAX = 1 << 20 };

const char *const lesson_default_name = "grokking";

/* ---- Finding one */

static void lesson_tell(CatalogEntry *entry, const ActionTable *keys);

static const Catalog lesson_catalog = {.word = "lesson",
                                       .list = "lrdlab lesson --list",
                                       .inside = "lessons",
                                       .ending = ".ini",
                                       .builtin = lesson_builtin,
                                       .builtin_count = &lesson_builtin_count};

/* The first fault in one line, for a screen; all of them are in *problems. */
static Status lesson_read(const char *name, const char *bytes, size_t length, const ActionTable *keys, Lesson *out,
                          Text *problems)
{
    size_t before = problems->length;
    int faults = lesson_parse(name, bytes, length, keys, out, problems);
    const char *first = text_str(problems) + before;
    return faults ? status_input("%.*s", (int)strcspn(first, "\n"), first) : status_ok();
}

Status lesson_load(const char *name_or_path, const ActionTable *keys, Lesson *out, Text *problems)
{
    Text from = {0}, bytes = {0};
    *out = (Lesson){0};
    Status s;
    if (!catalog_read(&lesson_catalog, name_or_path, &from, &bytes, &s))
        s = catalog_unknown(&lesson_catalog, name_or_path);
    else if (status_is_ok(s))
        s = lesson_read(text_str(&from), text_str(&bytes), bytes.length, keys, out, problems);
    text_free(&from);
    text_free(&bytes);
    return s;
}

/* ---- Describing */

bool lesson_is_file(const char *path)
{
    static const char heading[] = "[lesson]";
    Text bytes = {0};
    bool found = false;
    if (status_is_ok(file_read(path, LESSON_BYTES_MAX, &bytes)))
        for (const char *at = text_str(&bytes); *at && !found; at += strcspn(at, "\n")) {
            at += strspn(at, " \t\r\n");
            found = strncmp(at, heading, sizeof heading - 1) == 0;
        }
    text_free(&bytes);
    return found;
}

static void describe_step(const LessonStep *step, int number, Text *out)
{
    text_addf(out, "  %d: %s", number, step->title);
    for (int i = 0; i < step->check_count; i++)
        text_addf(out, "%s%s", i ? ", " : " (waits for ", step->check[i].waits);
    text_add(out, step->check_count ? ")\n" : "\n");
}

Status lesson_describe(const char *path, const ActionTable *keys, Text *out)
{
    Text bytes = {0}, problems = {0};
    Lesson *lesson = xcalloc(1, sizeof *lesson);
    Status s = file_read(path, LESSON_BYTES_MAX, &bytes);
    if (status_is_ok(s) && lesson_parse(path, text_str(&bytes), bytes.length, keys, lesson, &problems) > 0)
        s = status_with_lines(status_input("%s reads like a lesson but has faults:", path), text_str(&problems));
    if (status_is_ok(s)) {
        quote_add(out, path);
        text_addf(out, ": a lesson over a run of %s: %s\n", lesson->preset, lesson->title);
    }
    for (int i = 0; i < lesson->count; i++)
        describe_step(&lesson->step[i], i + 1, out);
    free(lesson);
    text_free(&bytes);
    text_free(&problems);
    return s;
}

/* ---- Listing */

static void lesson_tell(CatalogEntry *entry, const ActionTable *keys)
{
    Lesson *lesson = xcalloc(1, sizeof *lesson);
    Text problems = {0};
    Status s = lesson_load(entry->name, keys, lesson, &problems);
    snprintf(entry->title, sizeof entry->title, "%.*s", (int)sizeof entry->title - 1,
             status_is_ok(s) ? lesson->title : "(it has faults)");
    free(lesson);
    text_free(&problems);
}

int lesson_list(const ActionTable *keys, CatalogEntry **entries)
{
    int count = catalog_list(&lesson_catalog, entries);
    for (int i = 0; i < count; i++)
        lesson_tell(&(*entries)[i], keys);
    return count;
}
