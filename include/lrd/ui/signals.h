/* ui/signals: signals as something that poll can wait for.
 *
 * INT, TERM, HUP, QUIT, USR1, USR2, XCPU, ALRM, TSTP, CONT and WINCH are caught from open to close; a handler can reach
 * nothing but globals, so that the two ends of a pipe are ones here.
 *
 * Threads: the main thread; other threads have these signals blocked. */
#ifndef LRD_UI_SIGNALS_H
#define LRD_UI_SIGNALS_H

#include <stdbool.h>

/* A descriptor that is readable when a signal came. */
int signals_open(void);
/* The oldest signal that came and was not asked for yet, 0 for none. */
int signals_next(void);
/* After a SIGTSTP, with the terminal given back: the process stops here until SIGCONT. */
void signals_stop_here(void);
/* What the signals did before. */
void signals_close(void);

#endif
