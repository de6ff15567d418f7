#include <lrd/log/comparison.h>

#include <string.h>

static void series_copy_all(Series *to, const Series *from)
{
    for (int i = 0; i < SERIES_COUNT; i++) {
        to[i].count = from[i].count;
        memcpy(to[i].bucket, from[i].bucket, (size_t)from[i].count * sizeof *from[i].bucket);
    }
}

void comparison_take(Comparison *g, const RunSummary *b)
{
    series_copy_all(g->series, b->series);
    g->version++;
}

void comparison_copy(Comparison *to, const Comparison *from)
{
    memcpy(to->name, from->name, sizeof to->name);
    to->version = from->version;
    series_copy_all(to->series, from->series);
}
