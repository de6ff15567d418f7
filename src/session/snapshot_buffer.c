#include <lrd/base/util.h>
#include <lrd/base/wakeup.h>
#include <lrd/session/snapshot_buffer.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct Exchange {
    pthread_mutex_t lock; /* over newest and fresh: held for a swap, never for a copy */
    Snapshot slots[3];    /* each owns its board and its ghosts */
    int filling;          /* the writer's */
    int looking;          /* the reader's */
    int newest;
    bool fresh; /* the newest was not looked at yet */
    uint64_t sequence;
    Bell bell;
};

Exchange *exchange_new(void)
{
    Exchange *x = xcalloc(1, sizeof *x);
    x->filling = 0;
    x->newest = 1;
    x->looking = 2;
    pthread_mutex_init(&x->lock, NULL);
    bell_open(&x->bell);
    return x;
}

void exchange_free(Exchange *x)
{
    if (!x)
        return;
    for (int i = 0; i < 3; i++) {
        board_free(x->slots[i].board);
        for (int k = 0; k < GHOSTS_MAX; k++)
            free(x->slots[i].ghost[k]);
        portrait_free(&x->slots[i].portrait);
    }
    bell_close(&x->bell);
    pthread_mutex_destroy(&x->lock);
    free(x);
}

static bool board_has_shape_of(const Board *b, const Board *other)
{
    return b && b->evaluation.matrix_count == other->evaluation.matrix_count &&
           b->evaluation.sigma_count == other->evaluation.sigma_count;
}

Snapshot *exchange_fill(Exchange *x, const Board *board)
{
    Snapshot *s = &x->slots[x->filling];
    if (!board_has_shape_of(s->board, board)) {
        board_free(s->board);
        s->board = board_new(&board->settings, board->evaluation.matrix_count, board->evaluation.sigma_count);
    }
    board_copy(s->board, board);
    return s;
}

void exchange_fill_ghosts(Snapshot *s, const Ghost *const *ghosts, int count)
{
    for (int i = 0; i < count; i++) {
        if (!s->ghost[i])
            s->ghost[i] = xcalloc(1, sizeof **s->ghost);
        if (s->ghost[i]->version != ghosts[i]->version || strcmp(s->ghost[i]->name, ghosts[i]->name) != 0)
            ghost_copy(s->ghost[i], ghosts[i]);
    }
    s->ghost_count = count;
}

void exchange_publish(Exchange *x)
{
    x->slots[x->filling].sequence = ++x->sequence;
    pthread_mutex_lock(&x->lock);
    int filled = x->filling;
    x->filling = x->newest;
    x->newest = filled;
    x->fresh = true;
    pthread_mutex_unlock(&x->lock);
    bell_ring(&x->bell);
}

const Snapshot *exchange_look(Exchange *x)
{
    bell_clear(&x->bell);
    pthread_mutex_lock(&x->lock);
    if (x->fresh) {
        int seen = x->looking;
        x->looking = x->newest;
        x->newest = seen;
        x->fresh = false;
    }
    pthread_mutex_unlock(&x->lock);
    return &x->slots[x->looking];
}

int exchange_fd(const Exchange *x)
{
    return x->bell.reader;
}
