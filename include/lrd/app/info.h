/* app/info: says what a file of ours holds: a checkpoint, weights, a log, a result, a preset, the spec of a
 * sweep or a list of pairs.
 *
 * Errors: STATUS_INPUT when the file cannot be read, or is none of these.
 * Ownership: none kept. Threads: any. */
#ifndef LRD_APP_INFO_H
#define LRD_APP_INFO_H

#include <lrd/base/status.h>
#include <lrd/base/text.h>
#include <lrd/log/log_fields.h>

/* map: which column of a log is which field, NULL for nothing. */
Status info_describe(const char *path, const LogMap *map, Text *out);

#endif
