/* panel/story: what is happening in the run, told in a few short sentences for someone who sees it for the first time.
 *
 * A table of rules: the first whose condition holds tells its sentences, with the run's numbers filled in. Each
 * sentence is understood without those after it, so that a narrow screen can leave them out.
 *
 * Pure. Threads: any. */
#ifndef LRD_PANEL_STORY_H
#define LRD_PANEL_STORY_H

#include <lrd/session/session.h>
#include <lrd/view/canvas.h>

enum {
    STORY_RULE_SENTENCES = 5,
    STORY_SENTENCES = STORY_RULE_SENTENCES + 2, /* before them: that the run is paused, or is over and what now */
    STORY_SENTENCE_MAX = 120,
    STORY_WIDTH_MAX = 58, /* cells of the first sentence, at most */
};

typedef struct Story {
    const char *rule; /* the name of what is told: "memorised" */
    Role role;        /* of the first sentence */
    int count;
    char sentence[STORY_SENTENCES][STORY_SENTENCE_MAX]; /* UTF-8 */
} Story;

Story story_tell(const Snapshot *s);
/* Beside a lesson: without advice, which is the lesson's to give. */
Story story_tell_beside(const Snapshot *s, bool lesson);
/* That the matrix products are slow: the name of the library that does them. */
Story story_tell_slow(const char *library);
/* Of an earlier moment. */
Story story_tell_past(const Evaluation *e);

#endif
