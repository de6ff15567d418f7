/* view/figure: a figure for a paper: panels of lines and bands with axes, and of maps, as SVG, PDF or PNG (cairo).
 *
 * Lengths are points (1/72 inch). Colours are Okabe and Ito's (2008), told apart by every common kind of colour
 * blindness; lines differ by their dashes too. What is not finite is a gap; what is not above 0 is one on a log axis.
 *
 * Ownership: figure_free; a line takes x, y, low and high over, a panel its map (malloc), names are copied. Threads:
 * any. */
#ifndef LRD_VIEW_FIGURE_H
#define LRD_VIEW_FIGURE_H

#include <stdbool.h>

#include <lrd/base/status.h>
#include <lrd/base/text.h>

enum { FIGURE_PANELS_MAX = 8, FIGURE_NAME_MAX = 96, FIGURE_NOTE_MAX = 256 };

typedef enum FigureDash { DASH_SOLID, DASH_LONG, DASH_DOTS } FigureDash;
typedef enum FigureFormat { FIGURE_SVG, FIGURE_PDF, FIGURE_PNG } FigureFormat;

typedef struct FigureLine {
    int count;
    double *x, *y, *low, *high; /* low, high: the band around y, NULL for none */
    int color;
    FigureDash dash;
    char name[FIGURE_NAME_MAX]; /* in the legend, "" for none; UTF-8 */
} FigureLine;

/* Something that was changed there. */
typedef struct FigureMark {
    double x;
    int color;
    char name[FIGURE_NAME_MAX];
} FigureMark;

typedef struct FigurePanel {
    char title[FIGURE_NAME_MAX], x_label[FIGURE_NAME_MAX], y_label[FIGURE_NAME_MAX];
    bool x_log, y_log;
    double y_least, y_most; /* of the axis; NAN: as the lines need it */
    FigureLine *lines;
    FigureMark *marks;
    int line_count, mark_count;
    /* Instead of lines: a square of shares whose mean is 1, [map_side][map_side], from above; blue below 1, orange
     * above it, both full at a factor of 4. NULL for none. */
    float *map;
    int map_side, map_numbers;  /* map_numbers: how many stand along each axis */
    char note[FIGURE_NOTE_MAX]; /* why there is nothing to be drawn, "" where there is */
} FigurePanel;

typedef struct Figure {
    FigurePanel panel[FIGURE_PANELS_MAX];
    int panel_count, columns;
} Figure;

FigureLine *figure_add_line(FigurePanel *p, int count, bool band);
void figure_add_mark(FigurePanel *p, double x, int color, const char *name);
void figure_free(Figure *f);

/* The bytes of the file; the same figure gives the same bytes. STATUS_FAILED when cairo cannot. */
Status figure_export(const Figure *f, FigureFormat format, Text *out);

#endif
