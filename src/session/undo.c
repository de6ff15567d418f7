#include <lrd/session/undo.h>

#include <string.h>

void undo_push(UndoList *u, const UndoEntry *e)
{
    if (u->count == UNDO_MAX)
        memmove(u->entry, u->entry + 1, (size_t)--u->count * sizeof *u->entry);
    u->entry[u->count++] = *e;
}

void undo_push_settings(UndoList *u, const Settings *before, const Settings *after)
{
    const UndoEntry e = {.before = settings_difference(after, before)};
    if (e.before.count > 0)
        undo_push(u, &e);
}

const UndoEntry *undo_pop(UndoList *u)
{
    return u->count > 0 ? &u->entry[--u->count] : NULL;
}
