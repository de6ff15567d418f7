#include <lrd/view/place.h>

#include <math.h>

static double value_at(const Place *p, int x)
{
    double along = p->w > 1 ? (double)(x - p->x) / (p->w - 1) : 0;
    if (p->log)
        return p->low * pow(p->high / p->low, along);
    return p->low + (p->high - p->low) * along;
}

/* Which of `count` things spread over `size` cells: the first and the last stand in the first and the last cell. */
static int part_at(int at, int size, int count)
{
    return size > 1 ? (int)lround((double)at * (count - 1) / (size - 1)) : 0;
}

int place_top(const Place *places, int count, int x, int y)
{
    int i = count - 1;
    while (i >= 0 &&
           (x < places[i].x || y < places[i].y || x >= places[i].x + places[i].w || y >= places[i].y + places[i].h))
        i--;
    return i;
}

PlaceFound place_find(const Place *places, int count, int x, int y)
{
    const int top = place_top(places, count, x, y);
    if (top < 0)
        return (PlaceFound){.kind = PLACE_NONE};
    const Place *p = &places[top];
    PlaceFound found = {.kind = p->kind, .index = p->index};
    if (p->kind == PLACE_SLIDER || p->kind == PLACE_STEP)
        found.value = value_at(p, x);
    if (p->kind == PLACE_CELL) {
        found.a = part_at(y - p->y, p->h, (int)p->high + 1);
        found.b = part_at(x - p->x, p->w, (int)p->high + 1);
    }
    return found;
}
