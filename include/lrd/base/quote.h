/* base/quote: someone else's bytes inside a sentence.
 *
 * Files and arguments may hold anything: a message must not carry their control characters to a terminal, nor
 * grow without bound.
 *
 * Ownership: a Quote is a plain value. Threads: any. */
#ifndef LRD_BASE_QUOTE_H
#define LRD_BASE_QUOTE_H

#include <stdbool.h>
#include <stddef.h>

#include <lrd/base/text.h>

typedef struct Quote {
    char text[96];
} Quote;

/* The word between double quotes; control characters and bytes that are not UTF-8 as \xNN, a long word cut with
 * "...". Used as quote_word(s).text in an argument list. */
Quote quote_word(const char *word);
/* Adds words as they are, but for control characters (newlines too) and bytes that are not UTF-8: \xNN. */
void quote_add(Text *out, const char *words);
/* Whether all of it is UTF-8 without control characters (C0, DEL, C1). */
bool quote_is_plain(const char *word);
/* Length in bytes of the UTF-8 character that starts here, 0 when none does (a stray byte, an overlong form, a
 * surrogate, the end of the string). */
int quote_utf8_length(const char *s);

/* One word as sh reads it back. */
void shell_add_word(Text *out, const char *word);

#endif
