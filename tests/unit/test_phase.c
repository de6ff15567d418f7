/* Phase diagrams: which key is which edge, means and spreads by hand, what is missing or belongs elsewhere. */
#include "run_fixture.h"

#include <lrd/app/phase_picture.h>
#include <lrd/io/folder.h>
#include <lrd/sweep/phase.h>
#include <lrd/view/export.h>

#include <math.h>

static void assert_near(double got, double wanted)
{
    assert_true(fabs(got - wanted) < 1e-12);
}

/* Results with the best accuracies of this list, by cell; NAN: none. */
static const char *fill(const char *name, const char *text, const double *best)
{
    static char folder[128];
    snprintf(folder, sizeof folder, "%s", fixture_path(name));
    SweepSpec spec;
    Text problems = {0};
    assert_int_equal(sweep_spec_parse("s", text, strlen(text), &spec, &problems), 0);
    assert_true(status_is_ok(folder_make(folder)));
    Text path = {0};
    text_addf(&path, "%s/" SWEEP_COPY_FILE, folder);
    file_write(text_str(&path), text);
    for (int64_t cell = 0; cell < spec.cells; cell++) {
        if (isnan(best[cell]))
            continue;
        text_clear(&path);
        text_addf(&path, "%s/", folder);
        sweep_cell_name(&spec, cell, &path);
        text_add(&path, "/" SWEEP_RESULT_FILE);
        Result r = {.recipe = sweep_cell_recipe(&spec, cell), .outcome = "memorised", .grokked = -1};
        r.best_unseen_acc = best[cell];
        if (best[cell] > .9)
            r.grokked = 1000 + cell;
        assert_true(status_is_ok(folder_make_for(text_str(&path))));
        assert_true(status_is_ok(result_write(text_str(&path), &r)));
        result_free(&r);
    }
    text_free(&path);
    sweep_spec_free(&spec);
    return folder;
}

static Phase read_phase(const char *folder, const char *across, const char *up, const char *measure)
{
    Phase p;
    Status s = phase_read(folder, across, up, measure, &p);
    if (!status_is_ok(s))
        fail_msg("%s", s.text);
    return p;
}

#define GRID "[axes]\ndecay.strength = .01 .1\nmodel.seed = 0 1\ntask.frac = .4 .5 .6\ndecay.kind = l2 lrd\n"

static void edges_and_panels_come_from_the_axes(void **state)
{
    (void)state;
    double best[24];
    for (int i = 0; i < 24; i++)
        best[i] = i / 100.0;
    Phase p = read_phase(fill("edges", GRID, best), NULL, NULL, NULL);
    assert_string_equal(p.across, "task.frac");
    assert_string_equal(p.up, "decay.strength");
    assert_int_equal(p.panel_count, 2);
    assert_string_equal(p.panels[0].title, "decay.kind l2");
    assert_string_equal(p.panels[1].title, "decay.kind lrd");
    assert_int_equal(p.panels[0].across_count, 3);
    assert_int_equal(p.panels[0].up_count, 2);
    assert_string_equal(p.panels[0].up[1], "0.1");
    assert_int_equal(p.seeds, 2);
    assert_int_equal(p.done, 24);
    /* strength .1, lrd, .5: cells 12 + 2 + 1 and six later */
    const PhasePlace *place = &p.panels[1].places[1 * 3 + 1];
    assert_near(place->mean, (.15 + .21) / 2);
    assert_near(place->spread, .06 / sqrt(2));
    assert_int_equal(place->with, 2);
    phase_free(&p);
}

static void edges_may_be_chosen(void **state)
{
    (void)state;
    double best[24] = {0};
    const char *folder = fill("chosen", GRID, best);
    Phase p = read_phase(folder, "decay.kind", "model.seed", NULL);
    assert_int_equal(p.panel_count, 2 * 3);
    assert_string_equal(p.panels[0].title, "decay.strength 0.01, task.frac 0.4");
    assert_int_equal(p.seeds, 1);
    assert_true(isnan(p.panels[0].places[0].spread));
    phase_free(&p);
    p = read_phase(folder, NULL, "task.frac", NULL);
    assert_string_equal(p.across, "decay.strength");
    phase_free(&p);
    static const char *const wrong[][3] = {
        {"task.p", NULL, NULL}, {NULL, "task.p", NULL}, {"task.frac", "task.frac", NULL}, {NULL, NULL, "nope"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(phase_read(folder, wrong[i][0], wrong[i][1], wrong[i][2], &p).code, STATUS_INPUT);
        phase_free(&p);
    }
}

/* Strengths that belong to their kind: each panel has its own. */
static void keys_that_move_together_part_into_panels(void **state)
{
    (void)state;
    double best[6] = {.1, .2, .3, .4, .5, .6};
    Phase p = read_phase(fill("together",
                              "[axes]\ntask.frac = .4 .5\n[together]\ndecay.kind,decay.strength = l2,.1 l2,.5 "
                              "lrd,.005\n",
                              best),
                         NULL, NULL, NULL);
    assert_int_equal(p.panel_count, 2);
    assert_int_equal(p.panels[0].up_count, 2);
    assert_int_equal(p.panels[1].up_count, 1);
    assert_string_equal(p.panels[1].up[0], "0.005");
    assert_near(p.panels[1].places[1].mean, .6);
    assert_near(p.panels[0].places[1 * 2 + 0].mean, .2);
    phase_free(&p);
}

static void what_is_missing_is_not_counted(void **state)
{
    (void)state;
    double best[6] = {.95, .5, NAN, NAN, NAN, .97};
    const char *folder = fill("missing", "[axes]\ntask.frac = .4 .5 .6\nmodel.seed = 0 1\n", best);
    Phase p = read_phase(folder, NULL, NULL, "grokked");
    assert_string_equal(p.up, "");
    assert_int_equal(p.panel_count, 1);
    assert_int_equal(p.done, 3);
    const PhasePlace *place = p.panels[0].places;
    assert_int_equal(place[0].done, 2);
    assert_int_equal(place[0].with, 1);
    assert_near(place[0].mean, 1000);
    assert_int_equal(place[1].done, 0);
    assert_true(isnan(place[1].mean));
    assert_int_equal(place[2].done, 1);
    Text csv = {0};
    phase_print_csv(&p, &csv);
    assert_string_equal(text_str(&csv), "panel,task.frac,measure,mean,spread,with,done,runs\n"
                                        "\"\",0.4,grokked,1000,,1,2,2\n"
                                        "\"\",0.5,grokked,,,0,0,2\n"
                                        "\"\",0.6,grokked,1005,,1,1,2\n");
    text_free(&csv);
    phase_free(&p);
}

static void results_of_other_settings_are_left_out(void **state)
{
    (void)state;
    double best[2] = {.1, .2};
    const char *folder = fill("others", "[axes]\ntask.frac = .4 .5\n", best);
    file_write(fixture_path("others/sweep.ini"), "[train]\nsteps = 7\n[axes]\ntask.frac = .4 .5\n");
    Phase p;
    Status s = phase_read(folder, NULL, NULL, NULL, &p);
    assert_int_equal(s.code, STATUS_INPUT);
    assert_int_equal(p.others, 2);
    phase_free(&p);
    assert_int_equal(phase_read(fixture_folder, NULL, NULL, NULL, &p).code, STATUS_INPUT);
    phase_free(&p);
}

static void assert_picture(const Phase *p, int columns, const char *expected)
{
    Canvas *c = phase_picture_draw(p, columns, GLYPHS_ASCII, true);
    Text text = {0};
    export_text(c, &text);
    assert_string_equal(text_str(&text), expected);
    text_free(&text);
    canvas_free(c);
}

static void the_picture_says_what_it_shows(void **state)
{
    (void)state;
    double best[8] = {.5, .75, .0625, NAN, 1, 1, .5, .75};
    const char *folder = fill("picture",
                              "[axes]\ntask.frac = .4 .5\n[together]\ndecay.kind,decay.strength = l2,.1 lrd,.005\n"
                              "[axes]\nmodel.seed = 0 1\n",
                              best);
    Phase p = read_phase(folder, NULL, NULL, NULL);
    assert_picture(&p, 120,
                   "+- decay.kind l2 -----------------------------+  +- decay.kind lrd ----------------------------+\n"
                   "| decay.strength                              |  | decay.strength                              |\n"
                   "| 0.1 + 62%  @ 100%                           |  | 0.005   6%*  + 62%                          |\n"
                   "|     + ~18  @ ~0.0                           |  |              + ~18                          |\n"
                   "|       0.4    0.5                            |  |         0.4    0.5                          |\n"
                   "|          task.frac                          |  |            task.frac                        |\n"
                   "| strength: W shrinks by lr x strength a step |  | strength: length taken off a step           |\n"
                   "+---------------------------------------------+  +---------------------------------------------+\n"
                   "\n"
                   " best unseen accuracy of a run; mean of 2 runs, ~ their standard deviation\n"
                   " 7 of 8 runs are done (* some of this place are not)\n"
                   " 0%  .:-+*#@ 100%\n");
    phase_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edges_and_panels_come_from_the_axes),      cmocka_unit_test(edges_may_be_chosen),
        cmocka_unit_test(keys_that_move_together_part_into_panels), cmocka_unit_test(what_is_missing_is_not_counted),
        cmocka_unit_test(results_of_other_settings_are_left_out),   cmocka_unit_test(the_picture_says_what_it_shows),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
