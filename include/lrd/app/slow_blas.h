/* app/slow_blas: what a run says at its start where the products of this BLAS are slow (num/speed).
 *
 * Each call measures, 2 to 4 ms. Threads: main, before any training. */
#ifndef LRD_APP_SLOW_BLAS_H
#define LRD_APP_SLOW_BLAS_H

#include <stdbool.h>
#include <stddef.h>

/* For a run without a screen: a sentence on stderr, or nothing. */
void slow_blas_tell(void);
/* For the lab's story: the name of the library, without folder and version; false where it isn't slow. */
bool slow_blas_name(char *out, size_t size);

#endif
