#include "trainer_fixture.h"

#include <lrd/num/mat.h>

static const ProbeRequest table = {.kind = PROBE_TABLE}, attention = {.kind = PROBE_ATTENTION, .layer = 1},
                          fourier = {.kind = PROBE_FOURIER};

static void probe_make_all(Trainer *t, const ProbeRequest *ask, Probe *p)
{
    do
        assert_true(trainer_probe(t, ask, p));
    while (!probe_answers(p, ask));
}

/* The table says what the evaluation says: the same rows right, in each of the three sets. */
static void test_table_against_evaluation(void **state)
{
    (void)state;
    static Words cases[] = {{"task.op=add"}, {"task.op=sub", "model.depth=1"}, {"task.op=div", "task.p=37"}};
    for (int i = 0; i < COUNT_OF(cases); i++) {
        Trainer *t = fixture_trainer(cases[i]);
        const Dataset *d = trainer_dataset(t);
        fixture_steps(t, 60);
        Evaluation e;
        evaluation_init(&e, trainer_matrix_count(t), trainer_layout(t)->config.dim);
        assert_true(trainer_evaluate(t, &e));
        Probe p = {0};
        probe_make_all(t, &table, &p);
        int64_t count[PAIR_KIND_COUNT] = {0}, right[PAIR_KIND_COUNT] = {0};
        for (int c = 0; c < d->tokens * d->tokens; c++) {
            count[p.cell[c].kind]++;
            right[p.cell[c].kind] += p.cell[c].answer == p.cell[c].right;
            assert_int_equal(p.cell[c].right, task_answer(d->op, d->tokens, c / d->tokens, c % d->tokens));
        }
        assert_int_equal(count[PAIR_TRAINED], d->train_count);
        assert_int_equal(count[PAIR_MIRROR], d->mirror_count);
        assert_int_equal(count[PAIR_UNSEEN], d->unseen_count);
        assert_near((double)right[PAIR_TRAINED], e.train_acc * (double)d->train_count, 1e-6);
        assert_near((double)right[PAIR_UNSEEN], e.unseen_acc * (double)d->unseen_count, 1e-6);
        assert_true(e.train_acc > .02);
        probe_free(&p);
        evaluation_free(&e);
        trainer_free(t);
    }
}

static void test_pair_agrees_with_the_table(void **state)
{
    (void)state;
    Trainer *t = fixture_trainer((Words){"task.op=div"});
    fixture_steps(t, 50);
    Probe p = {0}, q = {0};
    probe_make_all(t, &table, &p);
    for (int a = 0; a < 23; a += 5)
        for (int b = 0; b < 23; b += 4) {
            ProbeRequest ask = {.kind = PROBE_NONE, .pair = true, .pair_a = a, .pair_b = b};
            assert_true(trainer_probe(t, &ask, &q));
            assert_true(probe_answers(&q, &ask));
            const ProbeCell *cell = &p.cell[a * 23 + b];
            assert_int_equal(q.pair.kind, cell->kind);
            assert_int_equal(q.pair.kind == PAIR_OUTSIDE, b == 0);
            assert_int_equal(q.pair.top[0], cell->answer);
            assert_near(q.pair.chance[0], cell->chance / 255.0, .003);
            double sum = 0;
            for (int i = 0; i < PROBE_TOP; i++) {
                sum += q.pair.chance[i];
                assert_true(i == 0 || q.pair.chance[i] <= q.pair.chance[i - 1]);
            }
            assert_true(sum > 0 && sum <= 1 + 1e-9);
            for (int l = 0; l < 2; l++)
                assert_near((double)(q.pair.look[l][0] + q.pair.look[l][1] + q.pair.look[l][2]), 1, 1e-5);
        }
    const ProbeRequest outside = {.kind = PROBE_NONE, .pair = true, .pair_a = 23, .pair_b = 0};
    assert_true(trainer_probe(t, &outside, &q));
    assert_true(probe_answers(&q, &outside)); /* else a paused session would ask for ever */
    assert_int_equal(q.pair.kind, PAIR_OUTSIDE);
    probe_free(&p);
    probe_free(&q);
    trainer_free(t);
}

static void test_attention(void **state)
{
    (void)state;
    Trainer *t = fixture_trainer((Words){"task.p=31"});
    fixture_steps(t, 20);
    Probe p = {0};
    probe_make_all(t, &attention, &p);
    assert_int_equal(p.side, 31);
    assert_int_equal(p.look_rows, 512);
    for (int h = 0; h < p.maps; h++) {
        for (int i = 0; i < 31; i++) { /* a softmax: the mean of a row is 1 */
            double sum = 0;
            for (int j = 0; j < 31; j++)
                sum += (double)p.map[(h * 31 + i) * 31 + j];
            assert_near(sum, 31, 1e-3);
        }
        for (int l = 0; l < p.layers; l++)
            assert_near((double)(p.look[l][h][0] + p.look[l][h][1] + p.look[l][h][2]), 1, 1e-4);
    }
    probe_free(&p);
    trainer_free(t);
}

/* Frequencies of sums run over the numbers, of products over the powers of a root; permutations have none. */
static void test_fourier(void **state)
{
    (void)state;
    static Words cases[] = {
        {"task.op=add"}, {"task.op=mul"}, {"task.op=s5", "task.frac=0.1"}, {"task.op=mul", "task.p=24"}};
    static const int frequencies[] = {11, 11, 0, 12};
    for (int i = 0; i < COUNT_OF(cases); i++) {
        Trainer *t = fixture_trainer(cases[i]);
        Probe p = {0};
        probe_make_all(t, &fourier, &p);
        assert_int_equal(p.frequencies, frequencies[i]);
        assert_int_equal(p.by_logarithm, i == 1);
        for (int m = 0; m < 2 && p.frequencies; m++) {
            double sum = 0;
            for (int k = 0; k < p.frequencies; k++)
                sum += p.power[m][k];
            assert_near(sum, 1, 1e-9);
        }
        probe_free(&p);
        trainer_free(t);
    }
}

/* Embeddings that are a wave over the powers of a root have one frequency. */
static void test_fourier_of_a_product_finds_its_wave(void **state)
{
    (void)state;
    Trainer *t = fixture_trainer((Words){"task.op=mul"});
    const ModelLayout *L = trainer_layout(t);
    float *E = trainer_state(t)->weights + L->embedding;
    for (int i = 0, at = 1; i < 22; i++, at = at * 5 % 23) /* 5 is the smallest primitive root of 23 */
        for (int d = 0; d < 16; d++)
            E[at * 16 + d] = (float)cos(2 * 3.14159265358979 * 3 * i / 22 + d);
    Probe p = {0};
    probe_make_all(t, &fourier, &p);
    assert_near(p.power[0][2], 1, 1e-5);
    probe_free(&p);
    trainer_free(t);
}

/* Looking changes nothing: the run goes on bit for bit, and what is seen does not depend on the threads. */
static void test_looking_changes_nothing(void **state)
{
    (void)state;
    Trainer *plain = fixture_trainer((Words){NULL}), *watched = fixture_trainer((Words){"train.threads=3"});
    const ProbeRequest asks[] = {table, attention, fourier, {.kind = PROBE_ATTENTION, .pair = true, .pair_b = 3}};
    Probe p = {0}, q = {0};
    for (int i = 0; i < 12; i++) {
        fixture_steps(plain, 1);
        fixture_steps(watched, 1);
        assert_true(trainer_probe(watched, &asks[i % 4], &p));
    }
    StateCopy a = state_copy(plain), b = state_copy(watched);
    assert_memory_equal(a.arenas, b.arenas, 3 * a.floats * sizeof(float));
    assert_memory_equal(a.permutation, b.permutation, a.rows * sizeof *a.permutation);
    probe_make_all(plain, &asks[3], &q);
    assert_memory_equal(p.map, q.map, (size_t)p.maps * (size_t)(p.side * p.side) * sizeof *p.map);
    assert_memory_equal(p.look, q.look, sizeof p.look);
    assert_memory_equal(&p.pair.chance, &q.pair.chance, sizeof p.pair.chance);
    state_free(&a);
    state_free(&b);
    probe_free(&p);
    probe_free(&q);
    trainer_free(plain);
    trainer_free(watched);
}

static void test_copies(void **state)
{
    (void)state;
    Trainer *t = fixture_trainer((Words){NULL});
    Probe p = {0}, copy = {0};
    const ProbeRequest asks[] = {table, attention, fourier, table};
    for (int i = 0; i < 4; i++) {
        probe_make_all(t, &asks[i], &p);
        probe_copy(&copy, &p);
        assert_true(probe_answers(&copy, &asks[i]));
        assert_true(!copy.cell == !p.cell && !copy.map == !p.map);
        assert_true(!copy.cell || copy.cell != p.cell);
    }
    probe_outdate(&p);
    assert_false(probe_answers(&p, &table));
    probe_free(&p);
    probe_free(&copy);
    trainer_free(t);
}

static void test_largest(void **state)
{
    (void)state;
    const double values[] = {.1, .5, .2, .5, 0};
    int places[5];
    assert_int_equal(probe_largest(values, 5, 3, places), 3);
    assert_int_equal(places[0], 1); /* the first of equal ones */
    assert_int_equal(places[1], 3);
    assert_int_equal(places[2], 2);
    assert_int_equal(probe_largest(values, 2, 5, places), 2);
}

/* Every number stands once on the clock, neighbours one wave's place apart, the furthest at length 1; products leave 0
 * out, permutations have none. */
static void test_clock_holds_every_number(void **state)
{
    (void)state;
    static Words cases[] = {{"task.op=add"}, {"task.op=mul", "task.p=37"}, {"task.op=s5"}};
    for (int i = 0; i < COUNT_OF(cases); i++) {
        Trainer *t = fixture_trainer(cases[i]);
        Probe p = {0};
        fixture_steps(t, 5);
        probe_make_all(t, &fourier, &p);
        bool seen[PROBE_CLOCK_MAX] = {false};
        double radius = 0;
        int strongest;
        assert_int_equal(p.clock_count, i == 2 ? 0 : p.tokens - (i == 1));
        for (int at = 0; at < p.clock_count; at++) {
            assert_false(seen[p.clock_number[at]]);
            seen[p.clock_number[at]] = true;
            radius = fmax(radius, hypot((double)p.clock[at][0], (double)p.clock[at][1]));
        }
        for (int at = 1; i == 0 && at < p.clock_count; at++)
            assert_int_equal((int64_t)p.clock_number[at] * p.clock_frequency % p.tokens, at);
        if (i < 2) {
            probe_largest(p.power[0], p.frequencies, 1, &strongest);
            assert_int_equal(p.clock_frequency, strongest + 1);
            assert_true(fabs(radius - 1) < 1e-5 && !seen[0] == (i == 1));
        }
        probe_free(&p);
        trainer_free(t);
    }
}

int main(void)
{
    mat_use_one_thread();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clock_holds_every_number),
        cmocka_unit_test(test_table_against_evaluation),
        cmocka_unit_test(test_pair_agrees_with_the_table),
        cmocka_unit_test(test_attention),
        cmocka_unit_test(test_fourier),
        cmocka_unit_test(test_fourier_of_a_product_finds_its_wave),
        cmocka_unit_test(test_looking_changes_nothing),
        cmocka_unit_test(test_copies),
        cmocka_unit_test(test_largest),
    };
    return cmocka_run_group_tests_name("log/probe", tests, NULL, NULL);
}
