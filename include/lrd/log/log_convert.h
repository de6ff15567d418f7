/* log/log_convert: logs that are no JSON Lines, made into them: tables (CSV), one JSON document, UTF-16.
 *
 * Documents: an object with a list of rows (log_history of trainer_state.json), a list of rows, an object with a list
 * of numbers for each name (the history of Keras), a list of [time, step, value] (TensorBoard). Line numbers of a
 * table stay what they were.
 *
 * Errors: STATUS_INPUT with one sentence that says what would be read. Ownership: the caller frees *out. Threads: any.
 */
#ifndef LRD_LOG_LOG_CONVERT_H
#define LRD_LOG_LOG_CONVERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lrd/base/status.h>
#include <lrd/base/text.h>

/* head: the file's first bytes. Whether it is JSON Lines in UTF-8 (or empty), which is read as it stands. */
bool log_is_lines(const char *head, size_t count);
/* bytes: the whole file. */
Status log_convert(const char *path, const Text *bytes, int64_t *not_numbers, Text *out);

#endif
