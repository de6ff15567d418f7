/* ui/term: the terminal: a canvas onto the screen, key presses from it, and everything back as it was.
 *
 * The only module that knows curses. ncurses is one per process, so this one has state of its own: one terminal,
 * one open at a time. A still canvas writes nothing. What is written to a stderr that is a terminal while this one is
 * open is kept and printed by term_close. A deadly signal restores the terminal too (ui/term_restore).
 *
 * Threads: the main thread. Errors: STATUS_INPUT, and not one byte was written to the terminal then. */
#ifndef LRD_UI_TERM_H
#define LRD_UI_TERM_H

#include <stdbool.h>

#include <lrd/base/status.h>
#include <lrd/panel/mouse.h>
#include <lrd/view/canvas.h>
#include <lrd/view/theme.h>

/* Whether there is a terminal on stdin and stdout that curses knows. */
Status term_check(void);
/* mouse: the terminal reports it, and selects text with Shift held alone. */
Status term_open(bool mouse);
/* Restores the terminal; safe to call twice or without term_open, and from the die hook. */
void term_close(void);

bool term_has_utf8(void);
/* What curves are drawn with where nothing was asked for: what the terminal's font is likely to have. */
GlyphSet term_glyphs(void);  /* by nl_langinfo(CODESET) */
bool term_wants_color(void); /* NO_COLOR is not set */
ColorDepth term_depth(void); /* while the terminal is open */
/* For what is only printed: what terminfo says of stdout. MONO where that is no terminal or NO_COLOR is set. */
ColorDepth term_depth_of_stdout(void);
void term_size(int *w, int *h);
/* After SIGWINCH: takes over the size that the terminal now has. */
void term_resize(void);
/* Before the process stops: the terminal as it was. */
void term_suspend(void);
/* After SIGCONT: the next draw takes the terminal back, at the size that it now has. */
void term_resume(void);
/* After ^L: the next draw paints every cell. */
void term_repaint(void);

/* The next key that was pressed, UI_KEY_NONE when there is none. Never waits. */
int term_key(void);
/* What the mouse did, after UI_KEY_MOUSE. */
MouseEvent term_mouse(void);
/* false when the terminal went away. To be asked when poll says that stdin is readable. */
bool term_is_there(void);

void term_draw(const Canvas *c, Scheme scheme);

#endif
