#include <lrd/log/probe.h>

#include <stdlib.h>
#include <string.h>

#include <lrd/base/util.h>

static size_t map_floats(const Probe *p)
{
    return (size_t)p->maps * (size_t)p->side * (size_t)p->side;
}

static size_t cell_count(const Probe *p)
{
    return (size_t)p->tokens * (size_t)p->tokens;
}

void probe_free(Probe *p)
{
    free(p->map);
    free(p->cell);
    *p = (Probe){0};
}

void probe_forget(Probe *p)
{
    uint64_t version = p->version;
    probe_free(p);
    p->version = version + 1;
}

void probe_make(Probe *p, const ProbeRequest *ask, int tokens, int layers, int heads)
{
    uint64_t version = p->version;
    ProbePair pair = p->pair;
    probe_free(p);
    p->ask = *ask;
    p->version = version + 1;
    p->step = p->oldest = -1;
    p->tokens = tokens;
    p->layers = layers;
    p->heads = heads;
    p->pair = pair;
    p->maps = min_int(heads, PROBE_HEADS_MAX);
    p->side = min_int(tokens, PROBE_SIDE_MAX);
    if (ask->kind == PROBE_ATTENTION)
        p->map = xfloats(map_floats(p));
    if (ask->kind == PROBE_TABLE)
        p->cell = xcalloc(cell_count(p), sizeof *p->cell);
    for (size_t i = 0; p->cell && i < cell_count(p); i++)
        p->cell[i].answer = -1;
}

void probe_copy(Probe *to, const Probe *from)
{
    if (to->version == from->version)
        return;
    float *map = to->map;
    ProbeCell *cell = to->cell;
    bool same = to->tokens == from->tokens && to->maps == from->maps && !map == !from->map && !cell == !from->cell;
    if (!same) {
        free(map);
        free(cell);
        map = from->map ? xfloats(map_floats(from)) : NULL;
        cell = from->cell ? xcalloc(cell_count(from), sizeof *cell) : NULL;
    }
    *to = *from;
    to->map = map;
    to->cell = cell;
    if (map)
        memcpy(map, from->map, map_floats(from) * sizeof *map);
    if (cell)
        memcpy(cell, from->cell, cell_count(from) * sizeof *cell);
}

bool probe_answers(const Probe *p, const ProbeRequest *ask)
{
    if (p->ask.kind != ask->kind || (ask->kind != PROBE_NONE && p->step < 0))
        return false;
    if (ask->kind != PROBE_NONE && (p->ask.past != ask->past || (ask->past && p->ask.at != ask->at)))
        return false;
    if (ask->kind == PROBE_ATTENTION && p->ask.layer != ask->layer)
        return false;
    if (ask->kind == PROBE_TABLE && (size_t)p->fresh < cell_count(p))
        return false;
    return !ask->pair || (p->pair.there && p->pair.step >= 0 && p->pair.a == ask->pair_a && p->pair.b == ask->pair_b);
}

void probe_outdate(Probe *p)
{
    p->step = p->pair.step = -1;
    p->fresh = 0;
}

int probe_largest(const double *values, int n, int count, int *places)
{
    int found = 0;
    for (int i = 0; i < n; i++) {
        int at = found;
        while (at > 0 && values[places[at - 1]] < values[i])
            at--;
        if (at >= count)
            continue;
        found = min_int(found + 1, count);
        for (int j = found - 1; j > at; j--)
            places[j] = places[j - 1];
        places[at] = i;
    }
    return found;
}
