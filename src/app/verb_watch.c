#include <lrd/app/look.h>
#include <lrd/app/verbs.h>
#include <lrd/run/replay.h>
#include <lrd/ui/ui.h>

#include <stdio.h>
#include <sys/stat.h>

/* Long logs take seconds to read, before there is a screen. */
static void say_reading(const WordList *paths)
{
    const double mebibyte = 1048576, worth_a_word = 32;
    double size = 0;
    for (int i = 0; i < paths->count; i++) {
        struct stat info;
        size += stat(paths->words[i], &info) == 0 && S_ISREG(info.st_mode) ? (double)info.st_size / mebibyte : 0;
    }
    if (size > worth_a_word)
        fprintf(stderr, "lrdlab: reading %.0f MiB of logs\n", size);
}

int verb_watch(const Arguments *a)
{
    Look look;
    Status s = ui_check_terminal();
    if (status_is_ok(s))
        s = look_read(a, &look);
    if (!status_is_ok(s))
        return cli_report(s);
    ReplayOptions options = {
        .paths = a->operands.words, .count = a->operands.count, .step = a->step, .speed = a->speed > 0 ? a->speed : 0};
    say_reading(&a->operands);
    Replay *replay = replay_start(&options, &s);
    if (!replay)
        return cli_report(s);
    UiOptions ui = look_ui_options(&look);
    UiResult result;
    s = ui_run(source_of_replay(replay), &ui, &result);
    replay_free(replay);
    cli_report(s);
    return result.signal ? EXIT_SIGNAL + result.signal : (int)s.code;
}
