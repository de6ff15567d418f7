/* Sweep specs: the grid and its names, what is refused and with which line, and the way back to text. */
#include <lrd/base/rng.h>
#include <lrd/sweep/sweep_spec.h>

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define GRID                                                                                                           \
    "[sweep]\nbase = classroom\nstop = grokked\njobs = 3\nkeep = log\n"                                                \
    "[train]\nsteps = 70\n"                                                                                            \
    "[axes]\ntask.frac = .3 5e-1\nmodel.seed = 0 1 2\nschedule.at = 20 never\n"                                        \
    "[together]\ndecay.kind,decay.strength = l2,.1 lrd,.005\n"                                                         \
    "[schedule]\n5 = decay.rest 0\nat = decay.kind lrd\nat = decay.strength 0.25\n"

static void assert_near(double got, double wanted)
{
    assert_true(fabs(got - wanted) < 1e-12);
}

static void parse_good(const char *text, SweepSpec *out)
{
    Text problems = {0};
    if (sweep_spec_parse("s.ini", text, strlen(text), out, &problems) != 0)
        fail_msg("%s", text_str(&problems));
    text_free(&problems);
}

static void assert_name(const SweepSpec *s, int64_t cell, const char *expected)
{
    Text name = {0};
    sweep_cell_name(s, cell, &name);
    assert_string_equal(text_str(&name), expected);
    text_free(&name);
}

static void the_last_axis_moves_fastest(void **state)
{
    (void)state;
    SweepSpec s;
    parse_good(GRID, &s);
    assert_int_equal(s.cells, 2 * 3 * 2 * 2);
    assert_int_equal(s.jobs, 3);
    assert_true(s.stop_grokked);
    assert_int_equal(s.keep, SWEEP_KEEP_LOG);
    assert_name(&s, 0, "task.frac=0.3,model.seed=0,schedule.at=20,decay.kind=l2,decay.strength=0.1");
    assert_name(&s, 1, "task.frac=0.3,model.seed=0,schedule.at=20,decay.kind=lrd,decay.strength=0.005");
    assert_name(&s, 23, "task.frac=0.5,model.seed=2,schedule.at=never,decay.kind=lrd,decay.strength=0.005");
    assert_string_equal(sweep_cell_value(&s, 23, "model.seed"), "2");
    assert_null(sweep_cell_value(&s, 23, "task.p"));
    sweep_spec_free(&s);
}

static void a_cell_has_its_settings_and_its_schedule(void **state)
{
    (void)state;
    SweepSpec s;
    Settings settings;
    Schedule schedule;
    parse_good(GRID, &s);
    sweep_cell_make(&s, 1, &settings, &schedule);
    assert_int_equal(settings.task.p, 59); /* of the base */
    assert_int_equal(settings.train.steps, 70);
    assert_near(settings.task.frac, 0.3);
    assert_near(settings.decay.strength, 0.005);
    assert_int_equal(schedule.count, 3);
    assert_int_equal(schedule.changes[0].step, 5);
    assert_int_equal(schedule.changes[1].step, 20);
    assert_string_equal(schedule.changes[1].key, "decay.kind");
    assert_string_equal(schedule.changes[2].value, "0.25");
    schedule_free(&schedule);
    sweep_cell_make(&s, 3, &settings, &schedule); /* never */
    assert_int_equal(schedule.count, 1);
    schedule_free(&schedule);
    sweep_spec_free(&s);
}

static void printed_and_read_again_it_is_the_same(void **state)
{
    (void)state;
    SweepSpec a, b;
    Text first = {0}, second = {0};
    parse_good("[together]\ndecay.kind,decay.targets = l2,all lrd,qk\n[axes]\ntask.p = 7 11\n[together]\n"
               "task.seed,train.seed = 1,2 3,4\n",
               &a);
    sweep_spec_print(&a, &first);
    parse_good(text_str(&first), &b);
    sweep_spec_print(&b, &second);
    assert_string_equal(text_str(&first), text_str(&second));
    assert_int_equal(a.cells, b.cells);
    for (int64_t i = 0; i < a.cells; i++) {
        Text name = {0};
        sweep_cell_name(&a, i, &name);
        assert_name(&b, i, text_str(&name));
        text_free(&name);
    }
    sweep_spec_free(&a);
    sweep_spec_free(&b);
    text_free(&first);
    text_free(&second);
}

static void every_fault_is_told_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *part;
    } cases[] = {
        {"[sweep]\nbase = nope\n[axes]\ntask.p = 7\n", "s.ini:2: base: there is no preset"},
        {"[sweep]\nstop = soon\n[axes]\ntask.p = 7\n", "s.ini:2: stop cannot be \"soon\""},
        {"[sweep]\njobs = 0\n[axes]\ntask.p = 7\n", "s.ini:2: jobs cannot be \"0\""},
        {"[sweep]\nkeep = all\n[axes]\ntask.p = 7\n", "s.ini:2: keep cannot be"},
        {"[sweep]\nbass = x\n[axes]\ntask.p = 7\n", "s.ini:2: there is no \"bass\" in [sweep]"},
        {"[sweep]\njobs = 1\njobs = 2\n[axes]\ntask.p = 7\n", "s.ini:3: jobs was already set in line 2"},
        {"[sweeps]\n[axes]\ntask.p = 7\n", "s.ini:1: there is no section \"sweeps\""},
        {"[axes]\ntask.q = 7\n", "s.ini:2: there is no setting \"task.q\"; did you mean task.p?"},
        {"[axes]\ntask.p = 7 1x\n", "s.ini:2: task.p cannot be \"1x\""},
        {"[axes]\ntask.p = 7 11 7\n", "s.ini:2: \"7\" stands here twice"},
        {"[axes]\ntask.frac = .5 0.50\n", "s.ini:2: \"0.50\" stands here twice"},
        {"[axes]\ntask.p =\n", "s.ini:2: task.p has no values"},
        {"[axes]\ntask.p = 7\ntask.p = 11\n", "s.ini:3: task.p is an axis in line 2 already"},
        {"[axes]\nlab.fps = 7\n", "s.ini:2: \"lab.fps\" cannot be an axis"},
        {"[axes]\ntask.p,task.frac = 7,.5\n", "s.ini:2: several keys belong to [together]"},
        {"[together]\ntask.p = 7\n", "s.ini:2: [together] wants several keys"},
        {"[together]\ntask.p,task.frac = 7 11,.5\n", "s.ini:2: \"7\" is not a value for each of 2 keys"},
        {"[together]\ntask.p,task.frac = 7,.5,1\n", "s.ini:2: \"7,.5,1\" is not a value for each of 2 keys"},
        {"[together]\ntask.p,task.p = 7,7\n", "s.ini:2: \"task.p\" stands here twice"},
        {"[together]\ntask.p,task.frac = 7,2\n", "s.ini:2: task.frac cannot be \"2\""},
        {"[axes]\nschedule.at = soon\n[schedule]\nat = decay.kind l2\n", "s.ini:2: schedule.at cannot be \"soon\""},
        {"[axes]\nschedule.at = 5\n", "s.ini:2: schedule.at needs what changes then"},
        {"[axes]\ntask.p = 7\n[schedule]\nat = decay.kind l2\n", "s.ini:4: \"at\" needs the steps"},
        {"[axes]\ntask.p = 7\n[schedule]\n5 = task.p 11\n", "s.ini:4: task.p cannot change while a run trains"},
        {"[axes]\ntask.p = 7\n[schedule]\n5 = decay.kind\n", "s.ini:4: a scheduled change is written"},
        {"[axes]\ntask.p = 7\n[task]\nop = ad\n", "s.ini:4: task.op cannot be \"ad\""},
        {"[axes]\ntask.p = 7\n[task]\nop = add\nop = sub\n", "s.ini:5: task.op was already set in line 4"},
        {"[sweep]\n", "s.ini:1: there is no axis"},
        {"[axes]\ntask.p = 7 8\n[task]\nop = div\n", "s.ini:2: cell task.p=8: task.op div needs a prime"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        SweepSpec s;
        Text problems = {0};
        int faults = sweep_spec_parse("s.ini", cases[i].text, strlen(cases[i].text), &s, &problems);
        if (faults != 1 || !strstr(text_str(&problems), cases[i].part))
            fail_msg("%s%d faults: %s", cases[i].text, faults, text_str(&problems));
        assert_int_equal(s.axis_count, 0);
        text_free(&problems);
    }
}

static void all_faults_come_in_one_go(void **state)
{
    (void)state;
    static const char text[] = "[sweep]\nstop = x\n[axes]\ntask.p = a b\ntask.q = 1\nno equals\n[task]\nop = x\n";
    SweepSpec s;
    Text problems = {0};
    assert_int_equal(sweep_spec_parse("s.ini", text, strlen(text), &s, &problems), 6);
    int lines = 0;
    for (const char *c = text_str(&problems); *c; c++)
        lines += *c == '\n';
    assert_int_equal(lines, 6);
    text_free(&problems);
}

static void a_grid_has_a_limit(void **state)
{
    (void)state;
    Text text = {0}, problems = {0};
    text_add(&text, "[axes]\n");
    for (int axis = 0; axis < 2; axis++) {
        text_add(&text, axis ? "train.seed =" : "model.seed =");
        for (int i = 0; i < 400; i++)
            text_addf(&text, " %d", i);
        text_add(&text, "\n");
    }
    SweepSpec s;
    assert_int_equal(sweep_spec_parse("s.ini", text_str(&text), text.length, &s, &problems), 1);
    assert_non_null(strstr(text_str(&problems), "more than 100000 cells"));
    text_free(&text);
    text_free(&problems);
}

/* Whatever bytes come, it ends, and says why not. */
static void random_bytes_do_no_harm(void **state)
{
    (void)state;
    Rng r = rng_seed(11, RNG_SPLIT);
    char bytes[sizeof GRID];
    for (int round = 0; round < 3000; round++) {
        memcpy(bytes, GRID, sizeof GRID);
        for (int i = 0; i < 4; i++)
            bytes[rng_below(&r, sizeof GRID - 1)] = (char)rng_below(&r, 256);
        SweepSpec s;
        Text problems = {0};
        int faults = sweep_spec_parse("s.ini", bytes, sizeof GRID - 1, &s, &problems);
        assert_int_equal(faults > 0, problems.length > 0);
        sweep_spec_free(&s);
        text_free(&problems);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_axis_moves_fastest),
        cmocka_unit_test(a_cell_has_its_settings_and_its_schedule),
        cmocka_unit_test(printed_and_read_again_it_is_the_same),
        cmocka_unit_test(every_fault_is_told_with_its_line),
        cmocka_unit_test(all_faults_come_in_one_go),
        cmocka_unit_test(a_grid_has_a_limit),
        cmocka_unit_test(random_bytes_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
