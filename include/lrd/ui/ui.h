/* ui/ui: the lab's loop: terminal, keys, signals and frames around a session, or around the replay of a log.
 *
 * One thread, asleep in poll until a key, a snapshot or a signal comes. Draws at most lab.fps times a second;
 * a key is answered in the next frame however slow a step is. Ends the source (of a session the log and --save too)
 * after the terminal was restored.
 *
 * Threads: the main thread; what the source stands for belongs to the caller, who frees it. */
#ifndef LRD_UI_UI_H
#define LRD_UI_UI_H

#include <lrd/base/status.h>
#include <lrd/session/channel.h>
#include <lrd/panel/lesson.h>
#include <lrd/view/layout.h>
#include <lrd/view/theme.h>

/* What someone is told who opens the lab for the first time, in the message line, once. A hint comes when no message is
 * shown; every key does what it always does, and its answer takes the hint's place. */
enum { HINT_COUNT = 4 };
extern const char *const hints[HINT_COUNT];

typedef struct UiOptions {
    ViewId view;
    bool projector, mouse;
    const Scheme *theme;    /* NULL: dark, or none under NO_COLOR */
    const GlyphSet *glyphs; /* NULL: Braille where the locale is UTF-8, else ASCII */
    int hints_seen;         /* the first hints that are not to be shown again */
    const char *slow_blas;  /* name of the library whose products are slow: the story begins with it; NULL: none is */
    const Lesson
        *lesson; /* begins at once over a session that was started paused; NULL: none. It must outlive ui_run */
} UiOptions;

typedef struct UiResult {
    int signal;   /* that ended the lab, 0: q */
    int64_t step; /* the last one done */
    int hints_seen;
} UiResult;

/* STATUS_INPUT when there is no terminal that the lab can use (said without one escape code); to be asked before
 * anything is started. */
Status ui_check_terminal(void);

/* Until the user quits, a signal comes or the terminal is gone; the Status is that of the run (session_end). */
Status ui_run(Channel *source, const UiOptions *options, UiResult *result);

#endif
