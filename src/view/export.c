#include <lrd/view/export.h>

#include <stdbool.h>

#include <lrd/view/glyph.h>

static const Cell *row_of(const Canvas *c, int y)
{
    return c->cells + (size_t)y * (size_t)c->w;
}

static void add_glyph(Text *out, uint32_t glyph)
{
    char utf8[GLYPH_UTF8_MAX];
    int length = glyph_encode(glyph, utf8);
    text_add_bytes(out, utf8, (size_t)length);
}

static void add_cell(Text *out, const Cell *cell)
{
    if (cell->glyph == CELL_TAIL)
        return;
    add_glyph(out, cell->glyph);
    for (int i = 0; i < CELL_MARKS && cell->marks[i]; i++)
        add_glyph(out, cell->marks[i]);
}

static int row_length(const Canvas *c, int y)
{
    int length = c->w;
    while (length > 0 && row_of(c, y)[length - 1].glyph == ' ')
        length--;
    return length;
}

void export_text(const Canvas *c, Text *out)
{
    for (int y = 0; y < c->h; y++) {
        int length = row_length(c, y);
        for (int x = 0; x < length; x++)
            add_cell(out, &row_of(c, y)[x]);
        text_add(out, "\n");
    }
}

/* SGR codes: 3x and 4x for eight colours, 9x and 10x for the bright ones, 38 and 48 for the rest. */
static void add_color(Text *out, ColorDepth depth, int index, uint32_t rgb, bool ground)
{
    int ten = ground ? 10 : 0;
    if (index < 0)
        return;
    if (depth == DEPTH_TRUE)
        text_addf(out, ";%d;2;%u;%u;%u", 38 + ten, (unsigned)(rgb >> 16 & 0xFF), (unsigned)(rgb >> 8 & 0xFF),
                  (unsigned)(rgb & 0xFF));
    else if (depth == DEPTH_256)
        text_addf(out, ";%d;5;%d", 38 + ten, index);
    else
        text_addf(out, ";%d", index < 8 ? 30 + ten + index : 82 + ten + index);
}

static void add_style(Text *out, const Style *s, ColorDepth depth)
{
    text_add(out, "\033[0");
    text_add(out, s->bold ? ";1" : "");
    text_add(out, s->dim ? ";2" : "");
    text_add(out, s->underline ? ";4" : "");
    text_add(out, s->reverse ? ";7" : "");
    add_color(out, depth, s->fg, s->rgb_fg, false);
    add_color(out, depth, s->bg, s->rgb_bg, true);
    text_add(out, "m");
}

void export_ansi(const Canvas *c, Scheme scheme, ColorDepth depth, Text *out)
{
    for (int y = 0; y < c->h; y++) {
        /* Whole rows: the scheme's ground belongs to the picture. */
        for (int x = 0; x < c->w; x++) {
            const Cell *cell = &row_of(c, y)[x];
            if (x == 0 || cell->role != cell[-1].role || cell->ground != cell[-1].ground) {
                Style s = theme_style_on(scheme, depth, (Role)cell->role, (Role)cell->ground);
                add_style(out, &s, depth);
            }
            add_cell(out, cell);
        }
        text_add(out, "\033[0m\n");
    }
}
