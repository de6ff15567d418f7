#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <lrd/base/rng.h>
#include <lrd/base/util.h>
#include <lrd/view/canvas.h>
#include <lrd/view/export.h>
#include <lrd/view/glyph.h>

static uint32_t glyph_of(const Canvas *c, int x, int y)
{
    return c->cells[y * c->w + x].glyph;
}

static void assert_row(const Canvas *c, int y, const char *expected)
{
    char row[1024], *end = row;
    for (int x = 0; x < c->w; x++)
        end += glyph_encode(glyph_of(c, x, y), end);
    assert_string_equal(row, expected);
}

static void test_utf8_round_trip(void **state)
{
    (void)state;
    for (uint32_t glyph = 1; glyph <= 0x10FFFF; glyph++) {
        if (glyph >= 0xD800 && glyph <= 0xDFFF)
            continue;
        char utf8[GLYPH_UTF8_MAX];
        int length = glyph_encode(glyph, utf8);
        const char *s = utf8;
        assert_int_equal(glyph_decode(&s), glyph);
        assert_int_equal(s - utf8, length);
        assert_int_equal(*s, 0);
    }
}

static void test_utf8_refuses_what_is_not(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "\x80", "\xC0\xAF", "\xC1\x81", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
        "\xFF", "\xE2\x96", "\xE2"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *s = bad[i];
        assert_int_equal(glyph_decode(&s), GLYPH_INVALID);
        assert_int_equal(s - bad[i], 1);
    }
    const char *s = "\xE2\x96x";
    glyph_decode(&s);
    glyph_decode(&s);
    assert_int_equal(glyph_decode(&s), 'x');
    assert_int_equal(glyph_decode(&s), 0);
    assert_int_equal(glyph_decode(&s), 0);
}

/* Any bytes at any place and in any set: cells stay printable, and what canvas_text says is what canvas_width says. */
static void test_text_survives_any_bytes(void **state)
{
    (void)state;
    Rng rng = rng_seed(7, RNG_SPLIT);
    Canvas *c = canvas_new(20, 3);
    for (int round = 0; round < 20000; round++) {
        char bytes[24];
        size_t length = rng_below(&rng, sizeof bytes);
        for (size_t i = 0; i < length; i++)
            bytes[i] = (char)(1 + rng_below(&rng, 255));
        bytes[length] = '\0';
        c->glyphs = (GlyphSet)rng_below(&rng, GLYPHS_COUNT);
        canvas_clear(c);
        int used = canvas_text(c, (int)rng_below(&rng, 40) - 20, (int)rng_below(&rng, 5) - 1, ROLE_NORMAL, bytes);
        assert_int_equal(used, canvas_width(bytes));
        assert_true(canvas_words(c, 0, 2, 20, ROLE_NORMAL, bytes) <= 20);
        for (int i = 0; i < 60; i++) {
            uint32_t glyph = c->cells[i].glyph;
            assert_true(glyph >= 0x20 && glyph != 0x7F && !(glyph > 0x7F && glyph < 0xA0));
            if (c->glyphs == GLYPHS_ASCII)
                assert_true(glyph < 0x80);
        }
    }
    canvas_free(c);
}

static void test_every_glyph_has_its_twin(void **state)
{
    (void)state;
    Canvas *c = canvas_new(1, 1);
    for (uint32_t glyph = 0; glyph < 0x30000; glyph++) {
        c->glyphs = GLYPHS_ASCII;
        canvas_put(c, 0, 0, glyph, ROLE_NORMAL);
        assert_in_range(glyph_of(c, 0, 0), 0x20, 0x7E);
        c->glyphs = GLYPHS_BLOCK;
        canvas_put(c, 0, 0, glyph, ROLE_NORMAL);
        assert_false(glyph_of(c, 0, 0) >= 0x2800 && glyph_of(c, 0, 0) < 0x2900);
    }
    canvas_free(c);
    /* Every glyph of boxes, blocks and Braille has a twin of its own kind, never a question mark. */
    for (uint32_t glyph = 0x2500; glyph < 0x25A0; glyph++)
        assert_int_not_equal(glyph_in_set(glyph, GLYPHS_ASCII), '?');
    for (uint32_t glyph = 0x2801; glyph < 0x2900; glyph++)
        assert_int_not_equal(glyph_in_set(glyph, GLYPHS_ASCII), ' ');
    const char *ours = "▶⏸●━·…≥≤×→←↑↓↔–°σ∞▾▌▐┤┊╭╮╰╯";
    for (uint32_t glyph; (glyph = glyph_decode(&ours));)
        assert_int_not_equal(glyph_in_set(glyph, GLYPHS_ASCII), '?');
}

static void test_braille_twins_follow_the_stroke(void **state)
{
    (void)state;
    static const struct {
        uint32_t glyph;
        char ascii;
        uint32_t block;
    } cases[] = {{0x2809, '\'', 0x2580}, {0x28C0, '_', 0x2584},        {0x2812, '-', 0x2580},
                 {0x2847, '|', 0x258C},  {0x28FF, '#', 0x2588},        {0x2800, ' ', ' '},
                 {0x2880, '.', 0x2597},  {0x2844 ^ 0x18, '/', 0x259E}, {0x28A3 ^ 0x20, '\\', 0x259A}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(glyph_in_set(cases[i].glyph, GLYPHS_ASCII), cases[i].ascii);
        assert_int_equal(glyph_in_set(cases[i].glyph, GLYPHS_BLOCK), cases[i].block);
    }
}

static void test_clip_holds_everything_back(void **state)
{
    (void)state;
    Canvas *c = canvas_new(10, 6);
    canvas_clip(c, (Rect){3, 2, 4, 2});
    canvas_fill(c, (Rect){-5, -5, 50, 50}, 'x', ROLE_BAD);
    canvas_text(c, -3, 2, ROLE_BAD, "0123456789abcdef");
    for (int y = 0; y < 6; y++)
        for (int x = 0; x < 10; x++) {
            bool inside = x >= 3 && x < 7 && y >= 2 && y < 4;
            assert_int_equal(glyph_of(c, x, y) != ' ', inside);
        }
    assert_row(c, 2, "   6789   ");
    canvas_clip(c, (Rect){8, 4, 100, 100});
    assert_int_equal(c->clip.w * 100 + c->clip.h, 202);
    canvas_clip(c, (Rect){20, 20, 5, 5});
    assert_true(rect_empty(c->clip));
    canvas_put(c, 9, 5, '!', ROLE_BAD);
    assert_int_equal(glyph_of(c, 9, 5), ' ');
    canvas_unclip(c);
    canvas_put(c, 9, 5, '!', ROLE_BAD);
    assert_int_equal(glyph_of(c, 9, 5), '!');
    canvas_resize(c, 0, 0);
    canvas_text(c, 0, 0, ROLE_NORMAL, "nothing");
    canvas_resize(c, 3, 1);
    assert_row(c, 0, "   ");
    canvas_free(c);
}

static void test_words_are_whole(void **state)
{
    (void)state;
    static const struct {
        int width;
        const char *row;
        int used;
    } cases[] = {{20, "one two· three      ", 14}, {14, "one two· three      ", 14}, {13, "one two·            ", 8},
                 {8, "one two·            ", 8},   {7, "one                 ", 3},   {3, "one                 ", 3},
                 {2, "                    ", 0},   {0, "                    ", 0},   {-4, "                    ", 0}};
    Canvas *c = canvas_new(20, 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        canvas_clear(c);
        assert_int_equal(canvas_words(c, 0, 0, cases[i].width, ROLE_NORMAL, "one two· three"), cases[i].used);
        assert_row(c, 0, cases[i].row);
    }
    canvas_free(c);
}

static void test_text_right_and_textf(void **state)
{
    (void)state;
    Canvas *c = canvas_new(12, 1);
    assert_int_equal(canvas_text_right(c, 12, 0, ROLE_DIM, "91%·"), 4);
    assert_int_equal(canvas_textf(c, 0, 0, ROLE_BOLD, "p=%d", 113), 5);
    assert_row(c, 0, "p=113   91%·");
    assert_int_equal(c->cells[0].role, ROLE_BOLD);
    assert_int_equal(c->cells[11].role, ROLE_DIM);
    canvas_free(c);
}

static void test_frame(void **state)
{
    (void)state;
    Canvas *c = canvas_new(24, 3);
    canvas_frame(c, (Rect){0, 0, 24, 3}, "loss", "log");
    assert_row(c, 0, "╭─ loss ────────── log ╮");
    assert_row(c, 1, "│                      │");
    assert_row(c, 2, "╰──────────────────────╯");
    canvas_clear(c);
    canvas_frame(c, (Rect){0, 0, 14, 2}, "accuracy", "unseen");
    assert_row(c, 0, "╭─ accuracy ─╮          ");
    canvas_clear(c);
    canvas_frame(c, (Rect){0, 0, 24, 3}, NULL, NULL);
    assert_row(c, 0, "╭──────────────────────╮");
    c->glyphs = GLYPHS_ASCII;
    canvas_frame(c, (Rect){0, 0, 24, 3}, "loss", NULL);
    assert_row(c, 0, "+- loss ---------------+");
    canvas_clear(c);
    canvas_frame(c, (Rect){0, 0, 1, 1}, "loss", NULL);
    assert_row(c, 0, "                        ");
    canvas_free(c);
}

/* "ab", two wide characters, an e with an accent of its own, an emoji: 2 + 4 + 1 + 2 columns. */
static const char mixed[] = "ab\xE4\xB8\xAD\xE6\x96\x87"
                            "e\xCC\x81\xF0\x9F\x98\x80";
enum { MIXED_WIDTH = 9 };

/* A row of the canvas is as wide as it must be, whatever was cut: each wide glyph has its right half. */
static void assert_row_is_whole(const Canvas *c, int y)
{
    for (int x = 0; x < c->w; x++) {
        const Cell *cell = &c->cells[y * c->w + x];
        bool wide = cell->glyph != CELL_TAIL && glyph_width(cell->glyph) == 2;
        bool has_tail = x + 1 < c->w && cell[1].glyph == CELL_TAIL;
        assert_true(wide == has_tail);
        assert_true(cell->glyph != CELL_TAIL || x > 0);
    }
}

static void test_wide_and_combining_glyphs_have_their_width(void **state)
{
    (void)state;
    assert_int_equal(canvas_width(mixed), MIXED_WIDTH);
    assert_int_equal(canvas_width("\xED\x95\x9C\xEA\xB8\x80"), 4);     /* Korean */
    assert_int_equal(canvas_width("\xE3\x81\x8B\xE3\x82\x99"), 2);     /* Japanese, decomposed */
    assert_int_equal(canvas_width("\xF0\x9F\x98\x80\xEF\xB8\x8F"), 2); /* emoji with what chooses its form */
    Canvas *c = canvas_new(12, 1);
    assert_int_equal(canvas_text(c, 1, 0, ROLE_NORMAL, mixed), MIXED_WIDTH);
    assert_row_is_whole(c, 0);
    assert_int_equal(c->cells[3].glyph, 0x4E2D);
    assert_int_equal(c->cells[4].glyph, CELL_TAIL);
    assert_int_equal(c->cells[7].glyph, 'e');
    assert_int_equal(c->cells[7].marks[0], 0x301);
    Text text = {0}, svg = {0};
    export_text(c, &text);
    char wanted[64];
    snprintf(wanted, sizeof wanted, " %s\n", mixed);
    assert_string_equal(text_str(&text), wanted);
    export_svg(c, SCHEME_DARK, mixed, &svg);
    assert_non_null(strstr(text_str(&svg), mixed)); /* the title */
    assert_non_null(strstr(text_str(&svg), "textLength=\"18\">\xE4\xB8\xAD</text>"));
    assert_non_null(strstr(text_str(&svg), "textLength=\"9\">e\xCC\x81</text>"));
    assert_null(strstr(text_str(&svg), "\xEF\xBF\xBD"));
    text_free(&text);
    text_free(&svg);
    canvas_free(c);
}

/* Cut at every column by the edge, by the clip rectangle on either side, and by what is drawn over it. */
static void test_wide_glyphs_are_never_halved(void **state)
{
    (void)state;
    for (int set = 0; set < GLYPHS_COUNT; set++)
        for (int cut = 0; cut <= MIXED_WIDTH + 1; cut++) {
            Canvas *c = canvas_new(max_int(cut, 1), 3);
            c->glyphs = (GlyphSet)set;
            canvas_text(c, 0, 0, ROLE_NORMAL, mixed);
            canvas_text(c, cut - MIXED_WIDTH, 1, ROLE_NORMAL, mixed);
            canvas_words(c, 0, 2, cut, ROLE_NORMAL, mixed);
            for (int y = 0; y < 3; y++)
                assert_row_is_whole(c, y);
            canvas_free(c);
            c = canvas_new(MIXED_WIDTH, 4);
            c->glyphs = (GlyphSet)set;
            canvas_clip(c, (Rect){0, 0, cut, 1});
            canvas_text(c, 0, 0, ROLE_NORMAL, mixed);
            canvas_clip(c, (Rect){cut, 1, MIXED_WIDTH, 1});
            canvas_text(c, 0, 1, ROLE_NORMAL, mixed);
            canvas_unclip(c);
            canvas_text(c, 0, 2, ROLE_NORMAL, mixed);
            canvas_put(c, cut, 2, 'x', ROLE_BAD);
            canvas_text(c, 0, 3, ROLE_NORMAL, mixed);
            canvas_put(c, cut, 3, 0x6587, ROLE_BAD);
            for (int y = 0; y < 4; y++)
                assert_row_is_whole(c, y);
            canvas_free(c);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wide_and_combining_glyphs_have_their_width),
        cmocka_unit_test(test_wide_glyphs_are_never_halved),
        cmocka_unit_test(test_utf8_round_trip),
        cmocka_unit_test(test_utf8_refuses_what_is_not),
        cmocka_unit_test(test_text_survives_any_bytes),
        cmocka_unit_test(test_every_glyph_has_its_twin),
        cmocka_unit_test(test_braille_twins_follow_the_stroke),
        cmocka_unit_test(test_clip_holds_everything_back),
        cmocka_unit_test(test_words_are_whole),
        cmocka_unit_test(test_text_right_and_textf),
        cmocka_unit_test(test_frame),
    };
    return cmocka_run_group_tests_name("view/canvas", tests, NULL, NULL);
}
