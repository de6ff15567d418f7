#include <lrd/base/text.h>
#include <lrd/base/util.h>

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void text_free(Text *t)
{
    free(t->data);
    *t = (Text){0};
}

void text_clear(Text *t)
{
    t->length = 0;
    if (t->data)
        t->data[0] = '\0';
}

static void text_reserve(Text *t, size_t more)
{
    size_t need = t->length + more + 1;
    if (need <= t->capacity)
        return;
    size_t capacity = t->capacity ? t->capacity : 64;
    while (capacity < need)
        capacity *= 2;
    t->data = xrealloc(t->data, capacity);
    t->capacity = capacity;
}

void text_add_bytes(Text *t, const char *s, size_t n)
{
    text_reserve(t, n);
    memcpy(t->data + t->length, s, n);
    t->length += n;
    t->data[t->length] = '\0';
}

void text_add(Text *t, const char *s)
{
    text_add_bytes(t, s, strlen(s));
}

void text_addv(Text *t, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    if (n >= 0) {
        text_reserve(t, (size_t)n);
        vsnprintf(t->data + t->length, (size_t)n + 1, format, again);
        t->length += (size_t)n;
    }
    va_end(again);
}

void text_addf(Text *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    text_addv(t, format, args);
    va_end(args);
}

const char *text_str(const Text *t)
{
    return t->data ? t->data : "";
}

void text_count(char out[TEXT_COUNT_MAX], long long n)
{
    char plain[24];
    snprintf(plain, sizeof plain, "%lld", n);
    size_t length = strlen(plain);
    for (size_t i = 0; i < length; i++) {
        size_t left = length - i;
        if (left % 3 == 0 && i > 0 && plain[i - 1] != '-')
            *out++ = ',';
        *out++ = plain[i];
    }
    *out = '\0';
}

void text_fit(char *out, size_t size, const char *format, va_list args)
{
    int length = vsnprintf(out, size, format, args);
    size_t end = size - 1;
    if (length <= (int)end)
        return;
    while (end > 0 && ((unsigned char)out[end - 1] & 0xc0) == 0x80)
        end--;
    out[end > 0 && (unsigned char)out[end - 1] >= 0xc0 ? end - 1 : end] = '\0';
}

int text_distance(const char *a, const char *b)
{
    enum { MOST = 63, FAR = 1000 };
    size_t m = strlen(a), n = strlen(b);
    if (m > MOST || n > MOST)
        return FAR;
    int row[MOST + 1];
    for (size_t j = 0; j <= n; j++)
        row[j] = (int)j;
    for (size_t i = 1; i <= m; i++) {
        int diagonal = row[0];
        row[0] = (int)i;
        for (size_t j = 1; j <= n; j++) {
            int change = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = min_int(change, 1 + min_int(row[j], row[j - 1]));
        }
    }
    return row[n];
}

/* strtod and strtoll also take leading blanks, hexadecimal, "inf" and "nan": a setting takes none of these. */
static bool text_is_plain_number(const char *s)
{
    return *s && strspn(s, "0123456789+-.eE") == strlen(s);
}

size_t text_before(const char *word, const char *ending)
{
    size_t n = strlen(word), tail = strlen(ending);
    return n > tail && strcmp(word + n - tail, ending) == 0 ? n - tail : 0;
}

bool text_to_double(const char *s, double *out)
{
    if (!text_is_plain_number(s))
        return false;
    char *end;
    double value = strtod(s, &end);
    if (end == s || *end || !isfinite(value))
        return false;
    *out = value;
    return true;
}

bool text_to_i64(const char *s, long long *out)
{
    if (!text_is_plain_number(s))
        return false;
    char *end;
    errno = 0;
    long long value = strtoll(s, &end, 10);
    if (end == s || *end || errno)
        return false;
    *out = value;
    return true;
}
