#include <lrd/log/series.h>

#include <math.h>

void series_clear(Series *s)
{
    s->count = 0;
}

/* fminf and fmaxf leave NAN out; the value is a gap only when both are. */
static void bucket_merge(SeriesBucket *into, const SeriesBucket *newer)
{
    into->last = newer->last;
    into->low = fminf(into->low, newer->low);
    into->high = fmaxf(into->high, newer->high);
    if (!isnan(newer->value))
        into->value = newer->value;
}

/* Merges neighbours as far as they fit into factor times the width that a picture allows. */
static void series_merge(Series *s, double factor)
{
    double newest = (double)s->bucket[s->count - 1].last;
    int kept = 0;
    for (int i = 1; i < s->count; i++) {
        SeriesBucket *into = &s->bucket[kept];
        const SeriesBucket *next = &s->bucket[i];
        double allowed = fmax(1.0, factor * fmin(newest / 1024, (double)into->first / 128));
        if ((double)(next->last - into->first) + 1 <= allowed)
            bucket_merge(into, next);
        else
            s->bucket[++kept] = *next;
    }
    s->count = kept + 1;
}

void series_add(Series *s, int64_t step, double value)
{
    float v = (float)value;
    SeriesBucket one = {.first = step, .last = step, .low = v, .high = v, .value = v};
    if (s->count > 0 && step <= s->bucket[s->count - 1].last) {
        one.last = s->bucket[s->count - 1].last;
        bucket_merge(&s->bucket[s->count - 1], &one);
        return;
    }
    if (s->count == SERIES_CAPACITY)
        for (double factor = 1; s->count > SERIES_CAPACITY / 2; factor *= 2)
            series_merge(s, factor);
    s->bucket[s->count++] = one;
}

/* A bucket across the cut goes too: which of its values came later is no longer known. */
void series_cut(Series *s, int64_t step)
{
    while (s->count > 0 && s->bucket[s->count - 1].last > step)
        s->count--;
}

double series_at(const Series *s, int64_t step)
{
    int low = 0, high = s->count; /* buckets before low start at or before step */
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (s->bucket[middle].first <= step)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? (double)s->bucket[low - 1].value : NAN;
}
