#include <lrd/base/machine.h>

#include <math.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

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

/* What this process has taken already, in all and of that what it may write to; 0 when the system does not say. */
static void machine_read_own(double *space, double *data)
{
    FILE *f = fopen("/proc/self/statm", "r");
    *space = *data = 0;
    if (!f)
        return;
    if (fscanf(f, "%lf %*f %*f %*f %*f %lf", space, data) != 2)
        *space = *data = 0;
    fclose(f);
    *space *= (double)sysconf(_SC_PAGESIZE);
    *data *= (double)sysconf(_SC_PAGESIZE);
}

static double machine_left_of(int resource, double taken)
{
    struct rlimit limit;
    if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return INFINITY;
    return fmax((double)limit.rlim_cur - taken, 0);
}

double machine_memory_available(void)
{
    double bytes = machine_read_meminfo();
    if (bytes <= 0)
        bytes = machine_memory_total();
    if (bytes <= 0)
        bytes = INFINITY;
    double space, data;
    machine_read_own(&space, &data);
    return fmin(bytes, fmin(machine_left_of(RLIMIT_AS, space), machine_left_of(RLIMIT_DATA, data)));
}
