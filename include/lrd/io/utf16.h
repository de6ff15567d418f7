/* io/utf16: text as Windows writes it.
 *
 * Ownership: none kept. Threads: any. */
#ifndef LRD_IO_UTF16_H
#define LRD_IO_UTF16_H

#include <stdbool.h>
#include <stddef.h>

#include <lrd/base/text.h>

/* Adds count bytes of UTF-16 as UTF-8, without a byte order mark; half a surrogate pair becomes U+FFFD, an odd last
 * byte is left out. */
void utf16_to_utf8(const char *bytes, size_t count, bool big_endian, Text *out);

#endif
