#include <lrd/view/bars.h>

#include <math.h>
#include <stdint.h>

#include <lrd/base/util.h>

enum { EIGHTHS = 8, LOWER = 0x2580, WIDEST = 3, LOG_DECADES = 4 };

/* Thin, and none of them a glyph of a bar: a zero and a ghost are told apart from a low value without colour too. */
enum { BASE = '_', GHOST_LOW = '_', GHOST_MIDDLE = 0x2500, GHOST_HIGH = 0x2594 };

int bars_group(int count, int width)
{
    return width > 0 && count > width ? (count + width - 1) / width : 1;
}

/* NAN counts as nothing. */
static float largest(const float *values, int from, int to)
{
    float most = 0;
    for (int i = from; values && i < to; i++)
        if (values[i] > most)
            most = values[i];
    return most;
}

/* Height of a value in eighths of a cell, 0 .. 8 h. */
static int bar_eighths(const BarsSpec *s, double high, double value, int h)
{
    if (!(value > 0) || !(high > 0))
        return 0;
    double fraction = value / high;
    if (s->log)
        fraction = 1 + log10(fraction) / LOG_DECADES;
    if (!(fraction < 1))
        return EIGHTHS * h;
    return fraction > 0 ? (int)lround(fraction * EIGHTHS * h) : 0;
}

static void draw_bar(Canvas *c, Rect r, int eighths, Role role)
{
    for (int row = 0; row < r.h; row++) {
        int here = min_int(eighths - row * EIGHTHS, EIGHTHS);
        if (here > 0)
            canvas_fill(c, (Rect){r.x, r.y + r.h - 1 - row, r.w, 1}, (uint32_t)(LOWER + here), role);
        else if (row == 0)
            canvas_fill(c, (Rect){r.x, r.y + r.h - 1, r.w, 1}, BASE, ROLE_GHOST);
    }
}

/* Only above the bar, in an empty cell: inside of a bar that grew it would look like a hole. */
static void draw_ghost(Canvas *c, Rect r, int ghost, int eighths)
{
    if (ghost <= 0)
        return;
    int row = (ghost - 1) / EIGHTHS, within = (ghost - 1) % EIGHTHS;
    if (row * EIGHTHS < eighths)
        return;
    uint32_t glyph = within < 3 ? GHOST_LOW : within < 6 ? GHOST_MIDDLE : GHOST_HIGH;
    canvas_fill(c, (Rect){r.x, r.y + r.h - 1 - row, r.w, 1}, glyph, ROLE_GHOST);
}

void bars_draw(Canvas *c, Rect r, const BarsSpec *spec)
{
    if (rect_empty(r) || spec->count <= 0)
        return;
    double high = spec->high;
    if (!isfinite(high))
        high = fmax(largest(spec->values, 0, spec->count), largest(spec->ghosts, 0, spec->count));
    int group = bars_group(spec->count, r.w), columns = (spec->count + group - 1) / group;
    if (spec->spread)
        columns = min_int(spec->count, r.w);
    int width = spec->spread ? min_int(r.w / columns, WIDEST) : 1;
    for (int i = 0; i < columns; i++) {
        int from = spec->spread ? i * spec->count / columns : i * group;
        int to = spec->spread ? (i + 1) * spec->count / columns : min_int(from + group, spec->count);
        Rect bar = {r.x + i * width, r.y, width, r.h};
        int eighths = bar_eighths(spec, high, largest(spec->values, from, to), r.h);
        draw_bar(c, bar, eighths, spec->role);
        draw_ghost(c, bar, bar_eighths(spec, high, largest(spec->ghosts, from, to), r.h), eighths);
    }
}

void bars_gauge(Canvas *c, int x, int y, int w, double fraction, Role role)
{
    enum { TRACK = 0x2501, KNOB = 0x25CF };
    int knob = isnan(fraction) ? -1 : (int)lround(fmin(fmax(fraction, 0), 1) * (w - 1));
    for (int i = 0; i < w; i++)
        canvas_put(c, x + i, y, i == knob ? KNOB : TRACK, i == knob ? ROLE_BOLD : i < knob ? role : ROLE_FRAME);
}

void bars_meter(Canvas *c, int x, int y, int w, double fraction, Role role)
{
    enum { LEFT = 0x2590, TRACK = 0x2591 };
    int eighths = fraction > 0 ? (int)(fmin(fraction, 1) * w * EIGHTHS) : 0;
    for (int i = 0; i < w; i++) {
        int here = min_int(eighths - i * EIGHTHS, EIGHTHS);
        if (here > 0)
            canvas_put(c, x + i, y, (uint32_t)(LEFT - here), role); /* ▏ is one eighth, █ eight: they fall */
        else
            canvas_put(c, x + i, y, TRACK, ROLE_FRAME);
    }
}
