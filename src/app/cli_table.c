/* The two tables of the command line. */
#include <lrd/app/cli.h>
#include <lrd/app/verbs.h>
#include <lrd/base/choice.h>

#include <string.h>

enum {
    LAB,
    LESSON,
    TRAIN,
    WATCH,
    DEMO,
    SWEEP,
    PHASE,
    SHOT,
    MOVIE,
    PLOT,
    PRESETS,
    SETTINGS,
    KEYS,
    INFO,
    DOCTOR,
    BENCH,
    HELP,
    COMPLETE
};

const Verb verb_table[] = {
    [LAB] = {"lab", "[PRESET]", "the laboratory: a model trains and you change its weight decay", true, verb_lab},
    [LESSON] = {"lesson", "[LESSON]", "a guided tour in a few steps over a live run, for a first time or a class", true,
                verb_lesson},
    [TRAIN] = {"train", "[PRESET]", "a run without a screen: to files, with a summary at the end", true, verb_train},
    [WATCH] = {"watch", "FILE.jsonl...",
               "the lab's views over logs: replays them, follows one that grows, overlays several", false, verb_watch},
    [DEMO] = {"demo", "[NAME]", "a recorded run, replayed at once: grokking in half a minute, without training", false,
              verb_demo},
    [SWEEP] = {"sweep", "SPEC", "a grid of runs, several at a time; again: only what is missing", false, verb_sweep},
    [PHASE] = {"phase", "FOLDER", "the phase diagram of a sweep: two of its axes, mean and spread over seeds", false,
               verb_phase},
    [SHOT] = {"shot", "PRESET|FILE.jsonl", "a picture of the lab at one step, as SVG, ANSI or plain text", true,
              verb_shot},
    [MOVIE] = {"movie", "PRESET|FILE.jsonl...",
               "a run to show to others: a page with a player, an SVG that moves, or a terminal's recording", true,
               verb_movie},
    [PLOT] = {"plot", "FILE.jsonl...", "a figure for a paper from logs: SVG, PDF or PNG", false, verb_plot},
    [PRESETS] = {"presets", "", "lists the presets that can be named, and what each comes to", false, verb_presets},
    [SETTINGS] = {"settings", "[PRESET]", "the table of settings; of a preset: its settings as a file", false,
                  verb_settings},
    [KEYS] = {"keys", "", "lists the keys of the lab", false, verb_keys},
    [INFO] = {"info", "FILE", "says what a checkpoint, log, result, preset, lesson, sweep spec or list of pairs holds",
              false, verb_info},
    [DOCTOR] = {"doctor", "", "checks BLAS, memory, terminal and locale", false, verb_doctor},
    [BENCH] = {"bench", "[PRESET]", "steps per second, and where the time of a step goes", true, verb_bench},
    [HELP] = {"help", "[VERB]", "says what a verb does and what it takes", false, verb_help},
    [COMPLETE] = {"complete", "WORD...", "what may stand at the end of a command line, for the completion of shells",
                  false, verb_complete},
};
const int verb_count = sizeof verb_table / sizeof verb_table[0];

#define BIT(verb) (1u << (verb))
#define RUNS (BIT(LAB) | BIT(TRAIN))
#define SCREENS (BIT(LAB) | BIT(LESSON))
#define WATCHED (BIT(WATCH) | BIT(DEMO))
#define PICTURES (SCREENS | WATCHED | BIT(SHOT) | BIT(MOVIE))
#define PRESETTED (RUNS | SCREENS | BIT(SHOT) | BIT(MOVIE) | BIT(SETTINGS) | BIT(BENCH))
#define EVERY (BIT(sizeof verb_table / sizeof verb_table[0]) - 1)

#define FLAG(name, verbs, member, help)                                                                                \
    {                                                                                                                  \
        name, NULL, verbs, OPTION_FLAG, offsetof(Arguments, member), 0, help                                           \
    }
#define WORD(name, argument, verbs, member, help)                                                                      \
    {                                                                                                                  \
        name, argument, verbs, OPTION_WORD, offsetof(Arguments, member), 0, help                                       \
    }
#define LIST(name, argument, verbs, member, help)                                                                      \
    {                                                                                                                  \
        name, argument, verbs, OPTION_LIST, offsetof(Arguments, member), 0, help                                       \
    }
#define NUMBER(name, verbs, member, least, help)                                                                       \
    {                                                                                                                  \
        name, "N", verbs, OPTION_NUMBER, offsetof(Arguments, member), least, help                                      \
    }

const Option option_table[] = {
    LIST("--set", "KEY=VALUE", PRESETTED, sets,
         "change a setting; may be given again (\"lrdlab settings\" lists them)"),
    LIST("--at", "STEP=KEY:VALUE", RUNS | BIT(MOVIE), at, "change a setting at a step of the run; may be given again"),
    LIST("--map", "FIELD=NAME", BIT(WATCH) | BIT(SHOT) | BIT(MOVIE) | BIT(PLOT) | BIT(INFO), maps,
         "take column NAME of a log as FIELD, as in unseen_acc=eval/acc; may be given again (info lists the columns)"),
    NUMBER("--steps", BIT(TRAIN), steps, 1, "train until step N in all, also after --resume"),
    WORD("--init", "FILE", RUNS, init, "first weights from a safetensors file or a checkpoint"),
    WORD("--pairs", "FILE", BIT(TRAIN), pairs, "training rows from lines \"a b\", in batch order"),
    WORD("--resume", "FILE", RUNS, resume, "go on from a checkpoint with all its settings"),
    WORD("--save", "FILE", RUNS | SCREENS, save, "write a checkpoint at the end"),
    NUMBER("--save-every", BIT(TRAIN), save_every, 1, "and one every N steps"),
    WORD("--weights", "FILE", BIT(TRAIN), weights, "write the weights alone at the end, as PyTorch loads them"),
    WORD("--grad", "FILE", BIT(TRAIN), grad, "write the gradient of the first step, before clipping"),
    WORD("--log", "FILE.jsonl", RUNS | SCREENS, log, "write the log, a JSON object a line"),
    FLAG("--portraits", BIT(TRAIN), probes,
         "the log tells what attention, table and fourier show too, at each evaluation"),
    WORD("--csv", "FILE", BIT(TRAIN) | BIT(PHASE), csv, "write the numbers as a table"),
    WORD("--stop", "WHEN", BIT(TRAIN), stop, "grokked: end as soon as it has grokked; never (the default)"),
    WORD("--result", "FILE.json", BIT(TRAIN), result,
         "write what the whole run came to; where that stands already, do nothing"),
    FLAG("--force", RUNS | SCREENS | BIT(SWEEP) | BIT(PHASE) | BIT(SHOT) | BIT(MOVIE) | BIT(PLOT), force,
         "write over files that are there, whatever they hold"),
    NUMBER("--jobs", BIT(SWEEP), jobs, 1, "runs at a time (as many as there are cores)"),
    FLAG("--list", BIT(SWEEP) | BIT(DEMO) | BIT(LESSON), list,
         "sweep: print a command for each cell instead, to run anywhere in any order; demo, lesson: what there is"),
    FLAG("--checks", BIT(LESSON), checks, "list what a step of a lesson can wait for"),
    WORD("--slurm", "FILE", BIT(SWEEP), slurm, "write the script of a Slurm array job instead"),
    FLAG("--quiet", BIT(TRAIN) | BIT(SWEEP) | BIT(SHOT) | BIT(MOVIE), quiet, "no progress on stderr"),
    FLAG("--paused", BIT(LAB), paused, "start paused; space goes on"),
    NUMBER("--step", BIT(SHOT) | WATCHED, step, 0, "the step that is shown; watch and demo begin there, paused"),
    NUMBER("--speed", WATCHED, speed, 1, "steps per second; otherwise the whole log takes half a minute"),
    WORD("--size", "WxH", BIT(SHOT) | BIT(MOVIE), size,
         "columns and rows of the picture (120x40; of an SVG that moves 80x24)"),
    NUMBER("--from", BIT(MOVIE), from, 0, "the first step that is shown"),
    NUMBER("--to", BIT(MOVIE), to, 1, "the last step that is shown"),
    NUMBER("--seconds", BIT(MOVIE), seconds, 1, "how long it plays (30; an SVG 12)"),
    NUMBER("--cast", BIT(MOVIE), cast, 2, "version of asciicast, 3 or 2 (3)"),
    WORD("--panels", "LIST", BIT(PLOT), panels,
         "some of accuracy,loss,rank,norm,turn,spectrum,relative (accuracy,loss,rank,norm)"),
    WORD("--layout", "NAME", BIT(PLOT), layout, "mechanism: accuracy, loss, rank, relative, and attention of two arms"),
    WORD("--x", "SCALE", BIT(PLOT), axis_x, "the axis of steps: log or linear (linear)"),
    FLAG("--band", BIT(PLOT), band, "logs that differ in seeds alone are one curve: median and quartiles"),
    FLAG("--command", BIT(INFO), command, "of a log: only the command that makes this run again"),
    WORD("--view", "NAME", PICTURES, view,
         "the view: overview, curves, spectrum, waterfall, attention, table, geometry, fourier"),
    WORD("--theme", "NAME", PICTURES | BIT(PHASE), theme, "the colours: dark, light, contrast, cvd, none"),
    FLAG("--projector", PICTURES, projector, "large numbers and thick curves, as key P"),
    WORD("--glyphs", "NAME", PICTURES | BIT(PHASE), glyphs, "what curves are drawn with: braille, block, ascii"),
    FLAG("--mouse", SCREENS | WATCHED, mouse,
         "the mouse works, as it does at first; text is selected with Shift held; remembered"),
    FLAG("--no-mouse", SCREENS | WATCHED, no_mouse, "leave the mouse to the terminal; remembered until --mouse"),
    WORD("--measure", "NAME", BIT(PHASE), measure,
         "unseen (best accuracy), best-test (mirrored pairs too), last-unseen, grokked, delay, memorised, stable-rank, "
         "effective-rank, turn"),
    WORD("--across", "KEY", BIT(PHASE), across, "the axis from left to right (task.frac)"),
    WORD("--up", "KEY", BIT(PHASE), up, "the axis from below (decay.strength)"),
    WORD("--svg", "FILE", BIT(PHASE), svg, "write the diagram as a picture too"),
    WORD("--out", "PATH", BIT(SHOT) | BIT(SWEEP) | BIT(MOVIE) | BIT(PLOT), out,
         "shot: the picture, FILE.svg, FILE.ans or FILE.txt; movie: FILE.html, FILE.svg or FILE.cast; plot: FILE.svg, "
         "FILE.pdf or FILE.png; sweep: the folder "
         "of its cells"),
    FLAG("--markdown", BIT(PRESETS) | BIT(SETTINGS) | BIT(KEYS) | BIT(LESSON), markdown,
         "as a Markdown table (of a lesson: --checks)"),
    FLAG("--man", BIT(HELP), man, "all of it as a manual page, in troff"),
    FLAG("--json", BIT(BENCH), json, "as a JSON object"),
    FLAG("--help", EVERY, help, "this text"),
    FLAG("--version", EVERY, version, "the version of the program"),
};
const int option_count = sizeof option_table / sizeof option_table[0];
_Static_assert(sizeof option_table / sizeof option_table[0] <= OPTIONS_MAX, "the reader marks each option");

const Verb *verb_find(const char *name)
{
    for (int i = 0; i < verb_count; i++)
        if (strcmp(verb_table[i].name, name) == 0)
            return &verb_table[i];
    return NULL;
}

const char *verb_nearest(const char *word)
{
    ChoiceNearest nearest = choice_nearest(word);
    for (int i = 0; i < verb_count; i++)
        choice_offer(&nearest, verb_table[i].name);
    return nearest.name;
}
