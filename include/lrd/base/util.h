/* base/util: memory that is there or the program ends, and the one way to end it.
 *
 * Ownership: what xmalloc, xcalloc, xrealloc and xstrdup return is the caller's
 * to free(); what xaligned returns likewise. Threads: any. */
#ifndef LRD_BASE_UTIL_H
#define LRD_BASE_UTIL_H

#include <stddef.h>
#include <stdint.h>

void *xmalloc(size_t bytes);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t bytes);
char *xstrdup(const char *text);

/* count floats, zeroed, on a 64-byte boundary (a cache line, an AVX-512 load); from 2 MiB on in whole pages of that
 * size, where the system has them: to touch 38 MB by pages of 4 KiB takes a virtual machine 50 ms. */
float *xfloats(size_t count);

/* Prints "lrdlab: " and the sentence to stderr and exits with 1, after the hook
 * has run. For what nobody can act on inside the program (no memory). */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The hook restores the terminal; NULL takes it away. The one mutable global below ui. */
void die_set_hook(void (*hook)(void));

/* Writes it all; 0, or the errno of what failed. Safe in a signal handler. */
int write_whole(int descriptor, const char *bytes, size_t count);

/* Seconds on the monotonic clock. Never used by lab or num. */
double clock_seconds(void);

static inline int min_int(int a, int b)
{
    return a < b ? a : b;
}
static inline int max_int(int a, int b)
{
    return a > b ? a : b;
}
static inline int64_t min_i64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}
static inline int64_t max_i64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

#endif
