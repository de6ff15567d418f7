#include <lrd/log/sigma_history.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <lrd/base/util.h>

/* Byte 1 is 10^LOWEST, byte 255 is 10^HIGHEST; 0 is no value. */
enum { LOWEST = -9, HIGHEST = 4, BYTES = 254 };

static uint8_t pack(float sigma)
{
    if (!(sigma > 0) || !isfinite(sigma))
        return 0;
    double place = (log10((double)sigma) - LOWEST) / (HIGHEST - LOWEST) * BYTES;
    return (uint8_t)(1 + lround(fmin(fmax(place, 0), BYTES)));
}

static size_t row_bytes(const SigmaHistory *h)
{
    return (size_t)h->matrices * (size_t)h->values;
}

SigmaHistory sigma_history_new(int matrices, int sigma_count)
{
    SigmaHistory h = {
        .matrices = matrices, .values = min_int(sigma_count, SIGMA_HISTORY_VALUES), .sigma_count = sigma_count};
    h.row = xcalloc(SIGMA_HISTORY_ROWS, row_bytes(&h) + 1);
    return h;
}

void sigma_history_free(SigmaHistory *h)
{
    free(h->row);
    *h = (SigmaHistory){0};
}

void sigma_history_clear(SigmaHistory *h)
{
    h->count = 0;
}

bool sigma_history_has_shape(const SigmaHistory *h, int matrices, int sigma_count)
{
    return h->matrices == matrices && h->sigma_count == sigma_count;
}

void sigma_history_copy(SigmaHistory *to, const SigmaHistory *from)
{
    if (!sigma_history_has_shape(to, from->matrices, from->sigma_count)) {
        sigma_history_free(to);
        *to = sigma_history_new(from->matrices, from->sigma_count);
    }
    to->count = from->count;
    memcpy(to->step, from->step, (size_t)from->count * sizeof *to->step);
    memcpy(to->row, from->row, (size_t)from->count * row_bytes(from));
}

int sigma_history_index(const SigmaHistory *h, int value)
{
    return h->values > 1 ? (int)((int64_t)value * (h->sigma_count - 1) / (h->values - 1)) : 0;
}

/* The distance to the row before that a picture of `newest` steps needs at a step: of a linear axis a 512th, of a
 * logarithmic one a 64th of the step, whichever is less. */
static int64_t needed_gap(int64_t step, int64_t newest)
{
    return max_i64(1, min_i64(newest / SIGMA_HISTORY_ROWS, step / 64));
}

/* Of each two rows that stand closer than that many quarters of the gap, the later one goes. */
static void keep_apart(SigmaHistory *h, int64_t quarters)
{
    int kept = 1;
    const int64_t newest = h->step[h->count - 1];
    for (int i = 1; i < h->count; i++) {
        bool last = i == h->count - 1;
        if (!last && h->step[i] - h->step[kept - 1] < quarters * needed_gap(h->step[i], newest) / 4)
            continue;
        h->step[kept] = h->step[i];
        memmove(h->row + (size_t)kept * row_bytes(h), h->row + (size_t)i * row_bytes(h), row_bytes(h));
        kept++;
    }
    h->count = kept;
}

static void thin(SigmaHistory *h)
{
    for (int64_t quarters = 4; h->count > SIGMA_HISTORY_ROWS * 3 / 4; quarters++)
        keep_apart(h, quarters);
}

void sigma_history_add(SigmaHistory *h, int64_t step, const float *sigma)
{
    if (h->count > 0 && h->step[h->count - 1] == step)
        h->count--;
    if (h->count == SIGMA_HISTORY_ROWS)
        thin(h);
    uint8_t *row = h->row + (size_t)h->count * row_bytes(h);
    for (int m = 0; m < h->matrices; m++)
        for (int v = 0; v < h->values; v++)
            *row++ = pack(sigma[(size_t)m * (size_t)h->sigma_count + (size_t)sigma_history_index(h, v)]);
    h->step[h->count++] = step;
}

void sigma_history_cut(SigmaHistory *h, int64_t step)
{
    h->count = sigma_history_find(h, step) + 1;
}

int sigma_history_find(const SigmaHistory *h, int64_t step)
{
    int low = 0, high = h->count;
    while (low < high) {
        int middle = (low + high) / 2;
        if (h->step[middle] <= step)
            low = middle + 1;
        else
            high = middle;
    }
    return low - 1;
}

double sigma_history_at(const SigmaHistory *h, int row, int matrix, int value)
{
    uint8_t byte = h->row[(size_t)row * row_bytes(h) + (size_t)matrix * (size_t)h->values + (size_t)value];
    return byte ? pow(10, LOWEST + (HIGHEST - LOWEST) * (double)(byte - 1) / BYTES) : 0;
}
