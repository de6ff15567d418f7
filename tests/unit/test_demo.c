/* Demos: finding them, and that those that ship are runs of the presets as these are now. Run at the top of the tree.
 */
#include <sys/stat.h>

#include <lrd/app/setup.h>
#include <lrd/session/demo.h>
#include <lrd/log/log_index.h>
#include <lrd/sweep/result.h>
#include <lrd/log/runlog.h>

#include "files_fixture.h"

enum { DEMO_BYTES_MOST = 350000, WORDS_MOST = 32 };

/* The settings that "lrdlab train WORD..." would take. */
static void settings_of_words(char **words, int count, Settings *out)
{
    const Verb *verb;
    Arguments a;
    Setup setup;
    assert_ok(cli_parse(count, words, &verb, &a));
    assert_int_equal(setup_read(&a, NULL, &setup), EXIT_DONE);
    assert_int_equal(setup.schedule.count, 0); /* a start row does not tell one */
    *out = setup.settings;
    setup_free(&setup);
    arguments_free(&a);
}

static void read_start(const char *path, LogStart *out)
{
    Status s;
    Record record;
    record_init(&record);
    RunlogReader *reader = runlog_reader_open(path, &s);
    assert_ok(s);
    assert_true(runlog_reader_next(reader, &record, &s));
    assert_int_equal(record.kind, RECORD_START);
    *out = record.start;
    runlog_reader_close(reader);
    record_free(&record);
}

static void check_recipe(const char *path, const Settings *now)
{
    LogStart start;
    read_start(path, &start);
    Text difference = {0};
    Recipe there = recipe_make(&start.settings, NULL, NULL, NULL, NULL, false);
    Recipe here = recipe_make(now, NULL, NULL, NULL, NULL, false);
    if (!recipe_is_same(&there, &here, &difference))
        fail_msg("%s is out of date: %s; run: make demos", path, text_str(&difference));
    assert_string_equal(start.settings.lab.title, now->lab.title);
    assert_string_equal(start.settings.lab.story, now->lab.story);
    text_free(&difference);
    recipe_free(&there);
    recipe_free(&here);
}

static void check_log(const char *path)
{
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    assert_true(about.st_size <= DEMO_BYTES_MOST);
    Status s, fault;
    LogIndex *book = log_index_open(path, &s);
    assert_ok(s);
    log_index_read(book, &fault);
    assert_ok(fault);
    assert_false(log_index_is_foreign(book));
    assert_true(log_index_has_ended(book));
    const RunSummary *b = log_index_summary(book);
    assert_true(b->evaluation.matrix_count > 0 && b->evaluation.sigma_count > 0);
    assert_true(b->memorised >= 0);
    Probe p = {0};
    for (int kind = PROBE_NONE + 1; kind < PROBE_KIND_COUNT; kind++) {
        const ProbeRequest ask = {.kind = (ProbeKind)kind, .layer = kind == PROBE_ATTENTION};
        assert_true(log_index_probe_at(book, 0, &ask, &p) && p.step == 0);
        assert_true(log_index_probe_at(book, b->step, &ask, &p) && p.step == b->step);
    }
    probe_free(&p);
    log_index_close(book);
}

static void test_shipped_demos_are_of_their_presets(void **state)
{
    (void)state;
    Text recipes = file_get("presets/demos/recipes");
    char *at = NULL;
    int count = 0;
    for (char *line = strtok_r(recipes.data, "\n", &at); line; line = strtok_r(NULL, "\n", &at)) {
        char *words[WORDS_MOST] = {"lrdlab", "train"}, *inside = NULL, path[128];
        int n = 2;
        char *name = *line == '#' ? NULL : strtok_r(line, " ", &inside);
        if (!name)
            continue;
        while (n < WORDS_MOST && (words[n] = strtok_r(NULL, " ", &inside)))
            n++;
        assert_true(n > 2 && n < WORDS_MOST);
        Settings now;
        settings_of_words(words, n, &now);
        snprintf(path, sizeof path, "presets/demos/%s.jsonl", name);
        check_recipe(path, &now);
        check_log(path);
        count++;
    }
    assert_true(count > 0);
    text_free(&recipes);
}

static void test_the_default_demo_has_an_opponent(void **state)
{
    (void)state;
    Demo demo;
    assert_ok(demo_find(preset_default_name, &demo));
    assert_int_equal(demo.count, 2);
    assert_string_equal(demo.name[0], preset_default_name);
    assert_string_equal(demo.name[1], "l2");
    assert_string_equal(demo.preset, preset_default_name);
    assert_string_equal(text_str(&demo.path[1]), "presets/demos/classroom.l2.jsonl");
    demo_free(&demo);
}

static void put_log(const char *name, const char *title)
{
    Text row = {0};
    text_addf(&row, "{\"event\":\"start\",\"settings\":{\"lab.title\":\"%s\"}}\n", title);
    char path[64];
    snprintf(path, sizeof path, "lrdlab/demos/%s.jsonl", name);
    file_put(files_path(path), text_str(&row), row.length);
    text_free(&row);
}

/* One's own: ghosts by name, in order; what has a dot in its name is no demo of its own. */
static void test_own_demos(void **state)
{
    (void)state;
    assert_true(mkdir(files_path("lrdlab"), 0700) == 0 && mkdir(files_path("lrdlab/demos"), 0700) == 0);
    put_log("mine", "Mine");
    put_log("mine.svt", "");
    put_log("mine.l2", "");
    put_log("minefield", "Another");
    file_put(files_path("lrdlab/demos/words.jsonl"), "words\n", 6);
    file_put(files_path("lrdlab/demos/other.txt"), "", 0);
    setenv("XDG_CONFIG_HOME", files_folder, 1);
    Demo demo;
    assert_ok(demo_find("mine", &demo));
    assert_int_equal(demo.count, 3);
    assert_string_equal(demo.name[1], "l2");
    assert_string_equal(demo.name[2], "svt");
    assert_string_equal(text_str(&demo.path[2]), files_path("lrdlab/demos/mine.svt.jsonl"));
    demo_free(&demo);

    CatalogEntry *entries;
    int count = demo_list(&entries), found = 0;
    for (int i = 0; i < count; i++) {
        assert_null(strchr(entries[i].name, '.'));
        assert_true(i == 0 || strcmp(entries[i - 1].name, entries[i].name) < 0);
        if (strcmp(entries[i].name, "mine") == 0)
            found += strcmp(entries[i].title, "Mine") == 0 && strcmp(entries[i].where, "your own") == 0;
        if (strcmp(entries[i].name, "words") == 0)
            found += strcmp(entries[i].title, "(it is no log)") == 0;
    }
    assert_int_equal(found, 2);
    free(entries);
}

static void test_names_that_are_none(void **state)
{
    (void)state;
    Demo demo;
    assert_says(demo_find("clasroom", &demo), STATUS_INPUT, "did you mean classroom?");
    assert_says(demo_find("nothing-like-it", &demo), STATUS_INPUT, "lrdlab demo --list");
    assert_says(demo_find("classroom.l2", &demo), STATUS_INPUT, "there is no demo");
    assert_says(demo_find("../demos/classroom", &demo), STATUS_INPUT, "there is no demo");
    assert_says(demo_find("", &demo), STATUS_INPUT, "there is no demo");
    assert_int_equal(demo.count, 0);
    demo_free(&demo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shipped_demos_are_of_their_presets),
        cmocka_unit_test(test_the_default_demo_has_an_opponent),
        cmocka_unit_test(test_names_that_are_none),
        cmocka_unit_test(test_own_demos),
    };
    return cmocka_run_group_tests(tests, files_setup, files_teardown);
}
