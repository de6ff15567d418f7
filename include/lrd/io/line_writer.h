/* io/line_writer: a file that grows by whole lines, each one write(2).
 *
 * A regular file that holds something is only touched as line_file_keep says, and not before the first line. A write
 * that fails is reported once; what it left of the line is taken back where the file allows it. Later lines are tried
 * again, since a full disk may be emptied, unless the file is a pipe whose reader is gone.
 * It is one process's as long as it is open (a lock of io/output_open): a second one is refused.
 * A pipe or device never makes the caller wait: what its reader does not take yet is kept, LINE_FILE_PENDING bytes of
 * it, and beyond that whole lines are left out, which is a failed write. Only closing waits, as long as the reader
 * takes something every LINE_FILE_PATIENCE seconds.
 *
 * Ownership: line_file_close ends what open began. Threads: one owner. */
#ifndef LRD_IO_LINE_WRITER_H
#define LRD_IO_LINE_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lrd/base/status.h>
#include <lrd/base/text.h>

enum { LINE_FILE_PENDING = 16 << 20, LINE_FILE_PATIENCE = 10 };

typedef struct LineFile {
    int descriptor, flags;
    char *path;
    bool regular, started, broken; /* broken: a pipe without a reader */
    int64_t size;                  /* of a regular file when it was opened */
    int64_t keep;                  /* bytes of it that stay */
    int error;                     /* errno of the first failed write, or one of line_file's own */
    Text pending;                  /* of a pipe or device: not taken by its reader yet */
} LineFile;

/* Opens for writing and reading back, creates when missing. keep = size until line_file_keep says otherwise. */
Status line_file_open(LineFile *f, const char *path);
void line_file_keep(LineFile *f, int64_t bytes);
/* Where the last whole line at or before size ends: 0 when there is none. */
Status line_file_whole(const LineFile *f, int64_t *end);
/* Reads up to count bytes at offset; fewer only at the end. */
Status line_file_read(const LineFile *f, void *into, size_t count, int64_t offset, size_t *got);
/* bytes end in a newline. */
Status line_file_write(LineFile *f, const char *bytes, size_t count);
/* The first failure of all, closing included. */
Status line_file_close(LineFile *f);

#endif
