#include <lrd/base/status.h>

#include <lrd/base/quote.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static bool is_inside_character(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

/* A sentence that names a path of thousands of bytes loses its middle: its end says what is wrong and what to do. */
static void status_fit(Status *s, const char *sentence, size_t length)
{
    static const char gap[] = " ... ";
    enum { HEAD = 200 };
    const size_t room = sizeof s->text - 1;
    if (length <= room) {
        memcpy(s->text, sentence, length + 1);
        return;
    }
    size_t head = HEAD, tail = length - (room - HEAD - strlen(gap));
    while (is_inside_character(sentence[head]))
        head--;
    while (is_inside_character(sentence[tail]))
        tail++;
    snprintf(s->text, sizeof s->text, "%.*s%s%s", (int)head, sentence, gap, sentence + tail);
}

static Status status_make(StatusCode code, const char *format, va_list args)
{
    Status s = {.code = code};
    Text raw = {0}, plain = {0};
    text_addv(&raw, format, args);
    quote_add(&plain, text_str(&raw));
    status_fit(&s, text_str(&plain), plain.length);
    text_free(&raw);
    text_free(&plain);
    return s;
}

Status status_ok(void)
{
    return (Status){.code = STATUS_OK};
}

Status status_failed(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Status s = status_make(STATUS_FAILED, format, args);
    va_end(args);
    return s;
}

Status status_input(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Status s = status_make(STATUS_INPUT, format, args);
    va_end(args);
    return s;
}

Status status_with_lines(Status s, const char *below)
{
    size_t used = strlen(s.text);
    while (*below) {
        size_t length = strcspn(below, "\n");
        if (used + 1 + length >= sizeof s.text)
            break;
        s.text[used++] = '\n';
        memcpy(s.text + used, below, length);
        used += length;
        below += length + (below[length] == '\n');
    }
    s.text[used] = '\0';
    return s;
}
