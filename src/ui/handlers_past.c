#include <lrd/ui/handlers.h>

#include <stdio.h>

#include <lrd/panel/comparison_branch.h>
#include <lrd/base/util.h>

#include <lrd/panel/key.h>
#include <lrd/panel/labels.h>
#include <lrd/panel/time_cursor.h>
#include <lrd/view/format.h>

static void say_nothing_earlier(const KeyPress *k)
{
    const EvalHistory *kept = &k->s->summary->moments;
    if (kept->count == 0)
        ui_say(k->u, "Nothing to look back at yet: the first evaluation is still to come.");
    else
        ui_say(k->u, "Nothing earlier: the first moment that is kept is step %s.",
               format_count(eval_history_at(kept, 0)->step).s);
}

/* The screen itself is the answer where there is something to go to. */
static void scrub(const KeyPress *k, bool back, int times)
{
    bool was_now = k->u->past < 0, moved = false;
    for (int i = 0; i < times && (back ? time_cursor_go_back : time_cursor_go_forth)(k->u, k->s); i++)
        moved = true;
    if (!moved && back)
        say_nothing_earlier(k);
    else if (k->u->past < 0)
        ui_say(k->u, was_now ? "This is now; [ looks back." : "This is now again.");
}

void key_scrub(const KeyPress *k)
{
    scrub(k, k->code == '[', 1);
}

/* In the table of answers the keys move over its pairs. */
static void move_in_table(const KeyPress *k)
{
    const ModelConfig m = settings_model(&k->s->summary->settings);
    const int last = m.vocab - 2; /* '=' is no number */
    bool up = k->code == 'k' || k->code == UI_KEY_SHIFT_UP, down = k->code == 'j' || k->code == UI_KEY_SHIFT_DOWN;
    bool left = k->code == 'h' || k->code == UI_KEY_SHIFT_LEFT;
    int *place = up || down ? &k->u->cell_a : &k->u->cell_b;
    *place = min_int(max_int(*place + (up || left ? -1 : 1), 0), last);
}

void key_cursor(const KeyPress *k)
{
    enum { LEAP = 10 };
    if (k->u->view == VIEW_TABLE) {
        move_in_table(k);
        return;
    }
    switch (k->code) {
    case 'j':
    case UI_KEY_SHIFT_DOWN:
        scrub(k, true, LEAP);
        return;
    case 'k':
    case UI_KEY_SHIFT_UP:
        scrub(k, false, LEAP);
        return;
    default:
        scrub(k, k->code == 'h' || k->code == UI_KEY_SHIFT_LEFT, 1);
    }
}

void key_scrub_events(const KeyPress *k)
{
    bool was_now = k->u->past < 0;
    bool moved = k->code == '{' ? time_cursor_event_back(k->u, k->s) : time_cursor_event_forth(k->u, k->s);
    if (!moved && k->code == '{')
        ui_say(k->u, "No event before this; [ goes back evaluation by evaluation.");
    else if (k->u->past < 0)
        ui_say(k->u, was_now ? "This is now; { goes back from event to event." : "No later event: this is now again.");
}

void key_scrub_ends(const KeyPress *k)
{
    if (k->code == UI_KEY_END)
        ui_say(k->u, time_cursor_leave(k->u) ? "This is now again." : "This is now; [ looks back.");
    else if (!time_cursor_go_first(k->u, k->s))
        say_nothing_earlier(k);
}

void key_branch(const KeyPress *k)
{
    char step[32];
    Text words = {0};
    const Evaluation *e = time_cursor_evaluation(k->s, k->u);
    if (!e) {
        ui_say(k->u, "Enter starts a branch from an earlier moment: [ goes back to one.");
        return;
    }
    int64_t from = time_cursor_rewind_step(k->s, k->u);
    if (from < 0) {
        ui_say(k->u, "No rewind point is left before this moment (lab.rewind_mb): ] goes to a later one.");
        return;
    }
    snprintf(step, sizeof step, "%lld", (long long)e->step);
    settings_change_print(&k->u->plan, "=", " ", &words);
    ui_ask(k->e, COMMAND_BRANCH, step, text_str(&words));
    text_free(&words);
    ui_forget_run(k->u);
    ui_say(k->u, "A branch from step %s; the old future stays as a ghost.", format_count(from).s);
}

void key_switch(const KeyPress *k)
{
    const Branches *t = &k->s->summary->branches;
    if (t->count < 2) {
        ui_say(k->u, "There is only this run; Enter at an earlier moment ([) starts a branch.");
        return;
    }
    branch_switch_to(k, t->now % t->count + 1);
}

void branch_switch_to(const KeyPress *k, int next)
{
    const Branches *t = &k->s->summary->branches;
    char number[16];
    snprintf(number, sizeof number, "%d", next);
    ui_ask(k->e, COMMAND_SWITCH, "", number);
    ui_forget_run(k->u);
    ui_say(k->u, "To branch %d: %s.", next, t->item[next - 1].name);
}

void key_compare(const KeyPress *k)
{
    const Branches *t = &k->s->summary->branches;
    if (t->count < 2) {
        ui_say(k->u, "There is nothing to compare with; Enter at an earlier moment ([) starts a branch.");
        return;
    }
    int ghost = comparison_branch_choose_next(k->u, k->s);
    if (ghost)
        ui_say(k->u, "Behind the curves, as a ghost: branch %d, %s.", ghost, t->item[ghost - 1].name);
    else
        ui_say(k->u, "No other branch behind the curves.");
}

/* The other one of L2 and LRD beside what is in force. c: the matched form, nothing else differs. C: the reference's
 * arms, L2 on all weights against LRD on Q and K. */
void key_twin(const KeyPress *k)
{
    if (k->s->twin) {
        ui_ask(k->e, COMMAND_TWIN, "", "");
        ui_say(k->u, "The twin stops; its branch stays, and v goes to it.");
        return;
    }
    if (k->u->past >= 0) {
        ui_say(k->u, "A twin starts from now: End goes back to now; Enter starts a branch from here.");
        return;
    }
    Settings now = ui_state_settings(k->u, k->s);
    int kind = now.decay.kind == DECAY_LRD ? DECAY_L2 : DECAY_LRD;
    bool arms = k->code == 'C';
    int targets = !arms ? now.decay.targets : kind == DECAY_L2 ? TARGETS_ALL : TARGETS_QK;
    double strength = own_strength_of(&k->u->strengths, kind);
    char words[160];
    snprintf(words, sizeof words, "decay.kind=%s decay.strength=%.6g decay.targets=%s", decay_kinds[kind].name,
             strength, decay_target_names[targets]);
    ui_ask(k->e, COMMAND_TWIN, "", words);
    ui_say(k->u, "A twin with %s %s on %s, same weights, same batches. %s", decay_kinds[kind].label,
           format_strength(strength).s, label_targets[targets],
           arms ? "The paper's arms: L2 on all weights, LRD on Q and K."
                : "The matched form: nothing else differs, decay.rest neither.");
}
