/* app/display_options: how the lab or a picture of it looks: --view, --theme, --glyphs, --projector, --size.
 *
 * Ownership: a plain value. Threads: any. */
#ifndef LRD_APP_DISPLAY_OPTIONS_H
#define LRD_APP_DISPLAY_OPTIONS_H

#include <lrd/app/hints_seen.h>
#include <lrd/app/cli.h>
#include <lrd/ui/ui.h>
#include <lrd/view/layout.h>
#include <lrd/view/theme.h>

typedef struct DisplayOptions {
    ViewId view;
    Scheme theme;
    GlyphSet glyphs;
    bool projector;
    MouseSaid mouse_said;
    bool has_theme, has_glyphs; /* named; else the first of each */
    int w, h;                   /* cells */
} DisplayOptions;

/* STATUS_INPUT for a name that is not there or a size that is none, with what there is. */
Status display_options_read(const Arguments *a, DisplayOptions *out);

/* What was named, for a screen. look must outlive it. */
UiOptions display_options_ui_options(const DisplayOptions *look);

#endif
