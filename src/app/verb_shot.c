#include <lrd/app/open_log.h>
#include <lrd/app/summary_at.h>
#include <lrd/app/display_options.h>
#include <lrd/app/verbs.h>
#include <lrd/base/quote.h>
#include <lrd/io/atomic_file.h>
#include <lrd/io/outputs.h>
#include <lrd/panel/frame.h>
#include <lrd/panel/probe_request.h>
#include <lrd/view/export.h>
#include <lrd/ui/action.h>
#include <lrd/panel/panel.h>

#include <string.h>

/* ---- One row a kind of picture */

static void shot_svg(const Canvas *c, Scheme scheme, Text *out)
{
    export_svg(c, scheme, "lrdlab", out);
}

static void shot_ansi(const Canvas *c, Scheme scheme, Text *out)
{
    export_ansi(c, scheme, DEPTH_256, out);
}

static void shot_text(const Canvas *c, Scheme scheme, Text *out)
{
    (void)scheme;
    export_text(c, out);
}

typedef struct ShotFormat {
    const char *ending;
    void (*export)(const Canvas *c, Scheme scheme, Text *out);
} ShotFormat;

static const ShotFormat shot_formats[] = {{".svg", shot_svg}, {".ans", shot_ansi}, {".txt", shot_text}};

static const ShotFormat *shot_find_format(const char *path)
{
    for (size_t i = 0; i < sizeof shot_formats / sizeof shot_formats[0]; i++)
        if (text_before(path, shot_formats[i].ending))
            return &shot_formats[i];
    return NULL;
}

/* ---- The picture */

static Status shot_write(const DisplayOptions *look, const SummaryAt *at, const char *path, const ShotFormat *format)
{
    Snapshot snapshot = summary_at_snapshot(at);
    UiState state = ui_state_new(&action_table);
    state.view = look->view;
    state.theme = look->theme;
    state.projector = look->projector;
    state.glyphs = look->glyphs;
    state.ascii_only = look->glyphs == GLYPHS_ASCII;
    Canvas *canvas = canvas_new(look->w, look->h);
    Text picture = {0};
    frame_draw(canvas, &snapshot, &state);
    format->export(canvas, look->theme, &picture);
    Status s = atomic_file_store(path, text_str(&picture), picture.length);
    text_free(&picture);
    canvas_free(canvas);
    return s;
}

static int shot_find_summary(const Arguments *a, ViewId view, SummaryAt *at)
{
    ProbeRequest ask = {.kind = probe_kind_of_view(view)};
    if (operand_is_log(a->operand))
        return cli_report(summary_at_of_log(a, &ask, at));
    Setup setup;
    int code = setup_read(a, NULL, &setup);
    if (code == EXIT_DONE)
        code = cli_report(summary_at_of_setup(a, &setup, a->step, &ask, at));
    setup_free(&setup);
    return code;
}

int verb_shot(const Arguments *a)
{
    DisplayOptions look;
    Status s = display_options_read(a, &look);
    const ShotFormat *format = a->out ? shot_find_format(a->out) : NULL;
    if (status_is_ok(s) && !a->out)
        s = status_input("where shall the picture go? Say it with --out FILE.svg, FILE.ans or FILE.txt");
    else if (status_is_ok(s) && !format)
        s = status_input("%s is no kind of picture; --out takes FILE.svg, FILE.ans or FILE.txt",
                         quote_word(a->out).text);
    if (status_is_ok(s))
        s = output_check((NamedFile){"--out", a->out}, OUTPUT_PICTURE, a->force);
    if (!status_is_ok(s))
        return cli_report(s);
    SummaryAt at = {0};
    int code = shot_find_summary(a, look.view, &at);
    if (code == EXIT_DONE)
        code = cli_report(shot_write(&look, &at, a->out, format));
    summary_at_free(&at);
    return code;
}
