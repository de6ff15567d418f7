#include <lrd/panel/panel.h>

#include <stdio.h>

#include <lrd/panel/time_cursor.h>
#include <lrd/panel/probe_request.h>
#include <lrd/panel/prose.h>
#include <lrd/panel/story.h>
#include <lrd/view/format.h>

void panel_story(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    const Evaluation *past = time_cursor_evaluation(s, u);
    Story story = past           ? story_tell_past(past)
                  : u->slow_blas ? story_tell_slow(u->slow_blas)
                                 : story_tell_beside(s, lesson_step(&u->lesson) != NULL);
    if (u->pulse && !past) {
        story.role = ROLE_GOOD;
        snprintf(story.sentence[0], sizeof story.sentence[0],
                 "It has found the rule: pairs it was never shown come out right.");
    }
    if (past && probe_kind_of_view(u->view) != PROBE_NONE && time_cursor_rewind_step(s, u) >= 0)
        snprintf(story.sentence[1], sizeof story.sentence[1], "The weights shown are those of step %s.",
                 format_count(time_cursor_rewind_step(s, u)).s);
    int x = 1, y = 0;
    for (int i = 0; i < story.count; i++) {
        const char *sentence = story.sentence[i];
        int room = r.w - 1 - x;
        if (i > 0 && canvas_width(sentence) > room) {
            if (++y == r.h)
                return;
            x = 1;
            room = r.w - 2;
            if (canvas_width(sentence) > room)
                return;
        }
        x += canvas_words(c, r.x + x, r.y + y, room, i == 0 ? story.role : ROLE_NORMAL, sentence) + 1;
    }
}

/* The answer to the last key. */
void panel_message(Canvas *c, Rect r, const Snapshot *s, const UiState *u)
{
    (void)s;
    prose_sentences(c, (Rect){r.x + 1, r.y, r.w - 2, r.h}, ROLE_BOLD, u->message);
}
