#include <lrd/panel/labels.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lrd/view/format.h>

const char *const label_targets[TARGETS_COUNT] = {
    [TARGETS_QK] = "Q, K",
    [TARGETS_ATTN] = "attention",
    [TARGETS_BLOCKS] = "attention and MLP",
    [TARGETS_ALL] = "all weights",
};

const char *const label_pair_kinds[PAIR_KIND_COUNT] = {
    [PAIR_OUTSIDE] = "There is no such row in the table.",
    [PAIR_TRAINED] = "It was trained on this pair.",
    [PAIR_MIRROR] = "It has seen the pair turned round.",
    [PAIR_UNSEEN] = "It has never seen this pair.",
};

static Label label_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

static Label label_print(const char *format, ...)
{
    Label l;
    va_list args;
    va_start(args, format);
    vsnprintf(l.s, sizeof l.s, format, args);
    va_end(args);
    return l;
}

int label_layer(const char *tensor)
{
    int layer;
    return sscanf(tensor, "layers.%d.", &layer) == 1 ? layer : -1;
}

Label label_matrix(const char *tensor)
{
    const char *end = strstr(tensor, ".attn.");
    if (label_layer(tensor) < 0 || !end)
        return label_print("%s", tensor);
    return label_print("layer %d %c", label_layer(tensor), end[strlen(".attn.")] == 'q' ? 'Q' : 'K');
}

Label label_task(const Settings *s)
{
    const char *formula = task_kinds[s->task.op].formula;
    const char *p = strstr(formula, "mod p");
    if (!p)
        return label_print("%s", formula);
    return label_print("%.*smod %d", (int)(p - formula), formula, s->task.p);
}

/* A decay kind as the screen writes it; numbers of the log as people read them; other words as they are. */
static Label label_value(const char *key, const char *value)
{
    for (int i = 0; strcmp(key, "decay.kind") == 0 && i < DECAY_KIND_COUNT; i++)
        if (strcmp(value, decay_kinds[i].name) == 0)
            return label_print("%s", decay_kinds[i].label);
    for (int i = 0; strcmp(key, "decay.targets") == 0 && i < TARGETS_COUNT; i++)
        if (strcmp(value, decay_target_names[i]) == 0)
            return label_print("%s", label_targets[i]);
    double number;
    if (text_to_double(value, &number))
        return strcmp(key, "decay.strength") == 0 ? label_print("%s", format_strength(number).s)
                                                  : label_print("%s", format_value(number).s);
    return label_print("%.40s", value);
}

Label label_branch(const Branches *t, int number, const RunSummary *b)
{
    const Branch *branch = &t->item[number - 1];
    char from[64] = "";
    if (branch->parent > 1)
        snprintf(from, sizeof from, " from %s of %d", format_count(branch->fork).s, branch->parent);
    else if (branch->parent == 1)
        snprintf(from, sizeof from, " from %s", format_count(branch->fork).s);
    if (b->grokked < 0)
        return label_print("%d %s%s: not yet", number, branch->name, from);
    return label_print("%d %s%s: %s %s%s", number, branch->name, from, b->generalised_early ? "generalised" : "grokked",
                       format_count(b->grokked).s, b->lost >= 0 ? ", lost" : "");
}

Label label_decay(const Evaluation *e)
{
    Label kind = label_value("decay.kind", e->decay_kind), on = label_value("decay.targets", e->decay_targets);
    if (strcmp(e->decay_kind, decay_kinds[DECAY_NONE].name) == 0)
        return label_print("none");
    return label_print("%.16s %.16s on %.24s", kind.s, format_strength(e->decay_strength).s, on.s);
}

/* What the screen calls the keys that it has own words for; NULL for the others. */
static const char *label_key(const char *key)
{
    static const char *const words[][2] = {
        {"decay.kind", "decay "}, {"decay.strength", "strength "}, {"decay.targets", "on "}, {"train.lr", "lr "}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(key, words[i][0]) == 0)
            return words[i][1];
    return NULL;
}

static Label label_set(const Event *e)
{
    if (strncmp(e->key, "scale ", 6) == 0)
        return label_print("W_q of layer %d × %s", label_layer(e->key + 6), label_value("", e->to).s);
    if (strcmp(e->key, "truncate") == 0)
        return label_print("Q and K cut to rank %s", e->to);
    const char *word = label_key(e->key);
    Label from = label_value(e->key, e->from), to = label_value(e->key, e->to);
    if (!word)
        return label_print("%s %.24s → %.24s", e->key, from.s, to.s);
    return label_print("%s%.24s → %.24s", word, from.s, to.s);
}

/* Events in words; marker: what stands on the curves, "" for nothing. */
static const struct EventWords {
    const char *line, *marker;
} event_words[EVENT_KIND_COUNT] = {
    [EVENT_MEMORISED] = {"memorised", "memorised"},
    [EVENT_COLLAPSED] = {"rank collapse", "collapse"},
    [EVENT_GROKKED] = {"grokked", "grokked"},
    [EVENT_GENERALISED] = {"generalised", "generalised"},
    [EVENT_LOST] = {"lost it again", ""},
    [EVENT_REGAINED] = {"regained it", ""},
    [EVENT_WARNING] = {"training accuracy falls", ""},
    [EVENT_SPIKE] = {"loss spike", ""},
    [EVENT_FLOOR] = {"at the floor", ""},
    [EVENT_NON_FINITE] = {"not a finite number", "not finite"},
    [EVENT_SWITCH] = {"switched", ""},
    [EVENT_RESUMED] = {"resumed", "resumed"},
    [EVENT_END] = {"end", ""},
};

/* To an earlier step of the same branch, because of what the key says. */
static bool branch_goes_back(const Event *e)
{
    return strcmp(e->from, e->to) == 0;
}

static Label label_branching(const Event *e)
{
    return branch_goes_back(e) ? label_print("back here: %s", e->key)
                               : label_print("branch %.12s of %.12s: %s", e->to, e->from, e->key);
}

/* The file without its folders; a name that has no room is left out rather than cut. */
static Label label_saved(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    return strlen(name) < sizeof((Label *)0)->s / 2 ? label_print("saved %s", name) : label_print("saved");
}

Label label_event(const Event *e)
{
    if (e->kind == EVENT_SET)
        return label_set(e);
    if (e->kind == EVENT_SAVED)
        return label_saved(e->to);
    if (e->kind == EVENT_BRANCH)
        return label_branching(e);
    return label_print("%s", event_words[e->kind].line);
}

Label label_marker(const Event *e)
{
    if (e->kind == EVENT_BRANCH)
        return label_print("%s", branch_goes_back(e) ? "back" : "branch");
    if (e->kind != EVENT_SET)
        return label_print("%s", e->kind == EVENT_SAVED ? "" : event_words[e->kind].marker);
    if (strncmp(e->key, "lab.", 4) == 0) /* nothing that the curves show depends on it */
        return label_print("%s", "");
    if (strcmp(e->key, "truncate") == 0)
        return label_print("rank %s", e->to);
    if (strncmp(e->key, "scale ", 6) == 0)
        return label_print("W_q × %s", label_value("", e->to).s);
    const char *word = label_key(e->key), *dot = strchr(e->key, '.');
    if (word) /* a kind and a strength are told by what they look like */
        return label_print("%s%.24s", strncmp(word, "decay ", 6) != 0 && strncmp(word, "strength ", 9) != 0 ? word : "",
                           label_value(e->key, e->to).s);
    return label_print("%s %.24s", dot ? dot + 1 : e->key, label_value(e->key, e->to).s);
}
