#include <lrd/app/info_inside.h>

#include <lrd/base/quote.h>
#include <lrd/sweep/result.h>
#include <lrd/sweep/sweep_spec.h>

#include <inttypes.h>
#include <math.h>
#include <string.h>

bool info_is_result(const char *head, size_t length)
{
    static const char begin[] = "{\"outcome\":";
    return length >= sizeof begin - 1 && memcmp(head, begin, sizeof begin - 1) == 0;
}

/* One of the sections that only a spec has, on a line of its own. */
bool info_is_spec(const Text *text)
{
    static const char *const sections[] = {"[sweep]", "[axes]", "[together]"};
    const char *at = text_str(text);
    while (*at) {
        at += strspn(at, " \t\r\n");
        for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
            if (strncmp(at, sections[i], strlen(sections[i])) == 0)
                return true;
        at += strcspn(at, "\n");
    }
    return false;
}

Status info_describe_result(const char *path, Text *out)
{
    Result r;
    Status s = result_read(path, &r);
    if (!status_is_ok(s))
        return s;
    quote_add(out, path);
    text_addf(out, ": the result of a whole run\noutcome           %s\n", r.outcome);
    for (int i = 0; i < result_step_count; i++) {
        int64_t value = *(const int64_t *)((const char *)&r + result_steps[i].offset);
        if (value >= 0)
            text_addf(out, "%-17s %" PRId64 "\n", result_steps[i].name, value);
    }
    for (int i = 0; i < result_field_count; i++) {
        double value = record_field_value(&result_fields[i], &r);
        if (isfinite(value))
            text_addf(out, "%-17s %.6g\n", result_fields[i].name, value);
    }
    Schedule schedule = {0};
    text_add(out, "\n");
    preset_print(&r.recipe.settings, &schedule, out);
    if (r.recipe.schedule.length)
        text_addf(out, "\nscheduled: %s\n", text_str(&r.recipe.schedule));
    result_free(&r);
    return s;
}

static void add_axis(const SweepAxis *axis, Text *out)
{
    for (int k = 0; k < axis->key_count; k++)
        text_addf(out, "%s%s", k ? "," : "  ", axis->keys[k]);
    text_addf(out, ": %d values,", axis->value_count);
    for (int v = 0; v < axis->value_count; v++)
        for (int k = 0; k < axis->key_count; k++)
            text_addf(out, "%s%s", k ? "," : " ", axis->words[v * axis->key_count + k]);
    text_add(out, "\n");
}

Status info_describe_spec(const char *path, const Text *text, Text *out)
{
    SweepSpec spec;
    Text problems = {0};
    Status s = status_ok();
    if (sweep_spec_parse(path, text_str(text), text->length, &spec, &problems) > 0) {
        s = status_with_lines(status_input("%s reads like the spec of a sweep but has faults:", path),
                              text_str(&problems));
    } else {
        quote_add(out, path);
        text_addf(out, ": the spec of a sweep, %" PRId64 " runs of up to %" PRId64 " steps; stop %s, keep %s\n\naxes\n",
                  spec.cells, spec.base.train.steps, spec.stop_grokked ? "grokked" : sweep_never,
                  sweep_keep_names[spec.keep]);
        for (int a = 0; a < spec.axis_count; a++)
            add_axis(&spec.axes[a], out);
    }
    text_free(&problems);
    sweep_spec_free(&spec);
    return s;
}
