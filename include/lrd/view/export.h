/* view/export: a canvas as plain text, as text with ANSI colours, and as an SVG picture.
 *
 * Ownership: the Text is the caller's; everything is appended to it. Threads: any. */
#ifndef LRD_VIEW_EXPORT_H
#define LRD_VIEW_EXPORT_H

#include <lrd/base/text.h>
#include <lrd/view/canvas.h>
#include <lrd/view/theme.h>

/* UTF-8 (ASCII for an ASCII canvas); blanks at the end of a line are left out. */
void export_text(const Canvas *c, Text *out);

/* The same with SGR colours only: no cursor movement, and a reset at the end of every line. */
void export_ansi(const Canvas *c, Scheme scheme, ColorDepth depth, Text *out);

/* A self-contained picture: letters as text in a fixed grid, everything else (lines, blocks, Braille) as shapes, so
 * that it looks alike whatever fonts there are. title is its accessible name (UTF-8, NULL for "lrdlab"). */
void export_svg(const Canvas *c, Scheme scheme, const char *title, Text *out);

/* The parts of the above: everything before the cells, and the cells. "</svg>" ends it. */
void export_svg_open(int columns, int rows, Scheme scheme, const char *title, Text *out);
void export_svg_cells(const Canvas *c, Scheme scheme, Text *out);

enum { EXPORT_CELL_W = 9, EXPORT_CELL_H = 18, EXPORT_MARGIN = 12 };
/* How a glyph is drawn in a cell of EXPORT_CELL_W x EXPORT_CELL_H whose corner is at EXPORT_MARGIN (a symbol: at 0),
 * as the data of an SVG path: 's' symbol and '1' to '4' (shade in quarters) are filled, 'l' and 'h' are light and heavy
 * lines, 'd' round dots. 't': it is text, and *path is as it was. */
char export_svg_glyph(uint32_t glyph, Text *path);

#endif
