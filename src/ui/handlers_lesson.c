#include <lrd/ui/handlers.h>

#include <stdio.h>

#include <lrd/panel/key.h>
#include <lrd/lesson/lesson_check.h>

static void ask_pause(const KeyPress *k, bool pause)
{
    ui_ask(k->e, pause ? COMMAND_PAUSE : COMMAND_RESUME, "", "");
    k->u->pause_pending = true;
    k->u->pause_value = pause;
    k->u->pause_number = UINT64_MAX;
    k->u->lesson.holds = pause;
}

void lesson_settle(const KeyPress *k)
{
    LessonPlace *p = &k->u->lesson;
    if (p->hold_due && !ui_state_is_paused(k->u, k->s))
        ask_pause(k, true);
    else if (p->release_due && ui_state_is_paused(k->u, k->s))
        ask_pause(k, false);
    p->hold_due = p->release_due = false;
}

/* To where the step speaks of, when the run is further by an evaluation or more. */
static void go_where_it_begins(const KeyPress *k, const LessonStep *step)
{
    const RunSummary *b = k->s->summary;
    const int64_t at = step->from == LESSON_FROM_MEMORISED ? b->memorised
                       : step->from == LESSON_FROM_STEP    ? step->from_step
                                                           : -1;
    char word[32];
    snprintf(word, sizeof word, "%lld", (long long)at);
    if (at >= 0 && k->s->step > at + b->settings.train.eval_every)
        ui_ask(k->e, COMMAND_REWIND, word, "");
}

static void change_settings(const KeyPress *k, const LessonStep *step)
{
    UiState *u = k->u;
    const Settings now = ui_state_settings(u, k->s);
    Settings then = now;
    SettingsChange set = step->set;
    own_strengths_note(&u->strengths, &now);
    own_strength_complete(&u->strengths, &now, &set);
    Status status = settings_change_apply(&then, &set);
    if (!status_is_ok(status)) {
        ui_say(u, "%s", status.text); /* the run has a setting that shuts one of these out */
    } else if (ui_ask_change(k, &then)) {
        const SettingsChange made = settings_difference(&now, &then);
        Text words = {0};
        ui_mark_setup(k);
        settings_change_print(&made, " ", ", ", &words);
        ui_say(u, "For this step: %s.", text_str(&words));
        text_free(&words);
    }
}

/* What it shows and changes; settings only the first time, so that going back to read undoes nothing. */
static void enter_step(const KeyPress *k, int number)
{
    UiState *u = k->u;
    LessonPlace *p = &u->lesson;
    p->step = number;
    p->from = k->s->step;
    u->past = -1;
    u->overlay = OVERLAY_NONE;
    u->is_alone = false;
    u->message[0] = '\0';
    const LessonStep *step = lesson_step(p);
    if (step->has_view)
        u->view = step->view;
    if (number < p->begun)
        return;
    p->begun = number + 1;
    p->held[number] = 0;
    go_where_it_begins(k, step);
    change_settings(k, step);
    if (step->starts_held && !ui_state_is_paused(u, k->s))
        ask_pause(k, true);
    else if (!step->starts_held && p->holds)
        ask_pause(k, false);
    p->unsent = k->e->command_count;
    lesson_follow(u, k->s, UI_KEY_NONE);
}

void lesson_begin(const KeyPress *k, bool anew)
{
    LessonPlace *p = &k->u->lesson;
    const LessonStep *first = &p->lesson->step[0];
    *p = (LessonPlace){.lesson = p->lesson, .open = true};
    ui_forget_run(k->u);
    if (anew) {
        /* Paused until all is set: else some of its steps would be made without. */
        ui_ask(k->e, COMMAND_PAUSE, "", "");
        k->u->strengths = own_strengths_new();
        ui_ask(k->e, COMMAND_PRESET, "", p->lesson->preset)->setup = true;
        own_strengths_note(&k->u->strengths, &p->lesson->start);
    }
    SettingsChange set = first->set;
    own_strength_complete(&k->u->strengths, &p->lesson->start, &set);
    if (set.count > 0) {
        Command *c = ui_ask(k->e, COMMAND_SET, "", "");
        c->change = set;
        c->setup = true;
    }
    if (!first->starts_held)
        ui_ask(k->e, COMMAND_RESUME, "", "");
    p->holds = first->starts_held;
    p->begun = 1;
    enter_step(k, 0);
    p->unsent = k->e->command_count;
}

static void leave(const KeyPress *k)
{
    UiState *u = k->u;
    if (u->lesson.holds && ui_state_is_paused(u, k->s))
        ask_pause(k, false);
    u->lesson.open = false;
    ui_say(u, "The lesson is closed where it was: L opens it again. The run goes on.");
}

void key_lesson(const KeyPress *k)
{
    LessonPlace *p = &k->u->lesson;
    if (p->open) {
        leave(k);
        return;
    }
    p->open = true;
    if (p->begun == 0)
        p->step = LESSON_OFFER;
    if (!p->lesson)
        k->e->flags |= EFFECT_LESSON;
    k->u->message[0] = '\0';
}

static void go_forth(const KeyPress *k)
{
    LessonPlace *p = &k->u->lesson;
    if (p->step == LESSON_OFFER) {
        lesson_begin(k, true);
    } else if (p->step + 1 < p->lesson->count) {
        enter_step(k, p->step + 1);
    } else {
        leave(k);
        *p = (LessonPlace){.lesson = p->lesson, .step = LESSON_OFFER};
        ui_say(k->u, "That was the lesson. The run goes on; L offers the lesson again.");
    }
}

void key_lesson_step(const KeyPress *k)
{
    LessonPlace *p = &k->u->lesson;
    if (!p->open || !p->lesson)
        ui_say(k->u, "→ and ← go through a lesson: L opens one.");
    else if (k->code == UI_KEY_RIGHT || k->code == UI_KEY_PAGE_DOWN)
        go_forth(k);
    else if (p->step > 0)
        enter_step(k, p->step - 1);
    else
        ui_say(k->u, "There is nothing before this; L closes the lesson.");
}
