/* Presets: the INI reader, the schedule, the way back to text, and what ships. */
#include <lrd/base/rng.h>
#include <lrd/io/ini.h>
#include <lrd/config/preset.h>
#include <lrd/io/builtin_files.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct Parsed {
    Preset preset;
    Text problems;
    int faults;
} Parsed;

static Parsed parse_bytes(const char *bytes, size_t length)
{
    Parsed p = {0};
    char *exact = malloc(length ? length : 1);
    memcpy(exact, bytes, length);
    p.faults = preset_parse("x.ini", exact, length, &p.preset, &p.problems);
    free(exact);
    return p;
}

static Parsed parse(const char *text)
{
    return parse_bytes(text, strlen(text));
}

static void release(Parsed *p)
{
    preset_free(&p->preset);
    text_free(&p->problems);
}

static void assert_problems(const char *text, const char *expected)
{
    Parsed p = parse(text);
    assert_string_equal(text_str(&p.problems), expected);
    release(&p);
}

static void assert_problem_part(const char *text, const char *part)
{
    Parsed p = parse(text);
    assert_int_equal(p.faults, 1);
    if (!strstr(text_str(&p.problems), part))
        fail_msg("it says: %s", text_str(&p.problems));
    release(&p);
}

static void settings_and_comments_are_read(void **state)
{
    (void)state;
    Parsed p = parse("\xEF\xBB\xBF# a comment\r\n[task]\r\np = 59 # prime\r\n\top=mul\r\n\r\n  [ lab ]\n"
                     "title = \"a # b\" # c\nstory=C#\n[decay]\nkind\t=\tl2");
    assert_string_equal(text_str(&p.problems), "");
    assert_int_equal(p.preset.settings.task.p, 59);
    assert_int_equal(p.preset.settings.task.op, TASK_MUL);
    assert_int_equal(p.preset.settings.decay.kind, DECAY_L2);
    assert_string_equal(p.preset.settings.lab.title, "a # b");
    assert_string_equal(p.preset.settings.lab.story, "C#");
    assert_int_equal(p.preset.settings.model.dim, 128);
    release(&p);
    p = parse("");
    assert_int_equal(p.faults, 0);
    release(&p);
}

static void every_fault_is_told_in_one_go(void **state)
{
    (void)state;
    assert_problems(
        "p = 3\n[task]\nop = add\nop = mul\nfrac\n[decai]\nkind = l2\n[decay]\nstrenght = 1\nkind = l3\n= 2\n",
        "x.ini:1: \"p\" stands before the first [section]\n"
        "x.ini:5: \"frac\" has no '='; a line is [section], key = value or # comment\n"
        "x.ini:11: there is no key before the '='\n"
        "x.ini:4: task.op was already set in line 3; take one of them out\n"
        "x.ini:6: there is no section \"decai\"; did you mean [decay]?\n"
        "x.ini:9: there is no setting \"decay.strenght\"; did you mean decay.strength?\n"
        "x.ini:10: decay.kind cannot be \"l3\"; it takes one of none, l2, lrd, polar, svt, elastic, "
        "radial, tangential, shrink\n");
}

static void odd_lines_are_refused(void **state)
{
    (void)state;
    assert_problem_part("[task\np = 5\n", "x.ini:1: a section is written [name]");
    assert_problem_part("[bananas]\nx = 1\n", "there are [task], [model]");
    assert_problem_part("[lab]\ntitle = \"open\n", "must end with one");
    assert_problem_part("[lab]\ntitle = \"a\" b\n", "nothing may follow");
    assert_problem_part("[task]\np =\n", "task.p cannot be \"\"");
    assert_problem_part("[task]\np = 5 7\n", "task.p cannot be \"5 7\"");
    char text[INI_LINE_MAX + 100];
    memset(text, 'x', sizeof text);
    memcpy(text, "[lab]\nstory = ", 14);
    text[sizeof text - 1] = '\0';
    assert_problem_part(text, "at most 4096 are allowed");
    Parsed p = parse_bytes("[task]\np = 5\0\n", 14);
    assert_int_equal(p.faults, 1);
    assert_non_null(strstr(text_str(&p.problems), "x.ini:2: the line holds a NUL byte"));
    release(&p);
}

static void a_flood_of_faults_is_cut(void **state)
{
    (void)state;
    Text text = {0};
    for (int i = 0; i < 10000; i++)
        text_add(&text, "rubbish\n");
    Parsed p = parse(text_str(&text));
    assert_int_equal(p.faults, 10000);
    assert_true(p.problems.length < 10000);
    assert_non_null(strstr(text_str(&p.problems), "and more faults"));
    release(&p);
    text_free(&text);
}

static void a_schedule_is_ordered_and_checked(void **state)
{
    (void)state;
    Parsed p = parse("[schedule]\n900 = decay.kind lrd\n300 = train.lr 0.0005\n900 = decay.strength   0.01 # up\n");
    assert_string_equal(text_str(&p.problems), "");
    assert_int_equal(p.preset.schedule.count, 3);
    assert_int_equal(p.preset.schedule.changes[0].step, 300);
    assert_string_equal(p.preset.schedule.changes[1].key, "decay.kind");
    assert_string_equal(p.preset.schedule.changes[2].value, "0.01");
    assert_true(status_is_ok(schedule_add(&p.preset.schedule, "500=decay.targets:all")));
    assert_string_equal(p.preset.schedule.changes[1].value, "all");
    assert_int_equal(schedule_add(&p.preset.schedule, "500=model.dim:64").code, STATUS_INPUT);
    assert_int_equal(schedule_add(&p.preset.schedule, "-1=decay.kind:l2").code, STATUS_INPUT);
    assert_int_equal(schedule_add(&p.preset.schedule, "decay.kind:l2").code, STATUS_INPUT);
    assert_int_equal(schedule_add(&p.preset.schedule, "5=decay.kind").code, STATUS_INPUT);
    assert_int_equal(schedule_add(&p.preset.schedule, "5=decay.kind:l3").code, STATUS_INPUT);
    assert_int_equal(p.preset.schedule.count, 4);
    release(&p);
    assert_problem_part("[schedule]\n5 = task.p 7\n", "cannot change while a run trains");
    assert_problem_part("[schedule]\n5 = decay.kind\n", "STEP = KEY VALUE");
    assert_problem_part("[schedule]\nx = decay.kind l2\n", "is not a step");
    assert_problem_part("[schedule]\n9 = train.lr 1\n5 = decay.kind l2\n5 = decay.kind lrd\n",
                        "x.ini:4: decay.kind is already changed at step 5 in line 3");
}

static void assert_brief(const char *section, const char *brief, const char *words)
{
    Text text = {0}, said = {0};
    text_addf(&text, "[train]\nsteps = 4000\n%s", section);
    Parsed p = parse(text_str(&text));
    assert_string_equal(text_str(&p.problems), "");
    expectation_add_brief(&p.preset.expect, &p.preset.settings, &said);
    assert_string_equal(text_str(&said), brief);
    text_clear(&said);
    expectation_add_words(&p.preset.expect, &p.preset.settings, " ", &said);
    assert_string_equal(text_str(&said), words);
    text_free(&text);
    text_free(&said);
    release(&p);
}

static void what_is_expected_is_told_in_words(void **state)
{
    (void)state;
    assert_brief("", "4,000 steps", "");
    assert_brief("[expect]\ngrokked = 1550..2050\nseconds = 35\n", "groks at 1,550-2,050 of 4,000 steps, 35 s",
                 "Unseen pairs right (grokked) at 1,550 to 2,050. All 4,000 steps take 35 s on two cores.");
    assert_brief("[lab]\nspeed = 60\n[expect]\ngrokked = 900..900 in 3 of 5\nseconds = 20\n",
                 "groks in 3 of 5 runs at 900 of 4,000 steps, 20 s (67 s in the lab)",
                 "Unseen pairs right (grokked) at 900, in 3 of 5 runs. All 4,000 steps take 20 s on two cores (67 s in "
                 "the lab).");
    assert_brief("[expect]\nmemorised = 1..2 in 5 of 5\ncollapsed = never\ngrokked = never\nseconds = 7000\n",
                 "never groks in 4,000 steps, 117 min",
                 "Training pairs known by heart (memorised) at step 1 to 2. No rank collapse: Q and K keep many "
                 "directions. Unseen pairs never right for good: it does not grok. All 4,000 steps take 117 min on two "
                 "cores.");
}

static void what_is_expected_is_checked(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",
                                        "300",
                                        "x",
                                        "300..",
                                        "..300",
                                        "300..200",
                                        "1..2..3",
                                        "1 ..2",
                                        "1..2 in",
                                        "1..2 in 3",
                                        "1..2 in 3 of",
                                        "1..2 in 0 of 5",
                                        "-1..2",
                                        "1..2 in 6 of 5",
                                        "1..2 in 3 of 5 yes",
                                        "1..2 of 3 in 5",
                                        "never ever",
                                        "1..1000000000001",
                                        "1..2 in 1 of 1001",
                                        "1e2..2e2",
                                        "1..2, in 3 of 5",
                                        "Never"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        Text text = {0};
        text_addf(&text, "[expect]\ngrokked = %s\n", wrong[i]);
        assert_problem_part(text_str(&text),
                            "it takes steps LO..HI, as in 1550..2050, LO..HI in K of N (runs) or never");
        text_free(&text);
    }
    assert_problem_part("[expect]\nseconds = 0\n", "x.ini:2: expect.seconds cannot be \"0\"");
    assert_problem_part("[expect]\nseconds = 1.5\n", "a whole number from 1 on");
    assert_problem_part("[expct]\nseconds = 1\n", "did you mean [expect]?");
    assert_problem_part("[expect]\ngroked = never\n", "did you mean grokked?");
    assert_problem_part("[expect]\nlost = never\n", "[expect] holds memorised, collapsed, grokked and seconds");
    assert_problem_part("[expect]\ngrokked = never\n[expect]\ngrokked = never\n",
                        "x.ini:4: expect.grokked was already set in line 2");
    assert_int_equal(settings_set(&(Settings){0}, "expect.seconds", "1").code, STATUS_INPUT);
}

static void what_is_expected_hangs_on_the_experiment(void **state)
{
    (void)state;
    static const char *const aside[][2] = {
        {"model.seed", "7"},   {"task.seed", "7"},        {"train.seed", "7"},
        {"train.steps", "7"},  {"train.threads", "1"},    {"lab.speed", "7"},
        {"lab.title", "mine"}, {"train.eval_every", "7"}, {"train.sample_every", "7"}};
    static const char *const inside[][2] = {{"task.frac", "0.3"},
                                            {"model.dim", "64"},
                                            {"train.lr", "0.002"},
                                            {"decay.kind", "l2"},
                                            {"decay.strength", "1"}};
    const Settings measured = settings_default();
    for (size_t i = 0; i < sizeof aside / sizeof aside[0]; i++) {
        Settings s = measured;
        assert_true(status_is_ok(settings_set(&s, aside[i][0], aside[i][1])));
        assert_true(expectation_holds(&measured, &s));
    }
    for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++) {
        Settings s = measured;
        assert_true(status_is_ok(settings_set(&s, inside[i][0], inside[i][1])));
        assert_false(expectation_holds(&measured, &s));
    }
}

/* Settings with hostile texts and numbers come back from their preset file bit for bit. */
static void a_printed_preset_reads_back(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",       "plain", " # ",    "#",         "\"",  "\"a\" b", "a\\",
        "\\\" #", " lead", "trail ", "C# and #2", "[x]", "= =",     "\xC3\xA9\xE2\x96\x81"};
    Rng rng = rng_seed(11, RNG_SPLIT);
    for (size_t i = 0; i < 40 * sizeof texts / sizeof texts[0]; i++) {
        Settings s = settings_default();
        assert_true(status_is_ok(settings_set(&s, "lab.title", texts[i % (sizeof texts / sizeof texts[0])])));
        s.decay.strength = rng_uniform(&rng);
        s.model.seed = (int64_t)(rng_next(&rng) >> 1);
        Schedule schedule = {0};
        assert_true(status_is_ok(schedule_add(&schedule, "70=decay.kind:svt")));
        Text text = {0};
        Expectation expect = {.event[EXPECTED_COLLAPSED] = {EXPECTED_NEVER, 0, 0, 0, 0},
                              .event[EXPECTED_GROKKED] = {EXPECTED_STEPS, 3, 1000000000000, 2, 5},
                              .seconds = (int64_t)(rng_next(&rng) % 1000)};
        preset_print(&s, &schedule, NULL, &text);
        expectation_print(&expect, &text);
        Parsed p = parse(text_str(&text));
        assert_string_equal(text_str(&p.problems), "");
        assert_memory_equal(&p.preset.expect, &expect, sizeof expect);
        assert_memory_equal(&p.preset.settings, &s, sizeof s);
        assert_int_equal(p.preset.schedule.count, 1);
        assert_string_equal(p.preset.schedule.changes[0].value, "svt");
        release(&p);
        schedule_free(&schedule);
        text_free(&text);
    }
}

static void any_bytes_are_survived(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "[task]", "[schedule]", "\n",           "=",        " ",       "\"",   "\\",         "#",
        "p",      "op",         "decay.kind",   "l2",       "[",       "]",    "\r\n",       "5",
        "\t",     "\xFF",       "\xEF\xBB\xBF", "[expect]", "grokked", "1..2", " in 1 of 2", "never"};
    Rng rng = rng_seed(13, RNG_SPLIT);
    for (int i = 0; i < 20000; i++) {
        Text text = {0};
        for (uint64_t n = rng_below(&rng, 30); n > 0; n--)
            text_add(&text, parts[rng_below(&rng, sizeof parts / sizeof parts[0])]);
        if (text.length && rng_below(&rng, 4) == 0)
            text.data[rng_below(&rng, text.length)] = (char)rng_below(&rng, 256);
        Parsed p = parse_bytes(text_str(&text), text.length);
        assert_true((p.faults == 0) == (p.problems.length == 0));
        release(&p);
        text_free(&text);
    }
}

static void shipped_presets_are_sound(void **state)
{
    (void)state;
    bool has_default = false;
    assert_true(preset_builtin_count >= 3);
    for (int i = 0; i < preset_builtin_count; i++) {
        const BuiltinFile *b = &preset_builtin[i];
        Parsed p = parse(b->bytes);
        assert_string_equal(text_str(&p.problems), "");
        assert_true(status_is_ok(settings_check(&p.preset.settings)));
        assert_true(*p.preset.settings.lab.title && *p.preset.settings.lab.story);
        has_default |= strcmp(b->name, preset_default_name) == 0;
        assert_true(i == 0 || strcmp(preset_builtin[i - 1].name, b->name) < 0);
        release(&p);
    }
    assert_true(has_default);
}

static void presets_are_found_by_name_and_path(void **state)
{
    (void)state;
    Preset p;
    Text problems = {0};
    assert_true(status_is_ok(preset_load("paper-l2", &p, &problems)));
    assert_int_equal(p.settings.decay.kind, DECAY_L2);
    assert_int_equal(p.settings.decay.targets, TARGETS_ALL);
    assert_true(status_is_ok(preset_load("presets/paper-lrd.ini", &p, &problems)));
    assert_int_equal(p.settings.decay.targets, TARGETS_QK);
    Status status = preset_load("paper-lr", &p, &problems);
    assert_int_equal(status.code, STATUS_INPUT);
    assert_non_null(strstr(status.text, "did you mean paper-l"));
    static const char *const missing[] = {"", "qqqqqqq", "./none.ini", "/dev/zero", "tests/", "/dev/stdin.ini"};
    for (size_t i = 0; i < sizeof missing / sizeof missing[0]; i++)
        assert_int_equal(preset_load(missing[i], &p, &problems).code, STATUS_INPUT);
    text_free(&problems);
    PresetEntry *entries;
    int count = preset_list(&entries);
    assert_true(count >= preset_builtin_count);
    for (int i = 1; i < count; i++)
        assert_true(strcmp(entries[i - 1].name, entries[i].name) < 0);
    free(entries);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_and_comments_are_read),
        cmocka_unit_test(every_fault_is_told_in_one_go),
        cmocka_unit_test(odd_lines_are_refused),
        cmocka_unit_test(a_flood_of_faults_is_cut),
        cmocka_unit_test(a_schedule_is_ordered_and_checked),
        cmocka_unit_test(what_is_expected_is_told_in_words),
        cmocka_unit_test(what_is_expected_is_checked),
        cmocka_unit_test(what_is_expected_hangs_on_the_experiment),
        cmocka_unit_test(a_printed_preset_reads_back),
        cmocka_unit_test(any_bytes_are_survived),
        cmocka_unit_test(shipped_presets_are_sound),
        cmocka_unit_test(presets_are_found_by_name_and_path),
    };
    return cmocka_run_group_tests_name("preset", tests, NULL, NULL);
}
