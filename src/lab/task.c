#include <lrd/lab/task.h>

#include <lrd/base/rng.h>
#include <lrd/base/util.h>

#include <assert.h>
#include <stdlib.h>

enum { S5_SIZE = 120, S5_ITEMS = 5 };

/* ---- The operations */

static int mod(int64_t x, int p)
{
    return (int)((x % p + p) % p);
}

static int apply_add(int a, int b, int p)
{
    return mod(a + b, p);
}

static int apply_sub(int a, int b, int p)
{
    return mod(a - b, p);
}

static int apply_mul(int a, int b, int p)
{
    return mod((int64_t)a * b, p);
}

/* a b^-1, with b^-1 = b^(p-2) by Fermat's little theorem (p prime, b not 0). */
static int apply_div(int a, int b, int p)
{
    int64_t inverse = 1, square = b;
    for (int e = p - 2; e > 0; e /= 2) {
        if (e % 2)
            inverse = inverse * square % p;
        square = square * square % p;
    }
    return mod(a * inverse, p);
}

static int apply_sumsq(int a, int b, int p)
{
    return mod((int64_t)a * a + (int64_t)b * b, p);
}

static int apply_quad(int a, int b, int p)
{
    return mod((int64_t)a * a + (int64_t)a * b + (int64_t)b * b, p);
}

static int apply_cubic(int a, int b, int p)
{
    return mod((int64_t)a * a * a + (int64_t)a * b, p);
}

/* The index'th permutation of 0..4 in lexicographic order. */
static void permutation_of(int index, int items[S5_ITEMS])
{
    int left[S5_ITEMS] = {0, 1, 2, 3, 4}, block = S5_SIZE;
    for (int i = 0; i < S5_ITEMS; i++) {
        block /= S5_ITEMS - i;
        int pick = index / block;
        index %= block;
        items[i] = left[pick];
        for (int j = pick; j < S5_ITEMS - 1 - i; j++)
            left[j] = left[j + 1];
    }
}

static int index_of(const int items[S5_ITEMS])
{
    int index = 0;
    for (int i = 0; i < S5_ITEMS; i++) {
        int smaller = 0;
        for (int j = i + 1; j < S5_ITEMS; j++)
            smaller += items[j] < items[i];
        index = index * (S5_ITEMS - i) + smaller;
    }
    return index;
}

/* a after b: first b, then a. */
static int apply_s5(int a, int b, int p)
{
    (void)p;
    int first[S5_ITEMS], then[S5_ITEMS], both[S5_ITEMS];
    permutation_of(b, first);
    permutation_of(a, then);
    for (int i = 0; i < S5_ITEMS; i++)
        both[i] = then[first[i]];
    return index_of(both);
}

const TaskKind task_kinds[TASK_OP_COUNT] = {
    [TASK_ADD] = {"add", "a + b mod p", true, apply_add},
    [TASK_SUB] = {"sub", "a - b mod p", false, apply_sub},
    [TASK_MUL] = {"mul", "a b mod p", true, apply_mul},
    [TASK_DIV] = {"div", "a / b mod p", false, apply_div},
    [TASK_SUMSQ] = {"sumsq", "a^2 + b^2 mod p", true, apply_sumsq},
    [TASK_QUAD] = {"quad", "a^2 + ab + b^2 mod p", true, apply_quad},
    [TASK_CUBIC] = {"cubic", "a^3 + ab mod p", false, apply_cubic},
    [TASK_S5] = {"s5", "a after b in S5", false, apply_s5},
};

static bool is_prime(int p)
{
    if (p < 2)
        return false;
    for (int d = 2; d * d <= p; d++)
        if (p % d == 0)
            return false;
    return true;
}

int task_tokens(TaskOp op, int p)
{
    return op == TASK_S5 ? S5_SIZE : p;
}

/* b starts at 1 where it is a divisor. */
static int first_b(TaskOp op)
{
    return op == TASK_DIV ? 1 : 0;
}

int64_t task_domain_size(TaskOp op, int p)
{
    if (op != TASK_S5 && (p < 2 || (op == TASK_DIV && !is_prime(p))))
        return 0;
    int64_t tokens = task_tokens(op, p);
    return tokens * (tokens - first_b(op));
}

int task_answer(TaskOp op, int p, int64_t a, int64_t b)
{
    int tokens = task_tokens(op, p);
    if (a < 0 || a >= tokens || b < first_b(op) || b >= tokens)
        return -1;
    return task_kinds[op].apply((int)a, (int)b, p);
}

/* ---- The split */

static int64_t pair_index(const Dataset *d, int64_t a, int64_t b)
{
    return a * d->tokens + b;
}

/* Everything but the training rows' order: trained[] says which pairs train. */
static void dataset_fill_test(Dataset *d, int p, const bool *trained)
{
    const TaskKind *kind = &task_kinds[d->op];
    d->test = xmalloc((size_t)d->test_count * sizeof *d->test);
    d->mirror = xmalloc((size_t)d->test_count * sizeof *d->mirror);
    int64_t at = 0;
    for (int32_t a = 0; a < d->tokens; a++)
        for (int32_t b = first_b(d->op); b < d->tokens; b++) {
            if (trained[pair_index(d, a, b)])
                continue;
            bool mirror = kind->commutes && trained[pair_index(d, b, a)];
            d->test[at] = (TaskRow){a, b, kind->apply(a, b, p)};
            d->mirror[at++] = mirror;
            d->mirror_count += mirror;
        }
    assert(at == d->test_count);
    d->unseen_count = d->test_count - d->mirror_count;
}

Status dataset_from_pairs(Dataset *d, TaskOp op, int p, const int32_t *pairs, int64_t count, int64_t *bad)
{
    int64_t domain = task_domain_size(op, p), unused;
    bad = bad ? bad : &unused;
    *bad = 0;
    *d = (Dataset){.op = op, .tokens = task_tokens(op, p), .train_count = count, .test_count = domain - count};
    if (!domain)
        return status_input("task.op = %s needs a prime task.p, and %d is not prime", task_kinds[op].name, p);
    if (count < 1 || count >= domain)
        return status_input("%lld training rows leave no row on one side: the table has %lld", (long long)count,
                            (long long)domain);
    bool *trained = xcalloc((size_t)d->tokens * (size_t)d->tokens, sizeof *trained);
    d->train = xmalloc((size_t)count * sizeof *d->train);
    for (int64_t i = 0; i < count; i++) {
        int32_t a = pairs[2 * i], b = pairs[2 * i + 1];
        int c = task_answer(op, p, a, b);
        if (c < 0 || trained[pair_index(d, a, b)]) {
            *bad = i;
            free(trained);
            dataset_free(d);
            return status_input("the pair %d %d %s", a, b, c < 0 ? "is not in the table" : "stands there twice");
        }
        trained[pair_index(d, a, b)] = true;
        d->train[i] = (TaskRow){a, b, c};
    }
    dataset_fill_test(d, p, trained);
    free(trained);
    return status_ok();
}

Status dataset_split(Dataset *d, TaskOp op, int p, double fraction, uint64_t seed)
{
    int64_t domain = task_domain_size(op, p);
    int32_t *order = xmalloc((size_t)(domain + 1) * sizeof *order);
    for (int64_t i = 0; i < domain; i++)
        order[i] = (int32_t)i;
    Rng rng = rng_seed(seed, RNG_SPLIT);
    rng_shuffle(&rng, order, domain);
    int64_t count = (int64_t)((double)domain * fraction);
    int32_t *pairs = xmalloc((size_t)(2 * count + 1) * sizeof *pairs);
    int columns = task_tokens(op, p) - first_b(op);
    for (int64_t i = 0; i < count; i++) {
        pairs[2 * i] = order[i] / columns;
        pairs[2 * i + 1] = order[i] % columns + first_b(op);
    }
    Status status = dataset_from_pairs(d, op, p, pairs, count, NULL);
    free(order);
    free(pairs);
    return status;
}

void dataset_free(Dataset *d)
{
    free(d->train);
    free(d->test);
    free(d->mirror);
    *d = (Dataset){0};
}
