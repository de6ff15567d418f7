/* base/choice: a word that must be one of a few.
 *
 * Ownership: a ChoiceNearest keeps the caller's words; nothing else is kept. Threads: any. */
#ifndef LRD_BASE_CHOICE_H
#define LRD_BASE_CHOICE_H

#include <lrd/base/status.h>

/* The name nearest to a word, of those that are offered one after the other: the first of the equally near. */
typedef struct ChoiceNearest {
    const char *word, *name; /* name: NULL until one is near enough for a slip */
    int distance;
} ChoiceNearest;
ChoiceNearest choice_nearest(const char *word);
void choice_offer(ChoiceNearest *nearest, const char *name);

/* Its place among the names, -1 when it is none of them. */
int choice_find(const char *word, const char *const *names, int count);
/* STATUS_INPUT: "there is no view "tabel"; did you mean table?", or all the names where none is near.
 * wrong: the sentence up to the word. */
Status choice_refuse(const char *wrong, const char *word, const char *const *names, int count);

#endif
