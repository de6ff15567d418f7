/* app/info_inside: what info.c asks of info_log.c and info_sweep.c; nobody else includes it.
 *
 * Errors: STATUS_INPUT. Ownership: none kept. Threads: any. */
#ifndef LRD_APP_INFO_INSIDE_H
#define LRD_APP_INFO_INSIDE_H

#include <lrd/base/status.h>
#include <lrd/base/text.h>
#include <lrd/log/log_fields.h>

/* Who made a log, its rows, its events and its last numbers. Lines that are no rows are counted, and the first is told;
 * refused when no row is right. */
Status info_log_describe(const char *path, const LogMap *map, Text *out);

/* A sweep's files, by the first bytes of a file, or its text. */
bool info_is_result(const char *head, size_t length);
bool info_is_spec(const Text *text);
Status info_describe_result(const char *path, Text *out);
Status info_describe_spec(const char *path, const Text *text, Text *out);

#endif
