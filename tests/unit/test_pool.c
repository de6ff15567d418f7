#include "approx.h"

#include <lrd/base/pool.h>

enum { ITEMS_MAX = 300 };

typedef struct Tally {
    int threads;
    int done[ITEMS_MAX];
    int by_worker[8]; /* each worker's own */
} Tally;

static void count_item(void *context, int item, int worker)
{
    Tally *t = context;
    t->done[item]++; /* one owner for each item: a second would be a race, and counted */
    t->by_worker[worker]++;
}

static void check_round(Pool *p, Tally *t, int count)
{
    memset(t->done, 0, sizeof t->done);
    memset(t->by_worker, 0, sizeof t->by_worker);
    pool_run(p, count, count_item, t);
    int total = 0;
    for (int i = 0; i < ITEMS_MAX; i++)
        assert_int_equal(t->done[i], i < count);
    for (int w = 0; w < COUNT_OF(t->by_worker); w++) {
        assert_true(w < t->threads || t->by_worker[w] == 0);
        total += t->by_worker[w];
    }
    assert_int_equal(total, count);
}

static void test_every_item_once(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 5; threads++) {
        Pool *p = pool_new(threads, NULL);
        Tally t = {.threads = threads};
        assert_int_equal(pool_threads(p), threads);
        for (int count = 0; count <= ITEMS_MAX; count += count < 20 ? 1 : 70)
            check_round(p, &t, count);
        pool_free(p);
    }
}

/* Many short rounds, with the workers awake and asleep between them. */
static void test_many_rounds(void **state)
{
    (void)state;
    Pool *p = pool_new(3, NULL);
    Tally t = {.threads = 3};
    Rng r = rng_seed(1, RNG_BATCHES);
    for (int round = 0; round < 3000; round++) {
        check_round(p, &t, (int)rng_below(&r, 9));
        for (volatile int wait = round % 7 == 0 ? 30000 : 0; wait > 0;)
            wait = wait - 1;
    }
    pool_free(p);
}

static void test_started_and_ended(void **state)
{
    (void)state;
    for (int i = 0; i < 50; i++)
        pool_free(pool_new(1 + i % 4, NULL)); /* before the threads have come to wait */
    pool_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_item_once),
        cmocka_unit_test(test_many_rounds),
        cmocka_unit_test(test_started_and_ended),
    };
    return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
