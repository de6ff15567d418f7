#include <lrd/view/heatmap.h>

#include <math.h>
#include <stdint.h>

#include <lrd/base/util.h>

enum { UPPER_HALF = 0x2580, SHADES = 5, KEY_CELLS = HEAT_LEVELS / 2 };

int heat_level(const HeatScale *s, double value)
{
    if (isnan(value))
        return -1;
    double low = s->low, high = s->high, v = value;
    if (s->log) {
        low = log(low);
        high = log(high);
        v = v > 0 ? log(v) : low;
    }
    double fraction = high > low ? (v - low) / (high - low) : 0;
    return (int)(fmin(fmax(fraction, 0), 1) * (HEAT_LEVELS - 1) + .5);
}

/* The value of place `at` of `places` along rows and columns. */
static double pooled(const HeatSpec *s, int row, int rows, int column, int columns)
{
    int top = row * s->rows / rows, bottom = max_int((row + 1) * s->rows / rows, top + 1);
    int left = column * s->columns / columns, right = max_int((column + 1) * s->columns / columns, left + 1);
    double sum = 0, largest = NAN;
    int count = 0;
    for (int y = top; y < bottom; y++)
        for (int x = left; x < right; x++) {
            double v = s->value(s->context, y, x);
            if (isnan(v))
                continue;
            largest = fmax(largest, v); /* fmax leaves NAN out */
            sum += v;
            count++;
        }
    return s->pool == HEAT_LARGEST || count == 0 ? largest : sum / count;
}

static uint32_t shade(const Canvas *c, int level)
{
    static const uint16_t blocks[SHADES] = {' ', 0x2591, 0x2592, 0x2593, 0x2588};
    static const char ascii[] = " .:-=+*#%@";
    if (level < 0)
        return ' ';
    if (c->glyphs == GLYPHS_ASCII)
        return (unsigned char)ascii[level * 10 / HEAT_LEVELS];
    return blocks[level * SHADES / HEAT_LEVELS];
}

static Role level_role(int level)
{
    return (Role)(ROLE_HEAT + level);
}

static void put_pair(Canvas *c, int x, int y, int upper, int lower)
{
    enum { LOWER_HALF = 0x2584 };
    if (upper >= 0 && lower >= 0)
        canvas_put_on(c, x, y, UPPER_HALF, level_role(upper), level_role(lower));
    else if (upper >= 0 || lower >= 0)
        canvas_put(c, x, y, upper >= 0 ? UPPER_HALF : LOWER_HALF, level_role(max_int(upper, lower)));
    else
        canvas_put(c, x, y, ' ', ROLE_NORMAL);
}

static bool one_a_cell(const Canvas *c)
{
    return c->mono || c->glyphs == GLYPHS_ASCII;
}

void heatmap_draw(Canvas *c, Rect r, const HeatSpec *spec)
{
    if (rect_empty(r) || spec->rows <= 0 || spec->columns <= 0)
        return;
    bool one = one_a_cell(c);
    for (int y = 0; y < r.h; y++)
        for (int x = 0; x < r.w; x++) {
            if (one) {
                int level = heat_level(&spec->scale, pooled(spec, y, r.h, x, r.w));
                canvas_put(c, r.x + x, r.y + y, shade(c, level), ROLE_NORMAL);
                continue;
            }
            int upper = heat_level(&spec->scale, pooled(spec, 2 * y, 2 * r.h, x, r.w));
            int lower = heat_level(&spec->scale, pooled(spec, 2 * y + 1, 2 * r.h, x, r.w));
            put_pair(c, r.x + x, r.y + y, upper, lower);
        }
}

Rect heatmap_square(Rect r, int n)
{
    int side = min_int(r.w, 2 * r.h);
    if (n > 0 && side > n)
        side = side / n * n;
    side -= side % 2; /* two rows to a cell */
    return (Rect){r.x, r.y, max_int(side, 0), max_int(side / 2, 0)};
}

int heatmap_key(Canvas *c, int x, int y, int width, const char *low, const char *high)
{
    int used = canvas_width(low) + canvas_width(high) + KEY_CELLS + 2;
    if (used > width)
        return 0;
    x += canvas_text(c, x, y, ROLE_DIM, low) + 1;
    for (int i = 0; i < KEY_CELLS; i++) {
        int level = i * (HEAT_LEVELS - 1) / (KEY_CELLS - 1);
        if (one_a_cell(c))
            canvas_put(c, x + i, y, shade(c, level), ROLE_NORMAL);
        else
            canvas_put_on(c, x + i, y, UPPER_HALF, level_role(level), level_role(level));
    }
    canvas_text(c, x + KEY_CELLS + 1, y, ROLE_DIM, high);
    return used;
}

void heatmap_frame_key(Canvas *c, Rect frame, const char *title, const char *low, const char *high)
{
    enum { ENDS = 10 }; /* corners, blanks, a piece of the edge */
    int width = canvas_width(low) + canvas_width(high) + KEY_CELLS + 2;
    if (width > frame.w - canvas_width(title) - ENDS)
        return;
    int x = frame.x + frame.w - 2 - width;
    canvas_fill(c, (Rect){x - 1, frame.y, width + 2, 1}, ' ', ROLE_FRAME);
    heatmap_key(c, x, frame.y, width, low, high);
}
