#include <lrd/log/log_fields.h>
#include <lrd/base/choice.h>
#include <lrd/base/quote.h>
#include <lrd/base/util.h>
#include <lrd/log/column_name.h>
#include <lrd/log/record_fields.h>

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEP, DEEPEST = 4 };

/* ---- the fields ---- */

static int field_count(void)
{
    assert(1 + evaluation_field_count + sample_field_count <= LOG_FIELDS_MAX);
    return 1 + evaluation_field_count + sample_field_count;
}

/* stable_rank is one of evaluations and of samples: the first of two alike is meant. */
static const char *field_name(int field)
{
    if (field == STEP)
        return "step";
    return field <= evaluation_field_count ? evaluation_fields[field - 1].name
                                           : sample_fields[field - 1 - evaluation_field_count].name;
}

static int field_find(const char *name)
{
    for (int i = 0; i < field_count(); i++)
        if (strcmp(field_name(i), name) == 0)
            return i;
    return -1;
}

const char *log_field_name(int i)
{
    for (int field = 0; field < field_count(); field++)
        if (field_find(field_name(field)) == field && i-- == 0)
            return field_name(field);
    return NULL;
}

static bool field_is_accuracy(int field)
{
    const char *name = field_name(field);
    size_t n = strlen(name);
    return n > 4 && strcmp(name + n - 4, "_acc") == 0;
}

Status log_map_add(LogMap *map, const char *word)
{
    const char *equals = strchr(word, '=');
    char name[64];
    if (!equals || equals == word || !equals[1])
        return status_input("--map %s is not FIELD=NAME, as in --map unseen_acc=eval/acc", quote_word(word).text);
    snprintf(name, sizeof name, "%.*s", (int)(equals - word), word);
    int field = field_find(name);
    if (field < 0) {
        ChoiceNearest nearest = choice_nearest(name);
        Text all = {0};
        for (int i = 0; i < field_count(); i++) {
            choice_offer(&nearest, field_name(i));
            if (field_find(field_name(i)) == i)
                text_addf(&all, "%s%s", i ? ", " : "", field_name(i));
        }
        Status s =
            nearest.name
                ? status_input("--map: there is no field %s; did you mean %s?", quote_word(name).text, nearest.name)
                : status_input("--map: there is no field %s; the fields are %s", quote_word(name).text, text_str(&all));
        text_free(&all);
        return s;
    }
    if (map->column[field])
        return status_input("--map gives %s twice; take one of them out", name);
    map->column[field] = equals + 1;
    return status_ok();
}

/* ---- the columns ---- */

void log_fields_free(LogFields *f)
{
    for (int i = 0; i < f->count; i++)
        free(f->columns[i].name);
    free(f->columns);
    *f = (LogFields){0};
}

static int column_find(const LogFields *f, const char *name)
{
    for (int i = 0; i < f->count; i++)
        if (strcmp(f->columns[i].name, name) == 0)
            return i;
    return -1;
}

static int column_add(LogFields *f, const char *name)
{
    if (f->count == LOG_COLUMNS_MAX) {
        f->crowded = true;
        return -1;
    }
    if (f->count == f->capacity) {
        f->capacity = 2 * f->capacity + 16;
        f->columns = xrealloc(f->columns, (size_t)f->capacity * sizeof *f->columns);
    }
    f->columns[f->count] = (LogColumn){.name = xstrdup(name), .last_step = -1, .last = NAN, .outlier = NAN};
    return f->count++;
}

/* Numbers, and text that is one: "100", "12.5%". */
static bool value_number(const json_t *value, double *out)
{
    if (json_is_number(value))
        return *out = json_number_value(value), true;
    const char *word = json_string_value(value);
    char copy[40];
    if (!word)
        return false;
    snprintf(copy, sizeof copy, "%s", word + strspn(word, " "));
    size_t n = strcspn(copy, " %");
    if (strspn(copy + n, " %") != strlen(copy + n))
        return false;
    copy[n] = '\0';
    return text_to_double(copy, out);
}

static bool value_is_none(const json_t *value)
{
    static const char *const words[] = {"nan", "none", "null", "inf", "-inf", "infinity", "-infinity", ""};
    const char *word = json_string_value(value);
    for (size_t i = 0; word && i < sizeof words / sizeof *words; i++)
        if (column_word_is(word, words[i]))
            return true;
    return json_is_null(value);
}

static bool key_is_structure(const char *key)
{
    return strcmp(key, "matrices") == 0 || strcmp(key, "decay") == 0 || strcmp(key, "settings") == 0;
}

static void flatten_into(json_t *row, json_t *flat, const char *before, int depth)
{
    const char *key;
    json_t *value;
    json_object_foreach(row, key, value)
    {
        Text name = {0};
        text_addf(&name, "%s%s%s", before, *before ? "/" : "", key);
        if (json_is_object(value) && depth < DEEPEST && !(depth == 0 && key_is_structure(key)))
            flatten_into(value, flat, text_str(&name), depth + 1);
        else if (depth > 0)
            json_object_set(flat, text_str(&name), value);
        text_free(&name);
    }
}

void log_fields_flatten(json_t *row)
{
    json_t *flat = json_object();
    flatten_into(row, flat, "", 0);
    json_object_update_missing(row, flat);
    json_decref(flat);
}

/* ---- which column is which field ---- */

/* A summary under a field's own name, as some trainers write in their last row, gives way to a whole column. */
static bool column_is_better(const LogFields *f, int field, int one, int other)
{
    if (other < 0)
        return true;
    const LogColumn *a = &f->columns[one], *b = &f->columns[other];
    if ((a->values > 1) != (b->values > 1))
        return a->values > 1;
    return column_name_rank(a->name, field_name(field)) < column_name_rank(b->name, field_name(field));
}

static int choose(const LogFields *f, int field)
{
    if (f->map.column[field])
        return column_find(f, f->map.column[field]);
    int best = -1;
    for (int i = 0; i < f->count; i++)
        if (column_name_rank(f->columns[i].name, field_name(field)) >= 0 && !(field == STEP && f->columns[i].broken) &&
            column_is_better(f, field, i, best))
            best = i;
    return best;
}

/* One that was given away by --map is not taken a second time for another field. */
static bool column_is_mapped(const LogFields *f, int column)
{
    for (int i = 0; i < field_count(); i++)
        if (f->map.column[i] && strcmp(f->map.column[i], f->columns[column].name) == 0)
            return true;
    return false;
}

static LogScale scale_of(const LogColumn *c)
{
    if (!isnan(c->outlier) || (c->above_one && c->mixed))
        return SCALE_LEFT_OUT;
    return c->above_one || (column_name_is_percent(c->name) && c->values > 0) ? SCALE_PERCENT : SCALE_PLAIN;
}

static bool decide(LogFields *f)
{
    static const char *const unseen = "unseen_acc", *const mirror = "mirror_acc";
    bool changed = false;
    for (int i = 0; i < field_count(); i++) {
        int column = choose(f, i);
        if (column >= 0 && !f->map.column[i] && column_is_mapped(f, column))
            column = -1;
        /* where mirrored pairs are told apart, held-out accuracy is not that of unseen pairs */
        if (column >= 0 && strcmp(field_name(i), unseen) == 0 && !f->map.column[i] &&
            column_name_rank(f->columns[column].name, unseen) > 1 && column_find(f, mirror) >= 0)
            column = -1;
        LogScale scale = column >= 0 && field_is_accuracy(i) ? scale_of(&f->columns[column]) : SCALE_PLAIN;
        changed = changed || f->chosen[i] != column || f->scale[i] != scale;
        f->chosen[i] = column;
        f->scale[i] = scale;
    }
    return changed;
}

/* ---- noting rows ---- */

/* Of what is a share of 1 no neighbour is far above 1: a jump between the two says that one of them is wrong. */
static bool column_note_value(LogColumn *c, double value)
{
    const double noise = 1e-6, jump = 10;
    const bool was_above = c->above_one, was_mixed = c->mixed, was_out = !isnan(c->outlier);
    const int64_t few = c->values++;
    if ((value < -noise || value > 100 + noise) && isnan(c->outlier))
        c->outlier = value;
    c->above_one = c->above_one || value > 1 + noise;
    double low = fmin(c->last, value), high = fmax(c->last, value);
    c->mixed = c->mixed || (low > 0 && low <= 1 && high > 1 + noise && high - low > jump);
    c->last = value;
    const bool was_whole = !c->broken;
    c->broken = c->broken || value != floor(value);
    return few < 2 || was_above != c->above_one || was_mixed != c->mixed || was_out != !isnan(c->outlier) ||
           was_whole == c->broken;
}

static void note_steps(LogFields *f, const json_t *row)
{
    int64_t step = log_fields_step(f, row);
    const char *key;
    json_t *value;
    double number;
    if (step < 0)
        return;
    f->falls = f->falls || step < f->last_step;
    f->last_step = step > f->last_step ? step : f->last_step;
    for (int i = 1; i < field_count(); i++) {
        LogColumn *c = f->chosen[i] >= 0 ? &f->columns[f->chosen[i]] : NULL;
        key = c ? c->name : "";
        value = json_object_get(row, key);
        if (!c || !value || !value_number(value, &number))
            continue;
        f->column_falls = f->column_falls || step < c->last_step;
        c->last_step = step;
    }
}

static bool event_is_ours(const json_t *row)
{
    const json_t *event = json_object_get(row, "event");
    return event && (!json_is_string(event) || column_event_is_known(json_string_value(event)));
}

bool log_fields_note(LogFields *f, json_t *row)
{
    if (f->rows == 0 && f->count == 0) {
        f->last_step = -1;
        for (int i = 0; i < LOG_FIELDS_MAX; i++)
            f->chosen[i] = -1;
    }
    if (event_is_ours(row) || json_object_get(row, "portrait"))
        return false;
    bool look = false;
    const char *key;
    json_t *value;
    double number;
    json_object_foreach(row, key, value)
    {
        bool is_number = value_number(value, &number);
        if (!is_number && !value_is_none(value))
            continue;
        int column = column_find(f, key);
        look = look || column < 0;
        column = column < 0 ? column_add(f, key) : column;
        if (column >= 0 && is_number)
            look = column_note_value(&f->columns[column], number) || look;
        else if (json_is_string(value) && *json_string_value(value))
            f->not_numbers++;
    }
    f->rows++;
    bool changed = look && decide(f);
    note_steps(f, row);
    return changed;
}

/* ---- rows under our names ---- */

int64_t log_fields_step(const LogFields *f, const json_t *row)
{
    double step;
    const json_t *value =
        json_object_get(row, f->count > 0 && f->chosen[STEP] >= 0 ? f->columns[f->chosen[STEP]].name : "step");
    return value && value_number(value, &step) && step >= 0 && step < 9e15 && step == floor(step) ? (int64_t)step : -1;
}

static json_t *value_apply(const json_t *value, int field, LogScale scale)
{
    double number;
    if (!value_number(value, &number))
        return value_is_none(value) ? json_null() : json_incref((json_t *)(uintptr_t)value);
    if (field == STEP)
        return number == floor(number) && fabs(number) < 9e15 ? json_integer((json_int_t)number) : json_real(number);
    if (scale == SCALE_LEFT_OUT)
        return json_null();
    return json_real(scale == SCALE_PERCENT ? number / 100 : number);
}

void log_fields_apply(const LogFields *f, json_t *row)
{
    if (event_is_ours(row) || json_object_get(row, "portrait"))
        return;
    json_object_del(row, "event"); /* of another program: a row may have what it likes there */
    json_t *ours = json_object();
    for (int i = 0; i < field_count() && f->count > 0; i++) {
        const json_t *value = f->chosen[i] >= 0 ? json_object_get(row, f->columns[f->chosen[i]].name) : NULL;
        if (value && !json_object_get(ours, field_name(i)))
            json_object_set_new(ours, field_name(i), value_apply(value, i, f->scale[i]));
    }
    for (int i = 0; i < field_count(); i++)
        json_object_del(row, field_name(i));
    json_object_update(row, ours);
    json_decref(ours);
}

/* ---- what is said of them ---- */

static void add_columns(const LogFields *f, Text *out)
{
    enum { TOLD = 12 };
    for (int i = 0; i < f->count && i < TOLD; i++) {
        text_add(out, i ? ", " : "");
        quote_add(out, f->columns[i].name);
    }
    if (f->count > TOLD)
        text_addf(out, " and %d more", f->count - TOLD);
}

static bool shows_something(const LogFields *f)
{
    for (int i = 1; i < field_count(); i++)
        if (f->chosen[i] >= 0 && f->scale[i] != SCALE_LEFT_OUT)
            return true;
    return false;
}

Status log_fields_check_map(const LogFields *f, const char *file)
{
    Text names = {0};
    Status s = status_ok();
    add_columns(f, &names);
    for (int i = 0; i < field_count() && f->rows > 0 && status_is_ok(s); i++)
        if (f->map.column[i] && f->chosen[i] < 0)
            s = status_input("%s has no column %s for %s; it has %s", file, quote_word(f->map.column[i]).text,
                             field_name(i), f->count ? text_str(&names) : "none of numbers");
    text_free(&names);
    return s;
}

Status log_fields_check(const LogFields *f, const char *file)
{
    Text names = {0};
    Status s = log_fields_check_map(f, file);
    if (f->rows == 0 || !status_is_ok(s))
        return s;
    add_columns(f, &names);
    if (f->count == 0)
        s = status_input("%s has no column of numbers", file);
    else if (f->chosen[STEP] < 0)
        s = status_input("%s: no column says the step; it has %s. Say which one is it with --map step=NAME", file,
                         text_str(&names));
    else if (!shows_something(f) && f->count > 1)
        s = status_input("%s: no column is known; it has %s. Say which is which, as in --map train_loss=NAME", file,
                         text_str(&names));
    text_free(&names);
    return s;
}

void log_fields_add_notes(const LogFields *f, Text *out)
{
    const char *between = "";
    for (int i = 0; i < field_count() && f->count > 0; i++) {
        const LogColumn *c = f->chosen[i] >= 0 ? &f->columns[f->chosen[i]] : NULL;
        if (!c || strcmp(c->name, field_name(i)) == 0)
            continue;
        text_add(out, between);
        quote_add(out, c->name);
        text_addf(out, *between ? " as %s" : " is taken as %s", field_name(i));
        between = ", ";
    }
    between = *between ? "; " : "";
    for (int i = 0; i < field_count() && f->count > 0; i++) {
        const LogColumn *c = f->chosen[i] >= 0 ? &f->columns[f->chosen[i]] : NULL;
        if (!c || f->scale[i] == SCALE_PLAIN)
            continue;
        text_add(out, between);
        quote_add(out, c->name);
        if (f->scale[i] == SCALE_PERCENT)
            text_add(out, " is in per cent");
        else if (isnan(c->outlier))
            text_add(out, " is left out: some of it is between 0 and 1 and some in per cent");
        else
            text_addf(out, " is left out: %g is no accuracy", c->outlier);
        between = "; ";
    }
    if (f->not_numbers > 0)
        text_addf(out, "%s%" PRId64 " %s NaN or infinite and shown as a gap", between, f->not_numbers,
                  f->not_numbers == 1 ? "value is" : "values are");
}

static void describe_rest(const LogFields *f, Text *out)
{
    const char *between = "  not known        ";
    for (int i = 0; i < f->count; i++) {
        bool used = false;
        for (int k = 0; k < field_count(); k++)
            used = used || f->chosen[k] == i;
        if (used)
            continue;
        text_add(out, between);
        quote_add(out, f->columns[i].name);
        between = ", ";
    }
    text_add(out, *between == ',' ? "\n" : "");
}

void log_fields_describe(const LogFields *f, Text *out)
{
    static const char *const wanted[] = {"train_acc", "unseen_acc", "train_loss", "test_loss"};
    if (f->count == 0)
        return;
    text_add(out, "\ncolumns\n");
    for (int i = 0; i < field_count(); i++) {
        const LogColumn *c = f->chosen[i] >= 0 ? &f->columns[f->chosen[i]] : NULL;
        if (!c)
            continue;
        text_addf(out, "  %-16s ", field_name(i));
        quote_add(out, c->name);
        text_addf(out, ", %" PRId64 " %s", c->values, c->values == 1 ? "number" : "numbers");
        if (f->scale[i] != SCALE_PLAIN)
            text_add(out, f->scale[i] == SCALE_PERCENT ? ", in per cent" : ", left out");
        text_add(out, "\n");
    }
    describe_rest(f, out);
    const char *between = "  wanted           ";
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        if (f->chosen[field_find(wanted[i])] >= 0)
            continue;
        text_addf(out, "%s%s", between, wanted[i]);
        between = ", ";
    }
    if (*between == ',')
        text_add(out, " (say which column is one with --map FIELD=NAME)\n");
}
