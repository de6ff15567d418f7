/* base/child: this program once more, as a process of its own.
 *
 * It reads nothing, its stdout goes nowhere, and what it says on stderr is kept line by line: the newest line of its
 * progress and its newest complaint ("lrdlab: ..."). It stays in the process group, so that the terminal's ^C and ^Z
 * reach it too, and on Linux it is told to end (SIGTERM) when the process that started it dies.
 *
 * Errors: STATUS_FAILED when there is no process to be had. Ownership: child_is_over, once it says so, gives back all
 * but the two Texts, which child_forget frees. Threads: one owner. */
#ifndef LRD_BASE_CHILD_H
#define LRD_BASE_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include <lrd/base/status.h>
#include <lrd/base/text.h>

typedef struct Child {
    pid_t process;
    int errors; /* its stderr, for poll */
    Text part;  /* of a line that is not whole yet */
    Text progress, complaint;
} Child;

/* words: argv, NULL at the end; words[0] is where the program lies, for systems that cannot tell it themselves. */
Status child_start(const char *const *words, Child *out);
/* Takes in what it said since the last call; never waits. */
void child_listen(Child *c);
/* Whether it has ended, with its exit status (128 + n for signal n); never waits. */
bool child_is_over(Child *c, int *code);
void child_stop(const Child *c); /* SIGTERM */
void child_forget(Child *c);

#endif
