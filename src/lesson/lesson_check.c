#include <lrd/lesson/lesson_check.h>

#include <stdio.h>
#include <string.h>

#include <lrd/base/choice.h>
#include <lrd/base/quote.h>
#include <lrd/base/util.h>
#include <lrd/panel/key.h>
#include <lrd/panel/time_cursor.h>

/* ---- Whether it holds. Comparisons with NAN are false: a number that is not there holds nothing. */

static bool holds_memorised(const LessonCheck *c, const LessonMoment *m)
{
    (void)c;
    return m->s->summary->memorised >= 0;
}
static bool holds_collapsed(const LessonCheck *c, const LessonMoment *m)
{
    (void)c;
    return m->s->summary->collapsed >= 0;
}
static bool holds_grokked(const LessonCheck *c, const LessonMoment *m)
{
    (void)c;
    return m->s->summary->grokked >= 0;
}
static bool holds_train(const LessonCheck *c, const LessonMoment *m)
{
    return m->s->summary->has_evaluation && m->s->summary->evaluation.train_acc >= c->number;
}
static bool holds_mirror(const LessonCheck *c, const LessonMoment *m)
{
    return m->s->summary->has_evaluation && m->s->summary->evaluation.mirror_acc >= c->number;
}
static bool holds_unseen(const LessonCheck *c, const LessonMoment *m)
{
    return m->s->summary->has_evaluation && m->s->summary->evaluation.unseen_acc >= c->number;
}
static bool holds_rank_below(const LessonCheck *c, const LessonMoment *m)
{
    return m->s->summary->has_evaluation && m->s->summary->evaluation.stable_rank < c->number;
}
static bool holds_step(const LessonCheck *c, const LessonMoment *m)
{
    return (double)m->s->step >= c->number;
}
static bool holds_steps(const LessonCheck *c, const LessonMoment *m)
{
    return (double)(m->s->step - m->u->lesson.from) >= c->number;
}
static bool holds_setting(const LessonCheck *c, const LessonMoment *m)
{
    const Setting *row = settings_find(c->key);
    Settings then = m->s->summary->settings;
    return status_is_ok(settings_set(&then, c->key, c->word)) &&
           memcmp((const char *)&then + row->offset, (const char *)&m->s->summary->settings + row->offset, row->size) ==
               0;
}
static bool holds_key(const LessonCheck *c, const LessonMoment *m)
{
    return m->pressed == c->code;
}
static bool holds_view(const LessonCheck *c, const LessonMoment *m)
{
    return m->u->view == c->view;
}
static bool holds_pair(const LessonCheck *c, const LessonMoment *m)
{
    (void)c;
    const PairTry *asked = &m->u->pair;
    const ProbePair *answer = &m->s->probe.pair;
    return asked->asked && answer->there && answer->a == asked->a && answer->b == asked->b;
}
static bool holds_past(const LessonCheck *c, const LessonMoment *m)
{
    (void)c;
    return time_cursor_evaluation(m->s, m->u) != NULL;
}
static bool holds_branch(const LessonCheck *c, const LessonMoment *m)
{
    (void)c;
    return m->s->summary->branches.count > 1;
}
static bool holds_twin(const LessonCheck *c, const LessonMoment *m)
{
    (void)c;
    return m->s->twin > 0;
}

/* clang-format off */
const LessonCheckRow lesson_checks[] = {
    {"memorised", "", LESSON_ARGUMENT_NONE, "the run has memorised its training pairs", "the training pairs known by heart", true, holds_memorised},
    {"collapsed", "", LESSON_ARGUMENT_NONE, "the mean stable rank of Q and K has been below 2", "rank collapse", true, holds_collapsed},
    {"grokked", "", LESSON_ARGUMENT_NONE, "the run has found the rule: grokked, or generalised", "grokking", true, holds_grokked},
    {"train", "P%", LESSON_ARGUMENT_SHARE, "that share of the training pairs, or more, is right", "training pairs %s right", true, holds_train},
    {"mirror", "P%", LESSON_ARGUMENT_SHARE, "that share of the mirror pairs, or more, is right", "mirror pairs %s right", true, holds_mirror},
    {"unseen", "P%", LESSON_ARGUMENT_SHARE, "that share of the unseen pairs, or more, is right", "unseen pairs %s right", true, holds_unseen},
    {"rank-below", "N", LESSON_ARGUMENT_NUMBER, "the mean stable rank of Q and K is below that", "stable rank below %s", true, holds_rank_below},
    {"step", "N", LESSON_ARGUMENT_STEPS, "the run has come to that step", "step %s", true, holds_step},
    {"steps", "N", LESSON_ARGUMENT_STEPS, "the run made so many steps since this step of the lesson began", "%s more steps", true, holds_steps},
    {"setting", "KEY VALUE", LESSON_ARGUMENT_SETTING, "that setting is in force with that value", "%s", false, holds_setting},
    {"key", "KEY", LESSON_ARGUMENT_KEY, "that key was pressed: a letter or sign, or space Enter Tab Esc Up Down Home End", "key %s", false, holds_key},
    {"view", "NAME", LESSON_ARGUMENT_VIEW, "that view is shown", "view %s", false, holds_view},
    {"pair", "", LESSON_ARGUMENT_NONE, "a pair was tried (key a) and the model has answered", "a pair to be tried", false, holds_pair},
    {"past", "", LESSON_ARGUMENT_NONE, "an earlier moment is looked at (keys [ { Home)", "a look back", false, holds_past},
    {"branch", "", LESSON_ARGUMENT_NONE, "the run has a second branch (Enter at an earlier moment, or key c)", "a branch", false, holds_branch},
    {"twin", "", LESSON_ARGUMENT_NONE, "a twin is trained beside the run (key c)", "a twin", false, holds_twin},
};
/* clang-format on */

const int lesson_check_count = sizeof lesson_checks / sizeof *lesson_checks;

/* ---- Reading */

static Status kind_read(const char *name, int *kind)
{
    const char *names[sizeof lesson_checks / sizeof *lesson_checks];
    for (int i = 0; i < lesson_check_count; i++)
        names[i] = lesson_checks[i].name;
    *kind = choice_find(name, names, lesson_check_count);
    return *kind < 0 ? choice_refuse("a lesson cannot wait for", name, names, lesson_check_count) : status_ok();
}

static bool share_read(const char *word, double *out)
{
    size_t n = strlen(word);
    char number[32];
    if (n < 2 || n >= sizeof number || word[n - 1] != '%')
        return false;
    memcpy(number, word, n - 1);
    number[n - 1] = '\0';
    if (!text_to_double(number, out) || *out <= 0 || *out > 100)
        return false;
    *out /= 100;
    return true;
}

static Status setting_read(const char *words, LessonCheck *out)
{
    size_t n = strcspn(words, " \t");
    const char *value = words + n + strspn(words + n, " \t");
    Settings scratch = settings_default();
    char key[SETTING_KEY_MAX];
    if (!*value)
        return status_input("setting wants KEY VALUE behind it, as in setting decay.kind lrd");
    snprintf(key, sizeof key, "%.*s", (int)(n < sizeof key ? n : sizeof key - 1), words);
    Status s = settings_set(&scratch, key, value);
    if (!status_is_ok(s))
        return s;
    memcpy(out->key, key, sizeof key);
    snprintf(out->word, sizeof out->word, "%.*s", (int)sizeof out->word - 1, value);
    return s;
}

Status lesson_key_read(const char *word, const ActionTable *keys, int *code)
{
    *code = ui_key_find(word);
    if (*code != UI_KEY_NONE && action_find(keys, *code))
        return status_ok();
    return status_input("the lab has no key %s; \"lrdlab keys\" lists them, and space, Enter, Tab, Esc, Up, Down, Home "
                        "and End are written so",
                        quote_word(word).text);
}

static Status view_read(const char *word, LessonCheck *out)
{
    return view_find(word, &out->view) ? status_ok() : choice_refuse("there is no view", word, view_names, VIEW_COUNT);
}

static Status argument_read(const LessonCheckRow *row, const char *word, const ActionTable *keys, LessonCheck *out)
{
    long long steps = 0;
    const char *wants = NULL;
    switch (row->type) {
    case LESSON_ARGUMENT_NONE:
        return *word ? status_input("%s takes nothing behind it, not %s", row->name, quote_word(word).text)
                     : status_ok();
    case LESSON_ARGUMENT_SETTING:
        return setting_read(word, out);
    case LESSON_ARGUMENT_KEY:
        return lesson_key_read(word, keys, &out->code);
    case LESSON_ARGUMENT_VIEW:
        return view_read(word, out);
    case LESSON_ARGUMENT_SHARE:
        wants = share_read(word, &out->number) ? NULL : "a share above 0% and up to 100%, as in 95%";
        break;
    case LESSON_ARGUMENT_NUMBER:
        wants = text_to_double(word, &out->number) && out->number > 0 ? NULL : "a number above 0";
        break;
    case LESSON_ARGUMENT_STEPS:
        wants = text_to_i64(word, &steps) && steps > 0 && steps <= (long long)1e12 ? NULL
                                                                                   : "a whole number from 1 to 10^12";
        out->number = (double)steps;
        break;
    }
    return wants ? status_input("%s cannot be %s; it takes %s", row->name, quote_word(word).text, wants) : status_ok();
}

static void waits_write(const LessonCheckRow *row, LessonCheck *c)
{
    const char *hole = strstr(row->waits, "%s");
    Text words = {0};
    text_add_bytes(&words, row->waits, hole ? (size_t)(hole - row->waits) : strlen(row->waits));
    if (row->type == LESSON_ARGUMENT_SETTING)
        text_addf(&words, "%s ", c->key);
    if (row->type == LESSON_ARGUMENT_KEY)
        ui_key_print(c->code, &words);
    else
        text_add(&words, c->word);
    text_add(&words, hole ? hole + 2 : "");
    snprintf(c->waits, sizeof c->waits, "%s", text_str(&words));
    text_free(&words);
    c->of_run = row->of_run;
}

Status lesson_check_read(const char *words, const ActionTable *keys, LessonCheck *out)
{
    char name[64];
    size_t n = strcspn(words, " \t");
    const char *word = words + n + strspn(words + n, " \t");
    snprintf(name, sizeof name, "%.*s", (int)(n < sizeof name ? n : sizeof name - 1), words);
    *out = (LessonCheck){0};
    Status s = kind_read(name, &out->kind);
    if (!status_is_ok(s))
        return s;
    const LessonCheckRow *row = &lesson_checks[out->kind];
    if (row->type != LESSON_ARGUMENT_SETTING && strlen(word) >= sizeof out->word)
        return status_input("%s cannot be %s; that is too long", row->name, quote_word(word).text);
    if (row->type != LESSON_ARGUMENT_SETTING)
        memcpy(out->word, word, strlen(word) + 1);
    s = argument_read(row, word, keys, out);
    if (status_is_ok(s))
        waits_write(row, out);
    return s;
}

/* ---- Writing */

void lesson_print_checks(Text *out)
{
    enum { WIDTH = 20 };
    for (int i = 0; i < lesson_check_count; i++) {
        const LessonCheckRow *row = &lesson_checks[i];
        int used = (int)(strlen(row->name) + strlen(row->argument)) + (*row->argument != '\0');
        text_addf(out, "%s%s%s%*s%s\n", row->name, *row->argument ? " " : "", row->argument, max_int(WIDTH - used, 1),
                  "", row->means);
    }
}

void lesson_print_checks_markdown(Text *out)
{
    text_add(out, "| wait = | it has happened when |\n| --- | --- |\n");
    for (int i = 0; i < lesson_check_count; i++) {
        const LessonCheckRow *row = &lesson_checks[i];
        text_addf(out, "| `%s%s%s` | %s |\n", row->name, *row->argument ? " " : "", row->argument, row->means);
    }
}

/* ---- Following the run */

static bool waits_for_run(const LessonStep *step)
{
    bool found = false;
    for (int i = 0; i < step->check_count; i++)
        found = found || step->check[i].of_run;
    return found;
}

static bool waits_for_user(const LessonPlace *p, const LessonStep *step)
{
    bool found = false;
    for (int i = 0; i < step->check_count; i++)
        found = found || (!step->check[i].of_run && !(p->held[p->step] & 1u << i));
    return found;
}

/* When a step is done the run is held; at the end of the lesson only what training brought about is worth holding.
 * before: what was awaited until now. */
static void lesson_plan_hold(LessonPlace *p, const LessonStep *step, const LessonCheck *before)
{
    if (!step || !before)
        return;
    const LessonCheck *awaited = lesson_awaited(p);
    if (!awaited)
        p->hold_due = p->step + 1 < p->lesson->count || waits_for_run(step);
    else if (step->starts_held && p->holds && !waits_for_user(p, step))
        p->release_due = true;
}

void lesson_follow(UiState *u, const Snapshot *s, int pressed)
{
    const LessonStep *step = lesson_step(&u->lesson);
    const LessonMoment moment = {s, u, pressed};
    const LessonCheck *awaited = lesson_awaited(&u->lesson);
    bool stale = u->lesson.unsent > 0 || s->commands < u->lesson.sent; /* the step's changes are still to come */
    if (s->step < u->lesson.from)
        u->lesson.from = s->step; /* the run was started again, or went back */
    for (int i = 0; step && i < step->check_count; i++) {
        const LessonCheckRow *row = &lesson_checks[step->check[i].kind];
        if ((!stale || row->type == LESSON_ARGUMENT_KEY) && row->holds(&step->check[i], &moment))
            u->lesson.held[u->lesson.step] |= 1u << i;
    }
    lesson_plan_hold(&u->lesson, step, awaited);
}
