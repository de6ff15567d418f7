#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <lrd/view/digits.h>
#include <lrd/view/export.h>
#include <lrd/view/format.h>

static char *drawn(const char *text, int size, GlyphSet glyphs)
{
    Canvas *c = canvas_new(digits_width(text, size), digits_height(size, glyphs));
    Text t = {0};
    c->glyphs = glyphs;
    digits_draw(c, 0, 0, size, ROLE_UNSEEN, text);
    export_text(c, &t);
    canvas_free(c);
    return t.data;
}

static void assert_drawn(const char *text, int size, GlyphSet glyphs, const char *expected)
{
    char *t = drawn(text, size, glyphs);
    assert_string_equal(t, expected);
    free(t);
}

static void test_letters(void **state)
{
    (void)state;
    assert_drawn("12%", 0, GLYPHS_BRAILLE,
                 "▄█  ▀▀█ ▀ █\n"
                 " █  █▀▀ ▄▀\n"
                 "▀▀▀ ▀▀▀ ▀ ▀\n");
    assert_drawn("7.", 0, GLYPHS_ASCII,
                 "###\n"
                 "  #\n"
                 "  #\n"
                 " #\n"
                 " #   #\n");
    assert_drawn("4", 1, GLYPHS_BLOCK,
                 "██  ██\n"
                 "██  ██\n"
                 "██████\n"
                 "    ██\n"
                 "    ██\n");
}

static void test_sizes_grow(void **state)
{
    (void)state;
    assert_int_equal(digits_height(0, GLYPHS_BRAILLE), 3);
    for (int size = 1; size <= DIGITS_SIZE_MOST; size++) {
        assert_int_equal(digits_height(size, GLYPHS_BRAILLE), 5 * size);
        assert_int_equal(digits_width("88", size), 14 * size);
        assert_true(digits_width("8", size) > digits_width("8", size - 1));
    }
    assert_int_equal(digits_width("", 1), 0);
    assert_int_equal(digits_width("abc", 1), 0);
}

/* Whatever the formats write for a share or a rank is drawn whole. */
static void test_formats_are_known(void **state)
{
    (void)state;
    const FormatText texts[] = {format_percent(1),     format_percent(.004),    format_percent((double)NAN),
                                format_number(1.9, 2), format_number(24.04, 2), format_number(1234, 2)};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal((digits_width(texts[i].s, 0) + 1) / 4, canvas_width(texts[i].s));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_letters),
        cmocka_unit_test(test_sizes_grow),
        cmocka_unit_test(test_formats_are_known),
    };
    return cmocka_run_group_tests_name("view/digits", tests, NULL, NULL);
}
