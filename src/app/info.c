#include <lrd/app/info.h>
#include <lrd/base/quote.h>
#include <lrd/log/recorder.h>
#include <lrd/train/checkpoint.h>
#include <lrd/train/checkpoint_names.h>
#include <lrd/io/file_kind.h>
#include <lrd/app/info_inside.h>
#include <lrd/io/json_text.h>
#include <lrd/config/preset.h>
#include <lrd/io/file_read.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD_MAX = 4096, TEXT_FILE_MAX = 64 << 20, SHOWN_MAX = 80 };

static bool entry_is_state(const SafetensorsEntry *e)
{
    return strncmp(e->name, CHECKPOINT_M, strlen(CHECKPOINT_M)) == 0 ||
           strncmp(e->name, CHECKPOINT_V, strlen(CHECKPOINT_V)) == 0 ||
           strncmp(e->name, CHECKPOINT_STATE, strlen(CHECKPOINT_STATE)) == 0;
}

static int64_t entry_values(const SafetensorsEntry *e)
{
    int64_t n = 1; /* cannot overflow: the reader checked shape times element */
    for (int i = 0; i < e->rank; i++)
        n *= e->shape[i];
    return n;
}

static void info_add_metadata(const SafetensorsFile *f, Text *out)
{
    if (f->metadata_count > 0)
        text_add(out, "\nmetadata\n");
    char key[SHOWN_MAX], value[SHOWN_MAX];
    for (int i = 0; i < f->metadata_count; i++)
        text_addf(out, "  %-20s %s\n", json_printable(f->metadata[i].key, key, sizeof key),
                  json_printable(f->metadata[i].value, value, sizeof value));
}

static void info_add_tensors(const SafetensorsFile *f, Text *out)
{
    char name[SHOWN_MAX], shape[SHOWN_MAX];
    text_add(out, "\ntensors\n");
    for (int i = 0; i < f->entry_count; i++) {
        const SafetensorsEntry *e = &f->entries[i];
        if (!entry_is_state(e))
            text_addf(out, "  %-32s %-4s %s\n", json_printable(e->name, name, sizeof name), e->type_name,
                      safetensors_shape_text(e->shape, e->rank, shape, sizeof shape));
    }
}

static bool file_read_row(const SafetensorsFile *f, const char *name, SafetensorsType type, int64_t count, void *into)
{
    const SafetensorsEntry *e = safetensors_find(f, name);
    return e && e->type == type && e->rank == 1 && e->shape[0] == count && status_is_ok(safetensors_read(f, e, into));
}

static void info_add_state(const Checkpoint *c, Text *out)
{
    const SafetensorsFile *f = checkpoint_file(c);
    int64_t step;
    RunProgress progress = {0};
    Event events[RUN_PROGRESS_EVENTS_MAX];
    if (file_read_row(f, CHECKPOINT_STEP, SAFETENSORS_I64, 1, &step))
        text_addf(out, "step          %" PRId64 "\n", step);
    text_addf(out, "training rows %" PRId64 "\n", checkpoint_train_count(c));
    if (!file_read_row(f, CHECKPOINT_COUNTERS_NAME, SAFETENSORS_I64, RUN_PROGRESS_COUNTERS, progress.counters))
        return;
    int count = run_progress_events(&progress, events);
    for (int i = 0; i < count; i++)
        text_addf(out, "%-13s at step %" PRId64 "\n", event_names[events[i].kind], events[i].step);
}

static Status info_describe_tensors(const char *path, Text *out)
{
    Status status;
    Checkpoint *c = checkpoint_open(path, &status);
    if (!c)
        return status;
    const SafetensorsFile *f = checkpoint_file(c);
    int64_t values = 0;
    int tensors = 0;
    for (int i = 0; i < f->entry_count; i++)
        if (!entry_is_state(&f->entries[i])) {
            values += entry_values(&f->entries[i]);
            tensors++;
        }
    bool whole = checkpoint_can_resume(c);
    quote_add(out, path);
    text_addf(out, ": %s (safetensors)\n",
              whole ? "a checkpoint, go on with --resume" : "tensors alone, start from them with --init");
    text_addf(out, "parameters    %" PRId64 " in %d tensors\n", values, tensors);
    if (whole)
        info_add_state(c, out);
    info_add_metadata(f, out);
    info_add_tensors(f, out);
    checkpoint_close(c);
    return status_ok();
}

static Status info_describe_pairs(const char *path, const Text *text, Text *out)
{
    int64_t rows = 0, line = 0;
    long most = 0;
    for (const char *at = text_str(text); *at;) {
        char *end;
        line++;
        long a = isdigit((unsigned char)*at) ? strtol(at, &end, 10) : -1;
        long b = a >= 0 && end[0] == ' ' && isdigit((unsigned char)end[1]) ? strtol(end + 1, &end, 10) : -1;
        if (b < 0 || (*end && *end != '\n'))
            return status_input("%s:%" PRId64 ": a list of pairs has lines \"a b\" of two whole numbers", path, line);
        rows++;
        most = a > most ? a : most;
        most = b > most ? b : most;
        at = *end ? end + 1 : end;
    }
    quote_add(out, path);
    text_addf(out, ": %" PRId64 " training rows for --pairs, numbers up to %ld\n", rows, most);
    return status_ok();
}

static void info_add_preset(const char *path, const Preset *p, Text *out)
{
    Text expected = {0};
    expectation_add_words(&p->expect, &p->settings, "\n", &expected);
    quote_add(out, path);
    text_add(out, ": a preset\n");
    if (*p->settings.lab.title)
        text_addf(out, "\n%s\n", p->settings.lab.title);
    if (expected.length)
        text_addf(out, "%s\n", text_str(&expected));
    text_add(out, "\nEvery setting of it:\n\n");
    preset_print(&p->settings, &p->schedule, out);
    expectation_print(&p->expect, out);
    text_free(&expected);
}

static Status info_describe_preset(const char *path, const Text *text, Text *out)
{
    Preset preset;
    Text problems = {0};
    int faults = preset_parse(path, text_str(text), text->length, &preset, &problems);
    Status status = status_ok();
    if (faults > 0)
        status = status_with_lines(status_input("%s reads like a preset but has faults:", path), text_str(&problems));
    else
        info_add_preset(path, &preset, out);
    preset_free(&preset);
    text_free(&problems);
    return status;
}

/* The first character that is neither blank nor in a comment tells our text files apart. */
static char text_first(const Text *text)
{
    const char *s = text_str(text);
    for (;;) {
        s += strspn(s, " \t\r\n");
        if (*s != '#' && *s != ';')
            return *s;
        s += strcspn(s, "\n");
    }
}

static Status info_describe_text(const char *path, Text *out)
{
    Text text = {0};
    Status status = file_read(path, TEXT_FILE_MAX, &text);
    bool big_endian;
    size_t mark = file_head_mark(text_str(&text), text.length);
    if (status_is_ok(status) && file_head_is_utf16(text_str(&text), text.length, &big_endian))
        status = status_input("%s is UTF-16; save it as UTF-8", quote_word(path).text);
    if (mark > 0)
        memmove(text.data, text.data + mark, (text.length -= mark) + 1);
    if (status_is_ok(status)) {
        char first = text_first(&text);
        if (isdigit((unsigned char)first))
            status = info_describe_pairs(path, &text, out);
        else if (first == '[' && info_is_spec(&text))
            status = info_describe_spec(path, &text, out);
        else if (first == '[')
            status = info_describe_preset(path, &text, out);
        else
            status = status_input("%s is no file of ours: a checkpoint or weights (safetensors), a log (JSON "
                                  "Lines, a CSV table or one JSON document), a result, a preset or the spec of a sweep "
                                  "([section] lines) or "
                                  "pairs (lines \"a b\") can be described",
                                  path);
    }
    text_free(&text);
    return status;
}

/* The start of a regular file. */
static Status head_read(const char *path, char *head, size_t size, size_t *got)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat info;
    Status status = status_ok();
    ssize_t n = 0;
    if (descriptor < 0 || fstat(descriptor, &info) != 0 ||
        (S_ISREG(info.st_mode) && (n = read(descriptor, head, size)) < 0))
        status = status_input("%s cannot be read: %s", path, strerror(errno));
    else if (!S_ISREG(info.st_mode))
        status = status_input("%s is not a regular file", path);
    if (descriptor >= 0)
        close(descriptor);
    *got = n > 0 ? (size_t)n : 0;
    return status;
}

Status info_describe(const char *path, const LogMap *map, Text *out)
{
    char head[HEAD_MAX];
    size_t got;
    Status status = head_read(path, head, sizeof head, &got);
    if (!status_is_ok(status))
        return status;
    if (info_is_result(head, got))
        return info_describe_result(path, out);
    switch (file_kind_of_bytes(head, got)) {
    case FILE_TENSORS:
        return info_describe_tensors(path, out);
    case FILE_JSON:
    case FILE_TABLE:
        return info_log_describe(path, map, out);
    case FILE_EMPTY:
        return got ? info_describe_text(path, out)
                   : status_input("%s is empty, so it is no file of ours", quote_word(path).text);
    case FILE_GZIP:
        return status_input("%s is %s", quote_word(path).text, file_kind_words(FILE_GZIP));
    default:
        return info_describe_text(path, out);
    }
}
