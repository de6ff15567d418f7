/* Pair files: exactly "a b" lines, every fault with its line. */
#include <lrd/base/rng.h>
#include <lrd/train/pairs.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_refused(const char *text, size_t length, TaskOp op, const char *part)
{
    Pairs pairs;
    char *exact = malloc(length ? length : 1); /* without a final NUL, so that ASan sees a read too far */
    memcpy(exact, text, length);
    Status s = pairs_parse("rows.txt", exact, length, op, 11, &pairs);
    free(exact);
    assert_int_equal(s.code, STATUS_INPUT);
    assert_null(pairs.rows);
    if (!strstr(s.text, part))
        fail_msg("\"%s\" says: %s", text, s.text);
}

static void rows_keep_their_order(void **state)
{
    (void)state;
    static const char text[] = "4 1\n10 10\n0 7";
    Pairs pairs;
    assert_true(status_is_ok(pairs_parse("rows.txt", text, strlen(text), TASK_ADD, 11, &pairs)));
    assert_int_equal(pairs.count, 3);
    static const int32_t expected[] = {4, 1, 10, 10, 0, 7};
    assert_memory_equal(pairs.rows, expected, sizeof expected);
    pairs_free(&pairs);
    assert_true(status_is_ok(pairs_parse("rows.txt", "4 1\n", 4, TASK_ADD, 11, &pairs)));
    assert_int_equal(pairs.count, 1);
    pairs_free(&pairs);
}

static void faults_have_their_line(void **state)
{
    (void)state;
    static const char *const malformed[] = {"",    " 1 2",  "1  2",     "1\t2",         "1 2 ",  "1 2 3",
                                            "1",   "1 ",    "-1 2",     "+1 2",         "1.0 2", "0x1 2",
                                            "a b", "1 2\r", "123456 1", "1 99999999999"};
    for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++) {
        char text[64];
        snprintf(text, sizeof text, "3 4\n%s\n5 6\n", malformed[i]);
        assert_refused(text, strlen(text), TASK_ADD, "rows.txt:2: ");
    }
    assert_refused("1 2\n\n", 5, TASK_ADD, "rows.txt:2: ");
    assert_refused("1 2\n1 \0"
                   "2\n",
                   9, TASK_ADD, "rows.txt:2: ");
    assert_refused("1 2\n3 11\n", 9, TASK_ADD, "rows.txt:2: 3 11 is outside the table");
    assert_refused("1 0\n", 4, TASK_DIV, "rows.txt:1: 1 0 is outside");
    assert_refused("1 2\n2 1\n1 2\n", 12, TASK_ADD, "rows.txt:3: 1 2 was already said in line 1");
    assert_refused("", 0, TASK_ADD, "holds no pairs");
}

static void any_bytes_give_a_status(void **state)
{
    (void)state;
    static const char alphabet[] = "0123456789 \n\r-\0x";
    Rng rng = rng_seed(5, RNG_SPLIT);
    for (int i = 0; i < 20000; i++) {
        size_t n = (size_t)rng_below(&rng, 40);
        char *text = malloc(n + 1);
        for (size_t j = 0; j < n; j++)
            text[j] = alphabet[rng_below(&rng, sizeof alphabet - 1)];
        Pairs pairs;
        Status s = pairs_parse("rows.txt", text, n, TASK_ADD, 97, &pairs);
        assert_true(status_is_ok(s) == (pairs.count > 0));
        assert_true(status_is_ok(s) == (s.text[0] == '\0'));
        pairs_free(&pairs);
        free(text);
    }
}

static void golden_rows_load(void **state)
{
    (void)state;
    Pairs pairs;
    assert_true(status_is_ok(pairs_read("tests/golden/none-div/train_pairs.txt", TASK_DIV, 23, &pairs)));
    assert_true(pairs.count > 100);
    assert_int_equal(pairs.rows[0], 16);
    assert_int_equal(pairs.rows[1], 7);
    pairs_free(&pairs);
}

static void only_files_are_read(void **state)
{
    (void)state;
    Pairs pairs;
    static const char *const paths[] = {"/dev/zero", "/dev/null", "tests", "no/such/file", ""};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        assert_int_equal(pairs_read(paths[i], TASK_ADD, 11, &pairs).code, STATUS_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_keep_their_order),   cmocka_unit_test(faults_have_their_line),
        cmocka_unit_test(any_bytes_give_a_status), cmocka_unit_test(golden_rows_load),
        cmocka_unit_test(only_files_are_read),
    };
    return cmocka_run_group_tests_name("pairs", tests, NULL, NULL);
}
