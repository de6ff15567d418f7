#include <lrd/view/chart.h>

#include <math.h>
#include <stddef.h>
#include <string.h>

#include <lrd/base/util.h>
#include <lrd/view/glyph.h>

#include "chart_inside.h"

/* LABEL_MIN: "100%" and "2,500" take the same room, so that charts above one another have their axes in one column. */
enum { PLOT_MAX_W = 512, PLOT_MAX_H = 200, PLOT_MIN_W = 8, PLOT_MIN_H = 2, LABEL_MIN = 5, LABEL_GAP = 2 };

/* Dots by cell, with the role of the last curve that came by. */
typedef struct RasterCell {
    uint8_t dots, role;
    bool taken; /* by a marker's label */
} RasterCell;

typedef struct Raster {
    int w, h;          /* cells */
    int rows_per_cell; /* 4: Braille and its ASCII twin; 2: quadrants */
    RasterCell cell[PLOT_MAX_W * PLOT_MAX_H];
    bool has_line[PLOT_MAX_W]; /* a marker's, in this column of cells */
} Raster;

/* Where in the canvas things go. */
typedef struct Plot {
    Rect area;        /* of the raster */
    ChartAxis x, y;   /* sane */
    Scale across, up; /* to dots of the raster */
} Plot;

static RasterCell *raster_cell(Raster *r, int cx, int cy)
{
    return &r->cell[cy * r->w + cx];
}

static void raster_dot(Raster *r, int x, int y, Role role)
{
    if (x < 0 || y < 0 || x >= 2 * r->w || y >= r->rows_per_cell * r->h)
        return;
    RasterCell *cell = raster_cell(r, x / 2, y / r->rows_per_cell);
    int row = y % r->rows_per_cell;
    cell->dots |= r->rows_per_cell == 4 ? glyph_braille_bit(x, row) : glyph_quadrant_bit(x, row);
    cell->role = (uint8_t)role;
}

/* Dots on and off, by pattern and by how fine the dots are. They are counted from the edge of the raster and not along
 * the line: dashes fill whole cells then, and stand still while the curve grows. */
typedef struct Pen {
    Role role;
    int on, off;
} Pen;

static Pen pen_for(const ChartCurve *curve, GlyphSet glyphs)
{
    static const int strokes[3][GLYPHS_COUNT][2] = {
        [PATTERN_SOLID] = {{1, 0}, {1, 0}, {1, 0}},
        [PATTERN_DASHED] = {{6, 2}, {4, 2}, {6, 2}},
        [PATTERN_DOTTED] = {{1, 1}, {1, 1}, {2, 2}},
    };
    const int *stroke = strokes[curve->pattern][glyphs];
    return (Pen){curve->role, stroke[0], stroke[1]};
}

/* Bresenham; the first dot is left out where the line goes on from an earlier one. */
static void raster_line(Raster *r, const Pen *pen, int x0, int y0, int x1, int y1, bool goes_on)
{
    int dx = x1 > x0 ? x1 - x0 : x0 - x1, dy = y1 > y0 ? y0 - y1 : y1 - y0;
    int sx = x0 < x1 ? 1 : -1, sy = y0 < y1 ? 1 : -1, error = dx + dy;
    for (bool first = true;; first = false) {
        int along = dx >= -dy ? x0 : y0;
        if (!(first && goes_on) && along % (pen->on + pen->off) < pen->on)
            raster_dot(r, x0, y0, pen->role);
        if (x0 == x1 && y0 == y1)
            return;
        int twice = 2 * error;
        if (twice >= dy) {
            error += dy;
            x0 += sx;
        }
        if (twice <= dx) {
            error += dx;
            y0 += sy;
        }
    }
}

static int dot_of(double v, int dots)
{
    return v <= 0 ? 0 : v >= dots - 1 ? dots - 1 : (int)lround(v);
}

/* Joins two places given in dots, y upwards; what lies left or right of the plot is cut off, y is kept inside. */
static void plot_join(Raster *r, const Pen *pen, const double a[2], const double b[2], bool goes_on)
{
    int w = 2 * r->w, h = r->rows_per_cell * r->h;
    double x0 = a[0], y0 = fmin(fmax(a[1], 0), h - 1), x1 = b[0], y1 = fmin(fmax(b[1], 0), h - 1);
    double slope = x1 > x0 ? (y1 - y0) / (x1 - x0) : 0;
    if (x1 < -0.5 || x0 > w - 0.5)
        return;
    if (x0 < 0) {
        y0 -= slope * x0;
        x0 = 0;
        goes_on = false;
    }
    if (x1 > w - 1) {
        y1 += slope * (w - 1 - x1);
        x1 = w - 1;
    }
    raster_line(r, pen, dot_of(x0, w), h - 1 - dot_of(y0, h), dot_of(x1, w), h - 1 - dot_of(y1, h), goes_on);
}

static void plot_envelope(Raster *r, const Plot *p, const ChartPoint *point, double x, Role role)
{
    int h = r->rows_per_cell * r->h;
    if (x < -0.5 || x > 2 * r->w - 0.5 || !(point->low <= point->high))
        return;
    double low = scale_at(&p->up, point->low), high = scale_at(&p->up, point->high);
    if (isnan(high))
        return;
    int from = isnan(low) ? 0 : dot_of(low, h), to = dot_of(high, h);
    for (int y = from; y <= to && from < to; y++)
        raster_dot(r, dot_of(x, 2 * r->w), h - 1 - y, role);
}

static void plot_curve(Raster *r, const Plot *p, const ChartCurve *curve, GlyphSet glyphs)
{
    const Pen pen = pen_for(curve, glyphs);
    double before[2] = {0, 0};
    bool has_before = false;
    for (int i = 0; i < curve->count; i++) {
        const ChartPoint *point = &curve->points[i];
        double at[2] = {scale_at(&p->across, point->last), scale_at(&p->up, point->value)};
        if (isnan(at[0]) || isnan(at[1]) || isinf(at[0])) {
            has_before = false;
            continue;
        }
        plot_join(r, &pen, has_before ? before : at, at, has_before);
        plot_envelope(r, p, point, at[0], curve->role);
        memcpy(before, at, sizeof at);
        has_before = true;
    }
}

static bool raster_is_free(Raster *r, int cx, int cy, int width)
{
    if (cx < 0 || cx + width > r->w)
        return false;
    for (int x = cx; x < cx + width; x++)
        if (raster_cell(r, x, cy)->dots || raster_cell(r, x, cy)->taken)
            return false;
    return true;
}

/* Beside its line, right or else left, in the first row where no curve and no label is. */
static void plot_marker_label(Canvas *c, Raster *r, const Plot *p, int column, const ChartMarker *m)
{
    int width = canvas_width(m->label);
    for (int y = 0; width > 0 && y < r->h; y++)
        for (int side = 0; side < 2; side++) {
            int x = side == 0 ? column + 1 : column - width;
            /* Right of another line it would be taken for that one's. */
            if (side == 1 && x > 0 && r->has_line[x - 1])
                continue;
            /* A blank between two labels: the cell before and after must not be a label's either. */
            if (!raster_is_free(r, x, y, width) || (x > 0 && raster_cell(r, x - 1, y)->taken) ||
                (x + width < r->w && raster_cell(r, x + width, y)->taken))
                continue;
            canvas_text(c, p->area.x + x, p->area.y + y, m->role, m->label);
            for (int i = 0; i < width; i++)
                raster_cell(r, x + i, y)->taken = true;
            return;
        }
}

typedef struct HeatPlaces {
    const ChartHeat *heat;
    Scale across, up; /* to cells across, half cells up */
    int rows;
} HeatPlaces;

static double heat_at_place(const void *context, int row, int column)
{
    const HeatPlaces *p = context;
    return p->heat->value(p->heat->context, scale_value(&p->across, column), scale_value(&p->up, p->rows - 1 - row));
}

static void plot_heat(Canvas *c, const Plot *p, const ChartHeat *heat)
{
    HeatPlaces places = {.heat = heat,
                         .across = scale_make(&p->x, p->area.w),
                         .up = scale_make(&p->y, 2 * p->area.h),
                         .rows = 2 * p->area.h};
    HeatSpec spec = {.rows = places.rows,
                     .columns = p->area.w,
                     .value = heat_at_place,
                     .context = &places,
                     .scale = heat->scale,
                     .pool = HEAT_LARGEST};
    heatmap_draw(c, p->area, &spec);
}

/* Over a heat map its colour stays behind the glyph. */
static void put_over(Canvas *c, int x, int y, uint32_t glyph, Role role)
{
    const Cell *below = &c->cells[(size_t)y * (size_t)c->w + (size_t)x];
    canvas_put_on(c, x, y, glyph, role, (Role)below->ground);
}

static void plot_markers(Canvas *c, Raster *r, const Plot *p, const ChartSpec *spec)
{
    enum { BROKEN = 0x250A, WHOLE = 0x2502 };    /* ┊ │ */
    uint32_t line = spec->heat ? WHOLE : BROKEN; /* in ASCII a broken line would look like a value of the heat map */
    for (int pass = 0; pass < 2; pass++)         /* labels after all lines, so that no line runs through one */
        for (int i = 0; i < spec->marker_count; i++) {
            const ChartMarker *m = &spec->markers[i];
            double at = scale_at(&p->across, m->x);
            if (!(at >= -0.5 && at <= 2 * r->w - 0.5))
                continue;
            int column = dot_of(at, 2 * r->w) / 2;
            r->has_line[column] = true;
            for (int y = 0; pass == 0 && y < r->h; y++)
                put_over(c, p->area.x + column, p->area.y + y, y == 0 && m->glyph ? m->glyph : line, m->role);
            if (pass == 1 && m->label)
                plot_marker_label(c, r, p, column, m);
        }
}

static void plot_emit(Canvas *c, Raster *r, const Plot *p)
{
    for (int y = 0; y < r->h; y++)
        for (int x = 0; x < r->w; x++) {
            const RasterCell *cell = raster_cell(r, x, y);
            if (!cell->dots)
                continue;
            uint32_t glyph = r->rows_per_cell == 4 ? (uint32_t)GLYPH_BRAILLE + cell->dots : glyph_quadrant(cell->dots);
            put_over(c, p->area.x + x, p->area.y + y, glyph, (Role)cell->role);
        }
}

static void draw_y_axis(Canvas *c, Rect r, const Plot *p, int rows_per_cell, const double *ticks, int count)
{
    enum { AXIS = 0x2502, TICK = 0x2524 }; /* │ ┤ */
    int right = p->area.x - 1, taken = -1;
    canvas_fill(c, (Rect){right, p->area.y, 1, p->area.h}, AXIS, ROLE_FRAME);
    double step = count > 1 ? ticks[1] - ticks[0] : 1;
    for (int i = 0; i < count; i++) {
        int dots = rows_per_cell * p->area.h;
        int row = p->area.h - 1 - dot_of(scale_at(&p->up, ticks[i]), dots) / rows_per_cell;
        if (row == taken)
            continue;
        taken = row;
        FormatText label = axis_label(&p->y, ticks[i], step, fabs(ticks[i]) >= 1e4);
        canvas_put(c, right, p->area.y + row, TICK, ROLE_FRAME);
        int width = canvas_width(label.s);
        if (right - width >= r.x)
            canvas_text(c, right - width, p->area.y + row, ROLE_DIM, label.s);
    }
}

typedef struct XLabel {
    FormatText text;
    int x, width;
} XLabel;

/* Centres the labels of `count` ticks; false when two of them come closer than the gap. */
static bool place_x_labels(const Plot *p, Rect r, const double *ticks, int count, bool compact, XLabel *labels)
{
    Scale cells = scale_make(&p->x, 2 * p->area.w);
    double step = count > 1 ? ticks[1] - ticks[0] : 1;
    int free_from = r.x;
    for (int i = 0; i < count; i++) {
        XLabel *l = &labels[i];
        l->text = axis_label(&p->x, ticks[i], step, compact);
        l->width = canvas_width(l->text.s);
        int centre = p->area.x + dot_of(scale_at(&cells, ticks[i]), 2 * p->area.w) / 2;
        l->x = min_int(centre - l->width / 2, r.x + r.w - l->width);
        if (l->x < free_from)
            return false;
        free_from = l->x + l->width + LABEL_GAP;
    }
    return true;
}

/* As many round steps as can be written out; only where three of them can't, the short form. */
static void draw_x_axis(Canvas *c, Rect r, const Plot *p)
{
    enum { MOST = 12, FULL_LEAST = 3 };
    double ticks[CHART_TICKS_MAX];
    XLabel labels[CHART_TICKS_MAX];
    for (int compact = 0; compact < 2; compact++)
        for (int wanted = min_int(p->area.w / 8 + 2, MOST); wanted >= 2; wanted--) {
            int count = chart_ticks(&p->x, wanted, ticks);
            if ((!compact && count < FULL_LEAST) || !place_x_labels(p, r, ticks, count, compact, labels))
                continue;
            for (int i = 0; i < count; i++)
                canvas_text(c, labels[i].x, p->area.y + p->area.h, ROLE_DIM, labels[i].text.s);
            return;
        }
}

static int y_label_width(const ChartAxis *y, const double *ticks, int count)
{
    int width = LABEL_MIN;
    double step = count > 1 ? ticks[1] - ticks[0] : 1;
    for (int i = 0; i < count; i++)
        width = max_int(width, canvas_width(axis_label(y, ticks[i], step, fabs(ticks[i]) >= 1e4).s));
    return width;
}

void chart_draw(Canvas *c, Rect r, const ChartSpec *spec)
{
    Plot p = {.x = spec->x, .y = spec->y};
    axis_make_sane(&p.x);
    axis_make_sane(&p.y);
    double ticks[CHART_TICKS_MAX];
    int rows = min_int(r.h - 1, PLOT_MAX_H), wanted = min_int(max_int((rows + 5) / 3, 2), 7);
    if (rows < PLOT_MIN_H)
        return;
    int count = spec->heat ? chart_ticks(&p.y, wanted, ticks) : axis_fit_rows(&p.y, rows, wanted, ticks);
    int left = y_label_width(&p.y, ticks, count) + 1;
    p.area = (Rect){r.x + left, r.y, min_int(r.w - left, PLOT_MAX_W), rows};
    if (p.area.w < PLOT_MIN_W)
        return;
    Raster raster;
    raster.w = p.area.w;
    raster.h = p.area.h;
    raster.rows_per_cell = c->glyphs == GLYPHS_BLOCK ? 2 : 4;
    memset(raster.cell, 0, (size_t)(raster.w * raster.h) * sizeof *raster.cell);
    memset(raster.has_line, 0, sizeof raster.has_line);
    p.across = scale_make(&p.x, 2 * raster.w);
    p.up = spec->heat ? scale_make(&p.y, raster.rows_per_cell * raster.h)
                      : scale_make_rows(&p.y, raster.h, raster.rows_per_cell);
    if (p.x.unit == CHART_STEPS)
        canvas_note_values(c, p.area, PLACE_STEP, p.x.low, p.x.high, p.x.log);
    draw_y_axis(c, r, &p, raster.rows_per_cell, ticks, count);
    draw_x_axis(c, r, &p);
    if (spec->heat)
        plot_heat(c, &p, spec->heat);
    for (int i = 0; i < spec->curve_count; i++)
        plot_curve(&raster, &p, &spec->curves[i], c->glyphs);
    plot_markers(c, &raster, &p, spec);
    plot_emit(c, &raster, &p);
}

static int legend_entry_width(const ChartLegend *e, bool bare)
{
    int name = canvas_width(e->name), value = bare ? 0 : canvas_width(e->value);
    return 1 + (name ? 1 + name : 0) + (value ? 1 + value : 0);
}

static void legend_put_entry(Canvas *c, int x, int y, const ChartLegend *e, bool bare)
{
    canvas_put(c, x, y, e->marker ? e->marker : theme_marker(e->role, c->glyphs), e->role);
    int name = canvas_text(c, x + 2, y, e->role, e->name);
    if (!bare)
        canvas_text(c, x + 2 + (name ? name + 1 : 0), y, e->role, e->value);
}

enum { LEGEND_GAP = 2 };

/* Cells that the entries from `first` on take when those before `full` go without their values. */
static int legend_width(const ChartLegend *entries, int first, int full, int count)
{
    int width = LEGEND_GAP * (count - first - 1);
    for (int i = first; i < count; i++)
        width += legend_entry_width(&entries[i], i < full);
    return width;
}

void chart_frame(Canvas *c, Rect r, const char *title, const ChartLegend *entries, int count)
{
    enum { ENDS = 6 }; /* "╭─ " and " ─╮" */
    canvas_frame(c, r, title, NULL);
    int room = r.w - ENDS - (title ? canvas_width(title) + 2 : 0), first = 0, full = 0;
    while (first < count && legend_width(entries, first, full, count) > room)
        if (++full == count)
            full = ++first;
    if (first >= count)
        return;
    int used = legend_width(entries, first, full, count), x = r.x + r.w - 2 - used;
    canvas_fill(c, (Rect){x - 1, r.y, used + 2, 1}, ' ', ROLE_FRAME);
    for (int i = first; i < count; i++) {
        legend_put_entry(c, x, r.y, &entries[i], i < full);
        x += legend_entry_width(&entries[i], i < full) + LEGEND_GAP;
    }
}
