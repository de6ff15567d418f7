#include <lrd/num/fourier.h>

#include <lrd/num/linalg.h>
#include <lrd/num/mat.h>

#include <math.h>

size_t fourier_scratch_floats(int n, int d)
{
    return (size_t)(2 * fourier_frequencies(n)) * ((size_t)n + (size_t)d);
}

/* The cosine of frequency k and below it the sine. At k = n/2 of an even n the sine is zero and the cosine only 1 and
 * -1, so that it is half as long. */
static void fill_waves(float *F, int n, int k)
{
    const double turn = 2 * 3.14159265358979323846 / n, length = sqrt((2 * k == n ? 1.0 : 2.0) / n);
    for (int i = 0; i < n; i++) {
        double angle = turn * (double)((long long)i * k % n);
        F[i] = (float)(length * cos(angle));
        F[n + i] = 2 * k == n ? 0.0f : (float)(length * sin(angle));
    }
}

void fourier_power(double *power, const float *X, int n, int d, float *scratch)
{
    const int count = fourier_frequencies(n);
    float *F = scratch, *C = scratch + (size_t)(2 * count) * (size_t)n;
    for (int k = 1; k <= count; k++)
        fill_waves(F + (size_t)(2 * (k - 1)) * (size_t)n, n, k);
    mat_nn(2 * count, d, n, F, n, X, d, 0, C, d);
    for (int k = 0; k < count; k++) {
        const float *part = C + (size_t)(2 * k) * (size_t)d;
        power[k] = linalg_inner(part, part, 2 * (size_t)d);
    }
}
