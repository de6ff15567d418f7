#include <lrd/app/look.h>
#include <lrd/app/verbs.h>
#include <lrd/run/replay.h>
#include <lrd/ui/ui.h>

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
