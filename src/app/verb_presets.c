#include <lrd/app/verbs.h>
#include <lrd/base/util.h>
#include <lrd/config/preset.h>
#include <lrd/io/builtin_files.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void presets_print(const CatalogEntry *entries, int count)
{
    int name = 0, where = 0;
    for (int i = 0; i < count; i++) {
        name = max_int(name, (int)strlen(entries[i].name));
        where = max_int(where, (int)strlen(entries[i].where));
    }
    for (int i = 0; i < count; i++)
        printf("%-*s  %-*s  %s\n", name, entries[i].name, where, entries[i].where, entries[i].title);
}

/* Two lines a preset: what it is, and what it comes to; and where it lies, if that is not the program itself. */
static void print_with_brief(const PresetEntry *entries, int count)
{
    int name = 0;
    for (int i = 0; i < count; i++)
        name = max_int(name, (int)strlen(entries[i].name));
    for (int i = 0; i < count; i++) {
        const PresetEntry *e = &entries[i];
        Text brief = {0};
        expectation_add_brief(&e->expect, &e->settings, &brief);
        bool outside = strcmp(e->where, catalog_compiled_in) != 0;
        printf("%-*s  %s\n  %s%s%s\n", name, e->name, e->title, text_str(&brief), outside ? "; from " : "",
               outside ? e->where : "");
        text_free(&brief);
    }
}

static bool is_shipped(const char *name)
{
    bool found = false;
    for (int i = 0; i < preset_builtin_count; i++)
        found = found || strcmp(preset_builtin[i].name, name) == 0;
    return found;
}

/* Those that come with the program: the README is about them. */
static void print_markdown(const PresetEntry *entries, int count)
{
    printf("| preset | what it is | what to expect |\n| --- | --- | --- |\n");
    for (int i = 0; i < count; i++) {
        const PresetEntry *e = &entries[i];
        Text brief = {0};
        expectation_add_brief(&e->expect, &e->settings, &brief);
        if (is_shipped(e->name))
            printf("| `%s` | %s | %s |\n", e->name, e->title, text_str(&brief));
        text_free(&brief);
    }
}

int verb_presets(const Arguments *a)
{
    PresetEntry *entries;
    int count = preset_list(&entries);
    if (a->markdown)
        print_markdown(entries, count);
    else
        print_with_brief(entries, count);
    free(entries);
    return EXIT_DONE;
}
