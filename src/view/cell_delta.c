#include <lrd/view/cell_delta.h>

#include <stdlib.h>
#include <string.h>

#include <lrd/base/util.h>

void cell_dictionary_free(CellDictionary *d)
{
    free(d->cells);
    free(d->slots);
    *d = (CellDictionary){0};
}

static int *dictionary_slot(const CellDictionary *d, const Cell *cell)
{
    uint32_t hash = (cell->glyph * 64u + cell->role) * 64u + cell->ground;
    hash = (hash ^ hash >> 15) * 0x9E3779B1u;
    for (uint32_t at = hash >> 8;; at++) {
        int *slot = &d->slots[at % (uint32_t)d->slot_count];
        if (*slot == 0 || cell_is_same(&d->cells[*slot - 1], cell))
            return slot;
    }
}

static void dictionary_grow(CellDictionary *d)
{
    d->capacity = 2 * d->capacity + 256;
    d->cells = xrealloc(d->cells, (size_t)d->capacity * sizeof *d->cells);
    free(d->slots);
    d->slot_count = 4 * d->capacity;
    d->slots = xcalloc((size_t)d->slot_count, sizeof *d->slots);
    for (int i = 0; i < d->count; i++)
        *dictionary_slot(d, &d->cells[i]) = i + 1;
}

static unsigned dictionary_place(CellDictionary *d, const Cell *cell)
{
    if (d->count == d->capacity)
        dictionary_grow(d);
    int *slot = dictionary_slot(d, cell);
    if (*slot == 0) {
        d->cells[d->count] = *cell;
        *slot = ++d->count;
    }
    return (unsigned)*slot - 1;
}

static void add_number(Text *bytes, size_t n)
{
    do {
        char byte = (char)((n & 127) | (n > 127 ? 128 : 0));
        text_add_bytes(bytes, &byte, 1);
        n >>= 7;
    } while (n);
}

static void add_base64(const Text *bytes, Text *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < bytes->length; i += 3) {
        size_t n = bytes->length - i < 3 ? bytes->length - i : 3;
        uint32_t word = 0;
        for (size_t k = 0; k < 3; k++)
            word = word << 8 | (k < n ? (unsigned char)bytes->data[i + k] : 0);
        char four[] = {digits[word >> 18], digits[word >> 12 & 63], n > 1 ? digits[word >> 6 & 63] : '=',
                       n > 2 ? digits[word & 63] : '='};
        text_add_bytes(out, four, sizeof four);
    }
}

/* Cells from `from` on that are alike. */
static size_t run_length(const Cell *cells, size_t from, size_t end)
{
    size_t at = from + 1;
    while (at < end && cell_is_same(&cells[at], &cells[from]))
        at++;
    return at - from;
}

void cell_delta_add(CellDictionary *d, Canvas *before, const Canvas *now, Text *out)
{
    enum { WORTH = 4 }; /* a run that is shorter costs more than it saves */
    size_t count = (size_t)now->w * (size_t)now->h;
    Text bytes = {0};
    for (size_t at = 0; at < count;) {
        size_t from = at;
        while (at < count && cell_is_same(&before->cells[at], &now->cells[at]))
            at++;
        add_number(&bytes, at - from);
        if (at == count)
            break;
        size_t run = run_length(now->cells, at, count), end = at + run;
        if (run < WORTH)
            for (end = at; end < count && !cell_is_same(&before->cells[end], &now->cells[end]) &&
                           run_length(now->cells, end, count) < WORTH;
                 end++)
                ;
        add_number(&bytes, 2 * (end - at) + (run >= WORTH));
        for (size_t i = at; i < (run >= WORTH ? at + 1 : end); i++)
            add_number(&bytes, dictionary_place(d, &now->cells[i]));
        at = end;
    }
    add_base64(&bytes, out);
    text_free(&bytes);
    memcpy(before->cells, now->cells, count * sizeof *now->cells);
}
