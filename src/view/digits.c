#include <lrd/view/digits.h>

#include <stddef.h>
#include <string.h>

#include <lrd/view/glyph.h>

enum { LETTER_W = 3, LETTER_H = 5 };

static const struct Letter {
    uint32_t glyph;
    const char *dots; /* LETTER_H rows of LETTER_W */
} letters[] = {
    {'0', "#### ## ## ####"},    {'1', " # ##  #  # ###"}, {'2', "###  #####  ###"}, {'3', "###  # ##  ####"},
    {'4', "# ## ####  #  #"},    {'5', "####  ###  ####"}, {'6', "####  #### ####"}, {'7', "###  #  # #  # "},
    {'8', "#### ##### ####"},    {'9', "#### ####  ####"}, {'%', "# #  # # #  # #"}, {'.', "             # "},
    {',', "          # #  "},    {'<', "  # # #   #   #"}, {'~', "    ##### ##   "}, {'-', "      ###      "},
    {0x2013, "      ###      "}, {' ', "               "},
};

static const char *letter_dots(uint32_t glyph)
{
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if (letters[i].glyph == glyph)
            return letters[i].dots;
    return NULL;
}

static int dot_width(int size)
{
    return size > 0 ? 2 * size : 1;
}

/* Rows are counted in halves of a cell, so that size 0 is one of them. */
static int dot_halves(int size, GlyphSet glyphs)
{
    return size > 0 ? 2 * size : glyphs == GLYPHS_ASCII ? 2 : 1;
}

static int letter_width(int size)
{
    return (LETTER_W + 1) * dot_width(size);
}

int digits_width(const char *utf8, int size)
{
    int count = 0;
    for (uint32_t glyph; (glyph = glyph_decode(&utf8));)
        count += letter_dots(glyph) != NULL;
    return count ? count * letter_width(size) - dot_width(size) : 0;
}

int digits_height(int size, GlyphSet glyphs)
{
    return (LETTER_H * dot_halves(size, glyphs) + 1) / 2;
}

static bool half_is_set(const char *dots, int column, int half, int halves)
{
    int row = half / halves;
    return row < LETTER_H && dots[row * LETTER_W + column] == '#';
}

static void draw_letter(Canvas *c, int x, int y, int size, Role role, const char *dots)
{
    enum { FULL = 0x2588, UPPER = 0x2580, LOWER = 0x2584 };
    int halves = dot_halves(size, c->glyphs);
    for (int row = 0; row < digits_height(size, c->glyphs); row++)
        for (int i = 0; i < LETTER_W * dot_width(size); i++) {
            int column = i / dot_width(size);
            bool upper = half_is_set(dots, column, 2 * row, halves);
            bool lower = half_is_set(dots, column, 2 * row + 1, halves);
            if (upper || lower)
                canvas_put(c, x + i, y + row, upper && lower ? FULL : upper ? UPPER : LOWER, role);
        }
}

void digits_draw(Canvas *c, int x, int y, int size, Role role, const char *utf8)
{
    for (uint32_t glyph; (glyph = glyph_decode(&utf8));) {
        const char *dots = letter_dots(glyph);
        if (!dots)
            continue;
        draw_letter(c, x, y, size, role, dots);
        x += letter_width(size);
    }
}
