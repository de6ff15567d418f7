/* base/tty_stalled: a terminal that takes no more output (stopped by ^S, a dead line), for handlers of signals that
 * end.
 *
 * A write to it may hang for ever, so that the program could not end in order. All of it may be called in a
 * handler. Threads: any. */
#ifndef LRD_BASE_TTY_STALLED_H
#define LRD_BASE_TTY_STALLED_H

#include <stdbool.h>

/* Whether the descriptor takes no output now. A nearly full line may say that it does, and hang all the same. */
bool stall_is_there(int descriptor);
/* A terminal is let go on and forgets what it did not send. */
void stall_clear(int descriptor);
/* All further output to it goes nowhere. */
void stall_silence(int descriptor);

#endif
