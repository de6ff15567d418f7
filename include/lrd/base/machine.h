/* base/machine: what there is of this machine: processors and memory.
 *
 * Ownership: plain values. Threads: any. */
#ifndef LRD_BASE_MACHINE_H
#define LRD_BASE_MACHINE_H

/* What of the processors this process may use; each is at least 1, and `cores` is the least of the others. */
typedef struct MachineCores {
    int online;
    int allowed;  /* by the affinity: taskset, a cpuset, a batch system */
    double quota; /* processors' worth of time that the cgroups leave, v1 or v2, INFINITY without a limit */
    int cores;    /* whole ones: more threads than that would only be held up */
} MachineCores;

MachineCores machine_look_at_cores(void);
int machine_cores(void);
/* The quota as told by the files below root ("" for this machine): proc/self/cgroup names the group, and
 * proc/self/mountinfo where its files are; its own limit and those of all above it count. */
double machine_read_quota(const char *root);
/* Bytes that a program could still take without swapping: MemAvailable where the kernel says it, else the physical
 * memory; never more than what the limit on this process (ulimit -v) leaves. */
double machine_memory_available(void);
/* Physical memory in bytes, 0 when the system does not say. */
double machine_memory_total(void);

#endif
