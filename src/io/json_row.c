#include <lrd/io/json_row.h>
#include <lrd/base/text.h>
#include <lrd/base/util.h>

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const not_numbers_words[] = {"NaN", "Infinity", "Inf"};

/* Length of the word with its sign that stands for no number, 0: none does. */
static size_t word_length(const char *s, const char *end)
{
    const size_t sign = *s == '-' || *s == '+';
    for (size_t i = 0; i < sizeof not_numbers_words / sizeof *not_numbers_words; i++) {
        size_t n = strlen(not_numbers_words[i]);
        if ((size_t)(end - s) >= sign + n && strncasecmp(s + sign, not_numbers_words[i], n) == 0 &&
            (s + sign + n == end || !isalnum((unsigned char)s[sign + n])))
            return sign + n;
    }
    return 0;
}

static size_t number_length(const char *s, const char *end)
{
    size_t n = 0;
    while (s + n < end && (isalnum((unsigned char)s[n]) || strchr("+-.", s[n])) && s[n])
        n++;
    return n;
}

/* A number that a double or jansson's integers cannot hold: null, or a double. */
static void add_number(Text *out, const char *s, size_t length, int64_t *not_numbers)
{
    enum { SAFE_DIGITS = 18 };
    char word[64];
    bool whole = true;
    for (size_t i = 0; i < length; i++)
        whole = whole && (isdigit((unsigned char)s[i]) || (i == 0 && s[i] == '-'));
    if (whole && length > SAFE_DIGITS && length < 300) {
        text_add_bytes(out, s, length);
        text_add(out, ".0");
        return;
    }
    if (length < sizeof word) {
        memcpy(word, s, length);
        word[length] = '\0';
        if (isdigit((unsigned char)word[length - 1]) && !isfinite(strtod(word, NULL))) {
            text_add(out, "null");
            ++*not_numbers;
            return;
        }
    }
    text_add_bytes(out, s, length);
}

static size_t string_length(const char *s, const char *end)
{
    size_t n = 1;
    while (s + n < end && s[n] != '"')
        n += s[n] == '\\' ? 2 : 1;
    return s + n < end ? n + 1 : (size_t)(end - s);
}

static void repair(const char *text, size_t length, Text *out, int64_t *not_numbers)
{
    const char *const end = text + length;
    for (const char *s = text; s < end;) {
        size_t n = 1, word = word_length(s, end);
        if (word > 0) {
            text_add(out, "null");
            ++*not_numbers;
            n = word;
        } else if (*s == '"') {
            n = string_length(s, end);
            text_add_bytes(out, s, n);
        } else if (*s == '-' || isalnum((unsigned char)*s)) {
            n = number_length(s, end);
            add_number(out, s, n, not_numbers);
        } else {
            text_add_bytes(out, s, 1);
        }
        s += n;
    }
}

json_t *json_row_parse(const char *text, size_t length, int64_t *not_numbers, json_error_t *error)
{
    json_t *row = json_loadb(text, length, JSON_REJECT_DUPLICATES, error);
    if (row)
        return row;
    json_error_t second;
    int64_t count = 0;
    Text repaired = {0};
    repair(text, length, &repaired, &count);
    row = json_loadb(text_str(&repaired), repaired.length, JSON_REJECT_DUPLICATES, &second);
    if (row)
        *not_numbers += count;
    text_free(&repaired);
    return row;
}
