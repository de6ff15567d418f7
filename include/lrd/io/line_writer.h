/* io/line_writer: a file that grows by whole lines, each one write(2).
 *
 * A regular file that holds something is only touched as line_writer_keep says, and not before the first line. A write
 * that fails is reported once; what it left of the line is taken back where the file allows it. Later lines are tried
 * again, since a full disk may be emptied, unless the file is a pipe whose reader is gone.
 * It is one process's as long as it is open (a lock of io/output_open): a second one is refused.
 * A pipe or device never makes the caller wait: what its reader does not take yet is kept, LINE_WRITER_PENDING bytes of
 * it, and beyond that whole lines are left out, which is a failed write. Only closing waits, as long as the reader
 * takes something every LINE_WRITER_PATIENCE seconds.
 *
 * Ownership: line_writer_close ends what open began. Threads: one owner. */
#ifndef LRD_IO_LINE_WRITER_H
#define LRD_IO_LINE_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lrd/base/status.h>
#include <lrd/base/text.h>

enum { LINE_WRITER_PENDING = 16 << 20, LINE_WRITER_PATIENCE = 10 };

typedef struct LineWriter {
    int descriptor, flags;
    char *path;
    bool regular, started, broken; /* broken: a pipe without a reader */
    int64_t size;                  /* of a regular file when it was opened */
    int64_t keep;                  /* bytes of it that stay */
    int error;                     /* errno of the first failed write, or one of line_file's own */
    Text pending;                  /* of a pipe or device: not taken by its reader yet */
} LineWriter;

/* Opens for writing and reading back, creates when missing. keep = size until line_writer_keep says otherwise. */
Status line_writer_open(LineWriter *f, const char *path);
void line_writer_keep(LineWriter *f, int64_t bytes);
/* Where the last whole line at or before size ends: 0 when there is none. */
Status line_writer_whole(const LineWriter *f, int64_t *end);
/* Reads up to count bytes at offset; fewer only at the end. */
Status line_writer_read(const LineWriter *f, void *into, size_t count, int64_t offset, size_t *got);
/* bytes end in a newline. */
Status line_writer_write(LineWriter *f, const char *bytes, size_t count);
/* The first failure of all, closing included. */
Status line_writer_close(LineWriter *f);

#endif
