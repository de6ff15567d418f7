/* base/text: a string that grows, and the few questions asked of words.
 *
 * Ownership: a Text owns its bytes; text_free gives them back. data is always
 * a C string once anything was added, "" through text_str() before. Threads: one owner. */
#ifndef LRD_BASE_TEXT_H
#define LRD_BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct Text {
    char *data;
    size_t length, capacity;
} Text;

void text_free(Text *t);
void text_clear(Text *t);
void text_add(Text *t, const char *s);
void text_add_bytes(Text *t, const char *s, size_t n);
void text_addf(Text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_addv(Text *t, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
const char *text_str(const Text *t);

/* As much as fits of a sentence, never cut inside a character. */
void text_fit(char *out, size_t size, const char *format, va_list args) __attribute__((format(printf, 3, 0)));

enum { TEXT_COUNT_MAX = 32 };
/* A whole number as people write it: 2,100. */
void text_count(char out[TEXT_COUNT_MAX], long long n);

/* Edit distance (Levenshtein), for "did you mean". Words of up to 63 bytes; longer ones count as far. */
int text_distance(const char *a, const char *b);

/* The length of a word without this ending; 0 when it does not end so, or is nothing else. */
size_t text_before(const char *word, const char *ending);

/* Strict numbers: the whole token, finite, the C locale's point. false leaves *out alone. */
bool text_to_double(const char *s, double *out);
bool text_to_i64(const char *s, long long *out);

#endif
