#include <lrd/base/util.h>
#include <lrd/io/outputs.h>
#include <lrd/train/pairs.h>
#include <lrd/config/recipe.h>
#include <lrd/train/run_init.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool setting_word_split(const char *word, char key[SETTING_KEY_MAX], const char **value)
{
    const char *sign = strchr(word, '=');
    if (!sign || sign - word >= SETTING_KEY_MAX)
        return false;
    memcpy(key, word, (size_t)(sign - word));
    key[sign - word] = '\0';
    *value = sign + 1;
    return true;
}

/* The --set words onto *settings. midrun: only what may change while a run trains. */
static Status sets_apply(const RunOptions *o, bool midrun, Settings *settings)
{
    for (int i = 0; i < o->set_count; i++) {
        char key[SETTING_KEY_MAX];
        const char *value;
        if (!setting_word_split(o->sets[i], key, &value))
            return status_input("--set %s: write KEY=VALUE, as in --set decay.strength=0.01", o->sets[i]);
        const Setting *row = settings_find(key);
        if (row && midrun && !row->midrun)
            return status_input("%s is fixed in the checkpoint %s: leave out --set %s, or start a new run with it", key,
                                o->resume, key);
        Status status = settings_set(settings, key, value);
        if (!status_is_ok(status))
            return status;
    }
    return status_ok();
}

static Status options_check(const RunOptions *o)
{
    if (o->init && o->resume)
        return status_input("--init and --resume exclude each other: --init takes weights alone, --resume goes on with "
                            "a run");
    if (o->pairs && o->resume)
        return status_input("--pairs and --resume exclude each other: the checkpoint holds the training rows");
    if (o->twin && o->twin->asked && o->resume)
        return status_input("--twin and --resume exclude each other: the checkpoint holds the arms that there are");
    if (o->save_every > 0 && !o->save)
        return status_input("--save-every needs --save FILE to save to");
    return status_ok();
}

static Status settings_resolve(RunInit *s, const RunOptions *o)
{
    s->settings = *o->settings;
    if (!s->checkpoint)
        return status_ok();
    if (s->resume) {
        s->settings = settings_default();
        Status status = checkpoint_apply_settings(s->checkpoint, &s->settings);
        if (!status_is_ok(status))
            return status;
        Settings changed = s->settings;
        return sets_apply(o, true, &changed);
    }
    Status status = checkpoint_apply_settings(s->checkpoint, &s->settings);
    return status_is_ok(status) ? sets_apply(o, false, &s->settings) : status;
}

/* Whether a file of tensors is of the run that is to be made: its settings are the same, but for how long it trains and
 * how it is shown. Another training set or first weights cannot be seen there. */
static bool file_is_of_run(const char *path, const RunInit *s, const RunOptions *o)
{
    if (o->resume && output_is_same(path, o->resume))
        return true;
    Status status;
    Checkpoint *there = o->init || o->pairs || access(path, F_OK) != 0 ? NULL : checkpoint_open(path, &status);
    if (!there)
        return false;
    Recipe of_file = {.settings = settings_default()}, of_run = {.settings = s->settings};
    Text difference = {0};
    bool same = safetensors_metadata(checkpoint_file(there), "task.op") &&
                status_is_ok(checkpoint_apply_settings(there, &of_file.settings));
    of_file.settings.train.steps = of_run.settings.train.steps;
    same = same && recipe_is_same(&of_file, &of_run, &difference);
    checkpoint_close(there);
    text_free(&difference);
    return same;
}

static Status outputs_check(const RunInit *s, const RunOptions *o)
{
    const NamedFile outputs[] = {{"--save", o->save}, {"--weights", o->weights}, {"--grad", o->grad}};
    Status status = status_ok();
    for (size_t i = 0; status_is_ok(status) && i < sizeof outputs / sizeof *outputs; i++)
        status = output_check(outputs[i], OUTPUT_DATA,
                              o->force || (outputs[i].path && file_is_of_run(outputs[i].path, s, o)));
    return status;
}

static Status checkpoint_fits(RunInit *s)
{
    if (!s->checkpoint)
        return status_ok();
    ModelConfig config = settings_model(&s->settings);
    ModelLayout layout = model_layout(&config);
    Status status = checkpoint_check_weights(s->checkpoint, &layout);
    if (status_is_ok(status) && s->resume)
        status = checkpoint_check_state(s->checkpoint, &layout);
    model_layout_free(&layout);
    if (!status_is_ok(status) || !s->resume)
        return status;
    const SafetensorsFile *file = checkpoint_file(s->checkpoint);
    return safetensors_read(file, safetensors_find(file, "state.step"), &s->step);
}

static Status dataset_of_checkpoint(RunInit *s, const char *path)
{
    int64_t count = checkpoint_train_count(s->checkpoint);
    int64_t domain = task_domain_size((TaskOp)s->settings.task.op, s->settings.task.p);
    if (count < 1 || count >= domain)
        return status_input("%s: %lld training rows do not fit its task, which has %lld rows in all", path,
                            (long long)count, (long long)domain);
    int32_t *pairs = xmalloc((size_t)count * 2 * sizeof *pairs);
    Status status = checkpoint_read_pairs(s->checkpoint, pairs);
    int64_t bad = 0;
    if (status_is_ok(status)) {
        status = dataset_from_pairs(&s->dataset, (TaskOp)s->settings.task.op, s->settings.task.p, pairs, count, &bad);
        if (!status_is_ok(status))
            status = status_input("%s: training row %lld is outside the task or repeated: the file is damaged", path,
                                  (long long)bad + 1);
    }
    free(pairs);
    return status;
}

static Status dataset_of_pairs(RunInit *s, const char *path)
{
    TaskOp op = (TaskOp)s->settings.task.op;
    int p = s->settings.task.p;
    Pairs pairs;
    Status status = pairs_read(path, op, p, &pairs);
    if (!status_is_ok(status))
        return status;
    if (pairs.count >= task_domain_size(op, p))
        status = status_input("%s holds every row of the task: leave at least one out to test on", path);
    else
        status = dataset_from_pairs(&s->dataset, op, p, pairs.rows, pairs.count, NULL);
    pairs_free(&pairs);
    return status;
}

Status run_init_dataset(Dataset *d, const Settings *settings, const Settings *before, const Dataset *same)
{
    TaskOp op = (TaskOp)settings->task.op;
    bool same_task = same && settings->task.op == before->task.op && settings->task.p == before->task.p &&
                     settings->task.frac == before->task.frac && settings->task.seed == before->task.seed;
    if (!same_task)
        return dataset_split(d, op, settings->task.p, settings->task.frac, (uint64_t)settings->task.seed);
    int32_t *pairs = xmalloc((size_t)same->train_count * 2 * sizeof *pairs);
    for (int64_t i = 0; i < same->train_count; i++) {
        pairs[2 * i] = same->train[i].a;
        pairs[2 * i + 1] = same->train[i].b;
    }
    Status status = dataset_from_pairs(d, op, settings->task.p, pairs, same->train_count, NULL);
    free(pairs);
    return status;
}

static Status dataset_resolve(RunInit *s, const RunOptions *o)
{
    if (s->resume)
        return dataset_of_checkpoint(s, o->resume);
    if (o->pairs)
        return dataset_of_pairs(s, o->pairs);
    return run_init_dataset(&s->dataset, &s->settings, NULL, NULL);
}

/* What is still to begin, and whether it can; "KEY=VALUE KEY=VALUE" in a checkpoint. */
static Status twin_resolve(RunInit *s, const RunOptions *o)
{
    Status status = status_ok();
    if (s->resume) {
        char *words = xstrdup(checkpoint_twin_due(s->checkpoint)), *rest = words;
        for (char *word; status_is_ok(status) && (word = strsep(&rest, " "));)
            if (*word)
                status = twin_spec_add_word(&s->twin, word);
        free(words);
        if (!status_is_ok(status))
            return status_input("%s: the twin: %s", o->resume, status.text);
    } else if (o->twin) {
        s->twin = *o->twin;
    }
    if (o->csv && (s->twin.asked || (s->resume && checkpoint_has_twin(s->checkpoint))))
        return status_input("--csv tells of one run and this one has two arms; --log holds both");
    return s->resume && checkpoint_has_twin(s->checkpoint) ? status : twin_spec_check(&s->twin, &s->settings);
}

Status run_init_read(RunInit *s, const RunOptions *o)
{
    *s = (RunInit){.resume = o->resume != NULL};
    Status status = options_check(o);
    const char *file = o->resume ? o->resume : o->init;
    if (status_is_ok(status) && file)
        s->checkpoint = checkpoint_open(file, &status);
    if (s->checkpoint && s->resume && !checkpoint_can_resume(s->checkpoint))
        status = status_input("--resume %s: the file holds weights alone, no state to go on from; use --init", file);
    if (status_is_ok(status))
        status = settings_resolve(s, o);
    if (status_is_ok(status))
        status = outputs_check(s, o);
    if (status_is_ok(status))
        status = settings_check(&s->settings);
    if (status_is_ok(status))
        status = checkpoint_fits(s);
    if (status_is_ok(status))
        status = twin_resolve(s, o);
    if (status_is_ok(status))
        status = dataset_resolve(s, o);
    if (!status_is_ok(status))
        run_init_free(s);
    return status;
}

void run_init_free(RunInit *s)
{
    if (s->checkpoint)
        checkpoint_close(s->checkpoint);
    dataset_free(&s->dataset);
    *s = (RunInit){0};
}
