/* app/help: help, made from the tables of the command line.
 *
 * Threads: any. */
#ifndef LRD_APP_HELP_H
#define LRD_APP_HELP_H

#include <lrd/app/cli.h>

/* Of one verb, or of the program with its list of verbs; all of it as a manual page (help_man.c). */
void help_print_verb(const Verb *verb, Text *out);
void help_print_program(Text *out);
void help_print_man(Text *out);

#endif
