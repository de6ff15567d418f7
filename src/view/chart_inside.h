/* What chart_axis.c gives to chart.c, and to nobody else. */
#ifndef LRD_VIEW_CHART_INSIDE_H
#define LRD_VIEW_CHART_INSIDE_H

#include <lrd/view/chart.h>
#include <lrd/view/format.h>

/* A range that can be divided by: finite, not empty, above zero on a log axis. */
void axis_make_sane(ChartAxis *a);

/* Widens a value axis so that its ticks stand in rows that are equally far apart, the lowest tick in the lowest row. */
int axis_fit_rows(ChartAxis *a, int rows, int wanted, double ticks[CHART_TICKS_MAX]);

/* The words at a tick; step is the distance to the next one, compact asks for 2.5k instead of 2,500. */
FormatText axis_label(const ChartAxis *a, double tick, double step, bool compact);

/* Value -> dot, 0 at the low end, as a double; NAN where a log axis has no place. */
typedef struct Scale {
    double low, per_unit;
    bool log;
} Scale;

Scale scale_make(const ChartAxis *a, int dots);
/* The same for a value axis of that many rows with so many dots each: the low end is the middle of the lowest row, the
 * high end that of the highest, where the ticks stand. */
Scale scale_make_rows(const ChartAxis *a, int rows, int dots);
double scale_at(const Scale *s, double v);
/* The value at a dot. */
double scale_value(const Scale *s, double dot);

#endif
