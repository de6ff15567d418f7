/* app/info_log: says what a log holds: who made it, its rows, its events and its last numbers.
 *
 * Lines that are no rows are counted, and the first is told. Errors: STATUS_INPUT when no row is right.
 * Ownership: none kept. Threads: any. */
#ifndef LRD_APP_INFO_LOG_H
#define LRD_APP_INFO_LOG_H

#include <lrd/base/status.h>
#include <lrd/base/text.h>
#include <lrd/log/log_fields.h>

Status info_log_describe(const char *path, const LogMap *map, Text *out);

#endif
