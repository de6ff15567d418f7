/* app/cli: the command line: one table of verbs, one table of options.
 *
 * Parsing, `--help` of every verb, usage errors and the list of verbs all come from the two tables: a new verb or
 * option is a row. An option is written --name VALUE or --name=VALUE, anywhere after the program's name.
 *
 * Ownership: Arguments point into argv; arguments_free gives the lists back. Threads: the main thread. */
#ifndef LRD_APP_CLI_H
#define LRD_APP_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lrd/base/status.h>

/* Exit statuses; a run ended by signal n exits with 128 + n. */
enum { EXIT_DONE = STATUS_OK, EXIT_FAILED = STATUS_FAILED, EXIT_USAGE = STATUS_INPUT, EXIT_SIGNAL = 128 };

typedef struct WordList {
    const char **words;
    int count;
} WordList;

typedef struct Arguments {
    const char *operand; /* PRESET or FILE, NULL when there is none */
    WordList sets, at;   /* in the order given */
    const char *init, *pairs, *resume, *grad, *save, *weights, *log, *csv, *out;
    const char *view, *theme, *glyphs, *size;
    int64_t steps, save_every, step; /* -1: not given */
    bool paused, mouse, force, quiet, markdown, json, help, version;
} Arguments;

typedef struct Verb {
    const char *name;
    const char *operand; /* how help writes it, "" for none; in brackets when it may be left out */
    const char *help;    /* one line */
    bool computes;       /* the numerics are tested before it runs */
    int (*run)(const Arguments *a);
} Verb;

extern const Verb verb_table[];
extern const int verb_count;

/* Reads argv. *verb is the verb that was named, the first of the table when none was. */
Status cli_parse(int argc, char *const *argv, const Verb **verb, Arguments *out);
void arguments_free(Arguments *a);

/* The whole program after the process was set up: parses, runs the verb, looks after stdout. The exit status. */
int cli_run(int argc, char *const *argv);

/* Prints a Status that is not OK to stderr, with every line of it led by the program's name, and makes it an exit
 * status. */
int cli_report(Status s);

#endif
