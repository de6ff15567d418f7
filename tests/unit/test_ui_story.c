/* What the story says in each state of a run, and the lines that drop what does not fit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <lrd/panel/labels.h>
#include <lrd/panel/line.h>
#include <lrd/panel/prose.h>
#include <lrd/panel/story.h>
#include <lrd/view/export.h>

#include "fake_run.h"

/* The rule that speaks, after checking what holds for every story. */
static const char *rule_of(RunSummary *b, SessionState state)
{
    Snapshot s = fake_snapshot(b, state);
    s.step = b->step;
    Story story = story_tell(&s);
    assert_true(story.count >= 1 && story.count <= STORY_SENTENCES);
    assert_true(canvas_width(story.sentence[0]) <= STORY_WIDTH_MAX);
    for (int i = 0; i < story.count; i++) {
        assert_true(story.sentence[i][0]);
        assert_null(strpbrk(story.sentence[i], "{}")); /* every word was filled in */
        assert_null(strstr(story.sentence[i], "-1"));
    }
    return story.rule;
}

static void test_story_follows_a_run(void **state)
{
    (void)state;
    static const struct {
        int64_t step;
        const char *rule;
    } rows[] = {{0, "fresh"},       {100, "learning"},  {200, "memorising"}, {320, "memorised"},
                {700, "shrinking"}, {1200, "grokking"}, {1500, "grokking"},  {2600, "grokked"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        RunSummary *b = fake_summary(rows[i].step);
        assert_string_equal(rule_of(b, SESSION_RUNNING), rows[i].rule);
        run_summary_free(b);
    }
}

static void test_story_of_what_went_wrong(void **state)
{
    (void)state;
    RunSummary *b = fake_summary(2600);
    assert_string_equal(rule_of(b, SESSION_NON_FINITE), "non-finite");
    b->evaluation.unseen_acc = .7;
    b->lost = 2500;
    assert_string_equal(rule_of(b, SESSION_RUNNING), "lost");
    b->evaluation.train_acc = .9;
    assert_string_equal(rule_of(b, SESSION_RUNNING), "stumbling");
    fake_event(b, EVENT_WARNING, 2600, "", "", "");
    assert_string_equal(rule_of(b, SESSION_RUNNING), "slipping");
    run_summary_free(b);
    b = fake_summary(2600);
    b->generalised_early = true;
    assert_string_equal(rule_of(b, SESSION_RUNNING), "generalised");
    run_summary_free(b);
    b = fake_summary(900);
    b->evaluation.stable_rank = 5; /* a little more than before, far less than at first */
    assert_string_equal(rule_of(b, SESSION_RUNNING), "shrunken");
    b->at_floor = true;
    assert_string_equal(rule_of(b, SESSION_RUNNING), "floor");
    b->at_floor = false;
    b->collapsed = 800;
    b->evaluation.stable_rank = 1.2;
    assert_string_equal(rule_of(b, SESSION_RUNNING), "collapsed");
    b->evaluation.zero_loss_rows = b->train_rows / 2 - 1;
    assert_string_equal(rule_of(b, SESSION_RUNNING), "collapsed");
    b->evaluation.zero_loss_rows = b->train_rows;
    assert_string_equal(rule_of(b, SESSION_RUNNING), "softmax");
    run_summary_free(b);
}

/* What comes second in the story of a run of which this is expected; "" for nothing. */
static void assert_expected(RunSummary *b, Expected grokked, const char *second, const char *anywhere)
{
    Snapshot s = fake_snapshot(b, SESSION_RUNNING);
    s.step = b->step;
    s.expect.event[EXPECTED_GROKKED] = grokked;
    Story story = story_tell(&s);
    assert_true(story.count <= STORY_SENTENCES);
    bool found = false;
    for (int i = 0; i < story.count; i++)
        found = found || strcmp(story.sentence[i], anywhere) == 0;
    assert_true(found);
    assert_int_equal(strcmp(story.sentence[1], second) == 0, true);
    assert_true(canvas_width(story.sentence[0]) + 1 + canvas_width(story.sentence[1]) <= 78);
}

static void test_a_wait_is_told_how_long(void **state)
{
    (void)state;
    static const Expected in_all = {EXPECTED_STEPS, 1350, 2150, 0, 0}, in_some = {EXPECTED_STEPS, 1350, 2150, 3, 5};
    static const Expected soon = {EXPECTED_STEPS, 600, 2150, 0, 0}, over = {EXPECTED_STEPS, 500, 600, 0, 0};
    static const Expected some_over = {EXPECTED_STEPS, 500, 600, 3, 5}, never = {EXPECTED_NEVER, 0, 0, 0, 0};
    static const char lowers[] = "LRD lowers Q/K stable rank: 5.0.";
    RunSummary *b = fake_summary(700);
    b->evaluation.stable_rank = 5;
    assert_string_equal(rule_of(b, SESSION_RUNNING), "shrinking");
    assert_expected(b, (Expected){0}, lowers, lowers);
    assert_expected(b, in_all, "Usually groks at 1,350 to 2,150.", lowers);
    assert_expected(b, in_some, "3 of 5 such runs grok, by 2,150.", lowers);
    assert_expected(b, soon, "Any moment: usually by 2,150.", lowers);
    assert_expected(b, over, "Later than usual (by 600).", lowers);
    assert_expected(b, some_over, "2 of 5 such runs never grok.", lowers);
    assert_expected(b, never, lowers, "When it was measured it never grokked.");
    b->collapsed = 600;
    b->evaluation.stable_rank = 1.2;
    assert_string_equal(rule_of(b, SESSION_RUNNING), "collapsed");
    assert_expected(b, in_all, "Usually groks by 2,150.", "Wait and see.");
    run_summary_free(b);
}

static void test_story_without_any_record(void **state)
{
    (void)state;
    Settings settings = settings_default();
    RunSummary *b = run_summary_new(&settings, FAKE_MATRICES, FAKE_SIGMA);
    assert_string_equal(rule_of(b, SESSION_RUNNING), "fresh");
    assert_string_equal(rule_of(b, SESSION_PAUSED), "fresh");
    run_summary_free(b);
}

static void test_paused_is_said_first(void **state)
{
    (void)state;
    RunSummary *b = fake_summary(840);
    Snapshot s = fake_snapshot(b, SESSION_PAUSED);
    assert_string_equal(story_tell(&s).sentence[0], "Paused: space goes on.");
    s.state = SESSION_HOLDING;
    assert_string_equal(story_tell(&s).sentence[0],
                        "Memorised at 300; unseen pairs: ~3% right."); /* the result first */
    assert_string_equal(story_tell(&s).sentence[1], "The last step is done: space goes on.");
    s.replay = (ReplayView){.on = true, .has_task = true, .has_decay = true};
    assert_string_equal(story_tell(&s).sentence[1], "The log ends here: space plays it again.");
    strcpy(s.replay.live, "lrdlab paper-lrd");
    Story demo = story_tell(&s);
    assert_string_equal(demo.sentence[1], "Your turn: q, then type lrdlab paper-lrd.");
    assert_string_equal(demo.sentence[2], "Space plays it again.");
    run_summary_free(b);
}

static void test_slow_library_fits(void **state)
{
    (void)state;
    Story story = story_tell_slow("libblas.so");
    assert_string_equal(story.sentence[0], "Slow: libblas.so is in use; install OpenBLAS.");
    story = story_tell_slow("libsome-long-name-of-a-library.so");
    assert_true(canvas_width(story.sentence[0]) <= STORY_WIDTH_MAX);
}

/* Large numbers must not make a first sentence too wide. */
static void test_first_sentences_fit_with_large_numbers(void **state)
{
    (void)state;
    RunSummary *b = fake_summary(2600);
    b->memorised = 100000;
    b->grokked = b->lost = 2500000;
    b->settings.task.p = 997;
    assert_string_equal(rule_of(b, SESSION_RUNNING), "grokked");
    b->evaluation.unseen_acc = .7;
    assert_string_equal(rule_of(b, SESSION_RUNNING), "lost");
    b->grokked = b->lost = -1;
    assert_string_equal(rule_of(b, SESSION_RUNNING), "partial");
    b->evaluation.unseen_acc = .1;
    assert_string_equal(rule_of(b, SESSION_RUNNING), "shrunken");
    b->evaluation.stable_rank = (double)b->series[SERIES_STABLE_RANK].bucket[0].value;
    assert_string_equal(rule_of(b, SESSION_RUNNING), "memorised");
    run_summary_free(b);
}

static const char *drawn(Canvas *c, Text *t)
{
    text_clear(t);
    export_text(c, t);
    if (t->length && t->data[t->length - 1] == '\n')
        t->data[--t->length] = '\0';
    return text_str(t);
}

static void test_line_drops_by_priority(void **state)
{
    (void)state;
    Text t = {0};
    Canvas *c = canvas_new(24, 1);
    for (int w = 0; w <= 24; w++) {
        Line l = {0};
        line_add(&l, 3, 0, ROLE_NORMAL, "three");
        line_add(&l, 1, 1, ROLE_NORMAL, "one");
        line_add(&l, 9, 1, ROLE_NORMAL, "%s", "");
        l.right = true;
        line_add_key(&l, 2, "q", "quit");
        canvas_clear(c);
        line_draw(c, (Rect){0, 0, w, 1}, &l);
        const char *want = w < 3 ? "" : w < 11 ? "one" : w < 17 ? "one" : "three one";
        assert_int_equal(strncmp(drawn(c, &t), want, strlen(want)), 0);
        assert_int_equal(strstr(text_str(&t), "q quit") != NULL, w >= 11);
        assert_int_equal(strstr(text_str(&t), "three") != NULL, w >= 17);
        for (int x = w; x < 24; x++)
            assert_int_equal(c->cells[x].glyph, ' ');
    }
    canvas_free(c);
    text_free(&t);
}

static void test_prose_never_cuts_a_word(void **state)
{
    (void)state;
    static const char text[] = "One two three. Four five. Six";
    Text t = {0};
    Canvas *c = canvas_new(40, 8);
    prose_sentences(c, (Rect){0, 0, 20, 1}, ROLE_NORMAL, text);
    assert_string_equal(strtok(strcpy((char[64]){0}, drawn(c, &t)), "\n"), "One two three.");
    for (int w = 5; w <= 40; w++) {
        canvas_clear(c);
        int rows = prose_wrapped(c, (Rect){0, 0, w, 8}, ROLE_NORMAL, text);
        assert_int_equal(rows, prose_rows(w, text));
        for (int y = 0; y < 8; y++)
            for (int x = w; x < 40; x++)
                assert_int_equal(c->cells[y * 40 + x].glyph, ' ');
        assert_non_null(strstr(drawn(c, &t), "Six"));
    }
    canvas_free(c);
    text_free(&t);
}

static void test_labels(void **state)
{
    (void)state;
    Event e = {.kind = EVENT_SET, .key = "decay.kind", .from = "l2", .to = "lrd"};
    assert_string_equal(label_event(&e).s, "decay L2 → LRD");
    assert_string_equal(label_marker(&e).s, "LRD");
    e = (Event){.kind = EVENT_SET, .key = "scale layers.1.attn.q_proj.weight", .from = "1", .to = "2"};
    assert_string_equal(label_event(&e).s, "W_q of layer 1 × 2");
    e = (Event){.kind = EVENT_SET, .key = "train.eval_every", .from = "200", .to = "50"};
    assert_string_equal(label_event(&e).s, "train.eval_every 200 → 50");
    assert_string_equal(label_marker(&e).s, "eval_every 50");
    assert_string_equal(label_matrix("layers.10.attn.k_proj.weight").s, "layer 10 K");
    assert_string_equal(label_matrix("x").s, "x");
    for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        e = (Event){.kind = (EventKind)kind, .to = "file"};
        assert_true(label_event(&e).s[0] != '\0');
    }
    Settings s = settings_default();
    assert_string_equal(label_task(&s).s, "a + b mod 113");
    s.task.op = TASK_S5;
    assert_string_equal(label_task(&s).s, task_kinds[TASK_S5].formula);
}

/* Also before anything was memorised, once the run has warned; a further change is given its chance. */
static void test_a_warning_is_told_until_the_next_change(void **state)
{
    (void)state;
    RunSummary *b = fake_summary(200);
    b->train_peak = 1;
    assert_string_not_equal(rule_of(b, SESSION_RUNNING), "slipping");
    fake_event(b, EVENT_WARNING, 200, "", "", "");
    assert_string_equal(rule_of(b, SESSION_RUNNING), "slipping");
    fake_event(b, EVENT_SET, 200, "decay.strength", "1", "0.1");
    assert_string_not_equal(rule_of(b, SESSION_RUNNING), "slipping");
    fake_event(b, EVENT_BRANCH, 200, "not finite at 203", "1", "1");
    assert_string_equal(rule_of(b, SESSION_NON_FINITE), "back");
    run_summary_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_story_follows_a_run),
        cmocka_unit_test(test_story_of_what_went_wrong),
        cmocka_unit_test(test_a_wait_is_told_how_long),
        cmocka_unit_test(test_story_without_any_record),
        cmocka_unit_test(test_paused_is_said_first),
        cmocka_unit_test(test_slow_library_fits),
        cmocka_unit_test(test_first_sentences_fit_with_large_numbers),
        cmocka_unit_test(test_line_drops_by_priority),
        cmocka_unit_test(test_prose_never_cuts_a_word),
        cmocka_unit_test(test_a_warning_is_told_until_the_next_change),
        cmocka_unit_test(test_labels),
    };
    return cmocka_run_group_tests_name("ui_story", tests, NULL, NULL);
}
