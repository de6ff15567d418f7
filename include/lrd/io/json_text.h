/* io/json_text: the few things that writing and reading JSON by hand shares.
 *
 * Ownership: none kept. Threads: any. */
#ifndef LRD_IO_JSON_TEXT_H
#define LRD_IO_JSON_TEXT_H

#include <stddef.h>

#include <lrd/base/text.h>

/* "text", quoted and escaped. Bytes that are not UTF-8 become U+FFFD, so that the line is always JSON. */
void json_add_string(Text *out, const char *text);
/* The shortest of 9 or 15 to 17 digits that reads back the same; null for what is not finite. */
void json_add_double(Text *out, double value);
/* The shortest of 6 to 9 digits that reads back as the same float. */
void json_add_float(Text *out, float value);

/* What a foreign file says, fit for a terminal: control and non-ASCII bytes become '?', long text is cut. Returns out.
 */
const char *json_printable(const char *text, char *out, size_t size);

#endif
