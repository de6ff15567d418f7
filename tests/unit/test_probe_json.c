/* Probes in a log: what is told reads back, what is not one is refused, and it stands where it was made. */
#include "run_fixture.h"

#include <math.h>

#include <lrd/base/util.h>
#include <lrd/log/log_index.h>
#include <lrd/log/probe_json.h>
#include <lrd/train/trainer.h>

static const ProbeRequest table = {.kind = PROBE_TABLE}, fourier = {.kind = PROBE_FOURIER};

static Settings settings_of(const char *op, const char *p)
{
    Settings s = fixture_settings();
    assert_true(status_is_ok(settings_set(&s, "task.op", op)) && status_is_ok(settings_set(&s, "task.p", p)));
    return s;
}

/* After some steps, so that answers are right here and wrong there. */
static Trainer *trained(const Settings *s, int steps)
{
    Dataset d;
    assert_true(status_is_ok(dataset_split(&d, (TaskOp)s->task.op, s->task.p, s->task.frac, (uint64_t)s->task.seed)));
    Trainer *t = trainer_new(s, &d);
    for (int i = 0; i < steps; i++)
        assert_int_equal(trainer_step(t, false), STEP_DONE);
    return t;
}

static Probe make_probe(Trainer *t, const ProbeRequest *ask)
{
    Probe p = {0};
    while (!probe_answers(&p, ask))
        assert_true(trainer_probe(t, ask, &p));
    return p;
}

static void assert_tables_equal(const Probe *p, const Probe *q)
{
    assert_int_equal(p->tokens, q->tokens);
    assert_int_equal(p->step, q->step);
    for (int i = 0; i < p->tokens * p->tokens; i++) {
        assert_int_equal(p->cell[i].answer, q->cell[i].answer);
        assert_int_equal(p->cell[i].right, q->cell[i].right);
        assert_int_equal(p->cell[i].kind, q->cell[i].kind);
        assert_true(abs(p->cell[i].chance - q->cell[i].chance) <= 2); /* of 255, told in 64 steps */
    }
}

static void test_tables_read_back(void **state)
{
    (void)state;
    static const char *const tasks[][2] = {{"add", "23"}, {"sub", "7"}, {"div", "13"}, {"s5", "5"}, {"mul", "71"}};
    for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++) {
        const Settings s = settings_of(tasks[i][0], tasks[i][1]);
        Trainer *t = trained(&s, 40);
        Probe p = make_probe(t, &table), q = {.version = 7};
        Text row = {0};
        probe_print(&p, &row);
        assert_true(probe_read(row.data, row.length, &s, &q));
        assert_tables_equal(&p, &q);
        assert_true(probe_answers(&q, &table) && q.oldest == q.step && q.version > 7);
        text_free(&row);
        probe_free(&p);
        probe_free(&q);
        trainer_free(t);
    }
}

static void test_frequencies_read_back(void **state)
{
    (void)state;
    static const char *const tasks[][2] = {{"add", "23"}, {"mul", "23"}, {"s5", "5"}};
    for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++) {
        const Settings s = settings_of(tasks[i][0], tasks[i][1]);
        Trainer *t = trained(&s, 5);
        Probe p = make_probe(t, &fourier), q = {0};
        Text row = {0};
        probe_print(&p, &row);
        assert_true(probe_read(row.data, row.length, &s, &q));
        assert_int_equal(q.frequencies, p.frequencies);
        assert_int_equal(q.by_logarithm, p.by_logarithm);
        for (int which = 0; which < 2; which++)
            for (int k = 0; k < p.frequencies; k++)
                assert_true(fabs(p.power[which][k] - q.power[which][k]) <= 1e-3 * p.power[which][k]);
        text_free(&row);
        probe_free(&p);
        probe_free(&q);
        trainer_free(t);
    }
}

/* Levels two thirds of an octave apart, so a third of one off at most where the map is between 1/4 and 4. */
static void test_attention_reads_back(void **state)
{
    (void)state;
    const Settings s = settings_of("add", "23");
    const ProbeRequest ask = {.kind = PROBE_ATTENTION, .layer = 1};
    Trainer *t = trained(&s, 60);
    Probe p = make_probe(t, &ask), q = {0};
    Text row = {0};
    probe_print(&p, &row);
    assert_true(probe_read(row.data, row.length, &s, &q));
    assert_true(probe_answers(&q, &ask) && q.side == p.side && q.maps == p.maps && q.look_rows == p.look_rows);
    for (int i = 0; i < p.maps * p.side * p.side; i++) {
        double there = log2(fmin(fmax((double)p.map[i], .25), 4)), here = log2((double)q.map[i]);
        assert_true(fabs(there - here) <= 1. / 3 + 1e-6);
    }
    for (int l = 0; l < p.layers; l++)
        for (int h = 0; h < p.maps; h++)
            for (int j = 0; j < MODEL_POSITIONS; j++)
                assert_true(fabsf(p.look[l][h][j] - q.look[l][h][j]) <= .001f);
    text_free(&row);
    probe_free(&p);
    probe_free(&q);
    trainer_free(t);
}

static void assert_refused(const char *row, const Settings *s)
{
    Probe q = {.version = 7, .tokens = 3};
    if (probe_read(row, strlen(row), s, &q))
        fail_msg("was read: %s", row);
    assert_true(q.version == 7 && q.tokens == 3 && !q.cell);
}

static void test_what_is_none_is_refused(void **state)
{
    (void)state;
    const Settings s = settings_of("add", "2");
    const char *good = "{\"portrait\":\"table\",\"step\":5,\"trained\":\"B\",\"cells\":\"A~BAAA-\"}";
    Probe q = {0};
    assert_true(probe_read(good, strlen(good), &s, &q));
    assert_int_equal(q.cell[0].kind, PAIR_TRAINED);
    assert_int_equal(q.cell[1].answer, 1);
    assert_int_equal(q.cell[3].chance, 255);
    probe_free(&q);
    static const char *const bad[] = {
        "",
        "[]",
        "{}",
        "{\"portrait\":\"table\",\"step\":5}",
        "{\"portrait\":\"attention\",\"step\":5}",
        "{\"portrait\":\"none\",\"step\":5}",
        "{\"portrait\":\"attention\",\"step\":5,\"layer\":7,\"maps\":[\"AA\",\"AA\",\"AA\",\"AA\"]}",
        "{\"portrait\":\"attention\",\"step\":5,\"layer\":0,\"maps\":[\"AA\",\"AA\",\"AA\",\"A\"]}",
        "{\"portrait\":\"table\",\"step\":5,\"trained\":\"B\",\"cells\":\"AAA\"}",      /* too short */
        "{\"portrait\":\"table\",\"step\":5,\"trained\":\"B\",\"cells\":\"AAAAA\"}",    /* too long */
        "{\"portrait\":\"table\",\"step\":5,\"trained\":\"\",\"cells\":\"AAAA\"}",      /* no bits */
        "{\"portrait\":\"table\",\"step\":5,\"trained\":\"BB\",\"cells\":\"AAAA\"}",    /* too many */
        "{\"portrait\":\"table\",\"step\":5,\"trained\":\"B\",\"cells\":\"AAA~-\"}",    /* half an answer */
        "{\"portrait\":\"table\",\"step\":5,\"trained\":\"B\",\"cells\":\"AAA~--A\"}",  /* of no token */
        "{\"portrait\":\"table\",\"step\":5,\"trained\":\"B\",\"cells\":\"AA A\"}",     /* no digit */
        "{\"portrait\":\"table\",\"step\":5.5,\"trained\":\"B\",\"cells\":\"AAAA\"}",   /* between two steps */
        "{\"portrait\":\"fourier\",\"step\":5,\"embedding\":[1]}",                      /* of one layer */
        "{\"portrait\":\"fourier\",\"step\":5,\"embedding\":[1],\"output\":[0.5,0.5]}", /* of two lengths */
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_refused(bad[i], &s);
}

/* A log without probes is the one that has them, without these rows: making them changes nothing. */
static void test_the_run_is_the_same(void **state)
{
    (void)state;
    const Settings s = fixture_settings();
    RunOptions o = {.settings = &s, .log = fixture_path("plain.jsonl")};
    train_to_end(&o);
    o.log = fixture_path("told.jsonl");
    o.probes = true;
    train_to_end(&o);
    json_t *plain = log_read(fixture_path("plain.jsonl"), false), *told = log_read(o.log, false), *row;
    size_t i, at = 0, probes = 0;
    json_array_foreach(told, i, row)
    {
        if (json_object_get(row, "portrait"))
            probes++;
        else
            assert_true(json_equal(row, json_array_get(plain, at++)));
    }
    assert_int_equal(at, json_array_size(plain));
    assert_int_equal(probes, 4 * 11); /* three kinds, one of them for two layers; steps 0 to 200 by 20 */
    json_decref(plain);
    json_decref(told);
}

static void test_of_a_step(void **state)
{
    (void)state;
    const Settings s = fixture_settings();
    RunOptions o = {.settings = &s, .log = fixture_path("steps.jsonl"), .probes = true};
    train_to_end(&o);
    Status fault;
    LogIndex *book = log_index_open(o.log, &fault);
    assert_non_null(book);
    log_index_read(book, &fault);
    assert_string_equal(fault.text, "");
    Probe p = {0};
    assert_true(log_index_probe_at(book, 75, &table, &p));
    assert_int_equal(p.step, 60);
    Trainer *t = trained(&s, 60);
    Probe q = make_probe(t, &table);
    assert_tables_equal(&q, &p);
    uint64_t version = p.version;
    assert_true(log_index_probe_at(book, 79, &table, &p));
    assert_int_equal(p.version, version); /* nothing was read */
    assert_true(log_index_probe_at(book, 10000, &fourier, &p));
    assert_true(p.step == 200 && p.frequencies == 11 && !p.cell);
    assert_false(log_index_probe_at(book, 100, &(ProbeRequest){.kind = PROBE_NONE}, &p));
    assert_false(log_index_probe_at(book, 100, &(ProbeRequest){.kind = PROBE_ATTENTION, .layer = 2}, &p));
    assert_false(log_index_probe_at(book, 100, &(ProbeRequest){.kind = PROBE_ATTENTION, .layer = 99}, &p));
    assert_int_equal(p.step, 200);
    for (int layer = 0; layer < 2; layer++) {
        assert_true(log_index_probe_at(book, 79, &(ProbeRequest){.kind = PROBE_ATTENTION, .layer = layer}, &p));
        assert_true(p.step == 60 && p.ask.layer == layer && p.map);
    }

    /* Gone on with from step 90: what is told of later steps no longer holds. */
    FILE *f = fopen(o.log, "a");
    fputs("{\"event\":\"resumed\",\"step\":90}\n", f);
    fclose(f);
    log_index_read(book, &fault);
    assert_true(log_index_probe_at(book, 10000, &table, &p));
    assert_int_equal(p.step, 80);
    probe_free(&p);
    probe_free(&q);
    trainer_free(t);
    log_index_close(book);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables_read_back),     cmocka_unit_test(test_frequencies_read_back),
        cmocka_unit_test(test_attention_reads_back), cmocka_unit_test(test_what_is_none_is_refused),
        cmocka_unit_test(test_the_run_is_the_same),  cmocka_unit_test(test_of_a_step),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
