#include <lrd/io/ini.h>

#include <lrd/base/quote.h>
#include <lrd/base/util.h>
#include <lrd/io/file_kind.h>

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef struct IniReader {
    const char *name, *section;
    IniFile *file;
    bool lost; /* behind a heading that could not be read: what stands there is not looked at */
    int capacity, line, faults;
    Text *problems;
} IniReader;

void ini_fault(Text *problems, int *faults, const char *name, int line, const char *format, ...)
{
    ++*faults;
    if (*faults > INI_FAULTS_MAX + 1)
        return;
    quote_add(problems, name);
    text_addf(problems, ":%d: ", line);
    va_list args;
    va_start(args, format);
    if (*faults > INI_FAULTS_MAX)
        text_add(problems, "and more faults from here on");
    else
        text_addv(problems, format, args);
    va_end(args);
    text_add(problems, "\n");
}

#define INI_FAULT(r, ...) ini_fault((r)->problems, &(r)->faults, (r)->name, (r)->line, __VA_ARGS__)

static bool ini_is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Both ends in place. */
static char *ini_trim(char *s)
{
    while (ini_is_blank(*s))
        s++;
    size_t n = strlen(s);
    while (n && ini_is_blank(s[n - 1]))
        n--;
    s[n] = '\0';
    return s;
}

static void ini_cut_comment(char *s)
{
    for (size_t i = 0; s[i]; i++)
        if (s[i] == '#' && (i == 0 || ini_is_blank(s[i - 1]))) {
            s[i] = '\0';
            return;
        }
}

/* s stands on the opening quote; the value is unescaped in place. NULL when it does not close or more follows. */
static char *ini_unquote(char *s)
{
    char *in = s + 1, *out = s;
    while (*in && *in != '"') {
        if (*in == '\\' && (in[1] == '"' || in[1] == '\\'))
            in++;
        *out++ = *in++;
    }
    if (!*in++)
        return NULL;
    ini_cut_comment(in);
    bool more = *ini_trim(in) != '\0';
    *out = '\0';
    return more ? NULL : s;
}

static void ini_add(IniReader *r, const char *key, const char *value)
{
    IniFile *f = r->file;
    if (f->count == r->capacity) {
        r->capacity = r->capacity ? 2 * r->capacity : 64;
        f->items = xrealloc(f->items, (size_t)r->capacity * sizeof *f->items);
    }
    f->items[f->count++] = (IniItem){r->line, r->section, key, value};
}

static void ini_read_section(IniReader *r, char *s)
{
    ini_cut_comment(s);
    s = ini_trim(s);
    size_t n = strlen(s);
    r->lost = s[n - 1] != ']';
    if (r->lost) {
        INI_FAULT(r, "a section is written [name], with nothing after the bracket");
        return;
    }
    s[n - 1] = '\0';
    r->section = ini_trim(s + 1);
    ini_add(r, NULL, NULL);
}

static void ini_read_item(IniReader *r, char *s)
{
    char *equals = strchr(s, '=');
    if (!equals) {
        INI_FAULT(r, "%s has no '='; a line is [section], key = value or # comment", quote_word(s).text);
        return;
    }
    *equals = '\0';
    char *key = ini_trim(s), *value = equals + 1;
    while (ini_is_blank(*value))
        value++;
    if (*value == '"') {
        value = ini_unquote(value);
    } else {
        ini_cut_comment(value);
        value = ini_trim(value);
    }
    if (!*key)
        INI_FAULT(r, "there is no key before the '='");
    else if (!value)
        INI_FAULT(r, "a value that begins with a quote must end with one, and nothing may follow");
    else if (!r->section)
        INI_FAULT(r, "%s stands before the first [section]", quote_word(key).text);
    else
        ini_add(r, key, value);
}

static void ini_read_line(IniReader *r, char *s, size_t length)
{
    if (length && s[length - 1] == '\r')
        s[--length] = '\0';
    if (length > INI_LINE_MAX) {
        INI_FAULT(r, "the line has %zu bytes; at most %d are allowed", length, INI_LINE_MAX);
        return;
    }
    if (strlen(s) != length) {
        INI_FAULT(r, "the line holds a NUL byte; this is not a text file");
        return;
    }
    while (ini_is_blank(*s))
        s++;
    if (*s == '[')
        ini_read_section(r, s);
    else if (*s && *s != '#' && !r->lost)
        ini_read_item(r, s);
}

int ini_parse(const char *name, const char *bytes, size_t length, IniFile *out, Text *problems)
{
    static const char mark[] = "\xEF\xBB\xBF";
    if (length >= 3 && memcmp(bytes, mark, 3) == 0) {
        bytes += 3;
        length -= 3;
    }
    *out = (IniFile){.bytes = xmalloc(length + 1)};
    if (length)
        memcpy(out->bytes, bytes, length);
    out->bytes[length] = '\0';
    IniReader r = {.name = name, .file = out, .problems = problems};
    bool big_endian;
    if (file_head_is_utf16(bytes, length, &big_endian)) { /* told once, not of every line */
        r.line = 1;
        INI_FAULT(&r, "the file is UTF-16; save it as UTF-8");
        return r.faults;
    }
    char *s = out->bytes, *end = out->bytes + length;
    while (s < end) {
        char *newline = memchr(s, '\n', (size_t)(end - s));
        char *stop = newline ? newline : end;
        *stop = '\0';
        r.line++;
        ini_read_line(&r, s, (size_t)(stop - s));
        s = stop + 1;
    }
    return r.faults;
}

void ini_free(IniFile *f)
{
    free(f->items);
    free(f->bytes);
    *f = (IniFile){0};
}
