/* The rules of lab/milestone.h, by hand and against a second telling of them on random histories. */
#include "approx.h"

#include <lrd/lab/milestone.h>

static MilestoneInput input_at(int64_t step)
{
    return (MilestoneInput){.step = step, .train_acc = 0.5, .unseen_acc = 0.01, .train_loss = 1, .stable_rank = 20};
}

/* What a summary keeps of the events. */
typedef struct Told {
    Milestones m;
    int64_t memorised, collapsed, grokked, generalised, lost, regained;
} Told;

static Told told_start(void)
{
    return (Told){milestones_start(), -1, -1, -1, -1, -1, -1};
}

static void told_keep(Told *t, MilestoneKind kind, int64_t step)
{
    if (kind == MILESTONE_REGAINED)
        t->lost = -1;
    int64_t *place = kind == MILESTONE_MEMORISED     ? &t->memorised
                     : kind == MILESTONE_COLLAPSED   ? &t->collapsed
                     : kind == MILESTONE_GROKKED     ? &t->grokked
                     : kind == MILESTONE_GENERALISED ? &t->generalised
                     : kind == MILESTONE_LOST        ? &t->lost
                     : kind == MILESTONE_REGAINED    ? &t->regained
                                                     : NULL;
    if (place && (*place < 0 || kind == MILESTONE_REGAINED))
        *place = step;
}

/* The events of one feeding as a set of bits. */
static unsigned feed(Told *t, const MilestoneInput *seen)
{
    MilestoneHit hits[MILESTONE_KIND_COUNT];
    MilestoneInput in = *seen;
    in.memorised = t->memorised;
    in.grokked = t->grokked >= 0 ? t->grokked : t->generalised;
    in.lost = t->lost;
    int count = milestones_feed(&t->m, &in, hits);
    for (int i = 0; i < count; i++)
        told_keep(t, hits[i].kind, in.step);
    unsigned set = 0;
    assert_in_range(count, 0, MILESTONE_KIND_COUNT);
    for (int i = 0; i < count; i++) {
        assert_int_equal(set & (1u << hits[i].kind), 0); /* each at most once */
        set |= 1u << hits[i].kind;
    }
    return set;
}

static unsigned feed_accuracies(Told *m, int64_t step, double train, double unseen)
{
    MilestoneInput in = input_at(step);
    in.train_acc = train;
    in.unseen_acc = unseen;
    return feed(m, &in);
}

static unsigned bit(MilestoneKind kind)
{
    return 1u << kind;
}

static void test_memorised_needs_two_in_a_row(void **state)
{
    (void)state;
    Told m = told_start();
    assert_int_equal(feed_accuracies(&m, 0, 1, 0), 0);
    assert_int_equal(feed_accuracies(&m, 100, 0.98, 0), 0);
    assert_int_equal(feed_accuracies(&m, 200, 0.99, 0), 0);
    assert_int_equal(feed_accuracies(&m, 300, 0.99, 0), bit(MILESTONE_MEMORISED));
    assert_int_equal(m.memorised, 300);
    assert_int_equal(feed_accuracies(&m, 400, 0.5, 0), 0); /* no change by hand: no warning */
    assert_int_equal(feed_accuracies(&m, 500, 1, 0), 0);
    assert_int_equal(feed_accuracies(&m, 600, 1, 0), 0); /* only once */
    assert_int_equal(m.memorised, 300);
}

static Told memorised_at(int64_t step)
{
    Told m = told_start();
    feed_accuracies(&m, step - 100, 1, 0);
    assert_int_equal(feed_accuracies(&m, step, 1, 0), bit(MILESTONE_MEMORISED));
    return m;
}

static void test_grokked_is_late(void **state)
{
    (void)state;
    Told m = memorised_at(300);
    feed_accuracies(&m, 500, 1, 0.99);
    assert_int_equal(feed_accuracies(&m, 600, 1, 0.99), bit(MILESTONE_GROKKED));
    assert_true(m.grokked == 600 && m.generalised == -1);
    m = memorised_at(300);
    feed_accuracies(&m, 499, 1, 1);
    assert_int_equal(feed_accuracies(&m, 599, 1, 1), bit(MILESTONE_GENERALISED));
    assert_true(m.generalised == 599 && m.grokked == -1);
    assert_int_equal(feed_accuracies(&m, 699, 1, 1), 0); /* later on it is still the same */
    m = told_start();                                    /* never memorised */
    feed_accuracies(&m, 1000, 0.5, 1);
    assert_int_equal(feed_accuracies(&m, 1100, 0.5, 1), bit(MILESTONE_GENERALISED));
}

static void test_lost_and_found_again(void **state)
{
    (void)state;
    Told m = memorised_at(300);
    feed_accuracies(&m, 900, 1, 1);
    feed_accuracies(&m, 1000, 1, 1);
    assert_int_equal(feed_accuracies(&m, 1100, 1, 0.90), 0);
    assert_int_equal(feed_accuracies(&m, 1200, 1, 0.899), bit(MILESTONE_LOST));
    assert_int_equal(feed_accuracies(&m, 1300, 1, 0.5), 0);
    assert_int_equal(feed_accuracies(&m, 1400, 1, 1), 0);
    assert_int_equal(feed_accuracies(&m, 1500, 1, 1), bit(MILESTONE_REGAINED));
    assert_true(m.grokked == 1000 && m.lost == -1);
    assert_int_equal(feed_accuracies(&m, 1600, 1, 0), bit(MILESTONE_LOST));
    assert_int_equal(m.lost, 1600);
    assert_int_equal(feed_accuracies(&m, 1700, 1, 1), 0);
    assert_int_equal(feed_accuracies(&m, 1800, 1, 1), bit(MILESTONE_REGAINED));
}

/* Late enough for grokking, but it had generalised before: it stays what it was called. */
static void test_regained_is_not_grokked(void **state)
{
    (void)state;
    Told m = memorised_at(400);
    feed_accuracies(&m, 600, 1, 1);
    assert_int_equal(feed_accuracies(&m, 700, 1, 1), bit(MILESTONE_GENERALISED));
    assert_int_equal(feed_accuracies(&m, 800, 1, 0.5), bit(MILESTONE_LOST));
    assert_int_equal(feed_accuracies(&m, 1000, 1, 1), 0);
    assert_int_equal(feed_accuracies(&m, 1100, 1, 1), bit(MILESTONE_REGAINED));
    assert_true(m.generalised == 700 && m.grokked == -1 && m.regained == 1100);
}

static void test_collapse_once_until_back(void **state)
{
    (void)state;
    static const struct {
        double rank;
        bool hit;
    } history[] = {{20, 0}, {2, 0}, {1.99, 1}, {1, 0}, {3.9, 0}, {1.5, 0}, {4, 0}, {1.9, 1}, {NAN, 0}, {1.2, 0}};
    Told m = told_start();
    for (int i = 0; i < COUNT_OF(history); i++) {
        MilestoneInput in = input_at(10 * i);
        in.stable_rank = history[i].rank;
        assert_int_equal(feed(&m, &in), history[i].hit ? bit(MILESTONE_COLLAPSED) : 0);
    }
    assert_int_equal(m.collapsed, 20);
}

static void test_warning_after_a_change(void **state)
{
    (void)state;
    Told m = told_start();
    feed_accuracies(&m, 0, 0.9, 0);
    milestones_changed(&m.m, 50);
    assert_int_equal(feed_accuracies(&m, 100, 0.8501, 0), 0);
    assert_int_equal(feed_accuracies(&m, 200, 0.8499, 0), bit(MILESTONE_WARNING));
    assert_int_equal(feed_accuracies(&m, 300, 0.1, 0), 0); /* once for each change */
    milestones_changed(&m.m, 350);
    assert_int_equal(feed_accuracies(&m, 400, 0.1, 0), bit(MILESTONE_WARNING));
    assert_int_equal(m.m.changed, 350);
}

static void test_spike_and_floor(void **state)
{
    (void)state;
    Told m = told_start();
    static const double losses[] = {100, 1, 9.99, 99.9, 1, 0, 5, 0.1};
    for (int i = 0; i < COUNT_OF(losses); i++) {
        MilestoneInput in = input_at(i);
        in.train_loss = losses[i];
        assert_int_equal(feed(&m, &in), i == 3 ? bit(MILESTONE_SPIKE) : 0);
    }
    static const struct {
        double before, after;
        bool spike;
    } small[] = {{1e-7, 1e-6, 0}, {1e-7, 6.9e-3, 0}, {1e-7, 7e-3, 1}, {6.9e-4, 6.9e-3, 0}, {7e-4, 7e-3, 1}};
    for (int i = 0; i < COUNT_OF(small); i++) {
        MilestoneInput in = input_at(20 + i);
        Told t = told_start();
        in.train_loss = small[i].before;
        assert_int_equal(feed(&t, &in), 0);
        in.train_loss = small[i].after;
        assert_int_equal(feed(&t, &in), small[i].spike ? bit(MILESTONE_SPIKE) : 0);
    }
    static const bool floors[] = {1, 1, 0, 1};
    for (int i = 0; i < COUNT_OF(floors); i++) {
        MilestoneInput in = input_at(100 + i);
        in.train_loss = 0.1;
        in.floor = floors[i];
        assert_int_equal(feed(&m, &in), i == 0 || i == 3 ? bit(MILESTONE_FLOOR) : 0);
    }
}

static void test_nan_raises_nothing(void **state)
{
    (void)state;
    Told m = told_start();
    milestones_changed(&m.m, 0);
    for (int i = 0; i < 5; i++) {
        const MilestoneInput in = {
            .step = 10 * i, .train_acc = NAN, .unseen_acc = NAN, .train_loss = NAN, .stable_rank = NAN};
        assert_int_equal(feed(&m, &in), 0);
    }
    assert_true(m.memorised == -1 && m.grokked == -1 && m.generalised == -1 && m.collapsed == -1);
}

/* ---- Random histories */

enum { HISTORY = 60 };

static bool twice(const double *x, int i, double least)
{
    return i > 0 && x[i] >= least && x[i - 1] >= least;
}

typedef struct Expected {
    int64_t memorised;
    bool holding, generalised;
} Expected;

/* The rules told again, each over the whole history up to i. */
static unsigned expected_at(const MilestoneInput *in, int i, Expected *told)
{
    double train[HISTORY], unseen[HISTORY];
    unsigned set = 0;
    for (int j = 0; j <= i; j++)
        train[j] = in[j].train_acc, unseen[j] = in[j].unseen_acc;
    if (told->memorised < 0 && twice(train, i, 0.99)) {
        told->memorised = in[i].step;
        set |= bit(MILESTONE_MEMORISED);
    }
    if (!told->holding && twice(unseen, i, 0.99)) {
        bool late = told->memorised >= 0 && in[i].step >= 2 * told->memorised;
        set |= bit(told->generalised ? MILESTONE_REGAINED : late ? MILESTONE_GROKKED : MILESTONE_GENERALISED);
        told->holding = told->generalised = true;
    } else if (told->holding && unseen[i] < 0.9) {
        told->holding = false;
        set |= bit(MILESTONE_LOST);
    }
    bool low = false; /* from the last crossing of either line */
    for (int j = 0; j < i; j++)
        low = in[j].stable_rank < 2 ? true : in[j].stable_rank >= 4 ? false : low;
    if (!low && in[i].stable_rank < 2)
        set |= bit(MILESTONE_COLLAPSED);
    if (i > 0 && in[i].train_loss >= 10 * in[i - 1].train_loss && in[i].train_loss >= log(2) / 100)
        set |= bit(MILESTONE_SPIKE);
    if (in[i].floor && (i == 0 || !in[i - 1].floor))
        set |= bit(MILESTONE_FLOOR);
    return set;
}

static void test_random_histories(void **state)
{
    (void)state;
    static const double levels[] = {0.5, 0.89, 0.9, 0.95, 0.989, 0.99, 0.99, 1, 1, 1}, ranks[] = {1, 1.9, 2, 3, 4, 30};
    Rng r = rng_seed(1, RNG_BATCHES);
    for (int round = 0; round < 2000; round++) {
        Told m = told_start();
        Expected told = {.memorised = -1};
        MilestoneInput in[HISTORY];
        for (int i = 0; i < HISTORY; i++) {
            in[i] = (MilestoneInput){.step = 10 * i,
                                     .train_acc = levels[rng_below(&r, 10)],
                                     .unseen_acc = levels[rng_below(&r, 10)],
                                     .train_loss = exp(3 * rng_normal(&r) - 3),
                                     .stable_rank = ranks[rng_below(&r, 6)],
                                     .floor = rng_below(&r, 2)};
            assert_int_equal(feed(&m, &in[i]), expected_at(in, i, &told));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memorised_needs_two_in_a_row),
        cmocka_unit_test(test_grokked_is_late),
        cmocka_unit_test(test_lost_and_found_again),
        cmocka_unit_test(test_regained_is_not_grokked),
        cmocka_unit_test(test_collapse_once_until_back),
        cmocka_unit_test(test_warning_after_a_change),
        cmocka_unit_test(test_spike_and_floor),
        cmocka_unit_test(test_nan_raises_nothing),
        cmocka_unit_test(test_random_histories),
    };
    return cmocka_run_group_tests_name("milestone", tests, NULL, NULL);
}
