/* io/ini: a strict reader of INI text: [section], key = value, # comments.
 *
 * A # at the start of a line or after a blank begins a comment. A value may stand between double quotes, where \"
 * and \\ stand for themselves: so it can hold a # or blanks at its ends. CRLF and a UTF-8 byte order mark are read
 * over. Refused, each with its line: NUL bytes, lines of more than 4096 bytes, a line that is none of the three, a
 * key before the first section, an empty key, a quote that does not close.
 *
 * It knows nothing of what the keys mean: that is the business of preset.
 *
 * Ownership: ini_free. Threads: any. */
#ifndef LRD_IO_INI_H
#define LRD_IO_INI_H

#include <stddef.h>

#include <lrd/base/text.h>

enum { INI_LINE_MAX = 4096, INI_FAULTS_MAX = 50 };

typedef struct IniItem {
    int line;            /* from 1 */
    const char *section; /* without the brackets */
    const char *key;     /* NULL: the item is the section's heading itself */
    const char *value;
} IniItem;

typedef struct IniFile {
    IniItem *items; /* in file order; words point into bytes */
    int count;
    char *bytes;
} IniFile;

/* Every fault is a line "NAME:LINE: ..." in *problems, at most INI_FAULTS_MAX of them; returns how many were found. */
int ini_parse(const char *name, const char *bytes, size_t length, IniFile *out, Text *problems);
void ini_free(IniFile *f);

/* Adds "NAME:LINE: sentence" when *faults is below INI_FAULTS_MAX, a last word when it reaches it; counts it. */
void ini_fault(Text *problems, int *faults, const char *name, int line, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

#endif
