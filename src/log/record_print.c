#include <lrd/log/record_json.h>
#include <lrd/io/json_text.h>
#include <lrd/log/probe_json.h>
#include <lrd/log/record_fields.h>

#include <math.h>
#include <time.h>

void log_start_stamp(LogStart *start)
{
    time_t now = time(NULL);
    struct tm utc;
    if (!gmtime_r(&now, &utc) || strftime(start->time, sizeof start->time, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
        start->time[0] = '\0';
}

static void add_word(Text *out, const char *name, const char *value)
{
    if (!*value)
        return;
    text_addf(out, ",\"%s\":", name);
    json_add_string(out, value);
}

static void add_count(Text *out, const char *name, int64_t value)
{
    text_addf(out, ",\"%s\":%lld", name, (long long)value);
}

static void add_fields(Text *out, const RecordField *fields, int count, const void *record)
{
    for (int i = 0; i < count; i++) {
        text_addf(out, ",\"%s\":", fields[i].name);
        json_add_double(out, record_field_value(&fields[i], record));
    }
}

/* Numbers stay numbers; a word like "auto" is a string. */
static void add_settings(Text *out, const Settings *settings)
{
    Text value = {0};
    for (int i = 0; i < settings_count; i++) {
        const Setting *row = &settings_table[i];
        double number;
        text_clear(&value);
        settings_get(settings, row, &value);
        text_addf(out, "%s\"%s\":", i ? "," : "", row->key);
        if ((row->type == SETTING_INT || row->type == SETTING_REAL) && text_to_double(text_str(&value), &number))
            text_add(out, text_str(&value));
        else
            json_add_string(out, text_str(&value));
    }
    text_free(&value);
}

static void print_start(const LogStart *start, Text *out)
{
    text_add(out, "{\"event\":\"start\"");
    add_word(out, "version", start->version);
    add_word(out, "time", start->time);
    add_word(out, "preset", start->preset);
    add_word(out, "init", start->given.init);
    add_word(out, "pairs", start->given.pairs);
    add_count(out, "parameters", start->parameters);
    add_count(out, "train_rows", start->train_rows);
    add_count(out, "mirror_rows", start->mirror_rows);
    add_count(out, "unseen_rows", start->unseen_rows);
    text_add(out, ",\"settings\":{");
    add_settings(out, &start->settings);
    text_add(out, "}}\n");
}

static void add_matrix(Text *out, const MatrixMeasure *m, const float *sigma, int sigma_count)
{
    json_add_string(out, m->name);
    text_add(out, ":{\"sigma\":[");
    for (int i = 0; i < sigma_count; i++) {
        text_add(out, i ? "," : "");
        json_add_float(out, sigma[i]);
    }
    text_add(out, "]");
    add_fields(out, matrix_fields, matrix_field_count, m);
    text_addf(out, ",\"floor\":%s", m->floor ? "true" : "false");
    text_add(out, m->stale ? ",\"stale\":true}" : "}");
}

static void print_evaluation(const Evaluation *e, Text *out)
{
    text_addf(out, "{\"step\":%lld", (long long)e->step);
    add_fields(out, evaluation_fields, evaluation_field_count, e);
    add_count(out, "zero_loss_rows", e->zero_loss_rows);
    text_add(out, ",\"decay\":{\"kind\":");
    json_add_string(out, e->decay_kind);
    text_add(out, ",\"strength\":");
    json_add_double(out, e->decay_strength);
    text_add(out, ",\"targets\":");
    json_add_string(out, e->decay_targets);
    text_add(out, "},\"matrices\":{");
    for (int i = 0; i < e->matrix_count; i++) {
        text_add(out, i ? "," : "");
        add_matrix(out, &e->matrix[i], e->sigma + (size_t)i * (size_t)e->sigma_count, e->sigma_count);
    }
    text_add(out, "}}\n");
}

static void print_sample(const Sample *s, Text *out)
{
    text_addf(out, "{\"step\":%lld", (long long)s->step);
    add_fields(out, sample_fields, sample_field_count, s);
    text_add(out, "}\n");
}

static void print_event(const Event *e, Text *out)
{
    text_addf(out, "{\"event\":\"%s\",\"step\":%lld", event_names[e->kind], (long long)e->step);
    add_word(out, "key", e->key);
    add_word(out, "from", e->from);
    add_word(out, "to", e->to);
    if (!isnan(e->value)) {
        text_add(out, ",\"value\":");
        json_add_double(out, e->value);
    }
    text_add(out, "}\n");
}

void record_print(RecordKind kind, const void *record, Text *out)
{
    switch (kind) {
    case RECORD_START:
        print_start(record, out);
        break;
    case RECORD_EVALUATION:
        print_evaluation(record, out);
        break;
    case RECORD_SAMPLE:
        print_sample(record, out);
        break;
    case RECORD_EVENT:
        print_event(record, out);
        break;
    case RECORD_PROBE:
        probe_print(record, out);
        break;
    case RECORD_OTHER:
        break;
    }
}
