/* A twin that a run was asked for from the start: both arms are the runs that they would be alone, come back from a
 * checkpoint bit for bit, and stand in one result. */
#include "run_fixture.h"

#include <lrd/io/safetensors.h>
#include <lrd/sweep/once.h>
#include <lrd/sweep/sweep_spec.h>

#include <math.h>

static TwinSpec spec_of(const char *const *words)
{
    TwinSpec t = {0};
    for (; *words; words++) {
        Status status = twin_spec_add_word(&t, *words);
        if (!status_is_ok(status))
            fail_msg("%s", status.text);
    }
    return t;
}

/* Every tensor of the first file is in the second, with something before its name. */
static void assert_arm_equal(const char *alone, const char *both, const char *before)
{
    Status status;
    SafetensorsFile a, b;
    status = safetensors_open(&a, alone);
    assert_true(status_is_ok(status));
    status = safetensors_open(&b, both);
    assert_true(status_is_ok(status));
    for (int i = 0; i < a.entry_count; i++) {
        char name[200];
        snprintf(name, sizeof name, "%s%s", before, a.entries[i].name);
        const SafetensorsEntry *e = safetensors_find(&b, name);
        if (!e)
            fail_msg("%s is missing", name);
        void *x = malloc(a.entries[i].bytes), *y = malloc(e->bytes);
        assert_true(status_is_ok(safetensors_read(&a, &a.entries[i], x)));
        assert_true(status_is_ok(safetensors_read(&b, e, y)));
        assert_int_equal(a.entries[i].bytes, e->bytes);
        assert_memory_equal(x, y, e->bytes);
        free(x);
        free(y);
    }
    safetensors_close(&a);
    safetensors_close(&b);
}

static void each_arm_is_the_run_that_it_would_be_alone(void **state)
{
    (void)state;
    const char *const words[] = {"decay.kind=none", "train.lr=0.002", NULL};
    Settings settings = fixture_settings(), other = fixture_settings();
    ScheduledChange all[] = {{40, "decay.kind", "polar"}, {60, "decay.rest", "0.5"}};
    Schedule both = {.changes = all, .count = 2}, rest = {.changes = all + 1, .count = 1};
    TwinSpec spec = spec_of(words);
    RunOptions twins = {.settings = &settings, .schedule = &both, .twin = &spec, .force = true};
    twins.save = fixture_path("twins");
    train_to_end(&twins);
    RunOptions first = {.settings = &settings, .schedule = &both, .weights = fixture_path("first"), .force = true};
    train_to_end(&first);
    assert_true(status_is_ok(settings_set(&other, "decay.kind", "none")));
    assert_true(status_is_ok(settings_set(&other, "train.lr", "0.002")));
    /* What is scheduled is for both, but not for a setting that the twin has of its own. */
    RunOptions second = {.settings = &other, .schedule = &rest, .weights = fixture_path("second"), .force = true};
    train_to_end(&second);
    assert_arm_equal(first.weights, twins.save, "");
    assert_arm_equal(second.weights, twins.save, "state.twin.w.");
}

static void check_resume(const char *const *words, int64_t batch)
{
    Settings settings = fixture_settings();
    settings.train.batch = batch;
    TwinSpec spec = spec_of(words);
    RunOptions o = {.settings = &settings, .twin = &spec, .steps = 200, .force = true};
    o.save = fixture_path("whole");
    o.log = fixture_path("whole.jsonl");
    train_to_end(&o);
    RunOptions cut = {.settings = &settings, .twin = &spec, .steps = 100, .force = true};
    cut.save = fixture_path("half");
    cut.log = fixture_path("cut.jsonl");
    train_to_end(&cut);
    cut.resume = cut.save;
    cut.save = fixture_path("rest");
    cut.twin = NULL;
    cut.steps = 200;
    train_to_end(&cut);
    assert_files_equal(o.save, cut.save);
    json_t *a = log_read(o.log, false), *b = log_read(cut.log, false);
    assert_true(json_equal(a, b));
    assert_true(json_array_size(a) > 41);
    json_decref(a);
    json_decref(b);
}

static void both_arms_are_resumed_bit_for_bit(void **state)
{
    (void)state;
    const char *const begun[] = {"decay.kind=none", NULL}, *const pending[] = {"from=150", "train.qk_hold=1", NULL},
                      *const turned[] = {"train.qk_turn=twin", "decay.kind=none", NULL},
                      *const held[] = {"train.qk_hold=1", "train.qk_opt=muon", "from=40", NULL};
    check_resume(begun, 64);
    check_resume(pending, 64);
    check_resume(held, 0);
    check_resume(turned, 64);
}

/* With the same decay and all else alike a twin that takes the other's turn is the other, save for how the step is
 * rounded; without the decay its turn is still the other's. */
static void a_twin_turns_as_the_other_arm(void **state)
{
    (void)state;
    const char *const same[] = {"train.qk_turn=twin", NULL}, *const none[] = {"train.qk_turn=twin", "decay.kind=none",
                                                                              NULL};
    static const char *const decays[] = {"none", "lrd", "l2"};
    Settings settings = fixture_settings();
    settings.train.sample_every = 1; /* so that every step's turn is measured */
    settings.train.steps = 60;
    for (int i = 0; i < 3; i++) {
        assert_true(status_is_ok(settings_set(&settings, "decay.kind", decays[i])));
        TwinSpec spec = spec_of(i == 1 ? none : same);
        RunOptions o = {.settings = &settings, .twin = &spec, .force = true};
        Run *r = fixture_run(&o);
        for (int step = 0; step < 60; step++) {
            turns(r, 1);
            if (i != 1)
                assert_true(step == 0 ||
                            fabs(run_summary(r)->sample.batch_loss - run_twin_summary(r)->sample.batch_loss) < 1e-3);
            const Evaluation *a = &run_summary(r)->evaluation, *b = &run_twin_summary(r)->evaluation;
            for (int k = 0; k < a->matrix_count && step > 0; k++) {
                assert_int_equal(run_summary(r)->step, step);
                assert_int_equal(run_twin_summary(r)->step, step);
                /* turn_task holds AdamW's shrinking of L2 too, which bends nothing by itself but shortens the base */
                if (i < 2)
                    assert_true(fabs(a->matrix[k].turn_task - b->matrix[k].turn_task) < 1e-5);
                if (i != 1)
                    assert_true(fabs(a->matrix[k].norm / b->matrix[k].norm - 1) < 1e-4);
            }
        }
        if (i == 1)
            assert_true(run_summary(r)->evaluation.matrix[0].norm <
                        0.95 * run_twin_summary(r)->evaluation.matrix[0].norm);
        run_free(r);
    }
}

static void a_run_without_its_other_arm_is_held(void **state)
{
    (void)state;
    const char *const words[] = {"train.qk_turn=0", NULL}, *const follows[] = {"decay.kind=none", NULL};
    Settings settings = fixture_settings();
    Status status;
    settings.train.qk_turn = -1;
    RunOptions o = {.settings = &settings};
    assert_null(run_new(&o, &status)); /* no other arm */
    assert_non_null(strstr(status.text, "needs another arm"));
    TwinSpec spec = spec_of(follows);
    o.twin = &spec;
    assert_null(run_new(&o, &status)); /* two that follow */
    assert_non_null(strstr(status.text, "in one arm only"));
    spec = spec_of(words);
    spec.from = 5;
    assert_null(run_new(&o, &status)); /* none until step 5 */
    spec.from = 0;
    Run *r = fixture_run(&o); /* this one follows */
    turns(r, 10);
    run_end_twin(r);
    assert_int_equal(run_turn(r), RUN_HELD);
    assert_int_equal(run_step(r), 10);
    assert_non_null(strstr(run_take_message(r), "Held at step 10"));
    assert_int_equal(run_turn(r), RUN_HELD);
    assert_true(status_is_ok(run_set(r, "train.qk_turn", "0")));
    assert_int_equal(run_turn(r), RUN_STEPPED);
    assert_int_equal(run_set(r, "train.qk_turn", "twin").code, STATUS_INPUT);
    assert_true(status_is_ok(run_start_twin(r, "decay.kind=l2")));
    assert_true(status_is_ok(run_set(r, "train.qk_turn", "twin")));
    turns(r, 3);
    run_free(r);
}

static void a_twin_begins_when_it_was_asked_to(void **state)
{
    (void)state;
    const char *const at[] = {"from=33", "decay.kind=none", NULL}, *const later[] = {"from=memorised", "decay.rest=0",
                                                                                     NULL};
    Settings settings = fixture_settings();
    TwinSpec spec = spec_of(at);
    RunOptions o = {.settings = &settings, .twin = &spec, .force = true};
    Run *r = fixture_run(&o);
    turns(r, 33);
    assert_int_equal(run_twin(r), 0);
    assert_null(run_twin_summary(r));
    turns(r, 1);
    assert_int_equal(run_twin(r), 2);
    assert_int_equal(run_twin_summary(r)->settings.decay.kind, DECAY_NONE);
    assert_true(status_is_ok(run_restart(r, run_settings(r), NULL)));
    assert_int_equal(run_twin(r), 0); /* planned again */
    turns(r, 34);
    assert_int_equal(run_twin(r), 2);
    run_free(r);
    spec = spec_of(later);
    settings.task.p = 7; /* few rows are soon known by heart */
    settings.train.lr = 0.01;
    settings.train.steps = 2000;
    r = fixture_run(&o);
    while (run_twin(r) == 0 && run_turn(r) == RUN_STEPPED)
        ;
    assert_int_equal(run_twin(r), 2);
    assert_true(run_summary(r)->memorised >= 0);
    assert_int_equal(run_summary(r)->branches.item[1].fork, run_step(r) - 1);
    run_free(r);
}

/* The first arm has generalised long before the second, which learns nothing, comes to its end. */
static void stopping_waits_for_both_arms(void **state)
{
    (void)state;
    const char *const words[] = {"train.lr=1e-9", NULL};
    Settings settings = fixture_settings();
    settings.task.frac = 0.8;
    settings.model.depth = 1;
    settings.train.lr = 0.003;
    settings.decay.kind = DECAY_NONE;
    settings.decay.rest = 1;
    settings.train.steps = 1200;
    TwinSpec spec = spec_of(words);
    RunOptions alone = {.settings = &settings, .stop_grokked = true, .force = true};
    Run *r = fixture_run(&alone);
    while (run_turn(r) == RUN_STEPPED)
        ;
    const int64_t stopped = run_step(r);
    assert_true(stopped < 1200);
    run_free(r);
    RunOptions o = {.settings = &settings, .twin = &spec, .stop_grokked = true, .force = true};
    r = fixture_run(&o);
    while (run_turn(r) == RUN_STEPPED)
        ;
    assert_true(run_summary(r)->grokked >= 0 && run_summary(r)->grokked <= stopped);
    assert_int_equal(run_step(r), 1200);
    assert_true(run_twin_summary(r)->grokked < 0);
    assert_true(status_is_ok(run_end(r, "done")));
    assert_int_equal(run_twin_summary(r)->step, 1200);
    run_free(r);
}

static void a_result_names_both_arms(void **state)
{
    (void)state;
    const char *const words[] = {"decay.kind=none", "from=20", NULL};
    Settings settings = fixture_settings();
    TwinSpec spec = spec_of(words);
    RunOptions o = {.settings = &settings, .twin = &spec, .force = true};
    Once once;
    bool due;
    const char *path = fixture_path("both.json");
    assert_true(status_is_ok(once_begin(path, &o, &once, &due)));
    Run *r = fixture_run(&o);
    while (run_turn(r) == RUN_STEPPED)
        ;
    assert_true(status_is_ok(run_end(r, "done")));
    assert_true(status_is_ok(once_write(&once, r, false)));
    run_free(r);
    once_end(&once);
    json_t *file = json_load_file(path, 0, NULL);
    assert_int_equal(json_object_size(file), 2);
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(json_object_get(file, "a"), "settings"), "decay.kind")),
        "lrd");
    json_decref(file);
    Results read;
    assert_true(status_is_ok(results_read(path, &read)));
    assert_true(read.has_b);
    assert_int_equal(read.a.step, 200);
    assert_int_equal(read.b.step, 200);
    assert_int_equal(read.b.recipe.settings.decay.kind, DECAY_NONE);
    assert_string_equal(text_str(&read.b.recipe.twin), "from=20 decay.kind=none");
    assert_true(read.a.train_loss < read.b.train_loss || read.a.train_loss > read.b.train_loss);
    results_free(&read);
    /* The same again: nothing is due; without the twin it is another run. */
    assert_true(status_is_ok(once_begin(path, &o, &once, &due)));
    assert_false(due);
    once_end(&once);
    o.twin = NULL;
    o.force = false;
    Status refused = once_begin(path, &o, &once, &due);
    assert_int_equal(refused.code, STATUS_INPUT);
    assert_non_null(strstr(refused.text, "twin"));
    once_end(&once);
}

static void what_cannot_be_a_twin_is_refused(void **state)
{
    (void)state;
    static const char *const bad[][2] = {{"decay.kind", "KEY=VALUE"},        {"decay.kind=x", "one of"},
                                         {"decay.kin=l2", "decay.kind"},     {"task.p=5", "cannot differ"},
                                         {"model.seed=1", "cannot differ"},  {"train.batch=8", "same for both"},
                                         {"train.steps=8", "same for both"}, {"lab.fps=2", "same for both"},
                                         {"from=-1", "memorised"},           {"from=soon", "memorised"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        TwinSpec t = {0};
        Status status = twin_spec_add_word(&t, bad[i][0]);
        if (status.code != STATUS_INPUT || !strstr(status.text, bad[i][1]))
            fail_msg("%s: %s", bad[i][0], status.text);
        assert_false(t.asked);
    }
    static const char *const same[] = {"decay.kind=lrd", NULL}, *const only[] = {"from=5", NULL},
                             *const shut[] = {"train.qk_opt=luon", NULL}, *const good[] = {"decay.kind=none", NULL};
    const char *const *const words[] = {same, only, shut};
    Settings settings = fixture_settings();
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        TwinSpec spec = spec_of(words[i]);
        RunOptions o = {.settings = &settings, .twin = &spec};
        Status status;
        assert_null(run_new(&o, &status));
        assert_int_equal(status.code, STATUS_INPUT);
        assert_non_null(strstr(status.text, "twin"));
    }
    TwinSpec spec = spec_of(good);
    RunOptions o = {.settings = &settings, .twin = &spec, .csv = fixture_path("x.csv")};
    Status status;
    assert_null(run_new(&o, &status));
    assert_non_null(strstr(status.text, "--csv"));
}

/* Presets and sweep specs tell it as they were told. */
static void files_hold_a_twin(void **state)
{
    (void)state;
    static const char ini[] = "[task]\np = 23\n[twin]\nfrom = memorised\ndecay.kind = l2\ndecay.strength = 0.25\n";
    Preset p, again;
    Text problems = {0}, printed = {0};
    assert_int_equal(preset_parse("t.ini", ini, strlen(ini), &p, &problems), 0);
    assert_int_equal(p.twin.from, TWIN_FROM_MEMORISED);
    preset_print(&p.settings, &p.schedule, &p.twin, &printed);
    assert_int_equal(preset_parse("t.ini", text_str(&printed), printed.length, &again, &problems), 0);
    assert_int_equal(again.twin.changes.count, 2);
    assert_int_equal(again.twin.from, TWIN_FROM_MEMORISED);
    static const char twice[] = "[twin]\ndecay.kind = l2\ndecay.kind = lrd\nfrom = 1\nfrom = 1\ntask.p = 5\n";
    assert_int_equal(preset_parse("t.ini", twice, strlen(twice), &p, &problems), 3);
    assert_non_null(strstr(text_str(&problems), "t.ini:3"));
    assert_non_null(strstr(text_str(&problems), "t.ini:5"));
    assert_non_null(strstr(text_str(&problems), "t.ini:6"));
    text_clear(&problems);
    text_clear(&printed);
    static const char grid[] = "[axes]\nmodel.seed = 0 1\n[twin]\ndecay.kind = none\n";
    SweepSpec s, copy;
    assert_int_equal(sweep_spec_parse("s.ini", grid, strlen(grid), &s, &problems), 0);
    sweep_spec_print(&s, &printed);
    assert_int_equal(sweep_spec_parse("s.ini", text_str(&printed), printed.length, &copy, &problems), 0);
    Recipe one = sweep_cell_recipe(&s, 1), other = sweep_cell_recipe(&copy, 1);
    assert_true(recipe_is_same(&one, &other, &problems));
    assert_string_equal(text_str(&one.twin), "decay.kind=none");
    recipe_free(&one);
    recipe_free(&other);
    sweep_spec_free(&s);
    sweep_spec_free(&copy);
    static const char none[] = "[axes]\ndecay.kind = none lrd\n[twin]\ndecay.kind = none\n";
    assert_int_equal(sweep_spec_parse("s.ini", none, strlen(none), &s, &problems), 1);
    assert_non_null(strstr(text_str(&problems), "decay.kind=none"));
    text_free(&problems);
    text_free(&printed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_arm_is_the_run_that_it_would_be_alone),
        cmocka_unit_test(both_arms_are_resumed_bit_for_bit),
        cmocka_unit_test(a_twin_turns_as_the_other_arm),
        cmocka_unit_test(a_run_without_its_other_arm_is_held),
        cmocka_unit_test(a_twin_begins_when_it_was_asked_to),
        cmocka_unit_test(stopping_waits_for_both_arms),
        cmocka_unit_test(a_result_names_both_arms),
        cmocka_unit_test(what_cannot_be_a_twin_is_refused),
        cmocka_unit_test(files_hold_a_twin),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
