#include <lrd/app/display_options.h>
#include <lrd/app/verbs.h>
#include <lrd/session/demo.h>
#include <lrd/session/replay.h>
#include <lrd/ui/ui.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Long logs take seconds to read, before there is a screen. */
static void say_reading(const ReplayOptions *o)
{
    const double mebibyte = 1048576, worth_a_word = 32;
    double size = 0;
    for (int i = 0; i < o->count; i++) {
        struct stat info;
        size += stat(o->paths[i], &info) == 0 && S_ISREG(info.st_mode) ? (double)info.st_size / mebibyte : 0;
    }
    if (size > worth_a_word)
        fprintf(stderr, "lrdlab: reading %.0f MiB of logs\n", size);
}

static int watch_run(const Arguments *a, ReplayOptions *o)
{
    DisplayOptions look;
    Status s = ui_check_terminal();
    if (status_is_ok(s))
        s = display_options_read(a, &look);
    if (!status_is_ok(s))
        return cli_report(s);
    o->step = a->step;
    o->speed = a->speed > 0 ? a->speed : 0;
    say_reading(o);
    Replay *replay = replay_start(o, &s);
    if (!replay)
        return cli_report(s);
    UiOptions ui = display_options_ui_options(&look);
    UiResult result;
    s = ui_run(replay_channel(replay), &ui, &result);
    replay_free(replay);
    cli_report(s);
    return result.signal ? EXIT_SIGNAL + result.signal : (int)s.code;
}

int verb_watch(const Arguments *a)
{
    LogMap map;
    Status s = maps_read(a, &map);
    if (!status_is_ok(s))
        return cli_report(s);
    ReplayOptions options = {.paths = a->operands.words, .count = a->operands.count, .map = &map};
    return watch_run(a, &options);
}

static int demo_run(const Arguments *a, const char *name)
{
    Demo demo;
    Status s = demo_find(name, &demo);
    const char *paths[REPLAY_LOGS_MAX];
    char live[sizeof demo.preset + 8];
    bool is_default = strcmp(demo.preset, preset_default_name) == 0;
    snprintf(live, sizeof live, "lrdlab%s%s", is_default || !*demo.preset ? "" : " ", is_default ? "" : demo.preset);
    for (int i = 0; i < demo.count; i++)
        paths[i] = text_str(&demo.path[i]);
    ReplayOptions options = {.paths = paths, .names = demo.name, .count = demo.count, .live = live, .race = true};
    int code = status_is_ok(s) ? watch_run(a, &options) : cli_report(s);
    if (code == EXIT_DONE)
        fprintf(stderr, "lrdlab: that was a recording; \"%s\" trains one live\n", live);
    demo_free(&demo);
    return code;
}

int verb_demo(const Arguments *a)
{
    if (!a->list)
        return demo_run(a, a->operand ? a->operand : preset_default_name);
    CatalogEntry *entries;
    int count = demo_list(&entries);
    presets_print(entries, count);
    free(entries);
    return EXIT_DONE;
}
