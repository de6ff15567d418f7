/* A made-up run for the tests of the ui: summaries that a real run could have left, from fixed formulas. */
#ifndef FAKE_RUN_H
#define FAKE_RUN_H

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <lrd/session/session.h>

enum { FAKE_MATRICES = 4, FAKE_SIGMA = 128 };

static inline double fake_logistic(double x)
{
    return 1 / (1 + exp(-x));
}

/* The spectrum of one Q/K matrix at a step: a triangle that falls together from 400 on. */
static inline void fake_matrix(Evaluation *e, int index, double step)
{
    MatrixMeasure *m = &e->matrix[index];
    double left = 1 / (1 + fmax(step - 400, 0) / (150 + 60 * index)), sum = 0, squares = 0, entropy = 0;
    snprintf(m->name, sizeof m->name, "layers.%d.attn.%c_proj.weight", index / 2, index % 2 ? 'k' : 'q');
    for (int i = 0; i < e->sigma_count; i++) {
        double flat = 1.15 * (1 - (double)i / e->sigma_count);
        double sigma = i < 1 + index ? 1.3 - .1 * i : flat * left * exp(-.04 * i * (1 - left));
        e->sigma[index * e->sigma_count + i] = (float)sigma;
        sum += sigma;
        squares += sigma * sigma;
        m->participation += sigma * sigma * sigma * sigma;
    }
    for (int i = 0; i < e->sigma_count; i++) {
        double share = (double)e->sigma[index * e->sigma_count + i] / sum;
        entropy -= share > 0 ? share * log(share) : 0;
    }
    m->spectral = (double)e->sigma[index * e->sigma_count];
    m->stable_rank = squares / (m->spectral * m->spectral);
    m->effective_rank = exp(entropy);
    m->participation = squares * squares / m->participation;
    m->nuclear = sum;
    m->norm = sqrt(squares);
    m->turn = .9 * exp(-step / 700) + .06;
    m->turn_decay = .02;
    m->turn_task = m->turn - .004;
    m->decay_radial = .034;
    m->decay_tangential = .034 * left;
    m->gradient_radial = -.0004;
    m->gradient_tangential = .02 * exp(-step / 700);
}

static inline void fake_evaluation(Evaluation *e, double step)
{
    e->step = (int64_t)step;
    e->time_s = step / 36;
    e->train_acc = fmin(.009 + 1.02 * fake_logistic((step - 170) / 28) - 1.02 * fake_logistic(-170. / 28), 1);
    e->mirror_acc = fmin(.009 + 1.02 * fake_logistic((step - 240) / 40) - 1.02 * fake_logistic(-240. / 40), 1);
    e->unseen_acc = fmin(.008 + .992 * fake_logistic((step - 1450) / 140) * 1.0005, 1);
    e->train_loss = 4.75 * exp(-step / 95) + 2e-5 * (1 + .5 * sin(step / 130));
    e->test_loss = 4.75 + 5 * fake_logistic((step - 200) / 60) - 9.74 * fake_logistic((step - 1450) / 150);
    e->test_acc = (e->mirror_acc + e->unseen_acc) / 2;
    e->stable_rank = e->effective_rank = e->participation = 0;
    for (int i = 0; i < e->matrix_count; i++) {
        e->matrix[i] = (MatrixMeasure){0};
        fake_matrix(e, i, step);
        e->stable_rank += e->matrix[i].stable_rank / e->matrix_count;
        e->effective_rank += e->matrix[i].effective_rank / e->matrix_count;
        e->participation += e->matrix[i].participation / e->matrix_count;
    }
    e->batch_loss = e->train_loss;
    e->grad_norm = .3;
    e->weight_norm = 120;
    e->steps_per_s = 36;
    snprintf(e->decay_kind, sizeof e->decay_kind, "lrd");
    snprintf(e->decay_targets, sizeof e->decay_targets, "qk");
    e->decay_strength = .005;
}

static inline void fake_sample(RunSummary *b, Evaluation *e, double step)
{
    fake_evaluation(e, step);
    Sample s = {.step = e->step,
                .batch_loss = e->train_loss * (1 + .2 * sin(step)),
                .batch_acc = e->train_acc,
                .unseen_sample_acc = fmax(e->unseen_acc + .02 * sin(step / 7), 0),
                .stable_rank = e->stable_rank};
    run_summary_add_sample(b, &s);
    run_summary_add_spectrum(b, e);
}

static inline void fake_event(RunSummary *b, EventKind kind, int64_t step, const char *key, const char *from,
                              const char *to)
{
    Event e = {.kind = kind, .step = step, .value = (double)NAN};
    snprintf(e.key, sizeof e.key, "%s", key);
    snprintf(e.from, sizeof e.from, "%s", from);
    snprintf(e.to, sizeof e.to, "%s", to);
    run_summary_add_event(b, &e);
}

/* What happened at this step, if anything did. */
static inline void fake_happenings(RunSummary *b, int64_t step)
{
    if (step == 300)
        fake_event(b, EVENT_MEMORISED, step, "", "", "");
    if (step == 400) {
        fake_event(b, EVENT_SET, step, "decay.kind", "l2", "lrd");
        fake_event(b, EVENT_SET, step, "decay.strength", "0.1", "0.005");
    }
    if (step == 1200)
        fake_event(b, EVENT_COLLAPSED, step, "", "", "");
    if (step == 2200)
        fake_event(b, EVENT_GROKKED, step, "", "", "");
}

/* Evaluations each 100 steps, samples each 20, until step. Free with run_summary_free. */
static inline RunSummary *fake_summary(int64_t step)
{
    Settings settings = settings_default();
    settings.train.steps = 4000;
    settings.train.eval_every = 100;
    settings.decay.kind = DECAY_L2;
    settings.decay.strength = .1;
    RunSummary *b = run_summary_new(&settings, FAKE_MATRICES, FAKE_SIGMA);
    b->parameters = 421888;
    b->train_rows = 6384;
    b->mirror_rows = 3200;
    b->unseen_rows = 3185;
    Evaluation e;
    evaluation_init(&e, FAKE_MATRICES, FAKE_SIGMA);
    for (int64_t at = 0; at <= step; at += 20) {
        if (at % 100 == 0) {
            fake_evaluation(&e, (double)at);
            run_summary_add_evaluation(b, &e);
        } else {
            fake_sample(b, &e, (double)at);
        }
        fake_happenings(b, at);
    }
    evaluation_free(&e);
    return b;
}

/* 0 at first, 1 once it has grokked: how much of the rule is there. */
static inline double fake_rule(double step)
{
    return fake_logistic((step - 1450) / 140);
}

static inline void fake_fourier(Probe *p, double step)
{
    static const int keys[2][5] = {{14, 35, 41, 42, 52}, {14, 35, 41, 42, 52}};
    p->frequencies = 56;
    for (int m = 0; m < 2; m++) {
        double sum = 0;
        for (int k = 0; k < 56; k++)
            sum += p->power[m][k] = 1 + .3 * sin(7. * k + m);
        for (int i = 0; i < 5; i++)
            sum += p->power[m][keys[m][i] - 1] = 1 + (20 - 3 * i) * (1 + 2 * m) * fake_rule(step);
        sum -= 5;
        for (int k = 0; k < 56; k++)
            p->power[m][k] /= sum;
    }
}

/* A tangle that opens into a ring. */
static inline void fake_clock(Probe *p, double step)
{
    const double turn = 2 * 3.14159265 / 113, rule = fake_rule(step);
    p->clock_count = 113;
    p->clock_frequency = 14;
    for (int i = 0; i < 113; i++) {
        p->clock_number[i] = (int16_t)(i * 105 % 113); /* 14 x 105 = 1 mod 113 */
        p->clock[i][0] = (float)(rule * cos(i * turn) + (1 - rule) * .9 * sin(i * 12.9));
        p->clock[i][1] = (float)(rule * sin(i * turn) + (1 - rule) * .9 * cos(i * 78.2));
    }
}

static inline void fake_attention(Probe *p, double step)
{
    for (int h = 0; h < p->maps; h++)
        for (int i = 0; i < p->side; i++)
            for (int j = 0; j < p->side; j++) {
                double noise = sin(i * 12.9 + j * 78.2 + h) * cos(i * 3.1 - j * 7.7);
                double wave = cos(2 * 3.14159265 * (3 + 2 * h) * (i - j) / p->side);
                p->map[(h * p->side + i) * p->side + j] =
                    (float)exp(noise * (1 - fake_rule(step)) + 1.8 * wave * fake_rule(step));
            }
    p->look_rows = 512;
    for (int l = 0; l < p->layers; l++)
        for (int h = 0; h < p->maps; h++) {
            p->look[l][h][2] = .33F - .3F * (float)fake_rule(step);
            p->look[l][h][0] = (1 - p->look[l][h][2]) * (.5F + .1F * (float)sin(l * 4 + h));
            p->look[l][h][1] = 1 - p->look[l][h][2] - p->look[l][h][0];
        }
}

/* Right is what a fixed order of the pairs has reached by then. */
static inline void fake_table(Probe *p, double step)
{
    const double by_heart = fake_logistic((step - 170) / 28), turned = fake_logistic((step - 240) / 40);
    p->oldest = p->step;
    for (int a = 0; a < p->tokens; a++)
        for (int b = 0; b < p->tokens; b++) {
            ProbeCell *cell = &p->cell[a * p->tokens + b];
            unsigned draw = (unsigned)(a * 7919 + b * 104729) * 2654435761U >> 8;
            unsigned twin = (unsigned)(b * 7919 + a * 104729) * 2654435761U >> 8;
            bool trained = draw % 2 == 0, mirror = !trained && twin % 2 == 0;
            double reached = trained ? by_heart : mirror ? turned : fake_rule(step);
            cell->kind = trained ? PAIR_TRAINED : mirror ? PAIR_MIRROR : PAIR_UNSEEN;
            cell->right = (int16_t)((a + b) % p->tokens);
            bool knows = (draw >> 4) % 1000 < 1000 * reached;
            cell->answer = (int16_t)(knows ? cell->right : (a * b + 1) % p->tokens);
            cell->chance = (uint8_t)(60 + 190 * reached);
        }
}

/* 4 + 6, which it was not trained on. */
static inline ProbePair fake_pair(int64_t step)
{
    double sure = step > 500 ? .52 : .08;
    ProbePair p = {.there = true, .a = 4, .b = 6, .right = 10, .kind = PAIR_UNSEEN, .step = step};
    for (int i = 0; i < PROBE_TOP; i++) {
        p.top[i] = i == 0 ? 97 : i == 1 ? 10 : 20 + i;
        p.chance[i] = i == 0 ? .55 - .1 * sure : i == 1 ? .8 * sure : .02 / i;
    }
    p.chance_right = p.chance[1];
    for (int l = 0; l < 2; l++)
        memcpy(p.look[l], (float[]){.4F, .5F, .1F}, sizeof p.look[l]);
    return p;
}

/* What a view asks for. Free with probe_free. */
static inline Probe fake_probe(ProbeKind kind, int64_t step)
{
    Probe p = {0};
    probe_make(&p, &(ProbeRequest){.kind = kind}, 113, 2, 4);
    p.step = step;
    if (kind == PROBE_FOURIER)
        fake_fourier(&p, (double)step), fake_clock(&p, (double)step);
    if (kind == PROBE_ATTENTION)
        fake_attention(&p, (double)step);
    if (kind == PROBE_TABLE)
        fake_table(&p, (double)step);
    return p;
}

/* The same run left at its step, and another future of it from 800 on, which has come to 1,600. */
static inline RunSummary *fake_branched_summary(void)
{
    RunSummary *b = fake_summary(2600);
    fake_event(b, EVENT_BRANCH, 800, "L2 0.1", "1", "2");
    fake_event(b, EVENT_SET, 800, "decay.kind", "lrd", "l2");
    fake_event(b, EVENT_SET, 800, "decay.strength", "0.005", "0.1");
    Evaluation e;
    evaluation_init(&e, FAKE_MATRICES, FAKE_SIGMA);
    for (int64_t at = 900; at <= 1600; at += 100) {
        fake_evaluation(&e, 800 + .2 * (double)(at - 800));
        e.step = at;
        run_summary_add_evaluation(b, &e);
    }
    evaluation_free(&e);
    return b;
}

static inline Snapshot fake_snapshot(RunSummary *b, SessionState state)
{
    return (Snapshot){.sequence = 1,
                      .state = state,
                      .step = b->step + 3,
                      .steps_per_s = 36.2,
                      .seconds_left = (4000 - (double)b->step) / 36.2,
                      .summary = b};
}

#endif
