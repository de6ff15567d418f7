#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include <lrd/view/theme.h>

/* xterm's default palette. */
static uint32_t palette_rgb(int index)
{
    static const uint32_t first[16] = {0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
                                       0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF};
    static const uint32_t level[6] = {0, 95, 135, 175, 215, 255};
    if (index < 16)
        return first[index];
    if (index >= 232)
        return (uint32_t)(8 + 10 * (index - 232)) * 0x010101u;
    index -= 16;
    return level[index / 36] << 16 | level[index / 6 % 6] << 8 | level[index % 6];
}

static double luminance(uint32_t rgb)
{
    static const double weight[] = {0.0722, 0.7152, 0.2126};
    double sum = 0;
    for (int i = 0; i < 3; i++) {
        double v = (rgb >> (8 * i) & 0xFF) / 255.0;
        sum += weight[i] * (v <= 0.03928 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4));
    }
    return sum;
}

/* WCAG 2: (lighter + .05) / (darker + .05). */
static double contrast(uint32_t a, uint32_t b)
{
    double x = luminance(a) + 0.05, y = luminance(b) + 0.05;
    return x > y ? x / y : y / x;
}

/* Frames and ghosts carry no words: they need only be seen. */
static double contrast_owed(Role role, ColorDepth depth)
{
    if (role == ROLE_FRAME || role == ROLE_GHOST)
        return 2;
    return depth <= DEPTH_16 ? 3 : 4.5;
}

static void test_every_role_is_legible(void **state)
{
    (void)state;
    for (int scheme = 0; scheme < SCHEME_NONE; scheme++)
        for (int depth = DEPTH_8; depth < DEPTH_COUNT; depth++)
            for (int role = 0; role < ROLE_HEAT; role++) { /* those of heat maps carry no words */
                Style s = theme_style((Scheme)scheme, (ColorDepth)depth, (Role)role);
                int most = depth == DEPTH_8 ? 8 : depth == DEPTH_16 ? 16 : 256;
                assert_in_range(s.fg, 0, most - 1);
                assert_in_range(s.bg, 0, most - 1);
                double seen =
                    depth == DEPTH_TRUE ? contrast(s.rgb_fg, s.rgb_bg) : contrast(palette_rgb(s.fg), palette_rgb(s.bg));
                if (seen < contrast_owed((Role)role, (ColorDepth)depth))
                    fail_msg("scheme %s, depth %d, role %d: contrast %.2f", theme_names[scheme], depth, role, seen);
            }
}

/* Luminance alone tells more from less, whatever the colours look like to the viewer; the ends lie far apart. */
static void test_heat_rises_in_luminance(void **state)
{
    (void)state;
    for (int scheme = 0; scheme < SCHEME_NONE; scheme++)
        for (int depth = DEPTH_8; depth < DEPTH_COUNT; depth++) {
            double first = 0, before = 0, sign = scheme == SCHEME_LIGHT ? -1 : 1;
            int risen = 0;
            for (int level = 0; level < HEAT_LEVELS; level++) {
                Style s = theme_style((Scheme)scheme, (ColorDepth)depth, (Role)(ROLE_HEAT + level));
                double now = luminance(depth == DEPTH_TRUE ? s.rgb_fg : palette_rgb(s.fg));
                if (level == 0)
                    first = before = now;
                bool falls = depth <= DEPTH_16 ? sign * (now - before) < 0 : level > 0 && sign * (now - before) <= 0;
                if (falls)
                    fail_msg("scheme %s, depth %d, level %d falls back", theme_names[scheme], depth, level);
                risen += sign * (now - before) > .005;
                before = now;
            }
            assert_true(risen >= (depth <= DEPTH_16 ? 5 : 10));
            assert_true(sign * (before - first) > .6);
        }
}

static void test_grounds(void **state)
{
    (void)state;
    Role heat = (Role)(ROLE_HEAT + 9);
    Style on = theme_style_on(SCHEME_DARK, DEPTH_256, ROLE_MARKER, heat);
    assert_int_equal(on.fg, theme_style(SCHEME_DARK, DEPTH_256, ROLE_MARKER).fg);
    assert_int_equal(on.bg, theme_style(SCHEME_DARK, DEPTH_256, heat).fg);
    assert_int_equal(on.rgb_bg, theme_style(SCHEME_DARK, DEPTH_256, heat).rgb_fg);
    Style plain = theme_style_on(SCHEME_DARK, DEPTH_256, ROLE_MARKER, ROLE_NORMAL);
    assert_int_equal(plain.bg, theme_style(SCHEME_DARK, DEPTH_256, ROLE_MARKER).bg);
    assert_int_equal(theme_style_on(SCHEME_DARK, DEPTH_MONO, ROLE_MARKER, heat).bg, -1);
}

static void test_256_is_near_the_colour_meant(void **state)
{
    (void)state;
    for (int scheme = 0; scheme < SCHEME_NONE; scheme++)
        for (int role = 0; role < ROLE_COUNT; role++) {
            Style s = theme_style((Scheme)scheme, DEPTH_256, (Role)role);
            assert_true(s.fg >= 16 && s.bg >= 16); /* the first 16 belong to the user's own palette */
            for (int shift = 0; shift <= 16; shift += 8) {
                int meant = (int)(s.rgb_fg >> shift & 0xFF), got = (int)(palette_rgb(s.fg) >> shift & 0xFF);
                assert_in_range(meant > got ? meant - got : got - meant, 0, 48);
            }
        }
}

static bool same_look(Style a, Style b)
{
    return a.fg == b.fg && a.bg == b.bg && a.bold == b.bold && a.dim == b.dim && a.reverse == b.reverse &&
           a.underline == b.underline;
}

/* Curves that share a panel differ in their line as well as in their colour, at any depth. */
static void test_nothing_is_told_by_colour_alone(void **state)
{
    (void)state;
    static const Role together[][2] = {
        {ROLE_TRAIN, ROLE_UNSEEN}, {ROLE_MIRROR, ROLE_UNSEEN}, {ROLE_TRAIN, ROLE_MIRROR}, {ROLE_TRAIN, ROLE_TEST}};
    for (size_t i = 0; i < sizeof together / sizeof *together; i++) {
        Role a = together[i][0], b = together[i][1];
        assert_int_not_equal(theme_pattern(a), theme_pattern(b));
        for (int g = 0; g < GLYPHS_COUNT; g++)
            assert_int_not_equal(theme_marker(a, (GlyphSet)g), theme_marker(b, (GlyphSet)g));
    }
    static const Role states[] = {ROLE_NORMAL, ROLE_DIM, ROLE_BOLD, ROLE_KEY, ROLE_SELECTED, ROLE_WARN, ROLE_BAD};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        for (size_t j = 0; j < i; j++)
            assert_false(same_look(theme_style(SCHEME_NONE, DEPTH_TRUE, states[i]),
                                   theme_style(SCHEME_DARK, DEPTH_MONO, states[j])));
}

static void test_mono_has_no_colour(void **state)
{
    (void)state;
    for (int scheme = 0; scheme < SCHEME_COUNT; scheme++)
        for (int role = 0; role < ROLE_COUNT; role++) {
            Style mono = theme_style((Scheme)scheme, DEPTH_MONO, (Role)role);
            assert_true(mono.fg == -1 && mono.bg == -1);
            assert_true(same_look(mono, theme_style(SCHEME_NONE, DEPTH_256, (Role)role)));
        }
}

static void test_marker_suits_the_glyph_set(void **state)
{
    (void)state;
    for (int role = 0; role < ROLE_COUNT; role++) {
        assert_true(theme_marker((Role)role, GLYPHS_ASCII) < 0x80);
        assert_true(theme_marker((Role)role, GLYPHS_BLOCK) < 0x2800);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_role_is_legible),
        cmocka_unit_test(test_heat_rises_in_luminance),
        cmocka_unit_test(test_grounds),
        cmocka_unit_test(test_256_is_near_the_colour_meant),
        cmocka_unit_test(test_nothing_is_told_by_colour_alone),
        cmocka_unit_test(test_mono_has_no_colour),
        cmocka_unit_test(test_marker_suits_the_glyph_set),
    };
    return cmocka_run_group_tests_name("view/theme", tests, NULL, NULL);
}
