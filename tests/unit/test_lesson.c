/* Lessons: what is read and what is refused, every kind of check, and the way through the steps. No terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <lrd/io/builtin_files.h>
#include <lrd/ui/action.h>
#include <lrd/ui/handlers.h>
#include <lrd/lesson/lesson_check.h>
#include <lrd/lesson/lesson_file.h>
#include <lrd/view/canvas.h>
#include <lrd/panel/panel.h>

#include "fake_run.h"

/* ---- Reading */

static Lesson lesson; /* large */

static int parse(const char *text, Text *problems)
{
    return lesson_parse("a.ini", text, strlen(text), &action_table, &lesson, problems);
}

#define HEAD "[lesson]\ntitle = T\nabout = A.\n"
#define STEP "[step]\ntitle = S\ndo = D.\nnotice = N.\n"

static void test_all_fields_are_read(void **state)
{
    (void)state;
    Text problems = {0};
    int faults = parse(HEAD "preset = paper-l2\n" STEP STEP "wait = unseen 50%, setting decay.kind lrd , key Up\n"
                            "set = decay.kind l2,lab.speed 20\nview = table\nkeys = t  Up space\n",
                       &problems);
    assert_string_equal(text_str(&problems), "");
    assert_int_equal(faults, 0);
    assert_string_equal(lesson.title, "T");
    assert_string_equal(lesson.preset, "paper-l2");
    assert_int_equal(lesson.start.decay.kind, DECAY_L2);
    assert_int_equal(lesson.count, 2);
    assert_int_equal(lesson.step[0].check_count + lesson.step[0].set.count + lesson.step[0].key_count, 0);
    const LessonStep *s = &lesson.step[1];
    assert_string_equal(s->act, "D.");
    assert_string_equal(s->notice, "N.");
    assert_int_equal(s->check_count, 3);
    assert_float_equal(s->check[0].number, .5, 1e-12);
    assert_string_equal(s->check[1].key, "decay.kind");
    assert_string_equal(s->check[1].word, "lrd");
    assert_int_equal(s->check[2].code, UI_KEY_UP);
    Text set = {0};
    settings_change_print(&s->set, " ", ", ", &set);
    assert_non_null(strstr(text_str(&set), ", lab.speed 20"));
    text_free(&set);
    assert_true(s->has_view && s->view == VIEW_TABLE);
    assert_int_equal(s->key_count, 3);
    assert_int_equal(s->key[2], ' ');
    assert_int_equal(parse(HEAD STEP, &problems), 0);
    assert_string_equal(lesson.preset, preset_default_name);
    text_free(&problems);
}

static void test_faults_are_told_with_their_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
    } rows[] = {
        {STEP, "a.ini:1: there is no [lesson]"},
        {HEAD, "a.ini:1: there is no [step]; a lesson has at least one"},
        {HEAD HEAD STEP, "a.ini:4: [lesson] stands in line 1 already; take one of them out"},
        {HEAD STEP "[stop]\n", "a.ini:8: there is no section \"stop\"; did you mean step?"},
        {HEAD STEP "[elsewhere]\nx = 1\n", "a.ini:8: there is no section \"elsewhere\"; there are lesson and step"},
        {HEAD "[step]\ndo = D.\nnotice = N.\n", "a.ini:4: this [step] has no title"},
        {"[lesson]\ntitle = T\n" STEP, "a.ini:1: this [lesson] has no about"},
        {HEAD STEP "title = again\n", "a.ini:8: title stands in line 5 already; take one of them out"},
        {HEAD STEP "notce = x\n", "a.ini:8: a [step] has no \"notce\"; did you mean notice?"},
        {HEAD "hours = 2\n" STEP, "a.ini:4: a [lesson] has no \"hours\"; there are title, about and preset"},
        {HEAD "preset = classrom\n" STEP, "a.ini:4: there is no preset \"classrom\"; did you mean classroom?"},
        {HEAD STEP "view = tabel\n", "a.ini:8: there is no view \"tabel\"; did you mean table?"},
        {HEAD STEP "wait = memorized\n", "a.ini:8: a lesson cannot wait for \"memorized\"; did you mean memorised?"},
        {HEAD STEP "wait = rain\n", "a.ini:8: a lesson cannot wait for \"rain\"; did you mean train?"},
        {HEAD STEP "wait = sunshine\n",
         "cannot wait for \"sunshine\"; there are memorised, collapsed, grokked, train,"},
        {HEAD STEP "wait = grokked now\n", "a.ini:8: grokked takes nothing behind it, not \"now\""},
        {HEAD STEP "wait = unseen 50\n", "a.ini:8: unseen cannot be \"50\"; it takes a share above 0% and up to 100%"},
        {HEAD STEP "wait = unseen 101%\n", "a.ini:8: unseen cannot be \"101%\""},
        {HEAD STEP "wait = rank-below 0\n", "a.ini:8: rank-below cannot be \"0\"; it takes a number above 0"},
        {HEAD STEP "wait = steps 1.5\n", "a.ini:8: steps cannot be \"1.5\"; it takes a whole number from 1 to 10^12"},
        {HEAD STEP "wait = key F1\n", "a.ini:8: the lab has no key \"F1\"; \"lrdlab keys\" lists them"},
        {HEAD STEP "wait = key Z\n", "a.ini:8: the lab has no key \"Z\""},
        {HEAD STEP "from = step x\n", "a.ini:8: from cannot be \"step x\"; it takes memorised, or step N"},
        {HEAD STEP "start = paused\n", "a.ini:8: start cannot be \"paused\""},
        {HEAD STEP "wait = view tabel\n", "a.ini:8: there is no view \"tabel\""},
        {HEAD STEP "wait = setting decay.kind\n", "a.ini:8: setting wants KEY VALUE behind it"},
        {HEAD STEP "wait = setting decay.kin l2\n",
         "a.ini:8: there is no setting \"decay.kin\"; did you mean decay.kind?"},
        {HEAD STEP "wait = ,\n", "a.ini:8: wait names 0 things; it takes 1 to 4"},
        {HEAD STEP "wait = step 1, step 2, step 3, step 4, step 5\n", "a.ini:8: wait names 5 things; it takes 1 to 4"},
        {HEAD STEP "set = task.p 7\n", "a.ini:8: task.p cannot change while a run trains; a preset can set it"},
        {HEAD STEP "set = decay.kind l3\n", "a.ini:8: decay.kind cannot be \"l3\""},
        {HEAD STEP "set = decay.kind\n", "a.ini:8: \"decay.kind\" has no value; a setting is written KEY VALUE"},
        {HEAD STEP "keys = t Z\n", "a.ini:8: the lab has no key \"Z\""},
        {HEAD "[step]\ntitle = A title that is longer than it may be\ndo = D.\nnotice = N.\n",
         "a.ini:5: title has 37 characters; at most 30 are allowed"},
        {HEAD "[step]\ntitle = T\ndo =\nnotice = N.\n", "a.ini:6: do is empty"},
        {HEAD "[step]\ntitle = T\ndo = a\x1B[31mb\nnotice = N.\n", "a.ini:6: do holds control characters"},
        {HEAD STEP "what\n", "a.ini:8: \"what\" has no '='"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Text problems = {0};
        assert_true(parse(rows[i].text, &problems) > 0);
        if (!strstr(text_str(&problems), rows[i].words))
            fail_msg("expected: %s\nsaid: %s", rows[i].words, text_str(&problems));
        assert_int_equal(lesson.count, 0);
        text_free(&problems);
    }
}

static void test_all_faults_come_in_one_go(void **state)
{
    (void)state;
    Text problems = {0};
    assert_int_equal(parse(HEAD STEP "wait = sky, sea\nview = x\n[step]\n", &problems), 6);
    text_free(&problems);
    Text many = {0};
    text_add(&many, HEAD);
    for (int i = 0; i <= LESSON_STEPS_MAX; i++)
        text_add(&many, STEP);
    assert_int_equal(parse(text_str(&many), &problems), 1);
    assert_non_null(strstr(text_str(&problems), "a lesson has at most 24 steps"));
    text_free(&many);
    text_free(&problems);
    Text lengthy = {0};
    text_add(&lengthy, HEAD "[step]\ntitle = T\ndo = D.\nnotice = Short. ");
    for (int i = 0; i < 40; i++)
        text_add(&lengthy, "word ");
    assert_int_equal(parse(text_str(&lengthy), &problems), 1);
    assert_non_null(strstr(text_str(&problems), "a sentence of notice has 199 characters; at most 150 are allowed"));
    text_free(&lengthy);
    text_free(&problems);
}

/* What a newcomer reads: whole on a screen of 80 x 24, and the instruction on the smallest. */
static void test_shipped_lessons_are_sound(void **state)
{
    (void)state;
    bool has_default = false;
    for (int i = 0; i < lesson_builtin_count; i++) {
        Text problems = {0};
        const BuiltinFile *b = &lesson_builtin[i];
        assert_int_equal(lesson_parse(b->name, b->bytes, strlen(b->bytes), &action_table, &lesson, &problems), 0);
        has_default |= strcmp(b->name, lesson_default_name) == 0;
        for (int n = 0; n < lesson.count; n++)
            assert_true(lesson.step[n].has_view && canvas_width(lesson.step[n].act) <= 75);
        text_free(&problems);
    }
    assert_true(has_default);
}

static void test_lessons_are_found(void **state)
{
    (void)state;
    Text problems = {0};
    CatalogEntry *entries;
    assert_true(status_is_ok(lesson_load(lesson_default_name, &action_table, &lesson, &problems)));
    assert_true(status_is_ok(lesson_load("presets/lessons/grokking.ini", &action_table, &lesson, &problems)));
    assert_non_null(strstr(lesson_load("groking", &action_table, &lesson, &problems).text, "did you mean grokking?"));
    assert_non_null(strstr(lesson_load("zzzzzzzz", &action_table, &lesson, &problems).text, "./presets/lessons"));
    static const char *const missing[] = {"", "./none.ini", "/dev/zero", "tests/"};
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
        assert_int_equal(lesson_load(missing[i], &action_table, &lesson, &problems).code, STATUS_INPUT);
    assert_true(lesson_list(&action_table, &entries) >= lesson_builtin_count);
    free(entries);
    text_free(&problems);
}

/* ---- Checks */

typedef struct Desk {
    RunSummary *summary;
    Snapshot s;
    UiState u;
    UiEffect e;
} Desk;

static Desk *desk_open(int64_t step)
{
    Desk *d = calloc(1, sizeof *d);
    d->summary = fake_summary(step);
    d->s = fake_snapshot(d->summary, SESSION_RUNNING);
    d->u = ui_state_new(&action_table);
    return d;
}

static void desk_close(Desk *d)
{
    run_summary_free(d->summary);
    free(d);
}

static bool holds(Desk *d, const char *words, int pressed)
{
    LessonCheck check;
    LessonMoment moment = {&d->s, &d->u, pressed};
    assert_true(status_is_ok(lesson_check_read(words, &action_table, &check)));
    return lesson_checks[check.kind].holds(&check, &moment);
}

static void test_checks_of_the_run(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        int before, after; /* steps of the fake run: not yet, and by then */
    } rows[] = {
        {"memorised", 60, 840},  {"collapsed", 60, 2600},   {"grokked", 840, 2600},     {"train 90%", 60, 840},
        {"mirror 90%", 60, 840}, {"unseen 50%", 840, 2600}, {"rank-below 9", 60, 2600}, {"step 844", 840, 860},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Desk *before = desk_open(rows[i].before), *after = desk_open(rows[i].after);
        if (holds(before, rows[i].words, 0) || !holds(after, rows[i].words, 0))
            fail_msg("%s: %d then %d", rows[i].words, holds(before, rows[i].words, 0), holds(after, rows[i].words, 0));
        desk_close(before);
        desk_close(after);
    }
    Desk *fresh = desk_open(0);
    fresh->summary->has_evaluation = false; /* numbers that are not there yet hold nothing */
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_false(holds(fresh, rows[i].words, 0));
    desk_close(fresh);
}

static void test_checks_of_the_screen(void **state)
{
    (void)state;
    Desk *d = desk_open(840);
    d->u.lesson.from = 800;
    d->summary->settings.decay.kind = DECAY_L2;
    d->summary->settings.decay.strength = .1;
    assert_true(holds(d, "steps 43", 0));
    assert_false(holds(d, "steps 44", 0));
    assert_true(holds(d, "setting decay.kind l2", 0));
    assert_false(holds(d, "setting decay.kind lrd", 0));
    assert_true(holds(d, "setting decay.strength 0.10", 0));
    assert_true(holds(d, "key *", '*'));
    assert_false(holds(d, "key *", 0));
    assert_false(holds(d, "key *", '/'));
    assert_true(holds(d, "view overview", 0));
    assert_false(holds(d, "view table", 0));
    assert_false(holds(d, "pair", 0));
    d->s.probe.pair = fake_pair(840);
    assert_false(holds(d, "pair", 0));
    d->u.pair.asked = true;
    d->u.pair.a = 4;
    d->u.pair.b = 7;
    assert_false(holds(d, "pair", 0));
    d->u.pair.b = 6;
    assert_true(holds(d, "pair", 0));
    assert_false(holds(d, "past", 0));
    d->u.past = 800;
    assert_true(holds(d, "past", 0));
    assert_false(holds(d, "branch", 0) || holds(d, "twin", 0));
    d->s.twin = 2;
    assert_true(holds(d, "twin", 0));
    desk_close(d);
    d = calloc(1, sizeof *d);
    d->summary = fake_branched_summary();
    d->s = fake_snapshot(d->summary, SESSION_RUNNING);
    assert_true(holds(d, "branch", 0));
    desk_close(d);
}

/* Every row of the table reads, names itself, and is in both lists. */
static void test_table_of_checks(void **state)
{
    (void)state;
    Text plain = {0}, markdown = {0};
    lesson_print_checks(&plain);
    lesson_print_checks_markdown(&markdown);
    for (int i = 0; i < lesson_check_count; i++) {
        const LessonCheckRow *row = &lesson_checks[i];
        assert_true(row->holds && row->means[0] && row->waits[0]);
        assert_int_equal(row->type == LESSON_ARGUMENT_NONE, row->argument[0] == '\0');
        assert_int_equal(row->type == LESSON_ARGUMENT_NONE, strstr(row->waits, "%s") == NULL);
        assert_non_null(strstr(text_str(&plain), row->means));
        assert_non_null(strstr(text_str(&markdown), row->means));
    }
    LessonCheck check;
    assert_true(status_is_ok(lesson_check_read("setting decay.kind lrd", &action_table, &check)));
    assert_string_equal(check.waits, "decay.kind lrd");
    text_free(&plain);
    text_free(&markdown);
}

/* ---- The way through */

static void press(Desk *d, int code)
{
    action_press(&d->u, &d->s, code, &d->e);
}

static const char three_steps[] =
    HEAD "preset = paper-lrd\n"
         "[step]\ntitle = One\ndo = D.\nnotice = N.\nset = decay.kind none\nwait = key *, key /\nview = geometry\n"
         "[step]\ntitle = Two\ndo = D.\nnotice = N.\nset = decay.kind lrd, lab.speed 5\nwait = grokked\n" STEP;

static Desk *desk_with_lesson(int64_t step)
{
    Text problems = {0};
    Desk *d = desk_open(step);
    assert_int_equal(parse(three_steps, &problems), 0);
    d->u.lesson.lesson = &lesson;
    text_free(&problems);
    return d;
}

static void test_offer_and_begin(void **state)
{
    (void)state;
    Desk *d = desk_open(2600);
    press(d, UI_KEY_RIGHT);
    assert_false(d->u.lesson.open);
    press(d, 'L');
    assert_true(d->u.lesson.open && (d->e.flags & EFFECT_LESSON));
    desk_close(d);

    d = desk_with_lesson(2600);
    press(d, 'L');
    assert_int_equal(d->e.flags, 0);
    assert_int_equal(d->u.lesson.step, LESSON_OFFER);
    assert_null(lesson_step(&d->u.lesson));
    press(d, UI_KEY_RIGHT);
    static const CommandKind kinds[] = {COMMAND_PAUSE, COMMAND_PRESET, COMMAND_SET, COMMAND_RESUME};
    assert_int_equal(d->e.command_count, 4);
    for (int i = 0; i < 4; i++)
        assert_int_equal(d->e.command[i].kind, kinds[i]);
    assert_string_equal(d->e.command[1].value, "paper-lrd");
    assert_string_equal(d->e.command[2].change.item[0].row->key, "decay.kind");
    assert_int_equal(d->u.lesson.step, 0);
    assert_int_equal(d->u.view, VIEW_GEOMETRY);
    /* t will go to the preset's own strength, whatever was in force before. */
    assert_float_equal(d->u.strengths.of[DECAY_LRD], .005, 1e-12);
    desk_close(d);
}

/* The run before is still on the screen: what it did counts for nothing. */
static void test_a_new_run_is_waited_for(void **state)
{
    (void)state;
    Desk *d = desk_with_lesson(2600);
    lesson.step[0].check_count = 1;
    assert_true(status_is_ok(lesson_check_read("memorised", &action_table, &lesson.step[0].check[0])));
    press(d, 'L');
    press(d, UI_KEY_RIGHT);
    for (int i = 0; i < d->e.command_count; i++)
        ui_state_sent(&d->u, &d->e.command[i], (uint64_t)i + 1);
    d->s.commands = (uint64_t)d->e.command_count - 1;
    ui_state_follow(&d->u, &d->s);
    lesson_follow(&d->u, &d->s, UI_KEY_NONE);
    assert_non_null(lesson_awaited(&d->u.lesson));
    d->s.commands++;
    ui_state_follow(&d->u, &d->s);
    lesson_follow(&d->u, &d->s, UI_KEY_NONE);
    assert_null(lesson_awaited(&d->u.lesson));
    desk_close(d);
}

static void test_steps_are_done_once_and_for_all(void **state)
{
    (void)state;
    Desk *d = desk_with_lesson(840);
    d->summary->settings.decay.kind = DECAY_L2;
    press(d, 'L');
    press(d, UI_KEY_PAGE_DOWN);
    d->u.lesson.unsent = 0;
    press(d, '*');
    assert_int_equal(lesson_awaited(&d->u.lesson)->code, '/');
    press(d, 't');
    press(d, '/');
    assert_null(lesson_awaited(&d->u.lesson));
    assert_int_equal(d->e.command[d->e.command_count - 1].kind, COMMAND_PAUSE); /* done: the run is held */
    assert_true(d->u.lesson.holds);

    press(d, UI_KEY_RIGHT); /* changes settings, together */
    assert_int_equal(d->u.lesson.step, 1);
    assert_int_equal(d->e.command_count, 2); /* lrd is in force already, by t */
    assert_true(d->e.command[0].setup);      /* no u takes it back */
    assert_int_equal(d->e.command[1].kind, COMMAND_RESUME);
    assert_false(d->u.lesson.holds);
    assert_string_equal(d->e.command[0].change.item[0].row->key, "lab.speed");
    assert_non_null(strstr(d->u.message, "lab.speed 5"));
    assert_non_null(lesson_awaited(&d->u.lesson));
    press(d, UI_KEY_PAGE_UP); /* back: still done, and nothing is changed */
    assert_int_equal(d->u.lesson.step, 0);
    assert_null(lesson_awaited(&d->u.lesson));
    assert_int_equal(d->e.command_count, 0);
    press(d, UI_KEY_LEFT);
    assert_int_equal(d->u.lesson.step, 0);
    press(d, UI_KEY_RIGHT);
    assert_int_equal(d->e.command_count, 0);

    press(d, 'L'); /* closed where it was */
    assert_false(d->u.lesson.open);
    press(d, 'L');
    assert_int_equal(d->u.lesson.step, 1);
    press(d, UI_KEY_RIGHT); /* skipped; the last one waits for nothing */
    assert_null(lesson_awaited(&d->u.lesson));
    press(d, UI_KEY_RIGHT);
    assert_false(d->u.lesson.open);
    assert_int_equal(d->u.lesson.step, LESSON_OFFER);
    desk_close(d);
}

/* Where a step says so it begins at a rewind point, held until the user did his part. */
static void test_steps_begin_where_they_say(void **state)
{
    (void)state;
    Desk *d = desk_with_lesson(2600);
    LessonStep *two = &lesson.step[1];
    d->u.lesson.open = true;
    d->u.lesson.step = 0;
    d->u.lesson.begun = 1;
    two->from = LESSON_FROM_MEMORISED;
    two->starts_held = true;
    two->check_count = 2;
    assert_true(status_is_ok(lesson_check_read("key *", &action_table, &two->check[0])));
    assert_true(status_is_ok(lesson_check_read("step 5000", &action_table, &two->check[1])));
    press(d, UI_KEY_RIGHT);
    char memorised[32];
    snprintf(memorised, sizeof memorised, "%lld", (long long)d->summary->memorised);
    assert_int_equal(d->e.command[0].kind, COMMAND_REWIND);
    assert_string_equal(d->e.command[0].key, memorised);
    assert_int_equal(d->e.command[d->e.command_count - 1].kind, COMMAND_PAUSE);
    d->u.lesson.unsent = 0;
    press(d, '*'); /* the rest is the run's */
    assert_int_equal(d->e.command[d->e.command_count - 1].kind, COMMAND_RESUME);
    d->s.step = 5000;
    UiEffect e = {0};
    lesson_follow(&d->u, &d->s, UI_KEY_NONE);
    lesson_settle(&(KeyPress){&d->u, &d->s, UI_KEY_NONE, &e});
    assert_int_equal(e.command[0].kind, COMMAND_PAUSE);
    press(d, ' '); /* space lets it run, and it is not held again */
    assert_int_equal(d->e.command_count, 1);
    assert_int_equal(d->e.command[0].kind, COMMAND_RESUME);
    d->s.advice = true; /* what the run would advise is not said beside a lesson */
    d->s.message_number++;
    snprintf(d->s.message, sizeof d->s.message, "This decay is too strong");
    ui_say(&d->u, "before");
    ui_state_follow(&d->u, &d->s);
    assert_string_equal(d->u.message, "before");
    desk_close(d);
}

static void test_what_was_before_is_done_at_once(void **state)
{
    (void)state;
    Desk *d = desk_with_lesson(2600);
    d->u.lesson.open = true;
    d->u.lesson.step = 0;
    d->u.lesson.begun = 1;
    press(d, UI_KEY_RIGHT);
    assert_int_equal(d->e.command_count, 1); /* lrd is in force already */
    for (int i = 0; i < d->e.command_count; i++)
        ui_state_sent(&d->u, &d->e.command[i], 7 + (uint64_t)i);
    assert_non_null(lesson_awaited(&d->u.lesson));
    d->s.commands = 7;
    ui_state_follow(&d->u, &d->s);
    lesson_follow(&d->u, &d->s, UI_KEY_NONE);
    assert_null(lesson_awaited(&d->u.lesson));
    d->s.step = 10; /* started again */
    lesson_follow(&d->u, &d->s, UI_KEY_NONE);
    assert_int_equal(d->u.lesson.from, 10);
    desk_close(d);
}

static void test_a_log_has_no_lesson(void **state)
{
    (void)state;
    Desk *d = desk_open(840);
    d->s.replay.on = true;
    press(d, 'L');
    assert_false(d->u.lesson.open);
    assert_non_null(strstr(d->u.message, "live run"));
    desk_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_fields_are_read),
        cmocka_unit_test(test_faults_are_told_with_their_line),
        cmocka_unit_test(test_all_faults_come_in_one_go),
        cmocka_unit_test(test_shipped_lessons_are_sound),
        cmocka_unit_test(test_lessons_are_found),
        cmocka_unit_test(test_checks_of_the_run),
        cmocka_unit_test(test_checks_of_the_screen),
        cmocka_unit_test(test_table_of_checks),
        cmocka_unit_test(test_offer_and_begin),
        cmocka_unit_test(test_a_new_run_is_waited_for),
        cmocka_unit_test(test_steps_are_done_once_and_for_all),
        cmocka_unit_test(test_steps_begin_where_they_say),
        cmocka_unit_test(test_what_was_before_is_done_at_once),
        cmocka_unit_test(test_a_log_has_no_lesson),
    };
    return cmocka_run_group_tests_name("lesson", tests, NULL, NULL);
}
