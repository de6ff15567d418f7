/* The table of settings: every row reads, prints and refuses as its own range says. */
#include <lrd/base/quote.h>
#include <lrd/base/rng.h>
#include <lrd/config/settings_change.h>

#include <float.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_refused(const char *key, const char *value, const char *part)
{
    Settings s = settings_default(), before = s;
    Status status = settings_set(&s, key, value);
    if (status_is_ok(status))
        fail_msg("%s = %s was taken", key, value);
    if (!strstr(status.text, part))
        fail_msg("%s = %s says: %s", key, value, status.text);
    assert_int_equal(status.code, STATUS_INPUT);
    assert_memory_equal(&s, &before, sizeof s);
}

static void assert_gets(const Settings *s, const char *key, const char *expected)
{
    Text text = {0};
    settings_get(s, settings_find(key), &text);
    assert_string_equal(text_str(&text), expected);
    text_free(&text);
}

static void defaults_are_those_of_the_table(void **state)
{
    (void)state;
    Settings s = settings_default();
    for (int i = 0; i < settings_count; i++)
        assert_gets(&s, settings_table[i].key, settings_table[i].default_text);
    assert_int_equal(s.task.p, 113);
    assert_int_equal(s.train.seed, 1);
    assert_int_equal(s.decay.kind, DECAY_LRD);
    assert_true(s.decay.strength > 0.00499 && s.decay.strength < 0.00501);
    assert_true(status_is_ok(settings_check(&s)));
}

static void names_agree_with_the_lab(void **state)
{
    (void)state;
    for (int i = 0; i < DECAY_KIND_COUNT; i++)
        assert_string_equal(settings_find("decay.kind")->choices[i], decay_kinds[i].name);
    for (int i = 0; i < TARGETS_COUNT; i++)
        assert_string_equal(settings_find("decay.targets")->choices[i], decay_target_names[i]);
    for (int i = 0; i < TASK_OP_COUNT; i++)
        assert_string_equal(settings_find("task.op")->choices[i], task_kinds[i].name);
}

static void every_row_is_whole(void **state)
{
    (void)state;
    for (int i = 0; i < settings_count; i++) {
        const Setting *row = &settings_table[i];
        assert_ptr_equal(settings_find(row->key), row);
        assert_true(strlen(row->key) < SETTING_KEY_MAX);
        assert_non_null(strchr(row->key, '.'));
        assert_true(row->offset + row->size <= sizeof(Settings));
        assert_true(strlen(row->help) > 5);
        for (int j = 0; j < i; j++)
            assert_true(row->offset >= settings_table[j].offset + settings_table[j].size ||
                        settings_table[j].offset >= row->offset + row->size);
    }
}

static void range_ends_are_kept(void **state)
{
    (void)state;
    char word[64];
    for (int i = 0; i < settings_count; i++) {
        const Setting *row = &settings_table[i];
        if (row->type != SETTING_INT && row->type != SETTING_REAL)
            continue;
        Settings s = settings_default();
        snprintf(word, sizeof word, "%.17g", row->min);
        assert_int_equal(status_is_ok(settings_set(&s, row->key, word)), !row->min_open);
        snprintf(word, sizeof word, "%.17g", row->min - 1);
        assert_false(status_is_ok(settings_set(&s, row->key, word)));
        if (row->max > 1e15) /* 2^63-1 */
            continue;
        snprintf(word, sizeof word, "%.17g", row->max);
        assert_int_equal(status_is_ok(settings_set(&s, row->key, word)), !row->max_open);
        snprintf(word, sizeof word, "%.17g", row->max + 1);
        assert_false(status_is_ok(settings_set(&s, row->key, word)));
    }
    Settings s = settings_default();
    assert_true(status_is_ok(settings_set(&s, "model.seed", "9223372036854775807")));
    assert_gets(&s, "model.seed", "9223372036854775807");
    assert_refused("model.seed", "9223372036854775808", "from 0 to 2^63-1");
}

static void only_whole_tokens_are_numbers(void **state)
{
    (void)state;
#define NO_BREAK_SPACE "\xC2\xA0"
    static const char *const bad[] = {"",      " ",      "nan", "inf",   "-inf", "infinity",
                                      "0x10",  "0x1p-3", "1e",  "1 ",    " 1",   "1,5",
                                      "1.5.2", "12a",    "--1", "1e999", "auto", NO_BREAK_SPACE "1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_refused("decay.strength", bad[i], "decay.strength");
        assert_refused("train.batch", bad[i], "a whole number from 0");
    }
    assert_refused("train.batch", "1.0", "whole number");
    assert_refused("train.batch", "1e3", "whole number");
    assert_refused("train.batch", "99999999999999999999", "whole number");
    Settings s = settings_default();
    assert_true(status_is_ok(settings_set(&s, "decay.strength", "-0")));
    assert_gets(&s, "decay.strength", "0");
}

static void a_refusal_says_what_is_allowed(void **state)
{
    (void)state;
    assert_refused("task.frac", "1", "a number between 0 and 1, both excluded");
    assert_refused("task.p", "1000", "a whole number from 2 to 997");
    assert_refused("train.lr", "0", "a number above 0, up to 10");
    assert_refused("train.steps", "0", "from 1 to 10^12");
    assert_refused("train.threads", "0", "from 1 to 256, or auto");
    assert_refused("decay.kind", "LRD", "one of none, l2, lrd, polar, svt, elastic, radial, tangential");
    assert_refused("decay.lr_scaled", "2", "0 or 1");
    assert_refused("decay.strength", "1000001", "from 0 to 1000000");
    assert_refused("decay.kind", "\x1B[31m", "\\x1B[31m");
    assert_refused("lab.title", "\x1B[31m", "without control characters");
    assert_refused("lab.title", "\xFF", "UTF-8");
    assert_refused("lab.title", "\xC2\x9B", "control");
}

static void misspelt_keys_have_a_neighbour(void **state)
{
    (void)state;
    assert_string_equal(settings_nearest("decay.strenght"), "decay.strength");
    assert_string_equal(settings_nearest("strength"), "decay.strength");
    assert_string_equal(settings_nearest("model.lr"), "train.lr");
    assert_string_equal(settings_nearest("train.thread"), "train.threads");
    assert_null(settings_nearest("bananas"));
    assert_null(settings_nearest(""));
    assert_refused("decay.strenght", "1", "did you mean decay.strength?");
    assert_refused("bananas", "1", "lists them all");
}

static void auto_is_a_word_for_the_threads(void **state)
{
    (void)state;
    Settings s = settings_default();
    assert_true(settings_threads(&s) >= 1);
    assert_true(status_is_ok(settings_set(&s, "train.threads", "7")));
    assert_int_equal(settings_threads(&s), 7);
    assert_true(status_is_ok(settings_set(&s, "train.threads", "auto")));
    assert_gets(&s, "train.threads", "auto");
}

/* Whatever a setting holds, its text reads back as the same bits. */
static void numbers_go_to_text_and_back(void **state)
{
    (void)state;
    Rng rng = rng_seed(7, RNG_SPLIT);
    Settings s = settings_default(), back = settings_default();
    for (int i = 0; i < 20000; i++) {
        s.decay.strength = rng_uniform(&rng) * 1e6;
        if (i % 2)
            s.decay.strength *= rng_uniform(&rng) * 1e-12;
        s.model.seed = (int64_t)(rng_next(&rng) >> 1);
        Text text = {0};
        settings_get(&s, settings_find("decay.strength"), &text);
        assert_true(status_is_ok(settings_set(&back, "decay.strength", text_str(&text))));
        assert_memory_equal(&back.decay.strength, &s.decay.strength, sizeof(double));
        text_clear(&text);
        settings_get(&s, settings_find("model.seed"), &text);
        assert_true(status_is_ok(settings_set(&back, "model.seed", text_str(&text))));
        assert_true(back.model.seed == s.model.seed);
        text_free(&text);
    }
}

static void assert_check(const char *const words[], const char *part)
{
    Settings s = settings_default();
    for (int i = 0; words[i]; i += 2)
        assert_true(status_is_ok(settings_set(&s, words[i], words[i + 1])));
    Status status = settings_check(&s);
    if (!part) {
        assert_string_equal(status.text, "");
        return;
    }
    assert_int_equal(status.code, STATUS_INPUT);
    if (!strstr(status.text, part))
        fail_msg("it says: %s", status.text);
}

static void settings_are_checked_together(void **state)
{
    (void)state;
    assert_check((const char *[]){"task.op", "div", "task.p", "100", NULL}, "needs a prime modulus");
    assert_check((const char *[]){"task.op", "div", "task.p", "97", NULL}, NULL);
    assert_check((const char *[]){"task.op", "s5", "task.p", "100", NULL}, NULL);
    assert_check((const char *[]){"model.dim", "100", "model.heads", "3", NULL}, "3 does not divide 100");
    assert_check((const char *[]){"task.p", "2", "task.frac", "0.2", NULL}, "nothing to train on");
    assert_check((const char *[]){"task.p", "2", "task.frac", "0.25", NULL}, NULL);
    assert_check((const char *[]){"task.p", "2", "task.frac", "0.9999999999999999", NULL}, NULL);
    assert_check((const char *[]){"task.p", "2", "task.frac", "1e-300", NULL}, "nothing to train on");
}

/* A change of all that may change fits, and is told apart, made and printed. */
static void a_change_holds_every_setting(void **state)
{
    (void)state;
    const Settings from = settings_default();
    Settings to = from, made = from;
    int midrun = 0;
    for (int i = 0; i < settings_count; i++) {
        const Setting *row = &settings_table[i];
        midrun += row->midrun;
        for (size_t b = 0; row->midrun && b < row->size; b++) /* no value of the table's, but another one */
            ((unsigned char *)&to)[row->offset + b] ^= 1;
    }
    const SettingsChange all = settings_difference(&from, &to), none = settings_difference(&from, &made);
    assert_int_equal(all.count, midrun);
    assert_int_equal(none.count, 0);
    SettingsChange pair = {0};
    assert_true(status_is_ok(settings_change_add(&pair, "train.qk_opt", "luon")));
    assert_int_equal(settings_change_apply(&made, &pair).code, STATUS_INPUT); /* LRD would decay Q and K twice */
    assert_int_equal(settings_difference(&from, &made).count, 0);
    assert_true(status_is_ok(settings_change_add(&pair, "decay.kind", "none")));
    assert_true(status_is_ok(settings_change_apply(&made, &pair)));
    Text words = {0};
    settings_change_print(&pair, " ", ", ", &words);
    assert_string_equal(text_str(&words), "train.qk_opt luon, decay.kind none");
    text_free(&words);
}

static void memory_that_is_not_there_is_refused(void **state)
{
    (void)state;
    assert_check((const char *[]){"task.p", "997", "model.dim", "4096", "model.depth", "16", "model.mlp", "16384",
                                  "train.batch", "0", NULL},
                 "MiB are available");
    Settings small = settings_default(), large = small;
    assert_true(settings_memory_bytes(&small) > 256 * 1048576.0); /* lab.rewind_mb is part of it */
    small.lab.rewind_mb = large.lab.rewind_mb = 0;
    large.model.dim = 4096;
    assert_true(settings_memory_bytes(&small) > 1e6 && settings_memory_bytes(&small) < 5e8);
    assert_true(settings_memory_bytes(&large) > 100 * settings_memory_bytes(&small));
    assert_true(settings_memory_bytes(&large) < DBL_MAX);
}

static void the_unit_follows_the_decay(void **state)
{
    (void)state;
    Settings s = settings_default();
    assert_string_equal(settings_strength_unit(&s), "length taken off a step");
    s.decay.lr_scaled = 1;
    assert_non_null(strstr(settings_strength_unit(&s), "times lr"));
    s.decay.kind = DECAY_L2;
    assert_non_null(strstr(settings_strength_unit(&s), "lr x strength"));
}

static void quotes_are_harmless_and_short(void **state)
{
    (void)state;
    assert_string_equal(quote_word("plain").text, "\"plain\"");
    assert_string_equal(quote_word("a\x1B\n\x7F").text, "\"a\\x1B\\x0A\\x7F\"");
    assert_string_equal(quote_word("\xC3\xA9\xC2\x9B\xFF").text, "\"\xC3\xA9\\xC2\\x9B\\xFF\"");
    char word[500];
    Rng rng = rng_seed(3, RNG_SPLIT);
    for (int i = 0; i < 5000; i++) {
        size_t n = (size_t)rng_below(&rng, sizeof word);
        for (size_t j = 0; j < n; j++)
            word[j] = (char)(1 + rng_below(&rng, 255));
        word[n] = '\0';
        Quote q = quote_word(word);
        assert_true(strlen(q.text) < sizeof q.text);
        assert_true(quote_is_plain(q.text));
    }
}

static void settings_that_shut_each_other_out_are_told(void **state)
{
    (void)state;
    static const char *const pairs[][5] = {{"decay.kind", "l2", "decay.relative", "1", "decay.relative 0"},
                                           {"decay.kind", "polar", "train.qk_opt", "luon", "decay.kind none"},
                                           {"decay.kind", "shrink", "train.qk_opt", "luon", "decay.kind none"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        Settings s = settings_default();
        assert_true(status_is_ok(settings_set(&s, pairs[i][0], pairs[i][1])));
        assert_true(status_is_ok(settings_check(&s)));
        assert_true(status_is_ok(settings_set(&s, pairs[i][2], pairs[i][3])));
        assert_non_null(strstr(settings_check(&s).text, pairs[i][4]));
        assert_true(status_is_ok(settings_set(&s, "decay.kind", "none")));
        assert_true(status_is_ok(settings_check(&s)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_those_of_the_table),
        cmocka_unit_test(names_agree_with_the_lab),
        cmocka_unit_test(settings_that_shut_each_other_out_are_told),
        cmocka_unit_test(every_row_is_whole),
        cmocka_unit_test(range_ends_are_kept),
        cmocka_unit_test(only_whole_tokens_are_numbers),
        cmocka_unit_test(a_refusal_says_what_is_allowed),
        cmocka_unit_test(misspelt_keys_have_a_neighbour),
        cmocka_unit_test(auto_is_a_word_for_the_threads),
        cmocka_unit_test(numbers_go_to_text_and_back),
        cmocka_unit_test(settings_are_checked_together),
        cmocka_unit_test(a_change_holds_every_setting),
        cmocka_unit_test(memory_that_is_not_there_is_refused),
        cmocka_unit_test(the_unit_follows_the_decay),
        cmocka_unit_test(quotes_are_harmless_and_short),
    };
    return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
