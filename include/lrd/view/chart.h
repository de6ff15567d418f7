/* view/chart: curves with axes. Knows numbers, roles and rectangles; nothing of runs.
 *
 * A curve is a list of buckets in rising order: the steps first..last that it covers, the smallest and the largest
 * value seen in them and the newest one. Values are joined from bucket to bucket; low..high is drawn as a vertical
 * stroke, so that a spike of a single step stays visible. Dots: Braille 2 x 4 a cell, quadrants 2 x 2, or ASCII.
 * Where curves share a cell the dots merge and the later curve's role wins.
 *
 * Values and ticks share one mapping: a tick's value lies in the middle of the tick's row, ticks stand equally many
 * rows apart, and the axis is widened until that is so (log axes of less than a decade, heat maps: as given).
 *
 * A NAN value is a gap. Values beyond the y range lie on its edge; steps beyond the x range are cut off. On a log
 * axis values <= 0 are left out. Ranges that are not finite, or empty, become 0..1 (log: 1..10).
 *
 * Draws allocate nothing and read no clock. A plot wider than 512 or higher than 200 cells is drawn that large;
 * the raster takes 300 kB of stack.
 * Ownership: the caller's, everywhere. Threads: any, one per canvas. */
#ifndef LRD_VIEW_CHART_H
#define LRD_VIEW_CHART_H

#include <stdbool.h>
#include <stdint.h>

#include <lrd/view/canvas.h>
#include <lrd/view/heatmap.h>
#include <lrd/view/theme.h>

typedef struct ChartPoint {
    double first, last;      /* steps */
    double low, high, value; /* of those steps; value: the newest */
} ChartPoint;

typedef struct ChartCurve {
    const ChartPoint *points;
    int count;
    Role role;
    Pattern pattern; /* theme_pattern(role), or another where a role is used twice */
} ChartCurve;

typedef enum ChartUnit {
    CHART_NUMBER,  /* 0.25, 1,500, 1e-4 */
    CHART_PERCENT, /* 1 is written 100% */
    CHART_STEPS,   /* whole numbers */
    CHART_RANK,    /* at least 1: ticks are counted from there */
} ChartUnit;

typedef struct ChartAxis {
    double low, high;
    bool log;
    ChartUnit unit;
} ChartAxis;

/* A thin vertical line behind the curves. glyph (0: none) stands at its top with the label (NULL: none) beside it,
 * where there is room. */
typedef struct ChartMarker {
    double x;
    uint32_t glyph;
    const char *label; /* UTF-8 */
    Role role;         /* ROLE_MARKER, or ROLE_BOLD for a cursor */
} ChartMarker;

/* Colours behind everything: the value at a place of the axes, NAN for nothing there. */
typedef struct ChartHeat {
    double (*value)(const void *context, double x, double y);
    const void *context;
    HeatScale scale;
} ChartHeat;

typedef struct ChartSpec {
    ChartAxis x, y;
    const ChartCurve *curves; /* the last is in front */
    int curve_count;
    const ChartMarker *markers; /* the first ones get their label first */
    int marker_count;
    const ChartHeat *heat; /* NULL: none */
} ChartSpec;

/* Axes, ticks, markers and curves into r (the inside of a frame). Too little room for a plot (less than 8 x 2 cells
 * beside the axes) draws nothing. */
void chart_draw(Canvas *c, Rect r, const ChartSpec *spec);

/* A legend entry: "marker name value", in the curve's role. */
typedef struct ChartLegend {
    Role role;
    const char *name;  /* "unseen" */
    const char *value; /* "91%", "" for none */
    uint32_t marker;   /* 0: theme_marker(role) */
} ChartLegend;

/* canvas_frame with the entries in the upper edge at the right, each in its own role. Where they do not all fit, values
 * are left out from the front, then whole entries: put the most important last. */
void chart_frame(Canvas *c, Rect r, const char *title, const ChartLegend *entries, int count);

/* Widens low..high to round ends: 1-2-5 steps (percent: 0..1 at most, whole), on a log axis 1-2-5 values. NAN or
 * empty ranges become 0..1 (log: 1..10). */
void chart_nice_range(ChartAxis *axis);

enum { CHART_TICKS_MAX = 32 };

/* Round values inside the range, rising, about `wanted` of them and never more than CHART_TICKS_MAX.
 * Linear: multiples of 1, 2 or 5 times a power of ten (percent: 2.5 too; steps: whole). Log: decades, every n-th of
 * them when there are too many; 1-2-5 values when there are fewer than two decades. Returns the count. */
int chart_ticks(const ChartAxis *axis, int wanted, double ticks[CHART_TICKS_MAX]);

#endif
