/* What a shell is told at Tab. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lrd/app/complete.h>
#include <lrd/base/util.h>
#include <lrd/config/settings.h>

#include "files_fixture.h"

enum { WORDS_MOST = 8 };

/* A blank ends a word, so that one at the end leaves an empty last one. */
static Text answer(const char *line)
{
    char *copy = xstrdup(line);
    const char *words[WORDS_MOST] = {copy};
    int count = 1;
    for (char *c = copy; *c; c++)
        if (*c == ' ') {
            *c = '\0';
            words[count++] = c + 1;
        }
    Text out = {0};
    complete_words(words, count, &out);
    free(copy);
    return out;
}

/* Candidates without their meanings, a blank between two. */
static void assert_offers(const char *line, const char *expected)
{
    Text out = answer(line), names = {0};
    for (const char *at = text_str(&out); *at; at += strcspn(at, "\n") + 1) {
        text_add(&names, names.length ? " " : "");
        text_add_bytes(&names, at, strcspn(at, "\t\n"));
    }
    if (strcmp(text_str(&names), expected) != 0)
        fail_msg("after \"%s\": %s", line, text_str(&names));
    text_free(&names);
    text_free(&out);
}

static void assert_has(const char *line, const char *part, bool has)
{
    Text out = answer(line);
    if ((strstr(text_str(&out), part) != NULL) != has)
        fail_msg("after \"%s\": %s", line, text_str(&out));
    text_free(&out);
}

static void test_verbs_and_operands(void **state)
{
    (void)state;
    assert_has("ph", "phase\t", true);
    assert_has("ph", "train", false);
    assert_has("ph", ":files .ini", true);
    assert_has("", "classroom\t", true);
    assert_has("", "train\ta run without a screen", true);
    assert_has("", ":files", false);
    assert_has("train paper-l", "paper-l2\t", true);
    assert_has("train paper-l", "classroom", false);
    assert_offers("train classroom ", ""); /* one is enough */
    assert_offers("classroom ", "");
    assert_offers("watch a.jsonl ", ":files .jsonl"); /* of these there may be several */
    assert_offers("phase ", ":folders");
    assert_offers("help dem", "demo");
    assert_has("demo class", "classroom\t", true);
    assert_offers("keys ", "");
    assert_has("-- tr", "train\t", true);
}

static void test_options(void **state)
{
    (void)state;
    assert_offers("train --sa", "--save --save-every");
    assert_offers("lab --save", "--save");
    assert_offers("watch a.jsonl --sp", "--speed");
    assert_offers("--proj", "--projector");       /* of the lab, the verb that is meant */
    assert_offers("train --steps 5 --steps", ""); /* once is enough */
    assert_offers("train --set a=1 --set", "--set");
    assert_offers("train -- --sa", ":files .ini"); /* an operand */
    assert_offers("train --nonsense --q", "--quiet");
}

static void test_arguments(void **state)
{
    (void)state;
    assert_offers("lab --view w", "waterfall");
    assert_offers("--theme c", "contrast cvd");
    assert_offers("lab --glyphs=b", "--glyphs=braille --glyphs=block");
    assert_offers("phase d --measure st", "stable-rank");
    assert_offers("phase d --across task.f", "task.frac");
    assert_offers("train --stop ", "grokked never");
    assert_offers("train --log ", ":files .jsonl");
    assert_offers("train --log=", ":files .jsonl");
    assert_offers("train --steps ", "");
    assert_offers("shot --size 80", "80x24");
    assert_offers("train --quiet=", "");
    assert_offers("train --no=", "");
}

static void test_settings(void **state)
{
    (void)state;
    assert_offers("train --set decay.ki", "decay.kind=");
    assert_offers("train --set=decay.ki", "--set=decay.kind=");
    assert_offers("train --set decay.kind=l", "decay.kind=l2 decay.kind=lrd");
    assert_offers("train --set=decay.kind=l", "--set=decay.kind=l2 --set=decay.kind=lrd");
    assert_offers("train --set decay.lr_scaled=", "decay.lr_scaled=0 decay.lr_scaled=1");
    assert_offers("train --set task.p=", "task.p=113");
    assert_offers("train --set nothing=", "");
    assert_offers("train --at 15", "");
    assert_offers("train --at 15=task.", ""); /* fixed while a run trains */
    assert_offers("train --at 15=decay.st", "15=decay.strength:");
    assert_offers("train --at=15=decay.targets:a", "--at=15=decay.targets:attn --at=15=decay.targets:all");
}

/* What is offered for --set is what --set takes. */
static void test_every_value_is_taken(void **state)
{
    (void)state;
    for (int i = 0; i < settings_count; i++) {
        char line[128];
        snprintf(line, sizeof line, "train --set %s=", settings_table[i].key);
        Text out = answer(line);
        for (char *at = out.data; at && *at; at = strchr(at, '\n') + 1) {
            Settings s = settings_default();
            char value[64];
            snprintf(value, sizeof value, "%.*s", (int)strcspn(at, "\t"), at);
            assert_ok(settings_set(&s, settings_table[i].key, strchr(value, '=') + 1));
        }
        text_free(&out);
    }
}

static void test_the_tables_hold_nothing_unknown(void **state)
{
    (void)state;
    for (int i = 0; i < verb_count; i++)
        if (!complete_knows("", verb_table[i].operand))
            fail_msg("nothing completes the operand %s of %s", verb_table[i].operand, verb_table[i].name);
    for (int i = 0; i < option_count; i++)
        if (option_table[i].argument && !complete_knows(option_table[i].name, option_table[i].argument))
            fail_msg("nothing completes %s %s", option_table[i].name, option_table[i].argument);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verbs_and_operands),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_every_value_is_taken),
        cmocka_unit_test(test_the_tables_hold_nothing_unknown),
    };
    return cmocka_run_group_tests(tests, files_setup, files_teardown);
}
