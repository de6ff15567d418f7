/* The whole screen against stored frames, at four sizes and in five states of a run.
 *
 * UPDATE_FRAMES=1 writes the frames anew; look at each before keeping it. FRAMES_SVG=DIR writes pictures too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <lrd/ui/action.h>
#include <lrd/panel/frame.h>
#include <lrd/lesson/lesson_check.h>
#include <lrd/lesson/lesson_file.h>
#include <lrd/panel/probe_request.h>
#include <lrd/view/export.h>
#include <lrd/panel/panel.h>

#include "fake_run.h"

typedef struct Scene {
    const char *name;
    int64_t step;
    SessionState state;
    ViewId view;
    int64_t past; /* the step that is looked at, or NOW */
    Scheme theme;
    GlyphSet glyphs;
} Scene;

enum { NOW = -1 };

static const Scene scenes[] = {
    {"fresh", 0, SESSION_RUNNING, VIEW_OVERVIEW, NOW, SCHEME_DARK, GLYPHS_BRAILLE},
    {"memorised", 840, SESSION_RUNNING, VIEW_OVERVIEW, NOW, SCHEME_DARK, GLYPHS_BRAILLE},
    {"grokked", 2600, SESSION_RUNNING, VIEW_OVERVIEW, NOW, SCHEME_DARK, GLYPHS_BRAILLE},
    {"paused", 1560, SESSION_PAUSED, VIEW_OVERVIEW, NOW, SCHEME_DARK, GLYPHS_BRAILLE},
    {"non-finite", 700, SESSION_NON_FINITE, VIEW_OVERVIEW, NOW, SCHEME_DARK, GLYPHS_BRAILLE},
    {"curves", 2600, SESSION_RUNNING, VIEW_CURVES, NOW, SCHEME_DARK, GLYPHS_BRAILLE},
    {"spectrum", 840, SESSION_RUNNING, VIEW_SPECTRUM, NOW, SCHEME_DARK, GLYPHS_BRAILLE},
    {"past", 2600, SESSION_RUNNING, VIEW_OVERVIEW, 800, SCHEME_DARK, GLYPHS_BRAILLE},
    {"mono", 2600, SESSION_RUNNING, VIEW_OVERVIEW, NOW, SCHEME_NONE, GLYPHS_BRAILLE},
    {"ascii", 2600, SESSION_RUNNING, VIEW_OVERVIEW, NOW, SCHEME_DARK, GLYPHS_ASCII},
    {"projector", 2600, SESSION_RUNNING, VIEW_OVERVIEW, NOW, SCHEME_CONTRAST, GLYPHS_BRAILLE},
    {"projector-ascii", 840, SESSION_RUNNING, VIEW_SPECTRUM, NOW, SCHEME_DARK, GLYPHS_ASCII},
};

static const int sizes[][2] = {{60, 16}, {80, 24}, {120, 40}, {200, 60}};

static char *read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return NULL;
    Text t = {0};
    char buffer[4096];
    for (size_t n; (n = fread(buffer, 1, sizeof buffer, f)) > 0;)
        text_add_bytes(&t, buffer, n);
    fclose(f);
    return t.data;
}

static void write_file(const char *path, const Text *t)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(t->data, 1, t->length, f), t->length);
    assert_int_equal(fclose(f), 0);
}

static void write_picture(const char *name, const Canvas *c)
{
    const char *folder = getenv("FRAMES_SVG");
    if (!folder)
        return;
    char path[512];
    Text svg = {0};
    snprintf(path, sizeof path, "%s/%s.svg", folder, name);
    export_svg(c, SCHEME_DARK, name, &svg);
    write_file(path, &svg);
    text_free(&svg);
}

/* Every difference is counted, so that one run shows them all. */
static int compare_frame(const char *name, const Canvas *c)
{
    char path[256];
    Text now = {0};
    int wrong = 0;
    snprintf(path, sizeof path, "tests/frames/%s.txt", name);
    export_text(c, &now);
    write_picture(name, c);
    if (getenv("UPDATE_FRAMES")) {
        write_file(path, &now);
    } else {
        char *stored = read_file(path);
        wrong = !stored || strcmp(stored, text_str(&now)) != 0;
        if (wrong)
            print_message("%s differs; it is now:\n%s", path, text_str(&now));
        free(stored);
    }
    text_free(&now);
    return wrong;
}

/* Draws a frame of that size; 1 when it differs from the stored NAME-WxH. */
static int draw_and_compare(const char *row, const int size[2], const Snapshot *s, const UiState *u)
{
    char name[64];
    snprintf(name, sizeof name, "%s-%dx%d", row, size[0], size[1]);
    Canvas *c = canvas_new(size[0], size[1]);
    frame_draw(c, s, u);
    int wrong = compare_frame(name, c);
    canvas_free(c);
    return wrong;
}

static int compare_scene(const Scene *scene, int first_size, int last_size)
{
    int wrong = 0;
    RunSummary *b = fake_summary(scene->step);
    Snapshot s = fake_snapshot(b, scene->state);
    s.probe = fake_probe(probe_kind_of_view(scene->view), scene->step);
    UiState u = ui_state_new(&action_table);
    u.view = scene->view;
    u.projector = strncmp(scene->name, "projector", 9) == 0;
    u.past = scene->past;
    u.theme = scene->theme;
    u.glyphs = scene->glyphs;
    if (scene->state == SESSION_NON_FINITE)
        fake_event(b, EVENT_NON_FINITE, b->step, "", "", "");
    for (int k = first_size; k <= last_size; k++)
        wrong += draw_and_compare(scene->name, sizes[k], &s, &u);
    probe_free(&s.probe);
    run_summary_free(b);
    return wrong;
}

static void test_frames_are_as_stored(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++)
        wrong += compare_scene(&scenes[i], 0, 3);
    assert_int_equal(wrong, 0);
}

/* The views whose colours carry the numbers: at every size early, memorised and grokked; and without colour and in
 * ASCII, where glyphs carry them. */
static void test_views_are_as_stored(void **state)
{
    (void)state;
    static const ViewId views[] = {VIEW_WATERFALL, VIEW_ATTENTION, VIEW_TABLE, VIEW_GEOMETRY, VIEW_FOURIER};
    static const struct {
        const char *name;
        int64_t step;
        Scheme theme;
        GlyphSet glyphs;
        int first_size, last_size;
    } rows[] = {
        {"early", 60, SCHEME_DARK, GLYPHS_BRAILLE, 0, 3},     {"memorised", 840, SCHEME_DARK, GLYPHS_BRAILLE, 0, 3},
        {"grokked", 2600, SCHEME_DARK, GLYPHS_BRAILLE, 0, 3}, {"mono", 840, SCHEME_NONE, GLYPHS_BRAILLE, 1, 2},
        {"ascii", 840, SCHEME_DARK, GLYPHS_ASCII, 1, 2},
    };
    int wrong = 0;
    for (size_t v = 0; v < sizeof views / sizeof *views; v++)
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            char name[48];
            snprintf(name, sizeof name, "%s-%s", view_names[views[v]], rows[i].name);
            Scene scene = {name, rows[i].step, SESSION_RUNNING, views[v], NOW, rows[i].theme, rows[i].glyphs};
            wrong += compare_scene(&scene, rows[i].first_size, rows[i].last_size);
        }
    assert_int_equal(wrong, 0);
}

/* Overlays and a wish, at the size of a common terminal. */
static void test_overlays_are_as_stored(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int keys[8];
    } rows[] = {{"help", {'?'}},
                {"about", {'?', '?'}},
                {"alone", {'e', 'E', 'E', 'E', 'E'}},
                {"zoomed", {'+', '+'}},
                {"one-matrix", {'3', 'm', 'M', UI_KEY_ESCAPE}},
                {"prompt", {':', 'd', 'e', 'c', UI_KEY_TAB}},
                {"prompt-error", {'=', '-', '1', UI_KEY_ENTER}},
                {"presets", {'p'}},
                {"pair", {'a', '4', '7', ',', '6'}},
                {"pair-error", {'a', '4', UI_KEY_ENTER}},
                {"pair-asked", {'a', '4', ',', '6', UI_KEY_ENTER, UI_KEY_ENTER}},
                {"wish", {'t'}}};
    static const PresetEntry presets[] = {
        {.name = "classroom",
         .title = "two minutes from memorising to grokking",
         .settings = {.train = {.steps = 4000},
                      .lab = {.speed = 60,
                              .story = "It learns half of a table by heart first, and the rule behind it much later. "
                                       "Watch the singular values of Q and K go out. Press t to swap the decay."}},
         .expect = {.event = {{EXPECTED_STEPS, 300, 300, 0, 0},
                              {EXPECTED_STEPS, 1000, 1150, 4, 5},
                              {EXPECTED_STEPS, 1550, 2050, 0, 0}},
                    .seconds = 14}},
        {.name = "paper-l2", .title = "the paper's L2 run"},
        {.name = "paper-lrd", .title = "the paper's Low-Rank Decay run"}};
    int wrong = 0;
    RunSummary *b = fake_summary(840);
    Snapshot s = fake_snapshot(b, SESSION_RUNNING);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t k = 0; k < 2; k++) {
            UiState u = ui_state_new(&action_table);
            UiEffect e;
            u.presets = presets;
            u.preset_count = sizeof presets / sizeof *presets;
            s.probe = (Probe){.layers = 2};
            for (int n = 0; n < 8 && rows[i].keys[n]; n++) {
                action_press(&u, &s, rows[i].keys[n], &e);
                s.probe.pair = fake_pair(n < 5 ? 300 : 840);
            }
            wrong += draw_and_compare(rows[i].name, sizes[k], &s, &u);
        }
    run_summary_free(b);
    assert_int_equal(wrong, 0);
}

/* Logs that are watched: one against a ghost, the end of one, one of another program without settings or decay, and the
 * end of a demo. */
static void test_watched_logs_are_as_stored(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int64_t step;
        SessionState state;
        ViewId view;
        ReplayView replay;
        int key;
    } rows[] = {
        {"watch", 1560, SESSION_RUNNING, VIEW_OVERVIEW, {true, false, false, true, true, "lrd", 4000, 4000, ""}, 0},
        {"watch-curves",
         2600,
         SESSION_HOLDING,
         VIEW_CURVES,
         {true, false, false, true, true, "lrd", 2600, 4000, ""},
         0},
        {"watch-foreign",
         840,
         SESSION_RUNNING,
         VIEW_OVERVIEW,
         {true, true, true, false, false, "mine", 840, 840, ""},
         0},
        {"watch-help",
         840,
         SESSION_PAUSED,
         VIEW_OVERVIEW,
         {true, false, false, true, true, "lrd", 4000, 4000, ""},
         '?'},
        {"demo",
         4000,
         SESSION_HOLDING,
         VIEW_OVERVIEW,
         {true, false, false, true, true, "classroom", 4000, 4000, "lrdlab"},
         0},
    };
    Comparison *ghost = calloc(1, sizeof *ghost);
    RunSummary *other = fake_summary(4000);
    comparison_take(ghost, other);
    snprintf(ghost->name, sizeof ghost->name, "l2");
    for (int i = 0; i < ghost->series[SERIES_UNSEEN_ACC].count; i++) /* so that the curves can be told apart */
        ghost->series[SERIES_UNSEEN_ACC].bucket[i].value *= .8f;
    int wrong = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
            RunSummary *b = fake_summary(rows[i].step);
            Snapshot s = fake_snapshot(b, rows[i].state);
            UiState u = ui_state_new(&action_table);
            UiEffect e;
            s.replay = rows[i].replay;
            s.ghost_count = s.replay.has_task;
            s.ghost[0] = ghost;
            u.view = rows[i].view;
            action_press(&u, &s, rows[i].key, &e);
            wrong += draw_and_compare(rows[i].name, sizes[k], &s, &u);
            run_summary_free(b);
        }
    run_summary_free(other);
    free(ghost);
    assert_int_equal(wrong, 0);
}

/* Every size, view and overlay: no crash, and nothing but ASCII where only that can be drawn. */
static void test_every_size_draws(void **state)
{
    (void)state;
    RunSummary *b = fake_summary(2600);
    Snapshot s = fake_snapshot(b, SESSION_RUNNING);
    UiState u = ui_state_new(&action_table);
    u.glyphs = GLYPHS_ASCII;
    prompt_start(&u.prompt, NULL, &b->settings);
    static Lesson lesson;
    Text problems = {0};
    assert_true(status_is_ok(lesson_load("presets/lessons/grokking.ini", &action_table, &lesson, &problems)));
    u.lesson.lesson = &lesson;
    Canvas *c = canvas_new(1, 1);
    int bad = 0;
    for (int h = 1; h <= 80; h += h < 20 ? 1 : 7)
        for (int w = 1; w <= 250; w += w < 70 ? 3 : 17) {
            u.view = (ViewId)((w + h) % VIEW_COUNT);
            u.overlay = (Overlay)((w / 3 + h) % OVERLAY_COUNT);
            u.log_steps = w & 1;
            memset(u.log_values, h & 1, sizeof u.log_values);
            u.is_alone = w % 5 == 0;
            u.alone = (PanelId)(h % PANEL_COUNT);
            u.zoom = w % 4;
            u.one_matrix = w % 7 == 0;
            u.projector = h % 3 == 0;
            u.matrix = w % FAKE_MATRICES;
            u.past = w % 2 ? -1 : 37 * h;
            u.lesson.open = w % 4 < 2;
            u.lesson.step = (w + h) % (lesson.count + 1) - 1;
            canvas_resize(c, w, h);
            frame_draw(c, &s, &u);
            for (int i = 0; i < w * h; i++)
                bad += c->cells[i].glyph < ' ' || c->cells[i].glyph > '~';
        }
    assert_int_equal(bad, 0);
    canvas_free(c);
    run_summary_free(b);
}

/* Two branches: the other one behind the curves, both in the strip; and the same looking back. */
static void test_branches_are_as_stored(void **state)
{
    (void)state;
    RunSummary *b = fake_branched_summary();
    Snapshot s = fake_snapshot(b, SESSION_RUNNING);
    s.rewind_count = 3;
    s.rewind_step[0] = 1500;
    s.rewind_step[1] = 760;
    int wrong = 0;
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        char name[64];
        UiState u = ui_state_new(&action_table);
        UiEffect e;
        Canvas *c = canvas_new(sizes[k][0], sizes[k][1]);
        frame_draw(c, &s, &u);
        snprintf(name, sizeof name, "branch-%dx%d", sizes[k][0], sizes[k][1]);
        wrong += compare_frame(name, c);
        s.twin = 1;
        frame_draw(c, &s, &u);
        snprintf(name, sizeof name, "twin-%dx%d", sizes[k][0], sizes[k][1]);
        wrong += compare_frame(name, c);
        u.projector = true;
        frame_draw(c, &s, &u);
        snprintf(name, sizeof name, "race-%dx%d", sizes[k][0], sizes[k][1]);
        wrong += compare_frame(name, c);
        u.projector = false;
        s.twin = 0;
        u.past = 1000;
        action_press(&u, &s, 't', &e);
        frame_draw(c, &s, &u);
        snprintf(name, sizeof name, "branch-plan-%dx%d", sizes[k][0], sizes[k][1]);
        wrong += compare_frame(name, c);
        canvas_free(c);
    }
    run_summary_free(b);
    assert_int_equal(wrong, 0);
}

/* A lesson: awaited, done, offered, at the end of a run that did not bring it, and for a projector. */
static void test_lessons_are_as_stored(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int64_t run;
        int step;
        SessionState state;
        GlyphSet glyphs;
        bool projector;
    } rows[] = {
        {"lesson", 840, 1, SESSION_RUNNING, GLYPHS_BRAILLE, false},
        {"lesson-done", 2600, 3, SESSION_RUNNING, GLYPHS_BRAILLE, false},
        {"lesson-end", 840, 3, SESSION_HOLDING, GLYPHS_BRAILLE, false},
        {"lesson-offer", 840, LESSON_OFFER, SESSION_RUNNING, GLYPHS_BRAILLE, false},
        {"lesson-ascii", 840, 2, SESSION_PAUSED, GLYPHS_ASCII, false},
        {"lesson-projector", 840, 1, SESSION_RUNNING, GLYPHS_BRAILLE, true},
    };
    static Lesson lesson;
    Text problems = {0};
    assert_true(status_is_ok(lesson_load("presets/lessons/grokking.ini", &action_table, &lesson, &problems)));
    int wrong = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        RunSummary *b = fake_summary(rows[i].run);
        Snapshot s = fake_snapshot(b, rows[i].state);
        UiState u = ui_state_new(&action_table);
        u.glyphs = rows[i].glyphs;
        u.projector = rows[i].projector;
        u.lesson = (LessonPlace){.lesson = &lesson, .open = true, .step = rows[i].step};
        u.view = rows[i].step >= 0 ? lesson.step[rows[i].step].view : VIEW_OVERVIEW;
        lesson_follow(&u, &s, UI_KEY_NONE);
        for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
            wrong += draw_and_compare(rows[i].name, sizes[k], &s, &u);
        run_summary_free(b);
    }
    assert_int_equal(wrong, 0);
}

static void test_too_small_says_what_it_needs(void **state)
{
    (void)state;
    RunSummary *b = fake_summary(0);
    Snapshot s = fake_snapshot(b, SESSION_RUNNING);
    UiState u = ui_state_new(&action_table);
    Canvas *c = canvas_new(80, 10);
    Text t = {0};
    frame_draw(c, &s, &u);
    export_text(c, &t);
    assert_non_null(strstr(text_str(&t), "lrdlab needs 60 x 16, here 80 x 10 (training goes on; q quits)"));
    text_free(&t);
    canvas_free(c);
    run_summary_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frames_are_as_stored),       cmocka_unit_test(test_views_are_as_stored),
        cmocka_unit_test(test_overlays_are_as_stored),     cmocka_unit_test(test_every_size_draws),
        cmocka_unit_test(test_watched_logs_are_as_stored), cmocka_unit_test(test_too_small_says_what_it_needs),
        cmocka_unit_test(test_frames_are_as_stored),       cmocka_unit_test(test_views_are_as_stored),
        cmocka_unit_test(test_overlays_are_as_stored),     cmocka_unit_test(test_branches_are_as_stored),
        cmocka_unit_test(test_every_size_draws),           cmocka_unit_test(test_too_small_says_what_it_needs),
        cmocka_unit_test(test_lessons_are_as_stored),
    };
    return cmocka_run_group_tests_name("ui_frames", tests, NULL, NULL);
}
