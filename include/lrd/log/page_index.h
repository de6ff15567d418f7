/* log/page_index: where in a file the rows of one kind stand, by rising step.
 *
 * Ownership: page_index_free; a zeroed index is empty. Threads: one owner. */
#ifndef LRD_LOG_PAGE_INDEX_H
#define LRD_LOG_PAGE_INDEX_H

#include <stdint.h>

#include <lrd/log/runlog.h>

typedef struct Page {
    int64_t step;
    RunlogPlace place;
} Page;

typedef struct PageIndex {
    Page *pages;
    int count, capacity;
} PageIndex;

void page_index_add(PageIndex *x, int64_t step, RunlogPlace place);
/* How many pages stand at or before step. */
int page_index_upto(const PageIndex *x, int64_t step);
int64_t page_index_last(const PageIndex *x); /* step of the newest, -1: there is none */
/* `to` becomes like `from`. */
void page_index_copy(PageIndex *to, const PageIndex *from);
void page_index_free(PageIndex *x);

#endif
