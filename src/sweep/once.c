#include <lrd/sweep/once.h>

#include <lrd/base/quote.h>
#include <lrd/base/util.h>
#include <lrd/num/mat.h>
#include <lrd/train/checkpoint.h>
#include <lrd/train/checkpoint_names.h>
#include <lrd/io/folder.h>
#include <lrd/io/outputs.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* *due: false where the result is there. */
static Status once_look(const Once *o, bool *due)
{
    *due = true;
    if (access(o->path, F_OK) != 0)
        return status_ok();
    Result there;
    Status s = result_read(o->path, &there);
    if (!status_is_ok(s)) {
        s = output_check((NamedFile){"--result", o->path}, OUTPUT_RESULT, o->force);
        if (status_is_ok(s) && o->lockfile)
            fprintf(stderr, "lrdlab: %s is not whole: the run is made again\n", quote_word(o->path).text);
        return s;
    }
    Text difference = {0};
    if (recipe_is_same(&there.recipe, &o->recipe, &difference))
        *due = false;
    else if (!o->force)
        s = status_input("%s is the result of another run (%s); name another file, or remove it",
                         quote_word(o->path).text, text_str(&difference));
    text_free(&difference);
    result_free(&there);
    return s;
}

static Status once_lock(Once *o, bool *due)
{
    Text lock = {0}, holder = {0};
    text_addf(&lock, "%s.lock", o->path);
    Status s = lockfile_take(text_str(&lock), &o->lockfile, &holder);
    if (status_is_ok(s) && !o->lockfile) {
        fprintf(stderr, "lrdlab: %s is at %s now: nothing is done here\n", text_str(&holder), quote_word(o->path).text);
        *due = false;
    }
    text_free(&lock);
    text_free(&holder);
    return s;
}

/* ---- Going on */

static void part_path(const Once *o, Text *out)
{
    text_addf(out, "%s.part", o->path);
}

/* The user may have a file of this name too. */
static Status part_check(const Once *o, const char *part)
{
    return o->save ? output_check((NamedFile){"--result", part}, OUTPUT_RESULT, false) : status_ok();
}

/* Only what says that it is the part of a run. */
static void part_remove(const char *part)
{
    Result there;
    if (access(part, F_OK) != 0 || !status_is_ok(result_read(part, &there)))
        return;
    if (strcmp(there.outcome, result_unfinished) == 0)
        unlink(part);
    result_free(&there);
}

static bool checkpoint_is_of(const char *path, int64_t step)
{
    Status s;
    Checkpoint *c = access(path, F_OK) == 0 ? checkpoint_open(path, &s) : NULL;
    int64_t there = -1;
    const SafetensorsEntry *entry =
        c && checkpoint_can_resume(c) ? safetensors_find(checkpoint_file(c), CHECKPOINT_STEP) : NULL;
    bool good = entry && entry->type == SAFETENSORS_I64 && entry->rank == 1 && entry->shape[0] == 1 &&
                status_is_ok(safetensors_read(checkpoint_file(c), entry, &there)) && there == step &&
                strcmp(checkpoint_blas_core(c), mat_core_name()) == 0;
    if (c)
        checkpoint_close(c);
    return good;
}

static void once_find_start(Once *o, const RunOptions *options)
{
    Text part = {0}, difference = {0};
    part_path(o, &part);
    if (o->save && !options->init && !options->pairs && access(text_str(&part), F_OK) == 0 &&
        status_is_ok(results_read(text_str(&part), &o->before))) {
        if (strcmp(o->before.a.outcome, result_unfinished) == 0 &&
            recipe_is_same(&o->before.a.recipe, &o->recipe, &difference) && checkpoint_is_of(o->save, o->before.a.step))
            o->resume = o->save;
        else
            part_remove(text_str(&part));
    }
    text_free(&part);
    text_free(&difference);
}

void once_set_start(const Once *o, RunOptions *options)
{
    if (!o->resume)
        return;
    options->resume = o->resume;
    options->sets = NULL; /* the checkpoint holds all settings */
    options->twin = NULL;
    options->set_count = 0;
}

/* ---- The outside */

Status once_begin(const char *path, const RunOptions *options, Once *out, bool *due)
{
    *out = (Once){.path = path, .save = options->save, .force = options->force};
    *due = true;
    if (!path)
        return status_ok();
    if (options->resume)
        return status_input("--result tells of a whole run from its start; leave out --result or --resume");
    Settings settings = *options->settings;
    if (options->steps > 0)
        settings.train.steps = options->steps;
    out->twin = options->twin ? *options->twin : (TwinSpec){0};
    out->recipe =
        recipe_make(&settings, options->schedule, &out->twin, options->init, options->pairs, options->stop_grokked);
    Status s = once_look(out, due);
    if (status_is_ok(s) && *due)
        s = folder_make_for(path);
    if (status_is_ok(s) && *due)
        s = output_check((NamedFile){"--result", path}, OUTPUT_RESULT, true); /* once_look judged what it holds */
    Text part = {0};
    part_path(out, &part);
    if (status_is_ok(s) && *due)
        s = part_check(out, text_str(&part));
    text_free(&part);
    if (status_is_ok(s) && *due)
        s = once_lock(out, due);
    if (status_is_ok(s) && *due)
        s = once_look(out, due); /* another process may have finished it just before */
    if (status_is_ok(s) && !*due && !out->lockfile && access(path, F_OK) == 0)
        fprintf(stderr, "lrdlab: %s is there already, with these settings: nothing is to be done\n",
                quote_word(path).text);
    if (status_is_ok(s) && *due)
        once_find_start(out, options);
    out->began = clock_seconds();
    return s;
}

/* The recipe of the second arm: its settings, and all else of the first. */
static Status once_twin_recipe(const Once *o, Recipe *out)
{
    const Recipe *a = &o->recipe;
    *out = recipe_make(&a->settings, NULL, NULL, text_str(&a->init), text_str(&a->pairs), a->stop_grokked);
    text_add(&out->schedule, text_str(&a->schedule));
    text_add(&out->twin, text_str(&a->twin));
    return settings_change_apply(&out->settings, &o->twin.changes);
}

/* --init brings settings that the recipe, which names the file, does not: the arm of the recipe alone may then be one
 * that is not allowed, and keeps the first one's settings. */
static Results once_result(Once *o, const Run *run, bool non_finite)
{
    Results r = {0};
    const double seconds = clock_seconds() - o->began;
    const RunSummary *twin = run_twin_summary(run);
    if (twin) {
        Recipe recipe;
        (void)once_twin_recipe(o, &recipe);
        r.b = result_of_summary(twin, &recipe, run_twin_is_non_finite(run), seconds);
        r.has_b = true;
    }
    r.a = result_of_summary(run_summary(run), &o->recipe, non_finite, seconds);
    if (o->resume)
        results_go_on(&r, &o->before);
    return r;
}

/* Whether the result may be written. A lock that was taken away while this process stood still, by hand or by one that
 * gave up, is taken again. *there: another process has written the same result meanwhile. */
static Status once_check_lockfile(Once *o, bool *there)
{
    *there = false;
    if (lockfile_is_ours(o->lockfile))
        return status_ok();
    lockfile_drop(o->lockfile);
    o->lockfile = NULL;
    bool due = true;
    Status s = once_lock(o, &due);
    if (status_is_ok(s) && !due)
        return status_failed("%s was not written: while this process stood still another one took the run over",
                             quote_word(o->path).text);
    if (status_is_ok(s))
        s = once_look(o, &due);
    *there = status_is_ok(s) && !due;
    return s;
}

void once_stop(Once *o, const Run *run)
{
    if (!o->path)
        return;
    o->stopped = once_result(o, run, false);
    o->stopped.a.step = run_step(run);
    snprintf(o->stopped.a.outcome, sizeof o->stopped.a.outcome, "%s", result_unfinished);
}

Status once_write_part(Once *o)
{
    if (!o->path || !o->save)
        return status_ok();
    Text part = {0};
    bool there;
    part_path(o, &part);
    Status s = once_check_lockfile(o, &there);
    if (status_is_ok(s) && !there)
        s = results_write(text_str(&part), &o->stopped);
    text_free(&part);
    return s;
}

Status once_write(Once *o, const Run *run, bool non_finite)
{
    if (!o->path)
        return status_ok();
    bool there;
    Status s = once_check_lockfile(o, &there);
    if (!status_is_ok(s) || there)
        return s;
    Results result = once_result(o, run, non_finite);
    s = results_write(o->path, &result);
    results_free(&result);
    Text part = {0};
    part_path(o, &part);
    if (status_is_ok(s))
        part_remove(text_str(&part));
    text_free(&part);
    return s;
}

void once_end(Once *o)
{
    lockfile_drop(o->lockfile);
    recipe_free(&o->recipe);
    results_free(&o->before);
    results_free(&o->stopped);
    *o = (Once){0};
}
