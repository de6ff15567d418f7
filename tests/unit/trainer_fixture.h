/* What the tests of the trainer share: small trainers from words of settings, and copies of their state. */
#ifndef TRAINER_FIXTURE_H
#define TRAINER_FIXTURE_H

#include "approx.h"

#include <stdio.h>

#include <lrd/train/trainer.h>

enum { WORDS_MAX = 8 };

/* "KEY=VALUE", up to the first NULL. */
typedef const char *const Words[WORDS_MAX];

static inline void fixture_change(Settings *s, const char *word)
{
    char key[64];
    const char *equals = strchr(word, '=');
    snprintf(key, sizeof key, "%.*s", (int)(equals - word), word);
    Status status = settings_set(s, key, equals + 1);
    assert_string_equal(status.text, "");
}

static inline Settings fixture_settings(Words words)
{
    static Words small = {"task.p=23", "model.dim=16", "model.mlp=24", "train.threads=1", "train.batch=64"};
    Settings s = settings_default();
    for (int i = 0; i < WORDS_MAX && small[i]; i++)
        fixture_change(&s, small[i]);
    for (int i = 0; i < WORDS_MAX && words[i]; i++)
        fixture_change(&s, words[i]);
    assert_string_equal(settings_check(&s).text, "");
    return s;
}

static inline Trainer *fixture_trainer_of(const Settings *s)
{
    Dataset d;
    Status status = dataset_split(&d, (TaskOp)s->task.op, s->task.p, s->task.frac, (uint64_t)s->task.seed);
    assert_string_equal(status.text, "");
    Trainer *t = trainer_new(s, &d);
    assert_null(d.train); /* taken over */
    return t;
}

static inline Trainer *fixture_trainer(Words words)
{
    const Settings s = fixture_settings(words);
    return fixture_trainer_of(&s);
}

static inline void fixture_steps(Trainer *t, int count)
{
    for (int i = 0; i < count; i++)
        assert_int_equal(trainer_step(t, false), STEP_DONE);
}

/* Everything that a step changes, as bytes. */
typedef struct StateCopy {
    size_t floats, rows;
    TrainerState state; /* its pointers are not looked at */
    float *arenas;      /* weights, m, v */
    int32_t *permutation;
    StepResult last;
} StateCopy;

static inline StateCopy state_copy(Trainer *t)
{
    const TrainerState *s = trainer_state(t);
    StateCopy c = {.floats = trainer_layout(t)->parameters,
                   .rows = (size_t)trainer_dataset(t)->train_count,
                   .state = *s,
                   .last = trainer_last(t)};
    c.arenas = xfloats(3 * c.floats);
    c.permutation = xcalloc(c.rows, sizeof *c.permutation);
    memcpy(c.arenas, s->weights, c.floats * sizeof(float));
    memcpy(c.arenas + c.floats, s->m, c.floats * sizeof(float));
    memcpy(c.arenas + 2 * c.floats, s->v, c.floats * sizeof(float));
    memcpy(c.permutation, s->permutation, c.rows * sizeof *c.permutation);
    return c;
}

static inline void state_free(StateCopy *c)
{
    free(c->arenas);
    free(c->permutation);
}

static inline void assert_states_equal(const StateCopy *a, const StateCopy *b)
{
    assert_int_equal(a->state.step, b->state.step);
    assert_int_equal(a->state.cursor, b->state.cursor);
    assert_memory_equal(&a->state.batches, &b->state.batches, sizeof a->state.batches);
    assert_memory_equal(&a->last, &b->last, sizeof a->last);
    assert_true(a->floats == b->floats && a->rows == b->rows);
    assert_memory_equal(a->arenas, b->arenas, 3 * a->floats * sizeof(float));
    assert_memory_equal(a->permutation, b->permutation, a->rows * sizeof *a->permutation);
}

/* The trainer's state is what it was when copied. */
static inline void assert_state(Trainer *t, const StateCopy *expected)
{
    StateCopy now = state_copy(t);
    assert_states_equal(&now, expected);
    state_free(&now);
}

#endif
