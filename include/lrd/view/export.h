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

#endif
