/* view/theme: what a role looks like: roles x schemes x colour depths, in one const table.
 *
 * A scheme paints its own background, so that it is legible on any terminal; `none` paints nothing and
 * differs by attributes alone. Nothing is told by colour alone: every curve role also has a line pattern
 * (chart draws it) and a marker glyph (legends show it), and in mono the other roles differ by attribute. The roles
 * of a heat map are a ramp from near the scheme's ground to its far end, rising (light schemes: falling) in luminance;
 * in mono they all look alike, and heat maps use glyphs.
 *
 * Pure; nothing to free. Threads: any. */
#ifndef LRD_VIEW_THEME_H
#define LRD_VIEW_THEME_H

#include <stdbool.h>
#include <stdint.h>

#include <lrd/view/canvas.h>

typedef enum Scheme {
    SCHEME_DARK,
    SCHEME_LIGHT,
    SCHEME_CONTRAST, /* black, white and saturated colours: a projector in a bright room */
    SCHEME_CVD,      /* Okabe & Ito 2008: told apart by every common kind of colour blindness */
    SCHEME_NONE,     /* no colour at all (NO_COLOR) */
    SCHEME_COUNT
} Scheme;

/* What the terminal can do; MONO: attributes only, whatever the scheme. */
typedef enum ColorDepth { DEPTH_MONO, DEPTH_8, DEPTH_16, DEPTH_256, DEPTH_TRUE, DEPTH_COUNT } ColorDepth;

typedef struct Style {
    int fg, bg;              /* palette index below 8, 16 or 256 (xterm's); -1: the terminal's own */
    uint32_t rgb_fg, rgb_bg; /* 0xRRGGBB, always set: truecolour terminals and SVG */
    bool bold, dim, reverse, underline;
} Style;

/* How a curve is drawn. */
typedef enum Pattern { PATTERN_SOLID, PATTERN_DASHED, PATTERN_DOTTED } Pattern;

extern const char *const theme_names[SCHEME_COUNT]; /* dark light contrast cvd none */

Style theme_style(Scheme scheme, ColorDepth depth, Role role);
/* The style of a role on the ground of another's colour (canvas_put_on). */
Style theme_style_on(Scheme scheme, ColorDepth depth, Role role, Role ground);

/* The pattern and the legend glyph that belong to a curve role: solid for the rest. */
Pattern theme_pattern(Role role);
uint32_t theme_marker(Role role, GlyphSet glyphs);
/* The legend glyph of a pattern, for roles of which several curves are drawn. */
uint32_t theme_pattern_marker(Pattern pattern, GlyphSet glyphs);

#endif
