#include <lrd/base/util.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static void (*die_hook)(void);

void die_set_hook(void (*hook)(void))
{
    die_hook = hook;
}

void die(const char *format, ...)
{
    if (die_hook)
        die_hook();
    fputs("lrdlab: ", stderr);
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(EXIT_FAILURE);
}

static void *xcheck(void *memory, size_t bytes)
{
    if (!memory && bytes)
        die("out of memory (%zu bytes wanted)", bytes);
    return memory;
}

void *xmalloc(size_t bytes)
{
    return xcheck(malloc(bytes), bytes);
}

void *xcalloc(size_t count, size_t size)
{
    return xcheck(calloc(count, size), count && size ? count : 0);
}

void *xrealloc(void *old, size_t bytes)
{
    return xcheck(realloc(old, bytes), bytes);
}

char *xstrdup(const char *text)
{
    size_t n = strlen(text) + 1;
    return memcpy(xmalloc(n), text, n);
}

float *xfloats(size_t count)
{
    enum { LINE = 64, HUGE_PAGE = 1 << 21 };
    if (count > SIZE_MAX / sizeof(float) - HUGE_PAGE)
        die("out of memory (%zu floats wanted)", count);
    const size_t wanted = count * sizeof(float), unit = wanted >= HUGE_PAGE ? HUGE_PAGE : LINE;
    const size_t bytes = (wanted + unit - 1) / unit * unit;
    float *memory = xcheck(aligned_alloc(unit, bytes ? bytes : unit), unit);
#ifdef MADV_HUGEPAGE
    if (unit == HUGE_PAGE)
        (void)madvise(memory, bytes, MADV_HUGEPAGE);
#endif
    return memset(memory, 0, bytes);
}

int write_whole(int descriptor, const char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t n = write(descriptor, bytes, count);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? errno : EIO;
        bytes += n;
        count -= (size_t)n;
    }
    return 0;
}

double clock_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
