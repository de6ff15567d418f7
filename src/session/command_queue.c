#include <lrd/base/util.h>
#include <lrd/base/wakeup.h>
#include <lrd/session/command_queue.h>

#include <pthread.h>
#include <stdlib.h>

struct CommandQueue {
    pthread_mutex_t lock; /* over everything below but the bell */
    uint64_t sent, taken;
    bool closed;
    Command items[COMMAND_QUEUE_CAPACITY];
    Bell bell;
};

CommandQueue *command_queue_new(void)
{
    CommandQueue *q = xcalloc(1, sizeof *q);
    pthread_mutex_init(&q->lock, NULL);
    bell_open(&q->bell);
    return q;
}

void command_queue_free(CommandQueue *q)
{
    if (!q)
        return;
    bell_close(&q->bell);
    pthread_mutex_destroy(&q->lock);
    free(q);
}

bool command_queue_send(CommandQueue *q, const Command *command, uint64_t *number)
{
    pthread_mutex_lock(&q->lock);
    bool room = !q->closed && q->sent - q->taken < COMMAND_QUEUE_CAPACITY;
    if (room) {
        q->items[q->sent++ % COMMAND_QUEUE_CAPACITY] = *command;
        if (number)
            *number = q->sent;
    }
    pthread_mutex_unlock(&q->lock);
    if (room)
        bell_ring(&q->bell);
    return room;
}

bool command_queue_take(CommandQueue *q, Command *command)
{
    pthread_mutex_lock(&q->lock);
    bool any = q->sent != q->taken;
    if (any)
        *command = q->items[q->taken++ % COMMAND_QUEUE_CAPACITY];
    pthread_mutex_unlock(&q->lock);
    return any;
}

void command_queue_close(CommandQueue *q)
{
    pthread_mutex_lock(&q->lock);
    q->closed = true;
    pthread_mutex_unlock(&q->lock);
    bell_ring(&q->bell);
}

bool command_queue_is_closed(CommandQueue *q)
{
    pthread_mutex_lock(&q->lock);
    bool closed = q->closed;
    pthread_mutex_unlock(&q->lock);
    return closed;
}

void command_queue_wait(CommandQueue *q, double seconds)
{
    bell_wait(&q->bell, seconds);
}
