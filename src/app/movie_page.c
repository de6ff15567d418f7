/* The page: what src/app/movie.html plays, as one JSON object in it. */
#include <lrd/app/movie.h>

#include <lrd/base/util.h>
#include <lrd/io/json_text.h>
#include <lrd/log/log_command.h>
#include <lrd/io/builtin_files.h>
#include <lrd/view/cell_delta.h>
#include <lrd/view/export.h>

#include <inttypes.h>
#include <string.h>

extern const BuiltinFile movie_builtin[]; /* movie.html, compiled in */

enum { FRAMES_MOST = 120, REELS = 2, NARROW_W = 60, NARROW_H = 36 };

/* The screens of one size. */
typedef struct Reel {
    DisplayOptions look;
    Canvas *now[VIEW_COUNT], *before[VIEW_COUNT];
    Text frames[VIEW_COUNT];
} Reel;

/* Inside of <script> only "<" could end it, and JSON has it in strings alone. */
static void add_string(Text *out, const char *words)
{
    Text json = {0};
    json_add_string(&json, words);
    for (const char *c = text_str(&json); *c; c++)
        if (*c == '<' || *c == '>' || *c == '&')
            text_addf(out, "\\u%04x", (unsigned)*c);
        else
            text_add_bytes(out, c, 1);
    text_free(&json);
}

static void reel_begin(Reel *r, const DisplayOptions *look, int w, int h)
{
    r->look = *look;
    for (int v = 0; v < VIEW_COUNT; v++) {
        r->now[v] = canvas_new(w, h);
        r->before[v] = canvas_new(w, h);
    }
}

static void reel_end(Reel *r)
{
    for (int v = 0; v < VIEW_COUNT; v++) {
        canvas_free(r->now[v]);
        canvas_free(r->before[v]);
        text_free(&r->frames[v]);
    }
}

static void reel_shoot(Reel *r, Movie *m, int64_t step, CellDictionary *cells, Text *story)
{
    static const ViewId views[VIEW_COUNT] = {VIEW_OVERVIEW,  VIEW_CURVES, VIEW_SPECTRUM, VIEW_WATERFALL,
                                             VIEW_ATTENTION, VIEW_TABLE,  VIEW_GEOMETRY, VIEW_FOURIER};
    movie_draw(m, step, &r->look, views, VIEW_COUNT, r->now, story);
    for (int v = 0; v < VIEW_COUNT; v++) {
        text_add(&r->frames[v], r->frames[v].length ? ",\"" : "\"");
        cell_delta_add(cells, r->before[v], r->now[v], &r->frames[v]);
        text_add(&r->frames[v], "\"");
    }
}

static void add_reel(const Reel *r, Text *out)
{
    text_addf(out, "{\"w\":%d,\"h\":%d,\"views\":[", r->now[0]->w, r->now[0]->h);
    for (int v = 0; v < VIEW_COUNT; v++)
        text_addf(out, "%s[%s]", v ? ",\n" : "", text_str(&r->frames[v]));
    text_add(out, "]}");
}

static void add_theme(Scheme scheme, Text *out)
{
    for (int role = 0; role < ROLE_COUNT; role++) {
        Style s = theme_style(scheme, DEPTH_TRUE, (Role)role);
        uint32_t fg = s.reverse ? s.rgb_bg : s.rgb_fg, bg = s.reverse ? s.rgb_fg : s.rgb_bg;
        text_addf(out, "%s[\"#%06x\",\"#%06x\",%d,%d]", role ? "," : "[", (unsigned)fg, (unsigned)bg, s.bold,
                  s.underline);
    }
    text_add(out, "]");
}

/* Cells: glyph (0: the right half of the one before), role, ground, marks; and how those that are no letters are drawn.
 */
static void add_cells(const CellDictionary *d, Text *out)
{
    Text glyphs = {0};
    text_add(out, "\"cells\":[");
    for (int i = 0; i < d->count; i++) {
        const Cell *c = &d->cells[i];
        Text path = {0};
        bool seen = false;
        text_addf(out, "%s[%u,%d,%d,\"", i ? "," : "", c->glyph == CELL_TAIL ? 0 : (unsigned)c->glyph, c->role,
                  c->ground);
        for (int k = 0; k < CELL_MARKS && c->marks[k]; k++) {
            char utf8[GLYPH_UTF8_MAX];
            text_add_bytes(out, utf8, (size_t)glyph_encode(c->marks[k], utf8));
        }
        text_add(out, "\"]");
        for (int k = 0; k < i && !seen; k++)
            seen = d->cells[k].glyph == c->glyph;
        char kind = seen ? 't' : export_svg_glyph(c->glyph, &path);
        if (kind != 't')
            text_addf(&glyphs, "%s\"%u\":[\"%c\",\"%s\"]", glyphs.length ? "," : "", (unsigned)c->glyph, kind,
                      text_str(&path));
        text_free(&path);
    }
    text_addf(out, "],\n\"glyphs\":{%s},\n", text_str(&glyphs));
    text_free(&glyphs);
}

static void add_names(const Movie *m, const DisplayOptions *look, int64_t seconds, Text *out)
{
    Text title = {0}, command = {0};
    movie_title(m, &title);
    text_add(out, "{\"title\":");
    add_string(out, text_str(&title));
    text_add(out, ",\"command\":");
    add_string(out, status_is_ok(log_command_of_book(m->book[0], &command)) ? text_str(&command) : "");
    text_addf(out, ",\"seconds\":%" PRId64 ",\"view\":%d,\"views\":[", seconds, (int)look->view);
    for (int v = 0; v < VIEW_COUNT; v++)
        text_addf(out, "%s\"%s\"", v ? "," : "", view_names[v]);
    text_add(out, "],\"ghosts\":[");
    for (int i = 1; i < m->count; i++) {
        text_add(out, i > 1 ? "," : "");
        add_string(out, m->name[i]);
    }
    text_add(out, "],\n\"themes\":[");
    add_theme(look->has_theme ? look->theme : SCHEME_DARK, out);
    if (!look->has_theme) {
        text_add(out, ",\n");
        add_theme(SCHEME_LIGHT, out);
    }
    text_add(out, "],\n");
    text_free(&title);
    text_free(&command);
}

void movie_print_page(Movie *m, const DisplayOptions *look, int64_t seconds, bool (*tell)(int done, int all), Text *out)
{
    static const char mark[] = "@MOVIE@";
    int64_t steps[FRAMES_MOST];
    int count = movie_steps(m, FRAMES_MOST, steps), reels = look->w > NARROW_W ? REELS : 1;
    Reel reel[REELS] = {0};
    CellDictionary cells = {0};
    Text told = {0}, stories = {0};
    reel_begin(&reel[0], look, look->w, look->h);
    reel_begin(&reel[1], look, NARROW_W, NARROW_H);
    for (int i = 0; i < count && tell(i, count); i++) {
        Text story = {0};
        for (int r = 0; r < reels; r++)
            reel_shoot(&reel[r], m, steps[i], &cells, r ? NULL : &story);
        text_addf(&told, "%s%" PRId64, i ? "," : "", steps[i]);
        text_add(&stories, i ? ",\n" : "");
        add_string(&stories, text_str(&story));
        text_free(&story);
    }
    const char *page = movie_builtin[0].bytes, *place = strstr(page, mark);
    text_add_bytes(out, page, (size_t)(place - page));
    add_names(m, look, seconds, out);
    add_cells(&cells, out);
    text_addf(out, "\"steps\":[%s],\n\"stories\":[%s],\n\"reels\":[", text_str(&told), text_str(&stories));
    for (int r = 0; r < reels; r++) {
        text_add(out, r ? ",\n" : "");
        add_reel(&reel[r], out);
    }
    text_addf(out, "]}%s", place + sizeof mark - 1);
    for (int r = 0; r < REELS; r++)
        reel_end(&reel[r]);
    cell_dictionary_free(&cells);
    text_free(&told);
    text_free(&stories);
}
