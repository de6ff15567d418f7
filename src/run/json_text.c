#include <lrd/run/json_text.h>

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Length of the UTF-8 sequence at s, 0 when it is not one (overlong forms, surrogates, beyond U+10FFFF). */
static size_t utf8_length(const unsigned char *s)
{
    if (s[0] < 0x80)
        return 1;
    size_t n = s[0] >= 0xC2 && s[0] <= 0xDF ? 2 : (s[0] & 0xF0) == 0xE0 ? 3 : s[0] >= 0xF0 && s[0] <= 0xF4 ? 4 : 0;
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) || (s[0] == 0xF0 && s[1] < 0x90) ||
        (s[0] == 0xF4 && s[1] > 0x8F))
        return 0;
    return n;
}

void json_add_string(Text *out, const char *text)
{
    text_add(out, "\"");
    for (const unsigned char *s = (const unsigned char *)text; *s;) {
        size_t n = utf8_length(s);
        if (n == 0)
            text_add(out, "\\ufffd");
        else if (*s == '"' || *s == '\\')
            text_addf(out, "\\%c", *s);
        else if (*s == '\n')
            text_add(out, "\\n");
        else if (*s < 0x20 || *s == 0x7F)
            text_addf(out, "\\u%04x", *s);
        else
            text_add_bytes(out, (const char *)s, n);
        s += n ? n : 1;
    }
    text_add(out, "\"");
}

void json_add_double(Text *out, double value)
{
    static const int digits[] = {9, 15, 16, 17};
    char word[40] = "null";
    if (isfinite(value)) {
        for (size_t i = 0; i < sizeof digits / sizeof *digits; i++) {
            snprintf(word, sizeof word, "%.*g", digits[i], value);
            if (strtod(word, NULL) == value)
                break;
        }
    }
    text_add(out, word);
}

void json_add_float(Text *out, float value)
{
    char word[40] = "null";
    if (isfinite(value)) {
        for (int digits = 6; digits <= 9; digits++) {
            snprintf(word, sizeof word, "%.*g", digits, (double)value);
            if (strtof(word, NULL) == value)
                break;
        }
    }
    text_add(out, word);
}

const char *json_printable(const char *text, char *out, size_t size)
{
    size_t n = 0;
    for (; text[n] && n + 1 < size; n++)
        out[n] = text[n] >= ' ' && text[n] <= '~' ? text[n] : '?';
    out[n] = '\0';
    return out;
}
