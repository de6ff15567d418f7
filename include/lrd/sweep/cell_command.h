/* sweep/cell_command: the command that makes one cell of a sweep, wherever it is run.
 *
 * It names every setting that is not at its default, so that it needs neither the spec nor the preset, and every file
 * by its full path. It does nothing where the cell's result is there, or where another process has it in hand
 * (`train --result`): it may be run any number of times, also at once.
 *
 * Ownership: cell_command_free. Threads: any. */
#ifndef LRD_SWEEP_CELL_COMMAND_H
#define LRD_SWEEP_CELL_COMMAND_H

#include <stdint.h>

#include <lrd/base/quote.h>
#include <lrd/base/text.h>
#include <lrd/sweep/sweep_spec.h>

typedef struct CellCommand {
    char **words; /* argv, NULL at the end */
    int count;
} CellCommand;

/* A file of a cell; folder: of the sweep. */
void cell_file(const char *folder, const SweepSpec *spec, int64_t cell, const char *file, Text *out);
/* The spec's threads, 1 where it leaves them to the machine: cells run side by side. */
int cell_threads(const Settings *settings);

/* program, folder: full paths. The progress of one that is not quiet is one line for each evaluation. */
void cell_command_make(const SweepSpec *spec, int64_t cell, const char *program, const char *folder, bool quiet,
                       CellCommand *out);
void cell_command_free(CellCommand *c);
/* As a line for the shell. */
void cell_command_print(const CellCommand *c, Text *out);
/* Whether a word can stand in a file of one command a line: no control characters. */
bool shell_line_takes(const char *word);

#endif
