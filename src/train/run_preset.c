#include <lrd/base/text.h>
#include <lrd/base/util.h>
#include <lrd/io/atomic_file.h>
#include <lrd/train/run_inside.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How the lab shows and when it stops is told by its settings of now, never by a change on the way. */
static bool is_of_session(const char *key)
{
    return strncmp(key, "lab.", 4) == 0 || strcmp(key, "train.threads") == 0 || strcmp(key, "train.steps") == 0;
}

/* Several presses of a key at one step: the last is what counted. */
static bool is_made_again(const Schedule *s, int index)
{
    const ScheduledChange *c = &s->changes[index];
    if (strcmp(c->key, SCHEDULE_TRUNCATE) == 0)
        return false;
    for (int i = index + 1; i < s->count && s->changes[i].step == c->step; i++)
        if (strcmp(s->changes[i].key, c->key) == 0)
            return true;
    return false;
}

static Schedule schedule_of_run(const Run *r)
{
    Schedule made = change_log_schedule(&r->change_log, r->branch), s = {0};
    int waiting = r->schedule.count - r->next_change;
    s.changes = xmalloc((size_t)(made.count + waiting + 1) * sizeof *s.changes);
    for (int i = 0; i < made.count; i++)
        if (!is_of_session(made.changes[i].key) && !is_made_again(&made, i))
            s.changes[s.count++] = made.changes[i];
    for (int i = r->next_change; i < r->schedule.count; i++)
        s.changes[s.count++] = r->schedule.changes[i];
    schedule_free(&made);
    return s;
}

Status run_write_preset(Run *r, const char *path)
{
    if (r->resumed)
        return status_input("This run was resumed, so that its beginning is not known here: no preset can tell it");
    if (r->scalings > 0)
        return status_input("W_q was scaled by hand in this run, which no schedule of a preset can tell");
    Settings first = r->first;
    first.lab = r->settings.lab;
    first.train.threads = r->settings.train.threads;
    first.train.steps = run_last_step(r);
    Schedule schedule = schedule_of_run(r);
    Text out = {0};
    text_addf(&out, "# What was done by hand up to step %lld, as a preset.\n", (long long)run_step(r));
    if (r->options.init || r->options.pairs)
        text_addf(&out, "# To be started with the same --init and --pairs again.\n");
    preset_print(&first, &schedule, NULL, &out);
    Status status = atomic_file_store(path, out.data, out.length);
    text_free(&out);
    schedule_free(&schedule);
    return status;
}
