#include <lrd/config/expectation.h>

#include <lrd/base/quote.h>

#include <string.h>

enum { SEEDS_MAX = 1000, WORD_MAX = 64 };
static const int64_t number_max = 1000000000000;

const char expectation_section[] = "expect";
const char *const expectation_keys[EXPECTATION_KEYS] = {"memorised", "collapsed", "grokked", "seconds"};
static const char never[] = "never";

int expectation_find(const char *key)
{
    for (int i = 0; i < EXPECTATION_KEYS; i++)
        if (strcmp(expectation_keys[i], key) == 0)
            return i;
    return -1;
}

/* ---- Reading */

/* A whole number of digits alone, from least on. */
static bool read_number(const char *word, int64_t least, int64_t most, int64_t *out)
{
    long long value;
    if (strspn(word, "0123456789") != strlen(word) || !text_to_i64(word, &value) || value < least || value > most)
        return false;
    *out = value;
    return true;
}

static bool read_range(char *word, Expected *out)
{
    char *dots = strstr(word, "..");
    if (!dots)
        return false;
    *dots = '\0';
    return read_number(word, 0, number_max, &out->low) && read_number(dots + 2, out->low, number_max, &out->high);
}

/* LO..HI, perhaps with "in K of N" behind it. */
static bool read_event(const char *value, Expected *out)
{
    enum { RANGE, IN, WITH, OF, RUNS, WORDS };
    char copy[WORD_MAX], *words[WORDS + 1] = {0}, *rest = NULL;
    if (strlen(value) >= sizeof copy)
        return false;
    memcpy(copy, value, strlen(value) + 1);
    int count = 0;
    for (char *word = strtok_r(copy, " \t", &rest); word && count <= WORDS; word = strtok_r(NULL, " \t", &rest))
        words[count++] = word;
    if (count == 1 && strcmp(words[RANGE], never) == 0) {
        out->kind = EXPECTED_NEVER;
        return true;
    }
    out->kind = EXPECTED_STEPS;
    if ((count != 1 && count != WORDS) || !read_range(words[RANGE], out))
        return false;
    if (count == 1)
        return true;
    int64_t with, runs;
    if (strcmp(words[IN], "in") != 0 || strcmp(words[OF], "of") != 0 ||
        !read_number(words[RUNS], 1, SEEDS_MAX, &runs) || !read_number(words[WITH], 1, runs, &with))
        return false;
    out->with = (int)with;
    out->runs = (int)runs;
    return true;
}

Status expectation_set(Expectation *e, int key, const char *value)
{
    const char *name = expectation_keys[key];
    if (key == EXPECTED_COUNT) {
        int64_t seconds;
        if (!read_number(value, 1, number_max, &seconds))
            return status_input("expect.%s cannot be %s; it takes a whole number from 1 on", name,
                                quote_word(value).text);
        e->seconds = seconds;
        return status_ok();
    }
    Expected event = {0};
    if (!read_event(value, &event))
        return status_input("expect.%s cannot be %s; it takes steps LO..HI, as in 1550..2050, LO..HI in K of N (runs) "
                            "or never",
                            name, quote_word(value).text);
    e->event[key] = event;
    return status_ok();
}

/* ---- Questions */

bool expectation_is_empty(const Expectation *e)
{
    bool empty = e->seconds == 0;
    for (int i = 0; i < EXPECTED_COUNT; i++)
        empty = empty && e->event[i].kind == EXPECTED_UNKNOWN;
    return empty;
}

static bool setting_is_aside(const char *key)
{
    static const char *const aside[] = {"train.steps", "train.threads", "train.eval_every", "train.sample_every"};
    for (size_t i = 0; i < sizeof aside / sizeof *aside; i++)
        if (strcmp(key, aside[i]) == 0)
            return true;
    const char *name = strchr(key, '.') + 1;
    return strcmp(name, "seed") == 0 || strncmp(key, "lab.", 4) == 0;
}

bool expectation_holds(const Settings *measured, const Settings *now)
{
    bool same = true;
    for (int i = 0; i < settings_count && same; i++) {
        if (setting_is_aside(settings_table[i].key))
            continue;
        Text a = {0}, b = {0};
        settings_get(measured, &settings_table[i], &a);
        settings_get(now, &settings_table[i], &b);
        same = strcmp(text_str(&a), text_str(&b)) == 0;
        text_free(&a);
        text_free(&b);
    }
    return same;
}

/* ---- As text */

void expectation_print(const Expectation *e, Text *out)
{
    if (expectation_is_empty(e))
        return;
    text_addf(out, "\n[%s]\n", expectation_section);
    for (int i = 0; i < EXPECTED_COUNT; i++) {
        const Expected *x = &e->event[i];
        if (x->kind == EXPECTED_NEVER)
            text_addf(out, "%s = %s\n", expectation_keys[i], never);
        if (x->kind == EXPECTED_STEPS)
            text_addf(out, "%s = %lld..%lld", expectation_keys[i], (long long)x->low, (long long)x->high);
        if (x->kind == EXPECTED_STEPS && x->runs)
            text_addf(out, " in %d of %d", x->with, x->runs);
        if (x->kind == EXPECTED_STEPS)
            text_add(out, "\n");
    }
    if (e->seconds)
        text_addf(out, "%s = %lld\n", expectation_keys[EXPECTED_COUNT], (long long)e->seconds);
}

static void add_count(Text *out, int64_t n)
{
    char digits[TEXT_COUNT_MAX];
    text_count(digits, n);
    text_add(out, digits);
}

static void add_range(const Expected *x, const char *between, Text *out)
{
    add_count(out, x->low);
    if (x->high == x->low)
        return;
    text_add(out, between);
    add_count(out, x->high);
}

static void add_time(Text *out, int64_t seconds)
{
    enum { MINUTE = 60, HOUR = 3600 };
    if (seconds < 2 * MINUTE)
        text_addf(out, "%lld s", (long long)seconds);
    else if (seconds < 2 * HOUR)
        text_addf(out, "%lld min", (long long)(seconds + MINUTE / 2) / MINUTE);
    else
        text_addf(out, "%lld h", (long long)(seconds + HOUR / 2) / HOUR);
}

/* Seconds that the lab takes for the whole run where lab.speed makes it wait much, else 0. */
static int64_t seconds_in_lab(const Expectation *e, const Settings *s)
{
    double held = s->lab.speed > 0 ? (double)s->train.steps / s->lab.speed : 0;
    return held > 1.2 * (double)e->seconds && held < 1e12 ? (int64_t)(held + .5) : 0;
}

void expectation_add_brief(const Expectation *e, const Settings *s, Text *out)
{
    const Expected *x = &e->event[EXPECTED_GROKKED];
    if (x->kind == EXPECTED_NEVER)
        text_add(out, "never groks in ");
    if (x->kind == EXPECTED_STEPS) {
        text_add(out, "groks ");
        if (x->runs && x->with < x->runs)
            text_addf(out, "in %d of %d runs ", x->with, x->runs);
        text_add(out, "at ");
        add_range(x, "-", out);
        text_add(out, " of ");
    }
    add_count(out, s->train.steps);
    text_add(out, " steps");
    if (!e->seconds)
        return;
    text_add(out, ", ");
    add_time(out, e->seconds);
    if (seconds_in_lab(e, s)) {
        text_add(out, " (");
        add_time(out, seconds_in_lab(e, s));
        text_add(out, " in the lab)");
    }
}

static const struct {
    const char *at, *never;
} words[EXPECTED_COUNT] = {
    [EXPECTED_MEMORISED] = {"Training pairs known by heart (memorised) at step ",
                            "Training pairs never all known by heart."},
    [EXPECTED_COLLAPSED] = {"Few directions of Q and K left (rank collapse) at ",
                            "No rank collapse: Q and K keep many directions."},
    [EXPECTED_GROKKED] = {"Unseen pairs right (grokked) at ", "Unseen pairs never right for good: it does not grok."},
};

static void add_event_words(const Expected *x, int id, Text *out)
{
    if (x->kind == EXPECTED_NEVER) {
        text_add(out, words[id].never);
        return;
    }
    text_add(out, words[id].at);
    add_range(x, " to ", out);
    if (x->runs && x->with < x->runs)
        text_addf(out, ", in %d of %d runs", x->with, x->runs);
    text_add(out, ".");
}

static void add_time_words(const Expectation *e, const Settings *s, Text *out)
{
    text_add(out, "All ");
    add_count(out, s->train.steps);
    text_add(out, " steps take ");
    add_time(out, e->seconds);
    text_add(out, " on two cores");
    if (seconds_in_lab(e, s)) {
        text_add(out, " (");
        add_time(out, seconds_in_lab(e, s));
        text_add(out, " in the lab)");
    }
    text_add(out, ".");
}

void expectation_add_words(const Expectation *e, const Settings *s, const char *between, Text *out)
{
    size_t begin = out->length;
    for (int i = 0; i < EXPECTED_COUNT; i++)
        if (e->event[i].kind != EXPECTED_UNKNOWN) {
            text_add(out, out->length > begin ? between : "");
            add_event_words(&e->event[i], i, out);
        }
    if (e->seconds) {
        text_add(out, out->length > begin ? between : "");
        add_time_words(e, s, out);
    }
}
