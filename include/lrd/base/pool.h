/* base/pool: a few threads that work off numbered items together.
 *
 * pool_run hands the items 0 .. count-1 to whichever thread is free and returns when all are done; the caller works
 * too, as worker 0. Which thread takes an item is not fixed: an item's result may depend on its number alone.
 *
 * Threads: one caller. Workers have all signals blocked and 8 MiB stacks (OpenBLAS needs more than some defaults).
 * Ownership: pool_free ends the threads. */
#ifndef LRD_BASE_POOL_H
#define LRD_BASE_POOL_H

typedef struct Pool Pool;
typedef void PoolWork(void *context, int item, int worker);

/* threads >= 1, the caller included. prepare: what each new thread does first, NULL for nothing. */
Pool *pool_new(int threads, void (*prepare)(void));
void pool_free(Pool *p);
int pool_threads(const Pool *p);
void pool_run(Pool *p, int count, PoolWork *work, void *context);

#endif
