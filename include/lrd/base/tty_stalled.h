/* base/tty_stalled: a terminal that takes no more output (stopped by ^S, a dead line), for handlers of signals that
 * end.
 *
 * A write to it may hang for ever, so that the program could not end in order. All of it may be called in a
 * handler. Threads: any. */
#ifndef LRD_BASE_TTY_STALLED_H
#define LRD_BASE_TTY_STALLED_H

#include <stdbool.h>

/* Whether the descriptor takes no output now. A nearly full line may say that it does, and hang all the same. */
bool tty_is_stalled(int descriptor);
/* A terminal is let go on and forgets what it did not send. */
void tty_stalled_clear(int descriptor);
/* All further output to it goes nowhere. */
void tty_stalled_silence(int descriptor);

#endif
