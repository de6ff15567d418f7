#include <lrd/base/thread.h>
#include <lrd/base/util.h>
#include <lrd/session/channel.h>

#include <string.h>

void channel_open(Channel *c)
{
    c->commands = command_queue_new();
    c->snapshots = snapshot_buffer_new();
}

void channel_start(Channel *c, void *(*main)(void *), void *self)
{
    c->running = thread_start(&c->thread, main, self);
    if (!c->running)
        die("cannot start a thread: the system has no more of them");
}

bool channel_send(Channel *c, const Command *command, uint64_t *number)
{
    return command_queue_send(c->commands, command, number);
}

const Snapshot *channel_look(Channel *c)
{
    return snapshot_buffer_look(c->snapshots);
}

int channel_fd(const Channel *c)
{
    return snapshot_buffer_fd(c->snapshots);
}

void channel_abandon(Channel *c)
{
    if (c->abandon)
        c->abandon(c->self);
}

Status channel_end(Channel *c)
{
    command_queue_close(c->commands);
    if (c->running)
        pthread_join(c->thread, NULL);
    c->running = false;
    return c->outcome;
}

void channel_close(Channel *c)
{
    channel_end(c);
    snapshot_buffer_free(c->snapshots);
    command_queue_free(c->commands);
}

bool channel_take(Channel *c, Command *command)
{
    return !c->quit && command_queue_take(c->commands, command);
}

void channel_say(Channel *c, const char *format, va_list args)
{
    text_fit(c->message, sizeof c->message, format, args);
    c->message_number++;
}

void channel_publish(Channel *c, Snapshot *s)
{
    s->commands = c->applied;
    memcpy(s->message, c->message, sizeof s->message);
    s->message_number = c->message_number;
    snapshot_buffer_publish(c->snapshots);
    c->published = clock_seconds();
}
