#include <lrd/log/record_json.h>
#include <lrd/base/util.h>
#include <lrd/io/json_row.h>
#include <lrd/io/json_text.h>
#include <lrd/log/probe_json.h>
#include <lrd/log/record_fields.h>

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SIGMA_MAX = 4096, SHOWN_MAX = 80 };

/* Where we are, for messages; the first fault is kept. */
typedef struct Place {
    const char *file;
    long line;
    Status status;
} Place;

__attribute__((format(printf, 2, 3))) static void place_fault(Place *p, const char *format, ...)
{
    if (!status_is_ok(p->status))
        return;
    char text[400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    p->status = status_input("%s:%ld: %s", p->file, p->line, text);
}

/* A number or null; what is missing is NAN. */
static void read_number(Place *p, const json_t *object, const char *name, double *out)
{
    const json_t *value = json_object_get(object, name);
    *out = json_is_number(value) ? json_number_value(value) : NAN;
    if (value && !json_is_number(value) && !json_is_null(value))
        place_fault(p, "\"%s\" must be a number or null", name);
}

static void read_fields(Place *p, const json_t *object, const RecordField *fields, int count, void *record)
{
    for (int i = 0; i < count; i++)
        read_number(p, object, fields[i].name, record_field(&fields[i], record));
}

/* A whole number of at least zero; missing leaves *out alone. */
static bool read_count(Place *p, const json_t *object, const char *name, int64_t *out)
{
    const double most = 9e15; /* whole numbers up to here are doubles */
    const json_t *value = json_object_get(object, name);
    const double real = json_is_real(value) ? json_real_value(value) : -1;
    if (!value)
        return false;
    if (json_is_integer(value) && json_integer_value(value) >= 0)
        *out = json_integer_value(value);
    else if (real >= 0 && real <= most && real == floor(real)) /* 100.0, 1e2 */
        *out = (int64_t)real;
    else
        place_fault(p, "\"%s\" must be a whole number, 0 or more", name);
    return true;
}

static void read_word(Place *p, const json_t *object, const char *name, char *out, size_t size)
{
    const json_t *value = json_object_get(object, name);
    out[0] = '\0';
    if (json_is_string(value))
        snprintf(out, size, "%s", json_string_value(value));
    else if (value && !json_is_null(value))
        place_fault(p, "\"%s\" must be text", name);
    for (char *c = out; *c; c++) /* words end up on terminals */
        if (iscntrl((unsigned char)*c))
            *c = '?';
}

static void read_flag(Place *p, const json_t *object, const char *name, bool *out)
{
    const json_t *value = json_object_get(object, name);
    *out = json_is_true(value);
    if (value && !json_is_boolean(value) && !json_is_null(value))
        place_fault(p, "\"%s\" must be true or false", name);
}

static void read_setting(Place *p, const Setting *row, const json_t *value, Settings *settings)
{
    Text word = {0};
    if (json_is_string(value))
        text_add(&word, json_string_value(value));
    else if (json_is_integer(value))
        text_addf(&word, "%lld", (long long)json_integer_value(value));
    else if (json_is_number(value))
        json_add_double(&word, json_number_value(value));
    Status status = settings_set(settings, row->key, text_str(&word));
    if (!status_is_ok(status))
        place_fault(p, "%s", status.text);
    text_free(&word);
}

static void read_start(Place *p, const json_t *row, LogStart *start)
{
    *start = (LogStart){.settings = settings_default()};
    read_word(p, row, "version", start->version, sizeof start->version);
    read_word(p, row, "time", start->time, sizeof start->time);
    read_word(p, row, "preset", start->preset, sizeof start->preset);
    read_word(p, row, "init", start->given.init, sizeof start->given.init);
    read_word(p, row, "pairs", start->given.pairs, sizeof start->given.pairs);
    read_count(p, row, "parameters", &start->parameters);
    read_count(p, row, "train_rows", &start->train_rows);
    read_count(p, row, "mirror_rows", &start->mirror_rows);
    read_count(p, row, "unseen_rows", &start->unseen_rows);
    json_t *settings = json_object_get(row, "settings");
    if (settings && !json_is_object(settings))
        place_fault(p, "\"settings\" must be an object");
    const char *key;
    json_t *value;
    json_object_foreach(settings, key, value)
    {
        const Setting *setting = settings_find(key);
        if (setting)
            read_setting(p, setting, value, &start->settings);
    }
    start->tells_task = json_object_get(settings, "task.op") != NULL;
    start->tells_steps = json_object_get(settings, "train.steps") != NULL;
    start->tells_decay = json_object_get(settings, "decay.kind") != NULL;
}

static void read_sigma(Place *p, const json_t *matrix, float *sigma, int room)
{
    const json_t *values = json_object_get(matrix, "sigma");
    for (int i = 0; i < room; i++)
        sigma[i] = NAN;
    for (size_t i = 0; i < json_array_size(values) && i < (size_t)room; i++) {
        const json_t *value = json_array_get(values, i);
        if (json_is_number(value))
            sigma[i] = (float)json_number_value(value);
        else if (!json_is_null(value))
            place_fault(p, "\"sigma\" must hold numbers");
    }
}

/* Makes room for what the row holds: as many values for each matrix as the longest list has. */
static bool read_shape(Place *p, json_t *matrices, Evaluation *e)
{
    size_t longest = 0;
    const char *name;
    json_t *matrix;
    json_object_foreach(matrices, name, matrix)
    {
        const json_t *sigma = json_object_get(matrix, "sigma");
        if (!json_is_object(matrix) || (sigma && !json_is_array(sigma)) || strlen(name) >= TENSOR_NAME_MAX)
            return place_fault(p, "\"matrices\" must hold objects with short names, and \"sigma\" lists"), false;
        if (json_array_size(sigma) > longest)
            longest = json_array_size(sigma);
    }
    if (json_object_size(matrices) > RECORD_MATRICES_MAX || longest > SIGMA_MAX)
        return place_fault(p, "at most %d matrices of %d singular values can be shown", RECORD_MATRICES_MAX, SIGMA_MAX),
               false;
    evaluation_free(e);
    evaluation_init(e, (int)json_object_size(matrices), (int)longest);
    return true;
}

static void read_matrices(Place *p, json_t *matrices, Evaluation *e)
{
    int i = 0;
    const char *name;
    json_t *matrix;
    json_object_foreach(matrices, name, matrix)
    {
        MatrixMeasure *m = &e->matrix[i];
        snprintf(m->name, sizeof m->name, "%s", name);
        read_fields(p, matrix, matrix_fields, matrix_field_count, m);
        read_flag(p, matrix, "floor", &m->floor);
        read_flag(p, matrix, "stale", &m->stale);
        read_sigma(p, matrix, e->sigma + (size_t)i * (size_t)e->sigma_count, e->sigma_count);
        i++;
    }
}

static void read_evaluation(Place *p, const json_t *row, int64_t step, Evaluation *e)
{
    json_t *matrices = json_object_get(row, "matrices");
    if (matrices && !json_is_object(matrices) && !json_is_null(matrices))
        place_fault(p, "\"matrices\" must be an object");
    if (!read_shape(p, matrices, e))
        return;
    e->step = step;
    read_fields(p, row, evaluation_fields, evaluation_field_count, e);
    read_count(p, row, "zero_loss_rows", &e->zero_loss_rows);
    const json_t *decay = json_object_get(row, "decay");
    if (decay && !json_is_object(decay) && !json_is_null(decay))
        place_fault(p, "\"decay\" must be an object with kind, strength and targets");
    read_word(p, decay, "kind", e->decay_kind, sizeof e->decay_kind);
    read_word(p, decay, "targets", e->decay_targets, sizeof e->decay_targets);
    read_number(p, decay, "strength", &e->decay_strength);
    read_matrices(p, matrices, e);
}

static RecordKind read_event(Place *p, const json_t *row, const char *name, Record *r)
{
    for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        if (strcmp(event_names[kind], name) != 0)
            continue;
        Event *e = &r->event;
        *e = (Event){.kind = (EventKind)kind, .value = NAN};
        if (!read_count(p, row, "step", &e->step))
            place_fault(p, "the event lacks \"step\"");
        read_word(p, row, "key", e->key, sizeof e->key);
        read_word(p, row, "from", e->from, sizeof e->from);
        read_word(p, row, "to", e->to, sizeof e->to);
        read_number(p, row, "value", &e->value);
        return RECORD_EVENT;
    }
    return RECORD_OTHER;
}

/* Fields that samples have too tell nothing; any other field of an evaluation makes the row one. */
static bool row_is_evaluation(const json_t *row)
{
    if (json_object_get(row, "matrices"))
        return true;
    for (int i = 0; i < evaluation_field_count; i++) {
        bool shared = false;
        for (int j = 0; j < sample_field_count; j++)
            shared = shared || strcmp(evaluation_fields[i].name, sample_fields[j].name) == 0;
        if (!shared && json_object_get(row, evaluation_fields[i].name))
            return true;
    }
    return false;
}

static unsigned row_tells(const json_t *row)
{
    unsigned told = 0;
    for (int i = 0; i < evaluation_field_count; i++)
        told |= json_object_get(row, evaluation_fields[i].name) ? 1U << i : 0;
    return told;
}

static bool row_is_sample(const json_t *row)
{
    for (int i = 0; i < sample_field_count; i++)
        if (json_object_get(row, sample_fields[i].name))
            return true;
    return false;
}

static ProbeKind row_probe(const json_t *row)
{
    const char *name = json_string_value(json_object_get(row, "portrait"));
    return name ? probe_kind_of_name(name) : PROBE_NONE;
}

static RecordKind read_row(Place *p, const json_t *row, Record *r)
{
    const json_t *event = json_object_get(row, "event");
    if (json_is_string(event) && strcmp(json_string_value(event), "start") == 0)
        return read_start(p, row, &r->start), RECORD_START;
    if (json_is_string(event))
        return read_event(p, row, json_string_value(event), r);
    if (event)
        return place_fault(p, "\"event\" must be text"), RECORD_OTHER;
    int64_t step = 0;
    if (!read_count(p, row, "step", &step))
        return place_fault(p, "the row has neither \"step\" nor \"event\""), RECORD_OTHER;
    r->probe = row_probe(row);
    if (r->probe != PROBE_NONE) {
        r->probe_step = step;
        r->probe_layer = 0;
        read_count(p, row, "layer", &r->probe_layer);
        return RECORD_PROBE;
    }
    if (row_is_evaluation(row)) {
        read_evaluation(p, row, step, &r->evaluation);
        r->told = row_tells(row);
        return RECORD_EVALUATION;
    }
    if (!row_is_sample(row))
        return RECORD_OTHER;
    r->sample.step = step;
    read_fields(p, row, sample_fields, sample_field_count, &r->sample);
    return RECORD_SAMPLE;
}

void record_init(Record *r)
{
    *r = (Record){.kind = RECORD_OTHER};
    r->start.settings = settings_default();
    evaluation_init(&r->evaluation, 0, 0);
}

void record_free(Record *r)
{
    evaluation_free(&r->evaluation);
}

Status record_read(Record *r, const json_t *row, const char *file, long number)
{
    Place place = {.file = file, .line = number};
    if (!json_is_object(row))
        place_fault(&place, "the line is not a JSON object");
    else
        r->kind = read_row(&place, row, r);
    return place.status;
}

Status record_parse(Record *r, const char *line, size_t length, const char *file, long number)
{
    json_error_t error;
    int64_t not_numbers = 0;
    json_t *row = json_row_parse(line, length, &not_numbers, &error);
    Status status = row ? record_read(r, row, file, number) : record_refuse(&error, file, number);
    json_decref(row);
    return status;
}

Status record_refuse(const json_error_t *error, const char *file, long number)
{
    char shown[SHOWN_MAX];
    return status_input("%s:%ld: the line is not JSON: %s", file, number,
                        json_printable(error->text, shown, sizeof shown));
}
