/* app/info_sweep: what a sweep's files hold: its spec and the results of its cells. Part of app/info.
 *
 * Errors: STATUS_INPUT. Ownership: none kept. Threads: any. */
#ifndef LRD_APP_INFO_SWEEP_H
#define LRD_APP_INFO_SWEEP_H

#include <stdbool.h>
#include <stddef.h>

#include <lrd/base/status.h>
#include <lrd/base/text.h>

/* By the first bytes of a file, or its text. */
bool info_is_result(const char *head, size_t length);
bool info_is_spec(const Text *text);

Status info_describe_result(const char *path, Text *out);
Status info_describe_spec(const char *path, const Text *text, Text *out);

#endif
