/* A preset: what is taken can be printed, and what is printed is taken again and is the same. */
#include "fuzz.h"

#include <lrd/config/preset.h>

static void print_preset(const Preset *p, Text *out)
{
    preset_print(&p->settings, &p->schedule, &p->twin, out);
    expectation_print(&p->expect, out);
}

static void check_round(const Preset *first)
{
    Text printed = {0}, again = {0}, problems = {0};
    Preset second;
    print_preset(first, &printed);
    int faults = preset_parse("printed", text_str(&printed), printed.length, &second, &problems);
    if (faults)
        fprintf(stderr, "%s\n%s\n", text_str(&printed), text_str(&problems));
    PROMISE(faults == 0);
    print_preset(&second, &again);
    PROMISE(strcmp(text_str(&printed), text_str(&again)) == 0);
    preset_free(&second);
    text_free(&printed);
    text_free(&again);
    text_free(&problems);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Preset preset;
    Text problems = {0}, words = {0};
    int faults = preset_parse("fuzz.ini", (const char *)data, size, &preset, &problems);
    PROMISE((faults == 0) == (problems.length == 0));
    fuzz_check_words(text_str(&problems));
    if (faults == 0) {
        check_round(&preset);
        expectation_add_words(&preset.expect, &preset.settings, " ", &words);
        expectation_add_brief(&preset.expect, &preset.settings, &words);
        fuzz_check_words(text_str(&words));
    }
    preset_free(&preset);
    text_free(&words);
    text_free(&problems);
    return 0;
}
