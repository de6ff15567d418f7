#include <lrd/view/dial.h>

#include <math.h>
#include <string.h>

#include <lrd/base/util.h>
#include <lrd/view/glyph.h>

enum { MOST_H = 32, MOST_W = 2 * MOST_H, LEAST_H = 3, LEAST_W = 6, DOTS_X = 2, DOTS_Y = 4 };

typedef struct Dots {
    int w, h; /* cells */
    uint8_t bits[MOST_H][MOST_W], role[MOST_H][MOST_W];
} Dots;

/* x to the right, y up, in dots from the pivot. */
static void dot(Dots *d, double x, double y, Role role)
{
    int column = (int)lround(x), row = d->h * DOTS_Y - 1 - (int)lround(y);
    if (column < 0 || row < 0 || column >= d->w * DOTS_X || row >= d->h * DOTS_Y)
        return;
    d->bits[row / DOTS_Y][column / DOTS_X] |= glyph_braille_bit(column % DOTS_X, row % DOTS_Y);
    d->role[row / DOTS_Y][column / DOTS_X] = (uint8_t)role;
}

static double radians(double degrees)
{
    return fmin(fmax(degrees, 0), 90) * 3.14159265358979323846 / 180;
}

static void draw_scale(Dots *d, double radius)
{
    for (double degrees = 0; degrees <= 90; degrees += 60 / radius) /* about a dot to a place */
        dot(d, radius * cos(radians(degrees)), radius * sin(radians(degrees)), ROLE_FRAME);
    for (int degrees = 0; degrees <= 90; degrees += 15)
        dot(d, (radius - 2) * cos(radians(degrees)), (radius - 2) * sin(radians(degrees)), ROLE_FRAME);
}

void dial_draw(Canvas *c, Rect r, const DialNeedle *needles, int count)
{
    if (r.h < LEAST_H || r.w < LEAST_W)
        return;
    Dots d = {.h = min_int(min_int(r.h, r.w / 2), MOST_H)};
    d.w = min_int(2 * d.h, MOST_W);
    double radius = d.h * DOTS_Y - 1;
    draw_scale(&d, radius);
    for (int i = 0; i < count; i++)
        for (double at = 0; !isnan(needles[i].degrees) && at <= (radius - 3) * needles[i].length; at += .5)
            dot(&d, at * cos(radians(needles[i].degrees)), at * sin(radians(needles[i].degrees)), needles[i].role);
    for (int y = 0; y < d.h; y++)
        for (int x = 0; x < d.w; x++)
            if (d.bits[y][x])
                canvas_put(c, r.x + x, r.y + r.h - d.h + y, (uint32_t)GLYPH_BRAILLE + d.bits[y][x], (Role)d.role[y][x]);
}
