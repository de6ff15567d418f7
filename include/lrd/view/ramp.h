/* view/ramp: the colours of a heat map's levels, for each scheme and depth. Only theme asks.
 *
 * Rising in luminance (falling in a light scheme), strictly so with 256 colours and more: what is more is told apart
 * by every kind of eye, and on a grey print. Pure. Threads: any. */
#ifndef LRD_VIEW_RAMP_H
#define LRD_VIEW_RAMP_H

#include <lrd/view/theme.h>

typedef struct RampColor {
    uint32_t rgb;
    uint8_t xterm; /* of 256 */
    uint8_t ansi;  /* of 8, which 16-colour terminals show alike */
} RampColor;

/* scheme is not SCHEME_NONE; level 0 .. HEAT_LEVELS - 1. */
RampColor ramp_color(Scheme scheme, int level);

#endif
