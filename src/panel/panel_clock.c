/* The numbers on the plane of the embedding's strongest frequency: a tangle at first, a ring once the rule is found. */
#include <lrd/panel/panel.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <lrd/base/util.h>
#include <lrd/panel/probe_request.h>
#include <lrd/panel/prose.h>
#include <lrd/view/format.h>
#include <lrd/view/glyph.h>

enum { MOST_H = 60, MOST_W = 2 * MOST_H, DOTS_X = 2, DOTS_Y = 4, LEAST_H = 3 };

/* Dots of the largest disc that the rectangle holds; a dot is about as high as it is wide. */
typedef struct Disc {
    Rect r;
    double radius;
    uint8_t bits[MOST_H][MOST_W];
} Disc;

static void disc_place(const Disc *d, const float at[2], double *x, double *y)
{
    *x = d->r.w * DOTS_X / 2.0 - .5 + d->radius * (double)at[0];
    *y = d->r.h * DOTS_Y / 2.0 - .5 - d->radius * (double)at[1];
}

static void disc_join(Disc *d, const float from[2], const float to[2])
{
    double x0, y0, x1, y1;
    disc_place(d, from, &x0, &y0);
    disc_place(d, to, &x1, &y1);
    int steps = (int)ceil(fmax(fabs(x1 - x0), fabs(y1 - y0))) + 1;
    for (int i = 0; i <= steps; i++) {
        int x = (int)lround(x0 + (x1 - x0) * i / steps), y = (int)lround(y0 + (y1 - y0) * i / steps);
        if (x >= 0 && y >= 0 && x < d->r.w * DOTS_X && y < d->r.h * DOTS_Y)
            d->bits[y / DOTS_Y][x / DOTS_X] |= glyph_braille_bit(x % DOTS_X, y % DOTS_Y);
    }
}

static void mark_number(Canvas *c, const Disc *d, const Probe *p, int number, uint32_t sign, Role role)
{
    for (int i = 0; i < p->clock_count; i++) {
        double x, y;
        if (p->clock_number[i] != number)
            continue;
        disc_place(d, p->clock[i], &x, &y);
        canvas_put(c, d->r.x + (int)lround(x) / DOTS_X, d->r.y + (int)lround(y) / DOTS_Y, sign, role);
    }
}

static void draw_ring(Canvas *c, Rect r, const Probe *p)
{
    Disc d = {.r = {r.x, r.y, min_int(r.w, MOST_W), min_int(r.h, MOST_H)}};
    d.r.x += (r.w - d.r.w) / 2;
    d.radius = min_int(d.r.w * DOTS_X, d.r.h * DOTS_Y) / 2.0 - 1;
    for (int i = 0; i < p->clock_count; i++)
        disc_join(&d, p->clock[i], p->clock[(i + 1) % p->clock_count]);
    for (int y = 0; y < d.r.h; y++)
        for (int x = 0; x < d.r.w; x++)
            if (d.bits[y][x])
                canvas_put(c, d.r.x + x, d.r.y + y, (uint32_t)GLYPH_BRAILLE + d.bits[y][x], ROLE_BAR);
    if (!p->pair.there)
        return;
    mark_number(c, &d, p, p->pair.a, 'a', ROLE_KEY);
    mark_number(c, &d, p, p->pair.b, 'b', ROLE_KEY);
    mark_number(c, &d, p, p->pair.right, '=', ROLE_GOOD);
}

void panel_clock(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    const char *why;
    const Probe *p = probe_for(s, u, PROBE_FOURIER, &why);
    Rect inner = rect_inset(r, 1, 1);
    char legend[64] = "", words[96];
    if (p && p->clock_count > 0)
        snprintf(legend, sizeof legend, r.w < 40 ? "frequency %d" : "on the plane of frequency %d", p->clock_frequency);
    canvas_frame(c, r, "clock", legend[0] ? legend : NULL);
    if (p && p->clock_count == 0)
        why = p->frequencies == 0 ? "Permutations stand in no order that a clock could have."
                                  : "The log does not tell it.";
    if (!p || p->clock_count == 0) {
        prose_wrapped(c, rect_inset(r, 2, 1), ROLE_DIM, why);
        return;
    }
    bool pair = p->pair.there && inner.h > 2 * LEAST_H;
    if (pair) {
        snprintf(words, sizeof words, "a: %d  b: %d  =: %d", p->pair.a, p->pair.b, p->pair.right);
        canvas_words(c, inner.x + 1, inner.y + inner.h - 1, inner.w - 2, ROLE_NORMAL, words);
    }
    if (inner.h >= LEAST_H)
        draw_ring(c, (Rect){inner.x, inner.y, inner.w, inner.h - pair}, p);
}
