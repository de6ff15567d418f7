#include <lrd/config/settings.h>

#include <lrd/base/machine.h>
#include <lrd/base/quote.h>
#include <lrd/base/util.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEPS_MOST ((double)SETTINGS_STEPS_MAX)
#define SEED_MOST 9223372036854775807.0 /* rounds up to 2^63, which no int64 exceeds */

static const char *const op_names[] = {"add", "sub", "mul", "div", "sumsq", "quad", "cubic", "s5", NULL};
static const char *const mlp_kind_names[] = {"silu", "swiglu", NULL};
static const char *const qk_norm_names[] = {"rms", "head", "off", NULL};
static const char *const decay_names[] = {"none",    "l2",     "lrd",        "polar",  "svt",
                                          "elastic", "radial", "tangential", "shrink", NULL};
static const char *const attention_names[] = {"softmax", "uniform", NULL};
static const char *const loss_names[] = {"ce", "stablemax", NULL};
static const char *const qk_opt_names[] = {"adam", "muon", "luon", NULL};
static const char *const target_names[] = {"qk", "attn", "blocks", "all", NULL};

/* A value's place in Settings, with its size: an int and an int64_t are both SETTING_INT. */
#define AT(member) offsetof(Settings, member), sizeof(((Settings *)0)->member)
#define CHOICE(key, member, names, preset, when, text)                                                                 \
    {                                                                                                                  \
        key, SETTING_CHOICE, text, when, AT(member), 0, 0, false, false, names, NULL, preset                           \
    }
#define WHOLE(key, member, low, high, preset, when, text)                                                              \
    {                                                                                                                  \
        key, SETTING_INT, text, when, AT(member), low, high, false, false, NULL, NULL, preset                          \
    }
#define REAL(key, member, low, high, preset, when, text)                                                               \
    {                                                                                                                  \
        key, SETTING_REAL, text, when, AT(member), low, high, false, false, NULL, NULL, preset                         \
    }
#define STRING(key, member, text)                                                                                      \
    {                                                                                                                  \
        key, SETTING_STRING, text, false, AT(member), 0, 0, false, false, NULL, NULL, ""                               \
    }
enum { FIXED = false, MIDRUN = true };

const Setting settings_table[] = {
    CHOICE("task.op", task.op, op_names, "add", FIXED, "the operation whose table of answers is learnt"),
    WHOLE("task.p", task.p, 2, 997, "113", FIXED, "modulus: numbers 0 to p-1 (div: a prime; s5 ignores it)"),
    {"task.frac", SETTING_REAL, "share of the table that trains", FIXED, AT(task.frac), 0, 1, true, true, NULL, NULL,
     "0.5"},
    WHOLE("task.seed", task.seed, 0, SEED_MOST, "42", FIXED, "seed of the split into training and test rows"),
    WHOLE("model.dim", model.dim, 2, 4096, "128", FIXED, "width of the model, in numbers per position"),
    WHOLE("model.depth", model.depth, 1, MODEL_DEPTH_MAX, "2", FIXED, "number of layers"),
    WHOLE("model.heads", model.heads, 1, 4096, "4", FIXED, "attention heads per layer; must divide model.dim"),
    WHOLE("model.mlp", model.mlp, 1, 16384, "512", FIXED, "hidden width of each MLP, in numbers"),
    CHOICE("model.mlp_kind", model.mlp_kind, mlp_kind_names, "silu", FIXED, "form of the MLP"),
    CHOICE("model.qk_norm", model.qk_norm, qk_norm_names, "rms", FIXED,
           "normalisation of queries and keys: whole width, per head, or none"),
    CHOICE("model.attention", model.attention, attention_names, "softmax", FIXED,
           "uniform: every position is seen alike, whatever Q and K are"),
    {"model.temp", SETTING_REAL, "logits are divided by it before the loss", MIDRUN, AT(model.temp), 0, 1e6, true,
     false, NULL, NULL, "1"},
    WHOLE("model.seed", model.seed, 0, SEED_MOST, "0", FIXED, "seed of the first weights"),
    {"train.lr", SETTING_REAL, "learning rate of AdamW, per step", MIDRUN, AT(train.lr), 0, 10, true, false, NULL, NULL,
     "0.001"},
    WHOLE("train.batch", train.batch, 0, 1e9, "512", MIDRUN,
          "rows per step; 0: the whole training set; more than the set: all of it, shuffled"),
    WHOLE("train.warmup", train.warmup, 0, STEPS_MOST, "0", FIXED, "steps in which lr rises from 0; 0: none"),
    REAL("train.clip", train.clip, 0, 1e6, "0", MIDRUN, "longest gradient, as its norm over all weights; 0: no limit"),
    WHOLE("train.steps", train.steps, 1, STEPS_MOST, "10000", MIDRUN, "steps to train in all"),
    WHOLE("train.eval_every", train.eval_every, 1, STEPS_MOST, "200", MIDRUN, "steps between full evaluations"),
    WHOLE("train.sample_every", train.sample_every, 0, STEPS_MOST, "20", MIDRUN,
          "steps between live samples; 0: no samples"),
    WHOLE("train.seed", train.seed, 0, SEED_MOST, "1", FIXED, "seed of the order of the batches"),
    {"train.threads", SETTING_INT, "threads that share a step; auto: as many as there are cores", MIDRUN,
     AT(train.threads), 1, 256, false, false, NULL, "auto", "auto"},
    {"train.beta2", SETTING_REAL, "AdamW's memory of squared gradients; 0.98 in much grokking code", MIDRUN,
     AT(train.beta2), 0, 1, false, true, NULL, NULL, "0.999"},
    CHOICE("train.loss", train.loss, loss_names, "ce", MIDRUN, "cross-entropy after softmax, or after stablemax"),
    CHOICE("train.qk_opt", train.qk_opt, qk_opt_names, "adam", MIDRUN,
           "what steps Q and K; muon and luon step along Newton-Schulz of their momentum, 20 lr long"),
    REAL("train.qk_mu", train.qk_mu, 0, 1, "0.95", MIDRUN, "momentum of muon and luon"),
    REAL("train.qk_lambda", train.qk_lambda, 0, 1000, "0.5", MIDRUN, "luon adds lambda W to its momentum at each step"),
    REAL("train.qk_lr", train.qk_lr, 0, 1000, "1", MIDRUN, "the steps of Q and K are multiplied by it; 0 freezes them"),
    WHOLE("train.qk_hold", train.qk_hold, 0, 1, "0", MIDRUN,
          "1: after step and decay each Q and K is scaled back to one length"),
    REAL("train.qk_norm", train.qk_norm, 0, 1e6, "0", MIDRUN,
         "the norm that qk_hold keeps; 0: the one when the hold began"),
    {"train.qk_turn", SETTING_REAL,
     "degrees by which a step turns each Q and K before its decay; 0: as it comes; twin: as the same matrix of the "
     "other arm",
     MIDRUN, AT(train.qk_turn), 0, 90, false, true, NULL, "twin", "0"},
    CHOICE("decay.kind", decay.kind, decay_names, "lrd", MIDRUN, "weight decay of the target matrices"),
    REAL("decay.strength", decay.strength, 0, 1e6, "0.005", MIDRUN,
         "l2: W shrinks by lr x strength a step; the others: length per step, not times lr"),
    CHOICE("decay.targets", decay.targets, target_names, "qk", MIDRUN, "the tensors that decay.kind acts on"),
    REAL("decay.rest", decay.rest, 0, 1000, "0.1", MIDRUN,
         "AdamW weight decay of every other tensor: it shrinks by lr x rest a step"),
    REAL("decay.l2", decay.l2, 0, 1000, "0.1", MIDRUN, "elastic's second part: W shrinks by lr x l2 a step"),
    WHOLE("decay.ns_iters", decay.ns_iters, 1, 30, "5", MIDRUN, "Newton-Schulz iterations of the lrd step"),
    WHOLE("decay.lr_scaled", decay.lr_scaled, 0, 1, "0", MIDRUN, "1: strength is multiplied by the step's lr"),
    WHOLE("decay.relative", decay.relative, 0, 1, "0", MIDRUN,
          "1: strength is multiplied by the norm of each matrix; not for l2, which is relative already"),
    WHOLE("lab.fps", lab.fps, 1, 60, "30", MIDRUN, "frames per second at most"),
    WHOLE("lab.rewind_mb", lab.rewind_mb, 0, 65536, "256", MIDRUN,
          "MiB for the lab's rewind points and branches; 0: none are kept"),
    REAL("lab.speed", lab.speed, 0, 1e6, "0", MIDRUN, "steps per second at most; 0: no limit"),
    STRING("lab.title", lab.title, "one line that names the experiment"),
    STRING("lab.story", lab.story, "what to look for, in a few sentences"),
};
const int settings_count = sizeof settings_table / sizeof settings_table[0];

_Static_assert(sizeof op_names / sizeof op_names[0] == TASK_OP_COUNT + 1, "task.op names every operation");
_Static_assert(sizeof mlp_kind_names / sizeof mlp_kind_names[0] == MLP_KIND_COUNT + 1, "one name per MLP");
_Static_assert(sizeof qk_norm_names / sizeof qk_norm_names[0] == QK_NORM_COUNT + 1, "one name per norm");
_Static_assert(sizeof attention_names / sizeof attention_names[0] == ATTENTION_KIND_COUNT + 1,
               "one name per attention");
_Static_assert(sizeof loss_names / sizeof loss_names[0] == LOSS_KIND_COUNT + 1, "one name per loss");
_Static_assert(sizeof qk_opt_names / sizeof qk_opt_names[0] == QK_OPTIMISER_COUNT + 1, "one name per optimiser");
_Static_assert(sizeof decay_names / sizeof decay_names[0] == DECAY_KIND_COUNT + 1, "one name per decay");
_Static_assert(sizeof target_names / sizeof target_names[0] == TARGETS_COUNT + 1, "one name per target set");

Settings settings_default(void)
{
    Settings s;
    memset(&s, 0, sizeof s);
    for (int i = 0; i < settings_count; i++)
        settings_set(&s, settings_table[i].key, settings_table[i].default_text);
    return s;
}

const Setting *settings_find(const char *key)
{
    for (int i = 0; i < settings_count; i++)
        if (strcmp(settings_table[i].key, key) == 0)
            return &settings_table[i];
    return NULL;
}

static const char *settings_last_word(const char *key)
{
    const char *dot = strrchr(key, '.');
    return dot ? dot + 1 : key;
}

/* A key is near when a third of it may be mistyped, or when its last word alone is (a forgotten or wrong section:
 * that word counts one edit more). */
const char *settings_nearest(const char *key)
{
    const char *best = NULL;
    int least = 1000;
    for (int i = 0; i < settings_count; i++) {
        const char *real = settings_table[i].key, *real_word = settings_last_word(real);
        const char *word = settings_last_word(key);
        int whole = text_distance(key, real), last = text_distance(word, real_word);
        bool near_whole = 3 * whole <= (int)strlen(real), near_last = *word && 3 * last <= (int)strlen(real_word);
        int distance = min_int(near_whole ? whole : 1000, near_last ? last + 1 : 1000);
        if (distance < least) {
            least = distance;
            best = real;
        }
    }
    return best;
}

/* The shortest decimal that reads back as the same double. */
static void settings_add_real(Text *out, double value)
{
    char word[40];
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(word, sizeof word, "%.*g", digits, value);
        double back;
        if (text_to_double(word, &back) && back >= value && back <= value)
            break;
    }
    text_add(out, word);
}

static void settings_add_limit(Text *out, double value)
{
    if (value >= SEED_MOST)
        text_add(out, "2^63-1");
    else if (value > 1e6)
        text_addf(out, "10^%.0f", log10(value));
    else if (value >= floor(value) && value <= floor(value))
        text_addf(out, "%.0f", value);
    else
        settings_add_real(out, value);
}

void settings_allowed(const Setting *s, Text *out)
{
    if (s->type == SETTING_CHOICE) {
        text_add(out, "one of ");
        for (int i = 0; s->choices[i]; i++)
            text_addf(out, "%s%s", i ? ", " : "", s->choices[i]);
    } else if (s->type == SETTING_STRING) {
        text_addf(out, "text of up to %zu bytes, UTF-8, without control characters", s->size - 1);
    } else if (s->type == SETTING_INT && s->max - s->min <= 1) {
        text_addf(out, "%.0f or %.0f", s->min, s->max);
    } else {
        text_add(out, s->type == SETTING_INT ? "a whole number " : "a number ");
        text_add(out, s->min_open && s->max_open ? "between " : s->min_open ? "above " : "from ");
        settings_add_limit(out, s->min);
        text_add(out, s->min_open && s->max_open ? " and "
                      : s->min_open              ? ", up to "
                      : s->max_open              ? " to below "
                                                 : " to ");
        settings_add_limit(out, s->max);
        if (s->min_open && s->max_open)
            text_add(out, ", both excluded");
        if (s->word)
            text_addf(out, ", or %s", s->word);
    }
}

static Status settings_refuse(const Setting *row, const char *value)
{
    Text allowed = {0};
    settings_allowed(row, &allowed);
    Status s = status_input("%s cannot be %s; it takes %s", row->key, quote_word(value).text, text_str(&allowed));
    text_free(&allowed);
    return s;
}

static bool settings_in_range(const Setting *row, double value)
{
    bool low = row->min_open ? value > row->min : value >= row->min;
    bool high = row->max_open ? value < row->max : value <= row->max;
    return low && high;
}

static void settings_store_int(const Setting *row, char *place, int64_t value)
{
    if (row->size == sizeof(int64_t)) {
        memcpy(place, &value, sizeof value);
    } else {
        int narrow = (int)value;
        memcpy(place, &narrow, sizeof narrow);
    }
}

static int64_t settings_load_int(const Setting *row, const char *place)
{
    int64_t value;
    int narrow;
    if (row->size == sizeof value) {
        memcpy(&value, place, sizeof value);
        return value;
    }
    memcpy(&narrow, place, sizeof narrow);
    return narrow;
}

static bool settings_set_choice(const Setting *row, char *place, const char *value)
{
    for (int i = 0; row->choices[i]; i++)
        if (strcmp(row->choices[i], value) == 0) {
            settings_store_int(row, place, i);
            return true;
        }
    return false;
}

static bool settings_set_int(const Setting *row, char *place, const char *value)
{
    long long number = 0;
    bool word = row->word && strcmp(value, row->word) == 0;
    if (!word && !(text_to_i64(value, &number) && settings_in_range(row, (double)number)))
        return false;
    settings_store_int(row, place, number);
    return true;
}

static bool settings_set_real(const Setting *row, char *place, const char *value)
{
    double number = -1;
    const bool word = row->word && strcmp(value, row->word) == 0;
    if (!word && (!text_to_double(value, &number) || !settings_in_range(row, number)))
        return false;
    number += 0.0; /* -0 becomes 0 */
    memcpy(place, &number, sizeof number);
    return true;
}

static bool settings_set_string(const Setting *row, char *place, const char *value)
{
    if (strlen(value) >= row->size || !quote_is_plain(value))
        return false;
    memset(place, 0, row->size);
    memcpy(place, value, strlen(value) + 1);
    return true;
}

static bool (*const settings_setters[])(const Setting *row, char *place, const char *value) = {
    [SETTING_CHOICE] = settings_set_choice,
    [SETTING_INT] = settings_set_int,
    [SETTING_REAL] = settings_set_real,
    [SETTING_STRING] = settings_set_string,
};

Status settings_set(Settings *out, const char *key, const char *value)
{
    const Setting *row = settings_find(key);
    if (!row) {
        const char *nearest = settings_nearest(key);
        return nearest
                   ? status_input("there is no setting %s; did you mean %s?", quote_word(key).text, nearest)
                   : status_input("there is no setting %s; \"lrdlab settings\" lists them all", quote_word(key).text);
    }
    return settings_setters[row->type](row, (char *)out + row->offset, value) ? status_ok()
                                                                              : settings_refuse(row, value);
}

Status settings_check_value(const Settings *s, const Setting *row)
{
    const char *place = (const char *)s + row->offset;
    double number = 0;
    int choices = 0;
    while (row->type == SETTING_CHOICE && row->choices[choices])
        choices++;
    if (row->type == SETTING_STRING)
        return status_ok();
    if (row->type == SETTING_REAL)
        memcpy(&number, place, sizeof number);
    else
        number = (double)settings_load_int(row, place);
    bool good = row->type == SETTING_CHOICE ? number >= 0 && number < choices : settings_in_range(row, number);
    char word[40];
    snprintf(word, sizeof word, "%.9g", number);
    bool is_word =
        row->word && (row->type == SETTING_REAL ? number <= -1 && number >= -1 : settings_load_int(row, place) == 0);
    return good || is_word ? status_ok() : settings_refuse(row, word);
}

void settings_get(const Settings *s, const Setting *row, Text *out)
{
    const char *place = (const char *)s + row->offset;
    double real;
    switch (row->type) {
    case SETTING_CHOICE:
        text_add(out, row->choices[settings_load_int(row, place)]);
        break;
    case SETTING_INT:
        if (row->word && settings_load_int(row, place) == 0)
            text_add(out, row->word);
        else
            text_addf(out, "%lld", (long long)settings_load_int(row, place));
        break;
    case SETTING_REAL:
        memcpy(&real, place, sizeof real);
        if (row->word && real < 0)
            text_add(out, row->word);
        else
            settings_add_real(out, real);
        break;
    case SETTING_STRING:
        text_add(out, place);
        break;
    }
}

ModelConfig settings_model(const Settings *s)
{
    return (ModelConfig){
        .vocab = task_tokens((TaskOp)s->task.op, s->task.p) + 1,
        .dim = s->model.dim,
        .depth = s->model.depth,
        .heads = s->model.heads,
        .mlp = s->model.mlp,
        .mlp_kind = (MlpKind)s->model.mlp_kind,
        .qk_norm = (QkNorm)s->model.qk_norm,
    };
}

DecayRule settings_decay(const Settings *s)
{
    return (DecayRule){
        .kind = (DecayKindId)s->decay.kind,
        .targets = (DecayTargets)s->decay.targets,
        .strength = s->decay.strength,
        .rest = s->decay.rest,
        .l2 = s->decay.l2,
        .ns_iters = s->decay.ns_iters,
        .lr_scaled = s->decay.lr_scaled != 0,
        .relative = s->decay.relative != 0,
    };
}

int settings_threads(const Settings *s)
{
    return s->train.threads == SETTINGS_THREADS_AUTO ? min_int(machine_cores(), 256) : s->train.threads;
}

const char *settings_strength_brief(const Settings *s)
{
    const bool lr = s->decay.kind == DECAY_L2 || s->decay.lr_scaled;
    if (s->decay.relative)
        return lr ? "x lr |W| a step" : "x |W| a step";
    return lr ? "x lr a step" : "a step";
}

const char *settings_strength_unit(const Settings *s)
{
    DecayKindId kind = (DecayKindId)s->decay.kind;
    if (kind == DECAY_NONE)
        return "nothing decays the targets";
    if (kind == DECAY_L2)
        return "W shrinks by lr x strength a step";
    if (s->decay.relative)
        return s->decay.lr_scaled ? "length taken off a step, times lr and |W|" : "length taken off a step, times |W|";
    return s->decay.lr_scaled ? "length taken off a step, times lr" : "length taken off a step";
}
