#include <lrd/app/display_options.h>
#include <lrd/app/setup.h>
#include <lrd/app/slow_blas.h>
#include <lrd/app/verbs.h>
#include <lrd/base/util.h>
#include <lrd/session/session.h>
#include <lrd/lesson/lesson_check.h>
#include <lrd/lesson/lesson_file.h>
#include <lrd/ui/ui.h>
#include <lrd/ui/action.h>

#include <stdio.h>
#include <stdlib.h>

static int lesson_print(const Arguments *a)
{
    Text text = {0};
    if (a->markdown)
        lesson_print_checks_markdown(&text);
    else
        lesson_print_checks(&text);
    return cli_print(&text);
}

static int lesson_print_list(void)
{
    CatalogEntry *entries;
    int count = lesson_list(&action_table, &entries);
    presets_print(entries, count);
    free(entries);
    return EXIT_DONE;
}

/* All faults of the file go to stderr. */
static int lesson_read(const Arguments *a, Lesson *lesson)
{
    Text problems = {0};
    Status s = lesson_load(a->operand ? a->operand : lesson_default_name, &action_table, lesson, &problems);
    cli_tell_lines(text_str(&problems));
    int code = status_is_ok(s) || problems.length ? (int)s.code : cli_report(s);
    text_free(&problems);
    return code;
}

static int lesson_run(Run *run, const DisplayOptions *look, const Lesson *lesson)
{
    UiOptions options = display_options_ui_options(look);
    UiResult result;
    options.lesson = lesson;
    char library[64];
    if (slow_blas_name(library, sizeof library))
        options.slow_blas = library;
    Session *session = session_start(run, true);
    Status s = ui_run(session_channel(session), &options, &result);
    session_free(session);
    cli_report(s);
    return result.signal ? EXIT_SIGNAL + result.signal : (int)s.code;
}

/* The run is that of the lesson's preset, with --set on top. */
static int lesson_start(const Arguments *a, const DisplayOptions *look, const Lesson *lesson)
{
    Arguments own = *a;
    own.operand = lesson->preset;
    Setup setup;
    int code = setup_read(&own, NULL, &setup);
    if (code == EXIT_DONE) {
        Status s;
        RunOptions options = setup_run_options(&own, &setup);
        Run *run = run_new(&options, &s);
        code = run ? lesson_run(run, look, lesson) : cli_report(s);
    }
    setup_free(&setup);
    return code;
}

int verb_lesson(const Arguments *a)
{
    if (a->list)
        return lesson_print_list();
    if (a->checks)
        return lesson_print(a);
    DisplayOptions look;
    Status s = display_options_read(a, &look);
    if (!status_is_ok(s))
        return cli_report(s);
    Lesson *lesson = xcalloc(1, sizeof *lesson);
    int code = lesson_read(a, lesson); /* so that a file can be tried where there is no terminal */
    if (code == EXIT_DONE)
        code = cli_report(ui_check_terminal());
    if (code == EXIT_DONE)
        code = lesson_start(a, &look, lesson);
    free(lesson);
    return code;
}
