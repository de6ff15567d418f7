#include <lrd/app/display_options.h>
#include <lrd/app/phase_picture.h>
#include <lrd/app/verbs.h>
#include <lrd/io/atomic_file.h>
#include <lrd/io/outputs.h>
#include <lrd/ui/term.h>
#include <lrd/view/export.h>

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { PICTURE_COLUMNS = 160 };

/* Columns of stdout, as many as a picture has where it is no terminal. */
static int phase_columns(void)
{
    struct winsize size;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : PICTURE_COLUMNS;
}

static void phase_print(const Phase *p, const DisplayOptions *look)
{
    ColorDepth depth = look->theme == SCHEME_NONE ? DEPTH_MONO : term_depth_of_stdout();
    GlyphSet glyphs = look->has_glyphs ? look->glyphs : term_glyphs();
    Canvas *c = phase_picture_draw(p, phase_columns(), glyphs, depth == DEPTH_MONO);
    Text out = {0};
    if (depth == DEPTH_MONO)
        export_text(c, &out);
    else
        export_ansi(c, look->theme, depth, &out);
    fputs(text_str(&out), stdout);
    text_free(&out);
    canvas_free(c);
}

static Status phase_write_svg(const Phase *p, const DisplayOptions *look, const char *file)
{
    Canvas *c = phase_picture_draw(p, PICTURE_COLUMNS, look->glyphs, look->theme == SCHEME_NONE);
    Text out = {0};
    export_svg(c, look->theme, p->measure->help, &out);
    Status s = atomic_file_store(file, text_str(&out), out.length);
    text_free(&out);
    canvas_free(c);
    return s;
}

static Status phase_write_csv(const Phase *p, const char *file)
{
    Text out = {0};
    phase_print_csv(p, &out);
    Status s = atomic_file_store(file, text_str(&out), out.length);
    text_free(&out);
    return s;
}

static Status phase_check_files(const Arguments *a)
{
    if (a->svg && a->csv && output_is_same(a->svg, a->csv))
        return status_input("--svg and --csv are one file; give each its own");
    Status s = output_check((NamedFile){"--svg", a->svg}, OUTPUT_PICTURE, a->force);
    return status_is_ok(s) ? output_check((NamedFile){"--csv", a->csv}, OUTPUT_TABLE, a->force) : s;
}

int verb_phase(const Arguments *a)
{
    DisplayOptions look;
    Phase phase = {0};
    Status s = display_options_read(a, &look);
    if (status_is_ok(s))
        s = phase_check_files(a);
    if (status_is_ok(s))
        s = phase_read(a->operand, a->across, a->up, a->measure, &phase);
    if (status_is_ok(s))
        phase_print(&phase, &look);
    if (status_is_ok(s) && a->svg)
        s = phase_write_svg(&phase, &look, a->svg);
    if (status_is_ok(s) && a->csv)
        s = phase_write_csv(&phase, a->csv);
    phase_free(&phase);
    return cli_report(s);
}
