/* view/glyph: code points: UTF-8 in and out, Braille and quadrant cells, twins for poorer glyph sets.
 *
 * Pure; nothing to free. Threads: any. */
#ifndef LRD_VIEW_GLYPH_H
#define LRD_VIEW_GLYPH_H

#include <stdbool.h>
#include <stdint.h>

typedef enum GlyphSet { GLYPHS_BRAILLE, GLYPHS_BLOCK, GLYPHS_ASCII, GLYPHS_COUNT } GlyphSet;
extern const char *const glyph_set_names[GLYPHS_COUNT];

enum { GLYPH_BRAILLE = 0x2800, GLYPH_INVALID = 0xFFFD, GLYPH_UTF8_MAX = 5 };

/* Reads one code point and moves *s past it. A byte that starts no valid sequence is one GLYPH_INVALID, so that
 * reading always gets on; at the end of the string it is 0 and *s stays. */
uint32_t glyph_decode(const char **s);
/* Writes at most 4 bytes and a final 0; returns the bytes before the 0. */
int glyph_encode(uint32_t glyph, char out[GLYPH_UTF8_MAX]);

/* What cells may hold: glyph itself where terminals draw it one column or two columns wide, else GLYPH_INVALID
 * (control characters, marks, scripts that are written from right to left). */
uint32_t glyph_printable(uint32_t glyph);
/* Columns: 2 for wide scripts and emoji, 0 for combining marks and what only joins or chooses forms, else 1. The same
 * in every locale. */
int glyph_width(uint32_t glyph);
/* A mark that is drawn upon the glyph before it: width 0, and something to be seen. */
bool glyph_is_mark(uint32_t glyph);

/* The dot at column x (0, 1) and row y (0 is the top) of a Braille (4 rows) or quadrant (2 rows) cell, as a bit. */
uint8_t glyph_braille_bit(int x, int y);
uint8_t glyph_quadrant_bit(int x, int y);
uint32_t glyph_quadrant(uint8_t bits); /* 0: a blank */

/* glyph as that set can show it; width 1 stays width 1. */
uint32_t glyph_in_set(uint32_t glyph, GlyphSet set);

#endif
