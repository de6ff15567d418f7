/* What the screen shows is so, at every size: what a pointer finds, shares of the table, one number for one thing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <lrd/panel/frame.h>
#include <lrd/panel/labels.h>
#include <lrd/panel/panel.h>
#include <lrd/panel/probe_request.h>
#include <lrd/ui/action.h>
#include <lrd/view/export.h>
#include <lrd/view/format.h>
#include <lrd/view/glyph.h>

#include "fake_run.h"

typedef struct Stage {
    RunSummary *b;
    Snapshot s;
    UiState u;
    Canvas *c;
} Stage;

static void stage_open(Stage *t, RunSummary *b, ViewId view)
{
    *t = (Stage){
        .b = b, .s = fake_snapshot(b, SESSION_RUNNING), .u = ui_state_new(&action_table), .c = canvas_new(80, 24)};
    t->u.view = view;
    t->s.probe = fake_probe(probe_kind_of_view(view), b->step);
}

static void stage_close(Stage *t)
{
    probe_free(&t->s.probe);
    canvas_free(t->c);
    run_summary_free(t->b);
}

static char *stage_text(Stage *t, int w, int h)
{
    Text out = {0};
    canvas_resize(t->c, w, h);
    frame_draw(t->c, &t->s, &t->u);
    export_text(t->c, &out);
    return out.data;
}

static bool shows(Stage *t, int w, int h, const char *words)
{
    char *text = stage_text(t, w, h);
    bool found = strstr(text, words) != NULL;
    free(text);
    return found;
}

static PlaceFound found_at(const Canvas *c, int x, int y)
{
    return place_find(c->place, c->place_count, x, y);
}

static void text_at(const Canvas *c, const Place *p, char *out)
{
    for (int x = 0; x < p->w; x++)
        out += glyph_encode(c->cells[p->y * c->w + p->x + x].glyph, out);
}

static void check_words(const Canvas *c)
{
    int tabs = 0;
    bool quits = false;
    for (int i = 0; i < c->place_count; i++) {
        const Place *p = &c->place[i];
        char words[GLYPH_UTF8_MAX * 256] = "";
        assert_true(p->x >= 0 && p->y >= 0 && p->x + p->w <= c->w && p->y + p->h <= c->h);
        text_at(c, p, words);
        if (p->kind == PLACE_TAB)
            assert_int_equal(words[0], '1' + p->index);
        if (p->kind == PLACE_DECAY)
            assert_non_null(strstr(words, decay_kinds[p->index].label));
        tabs += p->kind == PLACE_TAB && found_at(c, p->x + p->w - 1, p->y).index == tabs;
        quits = quits || (p->kind == PLACE_KEY && p->index == 'q' && found_at(c, p->x, p->y).index == 'q');
    }
    assert_true(tabs == VIEW_COUNT && quits);
}

static void test_pointer_finds_what_is_drawn(void **state)
{
    (void)state;
    for (int v = 0; v < VIEW_COUNT; v++) {
        Stage t;
        stage_open(&t, fake_summary(2600), (ViewId)v);
        for (int h = LAYOUT_MIN_H; h <= 62; h += 3)
            for (int w = LAYOUT_MIN_W; w <= 210; w += 10) {
                free(stage_text(&t, w, h));
                check_words(t.c);
                assert_int_equal(found_at(t.c, -1, 0).kind, PLACE_NONE);
                for (int i = 0; i < t.c->place_count; i++) {
                    const Place *p = &t.c->place[i];
                    PlaceFound first = found_at(t.c, p->x, p->y);
                    PlaceFound last = found_at(t.c, p->x + p->w - 1, p->y + p->h - 1);
                    if (p->kind == PLACE_STEP)
                        assert_true(first.value == 0 && last.value == p->high && p->high >= 2600);
                    if (p->kind == PLACE_CELL)
                        assert_true(first.a == 0 && first.b == 0 && last.a == 112 && last.b == 112);
                    if (p->kind == PLACE_SLIDER)
                        assert_true(first.value == p->low && fabs(last.value - p->high) < 1e-9);
                }
            }
        stage_close(&t);
    }
}

static void test_pointer_finds_branches_and_nothing_under_an_overlay(void **state)
{
    (void)state;
    Stage t;
    stage_open(&t, fake_branched_summary(), VIEW_OVERVIEW);
    t.s.twin = 1;
    free(stage_text(&t, 80, 24));
    bool seen[3] = {false};
    for (int i = 0; i < t.c->place_count; i++)
        if (t.c->place[i].kind == PLACE_BRANCH)
            seen[t.c->place[i].index] = true;
    assert_true(seen[1] && seen[2]);
    t.u.overlay = OVERLAY_HELP;
    free(stage_text(&t, 80, 24));
    assert_int_equal(found_at(t.c, 20, 8).kind, PLACE_NONE);
    stage_close(&t);
}

/* Half of the pairs are trained, and half of the picture is, however little room there is; what has just become right
 * stands out. */
static void test_table_keeps_its_shares(void **state)
{
    (void)state;
    for (int mono = 0; mono < 2; mono++) {
        Stage t;
        stage_open(&t, fake_summary(840), VIEW_TABLE);
        t.u.theme = mono ? SCHEME_NONE : SCHEME_DARK;
        for (int h = LAYOUT_MIN_H; h <= 62; h += 2)
            for (int w = LAYOUT_MIN_W; w <= 210; w += 15) {
                free(stage_text(&t, w, h));
                int trained = 0, all = 0;
                for (int i = 0; i < t.c->place_count; i++) {
                    const Place *p = &t.c->place[i];
                    for (int y = p->y; p->kind == PLACE_CELL && y < p->y + p->h - 1; y++)
                        for (int x = p->x; x < p->x + p->w; x++, all++)
                            trained += t.c->cells[y * w + x].role == ROLE_TRAIN;
                }
                assert_true(all > 100 && abs(100 * trained / all - 50) <= 8);
            }
        for (int i = 0; i < 113 * 113; i++)
            t.s.probe.cell[i].news = t.s.probe.cell[i].answer == t.s.probe.cell[i].right ? PROBE_NEWS : 0;
        assert_true(shows(&t, 120, 40, "just become right"));
        stage_close(&t);
    }
}

/* The story reads what the legend reads: a newer sample too. */
static void test_story_and_legend_agree(void **state)
{
    (void)state;
    for (int64_t step = 820; step <= 2600; step += 60) {
        Stage t;
        stage_open(&t, fake_summary(step), VIEW_OVERVIEW);
        char *text = stage_text(&t, 200, 60), *story = strstr(text, "unseen pairs: ");
        char *legend = strstr(text, "\xE2\x94\x81 unseen ");
        if (story && legend) {
            story += strlen("unseen pairs: ");
            legend += strlen("\xE2\x94\x81 unseen ");
            assert_memory_equal(story, legend, strcspn(story, " %,"));
        }
        assert_non_null(legend);
        free(text);
        stage_close(&t);
    }
}

static void test_end_of_a_run_shows_its_result(void **state)
{
    (void)state;
    Stage t;
    stage_open(&t, fake_summary(3300), VIEW_OVERVIEW);
    t.b->settings.train.steps = 3300;
    t.s.step = 3300;
    t.s.state = SESSION_HOLDING;
    assert_true(shows(&t, 80, 24, "Grokked at 2,200: 100%"));
    bool plotted = false;
    for (int i = 0; i < t.c->place_count; i++)
        if (t.c->place[i].kind == PLACE_STEP) {
            plotted = true;
            assert_true(t.c->place[i].high == 3300); /* no room for steps that will not be */
        }
    assert_true(plotted);
    t.u.pulse = 1;
    t.s.state = SESSION_RUNNING;
    assert_true(shows(&t, 80, 24, "pairs it was never shown come out right"));
    stage_close(&t);
}

static void test_phases_are_told(void **state)
{
    (void)state;
    static const struct {
        int64_t step;
        const char *words;
    } rows[] = {{0, "●○○○ guessing"},
                {840, "●●○○ memorised 300"},
                {1560, "●●●○ rank fell 1,200"},
                {2600, "●●●● grokked 2,200"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Stage t;
        stage_open(&t, fake_summary(rows[i].step), VIEW_OVERVIEW);
        assert_true(shows(&t, 80, 24, rows[i].words));
        stage_close(&t);
    }
}

static void test_rank_at_the_floor_is_called_so(void **state)
{
    (void)state;
    Stage t;
    stage_open(&t, fake_summary(2600), VIEW_OVERVIEW);
    assert_false(shows(&t, 80, 24, "floor"));
    t.b->at_floor = true;
    assert_true(shows(&t, 80, 24, "floor 2.22"));
    stage_close(&t);
}

static void test_signs_differ(void **state)
{
    (void)state;
    static const Role roles[] = {ROLE_TRAIN, ROLE_MIRROR, ROLE_UNSEEN, ROLE_GHOST};
    for (int g = 0; g < GLYPHS_COUNT; g++)
        for (int i = 0; i < 4; i++)
            for (int j = 0; j < i; j++)
                assert_int_not_equal(theme_marker(roles[i], (GlyphSet)g), theme_marker(roles[j], (GlyphSet)g));
}

static void test_comparisons_and_rank_are_named(void **state)
{
    (void)state;
    Stage t;
    stage_open(&t, fake_summary(1560), VIEW_OVERVIEW);
    assert_true(shows(&t, 80, 24, "singular values · stable"));
    t.u.rank = RANK_EFFECTIVE;
    assert_true(shows(&t, 80, 24, "singular values · effective"));
    Comparison *other[2];
    for (int i = 0; i < 2; i++) {
        other[i] = calloc(1, sizeof *other[i]);
        comparison_take(other[i], t.b);
        snprintf(other[i]->name, sizeof other[i]->name, "log-%d", i + 2);
        t.s.ghost[i] = other[i];
    }
    t.s.ghost_count = 2;
    t.s.replay = (ReplayView){true, false, false, true, true, "log-1", 4000, 4000, ""};
    assert_true(shows(&t, 80, 24, "log-2") && shows(&t, 80, 24, "log-3"));
    free(other[0]);
    free(other[1]);
    stage_close(&t);
}

static void test_race_has_a_flag(void **state)
{
    (void)state;
    Stage t;
    stage_open(&t, fake_branched_summary(), VIEW_OVERVIEW);
    t.s.twin = 1;
    t.u.projector = true;
    for (int w = 80; w <= 200; w += 20)
        assert_true(shows(&t, w, 40, "first, at 2,200"));
    stage_close(&t);
}

static void test_values_have_one_format(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *words;
    } rows[] = {{60, "60"},     {3300, "3,300"}, {0.177828, "0.1778"}, {0.5, "0.5"},
                {2e-5, "2e-5"}, {0, "0"},        {1.5e6, "1,500,000"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(format_value(rows[i].value).s, rows[i].words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pointer_finds_what_is_drawn),
        cmocka_unit_test(test_pointer_finds_branches_and_nothing_under_an_overlay),
        cmocka_unit_test(test_table_keeps_its_shares),
        cmocka_unit_test(test_story_and_legend_agree),
        cmocka_unit_test(test_end_of_a_run_shows_its_result),
        cmocka_unit_test(test_phases_are_told),
        cmocka_unit_test(test_rank_at_the_floor_is_called_so),
        cmocka_unit_test(test_signs_differ),
        cmocka_unit_test(test_comparisons_and_rank_are_named),
        cmocka_unit_test(test_race_has_a_flag),
        cmocka_unit_test(test_values_have_one_format),
    };
    return cmocka_run_group_tests_name("ui/places", tests, NULL, NULL);
}
