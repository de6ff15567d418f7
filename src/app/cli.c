#include <lrd/app/cli.h>

#include <lrd/base/choice.h>
#include <lrd/base/quote.h>
#include <lrd/base/util.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Reading argv */

typedef struct CliReader {
    const Verb *verb;
    Arguments *out;
    bool used[OPTIONS_MAX]; /* the options that were given, by row: looked at once the verb is known */
} CliReader;

static const char *cli_nearest_option(const char *word)
{
    ChoiceNearest nearest = choice_nearest(word);
    for (int i = 0; i < option_count; i++)
        choice_offer(&nearest, option_table[i].name);
    return nearest.name;
}

static const Option *cli_find_option(const char *word, size_t length)
{
    for (int i = 0; i < option_count; i++)
        if (strlen(option_table[i].name) == length && strncmp(option_table[i].name, word, length) == 0)
            return &option_table[i];
    return NULL;
}

static Status cli_unknown_option(const char *word)
{
    char *name = xstrdup(word);
    name[strcspn(name, "=")] = '\0';
    const char *near = cli_nearest_option(name);
    Quote quoted = quote_word(name);
    free(name);
    return near ? status_input("there is no option %s; did you mean %s?", quoted.text, near)
                : status_input("there is no option %s; \"lrdlab help\" lists the verbs and \"lrdlab help VERB\" what "
                               "each takes",
                               quoted.text);
}

static void list_add(WordList *list, const char *word)
{
    list->words = xrealloc(list->words, (size_t)(list->count + 1) * sizeof *list->words);
    list->words[list->count++] = word;
}

static Status cli_store(const Option *o, Arguments *out, const char *value)
{
    char *place = (char *)out + o->offset;
    bool yes = true;
    long long number;
    switch (o->type) {
    case OPTION_FLAG:
        memcpy(place, &yes, sizeof yes);
        break;
    case OPTION_WORD:
        if (!*value)
            return status_input("%s needs %s, not an empty word", o->name, o->argument);
        memcpy(place, &value, sizeof value);
        break;
    case OPTION_NUMBER:
        if (!text_to_i64(value, &number) || number < o->least || number > (long long)1e12)
            return status_input("%s needs a whole number from %lld to 10^12, not %s", o->name, (long long)o->least,
                                quote_word(value).text);
        memcpy(place, &(int64_t){number}, sizeof(int64_t));
        break;
    case OPTION_LIST:
        list_add((WordList *)(void *)place, value);
        break;
    }
    return status_ok();
}

/* argv[*i] begins with a dash; *i goes past an argument that is a word of its own. */
static Status cli_read_option(CliReader *r, int argc, char *const *argv, int *i)
{
    const char *word = strcmp(argv[*i], "-h") == 0 ? "--help" : argv[*i], *equals = strchr(word, '=');
    const Option *o = cli_find_option(word, equals ? (size_t)(equals - word) : strlen(word));
    if (!o)
        return cli_unknown_option(word);
    if (o->type == OPTION_FLAG && equals)
        return status_input("%s takes no value", o->name);
    if (o->type != OPTION_FLAG && !equals && *i + 1 >= argc)
        return status_input("%s needs %s behind it", o->name, o->argument);
    const char *value = equals ? equals + 1 : o->type == OPTION_FLAG ? "" : argv[++*i];
    int row = (int)(o - option_table);
    if (r->used[row] && o->type != OPTION_LIST && o->type != OPTION_FLAG)
        return status_input("%s is given twice; take one of them out", o->name);
    r->used[row] = true;
    return cli_store(o, r->out, value);
}

static Status cli_read_operand(CliReader *r, const char *word)
{
    if (!r->verb && !r->out->operand) {
        r->verb = verb_find(word);
        if (r->verb)
            return status_ok();
    }
    if (!r->out->operand)
        r->out->operand = word;
    else if (!r->verb || !strstr(r->verb->operand, "..."))
        return status_input("one operand is enough: %s or %s?", quote_word(r->out->operand).text,
                            quote_word(word).text);
    list_add(&r->out->operands, word);
    return status_ok();
}

/* What only the verb can tell: which options it takes, whether it takes an operand and needs one. */
static Status cli_check_verb(const CliReader *r)
{
    const Verb *verb = r->verb ? r->verb : &verb_table[0];
    unsigned bit = 1u << (verb - verb_table);
    for (int i = 0; i < option_count; i++)
        if (r->used[i] && !(option_table[i].verbs & bit))
            return status_input("%s does not go with \"lrdlab %s\"; \"lrdlab help %s\" lists what does",
                                option_table[i].name, verb->name, verb->name);
    if (r->out->operand && !*verb->operand)
        return status_input("\"lrdlab %s\" takes no operand; leave out %s", verb->name,
                            quote_word(r->out->operand).text);
    if (!r->out->operand && *verb->operand && *verb->operand != '[')
        return status_input("\"lrdlab %s\" needs %s; \"lrdlab help %s\" says more", verb->name, verb->operand,
                            verb->name);
    return status_ok();
}

Status cli_parse(int argc, char *const *argv, const Verb **verb, Arguments *out)
{
    *out = (Arguments){.program = argc ? argv[0] : "lrdlab",
                       .steps = -1,
                       .save_every = -1,
                       .step = -1,
                       .jobs = -1,
                       .speed = -1,
                       .from = -1,
                       .to = -1,
                       .seconds = -1,
                       .cast = -1};
    CliReader r = {.out = out};
    Status s = status_ok();
    bool options = true;
    for (int i = 1; i < argc && status_is_ok(s); i++) {
        if (options && strcmp(argv[i], "--") == 0)
            options = false;
        else if (options && argv[i][0] == '-' && argv[i][1])
            s = cli_read_option(&r, argc, argv, &i);
        else
            s = cli_read_operand(&r, argv[i]);
    }
    *verb = r.verb;
    return status_is_ok(s) && !out->help && !out->version ? cli_check_verb(&r) : s;
}

void arguments_free(Arguments *a)
{
    free(a->operands.words);
    free(a->sets.words);
    free(a->at.words);
    free(a->maps.words);
    *a = (Arguments){0};
}

Status maps_read(const Arguments *a, LogMap *out)
{
    *out = (LogMap){0};
    Status s = status_ok();
    for (int i = 0; i < a->maps.count && status_is_ok(s); i++)
        s = log_map_add(out, a->maps.words[i]);
    return s;
}

/* ---- Telling */

int cli_report(Status s)
{
    if (!status_is_ok(s))
        fprintf(stderr, "lrdlab: %s\n", s.text);
    return (int)s.code;
}

int cli_print(Text *text)
{
    fputs(text_str(text), stdout);
    text_free(text);
    return EXIT_DONE;
}

void cli_tell_lines(const char *lines)
{
    while (*lines) {
        int n = (int)strcspn(lines, "\n");
        fprintf(stderr, "lrdlab: %.*s\n", n, lines);
        lines += n + (lines[n] == '\n');
    }
}
