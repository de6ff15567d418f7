/* The grid as shapes and letters. Nothing here depends on the machine, the locale or the fonts: only letters are text,
 * and each run of them is held to its cells by textLength. */
#include <lrd/view/export.h>

#include <stdbool.h>

#include <lrd/view/glyph.h>

/* A cell of 9 x 18 makes Braille dots stand on a square lattice of 4.5. The font size is where common monospace fonts
 * (advance .602 em) are 9 wide, for readers that leave textLength aside. */
enum { CELL_W = EXPORT_CELL_W, CELL_H = EXPORT_CELL_H, MARGIN = EXPORT_MARGIN, BASELINE = 13, EIGHTH = 8 };
static const double FONT_SIZE = 14.95;

/* The middle of a cell lies on half units, so that thin lines are sharp. */
static const double MIDDLE_X = 4.5, MIDDLE_Y = 8.5;

static uint32_t glyph_at(const Canvas *c, int x, int y)
{
    return c->cells[(size_t)y * (size_t)c->w + (size_t)x].glyph;
}

static Role role_at(const Canvas *c, int x, int y)
{
    return (Role)c->cells[(size_t)y * (size_t)c->w + (size_t)x].role;
}

static double left_of(int x)
{
    return MARGIN + CELL_W * x;
}

static double top_of(int y)
{
    return MARGIN + CELL_H * y;
}

/* Which arms a box glyph has, from the middle of the cell; dashes: how many pieces a broken line has in a cell. */
enum { LEFT = 1, RIGHT = 2, UP = 4, DOWN = 8, ROUND = 16, HEAVY = 32 };

typedef struct Box {
    uint16_t glyph;
    uint8_t arms, dashes;
} Box;

static const Box boxes[] = {
    {0x2500, LEFT | RIGHT, 0},
    {0x2501, LEFT | RIGHT | HEAVY, 0},
    {0x2502, UP | DOWN, 0},
    {0x2503, UP | DOWN | HEAVY, 0},
    {0x2504, LEFT | RIGHT, 3},
    {0x2506, UP | DOWN, 3},
    {0x2508, LEFT | RIGHT, 4},
    {0x250A, UP | DOWN, 4},
    {0x250C, RIGHT | DOWN, 0},
    {0x2510, LEFT | DOWN, 0},
    {0x2514, RIGHT | UP, 0},
    {0x2518, LEFT | UP, 0},
    {0x251C, UP | DOWN | RIGHT, 0},
    {0x2524, UP | DOWN | LEFT, 0},
    {0x252C, LEFT | RIGHT | DOWN, 0},
    {0x2534, LEFT | RIGHT | UP, 0},
    {0x253C, LEFT | RIGHT | UP | DOWN, 0},
    {0x254C, LEFT | RIGHT, 2},
    {0x254E, UP | DOWN, 2},
    {0x256D, RIGHT | DOWN | ROUND, 0},
    {0x256E, LEFT | DOWN | ROUND, 0},
    {0x256F, LEFT | UP | ROUND, 0},
    {0x2570, RIGHT | UP | ROUND, 0},
};

static const Box *box_find(uint32_t glyph)
{
    for (size_t i = 0; i < sizeof boxes / sizeof *boxes; i++)
        if (boxes[i].glyph == glyph)
            return &boxes[i];
    return NULL;
}

/* Symbols that fonts draw in their own ways, or lack: a path within a cell of 9 x 18. */
typedef struct Symbol {
    uint16_t glyph;
    const char *path;
} Symbol;

static const Symbol symbols[] = {
    {0x23F8, "M1.5 4.5h2.2v8h-2.2zM5.3 4.5h2.2v8h-2.2z"},                                                     /* ⏸ */
    {0x25A0, "M1 5h7v7h-7z"},                                                                                 /* ■ */
    {0x25B2, "M4.5 4.5L8.5 12H.5z"},                                                                          /* ▲ */
    {0x25B4, "M4.5 6L7.5 11H1.5z"},                                                                           /* ▴ */
    {0x25B6, "M1 4.3L8.5 8.5L1 12.7z"},                                                                       /* ▶ */
    {0x25B8, "M2 5.5L7 8.5L2 11.5z"},                                                                         /* ▸ */
    {0x25BC, "M4.5 12.5L8.5 5H.5z"},                                                                          /* ▼ */
    {0x25BE, "M4.5 11L7.5 6H1.5z"},                                                                           /* ▾ */
    {0x25C0, "M8 4.3L.5 8.5L8 12.7z"},                                                                        /* ◀ */
    {0x25C2, "M7 5.5L2 8.5L7 11.5z"},                                                                         /* ◂ */
    {0x25C6, "M4.5 4.5L8.2 8.5L4.5 12.5L.8 8.5z"},                                                            /* ◆ */
    {0x25CF, "M4.5 4.7a3.8 3.8 0 1 1 0 7.6a3.8 3.8 0 1 1 0-7.6z"},                                            /* ● */
    {0x25CB, "M4.5 4.7a3.8 3.8 0 1 1 0 7.6a3.8 3.8 0 1 1 0-7.6zM4.5 6a2.5 2.5 0 1 0 0 5a2.5 2.5 0 1 0 0-5z"}, /* ○ */
};

static const char *symbol_find(uint32_t glyph)
{
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++)
        if (symbols[i].glyph == glyph)
            return symbols[i].path;
    return NULL;
}

/* In eighths of the cell; shade in quarters of full strength. */
typedef struct Block {
    int x, y, w, h, shade;
} Block;

static bool block_find(uint32_t glyph, Block *out)
{
    int g = (int)glyph;
    if (g >= 0x2581 && g <= 0x2588)
        *out = (Block){0, 0x2588 - g, EIGHTH, g - 0x2580, 4};
    else if (g >= 0x2589 && g <= 0x258F)
        *out = (Block){0, 0, 0x2590 - g, EIGHTH, 4};
    else if (g >= 0x2591 && g <= 0x2593)
        *out = (Block){0, 0, EIGHTH, EIGHTH, g - 0x2590};
    else if (g == 0x2580)
        *out = (Block){0, 0, EIGHTH, 4, 4};
    else if (g == 0x2590)
        *out = (Block){4, 0, 4, EIGHTH, 4};
    else if (g == 0x2594)
        *out = (Block){0, 0, EIGHTH, 1, 4};
    else if (g == 0x2595)
        *out = (Block){7, 0, 1, EIGHTH, 4};
    else
        return false;
    return true;
}

static uint8_t quadrant_bits(uint32_t glyph)
{
    for (uint8_t bits = 1; glyph >= 0x2596 && glyph <= 0x259F && bits < 16; bits++)
        if (glyph_quadrant(bits) == glyph)
            return bits;
    return 0;
}

static bool is_braille(uint32_t glyph)
{
    return glyph >= GLYPH_BRAILLE && glyph < GLYPH_BRAILLE + 256;
}

static bool is_letter(uint32_t glyph)
{
    Block b;
    return glyph != ' ' && !is_braille(glyph) && !box_find(glyph) && !symbol_find(glyph) && !block_find(glyph, &b) &&
           !quadrant_bits(glyph);
}

static void add_rect(Text *out, double x, double y, double w, double h)
{
    text_addf(out, "M%g %gh%gv%gh%gz", x, y, w, h, -w);
}

/* One cell's part of a path; `weight` tells the passes over light lines, heavy lines and shades apart. */
typedef void AddCell(const Canvas *c, int x, int y, int weight, Text *path);

static void add_dots(const Canvas *c, int x, int y, int weight, Text *path)
{
    (void)weight;
    uint32_t glyph = glyph_at(c, x, y);
    if (!is_braille(glyph))
        return;
    for (int row = 0; row < 4; row++)
        for (int column = 0; column < 2; column++)
            if ((glyph - GLYPH_BRAILLE) & glyph_braille_bit(column, row))
                text_addf(path, "M%g %gh0", left_of(x) + 2.25 + 4.5 * column, top_of(y) + 2.25 + 4.5 * row);
}

static void add_block(const Canvas *c, int x, int y, int weight, Text *path)
{
    static const double across = (double)CELL_W / EIGHTH, down = (double)CELL_H / EIGHTH;
    uint32_t glyph = glyph_at(c, x, y);
    Block b;
    uint8_t bits = quadrant_bits(glyph);
    if (block_find(glyph, &b) && b.shade == weight)
        add_rect(path, left_of(x) + b.x * across, top_of(y) + b.y * down, b.w * across, b.h * down);
    for (int i = 0; i < 4 && weight == 4; i++)
        if (bits >> i & 1)
            add_rect(path, left_of(x) + (i % 2 ? 4.5 : 0), top_of(y) + (i / 2 ? 9 : 0), 4.5, 9);
}

static void add_dashes(Text *path, const Box *box, double left, double top)
{
    bool flat = box->arms & LEFT;
    double pitch = (double)(flat ? CELL_W : CELL_H) / box->dashes;
    for (int i = 0; i < box->dashes; i++) {
        double at = (i + 0.2) * pitch;
        if (flat)
            text_addf(path, "M%g %gh%g", left + at, top + MIDDLE_Y, 0.6 * pitch);
        else
            text_addf(path, "M%g %gv%g", left + MIDDLE_X, top + at, 0.6 * pitch);
    }
}

static void add_line(const Canvas *c, int x, int y, int weight, Text *path)
{
    const Box *box = box_find(glyph_at(c, x, y));
    if (!box || (box->arms & HEAVY) != weight)
        return;
    double left = left_of(x), top = top_of(y), right = left + CELL_W, bottom = top + CELL_H;
    double middle_x = left + MIDDLE_X, middle_y = top + MIDDLE_Y;
    if (box->dashes) {
        add_dashes(path, box, left, top);
    } else if (box->arms & ROUND) {
        text_addf(path, "M%g %gV%gQ%g %g %g %g", middle_x, box->arms & UP ? top : bottom,
                  middle_y + (box->arms & UP ? -MIDDLE_X : MIDDLE_X), middle_x, middle_y,
                  box->arms & LEFT ? left : right, middle_y);
    } else {
        double from_x = box->arms & LEFT ? left : middle_x, to_x = box->arms & RIGHT ? right : middle_x;
        double from_y = box->arms & UP ? top : middle_y, to_y = box->arms & DOWN ? bottom : middle_y;
        if (to_x > from_x)
            text_addf(path, "M%g %gH%g", from_x, middle_y, to_x);
        if (to_y > from_y)
            text_addf(path, "M%g %gV%g", middle_x, from_y, to_y);
    }
}

/* All cells of a role in one path; attributes say how it is painted. Nothing is written for an empty one. */
static void add_path(const Canvas *c, Role role, AddCell *add, int weight, const char *attributes, Text *out)
{
    Text path = {0};
    for (int y = 0; y < c->h; y++)
        for (int x = 0; x < c->w; x++)
            if (role_at(c, x, y) == role)
                add(c, x, y, weight, &path);
    if (path.length > 0)
        text_addf(out, "<path %s d=\"%s\"/>\n", attributes, text_str(&path));
    text_free(&path);
}

static void add_symbols(const Canvas *c, Role role, Text *out)
{
    for (int y = 0; y < c->h; y++)
        for (int x = 0; x < c->w; x++) {
            const char *path = role_at(c, x, y) == role ? symbol_find(glyph_at(c, x, y)) : NULL;
            if (path)
                text_addf(out, "<path transform=\"translate(%g %g)\" d=\"%s\"/>\n", left_of(x), top_of(y), path);
        }
}

static void add_escaped(Text *out, uint32_t glyph)
{
    char utf8[GLYPH_UTF8_MAX];
    glyph_encode(glyph, utf8);
    text_add(out, glyph == '<' ? "&lt;" : glyph == '>' ? "&gt;" : glyph == '&' ? "&amp;" : utf8);
}

static void add_letter(Text *out, const Cell *cell)
{
    if (cell->glyph == CELL_TAIL)
        return;
    add_escaped(out, cell->glyph);
    for (int i = 0; i < CELL_MARKS && cell->marks[i]; i++)
        add_escaped(out, cell->marks[i]);
}

static bool is_wide(const Canvas *c, int x, int y)
{
    return x + 1 < c->w && glyph_at(c, x + 1, y) == CELL_TAIL;
}

/* The end of the run of letters that starts at x: single blanks belong to it, two end it (a reader of SVG makes one
 * of them). A wide letter is a run by itself: what holds a run to its cells spreads it evenly. */
static int run_end(const Canvas *c, Role role, int x, int y)
{
    int end = x;
    if (is_wide(c, x, y))
        return x + 2;
    for (; x < c->w && role_at(c, x, y) == role && !is_wide(c, x, y); x++) {
        if (is_letter(glyph_at(c, x, y)))
            end = x + 1;
        else if (glyph_at(c, x, y) != ' ' || x > end)
            break;
    }
    return end;
}

static void add_letters(const Canvas *c, Role role, Text *out)
{
    for (int y = 0; y < c->h; y++)
        for (int x = 0; x < c->w; x++) {
            if (role_at(c, x, y) != role || !is_letter(glyph_at(c, x, y)))
                continue;
            int end = run_end(c, role, x, y);
            text_addf(out, "<text x=\"%g\" y=\"%g\" textLength=\"%d\">", left_of(x), top_of(y) + BASELINE,
                      (end - x) * CELL_W);
            for (; x < end; x++)
                add_letter(out, &c->cells[(size_t)y * (size_t)c->w + (size_t)x]);
            x--;
            text_add(out, "</text>\n");
        }
}

/* In mono a style may ask for reverse: here it is done by exchanging the two. */
static Style svg_style(Scheme scheme, Role role)
{
    Style s = theme_style(scheme, DEPTH_TRUE, role);
    if (s.reverse) {
        uint32_t fg = s.rgb_fg;
        s.rgb_fg = s.rgb_bg;
        s.rgb_bg = fg;
    }
    return s;
}

static Role ground_at(const Canvas *c, int x, int y)
{
    return (Role)c->cells[(size_t)y * (size_t)c->w + (size_t)x].ground;
}

/* What lies behind the cells that `at` gives this role. */
static void add_ground(const Canvas *c, Role (*at)(const Canvas *, int, int), Role role, uint32_t rgb, Text *out)
{
    Text path = {0};
    for (int y = 0; y < c->h; y++)
        for (int x = 0, end; x < c->w; x = end + 1) {
            for (end = x; end < c->w && at(c, end, y) == role; end++)
                ;
            if (end > x)
                add_rect(&path, left_of(x), top_of(y), CELL_W * (end - x), CELL_H);
        }
    if (path.length > 0)
        text_addf(out, "<path fill=\"#%06x\" shape-rendering=\"crispEdges\" d=\"%s\"/>\n", (unsigned)rgb,
                  text_str(&path));
    text_free(&path);
}

/* Grounds lie behind everything else: a cell may have the ground of a role that is drawn later. */
static void add_grounds(const Canvas *c, Scheme scheme, Text *out)
{
    uint32_t normal = svg_style(scheme, ROLE_NORMAL).rgb_bg;
    for (int role = 0; role < ROLE_COUNT; role++) {
        Style s = svg_style(scheme, (Role)role);
        if (s.rgb_bg != normal)
            add_ground(c, role_at, (Role)role, s.rgb_bg, out);
        if (role != ROLE_NORMAL && scheme != SCHEME_NONE)
            add_ground(c, ground_at, (Role)role, s.rgb_fg, out);
    }
}

static void add_role(const Canvas *c, Scheme scheme, Role role, Text *out)
{
    Style s = svg_style(scheme, role);
    Text group = {0};
    add_path(c, role, add_block, 4, "shape-rendering=\"crispEdges\"", &group);
    for (int shade = 1; shade < 4; shade++)
        add_path(c, role, add_block, shade,
                 (const char *[]){"", "opacity=\".25\"", "opacity=\".5\"", "opacity=\".75\""}[shade], &group);
    add_path(c, role, add_line, 0, "class=\"l\"", &group);
    add_path(c, role, add_line, HEAVY, "class=\"h\"", &group);
    add_path(c, role, add_dots, 0, "class=\"d\"", &group);
    add_symbols(c, role, &group);
    add_letters(c, role, &group);
    if (group.length > 0)
        text_addf(out, "<g fill=\"#%06x\" stroke=\"#%06x\"%s%s>\n%s</g>\n", (unsigned)s.rgb_fg, (unsigned)s.rgb_fg,
                  s.bold ? " font-weight=\"bold\"" : "", s.underline ? " text-decoration=\"underline\"" : "",
                  text_str(&group));
    text_free(&group);
}

void export_svg_open(int columns, int rows, Scheme scheme, const char *title, Text *out)
{
    int w = columns * CELL_W + 2 * MARGIN, h = rows * CELL_H + 2 * MARGIN;
    text_addf(out,
              "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
              "role=\"img\">\n<title>",
              w, h, w, h);
    const char *name = title ? title : "lrdlab";
    for (uint32_t glyph; (glyph = glyph_decode(&name));)
        add_escaped(out, glyph_is_mark(glyph) ? glyph : glyph_printable(glyph));
    text_addf(out,
              "</title>\n<style>text{font:%gpx 'DejaVu Sans Mono',Menlo,Consolas,'Liberation Mono',monospace;"
              "font-weight:inherit;stroke:none}"
              "path{stroke:none}.l,.h,.d{fill:none;stroke:inherit}.h{stroke-width:2.4}"
              ".d{stroke-width:3.6;stroke-linecap:round}</style>\n"
              "<rect width=\"%d\" height=\"%d\" rx=\"8\" fill=\"#%06x\"/>\n",
              FONT_SIZE, w, h, (unsigned)svg_style(scheme, ROLE_NORMAL).rgb_bg);
}

void export_svg_cells(const Canvas *c, Scheme scheme, Text *out)
{
    add_grounds(c, scheme, out);
    for (int role = 0; role < ROLE_COUNT; role++)
        add_role(c, scheme, (Role)role, out);
}

void export_svg(const Canvas *c, Scheme scheme, const char *title, Text *out)
{
    export_svg_open(c->w, c->h, scheme, title, out);
    export_svg_cells(c, scheme, out);
    text_add(out, "</svg>\n");
}

char export_svg_glyph(uint32_t glyph, Text *path)
{
    Cell cell = {.glyph = glyph, .role = ROLE_NORMAL, .ground = ROLE_NORMAL};
    Canvas one = {.w = 1, .h = 1, .cells = &cell, .clip = {0, 0, 1, 1}};
    const char *symbol = symbol_find(glyph);
    Block block;
    if (symbol) {
        text_add(path, symbol);
        return 's';
    }
    if (block_find(glyph, &block) || quadrant_bits(glyph)) {
        int shade = quadrant_bits(glyph) ? 4 : block.shade;
        add_block(&one, 0, 0, shade, path);
        return (char)('0' + shade);
    }
    if (is_braille(glyph)) {
        add_dots(&one, 0, 0, 0, path);
        return 'd';
    }
    const Box *box = box_find(glyph);
    if (!box)
        return 't';
    add_line(&one, 0, 0, box->arms & HEAVY, path);
    return box->arms & HEAVY ? 'h' : 'l';
}
