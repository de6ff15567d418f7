#include <lrd/view/theme.h>

#include <assert.h>
#include <string.h>

const char *const theme_names[SCHEME_COUNT] = {"dark", "light", "contrast", "cvd", "none"};

enum { BOLD = 1, DIM = 2, UNDERLINE = 4, REVERSE = 8 };

/* rgb for 256 colours, truecolour and pictures; ansi (0..15) where there are only 8 or 16. */
typedef struct Paint {
    uint32_t rgb;
    uint8_t ansi;
    uint8_t attributes;
} Paint;

typedef struct SchemeRow {
    uint32_t background;
    uint8_t ansi_background;
    Paint paint[ROLE_HEAT]; /* of SELECTED the paint is the ground, and the scheme's ground the letters */
} SchemeRow;

/* In 16 colours the light scheme keeps to black, red, blue and magenta: xterm's green, cyan and yellow fade on white.
 */
static const SchemeRow schemes[SCHEME_NONE] = {
    [SCHEME_DARK] = {0x10141B,
                     0,
                     {[ROLE_NORMAL] = {0xD3D9E4, 7, 0},
                      [ROLE_DIM] = {0x8691A5, 8, 0},
                      [ROLE_BOLD] = {0xFFFFFF, 15, BOLD},
                      [ROLE_TITLE] = {0xC3CEE3, 15, 0},
                      [ROLE_FRAME] = {0x465267, 8, 0},
                      [ROLE_KEY] = {0xFFCB6B, 11, 0},
                      [ROLE_SELECTED] = {0xFFCB6B, 11, BOLD},
                      [ROLE_GOOD] = {0x8FDB7A, 10, BOLD},
                      [ROLE_WARN] = {0xFFB454, 11, BOLD},
                      [ROLE_BAD] = {0xFF6B6B, 9, BOLD},
                      [ROLE_TRAIN] = {0x62A8FF, 14, 0},
                      [ROLE_MIRROR] = {0xC792EA, 13, 0},
                      [ROLE_UNSEEN] = {0xFFB454, 11, 0},
                      [ROLE_TEST] = {0xFF8A70, 9, 0},
                      [ROLE_RANK] = {0x4FD6BE, 10, 0},
                      [ROLE_BAR] = {0x39B3A0, 6, 0},
                      [ROLE_GHOST] = {0x6B778C, 8, 0},
                      [ROLE_MARKER] = {0xD97BB6, 13, 0}}},
    [SCHEME_LIGHT] = {0xFAFAF7,
                      15,
                      {[ROLE_NORMAL] = {0x22272E, 0, 0},
                       [ROLE_DIM] = {0x626C7A, 8, 0},
                       [ROLE_BOLD] = {0x000000, 0, BOLD},
                       [ROLE_TITLE] = {0x303A48, 0, 0},
                       [ROLE_FRAME] = {0xA4ACB8, 8, 0},
                       [ROLE_KEY] = {0x8A4B00, 5, 0},
                       [ROLE_SELECTED] = {0x8A4B00, 5, BOLD},
                       [ROLE_GOOD] = {0x1B6E2C, 0, BOLD},
                       [ROLE_WARN] = {0x934600, 5, BOLD},
                       [ROLE_BAD] = {0xB3141C, 1, BOLD},
                       [ROLE_TRAIN] = {0x0B57C4, 4, 0},
                       [ROLE_MIRROR] = {0x8A37B0, 5, 0},
                       [ROLE_UNSEEN] = {0xB04A00, 1, BOLD},
                       [ROLE_TEST] = {0xC0312B, 1, 0},
                       [ROLE_RANK] = {0x00705F, 4, 0},
                       [ROLE_BAR] = {0x138070, 4, 0},
                       [ROLE_GHOST] = {0x8A94A3, 8, 0},
                       [ROLE_MARKER] = {0xA8257F, 5, 0}}},
    [SCHEME_CONTRAST] = {0x000000,
                         0,
                         {[ROLE_NORMAL] = {0xFFFFFF, 15, 0},
                          [ROLE_DIM] = {0xC8C8C8, 7, 0},
                          [ROLE_BOLD] = {0xFFFFFF, 15, BOLD},
                          [ROLE_TITLE] = {0xFFFFFF, 15, BOLD},
                          [ROLE_FRAME] = {0x909090, 7, 0},
                          [ROLE_KEY] = {0xFFFF00, 11, BOLD},
                          [ROLE_SELECTED] = {0xFFFF00, 11, BOLD},
                          [ROLE_GOOD] = {0x00FF66, 10, BOLD},
                          [ROLE_WARN] = {0xFFB000, 11, BOLD},
                          [ROLE_BAD] = {0xFF7070, 9, BOLD},
                          [ROLE_TRAIN] = {0x40C4FF, 14, 0},
                          [ROLE_MIRROR] = {0xFF80FF, 13, 0},
                          [ROLE_UNSEEN] = {0xFFFF00, 11, BOLD},
                          [ROLE_TEST] = {0xFFA030, 11, BOLD},
                          [ROLE_RANK] = {0x00FFA8, 10, BOLD},
                          [ROLE_BAR] = {0x00E0B0, 10, 0},
                          [ROLE_GHOST] = {0xA0A0A0, 7, 0},
                          [ROLE_MARKER] = {0xFF80C0, 13, 0}}},
    [SCHEME_CVD] = {0x10141B,
                    0,
                    {[ROLE_NORMAL] = {0xDDE1E8, 7, 0},
                     [ROLE_DIM] = {0x8F98A8, 8, 0},
                     [ROLE_BOLD] = {0xFFFFFF, 15, BOLD},
                     [ROLE_TITLE] = {0xC9D2E0, 15, 0},
                     [ROLE_FRAME] = {0x4A5568, 8, 0},
                     [ROLE_KEY] = {0xF0E442, 11, 0},
                     [ROLE_SELECTED] = {0xF0E442, 11, BOLD},
                     [ROLE_GOOD] = {0x56B4E9, 14, BOLD},
                     [ROLE_WARN] = {0xE69F00, 11, BOLD},
                     [ROLE_BAD] = {0xFF7A1A, 11, BOLD | UNDERLINE},
                     [ROLE_TRAIN] = {0x56B4E9, 14, 0},
                     [ROLE_MIRROR] = {0xCC79A7, 13, 0},
                     [ROLE_UNSEEN] = {0xE69F00, 11, BOLD},
                     [ROLE_TEST] = {0xE69F00, 11, 0},
                     [ROLE_RANK] = {0xF0E442, 11, 0},
                     [ROLE_BAR] = {0x56B4E9, 6, 0},
                     [ROLE_GHOST] = {0x74809A, 8, 0},
                     [ROLE_MARKER] = {0xCC79A7, 13, 0}}},
};

static const uint8_t mono_attributes[ROLE_COUNT] = {
    [ROLE_DIM] = DIM,
    [ROLE_BOLD] = BOLD,
    [ROLE_TITLE] = BOLD,
    [ROLE_FRAME] = DIM,
    [ROLE_KEY] = BOLD | UNDERLINE,
    [ROLE_SELECTED] = REVERSE,
    [ROLE_GOOD] = BOLD,
    [ROLE_WARN] = UNDERLINE,
    [ROLE_BAD] = BOLD | REVERSE,
    [ROLE_UNSEEN] = BOLD,
    [ROLE_TEST] = BOLD,
    [ROLE_GHOST] = DIM,
    [ROLE_MARKER] = DIM,
};

/* Pattern and legend glyphs of the roles that stand for something drawn. */
typedef struct Line {
    Pattern pattern;
    uint16_t glyph;
} Line;

static const Line lines[ROLE_COUNT] = {
    [ROLE_TRAIN] = {PATTERN_DASHED, 0x254C},  /* ╌ */
    [ROLE_MIRROR] = {PATTERN_DOTTED, 0x2508}, /* ┈ */
    [ROLE_UNSEEN] = {PATTERN_SOLID, 0x2501},  /* ━ */
    [ROLE_TEST] = {PATTERN_SOLID, 0x2501},    /* ━ */
    [ROLE_RANK] = {PATTERN_SOLID, 0x2501},    /* ━ */
    [ROLE_BAR] = {PATTERN_SOLID, 0x2588},     /* █ */
    [ROLE_GHOST] = {PATTERN_DOTTED, 0x2594},  /* ▔ */
    [ROLE_MARKER] = {PATTERN_SOLID, 0x2502},  /* │ */
};

static int channel(uint32_t rgb, int shift)
{
    return (int)(rgb >> shift & 0xFF);
}

static int distance(uint32_t a, uint32_t b)
{
    int sum = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
        int d = channel(a, shift) - channel(b, shift);
        sum += d * d;
    }
    return sum;
}

/* xterm's palette: 16 + 36 r + 6 g + b with levels 0, 95, 135, ... 255, and the greys 8, 18, ... 238 from 232 on.
 * The first 16 are the user's own colours, so they are never chosen. */
static int nearest_of_256(uint32_t rgb)
{
    uint32_t cube = 0;
    int index = 16;
    static const int weight[] = {1, 6, 36};
    for (int i = 0; i < 3; i++) {
        int v = channel(rgb, 8 * i), level = v < 48 ? 0 : v < 115 ? 1 : (v - 35) / 40;
        cube |= (uint32_t)(level ? 55 + 40 * level : 0) << (8 * i);
        index += weight[i] * level;
    }
    int mean = (channel(rgb, 0) + channel(rgb, 8) + channel(rgb, 16)) / 3;
    int step = mean < 8 ? 0 : mean > 238 ? 23 : (mean - 3) / 10;
    uint32_t grey = (uint32_t)(8 + 10 * step) * 0x010101u;
    return distance(rgb, grey) < distance(rgb, cube) ? 232 + step : index;
}

static void style_add_attributes(Style *s, uint8_t attributes)
{
    s->bold = attributes & BOLD;
    s->dim = attributes & DIM;
    s->underline = attributes & UNDERLINE;
    s->reverse = attributes & REVERSE;
}

/* With 8 colours a bright one is its plain one in bold; bright black would vanish, so it becomes a dim foreground. */
static void style_reduce_to_8(Style *s, uint8_t fg, uint8_t bg)
{
    bool grey = fg == 8;
    s->bg = bg & 7;
    s->fg = grey ? (s->bg == 0 ? 7 : 0) : fg & 7;
    s->dim = grey;
    s->bold = s->bold || (fg > 8 && s->bg == 0);
}

static Style style_in_mono(Role role)
{
    Style s = {.fg = -1, .bg = -1, .rgb_fg = 0x1A1A1A, .rgb_bg = 0xFFFFFF};
    style_add_attributes(&s, mono_attributes[role]);
    if (s.dim)
        s.rgb_fg = 0x707070;
    return s;
}

/* ---- the colours of a heat map's levels: rising in luminance (falling in a light scheme), strictly so with 256
 * colours and more: what is more is told apart by every kind of eye, and on a grey print ---- */

typedef struct RampColor {
    uint32_t rgb;
    uint8_t xterm; /* of 256 */
    uint8_t ansi;  /* of 8, which 16-colour terminals show alike */
} RampColor;

enum { ENDS = 6 };

/* rgb and ansi: the colours between which the levels lie, the lowest first. xterm: one for each level, since the
 * nearest of its 256 colours would not rise in luminance. */
typedef struct Ramp {
    uint32_t rgb[ENDS];
    uint8_t ansi[ENDS];
    uint8_t xterm[HEAT_LEVELS];
} Ramp;

/* Like magma; the light one goes the other way; cvd runs from blue to yellow as cividis does (Nunez et al. 2018). */
static const Ramp ramps[SCHEME_NONE] = {
    [SCHEME_DARK] = {{0x181C28, 0x48247A, 0x8A2F86, 0xD4545E, 0xF7A64F, 0xFDF4B5},
                     {0, 4, 5, 6, 3, 7},
                     {234, 235, 236, 53, 54, 90, 96, 132, 168, 203, 173, 209, 215, 216, 222, 229}},
    [SCHEME_LIGHT] = {{0xF0EEE6, 0xF4CB8C, 0xE28258, 0xAB3A6C, 0x5C2176, 0x1B0F3B},
                      {7, 3, 6, 5, 4, 0},
                      {255, 224, 223, 222, 216, 179, 209, 173, 167, 132, 96, 89, 54, 53, 236, 235}},
    [SCHEME_CONTRAST] = {{0x101010, 0x2323A8, 0xA525A5, 0xFF5555, 0xFFC400, 0xFFFFFF},
                         {0, 4, 5, 6, 3, 7},
                         {232, 233, 17, 18, 54, 55, 90, 132, 168, 203, 209, 214, 220, 221, 229, 231}},
    [SCHEME_CVD] = {{0x151C2A, 0x17396E, 0x515C70, 0x898577, 0xCBB757, 0xFFF06A},
                    {0, 4, 5, 6, 3, 7},
                    {234, 235, 236, 23, 240, 59, 60, 242, 243, 244, 101, 143, 179, 185, 221, 227}},
};

/* scheme is not SCHEME_NONE; level 0 .. HEAT_LEVELS - 1. */
static RampColor ramp_color(Scheme scheme, int level)
{
    const Ramp *ramp = &ramps[scheme];
    const int spans = ENDS - 1, last = HEAT_LEVELS - 1;
    int span = level * spans / last, within = level * spans % last;
    uint32_t from = ramp->rgb[span], to = ramp->rgb[span < spans ? span + 1 : span];
    RampColor color = {0, ramp->xterm[level], ramp->ansi[(level * spans + last / 2) / last]};
    for (int shift = 0; shift <= 16; shift += 8) {
        int a = (int)(from >> shift & 0xFF), b = (int)(to >> shift & 0xFF);
        color.rgb |= (uint32_t)(a + (b - a) * within / last) << shift;
    }
    return color;
}

static Style style_of_heat(Scheme scheme, ColorDepth depth, int level)
{
    const SchemeRow *row = &schemes[scheme];
    RampColor color = ramp_color(scheme, level);
    Style s = {.fg = color.ansi, .bg = row->ansi_background, .rgb_fg = color.rgb, .rgb_bg = row->background};
    if (depth == DEPTH_8)
        s.bg &= 7;
    if (depth >= DEPTH_256) {
        s.fg = color.xterm;
        s.bg = nearest_of_256(s.rgb_bg);
    }
    return s;
}

Style theme_style(Scheme scheme, ColorDepth depth, Role role)
{
    assert((unsigned)scheme < SCHEME_COUNT && (unsigned)role < ROLE_COUNT);
    if (scheme == SCHEME_NONE || depth == DEPTH_MONO)
        return style_in_mono(role);
    const SchemeRow *row = &schemes[scheme];
    if (role >= ROLE_HEAT)
        return style_of_heat(scheme, depth, (int)role - (int)ROLE_HEAT);
    const Paint *paint = &row->paint[role];
    bool inverse = role == ROLE_SELECTED;
    Style s = {.rgb_fg = inverse ? row->background : paint->rgb, .rgb_bg = inverse ? paint->rgb : row->background};
    style_add_attributes(&s, paint->attributes);
    uint8_t fg = inverse ? row->ansi_background : paint->ansi, bg = inverse ? paint->ansi : row->ansi_background;
    if (depth == DEPTH_8) {
        style_reduce_to_8(&s, fg, bg);
    } else if (depth == DEPTH_16) {
        s.fg = fg;
        s.bg = bg;
    } else {
        s.fg = nearest_of_256(s.rgb_fg);
        s.bg = nearest_of_256(s.rgb_bg);
    }
    return s;
}

Style theme_style_on(Scheme scheme, ColorDepth depth, Role role, Role ground)
{
    Style s = theme_style(scheme, depth, role);
    if (ground == ROLE_NORMAL || scheme == SCHEME_NONE || depth == DEPTH_MONO)
        return s;
    Style below = theme_style(scheme, depth, ground);
    s.bg = below.fg;
    s.rgb_bg = below.rgb_fg;
    return s;
}

Pattern theme_pattern(Role role)
{
    return lines[role].pattern;
}

static unsigned char pattern_ascii(Pattern pattern)
{
    return (unsigned char)"=-."[pattern];
}

uint32_t theme_marker(Role role, GlyphSet glyphs)
{
    uint32_t glyph = lines[role].glyph ? lines[role].glyph : 0x2500;
    if (glyphs == GLYPHS_ASCII && role == ROLE_GHOST)
        return ':'; /* dotted as mirror is, and not to be taken for it */
    return glyphs == GLYPHS_ASCII ? pattern_ascii(lines[role].pattern) : glyph;
}

uint32_t theme_pattern_marker(Pattern pattern, GlyphSet glyphs)
{
    static const uint32_t glyph[] = {
        [PATTERN_SOLID] = 0x2501, [PATTERN_DASHED] = 0x254C, [PATTERN_DOTTED] = 0x2508}; /* ━ ╌ ┈ */
    return glyphs == GLYPHS_ASCII ? pattern_ascii(pattern) : glyph[pattern];
}
