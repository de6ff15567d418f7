/* Evaluations kept for looking back: bounded, thinning, shared between copies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <lrd/log/eval_history.h>

enum { MATRICES = 2, SIGMA = 8 };

static void add(EvalHistory *l, int64_t step)
{
    Evaluation e;
    evaluation_init(&e, MATRICES, SIGMA);
    e.step = step;
    e.unseen_acc = (double)step / 1e6;
    e.sigma[MATRICES * SIGMA - 1] = (float)step;
    eval_history_add(l, &e);
    evaluation_free(&e);
}

static void assert_is(const Evaluation *e, int64_t step)
{
    assert_non_null(e);
    assert_int_equal(e->step, step);
    assert_true(e->unseen_acc == (double)step / 1e6);
    assert_true(e->sigma[MATRICES * SIGMA - 1] == (float)step);
}

static void a_long_run_stays_bounded_and_dense_near_now(void **state)
{
    (void)state;
    EvalHistory l = {0};
    for (int64_t step = 0; step <= 200000; step += 20)
        add(&l, step);
    assert_true(l.count <= EVAL_HISTORY_MAX && l.count > EVAL_HISTORY_MAX / 2);
    assert_is(eval_history_at(&l, 0), 0);
    assert_is(eval_history_at(&l, l.count - 1), 200000);
    assert_is(eval_history_at(&l, l.count - 2), 199980);
    for (int i = 1; i < l.count; i++) {
        int64_t left = eval_history_at(&l, i - 1)->step, gap = eval_history_at(&l, i)->step - left;
        assert_true(gap > 0 && (gap <= 40 || gap <= (200000 - left) / 10));
        assert_is(eval_history_at(&l, i), eval_history_at(&l, i)->step);
    }
    eval_history_clear(&l);
    assert_int_equal(l.count, 0);
}

static void moments_are_found_cut_and_replaced(void **state)
{
    (void)state;
    EvalHistory l = {0};
    assert_null(eval_history_of_step(&l, 10));
    for (int64_t step = 0; step <= 100; step += 20)
        add(&l, step);
    add(&l, 100); /* looked at again */
    assert_int_equal(l.count, 6);
    assert_is(eval_history_of_step(&l, 59), 40);
    assert_is(eval_history_of_step(&l, 1000), 100);
    eval_history_cut(&l, 60);
    assert_is(eval_history_of_step(&l, 1000), 60);
    eval_history_clear(&l);
}

static void copies_share_and_outlive_each_other(void **state)
{
    (void)state;
    EvalHistory a = {0}, b = {0};
    for (int64_t step = 0; step <= 100; step += 20)
        add(&a, step);
    eval_history_copy(&b, &a);
    eval_history_cut(&a, 40);
    add(&a, 50);
    assert_is(eval_history_of_step(&b, 100), 100);
    eval_history_copy(&b, &a);
    assert_int_equal(b.count, 4);
    eval_history_clear(&a);
    assert_is(eval_history_of_step(&b, 100), 50);
    assert_is(eval_history_at(&b, 0), 0);
    eval_history_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_run_stays_bounded_and_dense_near_now),
        cmocka_unit_test(moments_are_found_cut_and_replaced),
        cmocka_unit_test(copies_share_and_outlive_each_other),
    };
    return cmocka_run_group_tests_name("moments", tests, NULL, NULL);
}
