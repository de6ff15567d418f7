#include <lrd/app/display_options.h>

#include <lrd/app/hints_seen.h>
#include <lrd/base/quote.h>
#include <lrd/ui/ui.h>

#include <string.h>

enum { SIZE_MOST = 1000 };

static Status display_options_choose(const char *option, const char *word, const char *const *names, int count,
                                     int *out)
{
    Text all = {0};
    for (int i = 0; i < count; i++) {
        if (strcmp(names[i], word) == 0) {
            *out = i;
            text_free(&all);
            return status_ok();
        }
        text_addf(&all, "%s%s", i ? ", " : "", names[i]);
    }
    Status s = status_input("%s cannot be %s; it takes one of %s", option, quote_word(word).text, text_str(&all));
    text_free(&all);
    return s;
}

static Status display_options_read_size(const char *word, DisplayOptions *out)
{
    char columns[8] = "";
    const char *x = strchr(word, 'x');
    long long w, h;
    if (x && (size_t)(x - word) < sizeof columns) {
        memcpy(columns, word, (size_t)(x - word));
        if (text_to_i64(columns, &w) && text_to_i64(x + 1, &h) && w >= 1 && h >= 1 && w <= SIZE_MOST &&
            h <= SIZE_MOST) {
            out->w = (int)w;
            out->h = (int)h;
            return status_ok();
        }
    }
    return status_input("--size cannot be %s; it takes COLUMNSxROWS, each from 1 to %d, as in 120x40",
                        quote_word(word).text, SIZE_MOST);
}

Status display_options_read(const Arguments *a, DisplayOptions *out)
{
    *out = (DisplayOptions){.w = 120,
                            .h = 40,
                            .projector = a->projector,
                            .mouse_said = a->mouse      ? MOUSE_ON
                                          : a->no_mouse ? MOUSE_OFF
                                                        : MOUSE_AS_BEFORE,
                            .has_theme = a->theme != NULL,
                            .has_glyphs = a->glyphs != NULL};
    int view = VIEW_OVERVIEW, theme = SCHEME_DARK, glyphs = GLYPHS_BRAILLE;
    Status s = status_ok();
    if (a->mouse && a->no_mouse)
        return status_input("--mouse and --no-mouse: give one of them");
    if (a->view)
        s = display_options_choose("--view", a->view, view_names, VIEW_COUNT, &view);
    if (status_is_ok(s) && a->theme)
        s = display_options_choose("--theme", a->theme, theme_names, SCHEME_COUNT, &theme);
    if (status_is_ok(s) && a->glyphs)
        s = display_options_choose("--glyphs", a->glyphs, glyph_set_names, GLYPHS_COUNT, &glyphs);
    if (status_is_ok(s) && a->size)
        s = display_options_read_size(a->size, out);
    out->view = (ViewId)view;
    out->theme = (Scheme)theme;
    out->glyphs = (GlyphSet)glyphs;
    return s;
}

UiOptions display_options_ui_options(const DisplayOptions *look)
{
    return (UiOptions){.view = look->view,
                       .hints_seen = HINT_COUNT, /* none but in the lab */
                       .projector = look->projector,
                       .mouse = mouse_wanted(look->mouse_said),
                       .theme = look->has_theme ? &look->theme : NULL,
                       .glyphs = look->has_glyphs ? &look->glyphs : NULL};
}
