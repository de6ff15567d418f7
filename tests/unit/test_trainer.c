/* The step: bit for bit the same for any number of threads, left alone when it is abandoned or not finite, and nothing
 * is allocated in it. */
#include "trainer_fixture.h"

#include <pthread.h>
#include <unistd.h>

#include <lrd/num/mat.h>

/* ---- Allocations, counted where the C library lets its functions be stood before. Sanitizers do so themselves. */

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#if defined(__has_feature)
#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
#define COUNTS_ALLOCATIONS
#endif
#else
#define COUNTS_ALLOCATIONS
#endif
#endif

#ifdef COUNTS_ALLOCATIONS
static atomic_long allocations;

void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t bytes);
void *__libc_memalign(size_t alignment, size_t bytes);

void *malloc(size_t bytes)
{
    atomic_fetch_add(&allocations, 1);
    return __libc_malloc(bytes);
}

void *calloc(size_t count, size_t size)
{
    atomic_fetch_add(&allocations, 1);
    return __libc_calloc(count, size);
}

void *realloc(void *old, size_t bytes)
{
    atomic_fetch_add(&allocations, 1);
    return __libc_realloc(old, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes)
{
    atomic_fetch_add(&allocations, 1);
    return __libc_memalign(alignment, bytes);
}
#endif

/* ---- Any number of threads */

static Words kinds[] = {
    {"train.qk_turn=2", "train.qk_hold=1", "decay.relative=1"},
    {"train.qk_opt=muon", "train.qk_hold=1", "train.qk_norm=3"},
    {"train.qk_opt=luon", "decay.kind=none", "train.loss=stablemax", "model.temp=.5"},
    {"model.attention=uniform", "decay.kind=shrink", "train.qk_lr=3", "train.beta2=.98"},
    {"decay.kind=none"},
    {"decay.kind=l2", "decay.targets=all", "decay.strength=.5"},
    {"decay.kind=lrd"},
    {"decay.kind=polar", "decay.targets=all"},
    {"decay.kind=svt", "decay.targets=blocks"},
    {"decay.kind=elastic", "decay.targets=attn"},
    {"decay.kind=radial"},
    {"decay.kind=tangential"},
};

static Words batches[] = {
    {"train.batch=0"},
    {"train.batch=1"},
    {"train.batch=7"}, /* the table holds the batch's own rows */
    {"train.batch=15", "model.qk_norm=head"},
    {"train.batch=100"}, /* a short last one */
    {"train.batch=100000", "train.clip=.1"},
    {"train.batch=0", "model.depth=1", "model.mlp_kind=swiglu", "model.qk_norm=off"},
    {"train.batch=1100", "task.p=53", "model.depth=3"},
    {"train.batch=0", "task.p=73", "task.op=div"},
    {"train.batch=0", "task.p=31", "model.heads=1"}, /* a head of 16: the other two ways to mix */
    {"train.batch=20", "model.heads=1", "model.depth=3"},
};

static void run_with_threads(Words words, const char *threads, int steps, StateCopy *end, double *losses,
                             float **gradients)
{
    Settings s = fixture_settings(words);
    fixture_change(&s, threads);
    Trainer *t = fixture_trainer_of(&s);
    const size_t floats = trainer_layout(t)->parameters;
    *gradients = xfloats(floats * (size_t)steps);
    for (int i = 0; i < steps; i++) {
        assert_int_equal(trainer_step(t, i % 2), STEP_DONE);
        losses[i] = trainer_last(t).loss;
        memcpy(*gradients + floats * (size_t)i, trainer_gradient(t), floats * sizeof(float));
    }
    *end = state_copy(t);
    trainer_free(t);
}

static void check_threads(Words words)
{
    enum { STEPS = 6 };
    static const char *const threads[] = {"train.threads=1", "train.threads=2", "train.threads=3"};
    StateCopy end[3];
    double losses[3][STEPS];
    float *gradients[3];
    for (int i = 0; i < 3; i++) {
        run_with_threads(words, threads[i], STEPS, &end[i], losses[i], &gradients[i]);
        assert_memory_equal(losses[i], losses[0], sizeof losses[0]);
        assert_memory_equal(gradients[i], gradients[0], end[0].floats * STEPS * sizeof(float));
        assert_states_equal(&end[i], &end[0]);
    }
    assert_int_equal(end[0].state.step, STEPS);
    for (int i = 0; i < 3; i++) {
        state_free(&end[i]);
        free(gradients[i]);
    }
}

static void test_threads_change_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < COUNT_OF(kinds); i++)
        check_threads(kinds[i]);
    for (int i = 0; i < COUNT_OF(batches); i++)
        check_threads(batches[i]);
}

/* Nor does changing their number as it trains, nor what was allocated for a larger batch. */
static void test_configure_midway(void **state)
{
    (void)state;
    static Words plain = {NULL};
    static const char *const threads[] = {"train.threads=3", "train.threads=1", "train.threads=2"};
    Settings s = fixture_settings(plain);
    Trainer *a = fixture_trainer(plain), *b = fixture_trainer(plain);
    for (int i = 0; i < COUNT_OF(threads); i++) {
        fixture_change(&s, threads[i]);
        trainer_configure(b, &s);
        fixture_steps(b, 3);
    }
    fixture_steps(a, 9);
    static const char *const changes[] = {"train.batch=0",     "decay.kind=polar", "train.batch=16",
                                          "decay.targets=all", "train.lr=.01",     "train.batch=200"};
    Settings of_a = fixture_settings(plain);
    for (int i = 0; i < COUNT_OF(changes); i++) {
        fixture_change(&s, changes[i]);
        fixture_change(&of_a, changes[i]);
        trainer_configure(a, &of_a);
        trainer_configure(b, &s);
        fixture_steps(a, 2);
        fixture_steps(b, 2);
    }
    StateCopy expected = state_copy(a);
    assert_state(b, &expected);
    state_free(&expected);
    trainer_free(a);
    trainer_free(b);
}

/* Nor what a step before it left behind: a trainer that has made steps goes on as a new one in the same state does,
 * also where the last batch of an epoch is smaller than the number of shards. */
static void check_fresh(Words words)
{
    Trainer *used = fixture_trainer(words);
    for (int i = 0; i < 3; i++) {
        fixture_steps(used, 1);
        StateCopy before = state_copy(used);
        Trainer *fresh = fixture_trainer(words);
        TrainerState *s = trainer_state(fresh);
        const TrainerState own = *s;
        *s = before.state;
        s->weights = memcpy(own.weights, before.arenas, before.floats * sizeof(float));
        s->m = memcpy(own.m, before.arenas + before.floats, before.floats * sizeof(float));
        s->v = memcpy(own.v, before.arenas + 2 * before.floats, before.floats * sizeof(float));
        s->permutation = memcpy(own.permutation, before.permutation, before.rows * sizeof *own.permutation);
        fixture_steps(used, 1);
        fixture_steps(fresh, 1);
        StateCopy expected = state_copy(fresh);
        assert_state(used, &expected);
        state_free(&before);
        state_free(&expected);
        trainer_free(fresh);
    }
    trainer_free(used);
}

static void test_steps_leave_nothing_behind(void **state)
{
    (void)state;
    static Words cases[] = {{"train.batch=263"}, /* of 264 rows */
                            {"train.batch=262", "model.heads=1"},
                            {"train.batch=87", "model.depth=1"},
                            {"train.batch=37"},
                            {"train.batch=1100", "task.p=47", "model.mlp_kind=swiglu"}};
    for (int i = 0; i < COUNT_OF(cases); i++)
        check_fresh(cases[i]);
}

/* ---- Abandoned */

static void check_abandon(Words words)
{
    Trainer *t = fixture_trainer(words), *plain = fixture_trainer(words);
    for (int i = 0; i < 12; i++) {
        StateCopy before = state_copy(t);
        trainer_abandon(t);
        assert_int_equal(trainer_step(t, true), STEP_ABANDONED);
        assert_int_equal(trainer_step(t, false), STEP_ABANDONED); /* until it is cleared */
        assert_state(t, &before);
        trainer_clear_abandon(t);
        state_free(&before);
        fixture_steps(t, 1);
        fixture_steps(plain, 1);
        StateCopy expected = state_copy(plain);
        assert_state(t, &expected);
        state_free(&expected);
    }
    trainer_free(t);
    trainer_free(plain);
}

static void test_abandoned_step_changes_nothing(void **state)
{
    (void)state;
    static Words cases[] = {{"train.batch=100"},
                            {"train.batch=0", "train.threads=2"},
                            {"train.batch=264"},
                            {"train.batch=7"},
                            {"train.batch=88", "decay.kind=svt"}};
    for (int i = 0; i < COUNT_OF(cases); i++)
        check_abandon(cases[i]);
}

static void *abandon_soon(void *context)
{
    usleep(200);
    trainer_abandon(context);
    return NULL;
}

/* From another thread, at whatever moment: the step is done whole or not at all. */
static void test_abandoned_from_outside(void **state)
{
    (void)state;
    static Words large = {"task.p=97", "train.batch=0", "train.threads=2"};
    Trainer *t = fixture_trainer(large);
    for (int i = 0; i < 10; i++) {
        StateCopy before = state_copy(t);
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, abandon_soon, t), 0);
        StepOutcome outcome = trainer_step(t, false);
        pthread_join(thread, NULL);
        trainer_clear_abandon(t);
        if (outcome == STEP_ABANDONED)
            assert_state(t, &before);
        else
            assert_int_equal(trainer_state(t)->step, before.state.step + 1);
        state_free(&before);
    }
    trainer_free(t);
}

/* ---- Not finite */

static void test_non_finite_weights_stop_the_step(void **state)
{
    (void)state;
    static Words cases[] = {{"train.batch=0"},
                            {"train.batch=0", "model.qk_norm=off", "model.mlp_kind=swiglu"},
                            {"train.batch=0", "model.qk_norm=head", "model.depth=1"}};
    static const float poisons[] = {NAN, INFINITY, -INFINITY};
    for (int c = 0; c < COUNT_OF(cases); c++) {
        Trainer *t = fixture_trainer(cases[c]);
        const ModelLayout *L = trainer_layout(t);
        float *w = trainer_state(t)->weights;
        for (int i = 0; i < L->tensor_count; i++)
            for (int p = 0; p < COUNT_OF(poisons); p++) {
                const size_t at = L->tensors[i].offset + tensor_size(&L->tensors[i]) / 2;
                const float kept = w[at];
                assert_true(trainer_weights_are_finite(t));
                w[at] = poisons[p];
                assert_false(trainer_weights_are_finite(t));
                StateCopy before = state_copy(t);
                if (trainer_step(t, true) != STEP_NON_FINITE)
                    fail_msg("%s with %f was trained on", L->tensors[i].name, (double)poisons[p]);
                assert_state(t, &before);
                state_free(&before);
                w[at] = kept;
            }
        fixture_steps(t, 1); /* and goes on where it was */
        trainer_free(t);
    }
}

/* ---- Allocations */

static void test_nothing_is_allocated_in_a_step(void **state)
{
    (void)state;
#ifdef COUNTS_ALLOCATIONS
    long before = atomic_load(&allocations);
    free(xcalloc(1, 1));
    assert_int_equal(atomic_load(&allocations), before + 1); /* the counter counts */
    for (int i = 0; i < COUNT_OF(kinds); i++) {
        Settings s = fixture_settings(kinds[i]);
        fixture_change(&s, "train.threads=2");
        Trainer *t = fixture_trainer_of(&s);
        fixture_steps(t, 2); /* libraries may set themselves up */
        before = atomic_load(&allocations);
        for (int step = 0; step < 10; step++)
            assert_int_equal(trainer_step(t, step % 2), STEP_DONE);
        assert_int_equal(atomic_load(&allocations), before);
        trainer_free(t);
    }
#else
    skip();
#endif
}

/* ---- Batches */

static void test_every_epoch_is_a_permutation(void **state)
{
    (void)state;
    static Words words = {"train.batch=100"};
    Trainer *t = fixture_trainer(words);
    const TrainerState *s = trainer_state(t);
    const int64_t rows = trainer_dataset(t)->train_count;
    assert_int_equal(rows, 264);
    int32_t *order = xcalloc((size_t)rows, sizeof *order), *first = xcalloc((size_t)rows, sizeof *first);
    memcpy(first, s->permutation, (size_t)rows * sizeof *first);
    for (int epoch = 0; epoch < 4; epoch++) {
        char *seen = xcalloc((size_t)rows, 1);
        memcpy(order, s->permutation, (size_t)rows * sizeof *order);
        assert_true(epoch == 0 || memcmp(order, first, (size_t)rows * sizeof *order) != 0);
        for (int step = 0; step < 3; step++) {
            assert_int_equal(s->cursor, 100 * step);
            assert_memory_equal(order, s->permutation, (size_t)rows * sizeof *order);
            fixture_steps(t, 1);
        }
        assert_int_equal(s->cursor, 0); /* the short last batch took the other 64 */
        for (int64_t i = 0; i < rows; i++) {
            assert_in_range(order[i], 0, rows - 1);
            assert_int_equal(seen[order[i]]++, 0);
        }
        free(seen);
    }
    free(order), free(first);
    trainer_free(t);
}

static void test_full_batch_leaves_the_order_alone(void **state)
{
    (void)state;
    static Words words = {"train.batch=0"};
    Trainer *t = fixture_trainer(words);
    StateCopy before = state_copy(t);
    fixture_steps(t, 3);
    assert_memory_equal(trainer_state(t)->permutation, before.permutation, before.rows * sizeof *before.permutation);
    assert_memory_equal(&trainer_state(t)->batches, &before.state.batches, sizeof before.state.batches);
    assert_int_equal(trainer_state(t)->cursor, 0);
    state_free(&before);
    trainer_free(t);
}

static void test_seeds(void **state)
{
    (void)state;
    static Words words[] = {{NULL}, {"model.seed=5"}, {"train.seed=5"}};
    Trainer *t[3];
    for (int i = 0; i < 3; i++) {
        t[i] = fixture_trainer(words[i]);
        fixture_steps(t[i], 1);
    }
    const size_t rows = 264 * sizeof(int32_t);
    assert_true(trainer_last(t[0]).loss != trainer_last(t[1]).loss);
    assert_true(trainer_last(t[0]).loss != trainer_last(t[2]).loss);
    assert_memory_equal(trainer_state(t[0])->permutation, trainer_state(t[1])->permutation, rows);
    assert_memory_not_equal(trainer_state(t[0])->permutation, trainer_state(t[2])->permutation, rows);
    for (int i = 0; i < 3; i++)
        trainer_free(t[i]);
}

static void test_clock(void **state)
{
    (void)state;
    static Words words = {NULL};
    Trainer *t = fixture_trainer(words);
    double seconds[PHASE_COUNT], sum = 0, start = clock_seconds();
    int64_t steps;
    fixture_steps(t, 5);
    trainer_read_clock(t, seconds, &steps);
    assert_int_equal(steps, 5);
    for (int i = 0; i < PHASE_COUNT; i++) {
        assert_true(seconds[i] > 0 && strlen(step_phase_names[i]) > 0);
        sum += seconds[i];
    }
    assert_true(sum <= clock_seconds() - start);
    trainer_reset_clock(t);
    trainer_read_clock(t, seconds, &steps);
    assert_true(steps == 0 && seconds[PHASE_SHARDS] == 0);
    trainer_free(t);
}

int main(void)
{
    mat_use_one_thread();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads_change_nothing),
        cmocka_unit_test(test_configure_midway),
        cmocka_unit_test(test_steps_leave_nothing_behind),
        cmocka_unit_test(test_abandoned_step_changes_nothing),
        cmocka_unit_test(test_abandoned_from_outside),
        cmocka_unit_test(test_non_finite_weights_stop_the_step),
        cmocka_unit_test(test_nothing_is_allocated_in_a_step),
        cmocka_unit_test(test_every_epoch_is_a_permutation),
        cmocka_unit_test(test_full_batch_leaves_the_order_alone),
        cmocka_unit_test(test_seeds),
        cmocka_unit_test(test_clock),
    };
    return cmocka_run_group_tests_name("trainer", tests, NULL, NULL);
}
