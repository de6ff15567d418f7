#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <lrd/view/export.h>
#include <lrd/view/glyph.h>

static Canvas *sample_canvas(void)
{
    Canvas *c = canvas_new(24, 5);
    canvas_frame(c, (Rect){0, 0, 24, 3}, "a<b & c", NULL);
    canvas_text(c, 1, 1, ROLE_UNSEEN, "⠉⡇ 91%");
    canvas_text(c, 8, 1, ROLE_BAR, "█▄▁▘▒");
    canvas_text(c, 14, 1, ROLE_SELECTED, " LRD ");
    canvas_text(c, 0, 3, ROLE_NORMAL, "▶ step  2,100 ⏸ ●");
    return c;
}

static void test_text(void **state)
{
    (void)state;
    Canvas *c = sample_canvas();
    Text t = {0};
    export_text(c, &t);
    assert_string_equal(text_str(&t), "╭─ a<b & c ────────────╮\n"
                                      "│⠉⡇ 91% █▄▁▘▒  LRD     │\n"
                                      "╰──────────────────────╯\n"
                                      "▶ step  2,100 ⏸ ●\n"
                                      "\n");
    text_free(&t);
    canvas_free(c);
}

/* Takes the SGR codes out; fails on any other control byte. */
static void strip_sgr(const char *from, char *to)
{
    bool plain = true;
    for (; *from; from++) {
        if (*from == '\033') {
            assert_int_equal(*++from, '[');
            plain = from[1] == '0' && from[2] == 'm';
            while (isdigit((unsigned char)from[1]) || from[1] == ';')
                from++;
            assert_int_equal(*++from, 'm');
            continue;
        }
        assert_true(*from == '\n' || (unsigned char)*from >= 0x20);
        assert_true(*from != '\n' || plain); /* every line ends reset */
        *to++ = *from;
    }
    *to = '\0';
}

static void test_ansi_is_text_and_colours(void **state)
{
    (void)state;
    Canvas *c = sample_canvas();
    for (int scheme = 0; scheme < SCHEME_COUNT; scheme++)
        for (int depth = 0; depth < DEPTH_COUNT; depth++) {
            Text t = {0};
            export_ansi(c, (Scheme)scheme, (ColorDepth)depth, &t);
            char plain[4096];
            assert_true(t.length < sizeof plain);
            strip_sgr(text_str(&t), plain);
            assert_non_null(strstr(plain, "│⠉⡇ 91% █▄▁▘▒  LRD     │\n"));
            bool coloured = scheme != SCHEME_NONE && depth != DEPTH_MONO;
            assert_int_equal(strstr(text_str(&t), "38;2;") != NULL, coloured && depth == DEPTH_TRUE);
            assert_int_equal(strstr(text_str(&t), "38;5;") != NULL, coloured && depth == DEPTH_256);
            text_free(&t);
        }
    canvas_free(c);
}

static int count_of(const char *text, const char *word)
{
    int count = 0;
    while ((text = strstr(text, word))) {
        count++;
        text += strlen(word);
    }
    return count;
}

/* Elements are closed in order, attributes are quoted, nothing is fetched from anywhere. */
static void check_well_formed(const char *svg)
{
    char open[16][16];
    int depth = 0;
    for (const char *s = svg; (s = strchr(s, '<')); s++) {
        const char *end = strchr(s, '>');
        assert_non_null(end);
        int quotes = 0;
        for (const char *q = s; q < end; q++)
            quotes += *q == '"';
        assert_int_equal(quotes % 2, 0);
        char name[16] = "";
        bool closing = s[1] == '/';
        sscanf(s + 1 + closing, "%15[a-z]", name);
        if (closing)
            assert_string_equal(name, open[--depth]);
        else if (end[-1] != '/')
            strcpy(open[depth++], name);
        assert_in_range(depth, 0, 15);
    }
    assert_int_equal(depth, 0);
    assert_null(strstr(svg, "href"));
    assert_null(strstr(svg, "url("));
}

static void test_svg(void **state)
{
    (void)state;
    Canvas *c = sample_canvas();
    for (int scheme = 0; scheme < SCHEME_COUNT; scheme++) {
        Text t = {0};
        export_svg(c, (Scheme)scheme, "<&>\x1b", &t);
        const char *svg = text_str(&t);
        check_well_formed(svg);
        assert_non_null(strstr(svg, "<title>&lt;&amp;&gt;\xEF\xBF\xBD</title>"));
        assert_non_null(strstr(svg, ">a&lt;b &amp; c</text>"));
        assert_non_null(strstr(svg, ">step</text>"));
        assert_non_null(strstr(svg, ">2,100</text>"));
        assert_non_null(strstr(svg, "textLength=\"63\">a&lt;b"));
        /* No shape is left to fonts. */
        const char *shapes = "⠉⡇█▄▁▘▒▶⏸●╭─╮│╰╯";
        for (uint32_t glyph; (glyph = glyph_decode(&shapes));) {
            char utf8[GLYPH_UTF8_MAX];
            glyph_encode(glyph, utf8);
            assert_null(strstr(svg, utf8));
        }
        text_free(&t);
    }
    canvas_free(c);
}

static void test_svg_counts_dots(void **state)
{
    (void)state;
    Canvas *c = canvas_new(3, 1);
    canvas_text(c, 0, 0, ROLE_RANK, "⣿⠁⠀");
    Text t = {0};
    export_svg(c, SCHEME_DARK, NULL, &t);
    assert_int_equal(count_of(text_str(&t), "h0"), 9);
    assert_int_equal(count_of(text_str(&t), "<text"), 0);
    text_free(&t);
    canvas_free(c);
}

static void test_empty_canvas(void **state)
{
    (void)state;
    Canvas *c = canvas_new(0, 0);
    Text t = {0};
    export_text(c, &t);
    export_ansi(c, SCHEME_DARK, DEPTH_256, &t);
    assert_int_equal(t.length, 0);
    export_svg(c, SCHEME_LIGHT, NULL, &t);
    check_well_formed(text_str(&t));
    text_free(&t);
    canvas_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),         cmocka_unit_test(test_ansi_is_text_and_colours),
        cmocka_unit_test(test_svg),          cmocka_unit_test(test_svg_counts_dots),
        cmocka_unit_test(test_empty_canvas),
    };
    return cmocka_run_group_tests_name("view/export", tests, NULL, NULL);
}
