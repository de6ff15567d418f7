/* io/file_kind: what a file is, told by its first bytes, never by its name.
 *
 * Ownership: none kept. Threads: any. */
#ifndef LRD_IO_FILE_KIND_H
#define LRD_IO_FILE_KIND_H

#include <stdbool.h>
#include <stddef.h>

typedef enum FileKind {
    FILE_MISSING, /* or not to be read: whoever opens it says why */
    FILE_FOLDER,
    FILE_SPECIAL, /* a device or a pipe: it is not looked into */
    FILE_EMPTY,
    FILE_TENSORS,  /* safetensors */
    FILE_JSON,     /* '{', or a list that no section of an INI file is */
    FILE_TABLE,    /* a row of names between commas, semicolons or tabs */
    FILE_SECTIONS, /* an INI file: presets, specs, lessons */
    FILE_NUMBERS,  /* begins with a digit: pairs */
    FILE_TEXT,     /* other text */
    FILE_GZIP,     /* or another compressed file */
    FILE_BINARY,
} FileKind;

enum { FILE_HEAD_MAX = 4096 };

FileKind file_kind(const char *path);
/* Of the first count bytes of a regular file; whole: there are no more. */
FileKind file_kind_of_bytes(const char *head, size_t count);
/* For a sentence: "a preset or spec", "a compressed file (gunzip it first)", ... */
const char *file_kind_words(FileKind kind);
/* Length of the byte order mark, 0 for none. UTF-16 by its mark, or by its zero bytes. */
size_t file_head_mark(const char *head, size_t count);
bool file_head_is_utf16(const char *head, size_t count, bool *big_endian);
/* What stands between the columns of a table whose first line is this; '\0': it is none. */
char file_table_separator(const char *line, size_t length);

#endif
