#include <lrd/base/pool.h>

#include <lrd/base/util.h>
#include <lrd/base/thread.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

/* A phase of a step lasts some 50 microseconds to some milliseconds: worth waiting awake for a moment. */
enum { SPINS = 2000 };

typedef struct Worker {
    Pool *pool;
    pthread_t thread;
    int number;
    void (*prepare)(void);
} Worker;

struct Pool {
    int threads; /* the caller included */
    Worker *workers;
    pthread_mutex_t lock;
    pthread_cond_t wake, idle;
    atomic_int round;   /* rises with every pool_run; -1: end */
    atomic_int next;    /* the next item to take */
    atomic_int working; /* workers that have not finished this round */
    int count;
    PoolWork *work;
    void *context;
};

static void take_items(Pool *p, int worker)
{
    for (int item; (item = atomic_fetch_add(&p->next, 1)) < p->count;)
        p->work(p->context, item, worker);
}

static int wait_for_round(Pool *p, int seen)
{
    for (int i = 0; i < SPINS; i++)
        if (atomic_load(&p->round) != seen)
            return atomic_load(&p->round);
    pthread_mutex_lock(&p->lock);
    while (atomic_load(&p->round) == seen)
        pthread_cond_wait(&p->wake, &p->lock);
    pthread_mutex_unlock(&p->lock);
    return atomic_load(&p->round);
}

static void *worker_body(void *argument)
{
    Worker *w = argument;
    if (w->prepare)
        w->prepare();
    Pool *p = w->pool;
    int seen = 0;
    while ((seen = wait_for_round(p, seen)) >= 0) {
        take_items(p, w->number);
        if (atomic_fetch_sub(&p->working, 1) == 1) {
            pthread_mutex_lock(&p->lock);
            pthread_cond_signal(&p->idle);
            pthread_mutex_unlock(&p->lock);
        }
    }
    return NULL;
}

static void announce(Pool *p, int round)
{
    pthread_mutex_lock(&p->lock);
    atomic_store(&p->round, round);
    pthread_cond_broadcast(&p->wake);
    pthread_mutex_unlock(&p->lock);
}

Pool *pool_new(int threads, void (*prepare)(void))
{
    Pool *p = xcalloc(1, sizeof *p);
    p->threads = 1;
    p->workers = xcalloc((size_t)max_int(threads, 1), sizeof *p->workers);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->wake, NULL);
    pthread_cond_init(&p->idle, NULL);
    for (int i = 1; i < threads; i++) {
        Worker *w = &p->workers[i];
        *w = (Worker){.pool = p, .number = i, .prepare = prepare};
        if (!thread_start(&w->thread, worker_body, w))
            break; /* fewer threads: slower, with the same results */
        p->threads++;
    }
    return p;
}

void pool_free(Pool *p)
{
    if (!p)
        return;
    announce(p, -1);
    for (int i = 1; i < p->threads; i++)
        pthread_join(p->workers[i].thread, NULL);
    pthread_mutex_destroy(&p->lock);
    pthread_cond_destroy(&p->wake);
    pthread_cond_destroy(&p->idle);
    free(p->workers);
    free(p);
}

int pool_threads(const Pool *p)
{
    return p->threads;
}

void pool_run(Pool *p, int count, PoolWork *work, void *context)
{
    if (p->threads == 1 || count <= 1) {
        for (int item = 0; item < count; item++)
            work(context, item, 0);
        return;
    }
    p->count = count;
    p->work = work;
    p->context = context;
    atomic_store(&p->next, 0);
    atomic_store(&p->working, p->threads - 1);
    announce(p, (atomic_load(&p->round) + 1) & 0x3fffffff);
    take_items(p, 0);
    for (int i = 0; i < SPINS && atomic_load(&p->working); i++)
        ;
    pthread_mutex_lock(&p->lock);
    while (atomic_load(&p->working))
        pthread_cond_wait(&p->idle, &p->lock);
    pthread_mutex_unlock(&p->lock);
}
