#include <lrd/view/glyph.h>

#include <locale.h>
#include <stdatomic.h>
#include <wchar.h>

#include <stddef.h>

#include <lrd/base/util.h>

const char *const glyph_set_names[GLYPHS_COUNT] = {"braille", "block", "ascii"};

/* The twins of what is not computed below, in rising order. A block stands for itself where it is one. */
typedef struct Twin {
    uint16_t glyph;
    char ascii;
} Twin;

static const Twin twins[] = {
    {0x00B0, 'o'},                                                               /* ° */
    {0x00B1, '~'},                                                               /* ± */
    {0x00B2, '2'},                                                               /* ² */
    {0x00B5, 'u'},                                                               /* µ */
    {0x00B7, '.'},                                                               /* · */
    {0x00D7, 'x'},                                                               /* × */
    {0x03B1, 'a'},                                                               /* α */
    {0x03B8, 'O'},                                                               /* θ */
    {0x03BB, 'l'},                                                               /* λ */
    {0x03C3, 's'},                                                               /* σ */
    {0x2013, '-'},                                                               /* – */
    {0x2014, '-'},                                                               /* — */
    {0x2018, '\''}, {0x2019, '\''}, {0x201C, '"'}, {0x201D, '"'}, {0x2022, '*'}, /* • */
    {0x2026, '.'},                                                               /* … */
    {0x2190, '<'},                                                               /* ← */
    {0x2191, '^'},                                                               /* ↑ */
    {0x2192, '>'},                                                               /* → */
    {0x2193, 'v'},                                                               /* ↓ */
    {0x2194, '='},                                                               /* ↔ */
    {0x21B5, '<'},                                                               /* ↵ */
    {0x21E7, '^'},                                                               /* ⇧ */
    {0x2212, '-'},                                                               /* − */
    {0x221A, 'V'},                                                               /* √ */
    {0x221E, '8'},                                                               /* ∞ */
    {0x2220, '<'},                                                               /* ∠ */
    {0x2225, '|'},                                                               /* ∥ */
    {0x2248, '~'},                                                               /* ≈ */
    {0x2260, '!'},                                                               /* ≠ */
    {0x2264, '<'},                                                               /* ≤ */
    {0x2265, '>'},                                                               /* ≥ */
    {0x22A5, 'T'},                                                               /* ⊥ */
    {0x23F8, '='},                                                               /* ⏸ */
    {0x2500, '-'},  {0x2501, '='},  {0x2502, '|'}, {0x2503, '|'}, {0x2504, '-'}, {0x2505, '='},  {0x2506, ':'},
    {0x2507, ':'},  {0x2508, '.'},  {0x2509, '.'}, {0x250A, ':'}, {0x250B, ':'}, {0x254C, '-'},  {0x254D, '='},
    {0x254E, ':'},  {0x254F, ':'},  {0x2550, '='}, {0x2551, '|'}, {0x2571, '/'}, {0x2572, '\\'}, {0x2573, 'X'},
    {0x2574, '-'},  {0x2575, '|'},  {0x2576, '-'}, {0x2577, '|'}, {0x2578, '='}, {0x257A, '='},  {0x2580, '"'},
    {0x2581, '.'}, /* ▁: the eighths stand for . : # */
    {0x2582, '.'},  {0x2583, ':'},  {0x2584, ':'}, {0x2585, ':'}, {0x2586, '#'}, {0x2587, '#'},  {0x2588, '#'},
    {0x2589, '#'},  {0x258A, '#'},  {0x258B, '#'}, {0x258C, ':'}, {0x258D, ':'}, {0x258E, '.'},  {0x258F, '.'},
    {0x2590, ':'},  {0x2591, '.'},  {0x2592, ':'}, {0x2593, '%'}, {0x2594, '-'}, {0x2595, '|'},  {0x25A0, '#'},
    {0x25A1, 'o'},  {0x25AA, '*'},  {0x25B2, '^'}, {0x25B4, '^'}, {0x25B6, '>'}, {0x25B8, '>'},  {0x25BC, 'v'},
    {0x25BE, 'v'},  {0x25C0, '<'},  {0x25C2, '<'}, {0x25C6, '*'}, {0x25C7, 'o'}, {0x25CB, 'o'},  {0x25CF, 'O'},
    {0x2605, '*'},  {0x26A0, '!'},  {0x2713, '+'}, {0x2714, '+'}, {0x2717, 'x'}, {0x2718, 'x'},
};

uint32_t glyph_decode(const char **s)
{
    static const uint32_t smallest[] = {0, 0x80, 0x800, 0x10000};
    const unsigned char *p = (const unsigned char *)*s;
    if (!*p)
        return 0;
    ++*s;
    if (*p < 0x80)
        return *p;
    int more = *p >= 0xF0 ? 3 : *p >= 0xE0 ? 2 : 1;
    if (*p < 0xC2 || *p > 0xF4)
        return GLYPH_INVALID;
    uint32_t glyph = *p & (0x3Fu >> more);
    for (int i = 1; i <= more; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return GLYPH_INVALID;
        glyph = glyph << 6 | (p[i] & 0x3Fu);
    }
    if (glyph < smallest[more] || glyph > 0x10FFFF || (glyph >= 0xD800 && glyph <= 0xDFFF))
        return GLYPH_INVALID;
    *s += more;
    return glyph;
}

int glyph_encode(uint32_t glyph, char out[GLYPH_UTF8_MAX])
{
    static const unsigned char lead[] = {0, 0xC0, 0xE0, 0xF0};
    int more = glyph < 0x80 ? 0 : glyph < 0x800 ? 1 : glyph < 0x10000 ? 2 : 3;
    for (int i = more; i > 0; i--) {
        out[i] = (char)(0x80 | (glyph & 0x3F));
        glyph >>= 6;
    }
    out[0] = (char)(lead[more] | glyph);
    out[more + 1] = '\0';
    return more + 1;
}

/* Scripts and symbols that every terminal draws one column wide. The rest could only come from a file name or a title.
 */
static const uint32_t known[][2] = {
    {0x0020, 0x007E}, {0x00A0, 0x00AC}, {0x00AE, 0x02FF}, {0x0370, 0x0482}, {0x048A, 0x052F}, {0x1E00, 0x1FFF},
    {0x2010, 0x2027}, {0x2030, 0x205E}, {0x2070, 0x209C}, {0x20A0, 0x20BF}, {0x2100, 0x218B}, {0x2190, 0x2319},
    {0x231C, 0x2328}, {0x232B, 0x23E8}, {0x23F8, 0x23FA}, {0x2500, 0x25FC}, {0x25FF, 0x2613}, {0x2616, 0x2647},
    {0x26A0, 0x26A0}, {0x2713, 0x2718}, {0x27C0, 0x2AFF}, {0xFF61, 0xFF9F},
};

/* wcwidth goes by the locale of the thread; a title has the same width in all of them. NULL where the system has no
 * such locale. Made once and kept: the same whoever makes it first. */
static locale_t unicode_locale(void)
{
    static _Atomic(locale_t) kept;
    locale_t mine = atomic_load(&kept), none = (locale_t)0;
    if (mine != none)
        return mine;
    mine = newlocale(LC_CTYPE_MASK, "C.UTF-8", none);
    mine = mine == none ? newlocale(LC_CTYPE_MASK, "en_US.UTF-8", none) : mine;
    if (mine != none && !atomic_compare_exchange_strong(&kept, &none, mine)) {
        freelocale(mine);
        mine = none; /* which holds the other's now */
    }
    return mine;
}

static bool glyph_only_joins(uint32_t glyph)
{
    return (glyph >= 0x200B && glyph <= 0x200F) || (glyph >= 0x2028 && glyph <= 0x202E) ||
           (glyph >= 0x2060 && glyph <= 0x206F) || (glyph >= 0xFE00 && glyph <= 0xFE0F) || glyph == 0xFEFF ||
           (glyph >= 0xE0000 && glyph <= 0xE01EF);
}

int glyph_width(uint32_t glyph)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (glyph >= known[i][0] && glyph <= known[i][1])
            return 1;
    locale_t unicode = glyph < 0x300 ? (locale_t)0 : unicode_locale();
    if (glyph_only_joins(glyph))
        return 0;
    if (!unicode)
        return 1;
    locale_t before = uselocale(unicode);
    int width = wcwidth((wchar_t)glyph);
    uselocale(before);
    return width == 0 || width == 2 ? width : 1;
}

bool glyph_is_mark(uint32_t glyph)
{
    return glyph_width(glyph) == 0 && !glyph_only_joins(glyph);
}

uint32_t glyph_printable(uint32_t glyph)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (glyph >= known[i][0] && glyph <= known[i][1])
            return glyph;
    return glyph_width(glyph) == 2 ? glyph : GLYPH_INVALID;
}

uint8_t glyph_braille_bit(int x, int y)
{
    static const uint8_t bits[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    return bits[y & 3][x & 1];
}

uint8_t glyph_quadrant_bit(int x, int y)
{
    return (uint8_t)(1u << ((y & 1) * 2 + (x & 1)));
}

uint32_t glyph_quadrant(uint8_t bits)
{
    static const uint16_t glyphs[16] = {' ',    0x2598, 0x259D, 0x2580, 0x2596, 0x258C, 0x259E, 0x259B,
                                        0x2597, 0x259A, 0x2590, 0x259C, 0x2584, 0x2599, 0x259F, 0x2588};
    return glyphs[bits & 15];
}

static uint32_t braille_as_quadrant(uint8_t dots)
{
    uint8_t bits = 0;
    for (int y = 0; y < 4; y++)
        for (int x = 0; x < 2; x++)
            if (dots & glyph_braille_bit(x, y))
                bits |= glyph_quadrant_bit(x, y / 2);
    return glyph_quadrant(bits);
}

/* The stroke that the dots look like, told by how high they stand in the left and in the right column. */
static char braille_as_ascii(uint8_t dots)
{
    int count[2] = {0, 0}, sum[2] = {0, 0};
    for (int y = 0; y < 4; y++)
        for (int x = 0; x < 2; x++)
            if (dots & glyph_braille_bit(x, y)) {
                count[x]++;
                sum[x] += y;
            }
    int all = count[0] + count[1];
    if (all == 0)
        return ' ';
    if (all >= 6)
        return '#';
    if (max_int(count[0], count[1]) >= 3 || (all > 1 && (count[0] == 0 || count[1] == 0)))
        return '|';
    if (count[0] && count[1]) {
        double slope = (double)sum[0] / count[0] - (double)sum[1] / count[1];
        if (slope > 1 || slope < -1)
            return slope > 0 ? '/' : '\\';
    }
    static const char by_height[] = "'--._"; /* one dot on the floor is '.', a line is '_' */
    int row = (2 * (sum[0] + sum[1]) + all) / (2 * all);
    return by_height[row == 3 && all > 1 ? 4 : row];
}

static char twin_in_ascii(uint32_t glyph)
{
    size_t low = 0, high = sizeof twins / sizeof *twins;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (twins[middle].glyph < glyph)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < sizeof twins / sizeof *twins && twins[low].glyph == glyph)
        return twins[low].ascii;
    return glyph >= 0x2500 && glyph < 0x2580 ? '+' : '?'; /* the corners and crossings of boxes need no rows */
}

static char quadrant_as_ascii(uint32_t glyph)
{
    for (uint8_t bits = 1; bits < 16; bits++)
        if (glyph_quadrant(bits) == glyph) {
            uint8_t dots = 0;
            for (int y = 0; y < 4; y++)
                for (int x = 0; x < 2; x++)
                    if (bits & glyph_quadrant_bit(x, y / 2))
                        dots |= glyph_braille_bit(x, y);
            return braille_as_ascii(dots);
        }
    return '?';
}

uint32_t glyph_in_set(uint32_t glyph, GlyphSet set)
{
    bool braille = glyph >= GLYPH_BRAILLE && glyph < GLYPH_BRAILLE + 256;
    if (set == GLYPHS_BLOCK && braille)
        return braille_as_quadrant((uint8_t)(glyph - GLYPH_BRAILLE));
    if (set != GLYPHS_ASCII || glyph < 0x80)
        return glyph;
    if (braille)
        return (unsigned char)braille_as_ascii((uint8_t)(glyph - GLYPH_BRAILLE));
    if (glyph >= 0x2596 && glyph <= 0x259F)
        return (unsigned char)quadrant_as_ascii(glyph);
    return (unsigned char)twin_in_ascii(glyph);
}
