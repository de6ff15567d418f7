/* base/wakeup: wakes a thread that sleeps in poll(): a pipe that never blocks and holds nothing but "look".
 *
 * Rings that come before anyone looks melt into one. The reader clears the bell before it looks at what
 * the bell stands for, so that no ring is lost.
 *
 * Ownership: bell_close gives the descriptors back. Threads: bell_ring from any thread or signal handler,
 * the rest from one reader. */
#ifndef LRD_BASE_WAKEUP_H
#define LRD_BASE_WAKEUP_H

typedef struct Bell {
    int reader, writer; /* descriptors; reader is readable after a ring */
} Bell;

void bell_open(Bell *b);
void bell_close(Bell *b);
void bell_ring(const Bell *b);
void bell_clear(const Bell *b);
/* Sleeps until a ring, at most that many seconds; below 0: for as long as it takes. Clears the bell. */
void bell_wait(const Bell *b, double seconds);

#endif
