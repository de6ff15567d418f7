/* view/cell_delta: the frames of a movie as what changes from one to the next, small enough for a page.
 *
 * A dictionary holds every different cell once; a frame is a row of whole numbers, seven bits a byte, the lowest
 * first: how many cells stay, then 2 n and n places in the dictionary, or 2 n + 1 and one place for n alike; again
 * until the grid is full.
 *
 * Ownership: cell_dictionary_free. Threads: one owner. */
#ifndef LRD_VIEW_CELL_DELTA_H
#define LRD_VIEW_CELL_DELTA_H

#include <lrd/base/text.h>
#include <lrd/view/canvas.h>

typedef struct CellDictionary {
    Cell *cells;
    int count, capacity;
    int *slots; /* hash table of places + 1 */
    int slot_count;
} CellDictionary;

void cell_dictionary_free(CellDictionary *d);
/* The frame in base64. before: the one before it, all blank at first; it becomes like `now`, of the same size. */
void cell_delta_add(CellDictionary *d, Canvas *before, const Canvas *now, Text *out);

#endif
