/* panel/lesson: a guided tour over a live run: its steps, and where the user is in it.
 *
 * A lesson is data (lesson/lesson_file reads it). A step has a title, one instruction, one thing to notice, and checks
 * (lesson/lesson_check): it is done once each of them has held at some moment since the step began. The run is then
 * held, so that however long is talked the next step begins with what it speaks of.
 *
 * Ownership: plain values; the UiState borrows the Lesson. Threads: the ui thread. */
#ifndef LRD_PANEL_LESSON_H
#define LRD_PANEL_LESSON_H

#include <stdbool.h>
#include <stdint.h>

#include <lrd/config/settings_change.h>
#include <lrd/view/layout.h>

enum {
    LESSON_STEPS_MAX = 24,
    LESSON_CHECKS_MAX = 4,
    LESSON_SETS_MAX = 4,
    LESSON_KEYS_MAX = 6,
    LESSON_TITLE_MAX = 30,     /* cells: "Lesson 1/7" and "done" stand beside it on the smallest screen */
    LESSON_SENTENCE_MAX = 150, /* cells: two lines of 80 columns */
    LESSON_TEXT_MAX = 800,     /* bytes, with the last 0 */
    LESSON_OFFER = -1,         /* as a step: the lesson has not begun, it says what it is about */
};

typedef struct LessonCheck {
    int kind;      /* row of lesson_checks */
    double number; /* its argument: a share 0..1, a number, steps */
    int code;      /* of a key */
    ViewId view;
    char key[SETTING_KEY_MAX]; /* of a setting */
    char word[64];             /* the argument as it is written; of a setting its value */
    char waits[128];           /* for the screen: "waits for ..." */
    bool of_run;               /* only training can bring it about */
} LessonCheck;

typedef enum LessonFrom { LESSON_FROM_NOW, LESSON_FROM_MEMORISED, LESSON_FROM_STEP } LessonFrom;

typedef struct LessonStep {
    char title[LESSON_TEXT_MAX], act[LESSON_TEXT_MAX], notice[LESSON_TEXT_MAX];
    LessonCheck check[LESSON_CHECKS_MAX];
    SettingsChange set;       /* changed when the step begins for the first time */
    int key[LESSON_KEYS_MAX]; /* codes, shown first in the key bar */
    int check_count, key_count;
    bool has_view;
    ViewId view;       /* shown when the step begins */
    bool starts_held;  /* the run waits until all is done that only the user can do */
    LessonFrom from;   /* where the run goes on from when it is further when the step begins */
    int64_t from_step; /* of LESSON_FROM_STEP */
} LessonStep;

typedef struct Lesson {
    char title[LESSON_TEXT_MAX], about[LESSON_TEXT_MAX];
    char preset[64]; /* of the run that it is given over */
    Settings start;  /* that preset's */
    int count;
    LessonStep step[LESSON_STEPS_MAX];
} Lesson;

/* Part of the UiState. */
typedef struct LessonPlace {
    const Lesson *lesson; /* lent by the loop, NULL: none was read yet */
    bool open;
    int step;                        /* or LESSON_OFFER */
    int begun;                       /* steps that were begun: each changes settings once */
    int unsent;                      /* commands of the step's beginning that are still to be sent */
    uint64_t sent;                   /* number of the last of them: what was before them says nothing */
    int64_t from;                    /* the run's step when this one began */
    unsigned held[LESSON_STEPS_MAX]; /* bit i: check[i] has held */
    bool holds;                      /* it paused the run */
    bool hold_due, release_due;      /* it is to pause the run, or to let it go on */
} LessonPlace;

/* The step that is shown, NULL: no lesson is open, or it is only offered. */
const LessonStep *lesson_step(const LessonPlace *p);
/* The first check that has not held yet, NULL when the step is done. */
const LessonCheck *lesson_awaited(const LessonPlace *p);

#endif
