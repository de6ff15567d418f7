#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* sched_getaffinity */
#endif
#include <lrd/base/machine.h>

#include <math.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CORES_MOST = 4096, NAME_MOST = 1024, LINE_MOST = 4096 };

static int machine_online(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > CORES_MOST ? CORES_MOST : (int)n;
}

/* Those of the affinity; all where the system does not say. */
static int machine_allowed(int online)
{
#ifdef __linux__
    cpu_set_t *set = CPU_ALLOC(CORES_MOST);
    const size_t size = CPU_ALLOC_SIZE(CORES_MOST);
    int count = 0;
    if (set && sched_getaffinity(0, size, set) == 0)
        count = CPU_COUNT_S(size, set);
    CPU_FREE(set);
    return count > 0 && count < online ? count : online;
#else
    return online;
#endif
}

/* ---- cgroups */

/* A comma-separated list has the word. */
static bool list_has(const char *list, const char *word)
{
    const size_t length = strlen(word);
    for (const char *at = list; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (strncmp(at, word, length) == 0 && (at[length] == ',' || at[length] == '\0'))
            return true;
    return false;
}

/* The first line of root/folder/name; false where there is none. */
static bool read_line(const char *folder, const char *name, char *line, int size)
{
    char path[LINE_MOST + NAME_MOST];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "r");
    if (!f)
        return false;
    const bool read = fgets(line, size, f) != NULL;
    fclose(f);
    return read;
}

/* What one group may have: INFINITY without a limit. */
static double quota_of_v2(const char *folder)
{
    char line[128];
    double quota, period;
    return read_line(folder, "cpu.max", line, sizeof line) && sscanf(line, "%lf %lf", &quota, &period) == 2 &&
                   quota > 0 && period > 0
               ? quota / period
               : (double)INFINITY; /* "max 100000" */
}

static double quota_of_v1(const char *folder)
{
    char quota_line[64], period_line[64];
    double quota, period;
    return read_line(folder, "cpu.cfs_quota_us", quota_line, sizeof quota_line) &&
                   read_line(folder, "cpu.cfs_period_us", period_line, sizeof period_line) &&
                   sscanf(quota_line, "%lf", &quota) == 1 && sscanf(period_line, "%lf", &period) == 1 && quota > 0 &&
                   period > 0
               ? quota / period
               : (double)INFINITY; /* -1 */
}

/* Where the files of this hierarchy are: the mount, and which of its groups is seen at its top. */
typedef struct Hierarchy {
    char top[NAME_MOST], place[NAME_MOST];
} Hierarchy;

/* Lines are "36 35 98:0 /top /place options - type source options". */
static bool find_hierarchy(const char *root, bool v2, Hierarchy *out)
{
    char path[NAME_MOST], line[LINE_MOST];
    snprintf(path, sizeof path, "%s/proc/self/mountinfo", root);
    FILE *f = fopen(path, "r");
    bool found = false;
    while (f && !found && fgets(line, sizeof line, f)) {
        const char *rest = strstr(line, " - ");
        char type[32], options[256];
        if (!rest || sscanf(rest, " - %31s %*s %255s", type, options) != 2 ||
            sscanf(line, "%*s %*s %*s %1023s %1023s", out->top, out->place) != 2)
            continue;
        found = v2 ? strcmp(type, "cgroup2") == 0 : strcmp(type, "cgroup") == 0 && list_has(options, "cpu");
    }
    if (f)
        fclose(f);
    return found;
}

/* The least of the group's own limit and of those above it, up to the mount. */
static double quota_of_group(const char *root, const char *group, bool v2)
{
    Hierarchy h;
    if (!find_hierarchy(root, v2, &h))
        return (double)INFINITY;
    /* In a container the mount shows the group itself at its top, while its name tells the way from the machine's. */
    const size_t above = strcmp(h.top, "/") == 0 ? 0 : strlen(h.top);
    if (strncmp(group, h.top, above) == 0 && (group[above] == '/' || group[above] == '\0'))
        group += above;
    else if (above)
        group = "";
    if (strstr(group, "/..")) /* outside of what is seen here */
        group = "";
    char folder[3 * NAME_MOST];
    const int least = snprintf(folder, sizeof folder, "%s%s", root, h.place);
    snprintf(folder + least, sizeof folder - (size_t)least, "%s", group);
    double quota = INFINITY;
    for (;;) {
        quota = fmin(quota, v2 ? quota_of_v2(folder) : quota_of_v1(folder));
        char *slash = strrchr(folder, '/');
        if (!slash || slash < folder + least)
            return quota;
        *slash = '\0';
    }
}

double machine_read_quota(const char *root)
{
    char path[NAME_MOST], line[NAME_MOST];
    double quota = INFINITY;
    snprintf(path, sizeof path, "%s/proc/self/cgroup", root);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f)) { /* "4:cpu,cpuacct:/group", or "0::/group" for v2 */
        line[strcspn(line, "\n")] = '\0';
        char *names = strchr(line, ':'), *group = names ? strchr(names + 1, ':') : NULL;
        if (!group)
            continue;
        *group++ = '\0';
        names++;
        if (!*names || list_has(names, "cpu"))
            quota = fmin(quota, quota_of_group(root, group, !*names));
    }
    if (f)
        fclose(f);
    return quota;
}

MachineCores machine_look_at_cores(void)
{
    MachineCores c = {.online = machine_online()};
    c.allowed = machine_allowed(c.online);
    c.quota = machine_read_quota("");
    c.cores = (int)fmax(fmin(floor(c.quota + 1e-6), c.allowed), 1);
    return c;
}

int machine_cores(void)
{
    return machine_look_at_cores().cores;
}
