#include <lrd/panel/action_row.h>

#include <stddef.h>

const char *const action_groups[ACTION_GROUP_COUNT] = {
    [ACTION_TRAINING] = "the run",      [ACTION_DECAY] = "the decay",     [ACTION_PAST] = "the past",
    [ACTION_LOOKING] = "what is shown", [ACTION_PROGRAM] = "the program", [ACTION_WATCH] = "replay of a log",
};

static const Action *action_find_in(const ActionTable *t, int code, bool watch)
{
    for (int i = 0; code != UI_KEY_NONE && i < t->count; i++)
        for (int k = 0; k < ACTION_CODES_MAX && t->row[i].codes[k]; k++)
            if (t->row[i].codes[k] == code && (t->row[i].group == ACTION_WATCH) == watch)
                return &t->row[i];
    return NULL;
}

const Action *action_find(const ActionTable *t, int code)
{
    return action_find_in(t, code, false);
}

const Action *action_find_for(const ActionTable *t, const Snapshot *s, int code)
{
    const Action *watch = s->replay.on ? action_find_in(t, code, true) : NULL;
    return watch ? watch : action_find(t, code);
}

bool action_is_on(const Snapshot *s, const Action *a)
{
    return s->replay.on ? !a->needs_run : a->group != ACTION_WATCH;
}
