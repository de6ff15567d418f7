#include <lrd/ui/handlers.h>

#include <lrd/ui/key.h>
#include <lrd/ui/past.h>
#include <lrd/view/format.h>

static void say_nothing_earlier(const KeyPress *k)
{
    const Moments *kept = &k->s->board->moments;
    if (kept->count == 0)
        ui_say(k->u, "Nothing to look back at yet: the first evaluation is still to come.");
    else
        ui_say(k->u, "Nothing earlier: the first moment that is kept is step %s.",
               format_count(moments_at(kept, 0)->step).s);
}

/* The screen itself is the answer where there is something to go to. */
static void scrub(const KeyPress *k, bool back, int times)
{
    bool was_now = k->u->past < 0, moved = false;
    for (int i = 0; i < times && (back ? past_go_back : past_go_forth)(k->u, k->s); i++)
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

void key_cursor(const KeyPress *k)
{
    enum { LEAP = 10 };
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
    bool moved = k->code == '{' ? past_event_back(k->u, k->s) : past_event_forth(k->u, k->s);
    if (!moved && k->code == '{')
        ui_say(k->u, "No event before this; [ goes back evaluation by evaluation.");
    else if (k->u->past < 0)
        ui_say(k->u, was_now ? "This is now; { goes back from event to event." : "No later event: this is now again.");
}

void key_scrub_ends(const KeyPress *k)
{
    if (k->code == UI_KEY_END)
        ui_say(k->u, past_leave(k->u) ? "This is now again." : "This is now; [ looks back.");
    else if (!past_go_first(k->u, k->s))
        say_nothing_earlier(k);
}
