#include <lrd/base/util.h>
#include <lrd/base/wakeup.h>
#include <lrd/session/command_queue.h>

#include <pthread.h>
#include <stdlib.h>

struct CommandQueue {
    pthread_mutex_t lock; /* over everything below but the wake-up */
    uint64_t sent, taken;
    bool closed;
    Command items[COMMAND_QUEUE_CAPACITY];
    Wakeup wakeup;
};

CommandQueue *command_queue_new(void)
{
    CommandQueue *q = xcalloc(1, sizeof *q);
    pthread_mutex_init(&q->lock, NULL);
    wakeup_open(&q->wakeup);
    return q;
}

void command_queue_free(CommandQueue *q)
{
    if (!q)
        return;
    wakeup_close(&q->wakeup);
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
        wakeup_ring(&q->wakeup);
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
    wakeup_ring(&q->wakeup);
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
    wakeup_wait(&q->wakeup, seconds);
}
