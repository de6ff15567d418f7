/* base/status: how a function says that it could not do what it was asked.
 *
 * A user's mistake and a failed run are values, never exits: the layer that
 * finds one writes one sentence that says what to do, and only app turns it
 * into an exit status. A broken invariant is an assert; no memory is die().
 *
 * Ownership: plain values, nothing to free. Threads: any. */
#ifndef LRD_BASE_STATUS_H
#define LRD_BASE_STATUS_H

#include <stdbool.h>

typedef enum StatusCode {
    STATUS_OK = 0,
    STATUS_FAILED = 1, /* the run failed: disk full, non-finite, ... */
    STATUS_INPUT = 2,  /* wrong usage or input */
} StatusCode;

typedef struct Status {
    StatusCode code;
    char text[600]; /* one sentence without a final newline; "" when OK */
} Status;

Status status_ok(void);
/* Control characters of what is named come out as \xNN, and a sentence that is too long loses its middle. */
Status status_failed(const char *format, ...) __attribute__((format(printf, 1, 2)));
Status status_input(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same with as many of these whole lines below it as there is room for; they must be plain themselves. */
Status status_with_lines(Status s, const char *below);
static inline bool status_is_ok(Status s)
{
    return s.code == STATUS_OK;
}

#endif
