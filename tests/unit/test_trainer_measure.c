/* What the trainer measures, against naive measures of the same weights; and that measuring changes nothing. */
#include "naive_net.h"
#include "trainer_fixture.h"

#include <lrd/lab/decay.h>
#include <lrd/num/linalg.h>
#include <lrd/num/mat.h>

static Evaluation evaluation_for(const Trainer *t)
{
    Evaluation e;
    evaluation_init(&e, trainer_matrix_count(t), trainer_layout(t)->config.dim);
    return e;
}

/* ---- Measuring changes nothing */

static void check_undisturbed(Words words)
{
    Trainer *plain = fixture_trainer(words), *watched = fixture_trainer(words);
    Evaluation e = evaluation_for(watched);
    Sample sample;
    for (int i = 0; i < 8; i++) {
        trainer_evaluate(watched, &e);
        trainer_sample(watched, &sample);
        trainer_measure(watched, &e);
        assert_int_equal(trainer_step(watched, true), STEP_DONE);
        assert_int_equal(trainer_step(plain, false), STEP_DONE);
    }
    StateCopy expected = state_copy(plain);
    assert_state(watched, &expected);
    state_free(&expected);
    evaluation_free(&e);
    trainer_free(plain);
    trainer_free(watched);
}

static void test_measuring_changes_nothing(void **state)
{
    (void)state;
    static Words cases[] = {{"train.batch=100"},
                            {"train.batch=7"},
                            {"train.batch=0", "train.threads=2"},
                            {"decay.kind=svt"},
                            {"decay.kind=tangential", "decay.targets=all"}};
    for (int i = 0; i < COUNT_OF(cases); i++)
        check_undisturbed(cases[i]);
}

/* ---- Sets */

typedef struct NaiveSum {
    double loss;
    int64_t rows, correct;
} NaiveSum;

static void naive_add(NaiveSum *sum, const Trainer *t, const double *w, TaskRow row)
{
    const int32_t token[] = {row.a, row.b, trainer_dataset(t)->tokens};
    int answer = -1;
    sum->loss += naive_loss(trainer_layout(t), w, token, row.c, &answer);
    sum->correct += answer == row.c;
    sum->rows++;
}

static void assert_share(double share, const NaiveSum *sum)
{
    if (sum->rows == 0)
        assert_true(isnan(share) != 0);
    else
        assert_near(share, (double)sum->correct / (double)sum->rows, 1e-12);
}

static void check_sets(Words words)
{
    Trainer *t = fixture_trainer(words);
    const Dataset *d = trainer_dataset(t);
    fixture_steps(t, 60);
    Evaluation e = evaluation_for(t);
    trainer_evaluate(t, &e);
    double *w = approx_doubles(trainer_state(t)->weights, trainer_layout(t)->parameters);
    NaiveSum train = {0}, mirror = {0}, unseen = {0};
    for (int64_t i = 0; i < d->train_count; i++)
        naive_add(&train, t, w, d->train[i]);
    for (int64_t i = 0; i < d->test_count; i++)
        naive_add(d->mirror[i] ? &mirror : &unseen, t, w, d->test[i]);
    assert_int_equal(e.step, 60);
    assert_near(e.train_loss, train.loss / (double)train.rows, 1e-5);
    assert_near(e.test_loss, (mirror.loss + unseen.loss) / (double)d->test_count, 1e-5);
    assert_share(e.train_acc, &train);
    assert_share(e.mirror_acc, &mirror);
    assert_share(e.unseen_acc, &unseen);
    const NaiveSum test = {0, d->test_count, mirror.correct + unseen.correct};
    assert_share(e.test_acc, &test);
    assert_near(e.weight_norm, approx_norm(w, trainer_layout(t)->parameters), 1e-9);
    assert_true(e.batch_loss == trainer_last(t).loss && e.grad_norm == trainer_last(t).grad_norm);
    assert_int_equal(e.zero_loss_rows, 0);
    free(w);
    evaluation_free(&e);
    trainer_free(t);
}

static void test_sets_against_naive(void **state)
{
    (void)state;
    static Words cases[] = {
        {"task.p=13", "train.lr=.01"},
        {"task.op=sub", "task.p=13", "train.lr=.01"}, /* no mirror rows */
        {"task.op=quad", "task.p=11", "task.frac=.8", "model.mlp_kind=swiglu", "model.qk_norm=head"},
        {"task.op=div", "task.p=17", "task.frac=.1", "train.batch=3"},
    };
    for (int i = 0; i < COUNT_OF(cases); i++)
        check_sets(cases[i]);
}

/* The loss of a step is that of the rows of its batch, before the update. */
static void test_batch_loss_is_of_its_rows(void **state)
{
    (void)state;
    static Words cases[] = {
        {"task.p=11", "train.batch=25"}, {"task.p=11", "train.batch=4"}, {"task.p=7", "train.batch=0"}};
    for (int c = 0; c < COUNT_OF(cases); c++) {
        Trainer *t = fixture_trainer(cases[c]);
        const Dataset *d = trainer_dataset(t);
        const int64_t batch = fixture_settings(cases[c]).train.batch;
        for (int step = 0; step < 7; step++) {
            StateCopy before = state_copy(t);
            double *w = approx_doubles(before.arenas, before.floats);
            NaiveSum sum = {0};
            for (int64_t i = 0; i < d->train_count; i++)
                if (batch == 0 || (i >= before.state.cursor && i < before.state.cursor + batch))
                    naive_add(&sum, t, w, d->train[batch == 0 ? i : before.permutation[i]]);
            fixture_steps(t, 1);
            assert_near(trainer_last(t).loss, sum.loss / (double)sum.rows, 2e-6);
            assert_share(trainer_last(t).accuracy, &sum);
            free(w);
            state_free(&before);
        }
        trainer_free(t);
    }
}

static void test_zero_loss_rows(void **state)
{
    (void)state;
    static Words words = {"task.p=5", "train.batch=0"};
    Trainer *t = fixture_trainer(words);
    const ModelLayout *L = trainer_layout(t);
    Evaluation e = evaluation_for(t);
    for (int step = 0; step < 300; step++)
        fixture_steps(t, 1);
    for (int i = 0; i < L->config.vocab * L->config.dim; i++) /* margins in the hundreds */
        trainer_state(t)->weights[L->head + (size_t)i] *= 1000;
    trainer_evaluate(t, &e);
    assert_near((double)e.zero_loss_rows, e.train_acc * (double)trainer_dataset(t)->train_count, 0.5);
    assert_true(e.zero_loss_rows > 6);
    evaluation_free(&e);
    trainer_free(t);
}

/* ---- Matrices */

/* The angle between a and b in degrees, from the chords of their unit vectors. */
static double naive_turn(const float *a, const float *b, size_t n)
{
    double na = linalg_norm(a, n), nb = linalg_norm(b, n), apart = 0, together = 0;
    for (size_t i = 0; i < n; i++) {
        double x = (double)a[i] / na, y = (double)b[i] / nb;
        apart += (x - y) * (x - y);
        together += (x + y) * (x + y);
    }
    return 2 * atan2(sqrt(apart), sqrt(together)) * 180 / 3.14159265358979323846;
}

static void naive_parts(const float *D, const float *W, size_t n, double *radial, double *tangential)
{
    double dw = 0, squares = 0, norm = linalg_norm(W, n);
    for (size_t i = 0; i < n; i++)
        dw += (double)D[i] * (double)W[i];
    for (size_t i = 0; i < n; i++) {
        double rest = (double)D[i] - dw / norm * (double)W[i] / norm;
        squares += rest * rest;
    }
    *radial = dw / norm;
    *tangential = sqrt(squares);
}

static void check_matrix_ranks(const MatrixMeasure *m, const float *sigma, const float *W, int dim)
{
    ApproxSvd s = approx_svd(W, dim, dim);
    double sum = 0, top = 0, two = 0, four = 0, entropy = 0;
    for (int i = 0; i < dim; i++) {
        sum += s.sigma[i];
        top = fmax(top, s.sigma[i]);
        two += pow(s.sigma[i], 2);
        four += pow(s.sigma[i], 4);
    }
    for (int i = 0; i < dim; i++)
        entropy -= s.sigma[i] > 0 ? s.sigma[i] / sum * log(s.sigma[i] / sum) : 0;
    assert_near(m->spectral, top, 1e-5 * top);
    assert_near((double)sigma[0], top, 1e-5 * top);
    assert_near(m->nuclear, sum, 1e-5 * sum);
    assert_near(m->norm, sqrt(two), 1e-9);
    assert_near(m->stable_rank, two / top / top, 1e-4);
    assert_near(m->participation, two * two / four, 1e-4);
    assert_near(m->effective_rank, exp(entropy), 1e-3);
    approx_svd_free(&s);
}

/* The last step and the next one: a second trainer without the matrix decay tells what AdamW alone does. */
static void check_matrices(const char *kind)
{
    Words with = {"model.dim=12", "model.heads=3", kind, "decay.strength=.01", "train.lr=.003"};
    Trainer *t = fixture_trainer(with);
    fixture_steps(t, 5);
    StateCopy before = state_copy(t);
    const bool matrix = !strstr(kind, "=l2") && !strstr(kind, "=none");
    Words bare = {"model.dim=12", "model.heads=3", matrix ? "decay.kind=none" : kind, "decay.strength=.01",
                  "train.lr=.003"};
    const Settings s = fixture_settings(bare), again = fixture_settings(with);
    Trainer *adamw = fixture_trainer(with);
    fixture_steps(adamw, 5);
    trainer_configure(adamw, &s);
    fixture_steps(adamw, 1);
    assert_int_equal(trainer_step(t, true), STEP_DONE);
    Evaluation e = evaluation_for(t);
    trainer_evaluate(t, &e);
    StateCopy after = state_copy(t);
    const float *gradient = trainer_gradient(t), *next_before = trainer_state(adamw)->weights;
    assert_int_equal(e.matrix_count, 4);
    assert_string_equal(e.decay_kind, strchr(kind, '=') + 1);
    const DecayRule rule = settings_decay(&again);
    for (int i = 0; i < e.matrix_count; i++) {
        const MatrixMeasure *m = &e.matrix[i];
        const Tensor *tensor = &trainer_layout(t)->tensors[model_tensor_find(trainer_layout(t), m->name)];
        const size_t at = tensor->offset, n = tensor_size(tensor);
        check_matrix_ranks(m, e.sigma + i * e.sigma_count, after.arenas + at, tensor->cols);
        assert_false(m->stale);
        assert_near(m->turn, naive_turn(before.arenas + at, after.arenas + at, n), 1e-6);
        assert_near(m->turn_task, naive_turn(before.arenas + at, next_before + at, n), 1e-6);
        assert_near(m->turn_decay, naive_turn(next_before + at, after.arenas + at, n), 1e-6);
        assert_true(m->turn > 0.01);
        double radial, tangential;
        naive_parts(gradient + at, before.arenas + at, n, &radial, &tangential);
        assert_near(m->gradient_radial, radial, 1e-9);
        assert_near(m->gradient_tangential, tangential, 1e-9);
        float *W = xfloats(n), *scratch = xfloats(decay_scratch_floats(tensor->rows, tensor->cols));
        memcpy(W, after.arenas + at, n * sizeof *W);
        if (matrix)
            decay_kinds[rule.kind].step(&rule, W, tensor->rows, tensor->cols, again.train.lr, scratch);
        for (size_t j = 0; j < n; j++)
            W[j] = after.arenas[at + j] - W[j];
        naive_parts(W, after.arenas + at, n, &radial, &tangential);
        radial += rule.kind == DECAY_L2 ? again.train.lr * 0.01 * m->norm : 0;
        assert_near(m->decay_radial, radial, 1e-7);
        assert_near(m->decay_tangential, tangential, 1e-7);
        free(W), free(scratch);
    }
    double sum = 0;
    for (int i = 0; i < e.matrix_count; i++)
        sum += e.matrix[i].stable_rank / e.matrix_count;
    assert_near(e.stable_rank, sum, 1e-9);
    state_free(&before), state_free(&after);
    evaluation_free(&e);
    trainer_free(t), trainer_free(adamw);
}

static void test_matrices_against_naive(void **state)
{
    (void)state;
    static const char *const kinds[] = {"decay.kind=none",   "decay.kind=l2",        "decay.kind=lrd",
                                        "decay.kind=polar",  "decay.kind=svt",       "decay.kind=elastic",
                                        "decay.kind=radial", "decay.kind=tangential"};
    for (int i = 0; i < COUNT_OF(kinds); i++)
        check_matrices(kinds[i]);
}

/* Nothing was stepped, or the step was not watched: no turn. */
static void test_no_turn_without_a_watch(void **state)
{
    (void)state;
    static Words words = {NULL};
    Trainer *t = fixture_trainer(words);
    Evaluation e = evaluation_for(t);
    trainer_evaluate(t, &e);
    assert_true(isnan(e.matrix[0].turn) && isnan(e.batch_loss) && isnan(e.grad_norm));
    Sample sample;
    trainer_sample(t, &sample);
    assert_true(isnan(sample.batch_loss) && isnan(sample.batch_acc) && sample.unseen_sample_acc >= 0);
    assert_int_equal(trainer_step(t, true), STEP_DONE);
    trainer_measure(t, &e);
    assert_true(e.matrix[0].turn > 0 && e.matrix[0].gradient_tangential > 0);
    assert_int_equal(trainer_step(t, false), STEP_DONE);
    trainer_measure(t, &e);
    assert_true(isnan(e.matrix[0].turn) && isnan(e.matrix[0].turn_decay) && isnan(e.matrix[0].gradient_radial));
    evaluation_free(&e);
    trainer_free(t);
}

/* A step that is given up overwrites gradients; what was measured of the one before stays. */
static void test_abandoned_step_leaves_the_measures(void **state)
{
    (void)state;
    static Words words = {"train.batch=0"};
    Trainer *t = fixture_trainer(words);
    Evaluation first = evaluation_for(t), second = evaluation_for(t);
    assert_int_equal(trainer_step(t, true), STEP_DONE);
    trainer_evaluate(t, &first);
    trainer_abandon(t);
    assert_int_equal(trainer_step(t, true), STEP_ABANDONED);
    Sample sample;
    assert_false(trainer_evaluate(t, &second) || trainer_measure(t, &second) || trainer_sample(t, &sample));
    trainer_clear_abandon(t);
    assert_true(trainer_evaluate(t, &second) && trainer_sample(t, &sample));
    assert_true(first.train_loss == second.train_loss && first.unseen_acc == second.unseen_acc);
    for (int i = 0; i < first.matrix_count; i++) {
        const MatrixMeasure *a = &first.matrix[i], *b = &second.matrix[i];
        assert_true(a->turn == b->turn && a->turn_decay == b->turn_decay);
        assert_true(a->gradient_radial == b->gradient_radial && a->gradient_tangential == b->gradient_tangential);
    }
    evaluation_free(&first), evaluation_free(&second);
    trainer_free(t);
}

/* A zero matrix has no rank; one that is not finite keeps its last bars, and is marked. */
static void test_zero_and_stale_matrices(void **state)
{
    (void)state;
    static Words words = {"decay.kind=polar"};
    Trainer *t = fixture_trainer(words);
    const ModelLayout *L = trainer_layout(t);
    const size_t square = (size_t)(L->config.dim * L->config.dim);
    float *w = trainer_state(t)->weights;
    Evaluation e = evaluation_for(t);
    memset(w + L->layer[0].q, 0, square * sizeof *w);
    trainer_evaluate(t, &e);
    const double last = (double)e.sigma[e.sigma_count];
    assert_true(isnan(e.matrix[0].stable_rank) && e.matrix[0].norm == 0 && !e.matrix[0].stale);
    double others = 0;
    for (int i = 1; i < 4; i++)
        others += e.matrix[i].stable_rank / 3;
    assert_near(e.stable_rank, others, 1e-9);
    w[L->layer[0].k + 3] = INFINITY;
    trainer_evaluate(t, &e);
    assert_true(e.matrix[1].stale && (double)e.sigma[e.sigma_count] == last);
    assert_false(e.matrix[2].stale);
    evaluation_free(&e);
    trainer_free(t);
}

/* The rotating sample: at every step some unseen rows, over many steps all of them alike. */
static void test_sample_follows_unseen_accuracy(void **state)
{
    (void)state;
    static Words words = {"train.lr=.01", "decay.kind=none", "task.op=mul"}; /* a 0 = 0 is soon known */
    Trainer *t = fixture_trainer(words);
    Evaluation e = evaluation_for(t);
    fixture_steps(t, 60);
    double mean = 0;
    trainer_evaluate(t, &e);
    const int64_t rows = trainer_dataset(t)->unseen_count;
    for (int64_t i = 0; i < rows; i++) { /* the same weights, every place that the sample can start at */
        Sample sample;
        trainer_state(t)->step = i;
        trainer_sample(t, &sample);
        assert_int_equal(sample.step, i);
        mean += sample.unseen_sample_acc / (double)rows;
    }
    assert_near(mean, e.unseen_acc, 1e-9);
    assert_true(e.unseen_acc > 0.01 && e.unseen_acc < 0.99 && rows > 100);
    evaluation_free(&e);
    trainer_free(t);
}

int main(void)
{
    mat_use_one_thread();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_measuring_changes_nothing),
        cmocka_unit_test(test_sets_against_naive),
        cmocka_unit_test(test_batch_loss_is_of_its_rows),
        cmocka_unit_test(test_zero_loss_rows),
        cmocka_unit_test(test_matrices_against_naive),
        cmocka_unit_test(test_no_turn_without_a_watch),
        cmocka_unit_test(test_abandoned_step_leaves_the_measures),
        cmocka_unit_test(test_zero_and_stale_matrices),
        cmocka_unit_test(test_sample_follows_unseen_accuracy),
    };
    return cmocka_run_group_tests_name("trainer measures", tests, NULL, NULL);
}
