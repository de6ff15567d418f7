#include <lrd/base/machine.h>

#include <math.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

int machine_cores(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > 4096 ? 4096 : (int)n;
}

double machine_memory_total(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), bytes = sysconf(_SC_PAGESIZE);
    return pages > 0 && bytes > 0 ? (double)pages * (double)bytes : 0;
}

/* Linux: free memory leaves out the page cache, which is there for the taking; MemAvailable counts it. */
static double machine_read_meminfo(void)
{
    FILE *f = fopen("/proc/meminfo", "r");
    if (!f)
        return 0;
    char line[160];
    double kilobytes = 0;
    while (fgets(line, sizeof line, f))
        if (sscanf(line, "MemAvailable: %lf kB", &kilobytes) == 1)
            break;
    fclose(f);
    return kilobytes * 1024;
}

/* Address space that this process has taken already, 0 when the system does not say. */
static double machine_address_space(void)
{
    FILE *f = fopen("/proc/self/statm", "r");
    double pages = 0;
    if (f && fscanf(f, "%lf", &pages) != 1)
        pages = 0;
    if (f)
        fclose(f);
    return pages * (double)sysconf(_SC_PAGESIZE);
}

double machine_memory_available(void)
{
    double bytes = machine_read_meminfo();
    if (bytes <= 0)
        bytes = machine_memory_total();
    if (bytes <= 0)
        bytes = INFINITY;
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
        bytes = fmin(bytes, fmax((double)limit.rlim_cur - machine_address_space(), 0));
    return bytes;
}
