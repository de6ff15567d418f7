/* A log gives back the records that went into it; whole lines only, nothing lost of an old file, failures said once. */
#include "files_fixture.h"

#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <lrd/app/info.h>
#include <lrd/io/line_writer.h>
#include <lrd/log/record_fields.h>
#include <lrd/log/runlog.h>

static Evaluation evaluation_make(int64_t step)
{
    Evaluation e;
    evaluation_init(&e, 2, 3);
    e.step = step;
    e.time_s = 1.0 / 3.0;
    e.train_loss = 5e-324;
    e.train_acc = 0.1 + 0.2;
    e.mirror_acc = NAN;
    e.unseen_acc = 0.005;
    e.weight_norm = 1e308;
    e.steps_per_s = INFINITY; /* is no JSON: null */
    e.zero_loss_rows = 6384;
    strcpy(e.decay_kind, "lrd");
    strcpy(e.decay_targets, "qk");
    e.decay_strength = 0.1234567890123456789;
    for (int i = 0; i < 2; i++) {
        snprintf(e.matrix[i].name, sizeof e.matrix[i].name, "layers.%d.attn.q_proj.weight", i);
        e.matrix[i].stable_rank = 1.03 + i;
        e.matrix[i].turn_decay = -1e-17;
        e.matrix[i].floor = i == 1;
        for (int j = 0; j < 3; j++)
            e.sigma[3 * i + j] = nextafterf(2.0F / (float)(1 + j), 3);
    }
    return e;
}

/* The same number, or none on both sides; what is infinite comes back as none. */
static void assert_same(double written, double read)
{
    assert_true(isfinite(written) ? written == read : isnan(read));
}

static void assert_same_evaluation(const Evaluation *a, const Evaluation *b)
{
    assert_int_equal(a->step, b->step);
    assert_int_equal(a->zero_loss_rows, b->zero_loss_rows);
    assert_string_equal(a->decay_kind, b->decay_kind);
    assert_string_equal(a->decay_targets, b->decay_targets);
    assert_same(a->decay_strength, b->decay_strength);
    for (int i = 0; i < evaluation_field_count; i++)
        assert_same(record_field_value(&evaluation_fields[i], a), record_field_value(&evaluation_fields[i], b));
    assert_int_equal(a->matrix_count, b->matrix_count);
    assert_int_equal(a->sigma_count, b->sigma_count);
    for (int i = 0; i < a->matrix_count; i++) {
        assert_string_equal(a->matrix[i].name, b->matrix[i].name);
        assert_int_equal(a->matrix[i].floor, b->matrix[i].floor);
        for (int j = 0; j < matrix_field_count; j++)
            assert_same(record_field_value(&matrix_fields[j], &a->matrix[i]),
                        record_field_value(&matrix_fields[j], &b->matrix[i]));
    }
    assert_memory_equal(a->sigma, b->sigma, (size_t)(a->matrix_count * a->sigma_count) * sizeof *a->sigma);
}

static Runlog *open_right(const char *path, RunlogMode mode)
{
    Status status;
    Runlog *l = runlog_open(path, mode, &status);
    assert_ok(status);
    assert_non_null(l);
    return l;
}

static Event event_make(EventKind kind, int64_t step)
{
    return (Event){.kind = kind, .step = step, .value = NAN};
}

static void records_come_back(void **state)
{
    (void)state;
    const char *path = files_path("records.jsonl");
    Evaluation e = evaluation_make(400);
    Sample sample = {.step = 420, .batch_loss = 0.25, .batch_acc = 1, .unseen_sample_acc = NAN, .stable_rank = 22.3};
    LogStart start = {.version = "9.9", .preset = "classroom", .parameters = 422000, .settings = settings_default()};
    log_start_stamp(&start);
    assert_int_equal(strlen(start.time), strlen("2026-01-01T00:00:00Z"));
    assert_ok(settings_set(&start.settings, "decay.strength", "0.0123"));
    assert_ok(settings_set(&start.settings, "lab.title", "a \"title\""));
    Event set = {.kind = EVENT_SET, .step = 420, .key = "decay.kind", .from = "lrd", .to = "l2", .value = NAN};
    Runlog *l = open_right(path, RUNLOG_NEW);
    assert_true(runlog_is_empty(l));
    assert_ok(runlog_write(l, RECORD_START, &start));
    assert_false(runlog_is_empty(l));
    assert_ok(runlog_write(l, RECORD_EVALUATION, &e));
    assert_ok(runlog_write(l, RECORD_SAMPLE, &sample));
    assert_ok(runlog_write(l, RECORD_EVENT, &set));
    assert_ok(runlog_close(l));

    Status status;
    Record r;
    record_init(&r);
    RunlogReader *reader = runlog_reader_open(path, &status);
    assert_true(runlog_reader_next(reader, &r, &status));
    assert_int_equal(r.kind, RECORD_START);
    assert_string_equal(r.start.version, "9.9");
    assert_string_equal(r.start.preset, "classroom");
    assert_int_equal(r.start.parameters, 422000);
    assert_true(r.start.settings.decay.strength == 0.0123);
    assert_string_equal(r.start.settings.lab.title, "a \"title\"");
    assert_true(runlog_reader_next(reader, &r, &status));
    assert_int_equal(r.kind, RECORD_EVALUATION);
    assert_same_evaluation(&e, &r.evaluation);
    assert_true(runlog_reader_next(reader, &r, &status));
    assert_int_equal(r.kind, RECORD_SAMPLE);
    assert_true(r.sample.step == 420 && r.sample.batch_loss == 0.25 && isnan(r.sample.unseen_sample_acc));
    assert_true(runlog_reader_next(reader, &r, &status));
    assert_int_equal(r.kind, RECORD_EVENT);
    assert_true(r.event.kind == EVENT_SET && r.event.step == 420 && isnan(r.event.value));
    assert_string_equal(r.event.from, "lrd");
    assert_string_equal(r.event.to, "l2");
    assert_false(runlog_reader_next(reader, &r, &status));
    assert_ok(status);
    runlog_reader_close(reader);
    record_free(&r);
    evaluation_free(&e);
}

static void every_event_has_its_name(void **state)
{
    (void)state;
    Record r;
    record_init(&r);
    for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        Event e = {.kind = (EventKind)kind, .step = kind, .to = "a/b \"c\"\n\x01\xff", .value = 0.5};
        Text line = {0};
        record_print(RECORD_EVENT, &e, &line);
        assert_ok(record_parse(&r, line.data, line.length - 1, "log", 1));
        assert_int_equal(r.kind, RECORD_EVENT);
        assert_int_equal(r.event.kind, kind);
        assert_true(r.event.value == 0.5);
        assert_string_equal(r.event.to, "a/b \"c\"??\xef\xbf\xbd");
        text_free(&line);
    }
    record_free(&r);
}

static Status parse(const char *line, Record *r)
{
    return record_parse(r, line, strlen(line), "own.jsonl", 7);
}

static void other_programs_rows_are_read(void **state)
{
    (void)state;
    Record r;
    record_init(&r);
    assert_ok(parse("{\"step\": 3, \"test_acc\": 0.5, \"mine\": [1, {}]}", &r));
    assert_int_equal(r.kind, RECORD_EVALUATION);
    assert_true(r.evaluation.test_acc == 0.5 && isnan(r.evaluation.train_acc) && r.evaluation.matrix_count == 0);
    assert_ok(parse(
        "{\"step\":4,\"train_acc\":1,\"matrices\":{\"a\":{\"sigma\":[3,2,1]},\"b\":{\"sigma\":[1]},\"c\":{}}}", &r));
    assert_true(r.evaluation.train_acc == 1 && r.evaluation.matrix_count == 3 && r.evaluation.sigma_count == 3);
    assert_true(r.evaluation.sigma[3] == 1 && isnan(r.evaluation.sigma[4]) && isnan(r.evaluation.sigma[6]));
    assert_ok(parse("{\"step\":5,\"batch_loss\":2}", &r));
    assert_int_equal(r.kind, RECORD_SAMPLE);
    assert_ok(parse("{\"step\":5,\"lr\":2}", &r));
    assert_int_equal(r.kind, RECORD_OTHER);
    assert_ok(parse("{\"event\":\"tea\"}", &r));
    assert_int_equal(r.kind, RECORD_OTHER);
    assert_ok(parse("{\"event\":\"start\",\"settings\":{\"task.p\":97,\"train.lr\":\"0.01\",\"unknown\":1}}", &r));
    assert_true(r.start.settings.task.p == 97 && r.start.settings.train.lr == 0.01);
    record_free(&r);
}

static void wrong_rows_are_refused_with_their_line(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        "x",
        "[1]",
        "{\"step\":1,\"step\":2}",
        "{\"step\":1",
        "{}",
        "{\"step\":-1,\"test_acc\":0}",
        "{\"step\":1.5,\"test_acc\":0}",
        "{\"step\":\"1\",\"test_acc\":0}",
        "{\"step\":1,\"test_acc\":\"0\"}",
        "{\"step\":1,\"test_acc\":true}",
        "{\"step\":1,\"matrices\":[]}",
        "{\"step\":1,\"matrices\":{\"a\":1}}",
        "{\"step\":1,\"matrices\":{\"a\":{\"sigma\":1}}}",
        "{\"step\":1,\"matrices\":{\"a\":{\"sigma\":[\"1\"]}}}",
        "{\"step\":1,\"matrices\":{\"a\":{\"floor\":1}}}",
        "{\"step\":1,\"test_acc\":0,\"decay\":\"lrd\"}",
        "{\"event\":1}",
        "{\"event\":\"grokked\"}",
        "{\"event\":\"set\",\"step\":1,\"key\":2}",
        "{\"event\":\"start\",\"settings\":{\"task.p\":-3}}",
        "{\"event\":\"start\",\"settings\":[]}",
    };
    Record r;
    record_init(&r);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_says(parse(rows[i], &r), STATUS_INPUT, "own.jsonl:7: ");
    record_free(&r);
}

/* Every byte of a row changed in turn, and the row cut after it: refused or read, in exactly its length. */
static void damaged_rows_do_no_harm(void **state)
{
    (void)state;
    Evaluation e = evaluation_make(400);
    Text line = {0};
    record_print(RECORD_EVALUATION, &e, &line);
    Record r;
    record_init(&r);
    for (size_t i = 0; i < line.length; i++) {
        char *exact = malloc(i + 1); /* without a final NUL, so that ASan sees a read too far */
        memcpy(exact, line.data, i + 1);
        exact[i] = (char)(exact[i] ^ (1 << i % 8));
        assert_int_equal(record_parse(&r, exact, i + 1, "log", 1).code, STATUS_INPUT);
        free(exact);
        char was = line.data[i];
        line.data[i] = (char)(was ^ (1 << i % 8));
        Status status = record_parse(&r, line.data, line.length - 1, "log", 1);
        assert_true(status_is_ok(status) || strncmp(status.text, "log:1: ", 7) == 0);
        line.data[i] = was;
    }
    record_free(&r);
    text_free(&line);
    evaluation_free(&e);
}

static void an_old_file_is_not_lost(void **state)
{
    (void)state;
    const char *path = files_path("old.jsonl");
    Status status;
    file_put(path, "{\"a\":1}\n", 8);
    assert_null(runlog_open(path, RUNLOG_NEW, &status));
    assert_says(status, STATUS_INPUT, "--force");
    /* A run that is refused before its first row has not touched it. */
    assert_ok(runlog_close(open_right(path, RUNLOG_OVERWRITE)));
    Text text = file_get(path);
    assert_string_equal(text.data, "{\"a\":1}\n");
    text_free(&text);

    Runlog *l = open_right(path, RUNLOG_OVERWRITE);
    Event e = event_make(EVENT_END, 5);
    assert_true(runlog_is_empty(l));
    assert_ok(runlog_write(l, RECORD_EVENT, &e));
    assert_ok(runlog_close(l));
    text = file_get(path);
    assert_string_equal(text.data, "{\"event\":\"end\",\"step\":5}\n");
    text_free(&text);

    file_put(path, "a picture", 9);
    assert_null(runlog_open(path, RUNLOG_APPEND, &status));
    assert_says(status, STATUS_INPUT, "another name");
    assert_null(runlog_open(files_folder, RUNLOG_NEW, &status));
    assert_says(status, STATUS_INPUT, "cannot be written");
}

static void a_resumed_log_goes_on(void **state)
{
    (void)state;
    const char *path = files_path("resumed.jsonl");
    static const char before[] = "{\"step\":1,\"test_acc\":0}\n";
    Event e = event_make(EVENT_RESUMED, 1);
    /* Tails of every length, beyond the piece in which the end is looked for. */
    for (size_t tail = 0; tail < 9000; tail = 2 * tail + 1) {
        Text bytes = {0};
        text_add(&bytes, before);
        text_add(&bytes, tail ? "{" : "");
        for (size_t i = 1; i < tail; i++)
            text_add(&bytes, "x");
        file_put(path, bytes.data, bytes.length);
        Runlog *l = open_right(path, RUNLOG_APPEND);
        assert_false(runlog_is_empty(l));
        assert_ok(runlog_write(l, RECORD_EVENT, &e));
        assert_ok(runlog_close(l));
        Text text = file_get(path);
        assert_string_equal(text.data, "{\"step\":1,\"test_acc\":0}\n{\"event\":\"resumed\",\"step\":1}\n");
        text_free(&text);
        text_free(&bytes);
    }
    file_put(path, "{\"step\":", 8); /* not one whole line: a start row is owed */
    Runlog *l = open_right(path, RUNLOG_APPEND);
    assert_true(runlog_is_empty(l));
    assert_ok(runlog_close(l));
    l = open_right(files_path("missing.jsonl"), RUNLOG_APPEND);
    assert_true(runlog_is_empty(l));
    assert_ok(runlog_close(l));
}

static void a_failure_is_said_once(void **state)
{
    (void)state;
    Event e = event_make(EVENT_FLOOR, 1);
    Runlog *l = open_right("/dev/full", RUNLOG_NEW);
    assert_says(runlog_write(l, RECORD_EVENT, &e), STATUS_FAILED, "No space left");
    assert_ok(runlog_write(l, RECORD_EVENT, &e));
    assert_says(runlog_close(l), STATUS_FAILED, "No space left");
}

static void a_full_disk_leaves_whole_lines(void **state)
{
    (void)state;
    const char *path = files_path("full.jsonl");
    Runlog *l = open_right(path, RUNLOG_NEW);
    struct rlimit was, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
    small = was;
    small.rlim_cur = 100;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    int failures = 0;
    for (int i = 0; i < 20; i++) {
        Event e = event_make(EVENT_FLOOR, i);
        failures += !status_is_ok(runlog_write(l, RECORD_EVENT, &e));
    }
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
    assert_int_equal(failures, 1);
    Event last = event_make(EVENT_END, 99); /* there is room again */
    assert_ok(runlog_write(l, RECORD_EVENT, &last));
    assert_says(runlog_close(l), STATUS_FAILED, "not complete");
    Text text = file_get(path);
    assert_non_null(strstr(text.data, "\n{\"event\":\"end\",\"step\":99}\n"));
    Status status;
    Record r;
    record_init(&r);
    RunlogReader *reader = runlog_reader_open(path, &status);
    int rows = 0;
    while (runlog_reader_next(reader, &r, &status))
        rows++;
    assert_ok(status);
    assert_true(rows >= 3);
    runlog_reader_close(reader);
    record_free(&r);
    text_free(&text);
}

static void *pipe_reader(void *path)
{
    int descriptor = open(path, O_RDONLY);
    char first;
    ssize_t n = read(descriptor, &first, 1);
    close(descriptor);
    return n == 1 && first == '{' ? path : NULL;
}

static void a_pipe_is_written_as_it_comes(void **state)
{
    (void)state;
    const char *path = files_path("pipe");
    assert_int_equal(mkfifo(path, 0600), 0);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, pipe_reader, (void *)(uintptr_t)path), 0);
    Runlog *l = open_right(path, RUNLOG_NEW);
    Event e = event_make(EVENT_FLOOR, 1);
    assert_ok(runlog_write(l, RECORD_EVENT, &e));
    void *saw;
    pthread_join(thread, &saw);
    assert_ptr_equal(saw, path);
    assert_says(runlog_write(l, RECORD_EVENT, &e), STATUS_FAILED, "Broken pipe");
    assert_ok(runlog_write(l, RECORD_EVENT, &e));
    assert_says(runlog_close(l), STATUS_FAILED, "Broken pipe");
}

/* Opens the pipe, sleeps until told, then reads to the end and counts whole lines. */
typedef struct Sleeper {
    const char *path;
    int wake; /* read end of a pipe */
    long lines;
    bool whole;
} Sleeper;

static void *pipe_sleeper(void *argument)
{
    Sleeper *s = argument;
    FILE *f = fopen(s->path, "r");
    char word, *line = NULL;
    size_t room = 0;
    s->whole = read(s->wake, &word, 1) == 1;
    for (ssize_t n; (n = getline(&line, &room, f)) > 0; s->lines++)
        s->whole = s->whole && line[0] == '{' && line[n - 1] == '\n';
    free(line);
    fclose(f);
    return NULL;
}

static void a_reader_that_sleeps_stops_nothing(void **state)
{
    (void)state;
    enum { LINES = 40000 };
    int wake[2];
    assert_int_equal(pipe(wake), 0);
    Sleeper s = {.path = files_path("sleeper"), .wake = wake[0]};
    assert_int_equal(mkfifo(s.path, 0600), 0);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, pipe_sleeper, &s), 0);
    Runlog *l = open_right(s.path, RUNLOG_NEW);
    Event e = event_make(EVENT_FLOOR, 1);
    for (int i = 0; i < LINES; i++) /* far more than a pipe holds */
        assert_ok(runlog_write(l, RECORD_EVENT, &e));
    assert_int_equal(write(wake[1], "w", 1), 1);
    assert_ok(runlog_close(l));
    pthread_join(thread, NULL);
    assert_true(s.whole);
    assert_int_equal(s.lines, LINES);
    close(wake[0]);
    close(wake[1]);
}

static void what_nobody_reads_is_left_out_and_said(void **state)
{
    (void)state;
    const char *path = files_path("deaf");
    assert_int_equal(mkfifo(path, 0600), 0);
    int reader = open(path, O_RDONLY | O_NONBLOCK);
    LineWriter f;
    assert_ok(line_writer_open(&f, path));
    size_t size = 1 << 20;
    char *line = calloc(size, 1);
    memset(line, 'x', size);
    line[size - 1] = '\n';
    Status status = status_ok();
    for (int i = 0; i < 20 && status_is_ok(status); i++)
        status = line_writer_write(&f, line, size);
    assert_says(status, STATUS_FAILED, "its reader does not take it");
    close(reader);
    assert_says(line_writer_close(&f), STATUS_FAILED, "not complete");
    free(line);
}

static void a_growing_log_is_followed(void **state)
{
    (void)state;
    const char *path = files_path("grows.jsonl");
    file_put(path, "{\"step\":1,\"test_acc\":0}\n\n{\"step\":2,\"te", 38);
    Status status;
    Record r;
    record_init(&r);
    RunlogReader *reader = runlog_reader_open(path, &status);
    assert_true(runlog_reader_next(reader, &r, &status));
    assert_int_equal(runlog_reader_line(reader), 1);
    for (int i = 0; i < 3; i++) {
        assert_false(runlog_reader_next(reader, &r, &status));
        assert_ok(status);
    }
    FILE *f = fopen(path, "ab");
    fputs("st_acc\":0.5}\nbad\n{\"step\":3,\"test_acc\":1}\n", f);
    fclose(f);
    assert_true(runlog_reader_next(reader, &r, &status));
    assert_true(r.evaluation.step == 2 && r.evaluation.test_acc == 0.5);
    assert_false(runlog_reader_next(reader, &r, &status));
    assert_says(status, STATUS_INPUT, "grows.jsonl:4: ");
    assert_true(runlog_reader_next(reader, &r, &status)); /* goes on after the bad line */
    assert_int_equal(r.evaluation.step, 3);
    runlog_reader_close(reader);
    record_free(&r);
}

static Runcsv *csv_right(const char *path, RunlogMode mode, int64_t resume_step)
{
    Status status;
    Runcsv *c = runcsv_open(path, mode, resume_step, &status);
    assert_ok(status);
    return c;
}

static void csv_write_steps(Runcsv *c, int64_t first, int64_t last)
{
    for (int64_t step = first; step <= last; step += 100) {
        Evaluation e = evaluation_make(step);
        assert_ok(runcsv_write_evaluation(c, &e));
        evaluation_free(&e);
    }
    assert_ok(runcsv_close(c));
}

static void a_table_of_a_resumed_run_is_that_of_a_whole_one(void **state)
{
    (void)state;
    const char *whole = files_path("whole.csv"), *resumed = files_path("resumed.csv");
    Status status;
    csv_write_steps(csv_right(whole, RUNLOG_NEW, 0), 0, 900);
    csv_write_steps(csv_right(resumed, RUNLOG_NEW, 0), 0, 700);
    assert_null(runcsv_open(resumed, RUNLOG_NEW, 0, &status));
    assert_says(status, STATUS_INPUT, "--force");
    csv_write_steps(csv_right(resumed, RUNLOG_APPEND, 450), 500, 900);
    Text a = file_get(whole), b = file_get(resumed);
    assert_string_equal(a.data, b.data);
    assert_memory_equal(a.data, "step,time_s,train_loss,", 23);
    assert_non_null(strstr(a.data, "\n400,0.3333333333333333,")); /* 17 digits where they are needed */
    int columns[2] = {1, 1};
    for (const char *s = a.data; *s != '\n'; s++)
        columns[0] += *s == ',';
    for (const char *s = strstr(a.data, "\n400") + 1; *s != '\n'; s++)
        columns[1] += *s == ',';
    assert_int_equal(columns[0], columns[1]);
    text_free(&a);
    text_free(&b);
    file_put(resumed, "step,mine\n1,2\n", 14);
    assert_null(runcsv_open(resumed, RUNLOG_APPEND, 1, &status));
    assert_says(status, STATUS_INPUT, "another name");
}

static void a_log_is_described(void **state)
{
    (void)state;
    const char *path = files_path("told.jsonl");
    Text out = {0};
    static const char log[] = "{\"step\":0,\"unseen_acc\":0.25}\n{\"event\":\"grokked\",\"step\":40}\nbad\n"
                              "{\"step\":50,\"unseen_acc\":0.5}\n{\"st";
    file_put(path, log, strlen(log));
    assert_ok(info_describe(path, NULL, &out));
    assert_non_null(strstr(out.data, "2 evaluations, 0 samples, 2 events, 0 others"));
    assert_non_null(strstr(out.data, "steps         0 to 50\n"));
    assert_non_null(strstr(out.data, "told.jsonl:3: "));
    assert_non_null(strstr(out.data, "40  grokked\n"));
    assert_non_null(strstr(out.data, "50  lost\n")); /* what the log told counts as if it had been found */
    assert_non_null(strstr(out.data, "unseen accuracy  0.5\n"));
    text_clear(&out);
    file_put(path, "1 2\n3 4\n", 8);
    assert_ok(info_describe(path, NULL, &out));
    assert_non_null(strstr(out.data, "2 training rows"));
    text_clear(&out);
    file_put(path, "# mine\n[task]\np = 97\n", 21);
    assert_ok(info_describe(path, NULL, &out));
    assert_non_null(strstr(out.data, "97"));
    file_put(path, "\x89PNG", 4);
    assert_says(info_describe(path, NULL, &out), STATUS_INPUT, "safetensors");
    file_put(path, "", 0);
    assert_says(info_describe(path, NULL, &out), STATUS_INPUT, "no file of ours");
    file_put(path, "{\"x\n", 4);
    assert_says(info_describe(path, NULL, &out), STATUS_INPUT, "told.jsonl:1: ");
    assert_says(info_describe("/dev/zero", NULL, &out), STATUS_INPUT, "regular file");
    text_free(&out);
}

int main(void)
{
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_come_back),
        cmocka_unit_test(every_event_has_its_name),
        cmocka_unit_test(other_programs_rows_are_read),
        cmocka_unit_test(wrong_rows_are_refused_with_their_line),
        cmocka_unit_test(damaged_rows_do_no_harm),
        cmocka_unit_test(an_old_file_is_not_lost),
        cmocka_unit_test(a_resumed_log_goes_on),
        cmocka_unit_test(a_failure_is_said_once),
        cmocka_unit_test(a_full_disk_leaves_whole_lines),
        cmocka_unit_test(a_pipe_is_written_as_it_comes),
        cmocka_unit_test(a_reader_that_sleeps_stops_nothing),
        cmocka_unit_test(what_nobody_reads_is_left_out_and_said),
        cmocka_unit_test(a_growing_log_is_followed),
        cmocka_unit_test(a_table_of_a_resumed_run_is_that_of_a_whole_one),
        cmocka_unit_test(a_log_is_described),
    };
    return cmocka_run_group_tests_name("runlog", tests, files_setup, files_teardown);
}
