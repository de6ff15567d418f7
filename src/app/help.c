/* Help, made from the tables of the command line. */
#include <lrd/app/help.h>
#include <lrd/app/verbs.h>
#include <lrd/base/quote.h>
#include <lrd/base/util.h>

#include <stdio.h>
#include <string.h>

static int help_option_width(const Option *o)
{
    return (int)strlen(o->name) + (o->argument ? (int)strlen(o->argument) + 1 : 0);
}

static void help_add_options(unsigned verbs, Text *out)
{
    int width = 0;
    for (int i = 0; i < option_count; i++)
        if (option_table[i].verbs & verbs)
            width = max_int(width, help_option_width(&option_table[i]));
    for (int i = 0; i < option_count; i++) {
        const Option *o = &option_table[i];
        if (o->verbs & verbs)
            text_addf(out, "  %s%s%s%*s  %s\n", o->name, o->argument ? " " : "", o->argument ? o->argument : "",
                      width - help_option_width(o), "", o->help);
    }
}

void help_print_verb(const Verb *verb, Text *out)
{
    text_addf(out, "usage: lrdlab %s%s%s [OPTION]...\n\n%s\n\n", verb->name, *verb->operand ? " " : "", verb->operand,
              verb->help);
    help_add_options(1u << (verb - verb_table), out);
}

void help_print_program(Text *out)
{
    text_add(out, "lrdlab: a small Transformer learns a table of sums late, while you change its weight decay\n\n"
                  "usage: lrdlab [VERB] [OPERAND] [OPTION]...\n\n");
    for (int i = 0; i < verb_count; i++) {
        const Verb *v = &verb_table[i];
        int used = (int)(strlen(v->name) + strlen(v->operand)) + (*v->operand ? 1 : 0);
        text_addf(out, "  %s%s%s%*s  %s\n", v->name, *v->operand ? " " : "", v->operand, max_int(22 - used, 0), "",
                  v->help);
    }
    text_addf(out,
              "\nWithout a verb it is \"%s\". \"lrdlab help VERB\" lists the options of one. A PRESET is a name (see\n"
              "\"lrdlab presets\") or the path of a file. Exit status: 0 done, 1 the run failed, 2 wrong usage or\n"
              "input, 128 + n ended by signal n.\n",
              verb_table[0].name);
}

int verb_help(const Arguments *a)
{
    const Verb *verb = a->operand ? verb_find(a->operand) : NULL;
    if (a->operand && !verb)
        return cli_report(status_input("there is no verb %s; \"lrdlab help\" lists them", quote_word(a->operand).text));
    if (verb && a->man)
        return cli_report(status_input("the manual page is of the whole program; leave out %s", verb->name));
    Text text = {0};
    if (verb)
        help_print_verb(verb, &text);
    else if (a->man)
        help_print_man(&text);
    else
        help_print_program(&text);
    return cli_print(&text);
}
