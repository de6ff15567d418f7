/* panel/prompt: one line that a user types: a strength, a learning rate, any KEY VALUE, or truncate R.
 *
 * While it is typed the hint says what is allowed; Tab completes keys and choices; what is wrong stays in the
 * prompt as a sentence. Only settings that may change mid-run are taken. No terminal here.
 *
 * Ownership: a plain value. Threads: one owner. */
#ifndef LRD_PANEL_PROMPT_H
#define LRD_PANEL_PROMPT_H

#include <lrd/config/settings.h>

enum { PROMPT_TEXT_MAX = 160, PROMPT_HINT_MAX = 400 };

typedef struct Prompt {
    const char *key;            /* the setting that is asked for, or "truncate"; NULL: KEY VALUE is typed */
    char text[PROMPT_TEXT_MAX]; /* ASCII */
    char hint[PROMPT_HINT_MAX]; /* what is allowed here */
    char error[PROMPT_HINT_MAX];
    int rank; /* that was entered for a truncation */
} Prompt;

typedef enum PromptAnswer { PROMPT_OPEN, PROMPT_CANCELLED, PROMPT_ENTERED, PROMPT_TRUNCATES } PromptAnswer;

/* key: a row of the settings table, SCHEDULE_TRUNCATE, or NULL. */
void prompt_start(Prompt *p, const char *key, const Settings *now);
/* One key press. ENTERED only for a setting that goes with the others: then *settings holds it and *row is it.
 * TRUNCATES for "truncate R": then p->rank is R. */
PromptAnswer prompt_type(Prompt *p, int code, Settings *settings, const Setting **row);

#endif
