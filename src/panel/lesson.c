#include <lrd/panel/lesson.h>

#include <stddef.h>

const LessonStep *lesson_step(const LessonPlace *p)
{
    return p->lesson && p->open && p->step >= 0 ? &p->lesson->step[p->step] : NULL;
}

const LessonCheck *lesson_awaited(const LessonPlace *p)
{
    const LessonStep *step = lesson_step(p);
    for (int i = 0; step && i < step->check_count; i++)
        if (!(p->held[p->step] & 1u << i))
            return &step->check[i];
    return NULL;
}
