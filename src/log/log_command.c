#include <lrd/log/log_command.h>

#include <lrd/base/quote.h>
#include <lrd/base/util.h>
#include <lrd/config/preset.h>

#include <inttypes.h>
#include <string.h>

/* What only a screen asks for, and train.steps, which --steps tells. */
static bool command_needs(const Setting *row, const char *value)
{
    return strncmp(row->key, "lab.", 4) != 0 && strcmp(row->key, "train.steps") != 0 &&
           strcmp(value, row->default_text) != 0;
}

static void command_add_settings(const Settings *settings, Text *out)
{
    for (int i = 0; i < settings_count; i++) {
        const Setting *row = &settings_table[i];
        Text value = {0}, word = {0};
        settings_get(settings, row, &value);
        if (command_needs(row, text_str(&value))) {
            text_addf(&word, "%s=%s", row->key, text_str(&value));
            text_add(out, " --set ");
            shell_add_word(out, text_str(&word));
        }
        text_free(&value);
        text_free(&word);
    }
}

static Status command_add_change(int64_t step, const char *key, const char *to, Text *out)
{
    const Setting *row = settings_find(key);
    if (!row && strcmp(key, SCHEDULE_TRUNCATE) != 0)
        return status_input("the weights of %s were changed by hand at step %" PRId64 "; no command repeats that",
                            quote_word(key).text, step);
    if (row && !command_needs(row, ""))
        return status_ok();
    Text word = {0};
    text_addf(&word, "%" PRId64 "=%s:%s", step, key, to);
    text_add(out, " --at ");
    shell_add_word(out, text_str(&word));
    text_free(&word);
    return status_ok();
}

static void command_begin(const Settings *settings, const GivenFiles *given, Text *out)
{
    const char *options[][2] = {{" --init ", given->init}, {" --pairs ", given->pairs}};
    text_add(out, "lrdlab train");
    command_add_settings(settings, out);
    for (int i = 0; i < 2; i++)
        if (*options[i][1]) {
            text_add(out, options[i][0]);
            shell_add_word(out, options[i][1]);
        }
}

static void command_end(int64_t step, Text *out)
{
    text_addf(out, " --steps %" PRId64, max_i64(step, 1));
}

Status log_command_of_book(const LogIndex *book, Text *out)
{
    Status s = status_ok();
    int64_t step;
    const char *key, *to;
    if (log_index_is_foreign(book))
        return status_input("%s: another program wrote this log, so that no command of lrdlab is known to repeat it",
                            quote_word(log_index_path(book)).text);
    if (log_index_first(book) > 0)
        return status_input("%s begins at step %" PRId64
                            ", of a run that was resumed: how that began is not in it; ask the log of its first steps",
                            quote_word(log_index_path(book)).text, log_index_first(book));
    command_begin(log_index_start_settings(book), &log_index_summary(book)->given, out);
    for (int i = 0; status_is_ok(s) && log_index_change(book, i, &step, &key, &to); i++)
        s = command_add_change(step, key, to, out);
    command_end(log_index_last(book), out);
    return s;
}

/* The settings that it began with are those in force with every change taken back. */
Status log_command_of_summary(const RunSummary *b, int64_t step, Text *out)
{
    Settings begin = b->settings;
    Status s = status_ok();
    if (b->event_count == RUN_SUMMARY_EVENTS_MAX)
        return status_input("More was changed than is kept; lrdlab info LOG --command tells all of it.");
    for (int i = b->event_count - 1; i >= 0; i--) {
        const Event *e = &b->events[i];
        if (e->kind == EVENT_RESUMED)
            return status_input("The run was resumed from a checkpoint: how it began is not known here.");
        if (e->kind == EVENT_SET && settings_find(e->key))
            (void)settings_set(&begin, e->key, e->from);
    }
    command_begin(&begin, &b->given, out);
    for (int i = 0; status_is_ok(s) && i < b->event_count; i++)
        if (b->events[i].kind == EVENT_SET)
            s = command_add_change(b->events[i].step, b->events[i].key, b->events[i].to, out);
    command_end(step, out);
    return s;
}
