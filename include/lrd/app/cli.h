/* app/cli: the command line: one table of verbs, one table of options.
 *
 * Parsing, `--help` of every verb, usage errors and the list of verbs all come from the two tables: a new verb or
 * option is a row. An option is written --name VALUE or --name=VALUE, anywhere after the program's name; after a
 * bare -- every word is an operand.
 *
 * Ownership: Arguments point into argv; arguments_free gives the lists back. Threads: the main thread. */
#ifndef LRD_APP_CLI_H
#define LRD_APP_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lrd/base/status.h>
#include <lrd/base/text.h>
#include <lrd/log/log_fields.h>

/* Exit statuses; a run ended by signal n exits with 128 + n. */
enum { EXIT_DONE = STATUS_OK, EXIT_FAILED = STATUS_FAILED, EXIT_USAGE = STATUS_INPUT, EXIT_SIGNAL = 128 };

typedef struct WordList {
    const char **words;
    int count;
} WordList;

typedef struct Arguments {
    const char *program;     /* argv[0] */
    const char *operand;     /* PRESET, FILE or VERB, NULL when there is none */
    WordList operands;       /* all of them, for a verb that takes several */
    WordList sets, at, maps; /* in the order given */
    const char *init, *pairs, *resume, *grad, *save, *weights, *log, *csv, *out;
    const char *view, *theme, *glyphs, *size;
    const char *stop, *result;                    /* of train */
    const char *across, *up, *measure, *svg;      /* of phase */
    const char *panels, *layout, *axis_x;         /* of plot */
    bool band;                                    /* likewise */
    const char *slurm;                            /* of sweep */
    int64_t steps, save_every, step, jobs, speed; /* -1: not given */
    int64_t from, to, seconds, cast;              /* of movie; -1: not given */
    bool command;                                 /* of info */
    bool projector, mouse, no_mouse, paused, probes, force, quiet, markdown, man, json, list, checks, help, version;
} Arguments;

typedef struct Verb {
    const char *name;
    const char *operand; /* as help writes it: "" for none, in brackets when it may be left out, "..." for several */
    const char *help;    /* one line */
    bool computes;       /* the numerics are tested before it runs */
    int (*run)(const Arguments *a);
} Verb;

extern const Verb verb_table[]; /* the first one is meant when none is named */
extern const int verb_count;
const Verb *verb_find(const char *name);    /* NULL when unknown */
const char *verb_nearest(const char *word); /* the name of one, NULL when none is near */

typedef enum OptionType { OPTION_FLAG, OPTION_WORD, OPTION_NUMBER, OPTION_LIST } OptionType;

typedef struct Option {
    const char *name;     /* with its dashes */
    const char *argument; /* as help writes it, NULL for a flag */
    unsigned verbs;       /* bit i: verb_table[i] takes it */
    OptionType type;
    size_t offset;    /* in Arguments: bool, const char *, int64_t or WordList */
    int64_t least;    /* OPTION_NUMBER: the smallest value */
    const char *help; /* one line */
} Option;

enum { OPTIONS_MAX = 64 };
extern const Option option_table[];
extern const int option_count;

/* Reads argv. *verb: the one that was named, NULL when none was. *out is to be freed whatever the outcome. */
Status cli_parse(int argc, char *const *argv, const Verb **verb, Arguments *out);
void arguments_free(Arguments *a);

/* --map FIELD=NAME, for every verb that reads logs; out points into the Arguments. */
Status maps_read(const Arguments *a, LogMap *out);

/* A Status that is not OK goes to stderr behind the program's name. Its exit status. */
int cli_report(Status s);
/* The text goes to stdout, and is freed. EXIT_DONE. */
int cli_print(Text *text);
/* Each line goes to stderr behind the program's name. */
void cli_tell_lines(const char *lines);

#endif
