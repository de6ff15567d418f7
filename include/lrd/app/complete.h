/* app/complete: what may stand at the end of a command line, for the completion of shells.
 *
 * The scripts in completions/ ask `lrdlab complete -- WORD...` at every Tab: so what they offer is what the tables of
 * verbs, options, settings, views, ... and the folders of presets and demos hold at that moment.
 *
 * Answer: a line for each candidate, the whole word, a tab, what it means. One that ends in "=" or ":" wants more
 * behind it without a space. ":files ENDING" and ":folders" ask the shell for its own, of that ending if one is named.
 *
 * Ownership: the caller's Text. Threads: the main thread. */
#ifndef LRD_APP_COMPLETE_H
#define LRD_APP_COMPLETE_H

#include <lrd/app/cli.h>

/* words: those after the program's name; the last one is being typed and may be "". */
void complete_words(const char *const *words, int count, Text *out);
/* Whether it is known what may stand where help writes this: an option's argument (of that option), an operand. */
bool complete_knows(const char *option, const char *argument);

#endif
