/* num/mat: the three matrix products of a linear layer, in our argument order, and the rule about threads.
 *
 * Row-major float32; a leading dimension (ld) is the distance between rows in floats.
 *   mat_nt  C[m,n] = A[m,k] B[n,k]^T + keep C    forward       Y  = X W^T
 *   mat_nn  C[m,n] = A[m,k] B[k,n]   + keep C    backward      dX = dY W
 *   mat_tn  C[m,n] = A[k,m]^T B[k,n] + keep C    backward      dW = dY^T X
 * keep is 0 (C is written, whatever was there) or 1 (C is added to). m, n or k of 0 is allowed.
 *
 * Threads: any, each call stays on its caller's thread: BLAS is held at one thread (mat_use_one_thread, before the
 * first call of any BLAS routine, and in each thread that makes one: OpenMP counts threads per caller). Ownership:
 * nothing is kept. */
#ifndef LRD_NUM_MAT_H
#define LRD_NUM_MAT_H

#include <stdbool.h>
#include <stddef.h>

void mat_use_one_thread(void);

/* Of the library that does the products of this process, whichever was there when the program was built.
 * Its core ("Haswell", "Zen"; "cblas" where it doesn't tell), its build, and the file that it was loaded from, whose
 * symbolic links are followed. */
const char *mat_core_name(void);
const char *mat_blas_description(void);
bool mat_is_openblas(void);
void mat_library_path(char *out, size_t size);

void mat_nt(int m, int n, int k, const float *A, int lda, const float *B, int ldb, float keep, float *C, int ldc);
void mat_nn(int m, int n, int k, const float *A, int lda, const float *B, int ldb, float keep, float *C, int ldc);
void mat_tn(int m, int n, int k, const float *A, int lda, const float *B, int ldb, float keep, float *C, int ldc);

#endif
