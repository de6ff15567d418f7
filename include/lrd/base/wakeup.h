/* base/wakeup: wakes a thread that sleeps in poll(): a pipe that never blocks and holds nothing but "look".
 *
 * Rings that come before anyone looks melt into one. The reader clears the wake-up before it looks at what
 * the wake-up stands for, so that no ring is lost.
 *
 * Ownership: wakeup_close gives the descriptors back. Threads: wakeup_ring from any thread or signal handler,
 * the rest from one reader. */
#ifndef LRD_BASE_WAKEUP_H
#define LRD_BASE_WAKEUP_H

typedef struct Wakeup {
    int reader, writer; /* descriptors; reader is readable after a ring */
} Wakeup;

void wakeup_open(Wakeup *b);
void wakeup_close(Wakeup *b);
void wakeup_ring(const Wakeup *b);
void wakeup_clear(const Wakeup *b);
/* Sleeps until a ring, at most that many seconds; below 0: for as long as it takes. Clears the wake-up. */
void wakeup_wait(const Wakeup *b, double seconds);

#endif
