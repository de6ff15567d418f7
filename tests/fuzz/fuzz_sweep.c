/* What a sweep reads: its spec, and the result of a cell. What begins with a brace is a result. */
#include "fuzz.h"

#include <lrd/sweep/result.h>
#include <lrd/sweep/sweep_spec.h>

static void check_cell(const SweepSpec *s, int64_t cell)
{
    Settings settings = settings_default();
    Schedule schedule = {0};
    Text name = {0};
    sweep_cell_name(s, cell, &name);
    PROMISE(!strchr(text_str(&name), '/')); /* it is the name of a folder */
    fuzz_check_words(text_str(&name));
    sweep_cell_make(s, cell, &settings, &schedule);
    schedule_free(&schedule);
    text_free(&name);
}

static void read_spec(const char *bytes, size_t length)
{
    SweepSpec spec;
    Text problems = {0};
    int faults = sweep_spec_parse("fuzz.ini", bytes, length, &spec, &problems);
    PROMISE((faults == 0) == (problems.length == 0));
    fuzz_check_words(text_str(&problems));
    if (faults == 0) {
        Text printed = {0};
        PROMISE(spec.cells > 0 && spec.cells <= SWEEP_CELLS_MAX);
        check_cell(&spec, 0);
        check_cell(&spec, spec.cells - 1);
        sweep_spec_print(&spec, &printed);
        text_free(&printed);
    }
    sweep_spec_free(&spec);
    text_free(&problems);
}

static void read_result(const uint8_t *data, size_t size)
{
    Result result;
    Status status = result_read(fuzz_file(data, size, ".json"), &result);
    fuzz_check_status(&status);
    if (!status_is_ok(status))
        return;
    Text printed = {0};
    result_print(&result, &printed);
    text_free(&printed);
    result_free(&result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    if (data[0] == '{')
        read_result(data, size);
    else
        read_spec((const char *)data, size);
    return 0;
}
