/* ui/ui: the lab's loop: terminal, keys, signals and frames around a session.
 *
 * One thread, asleep in poll until a key, a snapshot or a signal comes. Draws at most lab.fps times a second;
 * a key is answered in the next frame however slow a step is. Ends the session (and with it the log and --save)
 * after the terminal was restored.
 *
 * Threads: the main thread; the session belongs to the caller, who frees it. */
#ifndef LRD_UI_UI_H
#define LRD_UI_UI_H

#include <lrd/base/status.h>
#include <lrd/run/session.h>
#include <lrd/view/layout.h>
#include <lrd/view/theme.h>

typedef struct UiOptions {
    ViewId view;
    const Scheme *theme;    /* NULL: dark, or none under NO_COLOR */
    const GlyphSet *glyphs; /* NULL: Braille where the locale is UTF-8, else ASCII */
} UiOptions;

typedef struct UiResult {
    int signal;   /* that ended the lab, 0: q */
    int64_t step; /* the last one done */
} UiResult;

/* STATUS_INPUT when there is no terminal that the lab can use (said without one escape code); to be asked before
 * anything is started. */
Status ui_check_terminal(void);

/* Until the user quits, a signal comes or the terminal is gone; the Status is that of the run (session_end). */
Status ui_run(Session *session, const UiOptions *options, UiResult *result);

#endif
