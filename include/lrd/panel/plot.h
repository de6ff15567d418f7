/* panel/plot: series of a summary as curves of a chart, with the run's steps below and its events as markers.
 *
 * A Plot is large (its points): one on the stack of a draw, no allocation.
 * Ownership: a plain value; the chart's pointers lead into it. Threads: one owner. */
#ifndef LRD_PANEL_PLOT_H
#define LRD_PANEL_PLOT_H

#include <lrd/panel/labels.h>
#include <lrd/panel/ui_state.h>
#include <lrd/view/chart.h>
#include <lrd/view/format.h>

enum { PLOT_CURVES_MAX = 7 + COMPARISONS_MAX, PLOT_MARKERS_MAX = 24, PLOT_LEGEND_MAX = 5 + COMPARISONS_MAX };

typedef struct Plot {
    ChartSpec spec;
    int legend_count;
    ChartLegend legend[PLOT_LEGEND_MAX];
    char value[PLOT_LEGEND_MAX][32];
    ChartCurve curve[PLOT_CURVES_MAX];
    ChartMarker marker[PLOT_MARKERS_MAX];
    Label label[PLOT_MARKERS_MAX];
    ChartPoint point[PLOT_CURVES_MAX][SERIES_CAPACITY];
} Plot;

/* An empty plot over the steps of the run, with a cursor where the past is looked at. */
void plot_start(Plot *p, const Snapshot *s, const UiState *u, ChartUnit unit, bool log_values);
/* A curve of the buckets that end after step `after`; -1: all of them. Returns how many there are. */
int plot_add_curve(Plot *p, const Series *series, int64_t after, Role role, Pattern pattern);
/* The same series of the branch that lies behind, from where it parted. */
void plot_add_behind(Plot *p, const Snapshot *s, const UiState *u, SeriesId id);
/* Its newest value, or the one at the moment that is looked at; NAN for none. */
double plot_behind_value(const Snapshot *s, const UiState *u, SeriesId id);
/* Live samples that are newer than the series of whole sets: its curve, carried on in dots. */
void plot_add_tail(Plot *p, const Series *whole, const Series *samples, Role role);
/* The same series of other runs, before any curve of this one. */
void plot_add_ghosts(Plot *p, const Snapshot *s, SeriesId id);
/* The sign of such a curve in a legend, and its value at the step that is shown. */
uint32_t plot_ghost_marker(int index, int count, GlyphSet glyphs);
double plot_ghost_value(const Snapshot *s, const UiState *u, int index, SeriesId id);
/* Their names, with their values at the step that is shown, for the frame. */
void plot_add_ghost_legends(Plot *p, const Snapshot *s, const UiState *u, SeriesId id, FormatText (*format)(double));
/* The value in the frame; more important ones later. */
void plot_add_legend(Plot *p, Role role, const char *name, const char *value);
/* Where something was changed or reached; labels: with words. */
void plot_add_markers(Plot *p, const RunSummary *b, bool labels);
/* Frame, axes, curves. */
void plot_draw(Canvas *c, Rect r, Plot *p, const char *title);

#endif
