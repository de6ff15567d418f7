/* Finding, listing and describing lessons; reading them is in lesson_file.c. */
#include <lrd/ui/lesson_file.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lrd/base/quote.h>
#include <lrd/base/util.h>
#include <lrd/run/place.h>
#include <lrd/run/preset_builtin.h>
#include <lrd/run/textfile.h>
#include <lrd/ui/lesson_check.h>

enum { LESSON_BYTES_MAX = 1 << 20 };

static const char lesson_folder[] = "lessons", lesson_ending[] = ".ini";
const char *const lesson_default_name = "grokking";

/* ---- Finding one */

static const PresetBuiltin *find_builtin(const char *name)
{
    for (int i = 0; i < lesson_builtin_count; i++)
        if (strcmp(lesson_builtin[i].name, name) == 0)
            return &lesson_builtin[i];
    return NULL;
}

static Status lesson_unknown(const char *name)
{
    PresetEntry *entries;
    int count = lesson_list(&entries);
    const char *nearest = preset_entry_nearest(entries, count, name);
    Text places = {0};
    place_print(lesson_folder, &places);
    Status s = nearest
                   ? status_input("there is no lesson %s; did you mean %s?", quote_word(name).text, nearest)
                   : status_input("there is no lesson %s in %s or among those compiled in; \"lrdlab lesson --list\" "
                                  "lists them",
                                  quote_word(name).text, text_str(&places));
    text_free(&places);
    free(entries);
    return s;
}

static bool is_path(const char *name)
{
    size_t n = strlen(name), ending = strlen(lesson_ending);
    return strchr(name, '/') || (n >= ending && strcmp(name + n - ending, lesson_ending) == 0);
}

/* The first fault in one line, for a screen; all of them are in *problems. */
static Status lesson_read(const char *name, const char *bytes, size_t length, Lesson *out, Text *problems)
{
    size_t before = problems->length;
    int faults = lesson_parse(name, bytes, length, out, problems);
    const char *first = text_str(problems) + before;
    return faults ? status_input("%.*s", (int)strcspn(first, "\n"), first) : status_ok();
}

Status lesson_load(const char *name_or_path, Lesson *out, Text *problems)
{
    Text path = {0}, bytes = {0};
    const PresetBuiltin *builtin = find_builtin(name_or_path);
    *out = (Lesson){0};
    Status s = status_ok();
    if (is_path(name_or_path))
        text_add(&path, name_or_path);
    else if (!*name_or_path || !place_find(lesson_folder, name_or_path, lesson_ending, &path))
        text_clear(&path);
    if (path.length) {
        s = textfile_read(text_str(&path), LESSON_BYTES_MAX, &bytes);
        if (status_is_ok(s))
            s = lesson_read(text_str(&path), text_str(&bytes), bytes.length, out, problems);
    } else if (builtin) {
        s = lesson_read(builtin->name, builtin->bytes, strlen(builtin->bytes), out, problems);
    } else {
        s = lesson_unknown(name_or_path);
    }
    text_free(&path);
    text_free(&bytes);
    return s;
}

/* ---- Describing */

bool lesson_is_file(const char *path)
{
    static const char heading[] = "[lesson]";
    Text bytes = {0};
    bool found = false;
    if (status_is_ok(textfile_read(path, LESSON_BYTES_MAX, &bytes)))
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
    for (int i = 0; i < step->check_count; i++) {
        text_add(out, i ? ", " : " (waits for ");
        lesson_check_print(&step->check[i], out);
    }
    text_add(out, step->check_count ? ")\n" : "\n");
}

Status lesson_describe(const char *path, Text *out)
{
    Text bytes = {0}, problems = {0};
    Lesson *lesson = xcalloc(1, sizeof *lesson);
    Status s = textfile_read(path, LESSON_BYTES_MAX, &bytes);
    if (status_is_ok(s) && lesson_parse(path, text_str(&bytes), bytes.length, lesson, &problems) > 0)
        s = status_input("%s reads like a lesson but has faults:\n%.*s", path, (int)problems.length - 1,
                         text_str(&problems));
    if (status_is_ok(s))
        text_addf(out, "%s: a lesson over a run of %s: %s\n", path, lesson->preset, lesson->title);
    for (int i = 0; i < lesson->count; i++)
        describe_step(&lesson->step[i], i + 1, out);
    free(lesson);
    text_free(&bytes);
    text_free(&problems);
    return s;
}

/* ---- Listing */

typedef struct LessonLister {
    PresetEntry *entries;
    int count;
} LessonLister;

static void add_entry(void *self, const char *name, size_t length, const char *where)
{
    LessonLister *l = self;
    PresetEntry entry = {.where = where};
    if (length == 0 || length >= sizeof entry.name)
        return;
    memcpy(entry.name, name, length);
    for (int i = 0; i < l->count; i++)
        if (strcmp(l->entries[i].name, entry.name) == 0)
            return;
    if (!quote_is_plain(entry.name))
        return;
    Lesson *lesson = xcalloc(1, sizeof *lesson);
    Text problems = {0};
    Status s = lesson_load(entry.name, lesson, &problems);
    snprintf(entry.title, sizeof entry.title, "%.*s", (int)sizeof entry.title - 1,
             status_is_ok(s) ? lesson->title : "(it has faults)");
    free(lesson);
    text_free(&problems);
    l->entries = xrealloc(l->entries, (size_t)(l->count + 1) * sizeof *l->entries);
    l->entries[l->count++] = entry;
}

int lesson_list(PresetEntry **entries)
{
    LessonLister l = {0};
    place_each(lesson_folder, lesson_ending, add_entry, &l);
    for (int i = 0; i < lesson_builtin_count; i++)
        add_entry(&l, lesson_builtin[i].name, strlen(lesson_builtin[i].name), "compiled in");
    if (l.count)
        qsort(l.entries, (size_t)l.count, sizeof *l.entries, preset_entry_compare);
    *entries = l.entries;
    return l.count;
}
