#include <lrd/num/speed.h>

/* Built with -O2 and without vectors whatever CFLAGS say (Makefile): this is the measure, not to be improved. The order
 * of the loops is that of the reference BLAS. */
void plain_product(int n, const float *A, const float *B, float *C)
{
    for (int i = 0; i < n; i++) {
        float *c = C + i * n;
        for (int j = 0; j < n; j++)
            c[j] = 0;
        for (int l = 0; l < n; l++) {
            const float a = A[i * n + l], *b = B + l * n;
            for (int j = 0; j < n; j++)
                c[j] += a * b[j];
        }
    }
}
