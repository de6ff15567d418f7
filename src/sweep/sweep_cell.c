/* The cells of a grid, and a spec as a file again. */
#include <lrd/sweep/sweep_spec.h>

#include <lrd/base/util.h>

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* Which value of axis a this cell has: the last axis moves fastest. */
static int cell_place(const SweepSpec *s, int64_t cell, int a)
{
    for (int later = s->axis_count - 1; later > a; later--)
        cell /= s->axes[later].value_count;
    return (int)(cell % s->axes[a].value_count);
}

static const char *cell_word(const SweepSpec *s, int64_t cell, int a, int k)
{
    const SweepAxis *axis = &s->axes[a];
    return axis->words[cell_place(s, cell, a) * axis->key_count + k];
}

void sweep_cell_name(const SweepSpec *s, int64_t cell, Text *out)
{
    for (int a = 0; a < s->axis_count; a++)
        for (int k = 0; k < s->axes[a].key_count; k++)
            text_addf(out, "%s%s=%s", a || k ? "," : "", s->axes[a].keys[k], cell_word(s, cell, a, k));
}

const char *sweep_cell_value(const SweepSpec *s, int64_t cell, const char *key)
{
    for (int a = 0; a < s->axis_count; a++)
        for (int k = 0; k < s->axes[a].key_count; k++)
            if (strcmp(s->axes[a].keys[k], key) == 0)
                return cell_word(s, cell, a, k);
    return NULL;
}

static void schedule_copy(Schedule *to, const Schedule *from, const char *step)
{
    for (int i = 0; i < from->count; i++) {
        const ScheduledChange *c = &from->changes[i];
        Text word = {0};
        if (step)
            text_addf(&word, "%s=%s:%s", step, c->key, c->value);
        else
            text_addf(&word, "%lld=%s:%s", (long long)c->step, c->key, c->value);
        Status status = schedule_add(to, text_str(&word));
        assert(status_is_ok(status) && "it was read once already");
        (void)status;
        text_free(&word);
    }
}

void sweep_cell_make(const SweepSpec *s, int64_t cell, Settings *settings, Schedule *schedule)
{
    *settings = s->base;
    *schedule = (Schedule){0};
    for (int a = 0; a < s->axis_count; a++)
        for (int k = 0; k < s->axes[a].key_count; k++)
            if (strcmp(s->axes[a].keys[k], sweep_at_key) != 0)
                (void)settings_set(settings, s->axes[a].keys[k], cell_word(s, cell, a, k));
    schedule_copy(schedule, &s->schedule, NULL);
    const char *at = sweep_cell_value(s, cell, sweep_at_key);
    if (at && strcmp(at, sweep_never) != 0)
        schedule_copy(schedule, &s->at, at);
}

Recipe sweep_cell_recipe(const SweepSpec *s, int64_t cell)
{
    Settings settings;
    Schedule schedule;
    sweep_cell_make(s, cell, &settings, &schedule);
    Recipe r = recipe_make(&settings, &schedule, &s->twin, NULL, NULL, s->stop_grokked);
    schedule_free(&schedule);
    return r;
}

/* ---- As a file */

/* In their order, since a cell's name and number hang on it: the two sections may take turns. */
static void print_axes(const SweepSpec *s, Text *out)
{
    for (int a = 0; a < s->axis_count; a++) {
        const SweepAxis *axis = &s->axes[a];
        bool together = axis->key_count > 1;
        if (a == 0 || together != (axis[-1].key_count > 1))
            text_addf(out, "\n[%s]\n", together ? "together" : "axes");
        for (int k = 0; k < axis->key_count; k++)
            text_addf(out, "%s%s", k ? "," : "", axis->keys[k]);
        text_add(out, " =");
        for (int v = 0; v < axis->value_count; v++)
            for (int k = 0; k < axis->key_count; k++)
                text_addf(out, "%s%s", k ? "," : " ", axis->words[v * axis->key_count + k]);
        text_add(out, "\n");
    }
}

void sweep_spec_print(const SweepSpec *s, Text *out)
{
    text_addf(out, "[sweep]\nstop = %s\nkeep = %s\n", s->stop_grokked ? "grokked" : sweep_never,
              sweep_keep_names[s->keep]);
    if (s->jobs)
        text_addf(out, "jobs = %d\n", s->jobs);
    text_add(out, "\n");
    preset_print(&s->base, NULL, NULL, out);
    if (s->schedule.count || s->at.count)
        text_add(out, "\n[schedule]\n");
    for (int i = 0; i < s->schedule.count; i++)
        text_addf(out, "%lld = %s %s\n", (long long)s->schedule.changes[i].step, s->schedule.changes[i].key,
                  s->schedule.changes[i].value);
    for (int i = 0; i < s->at.count; i++)
        text_addf(out, "at = %s %s\n", s->at.changes[i].key, s->at.changes[i].value);
    if (s->twin.asked) {
        text_addf(out, "\n[%s]\n", twin_section);
        twin_spec_print(&s->twin, " = ", "\n", out);
        text_add(out, "\n");
    }
    print_axes(s, out);
}
