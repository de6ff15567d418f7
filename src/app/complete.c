#include <lrd/app/complete.h>

#include <lrd/app/verbs.h>
#include <lrd/session/demo.h>
#include <lrd/log/log_fields.h>
#include <lrd/sweep/phase.h>
#include <lrd/lesson/lesson_file.h>
#include <lrd/view/canvas.h>
#include <lrd/view/layout.h>
#include <lrd/view/theme.h>
#include <lrd/ui/action.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The word in hand: what of it stands before the part that is being typed ("--set=decay.kind=") stays as it is. */
typedef struct Typing {
    const char *word, *part;
    Text *out;
} Typing;

static void offer(const Typing *t, const char *candidate, const char *behind, const char *meaning)
{
    if (strncmp(candidate, t->part, strlen(t->part)) == 0)
        text_addf(t->out, "%.*s%s%s\t%s\n", (int)(t->part - t->word), t->word, candidate, behind, meaning);
}

static void offer_names(const Typing *t, const char *const *names, int count, const char *meaning)
{
    for (int i = 0; i < count; i++)
        offer(t, names[i], "", meaning);
}

/* ---- What an argument or an operand may be */

static void list_nothing(const Typing *t)
{
    (void)t;
}

static void list_views(const Typing *t)
{
    offer_names(t, view_names, VIEW_COUNT, "view");
}

static void list_themes(const Typing *t)
{
    offer_names(t, theme_names, SCHEME_COUNT, "colours");
}

static void list_glyphs(const Typing *t)
{
    offer_names(t, glyph_set_names, GLYPHS_COUNT, "glyphs");
}

static void list_measures(const Typing *t)
{
    for (int i = 0; i < phase_measure_count; i++)
        offer(t, phase_measures[i].name, "", phase_measures[i].help);
}

static void list_sizes(const Typing *t)
{
    static const char *const sizes[] = {"80x24", "120x40", "200x60"};
    offer_names(t, sizes, sizeof sizes / sizeof sizes[0], "columns x rows");
}

static void list_stops(const Typing *t)
{
    offer(t, "grokked", "", "end as soon as it has grokked");
    offer(t, "never", "", "train to the last step");
}

static void list_panels(const Typing *t)
{
    static const char *const panels[] = {"accuracy", "loss", "rank", "norm", "turn", "spectrum"};
    offer_names(t, panels, sizeof panels / sizeof panels[0], "panel");
}

static void list_scales(const Typing *t)
{
    offer(t, "linear", "", "steps at one distance");
    offer(t, "log", "", "shows a delay as a length");
}

static void list_layouts(const Typing *t)
{
    offer(t, "mechanism", "", "all six panels, from two logs");
}

static void list_files(const Typing *t)
{
    text_add(t->out, ":files\n");
}

static void list_logs(const Typing *t)
{
    text_add(t->out, ":files .jsonl\n");
}

static void list_specs(const Typing *t)
{
    text_add(t->out, ":files .ini\n");
}

static void list_folders(const Typing *t)
{
    text_add(t->out, ":folders\n");
}

static void offer_entries(const Typing *t, CatalogEntry *entries, int count)
{
    for (int i = 0; i < count; i++)
        offer(t, entries[i].name, "", entries[i].title);
    free(entries);
}

static void list_presets(const Typing *t)
{
    CatalogEntry *entries;
    int count = preset_names(&entries);
    offer_entries(t, entries, count);
    if (*t->part) /* else every folder would stand among them */
        text_add(t->out, ":files .ini\n");
}

static void list_shot(const Typing *t)
{
    list_presets(t);
    list_logs(t);
}

static void list_lessons(const Typing *t)
{
    CatalogEntry *entries;
    int count = lesson_list(&action_table, &entries);
    offer_entries(t, entries, count);
    if (*t->part)
        text_add(t->out, ":files .ini\n");
}

static void list_demos(const Typing *t)
{
    CatalogEntry *entries;
    int count = demo_list(&entries);
    offer_entries(t, entries, count);
}

static void list_verbs(const Typing *t)
{
    for (int i = 0; i < verb_count; i++)
        offer(t, verb_table[i].name, "", verb_table[i].help);
}

static void list_keys(const Typing *t)
{
    for (int i = 0; i < settings_count; i++)
        offer(t, settings_table[i].key, "", settings_table[i].help);
}

/* KEY, then what is between, then its values: all of them where they can be counted, else the default. */
static void list_pair(const Typing *t, const char *between, bool midrun)
{
    const char *mark = strpbrk(t->part, between);
    if (!mark) {
        for (int i = 0; i < settings_count; i++)
            if (settings_table[i].midrun || !midrun)
                offer(t, settings_table[i].key, between, settings_table[i].help);
        return;
    }
    char key[SETTING_KEY_MAX];
    snprintf(key, sizeof key, "%.*s", (int)(mark - t->part), t->part);
    const Setting *s = settings_find(key);
    Typing value = {t->word, mark + 1, t->out};
    if (!s)
        return;
    for (int i = 0; s->choices && s->choices[i]; i++)
        offer(&value, s->choices[i], "", s->help);
    if (s->type == SETTING_INT && s->max - s->min <= 1) {
        offer(&value, "0", "", s->help);
        offer(&value, "1", "", s->help);
    } else if (!s->choices && *s->default_text) {
        offer(&value, s->default_text, "", "the default");
    }
}

static void list_sets(const Typing *t)
{
    list_pair(t, "=", false);
}

static void list_changes(const Typing *t)
{
    const char *step_end = strchr(t->part, '=');
    if (step_end)
        list_pair(&(Typing){t->word, step_end + 1, t->out}, ":", true);
}

/* What the columns of a log are called only its reader knows. */
static void list_fields(const Typing *t)
{
    const char *name;
    for (int i = 0; !strchr(t->part, '=') && (name = log_field_name(i)); i++)
        offer(t, name, "=", "a field of a log");
}

typedef void Lister(const Typing *t);

/* By the option where its argument's word could be anything, else by that word, as help writes it. */
static const struct {
    const char *what;
    Lister *list;
} listers[] = {
    {"--view", list_views},
    {"--theme", list_themes},
    {"--glyphs", list_glyphs},
    {"--measure", list_measures},
    {"KEY", list_keys},
    {"WxH", list_sizes},
    {"WHEN", list_stops},
    {"KEY=VALUE", list_sets},
    {"STEP=KEY:VALUE", list_changes},
    {"FIELD=NAME", list_fields},
    {"N", list_nothing},
    {"FILE", list_files},
    {"PATH", list_files},
    {"FILE.json", list_files},
    {"FILE.jsonl", list_logs},
    {"FILE.jsonl...", list_logs},
    {"SPEC", list_specs},
    {"FOLDER", list_folders},
    {"LIST", list_panels},
    {"SCALE", list_scales},
    {"--layout", list_layouts},
    {"[PRESET]", list_presets},
    {"PRESET|FILE.jsonl", list_shot},
    {"PRESET|FILE.jsonl...", list_shot},
    {"[NAME]", list_demos},
    {"[LESSON]", list_lessons},
    {"[VERB]", list_verbs},
    {"WORD...", list_nothing},
    {"", list_nothing},
};

static Lister *lister_find(const char *option, const char *argument)
{
    enum { COUNT = sizeof listers / sizeof listers[0] };
    for (int i = 0; i < COUNT; i++)
        if (strcmp(listers[i].what, option) == 0 && *option)
            return listers[i].list;
    for (int i = 0; i < COUNT; i++)
        if (strcmp(listers[i].what, argument) == 0)
            return listers[i].list;
    return NULL;
}

bool complete_knows(const char *option, const char *argument)
{
    return lister_find(option, argument) != NULL;
}

/* ---- The words before it */

typedef struct Line {
    const Verb *verb; /* NULL: none was named */
    int operands;
    bool given[OPTIONS_MAX]; /* by row */
    const Option *open;      /* the last word is its argument */
    bool only_operands;      /* behind "--" */
} Line;

/* Also of "--option=...": its name ends there. */
static const Option *option_of(const char *word)
{
    size_t length = strcspn(word, "=");
    for (int i = 0; i < option_count; i++)
        if (strlen(option_table[i].name) == length && strncmp(option_table[i].name, word, length) == 0)
            return &option_table[i];
    return NULL;
}

static void line_add(Line *l, const char *word)
{
    const Option *o = l->only_operands ? NULL : option_of(word);
    if (l->open) {
        l->open = NULL;
    } else if (!l->only_operands && strcmp(word, "--") == 0) {
        l->only_operands = true;
    } else if (o) {
        l->given[o - option_table] = true;
        l->open = o->type == OPTION_FLAG || strchr(word, '=') ? NULL : o;
    } else if (!l->verb && !l->operands && verb_find(word)) {
        l->verb = verb_find(word);
    } else {
        l->operands++;
    }
}

static void offer_argument(const Typing *t, const Option *o)
{
    Lister *list = o->argument ? lister_find(o->name, o->argument) : NULL;
    if (list)
        list(t);
}

static void offer_options(const Typing *t, const Line *l, const Verb *verb)
{
    for (int i = 0; i < option_count; i++) {
        const Option *o = &option_table[i];
        bool again = l->given[i] && o->type != OPTION_LIST;
        if ((o->verbs & (1u << (verb - verb_table))) && !again)
            offer(t, o->name, "", o->help);
    }
}

static void offer_operand(const Typing *t, const Line *l, const Verb *verb)
{
    if (!l->verb && !l->operands)
        list_verbs(t);
    Lister *list = lister_find("", verb->operand);
    if (list && (!l->operands || strstr(verb->operand, "...")))
        list(t);
}

void complete_words(const char *const *words, int count, Text *out)
{
    Line l = {0};
    for (int i = 0; i + 1 < count; i++)
        line_add(&l, words[i]);
    const char *word = count ? words[count - 1] : "", *equals = strchr(word, '=');
    const Verb *verb = l.verb ? l.verb : &verb_table[0];
    Typing t = {word, word, out};
    if (l.open) {
        offer_argument(&t, l.open);
    } else if (*word == '-' && !l.only_operands) {
        const Option *o = equals ? option_of(word) : NULL;
        Typing argument = {word, equals ? equals + 1 : word, out};
        if (o)
            offer_argument(&argument, o);
        else
            offer_options(&t, &l, verb);
    } else {
        offer_operand(&t, &l, verb);
    }
}

int verb_complete(const Arguments *a)
{
    Text out = {0};
    complete_words(a->operands.words, a->operands.count, &out);
    return cli_print(&out);
}
