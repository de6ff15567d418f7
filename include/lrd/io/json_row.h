/* io/json_row: one JSON value from text that another program wrote.
 *
 * JSON, and what Python's json.dumps writes beside it: NaN, Infinity and numbers beyond the range of a double
 * are null here, and counted.
 *
 * Ownership: the caller lets the value go (json_decref). Threads: any. */
#ifndef LRD_IO_JSON_ROW_H
#define LRD_IO_JSON_ROW_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/* NULL with *error set. *not_numbers rises by how many numbers became null. */
json_t *json_row_parse(const char *text, size_t length, int64_t *not_numbers, json_error_t *error);

#endif
