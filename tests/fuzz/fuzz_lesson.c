/* A lesson: what is taken can be begun and gone through, and what is refused is said in plain words. */
#include "fuzz.h"

#include <string.h>

#include <lrd/lesson/lesson_file.h>
#include <lrd/ui/action.h>

static void check_step(const LessonStep *s)
{
    PROMISE(s->title[0] && s->act[0] && s->notice[0]);
    PROMISE(s->check_count <= LESSON_CHECKS_MAX && s->set.count <= LESSON_SETS_MAX && s->key_count <= LESSON_KEYS_MAX);
    for (int i = 0; i < s->check_count; i++) {
        PROMISE(s->check[i].waits[0]);
        fuzz_check_words(s->check[i].waits);
    }
    Settings settings = settings_default();
    for (int i = 0; i < s->set.count; i++) {
        const Setting *row = s->set.item[i].row;
        memcpy((char *)&settings + row->offset, s->set.item[i].bytes, row->size);
        PROMISE(status_is_ok(settings_check_value(&settings, row)));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static Lesson lesson;
    Text problems = {0};
    int faults = lesson_parse("fuzz.ini", (const char *)data, size, &action_table, &lesson, &problems);
    PROMISE((faults == 0) == (problems.length == 0));
    PROMISE((faults == 0) == (lesson.count > 0));
    fuzz_check_words(text_str(&problems));
    for (int i = 0; i < lesson.count; i++)
        check_step(&lesson.step[i]);
    text_free(&problems);
    return 0;
}
