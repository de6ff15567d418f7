/* Typing a pair, and what of it is asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <lrd/panel/key.h>
#include <lrd/panel/pair_try.h>

enum { TOKENS = 59 };

static PairKey type(PairTry *p, const char *keys)
{
    const ProbePair none = {0};
    PairKey key = PAIR_KEY_TAKEN;
    for (; *keys; keys++)
        key = pair_try_type(p, *keys == '!' ? UI_KEY_ENTER : *keys, TOKENS, &none);
    return key;
}

static void test_pairs_are_taken(void **state)
{
    (void)state;
    static const char *const typed[] = {"3,58!", "3 58!", "03,058!", "3,58"};
    for (int i = 0; i < 4; i++) {
        PairTry p = {0};
        type(&p, typed[i]);
        assert_string_equal(p.error, "");
        assert_int_equal(p.asked, i < 3);
        assert_true(!p.asked || (p.a == 3 && p.b == 58));
        assert_string_equal(p.text, p.asked ? "" : "3,58");
    }
}

static void test_what_is_no_pair_is_said(void **state)
{
    (void)state;
    static const char *const typed[] = {"!", "3!", "3,!", "3 !", ",3!", "3,59!", "99999999999,1!", "1,99999999999!"};
    for (int i = 0; i < 8; i++) {
        PairTry p = {0};
        type(&p, typed[i]);
        assert_false(p.asked);
        assert_true(strstr(p.error, i < 5 ? "two numbers" : "0 to 58") != NULL);
        type(&p, "1");
        assert_string_equal(p.error, ""); /* typing on is the answer to it */
    }
}

static void test_other_keys_are_passed_on(void **state)
{
    (void)state;
    PairTry p = {0};
    assert_int_equal(type(&p, " "), PAIR_KEY_TAKEN); /* no pause here, wherever it stands */
    assert_string_equal(p.text, "");
    assert_int_equal(type(&p, "3"), PAIR_KEY_TAKEN);
    assert_int_equal(type(&p, " "), PAIR_KEY_TAKEN);
    assert_int_equal(type(&p, " "), PAIR_KEY_TAKEN);
    assert_int_equal(type(&p, "t"), PAIR_KEY_PASSED);
    assert_int_equal(type(&p, "q"), PAIR_KEY_PASSED);
    assert_int_equal(type(&p, "a"), PAIR_KEY_CLOSES);
    const ProbePair none = {0};
    assert_int_equal(pair_try_type(&p, UI_KEY_BACKSPACE, TOKENS, &none), PAIR_KEY_TAKEN);
    assert_int_equal(pair_try_type(&p, UI_KEY_BACKSPACE, TOKENS, &none), PAIR_KEY_TAKEN);
    assert_string_equal(p.text, "3");
    assert_int_equal(pair_try_type(&p, UI_KEY_KILL, TOKENS, &none), PAIR_KEY_TAKEN);
    assert_string_equal(p.text, "");
    for (int i = 0; i < 40; i++)
        type(&p, "7");
    assert_int_equal(strlen(p.text), PAIR_TEXT_MAX - 1);
}

/* The answer in hand at Enter is what later ones are compared with. */
static void test_the_last_answer_is_kept(void **state)
{
    (void)state;
    PairTry p = {0};
    ProbePair now = {.there = true, .a = 3, .b = 4, .step = 100, .top = {7}};
    pair_try_ask(&p, 3, 4, &(ProbePair){0});
    assert_false(p.last.there);
    assert_true(pair_try_is_answered(&p, &now));
    now.step = 150;
    assert_int_equal(pair_try_type(&p, UI_KEY_ENTER, TOKENS, &now), PAIR_KEY_TAKEN); /* the same again */
    assert_int_equal(p.last.step, 150);
    now.step = -1; /* outdated: no answer */
    assert_false(pair_try_is_answered(&p, &now));
    pair_try_ask(&p, 1, 1, &now);
    assert_int_equal(p.last.step, 150);
    now.step = 200;
    assert_false(pair_try_is_answered(&p, &now));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pairs_are_taken),
        cmocka_unit_test(test_what_is_no_pair_is_said),
        cmocka_unit_test(test_other_keys_are_passed_on),
        cmocka_unit_test(test_the_last_answer_is_kept),
    };
    return cmocka_run_group_tests_name("ui_pair", tests, NULL, NULL);
}
