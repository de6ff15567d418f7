/* The manual page, made from the tables of the command line, the keys and the settings. In the macros of man(7), ASCII
 * alone: what is beyond goes in as \[uXXXX], which every troff knows. */
#include <lrd/app/help.h>
#include <lrd/base/quote.h>
#include <lrd/base/version.h>
#include <lrd/io/search_path.h>
#include <lrd/config/own_strength.h>
#include <lrd/config/settings.h>
#include <lrd/ui/action.h>

#include <string.h>

/* ---- troff */

static unsigned utf8_code(const char *s, int length)
{
    unsigned code = (unsigned char)*s & (length == 1 ? 0x7fu : 0xffu >> (length + 1));
    for (int i = 1; i < length; i++)
        code = code << 6 | ((unsigned char)s[i] & 0x3fu);
    return code;
}

/* As it stands in a line of text or in the argument of a macro; a hyphen is one that can be copied. */
static void man_add(Text *out, const char *text)
{
    static const struct {
        char c;
        const char *troff;
    } escapes[] = {{'\\', "\\e"}, {'-', "\\-"}, {'"', "\\(dq"}, {'^', "\\(ha"}, {'~', "\\(ti"}, {'`', "\\(ga"}};
    for (int n; *text; text += n) {
        n = quote_utf8_length(text);
        const char *troff = NULL;
        for (size_t i = 0; i < sizeof escapes / sizeof escapes[0]; i++)
            troff = escapes[i].c == *text ? escapes[i].troff : troff;
        if (troff)
            text_add(out, troff);
        else if (n == 1)
            text_add_bytes(out, text, 1);
        else
            text_addf(out, "\\[u%04X]", utf8_code(text, n));
    }
}

/* A line of text: never taken for a macro. */
static void man_line(Text *out, const char *text)
{
    text_add(out, *text == '.' || *text == '\'' ? "\\&" : "");
    man_add(out, text);
    text_add(out, "\n");
}

/* An entry: what is bold, what is slanted behind it, then its text in the lines that follow. */
static void man_entry(Text *out, const char *bold, const char *slanted)
{
    text_add(out, ".TP\n\\fB");
    man_add(out, bold);
    text_add(out, "\\fR");
    if (slanted && *slanted) {
        text_add(out, " \\fI");
        man_add(out, slanted);
        text_add(out, "\\fR");
    }
    text_add(out, "\n");
}

/* ---- From the tables */

static void man_verbs(Text *out)
{
    text_add(out, ".SH VERBS\n");
    for (int i = 0; i < verb_count; i++) {
        man_entry(out, verb_table[i].name, verb_table[i].operand);
        man_line(out, verb_table[i].help);
    }
}

static void man_option_verbs(const Option *o, Text *out)
{
    Text verbs = {0};
    for (int i = 0; i < verb_count; i++)
        if (o->verbs & (1u << i))
            text_addf(&verbs, "%s%s", verbs.length ? ", " : "(", verb_table[i].name);
    text_add(&verbs, ")");
    man_line(out, o->verbs == (1u << verb_count) - 1 ? "(every verb)" : text_str(&verbs));
    text_free(&verbs);
}

static void man_options(Text *out)
{
    text_add(out, ".SH OPTIONS\nThe verbs that take an option stand behind it.\n");
    for (int i = 0; i < option_count; i++) {
        man_entry(out, option_table[i].name, option_table[i].argument);
        man_line(out, option_table[i].help);
        text_add(out, ".br\n");
        man_option_verbs(&option_table[i], out);
    }
}

static void man_keys(Text *out)
{
    text_add(out, ".SH KEYS\n");
    for (int g = 0; g < ACTION_GROUP_COUNT; g++) {
        text_add(out, ".SS ");
        man_line(out, action_groups[g]);
        for (int i = 0; i < action_table.count; i++)
            if ((int)action_table.row[i].group == g) {
                man_entry(out, action_table.row[i].keys, NULL);
                man_line(out, action_table.row[i].help);
            }
    }
}

static void man_settings(Text *out)
{
    text_add(
        out,
        ".SH SETTINGS\nThey have the same names in a preset, after \\fB\\-\\-set\\fR and at the lab\\(aqs prompt.\n"
        "Those marked * may change while a run trains.\n");
    for (int i = 0; i < settings_count; i++) {
        const Setting *s = &settings_table[i];
        Text allowed = {0};
        settings_allowed(s, &allowed);
        man_entry(out, s->key, s->midrun ? "*" : "");
        man_line(out, s->help);
        text_add(out, ".br\n");
        man_line(out, text_str(&allowed));
        if (*s->default_text) {
            text_add(out, "(default ");
            man_add(out, s->default_text);
            text_add(out, ")\n");
        }
        text_free(&allowed);
    }
    Text rule = {0};
    text_addf(&rule, "%s ", own_strength_rule);
    own_strength_print(&rule);
    text_add(&rule, ".");
    text_add(out, ".PP\n");
    man_line(out, text_str(&rule));
    text_free(&rule);
}

/* ---- The rest */

static const char man_head[] =
    ".SH NAME\n"
    "lrdlab \\- watch a small Transformer learn arithmetic, and change its weight decay\n"
    ".SH SYNOPSIS\n"
    ".B lrdlab\n"
    "[\\fIVERB\\fR] [\\fIOPERAND\\fR] [\\fIOPTION\\fR]...\n"
    ".SH DESCRIPTION\n"
    "A small Transformer learns arithmetic from part of a table while its curves, its matrices and their rank are "
    "shown,\n"
    "and how it is trained changes with one key.\n"
    "It is made for grokking: the network learns its training examples by heart, and only much later, often suddenly,\n"
    "gets the examples right that it has never seen.\n"
    "What is tried by hand is weight decay: ordinary L2 decay, Low\\-Rank Decay, and their controls.\n"
    ".PP\n"
    "Without a verb it is \\fBlab\\fR, without a preset the classroom\\(aqs.\n"
    "A \\fIPRESET\\fR is a name that \\fBlrdlab presets\\fR lists, or the path of a file.\n"
    "Results go to standard output or to the file that is named, all other words to standard error.\n";

static const char man_tail[] =
    ".SH ENVIRONMENT\n"
    ".TP\n\\fBXDG_CONFIG_HOME\\fR\n"
    "Presets of one\\(aqs own are in its folder \\fIlrdlab\\fR, demos in \\fIlrdlab/demos\\fR (~/.config).\n"
    ".TP\n\\fBXDG_STATE_HOME\\fR\n"
    "That the first hints were given is noted in its folder \\fIlrdlab\\fR (~/.local/state).\n"
    ".TP\n\\fBNO_COLOR\\fR\n"
    "When it is set, the lab begins without colours.\n"
    ".TP\n\\fBTERM\\fR, \\fBLC_ALL\\fR, \\fBLC_CTYPE\\fR, \\fBLANG\\fR\n"
    "What the terminal can, and whether it takes UTF\\-8; numbers are the same everywhere.\n"
    ".SH EXIT STATUS\n"
    ".TP\n\\fB0\\fR\nThe work is done.\n"
    ".TP\n\\fB1\\fR\nThe run failed; standard error says why.\n"
    ".TP\n\\fB2\\fR\nWrong usage or input.\n"
    ".TP\n\\fB128 + n\\fR\nSignal n ended it, in order: the terminal is as it was, the log whole, \\fB\\-\\-save\\fR "
    "written.\n"
    ".SH EXAMPLES\n"
    ".TP\n\\fBlrdlab\\fR\nThe classroom run, live.\n"
    ".TP\n\\fBlrdlab demo\\fR\nThe same as a recording, in half a minute.\n"
    ".TP\n\\fBlrdlab train paper\\-lrd \\-\\-log lrd.jsonl \\-\\-save lrd.safetensors\\fR\nThe run of the paper, to "
    "files.\n"
    ".TP\n\\fBlrdlab watch lrd.jsonl l2.jsonl\\fR\nTwo logs, the second behind the first.\n"
    ".TP\n\\fBlrdlab train paper\\-lrd \\-\\-at 1500=decay.kind:l2\\fR\nA change at a step.\n";

static void man_files(Text *out)
{
    text_add(out, ".SH FILES\n.TP\n\\fI");
    man_add(out, search_path_data_folder);
    text_add(out,
             "\\fR\nThe presets, demos and sweeps that come with it. Files of the folder \\fIpresets\\fR where it is\n"
             "started, and those of one\\(aqs own, come first.\n");
}

void help_print_man(Text *out)
{
    text_addf(out, ".TH LRDLAB 1 %s \"lrdlab %s\" \"User Commands\"\n", LRD_VERSION_DATE, LRD_VERSION);
    text_add(out, man_head);
    man_verbs(out);
    man_options(out);
    man_keys(out);
    man_settings(out);
    man_files(out);
    text_add(out, man_tail);
}
