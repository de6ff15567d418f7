#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include <lrd/view/dial.h>

static const Cell *cell(const Canvas *c, int x, int y)
{
    return &c->cells[y * c->w + x];
}

static int cells_of(const Canvas *c, Role role)
{
    int count = 0;
    for (int i = 0; i < c->w * c->h; i++)
        count += c->cells[i].role == role && c->cells[i].glyph != ' ';
    return count;
}

static void test_needles_point_where_they_should(void **state)
{
    (void)state;
    Canvas *c = canvas_new(16, 8);
    DialNeedle flat = {0, 1, ROLE_RANK}, steep = {90, 1, ROLE_TRAIN}, middle = {45, 1, ROLE_TEST};
    dial_draw(c, (Rect){0, 0, 16, 8}, &flat, 1);
    for (int x = 0; x < 14; x++)
        assert_int_equal(cell(c, x, 7)->role, ROLE_RANK);
    canvas_clear(c);
    dial_draw(c, (Rect){0, 0, 16, 8}, &steep, 1);
    for (int y = 1; y < 8; y++)
        assert_int_equal(cell(c, 0, y)->role, ROLE_TRAIN);
    canvas_clear(c);
    dial_draw(c, (Rect){0, 0, 16, 8}, &middle, 1);
    for (int i = 0; i < 5; i++)
        assert_int_equal(cell(c, 2 * i, 7 - i)->role, ROLE_TEST);
    canvas_free(c);
}

static void test_what_is_not_there(void **state)
{
    (void)state;
    Canvas *c = canvas_new(20, 10);
    DialNeedle none = {(double)NAN, 1, ROLE_RANK};
    dial_draw(c, (Rect){2, 2, 12, 6}, &none, 1);
    assert_int_equal(cells_of(c, ROLE_RANK), 0);
    assert_true(cells_of(c, ROLE_FRAME) > 6);
    assert_int_equal(cell(c, 1, 5)->glyph, ' ');
    assert_int_equal(cell(c, 5, 1)->glyph, ' ');
    canvas_clear(c);
    dial_draw(c, (Rect){0, 0, 20, 2}, &none, 1);
    assert_int_equal(cells_of(c, ROLE_FRAME), 0);
    canvas_free(c);
}

static void test_ascii_has_only_ascii(void **state)
{
    (void)state;
    Canvas *c = canvas_new(80, 40);
    c->glyphs = GLYPHS_ASCII;
    DialNeedle n = {33, .7, ROLE_RANK};
    dial_draw(c, (Rect){0, 0, 80, 40}, &n, 1);
    for (int i = 0; i < 80 * 40; i++)
        assert_in_range(c->cells[i].glyph, ' ', '~');
    canvas_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_needles_point_where_they_should),
        cmocka_unit_test(test_what_is_not_there),
        cmocka_unit_test(test_ascii_has_only_ascii),
    };
    return cmocka_run_group_tests_name("view/dial", tests, NULL, NULL);
}
