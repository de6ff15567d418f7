/* io/file_read: a small text file, whole, and nothing but a file.
 *
 * Errors: STATUS_INPUT with one sentence: not there, not a regular file (a device or a pipe could be read for
 * ever), larger than most, or unreadable.
 * Ownership: the caller frees *out, whatever the outcome. Threads: any. */
#ifndef LRD_IO_FILE_READ_H
#define LRD_IO_FILE_READ_H

#include <stddef.h>

#include <lrd/base/status.h>
#include <lrd/base/text.h>

Status file_read(const char *path, size_t most, Text *out);

#endif
