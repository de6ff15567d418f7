/* panel/pair_try: a pair that the user types, to see what the model answers.
 *
 * Digits, a comma or blanks between them, Enter: none of these does anything else here. Other keys are passed on. No
 * terminal here.
 *
 * Ownership: a plain value. Threads: one owner. */
#ifndef LRD_PANEL_PAIR_TRY_H
#define LRD_PANEL_PAIR_TRY_H

#include <lrd/log/probe.h>

enum { PAIR_TEXT_MAX = 16, PAIR_ERROR_MAX = 96 };

typedef struct PairTry {
    char text[PAIR_TEXT_MAX]; /* ASCII */
    char error[PAIR_ERROR_MAX];
    bool asked; /* a, b were entered */
    int a, b;
    ProbePair last; /* the answer in hand when they were: of this pair or of another */
} PairTry;

typedef enum PairKey { PAIR_KEY_TAKEN, PAIR_KEY_PASSED, PAIR_KEY_CLOSES } PairKey;

/* One key press; tokens: the numbers are 0 .. tokens - 1; now: the answer that is shown. */
PairKey pair_try_type(PairTry *p, int code, int tokens, const ProbePair *now);
/* The pair, as if it had been typed and entered. */
void pair_try_ask(PairTry *p, int a, int b, const ProbePair *now);
/* Whether this is the answer to what was entered. */
bool pair_try_is_answered(const PairTry *p, const ProbePair *now);

#endif
