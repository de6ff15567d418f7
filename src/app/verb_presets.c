#include <lrd/app/verbs.h>
#include <lrd/base/util.h>
#include <lrd/run/preset.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void presets_print(const PresetEntry *entries, int count)
{
    int name = 0, where = 0;
    for (int i = 0; i < count; i++) {
        name = max_int(name, (int)strlen(entries[i].name));
        where = max_int(where, (int)strlen(entries[i].where));
    }
    for (int i = 0; i < count; i++)
        printf("%-*s  %-*s  %s\n", name, entries[i].name, where, entries[i].where, entries[i].title);
}

/* Two lines a preset: what it is, and what it comes to. */
static void print_with_brief(const PresetEntry *entries, int count)
{
    int name = 0;
    for (int i = 0; i < count; i++)
        name = max_int(name, (int)strlen(entries[i].name));
    for (int i = 0; i < count; i++) {
        const PresetEntry *e = &entries[i];
        Text brief = {0};
        expect_add_brief(&e->expect, &e->settings, &brief);
        printf("%-*s  %s\n%*s  %s; %s\n", name, e->name, e->title, name, "", text_str(&brief), e->where);
        text_free(&brief);
    }
}

int verb_presets(const Arguments *a)
{
    (void)a;
    PresetEntry *entries;
    int count = preset_list(&entries);
    print_with_brief(entries, count);
    free(entries);
    return EXIT_DONE;
}
