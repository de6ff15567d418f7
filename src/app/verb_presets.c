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

int verb_presets(const Arguments *a)
{
    (void)a;
    PresetEntry *entries;
    int count = preset_list(&entries);
    presets_print(entries, count);
    free(entries);
    return EXIT_DONE;
}
