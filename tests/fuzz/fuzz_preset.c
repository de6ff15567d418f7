/* A preset: what is taken can be printed, and what is printed is taken again and is the same. */
#include "fuzz.h"

#include <lrd/run/preset.h>

static void check_round(const Settings *settings, const Schedule *schedule)
{
    Text printed = {0}, again = {0}, problems = {0};
    Settings second = settings_default();
    Schedule changes = {0};
    preset_print(settings, schedule, &printed);
    int faults = preset_parse("printed", text_str(&printed), printed.length, &second, &changes, &problems);
    if (faults)
        fprintf(stderr, "%s\n%s\n", text_str(&printed), text_str(&problems));
    PROMISE(faults == 0);
    preset_print(&second, &changes, &again);
    PROMISE(strcmp(text_str(&printed), text_str(&again)) == 0);
    schedule_free(&changes);
    text_free(&printed);
    text_free(&again);
    text_free(&problems);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Settings settings = settings_default();
    Schedule schedule = {0};
    Text problems = {0};
    int faults = preset_parse("fuzz.ini", (const char *)data, size, &settings, &schedule, &problems);
    PROMISE((faults == 0) == (problems.length == 0));
    fuzz_check_words(text_str(&problems));
    if (faults == 0)
        check_round(&settings, &schedule);
    schedule_free(&schedule);
    text_free(&problems);
    return 0;
}
