#include <lrd/app/hints_seen.h>
#include <lrd/app/display_options.h>
#include <lrd/app/setup.h>
#include <lrd/app/slow_blas.h>
#include <lrd/app/verbs.h>
#include <lrd/session/session.h>
#include <lrd/ui/ui.h>

static int lab_run(Run *run, const DisplayOptions *look, bool paused)
{
    UiOptions options = display_options_ui_options(look);
    options.hints_seen = hints_seen_load();
    char library[64];
    if (slow_blas_name(library, sizeof library))
        options.slow_blas = library;
    UiResult result;
    Session *session = session_start(run, paused);
    Status s = ui_run(session_channel(session), &options, &result);
    session_free(session);
    if (result.hints_seen > options.hints_seen)
        hints_seen_store(result.hints_seen);
    cli_report(s);
    return result.signal ? EXIT_SIGNAL + result.signal : (int)s.code;
}

int verb_lab(const Arguments *a)
{
    DisplayOptions look;
    Status s = ui_check_terminal();
    if (status_is_ok(s))
        s = display_options_read(a, &look);
    if (!status_is_ok(s))
        return cli_report(s);
    Setup setup;
    int code = setup_read(a, preset_default_name, &setup);
    if (code == EXIT_DONE) {
        RunOptions options = setup_run_options(a, &setup);
        Run *run = run_new(&options, &s);
        code = run ? lab_run(run, &look, a->paused) : cli_report(s);
    }
    setup_free(&setup);
    return code;
}
