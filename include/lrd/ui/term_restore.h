/* ui/term_restore: the terminal as it was, when the program dies of a signal or cannot write to it any more.
 *
 * From term_restore_arm on a deadly signal (a fault, abort, one that nobody sends on purpose) writes a string that was
 * made ready before, gives the terminal its settings back, passes on what was kept of stderr, and then does what it
 * would have done. All of that calls nothing but what POSIX allows in a handler.
 *
 * Threads: a handler runs in whichever thread the signal came to; the rest is the main thread's. */
#ifndef LRD_UI_TERM_RESTORE_H
#define LRD_UI_TERM_RESTORE_H

#include <stdio.h>

/* After this much of the string no more is kept: curses' own are a tenth of it. */
enum { TERM_RESTORE_RESET_MAX = 256 };

/* Before curses changes the terminal's settings: they are looked at here. */
void term_restore_keep_settings(void);
/* string: what brings the terminal back. kept: what was written to stderr meanwhile, -1 for none; it goes to
 * stderr_before. */
void term_restore_arm(const char *string, int kept, int stderr_before);
void term_restore_disarm(void);

/* In a handler, of a signal that ends the lab: when the terminal takes no output (stopped by ^S, a dead line) the
 * main thread may hang in a write for ever. Then the terminal is reset here and all further output goes nowhere. */
void term_restore_if_stalled(void);
/* The same without a look at what the terminal takes. */
void term_restore_now(void);

#endif
