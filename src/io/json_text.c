#include <lrd/io/json_text.h>
#include <lrd/base/quote.h>

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

void json_add_string(Text *out, const char *text)
{
    text_add(out, "\"");
    for (const char *s = text; *s;) {
        size_t n = (size_t)quote_utf8_length(s);
        if (n == 0)
            text_add(out, "\\ufffd");
        else if (*s == '"' || *s == '\\')
            text_addf(out, "\\%c", *s);
        else if (*s == '\n')
            text_add(out, "\\n");
        else if ((unsigned char)*s < 0x20 || *s == 0x7F)
            text_addf(out, "\\u%04x", (unsigned)*s);
        else
            text_add_bytes(out, s, n);
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
