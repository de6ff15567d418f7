/* view/animation: frames one after the other as an SVG that moves without a script, or as a terminal's recording.
 *
 * Frames have one size and come in their order with the second at which each is to be seen.
 *
 * Ownership: animation_free; a frame is copied. Threads: one owner. */
#ifndef LRD_VIEW_ANIMATION_H
#define LRD_VIEW_ANIMATION_H

#include <lrd/base/text.h>
#include <lrd/view/canvas.h>
#include <lrd/view/theme.h>

typedef struct Animation {
    Canvas **frames;
    double *at;
    char **marks; /* NULL: none; a word for what happened there */
    int count;
} Animation;

/* mark: "" for none. */
void animation_add(Animation *a, const Canvas *frame, double at, const char *mark);
void animation_free(Animation *a);

/* seconds: of a whole turn; it begins anew then. Readers that do not move show the last frame, and so do all for those
 * who ask for less motion (prefers-reduced-motion). */
void animation_export_svg(const Animation *a, Scheme scheme, const char *title, double seconds, Text *out);
/* asciicast, version 3 or 2. title and command in UTF-8 without control characters. */
void animation_export_cast(const Animation *a, Scheme scheme, const char *title, const char *command, double seconds,
                           int version, Text *out);

#endif
