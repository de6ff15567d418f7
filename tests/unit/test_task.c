/* The operations against brute force, S5 as a group, and what a split promises. */
#include "approx.h"

#include <lrd/lab/task.h>

enum { S5 = 120, ITEMS = 5 };

/* ---- Operations */

static long long power(long long x, int e, int p)
{
    long long y = 1;
    for (int i = 0; i < e; i++)
        y = y * x % p;
    return y % p;
}

static bool is_answer(TaskOp op, long long a, long long b, long long c, int p)
{
    const long long value[] = {[TASK_ADD] = a + b - c,
                               [TASK_SUB] = a - b - c,
                               [TASK_MUL] = a * b - c,
                               [TASK_DIV] = c * b - a,
                               [TASK_SUMSQ] = power(a, 2, p) + power(b, 2, p) - c,
                               [TASK_QUAD] = power(a, 2, p) + a * b + power(b, 2, p) - c,
                               [TASK_CUBIC] = power(a, 3, p) + a * b - c};
    return value[op] % p == 0;
}

static void test_answers(void **state)
{
    (void)state;
    static const int moduli[] = {2, 3, 5, 23, 97, 997};
    for (int i = 0; i < COUNT_OF(moduli); i++)
        for (TaskOp op = 0; op < TASK_S5; op++) {
            const int p = moduli[i], stride = p > 100 ? 83 : 1;
            for (int a = 0; a < p; a += stride)
                for (int b = op == TASK_DIV; b < p; b += stride) {
                    int c = task_answer(op, p, a, b);
                    assert_in_range(c, 0, p - 1);
                    assert_true(is_answer(op, a, b, c, p));
                    if (task_kinds[op].commutes)
                        assert_int_equal(c, task_answer(op, p, b, a));
                }
        }
}

/* commutes is true exactly when it holds over the table. */
static void test_commutes(void **state)
{
    (void)state;
    for (TaskOp op = 0; op < TASK_OP_COUNT; op++) {
        const int n = task_tokens(op, 7);
        bool always = true;
        for (int a = 1; a < n; a++)
            for (int b = 1; b < n; b++)
                always = always && task_answer(op, 7, a, b) == task_answer(op, 7, b, a);
        assert_true(always == task_kinds[op].commutes);
    }
}

static void test_domain(void **state)
{
    (void)state;
    for (TaskOp op = 0; op < TASK_OP_COUNT; op++) {
        const int n = task_tokens(op, 23);
        assert_int_equal(n, op == TASK_S5 ? S5 : 23);
        assert_int_equal(task_domain_size(op, 23), n * (n - (op == TASK_DIV)));
        const int64_t outside[][2] = {{-1, 1}, {1, -1}, {n, 1}, {1, n}, {INT64_MIN, 1}, {1, INT64_MAX}, {1LL << 32, 1}};
        for (int i = 0; i < COUNT_OF(outside); i++)
            assert_int_equal(task_answer(op, 23, outside[i][0], outside[i][1]), -1);
        if (op != TASK_S5) {
            assert_int_equal(task_domain_size(op, 1), 0);
            assert_int_equal(task_domain_size(op, 0), 0);
            assert_int_equal(task_domain_size(op, -5), 0);
        }
    }
    assert_int_equal(task_answer(TASK_DIV, 23, 1, 0), -1);
    for (int p = 2; p < 200; p++) {
        bool prime = true;
        for (int d = 2; d < p; d++)
            prime = prime && p % d != 0;
        assert_int_equal(task_domain_size(TASK_DIV, p), prime ? p * (p - 1) : 0);
    }
}

/* ---- S5 */

/* Permutations of 0..4 in lexicographic order, found by counting through all words of five digits. */
static void list_permutations(int list[S5][ITEMS])
{
    int count = 0;
    for (int word = 0; word < 3125; word++) {
        int digits[ITEMS], seen = 0;
        for (int i = ITEMS - 1, rest = word; i >= 0; i--, rest /= 5)
            seen |= 1 << (digits[i] = rest % 5);
        if (seen == 31)
            memcpy(list[count++], digits, sizeof digits);
    }
    assert_int_equal(count, S5);
}

static void test_s5_is_composition(void **state)
{
    (void)state;
    int list[S5][ITEMS];
    list_permutations(list);
    for (int a = 0; a < S5; a++)
        for (int b = 0; b < S5; b++) {
            const int c = task_answer(TASK_S5, 0, a, b);
            assert_in_range(c, 0, S5 - 1);
            for (int k = 0; k < ITEMS; k++) /* first b, then a */
                assert_int_equal(list[c][k], list[a][list[b][k]]);
        }
}

static void test_s5_is_a_group(void **state)
{
    (void)state;
    static int product[S5][S5];
    for (int a = 0; a < S5; a++)
        for (int b = 0; b < S5; b++)
            product[a][b] = task_answer(TASK_S5, 0, a, b);
    for (int a = 0; a < S5; a++) {
        bool inverse = false;
        assert_int_equal(product[0][a], a);
        assert_int_equal(product[a][0], a);
        for (int b = 0; b < S5; b++) {
            inverse = inverse || (product[a][b] == 0 && product[b][a] == 0);
            for (int c = 0; c < S5; c++)
                assert_true(product[product[a][b]][c] == product[a][product[b][c]]);
        }
        assert_true(inverse);
    }
}

/* ---- The split */

static void check_dataset(const Dataset *d, int p, int64_t train)
{
    const int n = d->tokens;
    const int64_t domain = task_domain_size(d->op, p);
    char *seen = xcalloc((size_t)n * (size_t)n, 1); /* 1: trained, 2: test */
    assert_int_equal(d->train_count, train);
    assert_int_equal(d->test_count, domain - train);
    for (int64_t i = 0; i < d->train_count; i++) {
        const TaskRow row = d->train[i];
        assert_int_equal(row.c, task_answer(d->op, p, row.a, row.b));
        assert_int_equal(seen[row.a * n + row.b]++, 0);
    }
    int64_t mirrors = 0, before = -1;
    for (int64_t i = 0; i < d->test_count; i++) {
        const TaskRow row = d->test[i];
        assert_int_equal(row.c, task_answer(d->op, p, row.a, row.b));
        assert_int_equal(seen[row.a * n + row.b], 0);
        assert_true(row.a * n + row.b > before); /* domain order, so no row twice either */
        before = row.a * n + row.b;
        assert_true(d->mirror[i] == (task_kinds[d->op].commutes && seen[row.b * n + row.a] == 1));
        mirrors += d->mirror[i];
    }
    assert_int_equal(d->mirror_count, mirrors);
    assert_int_equal(d->unseen_count, d->test_count - mirrors);
    free(seen);
}

static void test_split(void **state)
{
    (void)state;
    static const double fractions[] = {0.02, 0.29, 0.3, 0.5, 0.999};
    for (TaskOp op = 0; op < TASK_OP_COUNT; op++)
        for (int f = 0; f < COUNT_OF(fractions); f++)
            for (uint64_t seed = 0; seed < 3; seed++) {
                Dataset d, again;
                assert_true(status_is_ok(dataset_split(&d, op, 23, fractions[f], seed)));
                check_dataset(&d, 23, (int64_t)floor((double)task_domain_size(op, 23) * fractions[f]));
                assert_true(status_is_ok(dataset_split(&again, op, 23, fractions[f], seed)));
                assert_memory_equal(d.train, again.train, (size_t)d.train_count * sizeof *d.train);
                dataset_free(&again);
                assert_true(status_is_ok(dataset_split(&again, op, 23, fractions[f], seed + 77)));
                assert_memory_not_equal(d.train, again.train, (size_t)d.train_count * sizeof *d.train);
                dataset_free(&again);
                dataset_free(&d);
            }
}

/* Half of the table trains: about half of the test rows of a commuting task are mirrors. */
static void test_mirror_share(void **state)
{
    (void)state;
    Dataset d;
    assert_true(status_is_ok(dataset_split(&d, TASK_ADD, 113, 0.5, 42)));
    assert_near((double)d.mirror_count / (double)d.test_count, 0.5, 0.02);
    dataset_free(&d);
}

static void test_pairs_keep_their_order(void **state)
{
    (void)state;
    const int32_t pairs[] = {4, 1, 0, 0, 2, 4, 1, 4};
    Dataset d;
    assert_true(status_is_ok(dataset_from_pairs(&d, TASK_MUL, 5, pairs, 4, NULL)));
    check_dataset(&d, 5, 4);
    for (int i = 0; i < 4; i++)
        assert_true(d.train[i].a == pairs[2 * i] && d.train[i].b == pairs[2 * i + 1]);
    assert_int_equal(d.mirror_count, 1); /* (4,2); of (1,4) and (4,1) both train */
    dataset_free(&d);
    assert_true(d.train == NULL && d.test == NULL && d.mirror == NULL);
}

static void check_refused(TaskOp op, int p, const int32_t *pairs, int64_t count, int64_t wrong)
{
    Dataset d;
    int64_t bad = -7;
    Status status = dataset_from_pairs(&d, op, p, pairs, count, &bad);
    assert_int_equal(status.code, STATUS_INPUT);
    assert_true(strlen(status.text) > 10);
    assert_int_equal(bad, wrong);
    assert_int_equal(dataset_from_pairs(&d, op, p, pairs, count, NULL).code, STATUS_INPUT);
}

static void test_pairs_refused(void **state)
{
    (void)state;
    const int32_t twice[] = {1, 2, 2, 1, 1, 2}, outside[] = {1, 2, 1, 5}, below[] = {-1, 2}, zero[] = {1, 1, 3, 0};
    check_refused(TASK_ADD, 5, twice, 3, 2);
    check_refused(TASK_ADD, 5, outside, 2, 1);
    check_refused(TASK_ADD, 5, below, 1, 0);
    check_refused(TASK_DIV, 5, zero, 2, 1);
    check_refused(TASK_ADD, 5, twice, 0, 0);
    check_refused(TASK_DIV, 6, twice, 1, 0);
    int32_t all[50];
    for (int i = 0; i < 25; i++)
        all[2 * i] = i / 5, all[2 * i + 1] = i % 5;
    check_refused(TASK_ADD, 5, all, 25, 0); /* nothing left to test */
    Dataset d;
    assert_true(status_is_ok(dataset_from_pairs(&d, TASK_ADD, 5, all, 24, NULL)));
    check_dataset(&d, 5, 24);
    dataset_free(&d);
    assert_int_equal(dataset_split(&d, TASK_DIV, 91, 0.5, 1).code, STATUS_INPUT);
    assert_non_null(strstr(dataset_split(&d, TASK_DIV, 91, 0.5, 1).text, "prime"));
    assert_int_equal(dataset_split(&d, TASK_ADD, 1, 0.5, 1).code, STATUS_INPUT);
    assert_int_equal(dataset_split(&d, TASK_ADD, 5, 0.01, 1).code, STATUS_INPUT);
}

static void test_names(void **state)
{
    (void)state;
    static const char *const names[] = {"add", "sub", "mul", "div", "sumsq", "quad", "cubic", "s5"};
    for (int i = 0; i < TASK_OP_COUNT; i++) {
        assert_string_equal(task_kinds[i].name, names[i]);
        assert_true(strlen(task_kinds[i].formula) > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),       cmocka_unit_test(test_commutes),
        cmocka_unit_test(test_domain),        cmocka_unit_test(test_s5_is_composition),
        cmocka_unit_test(test_s5_is_a_group), cmocka_unit_test(test_split),
        cmocka_unit_test(test_mirror_share),  cmocka_unit_test(test_pairs_keep_their_order),
        cmocka_unit_test(test_pairs_refused), cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests_name("task", tests, NULL, NULL);
}
