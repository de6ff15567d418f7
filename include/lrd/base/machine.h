/* base/machine: what there is of this machine: processors and memory.
 *
 * Ownership: plain values. Threads: any. */
#ifndef LRD_BASE_MACHINE_H
#define LRD_BASE_MACHINE_H

/* Processors that are on line, at least 1. */
int machine_cores(void);
/* Bytes that a program could still take without swapping: MemAvailable where the kernel says it, else the physical
 * memory; never more than what the limit on this process (ulimit -v) leaves. */
double machine_memory_available(void);
/* Physical memory in bytes, 0 when the system does not say. */
double machine_memory_total(void);

#endif
