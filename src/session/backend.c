#include <lrd/session/backend.h>

static bool send_to_session(void *self, const Command *command, uint64_t *number)
{
    return session_send(self, command, number);
}
static const Snapshot *look_at_session(void *self)
{
    return session_look(self);
}
static int fd_of_session(const void *self)
{
    return session_fd(self);
}
static void abandon_session(void *self)
{
    session_abandon(self);
}
static Status end_session(void *self)
{
    return session_end(self);
}

static bool send_to_replay(void *self, const Command *command, uint64_t *number)
{
    return replay_send(self, command, number);
}
static const Snapshot *look_at_replay(void *self)
{
    return replay_look(self);
}
static int fd_of_replay(const void *self)
{
    return replay_fd(self);
}
static Status end_replay(void *self)
{
    return replay_end(self);
}

Backend backend_of_session(Session *s)
{
    static const BackendKind kind = {send_to_session, look_at_session, fd_of_session, abandon_session, end_session};
    return (Backend){&kind, s};
}

Backend backend_of_replay(Replay *r)
{
    static const BackendKind kind = {send_to_replay, look_at_replay, fd_of_replay, NULL, end_replay};
    return (Backend){&kind, r};
}
