#include <lrd/view/ramp.h>

enum { ENDS = 6 };

/* rgb and ansi: the colours between which the levels lie, the lowest first. xterm: one for each level, since the
 * nearest of its 256 colours would not rise in luminance. */
typedef struct Ramp {
    uint32_t rgb[ENDS];
    uint8_t ansi[ENDS];
    uint8_t xterm[HEAT_LEVELS];
} Ramp;

/* Like magma; the light one goes the other way; cvd runs from blue to yellow as cividis does (Nunez et al. 2018). */
static const Ramp ramps[SCHEME_NONE] = {
    [SCHEME_DARK] = {{0x181C28, 0x48247A, 0x8A2F86, 0xD4545E, 0xF7A64F, 0xFDF4B5},
                     {0, 4, 5, 6, 3, 7},
                     {234, 235, 236, 53, 54, 90, 96, 132, 168, 203, 173, 209, 215, 216, 222, 229}},
    [SCHEME_LIGHT] = {{0xF0EEE6, 0xF4CB8C, 0xE28258, 0xAB3A6C, 0x5C2176, 0x1B0F3B},
                      {7, 3, 6, 5, 4, 0},
                      {255, 224, 223, 222, 216, 179, 209, 173, 167, 132, 96, 89, 54, 53, 236, 235}},
    [SCHEME_CONTRAST] = {{0x101010, 0x2323A8, 0xA525A5, 0xFF5555, 0xFFC400, 0xFFFFFF},
                         {0, 4, 5, 6, 3, 7},
                         {232, 233, 17, 18, 54, 55, 90, 132, 168, 203, 209, 214, 220, 221, 229, 231}},
    [SCHEME_CVD] = {{0x151C2A, 0x17396E, 0x515C70, 0x898577, 0xCBB757, 0xFFF06A},
                    {0, 4, 5, 6, 3, 7},
                    {234, 235, 236, 23, 240, 59, 60, 242, 243, 244, 101, 143, 179, 185, 221, 227}},
};

RampColor ramp_color(Scheme scheme, int level)
{
    const Ramp *ramp = &ramps[scheme];
    const int spans = ENDS - 1, last = HEAT_LEVELS - 1;
    int span = level * spans / last, within = level * spans % last;
    uint32_t from = ramp->rgb[span], to = ramp->rgb[span < spans ? span + 1 : span];
    RampColor color = {0, ramp->xterm[level], ramp->ansi[(level * spans + last / 2) / last]};
    for (int shift = 0; shift <= 16; shift += 8) {
        int a = (int)(from >> shift & 0xFF), b = (int)(to >> shift & 0xFF);
        color.rgb |= (uint32_t)(a + (b - a) * within / last) << shift;
    }
    return color;
}
