/* The frames of a movie come back from what is kept of them, cell by cell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <lrd/view/cell_delta.h>

/* Reads base64 as another program would; returns the bytes. */
static size_t read_base64(const char *text, unsigned char *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t n = 0;
    unsigned word = 0, bits = 0;
    for (; *text && *text != '='; text++) {
        const char *digit = strchr(digits, *text);
        assert_non_null(digit);
        word = word << 6 | (unsigned)(digit - digits);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out[n++] = (unsigned char)(word >> bits);
        }
    }
    return n;
}

static size_t read_number(const unsigned char **at)
{
    size_t n = 0;
    unsigned shift = 0;
    do
        n |= (size_t)(**at & 127) << shift, shift += 7;
    while (*(*at)++ > 127);
    return n;
}

static void apply(const CellDictionary *d, const Text *frame, Canvas *c)
{
    unsigned char bytes[65536];
    const unsigned char *at = bytes, *end = bytes + read_base64(text_str(frame), bytes);
    size_t cell = 0;
    while (at < end) {
        cell += read_number(&at);
        if (at == end)
            break;
        size_t head = read_number(&at), place = 0;
        for (size_t k = 0; k < head / 2; k++) {
            if (k == 0 || !(head & 1))
                place = read_number(&at);
            assert_true(place < (size_t)d->count && cell < (size_t)c->w * (size_t)c->h);
            c->cells[cell++] = d->cells[place];
        }
    }
}

static void test_frames_come_back(void **state)
{
    (void)state;
    CellDictionary d = {0};
    Canvas *now = canvas_new(50, 20), *before = canvas_new(50, 20), *read = canvas_new(50, 20);
    unsigned random = 1;
    for (int frame = 0; frame < 40; frame++) {
        for (int i = 0; i < frame * 20; i++) {
            random = random * 1103515245u + 12345u;
            int x = (int)(random >> 16) % 50, y = (int)(random >> 8 & 0xFF) % 20, w = 1 + (int)(random >> 24) % 9;
            for (int k = 0; k < w; k++)
                canvas_put_on(now, x + k, y, 'a' + random % 600, (Role)(random % ROLE_COUNT), ROLE_NORMAL);
        }
        Text text = {0};
        cell_delta_add(&d, before, now, &text);
        apply(&d, &text, read);
        assert_memory_equal(read->cells, now->cells, 50 * 20 * sizeof(Cell));
        text_free(&text);
    }
    assert_in_range(d.count, 300, 65536); /* the dictionary has grown */
    cell_dictionary_free(&d);
    canvas_free(now);
    canvas_free(before);
    canvas_free(read);
}

/* What stays the same costs nearly nothing, and so does what is all alike. */
static void test_rest_is_cheap(void **state)
{
    (void)state;
    CellDictionary d = {0};
    Canvas *now = canvas_new(200, 60), *before = canvas_new(200, 60);
    Text text = {0};
    canvas_fill(now, (Rect){0, 0, 200, 60}, '#', ROLE_BAR);
    cell_delta_add(&d, before, now, &text);
    assert_true(text.length <= 12);
    text_clear(&text);
    cell_delta_add(&d, before, now, &text);
    assert_true(text.length <= 4);
    text_free(&text);
    cell_dictionary_free(&d);
    canvas_free(now);
    canvas_free(before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frames_come_back),
        cmocka_unit_test(test_rest_is_cheap),
    };
    return cmocka_run_group_tests_name("view_delta", tests, NULL, NULL);
}
