#include <lrd/sweep/cell_command.h>

#include <lrd/base/util.h>

#include <stdlib.h>
#include <string.h>

static const char log_file[] = "log.jsonl", checkpoint_file[] = "checkpoint.safetensors";

void cell_file(const char *folder, const SweepSpec *spec, int64_t cell, const char *file, Text *out)
{
    text_addf(out, "%s/", folder);
    sweep_cell_name(spec, cell, out);
    text_addf(out, "/%s", file);
}

int cell_threads(const Settings *settings)
{
    return settings->train.threads == SETTINGS_THREADS_AUTO ? 1 : settings->train.threads;
}

/* Takes the Text's bytes. */
static void command_take(CellCommand *c, Text *word)
{
    text_add(word, "");
    c->words = xrealloc(c->words, (size_t)(c->count + 2) * sizeof *c->words);
    c->words[c->count++] = word->data;
    c->words[c->count] = NULL;
    *word = (Text){0};
}

static void command_add(CellCommand *c, const char *word)
{
    Text text = {0};
    text_add(&text, word);
    command_take(c, &text);
}

static void command_add_settings(CellCommand *c, const Settings *settings)
{
    for (int i = 0; i < settings_count; i++) {
        const Setting *row = &settings_table[i];
        Text word = {0}, value = {0};
        settings_get(settings, row, &value);
        if (strncmp(row->key, "lab.", 4) != 0 && strcmp(text_str(&value), row->default_text) != 0) {
            command_add(c, "--set");
            text_addf(&word, "%s=%s", row->key, text_str(&value));
            command_take(c, &word);
        }
        text_free(&value);
    }
}

static void command_add_schedule(CellCommand *c, const Schedule *schedule)
{
    for (int i = 0; i < schedule->count; i++) {
        const ScheduledChange *change = &schedule->changes[i];
        Text word = {0};
        text_addf(&word, "%lld=%s:%s", (long long)change->step, change->key, change->value);
        command_add(c, "--at");
        command_take(c, &word);
    }
}

static void command_add_file(CellCommand *c, const char *option, const char *folder, const SweepSpec *spec,
                             int64_t cell, const char *file)
{
    Text path = {0};
    cell_file(folder, spec, cell, file, &path);
    command_add(c, option);
    command_take(c, &path);
}

void cell_command_make(const SweepSpec *spec, int64_t cell, const char *program, const char *folder, bool quiet,
                       CellCommand *out)
{
    *out = (CellCommand){0};
    Settings settings;
    Schedule schedule;
    sweep_cell_make(spec, cell, &settings, &schedule);
    settings.train.threads = cell_threads(&settings);
    command_add(out, program);
    command_add(out, "train");
    command_add_settings(out, &settings);
    command_add_schedule(out, &schedule);
    command_add(out, "--stop");
    command_add(out, spec->stop_grokked ? "grokked" : "never");
    command_add_file(out, "--result", folder, spec, cell, SWEEP_RESULT_FILE);
    if (spec->keep <= SWEEP_KEEP_LOG)
        command_add_file(out, "--log", folder, spec, cell, log_file);
    if (spec->keep <= SWEEP_KEEP_CHECKPOINT)
        command_add_file(out, "--save", folder, spec, cell, checkpoint_file);
    command_add(out, "--force"); /* the log of a run that did not end */
    if (quiet)
        command_add(out, "--quiet");
    schedule_free(&schedule);
}

void cell_command_free(CellCommand *c)
{
    for (int i = 0; i < c->count; i++)
        free(c->words[i]);
    free(c->words);
    *c = (CellCommand){0};
}

bool shell_line_takes(const char *word)
{
    for (; *word; word++)
        if ((unsigned char)*word < ' ' || *word == 0x7F)
            return false;
    return true;
}

void cell_command_print(const CellCommand *c, Text *out)
{
    for (int i = 0; i < c->count; i++) {
        text_add(out, i ? " " : "");
        shell_add_word(out, c->words[i]);
    }
    text_add(out, "\n");
}
