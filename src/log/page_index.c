#include <lrd/log/page_index.h>

#include <lrd/base/util.h>

#include <stdlib.h>
#include <string.h>

void page_index_add(PageIndex *x, int64_t step, RunlogPlace place)
{
    if (x->count == x->capacity) {
        x->capacity = 2 * x->capacity + 64;
        x->pages = xrealloc(x->pages, (size_t)x->capacity * sizeof *x->pages);
    }
    x->pages[x->count++] = (Page){step, place};
}

int page_index_upto(const PageIndex *x, int64_t step)
{
    int low = 0, high = x->count;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (x->pages[middle].step <= step)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int64_t page_index_last(const PageIndex *x)
{
    return x->count ? x->pages[x->count - 1].step : -1;
}

void page_index_copy(PageIndex *to, const PageIndex *from)
{
    page_index_free(to);
    if (from->count == 0)
        return;
    size_t bytes = (size_t)from->count * sizeof *from->pages;
    *to = (PageIndex){.pages = xmalloc(bytes), .count = from->count, .capacity = from->count};
    memcpy(to->pages, from->pages, bytes);
}

void page_index_free(PageIndex *x)
{
    free(x->pages);
    *x = (PageIndex){0};
}
