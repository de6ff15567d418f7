#include <lrd/ui/handlers.h>

#include <lrd/panel/key.h>

/* The replay answers within a frame: nothing need be shown as pending. */

void key_replay_pause(const KeyPress *k)
{
    bool on = k->s->state == SESSION_RUNNING;
    ui_ask(k->e, on ? COMMAND_PAUSE : COMMAND_RESUME, "", "");
    if (on)
        ui_say(k->u, "Paused. Space goes on, . goes row by row, [ looks back.");
    else
        ui_say(k->u, k->s->state == SESSION_HOLDING ? "From the beginning." : "The replay goes on.");
}

void key_replay_row(const KeyPress *k)
{
    ui_ask(k->e, COMMAND_STEP, "", "");
}

void key_replay_speed(const KeyPress *k)
{
    ui_ask(k->e, COMMAND_SPEED, "", k->code == UI_KEY_UP ? "up" : "down");
}

void key_replay_ends(const KeyPress *k)
{
    k->u->past = -1;
    ui_ask(k->e, COMMAND_RESTART, "", k->code == 'R' ? "end" : "");
    ui_say(k->u, k->code == 'R' ? "The end of the log." : "The beginning of the log.");
}

void key_replay_lead(const KeyPress *k)
{
    k->u->past = -1;
    ui_ask(k->e, COMMAND_LEAD, "", "");
}
