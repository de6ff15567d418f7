/* lesson/lesson_check: THE one table of what a step of a lesson can wait for.
 *
 * What is read and what is refused, what the screen says and the README's list are all made from it. A check is a pure
 * function of the snapshot, the UiState and the key that was just pressed.
 *
 * Ownership: the table is const. Threads: the ui thread; printing from any. */
#ifndef LRD_LESSON_LESSON_CHECK_H
#define LRD_LESSON_LESSON_CHECK_H

#include <lrd/base/text.h>
#include <lrd/panel/ui_state.h>

typedef enum LessonArgument {
    LESSON_ARGUMENT_NONE,
    LESSON_ARGUMENT_SHARE,   /* "99%" */
    LESSON_ARGUMENT_NUMBER,  /* above 0 */
    LESSON_ARGUMENT_STEPS,   /* a whole number from 1 */
    LESSON_ARGUMENT_SETTING, /* KEY VALUE */
    LESSON_ARGUMENT_KEY,
    LESSON_ARGUMENT_VIEW,
} LessonArgument;

typedef struct LessonMoment {
    const Snapshot *s;
    const UiState *u;
    int pressed; /* the key that was just pressed, 0 for none */
} LessonMoment;

typedef struct LessonCheckRow {
    const char *name;
    const char *argument; /* as the README writes it, "" for none */
    LessonArgument type;
    const char *means; /* for the README and `lrdlab lesson --checks` */
    const char *waits; /* for the screen: "waits for ..."; %s is the argument */
    bool of_run;       /* only training can bring it about */
    bool (*holds)(const LessonCheck *c, const LessonMoment *m);
} LessonCheckRow;

extern const LessonCheckRow lesson_checks[];
extern const int lesson_check_count;

/* "unseen 50%": name and argument. STATUS_INPUT: what is wrong, what is allowed, the nearest name. keys: what a key
 * can be. */
Status lesson_check_read(const char *words, const ActionTable *keys, LessonCheck *out);
/* A key of the lab by its name; STATUS_INPUT when there is none. */
Status lesson_key_read(const char *word, const ActionTable *keys, int *code);

/* The table as text for `lrdlab lesson --checks`, and as Markdown for the README. */
void lesson_print_checks(Text *out);
void lesson_print_checks_markdown(Text *out);

/* Notes what holds now. pressed: the key that was just pressed, 0 for none. */
void lesson_follow(UiState *u, const Snapshot *s, int pressed);

#endif
