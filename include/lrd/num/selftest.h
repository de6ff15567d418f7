/* num/selftest: does this BLAS compute? Wrong products on new processors with old OpenBLAS builds are real.
 *
 * Compares the products and the SVD that the lab relies on with naive code, in about 20 ms. STATUS_FAILED with a
 * sentence that names OPENBLAS_CORETYPE when they differ. Threads: main, before any training. */
#ifndef LRD_NUM_SELFTEST_H
#define LRD_NUM_SELFTEST_H

#include <lrd/base/status.h>

Status selftest_run(void);

#endif
