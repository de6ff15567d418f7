#include <lrd/app/setup.h>

#include <lrd/base/quote.h>
#include <lrd/io/outputs.h>
#include <lrd/train/run_init.h>

#include <stdio.h>
#include <string.h>

/* Faults gathered so far, a line each. */
static void setup_fault(Text *faults, const char *option, Status s)
{
    if (!status_is_ok(s))
        text_addf(faults, "%s%s\n", option, s.text);
}

static void setup_read_preset(const char *name, Setup *out, Text *faults)
{
    Text problems = {0};
    Preset preset;
    Status s = preset_load(name, &preset, &problems);
    out->settings = preset.settings;
    out->schedule = preset.schedule;
    out->twin = preset.twin;
    out->expect = preset.expect;
    if (problems.length)
        text_add(faults, text_str(&problems));
    else
        setup_fault(faults, "", s);
    text_free(&problems);
}

/* With --resume the words are for the checkpoint's settings; here they are only read. */
static void setup_read_sets(const Arguments *a, Setup *out, Text *faults)
{
    for (int i = 0; i < a->sets.count; i++) {
        char key[SETTING_KEY_MAX];
        const char *value, *word = a->sets.words[i];
        if (setting_word_split(word, key, &value))
            setup_fault(faults, "--set: ", settings_set(&out->settings, key, value));
        else
            setup_fault(faults, "--set: ",
                        status_input("%s is not KEY=VALUE, as in decay.strength=0.01", quote_word(word).text));
    }
}

/* No file is written twice, and none that is read is written over; but a run may save where it came from. */
static void setup_check_files(const Arguments *a, Text *faults)
{
    const NamedFile files[] = {{"--log", a->log},   {"--csv", a->csv},         {"--pairs", a->pairs},
                               {"--grad", a->grad}, {"--weights", a->weights}, {"--result", a->result},
                               {"--save", a->save}, {"--init", a->init},       {"--resume", a->resume}};
    enum { FILES = sizeof files / sizeof *files, SAVE = FILES - 3 };
    for (int i = 0; i < SAVE; i++)
        for (int j = i + 1; j < FILES; j++)
            if (files[i].path && files[j].path && output_is_same(files[i].path, files[j].path))
                setup_fault(faults, "",
                            status_input("%s and %s are one file, %s; give each its own", files[i].option,
                                         files[j].option, files[i].path));
}

int setup_read(const Arguments *a, const char *fallback, Setup *out)
{
    *out = (Setup){.settings = settings_default(), .preset = a->operand};
    if (!out->preset && !a->init && !a->resume)
        out->preset = fallback;
    Text faults = {0};
    if (out->preset && a->resume)
        setup_fault(&faults, "",
                    status_input("--resume brings the settings of the checkpoint; leave out the preset %s",
                                 quote_word(out->preset).text));
    else if (out->preset)
        setup_read_preset(out->preset, out, &faults);
    const Settings measured = out->settings;
    setup_read_sets(a, out, &faults);
    if (a->stop && strcmp(a->stop, "grokked") != 0 && strcmp(a->stop, "never") != 0)
        setup_fault(&faults, "",
                    status_input("--stop cannot be %s; it takes grokked or never", quote_word(a->stop).text));
    for (int i = 0; i < a->at.count; i++)
        setup_fault(&faults, "--at: ", schedule_add(&out->schedule, a->at.words[i]));
    for (int i = 0; i < a->twin.count; i++)
        setup_fault(&faults, "--twin: ", twin_spec_add_word(&out->twin, a->twin.words[i]));
    setup_check_files(a, &faults);
    if (a->at.count || a->init || a->pairs || !expectation_holds(&measured, &out->settings))
        out->expect = (Expectation){0};
    cli_tell_lines(text_str(&faults));
    int code = faults.length ? EXIT_USAGE : EXIT_DONE;
    text_free(&faults);
    return code;
}

void setup_free(Setup *s)
{
    schedule_free(&s->schedule);
}

RunOptions setup_run_options(const Arguments *a, const Setup *s)
{
    return (RunOptions){
        .settings = &s->settings,
        .preset_name = s->preset,
        .schedule = &s->schedule,
        .twin = &s->twin,
        .expect = s->expect,
        .sets = a->sets.words,
        .set_count = a->sets.count,
        .init = a->init,
        .pairs = a->pairs,
        .resume = a->resume,
        .grad = a->grad,
        .save = a->save,
        .weights = a->weights,
        .log = a->log,
        .csv = a->csv,
        .probes = a->probes,
        .save_every = a->save_every > 0 ? a->save_every : 0,
        .steps = a->steps > 0 ? a->steps : 0,
        .force = a->force,
        .stop_grokked = a->stop && strcmp(a->stop, "grokked") == 0,
    };
}
