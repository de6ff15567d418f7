#include <lrd/view/canvas.h>

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lrd/base/util.h>

bool cell_is_same(const Cell *a, const Cell *b)
{
    bool same = a->glyph == b->glyph && a->role == b->role && a->ground == b->ground;
    for (int i = 0; i < CELL_MARKS; i++)
        same = same && a->marks[i] == b->marks[i];
    return same;
}

Canvas *canvas_new(int w, int h)
{
    Canvas *c = xcalloc(1, sizeof *c);
    canvas_resize(c, w, h);
    return c;
}

void canvas_free(Canvas *c)
{
    if (!c)
        return;
    free(c->cells);
    free(c);
}

void canvas_resize(Canvas *c, int w, int h)
{
    c->w = max_int(w, 0);
    c->h = max_int(h, 0);
    c->cells = xrealloc(c->cells, ((size_t)c->w * (size_t)c->h + 1) * sizeof *c->cells);
    canvas_unclip(c);
    canvas_clear(c);
}

void canvas_clear(Canvas *c)
{
    c->place_count = 0;
    for (size_t i = 0; i < (size_t)c->w * (size_t)c->h; i++)
        c->cells[i] = (Cell){' ', ROLE_NORMAL, ROLE_NORMAL, {0}};
}

void canvas_clip(Canvas *c, Rect r)
{
    int x0 = max_int(r.x, 0), y0 = max_int(r.y, 0);
    int x1 = min_int(r.x + max_int(r.w, 0), c->w), y1 = min_int(r.y + max_int(r.h, 0), c->h);
    c->clip = (Rect){x0, y0, max_int(x1 - x0, 0), max_int(y1 - y0, 0)};
}

void canvas_unclip(Canvas *c)
{
    c->clip = (Rect){0, 0, c->w, c->h};
}

static void note(Canvas *c, Place p)
{
    Rect r = c->clip;
    bool shown = p.w > 0 && p.h > 0 && p.x >= r.x && p.y >= r.y && p.x + p.w <= r.x + r.w && p.y + p.h <= r.y + r.h;
    if (shown && c->place_count < PLACES_MAX)
        c->place[c->place_count++] = p;
}

void canvas_note(Canvas *c, Rect r, PlaceKind kind, int index)
{
    note(c, (Place){.x = r.x, .y = r.y, .w = r.w, .h = r.h, .kind = kind, .index = index});
}

void canvas_note_values(Canvas *c, Rect r, PlaceKind kind, double low, double high, bool log)
{
    note(c, (Place){.x = r.x, .y = r.y, .w = r.w, .h = r.h, .kind = kind, .low = low, .high = high, .log = log});
}

void canvas_put(Canvas *c, int x, int y, uint32_t glyph, Role role)
{
    canvas_put_on(c, x, y, glyph, role, ROLE_NORMAL);
}

/* NULL outside of the clip rectangle. */
static Cell *canvas_cell(const Canvas *c, int x, int y)
{
    Rect r = c->clip;
    if (x < r.x || x >= r.x + r.w || y < r.y || y >= r.y + r.h)
        return NULL;
    return &c->cells[(size_t)y * (size_t)c->w + (size_t)x];
}

/* Of a wide glyph that loses one half the other becomes a blank, also beyond the clip rectangle. */
static void cell_set(const Canvas *c, int x, int y, Cell value)
{
    Cell *cell = canvas_cell(c, x, y);
    if (!cell)
        return;
    if (cell->glyph == CELL_TAIL && x > 0)
        cell[-1] = (Cell){' ', cell[-1].role, cell[-1].ground, {0}};
    if (x + 1 < c->w && cell[1].glyph == CELL_TAIL)
        cell[1].glyph = ' ';
    *cell = value;
}

void canvas_put_on(Canvas *c, int x, int y, uint32_t glyph, Role role, Role ground)
{
    assert((unsigned)role < ROLE_COUNT && (unsigned)ground < ROLE_COUNT);
    const bool wide = glyph_width(glyph) == 2;
    const uint32_t shown = glyph_in_set(glyph_printable(glyph), c->glyphs);
    Cell first = {shown, (uint8_t)role, (uint8_t)ground, {0}}, second = first;
    if (!wide) {
        cell_set(c, x, y, first);
        return;
    }
    if (c->glyphs != GLYPHS_ASCII) { /* whose twin stands twice */
        bool whole = canvas_cell(c, x, y) && canvas_cell(c, x + 1, y);
        first.glyph = whole ? shown : ' ';
        second.glyph = whole ? CELL_TAIL : ' ';
    }
    if (second.glyph == CELL_TAIL)
        cell_set(c, x + 1, y, (Cell){' ', (uint8_t)role, (uint8_t)ground, {0}});
    cell_set(c, x, y, first);
    if (second.glyph == CELL_TAIL)
        *canvas_cell(c, x + 1, y) = second;
    else
        cell_set(c, x + 1, y, second);
}

static void mark_put(const Canvas *c, int x, int y, uint32_t mark)
{
    Cell *cell = canvas_cell(c, x, y);
    if (cell && cell->glyph == CELL_TAIL)
        cell = canvas_cell(c, x - 1, y);
    for (int i = 0; cell && c->glyphs != GLYPHS_ASCII && glyph_is_mark(mark) && i < CELL_MARKS; i++)
        if (cell->marks[i] == 0) {
            cell->marks[i] = mark;
            return;
        }
}

/* As far as end; NULL: all of it. */
static int text_put(Canvas *c, int x, int y, Role role, const char *utf8, const char *end)
{
    int used = 0;
    while (!end || utf8 < end) {
        uint32_t glyph = glyph_decode(&utf8);
        if (glyph == 0)
            break;
        int width = glyph_width(glyph);
        if (width > 0)
            canvas_put(c, x + used, y, glyph, role);
        else if (used > 0)
            mark_put(c, x + used - 1, y, glyph);
        used += width;
    }
    return used;
}

int canvas_text(Canvas *c, int x, int y, Role role, const char *utf8)
{
    return text_put(c, x, y, role, utf8, NULL);
}

int canvas_textf(Canvas *c, int x, int y, Role role, const char *format, ...)
{
    char text[1024]; /* longer than any line of a screen */
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return canvas_text(c, x, y, role, text);
}

int canvas_text_right(Canvas *c, int right, int y, Role role, const char *utf8)
{
    return canvas_text(c, right - canvas_width(utf8), y, role, utf8);
}

int canvas_words(Canvas *c, int x, int y, int width, Role role, const char *utf8)
{
    int used = 0, fits = 0;
    const char *end = utf8;
    for (const char *s = utf8;;) {
        const char *before = s;
        uint32_t glyph = glyph_decode(&s);
        bool word_ends = before > utf8 && before[-1] != ' ';
        if ((glyph == 0 || glyph == ' ') && word_ends && used <= width) {
            end = before;
            fits = used;
        }
        if (glyph == 0 || used > width)
            break;
        used += glyph_width(glyph);
    }
    text_put(c, x, y, role, utf8, end);
    return fits;
}

int canvas_width(const char *utf8)
{
    int cells = 0;
    for (uint32_t glyph; (glyph = glyph_decode(&utf8));)
        cells += glyph_width(glyph);
    return cells;
}

void canvas_fill(Canvas *c, Rect r, uint32_t glyph, Role role)
{
    for (int y = r.y; y < r.y + r.h; y++)
        for (int x = r.x; x < r.x + r.w; x++)
            canvas_put(c, x, y, glyph, role);
}

/* The legend goes first, then the title: neither is ever cut in mid-word. */
static void frame_edge_texts(Canvas *c, Rect r, const char *title, const char *legend)
{
    int room = r.w - 6; /* "╭─ " and " ─╮" */
    int title_width = title ? canvas_width(title) : 0;
    int legend_width = legend ? canvas_width(legend) : 0;
    if (title_width > 0 && room > 0) {
        int used = canvas_words(c, r.x + 3, r.y, room, ROLE_TITLE, title);
        if (used > 0) {
            canvas_put(c, r.x + 2, r.y, ' ', ROLE_FRAME);
            canvas_put(c, r.x + 3 + used, r.y, ' ', ROLE_FRAME);
            room -= used + 2;
        }
    }
    if (legend_width > 0 && legend_width <= room) {
        int x = r.x + r.w - 2 - legend_width;
        canvas_put(c, x - 1, r.y, ' ', ROLE_FRAME);
        canvas_text(c, x, r.y, ROLE_NORMAL, legend);
        canvas_put(c, x + legend_width, r.y, ' ', ROLE_FRAME);
    }
}

void canvas_frame(Canvas *c, Rect r, const char *title, const char *legend)
{
    if (r.w < 2 || r.h < 2)
        return;
    int right = r.x + r.w - 1, bottom = r.y + r.h - 1;
    canvas_fill(c, (Rect){r.x + 1, r.y, r.w - 2, 1}, 0x2500, ROLE_FRAME);
    canvas_fill(c, (Rect){r.x + 1, bottom, r.w - 2, 1}, 0x2500, ROLE_FRAME);
    canvas_fill(c, (Rect){r.x, r.y + 1, 1, r.h - 2}, 0x2502, ROLE_FRAME);
    canvas_fill(c, (Rect){right, r.y + 1, 1, r.h - 2}, 0x2502, ROLE_FRAME);
    canvas_put(c, r.x, r.y, 0x256D, ROLE_FRAME);
    canvas_put(c, right, r.y, 0x256E, ROLE_FRAME);
    canvas_put(c, right, bottom, 0x256F, ROLE_FRAME);
    canvas_put(c, r.x, bottom, 0x2570, ROLE_FRAME);
    frame_edge_texts(c, r, title, legend);
}
