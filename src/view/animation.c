#include <lrd/view/animation.h>

#include <stdlib.h>
#include <string.h>

#include <lrd/base/util.h>
#include <lrd/view/export.h>
#include <lrd/view/glyph.h>

void animation_add(Animation *a, const Canvas *frame, double at, const char *mark)
{
    size_t n = (size_t)a->count + 1;
    a->frames = xrealloc(a->frames, n * sizeof *a->frames);
    a->at = xrealloc(a->at, n * sizeof *a->at);
    a->marks = xrealloc(a->marks, n * sizeof *a->marks);
    Canvas *copy = canvas_new(frame->w, frame->h);
    memcpy(copy->cells, frame->cells, (size_t)frame->w * (size_t)frame->h * sizeof *frame->cells);
    a->frames[a->count] = copy;
    a->at[a->count] = at;
    a->marks[a->count++] = *mark ? xstrdup(mark) : NULL;
}

void animation_free(Animation *a)
{
    for (int i = 0; i < a->count; i++) {
        canvas_free(a->frames[i]);
        free(a->marks[i]);
    }
    free(a->frames);
    free(a->at);
    free(a->marks);
    *a = (Animation){0};
}

/* ---- SVG: every row is drawn once for as long as it stays the same */

static const Cell *row_of(const Animation *a, int frame, int y)
{
    return a->frames[frame]->cells + (size_t)y * (size_t)a->frames[frame]->w;
}

static bool row_stays(const Animation *a, int frame, int y)
{
    size_t w = (size_t)a->frames[frame]->w;
    for (size_t x = 0; x < w; x++)
        if (!cell_is_same(row_of(a, frame - 1, y) + x, row_of(a, frame, y) + x))
            return false;
    return true;
}

/* The frame at which the row is another one. */
static int row_end(const Animation *a, int from, int y)
{
    int end = from + 1;
    while (end < a->count && row_stays(a, end, y))
        end++;
    return end;
}

/* When the rows that are there from one frame to another are seen, as an animation of that name. */
static void add_times(const Animation *a, int from, int end, double seconds, Text *style)
{
    text_addf(style, "@keyframes f%d-%d{0%%{visibility:%s}", from, end, from ? "hidden" : "visible");
    if (from)
        text_addf(style, "%.3f%%{visibility:visible}", 100 * a->at[from] / seconds);
    if (end < a->count)
        text_addf(style, "%.3f%%{visibility:hidden}", 100 * a->at[end] / seconds);
    text_addf(style, "}.f%d-%d{animation-name:f%d-%d}", from, end, from, end);
}

static bool take_rows(const Animation *a, int from, int end, Canvas *rows)
{
    bool any = false;
    canvas_clear(rows);
    for (int y = 0; y < rows->h; y++)
        if ((from == 0 || !row_stays(a, from, y)) && row_end(a, from, y) == end) {
            size_t w = (size_t)rows->w;
            memcpy(rows->cells + (size_t)y * w, row_of(a, from, y), w * sizeof *rows->cells);
            any = true;
        }
    return any;
}

void animation_export_svg(const Animation *a, Scheme scheme, const char *title, double seconds, Text *out)
{
    int w = a->frames[0]->w, h = a->frames[0]->h;
    Canvas *rows = canvas_new(w, h);
    Text style = {0}, body = {0};
    for (int from = 0; from < a->count; from++)
        for (int end = from + 1; end <= a->count; end++) {
            if (!take_rows(a, from, end, rows))
                continue;
            bool always = from == 0 && end == a->count;
            if (!always) {
                add_times(a, from, end, seconds, &style);
                text_addf(&body, "<g class=\"f%s f%d-%d\">\n", end == a->count ? " z" : "", from, end);
            }
            export_svg_cells(rows, scheme, &body);
            text_add(&body, always ? "" : "</g>\n");
        }
    export_svg_open(w, h, scheme, title, out);
    text_addf(out,
              "<style>.f{visibility:hidden;animation:%gs step-end infinite}.z{visibility:visible}%s"
              "@media(prefers-reduced-motion:reduce){.f{animation:none}}</style>\n",
              seconds, text_str(&style));
    text_addf(out, "%s</svg>\n", text_str(&body));
    text_free(&style);
    text_free(&body);
    canvas_free(rows);
}

/* ---- asciicast: https://docs.asciinema.org/manual/asciicast/v3/ */

static void add_json(Text *out, const char *words)
{
    text_add(out, "\"");
    for (uint32_t glyph; (glyph = glyph_decode(&words));) {
        char utf8[GLYPH_UTF8_MAX];
        glyph_encode(glyph, utf8);
        if (glyph < ' ' || glyph == 127)
            text_addf(out, "\\u%04x", (unsigned)glyph);
        else
            text_addf(out, "%s%s", glyph == '"' || glyph == '\\' ? "\\" : "", utf8);
    }
    text_add(out, "\"");
}

static void add_sgr(const Cell *cell, Scheme scheme, Text *out)
{
    Style s = theme_style_on(scheme, DEPTH_TRUE, (Role)cell->role, (Role)cell->ground);
    text_addf(out, "\033[0%s%s%s%s", s.bold ? ";1" : "", s.dim ? ";2" : "", s.underline ? ";4" : "",
              s.reverse ? ";7" : "");
    if (scheme != SCHEME_NONE)
        text_addf(out, ";38;2;%u;%u;%u;48;2;%u;%u;%u", (unsigned)(s.rgb_fg >> 16), (unsigned)(s.rgb_fg >> 8 & 255),
                  (unsigned)(s.rgb_fg & 255), (unsigned)(s.rgb_bg >> 16), (unsigned)(s.rgb_bg >> 8 & 255),
                  (unsigned)(s.rgb_bg & 255));
    text_add(out, "m");
}

/* What a terminal must be told to show frame i after the one before. */
static void add_screen(const Animation *a, int i, Scheme scheme, Text *out)
{
    const Canvas *now = a->frames[i];
    const Cell *style = NULL;
    if (i == 0)
        text_add(out, "\033[?25l\033[2J");
    for (int y = 0; y < now->h; y++)
        for (int x = 0, pen = -1; x < now->w; x++) {
            const Cell *cell = row_of(a, i, y) + x, *old = i ? row_of(a, i - 1, y) + x : NULL;
            if ((old && cell_is_same(old, cell)) || cell->glyph == CELL_TAIL)
                continue;
            if (pen != x)
                text_addf(out, "\033[%d;%dH", y + 1, x + 1);
            if (!style || style->role != cell->role || style->ground != cell->ground)
                add_sgr(cell, scheme, out);
            char utf8[GLYPH_UTF8_MAX];
            text_add_bytes(out, utf8, (size_t)glyph_encode(cell->glyph, utf8));
            for (int k = 0; k < CELL_MARKS && cell->marks[k]; k++)
                text_add_bytes(out, utf8, (size_t)glyph_encode(cell->marks[k], utf8));
            style = cell;
            pen = x + 1 + (x + 1 < now->w && cell[1].glyph == CELL_TAIL);
        }
    text_add(out, style ? "\033[0m" : "");
}

/* The roles that stand in for the sixteen colours of a terminal: what is shown brings its own. */
static void add_theme(Scheme scheme, Text *out)
{
    static const Role palette[] = {ROLE_FRAME, ROLE_BAD,    ROLE_GOOD, ROLE_WARN,
                                   ROLE_TRAIN, ROLE_MIRROR, ROLE_RANK, ROLE_NORMAL};
    Style normal = theme_style(scheme, DEPTH_TRUE, ROLE_NORMAL);
    text_addf(out, "{\"fg\":\"#%06x\",\"bg\":\"#%06x\",\"palette\":\"", (unsigned)normal.rgb_fg,
              (unsigned)normal.rgb_bg);
    for (int i = 0; i < 16; i++)
        text_addf(out, "%s#%06x", i ? ":" : "", (unsigned)theme_style(scheme, DEPTH_TRUE, palette[i % 8]).rgb_fg);
    text_add(out, "\"}");
}

static void add_event(Text *out, double at, const char *code, const char *data)
{
    text_addf(out, "[%.3f,\"%s\",", at, code);
    add_json(out, data);
    text_add(out, "]\n");
}

void animation_export_cast(const Animation *a, Scheme scheme, const char *title, const char *command, double seconds,
                           int version, Text *out)
{
    const Canvas *c = a->frames[0];
    if (version == 3)
        text_addf(out, "{\"version\":3,\"term\":{\"cols\":%d,\"rows\":%d,\"type\":\"xterm-256color\",\"theme\":", c->w,
                  c->h);
    else
        text_addf(out, "{\"version\":2,\"width\":%d,\"height\":%d,\"duration\":%.3f,\"theme\":", c->w, c->h, seconds);
    add_theme(scheme, out);
    text_add(out, version == 3 ? "},\"title\":" : ",\"title\":");
    add_json(out, title);
    text_add(out, ",\"command\":");
    add_json(out, command);
    text_add(out, "}\n");
    double told = 0; /* version 3 tells times since the line before */
    for (int i = 0; i < a->count; i++) {
        Text screen = {0};
        add_screen(a, i, scheme, &screen);
        add_event(out, a->at[i] - told, "o", text_str(&screen));
        told = version == 3 ? a->at[i] : 0;
        if (a->marks[i])
            add_event(out, a->at[i] - told, "m", a->marks[i]);
        text_free(&screen);
    }
    add_event(out, seconds - told, "o", "\033[?25h");
    if (version == 3)
        add_event(out, 0, "x", "0");
}
