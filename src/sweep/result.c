#include <lrd/sweep/result.h>

#include <lrd/base/quote.h>
#include <lrd/base/version.h>
#include <lrd/io/atomic_file.h>
#include <lrd/io/json_text.h>
#include <lrd/io/file_read.h>

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { RESULT_BYTES_MAX = 1 << 20 };

#define FIELD(member)                                                                                                  \
    {                                                                                                                  \
#member, offsetof(Result, member)                                                                              \
    }
#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

const RecordField result_fields[] = {
    FIELD(best_unseen_acc), FIELD(best_test_acc), FIELD(train_acc), FIELD(test_acc),    FIELD(mirror_acc),
    FIELD(unseen_acc),      FIELD(train_loss),    FIELD(test_loss), FIELD(stable_rank), FIELD(effective_rank),
    FIELD(participation),   FIELD(norm),          FIELD(turn),      FIELD(seconds),
};
const int result_field_count = COUNT(result_fields);

const ResultStep result_steps[] = {
    FIELD(step),     FIELD(memorised), FIELD(collapsed),  FIELD(grokked),    FIELD(lost),
    FIELD(regained), FIELD(best_step), FIELD(parameters), FIELD(train_rows), FIELD(unseen_rows),
};
const int result_step_count = COUNT(result_steps);

/* ---- Making one */

static const char *outcome_of(const RunSummary *b, bool non_finite)
{
    if (non_finite)
        return "non-finite";
    if (b->grokked >= 0)
        return b->generalised_early ? "generalised" : "grokked";
    return b->memorised >= 0 ? "memorised" : "not-memorised";
}

static double newest(const RunSummary *b, SeriesId id)
{
    return series_at(&b->series[id], b->step);
}

/* An evaluation off the beat was made where the run was stopped and gone on with: a run that was never stopped lacks
 * it, and must come to the same. */
static bool bucket_counts(const RunSummary *b, const SeriesBucket *bucket)
{
    bool off_beat = bucket->first == bucket->last && bucket->first % b->settings.train.eval_every != 0;
    return !isnan(bucket->high) && (!off_beat || bucket->first == b->step);
}

/* A bucket may cover many evaluations: its largest value is kept, and the step is then the bucket's first. The curve
 * is in float; an accuracy is a count of rows, so that its double is known all the same. */
static double find_best(const RunSummary *b, SeriesId id, int64_t rows, int64_t *step)
{
    const Series *s = &b->series[id];
    float best = NAN;
    for (int i = 0; i < s->count; i++)
        if (bucket_counts(b, &s->bucket[i]) && !(s->bucket[i].high <= best)) {
            best = s->bucket[i].high;
            *step = s->bucket[i].first;
        }
    return rows > 0 ? round((double)best * (double)rows) / (double)rows : (double)best;
}

Result result_of_summary(const RunSummary *summary, Recipe *recipe, bool non_finite, double seconds)
{
    const Evaluation *e = &summary->evaluation;
    Result r = {
        .recipe = *recipe,
        .step = summary->step,
        .memorised = summary->memorised,
        .collapsed = summary->collapsed,
        .grokked = summary->grokked,
        .lost = summary->lost,
        .regained = summary->regained,
        .best_step = -1,
        .parameters = summary->parameters,
        .train_rows = summary->train_rows,
        .unseen_rows = summary->unseen_rows,
        .train_acc = e->train_acc,
        .test_acc = e->test_acc,
        .mirror_acc = e->mirror_acc,
        .unseen_acc = e->unseen_acc,
        .train_loss = e->train_loss,
        .test_loss = e->test_loss,
        .stable_rank = e->stable_rank,
        .effective_rank = e->effective_rank,
        .participation = e->participation,
        .norm = newest(summary, SERIES_NORM),
        .turn = newest(summary, SERIES_TURN),
        .seconds = seconds,
    };
    *recipe = (Recipe){0};
    snprintf(r.outcome, sizeof r.outcome, "%s", outcome_of(summary, non_finite));
    int64_t test_step;
    r.best_unseen_acc = find_best(summary, SERIES_UNSEEN_ACC, r.unseen_rows, &r.best_step);
    r.best_test_acc = find_best(summary, SERIES_TEST_ACC, r.unseen_rows + summary->mirror_rows, &test_step);
    return r;
}

const char result_unfinished[] = "unfinished";

void result_go_on(Result *r, const Result *before)
{
    r->seconds += before->seconds;
    if (before->best_step >= 0 && !(r->best_unseen_acc > before->best_unseen_acc)) {
        r->best_unseen_acc = before->best_unseen_acc;
        r->best_step = before->best_step;
    }
    r->best_test_acc = fmax(r->best_test_acc, before->best_test_acc);
}

void result_free(Result *r)
{
    recipe_free(&r->recipe);
}

void results_go_on(Results *r, Results *before)
{
    result_go_on(&r->a, &before->a);
    if (r->has_b && before->has_b) {
        result_go_on(&r->b, &before->b);
    } else if (before->has_b) {
        r->b = before->b;
        r->has_b = true;
        before->has_b = false;
        before->b = (Result){0};
    }
}

void results_free(Results *r)
{
    result_free(&r->a);
    result_free(&r->b);
    *r = (Results){0};
}

/* ---- Writing */

static void add_word(Text *out, const char *name, const char *value)
{
    text_addf(out, ",\"%s\":", name);
    json_add_string(out, value);
}

static void add_recipe(Text *out, const Recipe *r)
{
    add_word(out, recipe_stop_key, recipe_stop_word(r->stop_grokked));
    add_word(out, recipe_schedule_key, text_str(&r->schedule));
    if (r->twin.length)
        add_word(out, recipe_twin_key, text_str(&r->twin));
    add_word(out, recipe_init_key, text_str(&r->init));
    add_word(out, recipe_pairs_key, text_str(&r->pairs));
    text_add(out, ",\"settings\":{");
    bool first = true;
    for (int i = 0; i < settings_count; i++) {
        if (recipe_leaves_out(&settings_table[i]))
            continue;
        Text value = {0};
        settings_get(&r->settings, &settings_table[i], &value);
        text_addf(out, "%s\"%s\":", first ? "" : ",", settings_table[i].key);
        json_add_string(out, text_str(&value));
        text_free(&value);
        first = false;
    }
    text_add(out, "}");
}

static void result_print_object(const Result *r, Text *out)
{
    text_add(out, "{\"outcome\":");
    json_add_string(out, r->outcome);
    for (int i = 0; i < result_step_count; i++) {
        int64_t value = *(const int64_t *)((const char *)r + result_steps[i].offset);
        text_addf(out, ",\"%s\":", result_steps[i].name);
        if (value >= 0)
            text_addf(out, "%lld", (long long)value);
        else
            text_add(out, "null");
    }
    for (int i = 0; i < result_field_count; i++) {
        text_addf(out, ",\"%s\":", result_fields[i].name);
        json_add_double(out, record_field_value(&result_fields[i], r));
    }
    add_word(out, "version", LRD_VERSION);
    add_recipe(out, &r->recipe);
    text_add(out, "}");
}

void result_print(const Result *r, Text *out)
{
    result_print_object(r, out);
    text_add(out, "\n");
}

Status result_write(const char *path, const Result *r)
{
    return results_write(path, &(Results){.a = *r});
}

Status results_write(const char *path, const Results *r)
{
    Text line = {0};
    if (r->has_b)
        text_add(&line, "{\"a\":");
    result_print_object(&r->a, &line);
    if (r->has_b) {
        text_add(&line, ",\"b\":");
        result_print_object(&r->b, &line);
        text_add(&line, "}");
    }
    text_add(&line, "\n");
    Status s = atomic_file_store(path, text_str(&line), line.length);
    text_free(&line);
    return s;
}

/* ---- Reading */

static bool read_text(const json_t *row, const char *name, Text *out)
{
    const json_t *value = json_object_get(row, name);
    if (json_is_string(value))
        text_add(out, json_string_value(value));
    return !value || json_is_string(value);
}

/* A setting that this program does not know may change the numbers: such a file is not read as if it were not there. */
static bool read_settings(json_t *settings, Settings *out)
{
    const char *key;
    json_t *value;
    *out = settings_default();
    json_object_foreach(settings, key, value)
    {
        if (!json_is_string(value) || !status_is_ok(settings_set(out, key, json_string_value(value))))
            return false;
    }
    return json_is_object(settings);
}

static bool read_recipe(const json_t *row, Recipe *out)
{
    Text stop = {0};
    bool good = read_text(row, recipe_stop_key, &stop) && read_text(row, recipe_schedule_key, &out->schedule) &&
                read_text(row, recipe_twin_key, &out->twin) && read_text(row, recipe_init_key, &out->init) &&
                read_text(row, recipe_pairs_key, &out->pairs) &&
                read_settings(json_object_get(row, "settings"), &out->settings);
    out->stop_grokked = strcmp(text_str(&stop), recipe_stop_word(true)) == 0;
    text_free(&stop);
    return good;
}

static bool read_numbers(const json_t *row, Result *out)
{
    for (int i = 0; i < result_step_count; i++) {
        const json_t *value = json_object_get(row, result_steps[i].name);
        if (value && !json_is_null(value) &&
            !(json_is_integer(value) && json_integer_value(value) >= -1 &&
              json_integer_value(value) <= SETTINGS_STEPS_MAX))
            return false;
        *(int64_t *)((char *)out + result_steps[i].offset) = json_is_integer(value) ? json_integer_value(value) : -1;
    }
    for (int i = 0; i < result_field_count; i++) {
        const json_t *value = json_object_get(row, result_fields[i].name);
        if (value && !json_is_number(value) && !json_is_null(value))
            return false;
        *record_field(&result_fields[i], out) = json_is_number(value) ? json_number_value(value) : NAN;
    }
    return true;
}

static bool read_row(const json_t *row, Result *out)
{
    const char *outcome = json_string_value(json_object_get(row, "outcome"));
    if (!outcome || strlen(outcome) >= sizeof out->outcome || !quote_is_plain(outcome))
        return false;
    memcpy(out->outcome, outcome, strlen(outcome) + 1);
    return read_numbers(row, out) && out->step >= 0 && read_recipe(row, &out->recipe);
}

static bool read_rows(const json_t *row, Results *out)
{
    const json_t *a = json_object_get(row, "a"), *b = json_object_get(row, "b");
    out->has_b = a && b;
    return out->has_b ? read_row(a, &out->a) && read_row(b, &out->b) : read_row(row, &out->a);
}

Status result_read(const char *path, Result *out)
{
    Results both;
    Status s = results_read(path, &both);
    result_free(&both.b);
    *out = both.a;
    return s;
}

Status results_read(const char *path, Results *out)
{
    *out = (Results){0};
    Text bytes = {0};
    Status s = file_read(path, RESULT_BYTES_MAX, &bytes);
    if (status_is_ok(s)) {
        json_t *row = json_loadb(text_str(&bytes), bytes.length, 0, NULL);
        if (!read_rows(row, out)) {
            results_free(out);
            s = status_input("%s is not the result of a run; remove it to have the run made again",
                             quote_word(path).text);
        }
        json_decref(row);
    }
    text_free(&bytes);
    return s;
}
