#include <lrd/sweep/cell_command.h>
#include <lrd/app/slow_blas.h>
#include <lrd/app/sweep_show.h>
#include <lrd/app/verbs.h>
#include <lrd/base/machine.h>
#include <lrd/base/quote.h>
#include <lrd/base/util.h>
#include <lrd/io/atomic_file.h>
#include <lrd/io/lockfile.h>
#include <lrd/io/folder.h>
#include <lrd/io/outputs.h>
#include <lrd/io/file_read.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the commands need: full paths of the program and the folder, and the spec's copy in it. */
typedef struct Place {
    char *program, *folder, *copy;
} Place;

static void place_free(Place *p)
{
    free(p->program);
    free(p->folder);
    free(p->copy);
}

/* A cell's settings with the threads that it gets. */
static Settings sweep_cell_settings(const SweepSpec *spec, int64_t cell)
{
    Settings settings;
    Schedule schedule;
    sweep_cell_make(spec, cell, &settings, &schedule);
    schedule_free(&schedule);
    settings.train.threads = cell_threads(&settings);
    return settings;
}

/* ---- A sweep as a Slurm array job */

/* Cores of the task that needs most, and its memory with a fifth to spare. */
static void script_needs(const SweepSpec *spec, int *threads, double *megabytes)
{
    *threads = 1;
    *megabytes = 0;
    for (int64_t cell = 0; cell < spec->cells; cell++) {
        const Settings settings = sweep_cell_settings(spec, cell);
        *threads = max_int(*threads, settings.train.threads);
        *megabytes = fmax(*megabytes, ceil(1.2 * settings_memory_bytes(&settings) / 1048576));
    }
}

/* Whether a path can stand in a line of #SBATCH: no control characters, backslashes and double quotes. */
static bool sbatch_takes(const char *word)
{
    return !strpbrk(word, "\\\"") && shell_line_takes(word);
}

/* Sbatch reads a double quote as a shell does, and a per cent sign in the name of a file as the begin of a pattern.
 * Not what stands behind a backslash: it takes all patterns of the name away. */
static void sbatch_add_word(Text *out, const char *word, const char *pattern)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=,:+@";
    const char *quote = word[strspn(word, plain)] ? "\"" : "";
    text_add(out, quote);
    for (; *word; word++)
        text_add_bytes(out, *word == '%' ? "%%" : word, *word == '%' ? 2 : 1);
    text_addf(out, "%s%s", pattern, quote);
}

/* Slurm allows about a thousand tasks in an array, so each task makes a stretch of cells, one after the other. It gets
 * their commands from `sweep --list` of the spec's copy in the folder, so the script stays small. */
static void sweep_print_script(const SweepSpec *spec, const Place *place, Text *out)
{
    enum { TASKS_MAX = 1000, PROGRAM_MEGABYTES = 320 };
    int threads;
    double megabytes;
    int64_t each = (spec->cells + TASKS_MAX - 1) / TASKS_MAX, tasks = (spec->cells + each - 1) / each;
    script_needs(spec, &threads, &megabytes);
    text_addf(out,
              "#!/bin/sh\n"
              "#SBATCH --job-name=lrdlab\n"
              "#SBATCH --array=0-%lld\n"
              "#SBATCH --ntasks=1\n"
              "#SBATCH --cpus-per-task=%d\n"
              "#SBATCH --mem=%.0fM\n",
              (long long)tasks - 1, threads, megabytes + PROGRAM_MEGABYTES);
    text_add(out, "#SBATCH --output=");
    sbatch_add_word(out, place->folder, "/slurm-%A_%a.txt");
    text_add(out, "\n");
    text_addf(out,
              "# %lld cells, %lld in each task. Send it with: sbatch THIS-FILE\n"
              "# It may be sent again at any time, also while it runs: only what is missing is made.\n"
              "first=$((SLURM_ARRAY_TASK_ID * %lld + 1))\n"
              "last=$((first + %lld - 1))\n"
              "export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1\n",
              (long long)spec->cells, (long long)each, (long long)each, (long long)each);
    shell_add_word(out, place->program);
    text_add(out, " sweep ");
    shell_add_word(out, place->copy);
    text_add(out, " --out ");
    shell_add_word(out, place->folder);
    text_add(out, " --list | sed -n \"${first},${last}p\" | {\n"
                  "    worst=0\n"
                  "    while IFS= read -r command; do\n"
                  "        sh -c \"$command\" </dev/null || worst=$?\n"
                  "    done\n"
                  "    exit $worst\n"
                  "}\n");
    output_seal(out);
}

/* A program that was found through PATH is named as it was: on another machine it may lie elsewhere. */
static char *program_path(const char *called)
{
    char *full = strchr(called, '/') ? realpath(called, NULL) : NULL;
    return full ? full : xstrdup(called);
}

static bool copy_is_there(const char *path, const Text *bytes)
{
    enum { COPY_BYTES_MAX = 1 << 20 };
    Text there = {0};
    bool same = status_is_ok(file_read(path, COPY_BYTES_MAX, &there)) && strcmp(text_str(&there), text_str(bytes)) == 0;
    text_free(&there);
    return same;
}

/* By one process at a time: the tasks of an array job come here all at once. */
static Status copy_write(const Text *bytes, const char *path)
{
    enum { TRIES = 100, PAUSE_US = 20000 };
    Text lock = {0}, holder = {0};
    Status s = status_ok();
    Lockfile *lockfile = NULL;
    text_addf(&lock, "%s.lock", path);
    for (int i = 0; status_is_ok(s) && !lockfile && !copy_is_there(path, bytes); i++) {
        text_clear(&holder);
        s = lockfile_take(text_str(&lock), &lockfile, &holder);
        if (status_is_ok(s) && lockfile)
            s = atomic_file_store(path, text_str(bytes), bytes->length);
        else if (status_is_ok(s) && i == TRIES)
            s = status_failed("%s is at %s: try again later", text_str(&holder), quote_word(path).text);
        else if (status_is_ok(s))
            usleep(PAUSE_US);
    }
    lockfile_drop(lockfile);
    text_free(&lock);
    text_free(&holder);
    return s;
}

/* A copy that says something else is only replaced where no result depends on it. */
static Status copy_renew(const SweepSpec *spec, const Place *place, bool force)
{
    Text bytes = {0};
    Status s = status_ok();
    sweep_spec_print(spec, &bytes);
    bool there = copy_is_there(place->copy, &bytes); /* as versions without seals wrote it */
    output_seal(&bytes);
    if (!there && !copy_is_there(place->copy, &bytes)) {
        Sweep sweep;
        s = sweep_begin(spec, place->program, place->folder, 1, &sweep);
        sweep_free(&sweep);
        if (status_is_ok(s))
            s = output_check((NamedFile){"--out: the copy of the spec,", place->copy}, OUTPUT_SCRIPT, force);
        if (status_is_ok(s))
            s = copy_write(&bytes, place->copy);
    }
    text_free(&bytes);
    return s;
}

static Status place_make(const Arguments *a, const SweepSpec *spec, Place *out)
{
    Status s = folder_make(a->out);
    out->program = program_path(a->program);
    out->folder = status_is_ok(s) ? realpath(a->out, NULL) : NULL;
    if (!status_is_ok(s))
        return s;
    if (!out->folder)
        return status_input("the folder %s cannot be reached", quote_word(a->out).text);
    Text copy = {0};
    text_addf(&copy, "%s/" SWEEP_COPY_FILE, out->folder);
    out->copy = copy.data;
    return copy_renew(spec, out, a->force);
}

/* A command is a line, and a line break in it would be the start of another command. */
static Status path_check_lines(const char *path)
{
    return shell_line_takes(path) ? status_ok()
                                  : status_input("%s: --list and --slurm print one command a line, which cannot hold "
                                                 "the control characters of this path; take another",
                                                 quote_word(path).text);
}

/* Before the folder is made, and again for what its name and the program's turn out to be. */
static Status place_check_words(const Arguments *a, const Place *p)
{
    if (!a->list && !a->slurm)
        return status_ok();
    Status s = path_check_lines(p->folder ? p->folder : a->out);
    if (status_is_ok(s) && p->program)
        s = path_check_lines(p->program);
    if (status_is_ok(s) && a->slurm && !sbatch_takes(p->folder ? p->folder : a->out))
        s = status_input("--out %s: a line of #SBATCH cannot hold a backslash or a double quote; take another folder",
                         quote_word(a->out).text);
    return s;
}

/* ---- The three things that a sweep can be asked for */

static int sweep_print_list(const SweepSpec *spec, const Place *place)
{
    for (int64_t cell = 0; cell < spec->cells; cell++) {
        CellCommand command;
        Text line = {0};
        cell_command_make(spec, cell, place->program, place->folder, true, &command);
        cell_command_print(&command, &line);
        fputs(text_str(&line), stdout);
        cell_command_free(&command);
        text_free(&line);
    }
    return EXIT_DONE;
}

static int sweep_write_script(const SweepSpec *spec, const Place *place, const char *file)
{
    Text script = {0};
    sweep_print_script(spec, place, &script);
    Status s = atomic_file_store(file, text_str(&script), script.length);
    text_free(&script);
    return cli_report(s);
}

static int64_t sweep_jobs(const Arguments *a, const SweepSpec *spec)
{
    enum { JOBS_MAX = 1024 };
    if (a->jobs > 0)
        return min_i64(a->jobs, JOBS_MAX);
    return spec->jobs ? spec->jobs : max_int(machine_cores() / cell_threads(&spec->base), 1);
}

/* Each cell alone was checked with the spec; here they stand side by side. */
static Status sweep_check_memory(const SweepSpec *spec, int64_t jobs)
{
    const double megabyte = 1048576, program = 160 * megabyte;
    double most = 0, have = machine_memory_available();
    for (int64_t cell = 0; cell < spec->cells; cell++) {
        const Settings settings = sweep_cell_settings(spec, cell);
        most = fmax(most, settings_memory_bytes(&settings) + program);
    }
    if (most * (double)min_i64(jobs, spec->cells) <= have)
        return status_ok();
    return status_input("%" PRId64 " runs at a time need about %.0f MiB of memory and %.0f MiB are available; take "
                        "--jobs %.0f",
                        jobs, most * (double)jobs / megabyte, have / megabyte, fmax(floor(have / most), 1));
}

static void sweep_print_summary(const Sweep *s)
{
    printf("cells             %" PRId64 "\ndone              %" PRId64 "\n", s->spec->cells, s->done);
    for (int i = 0; i < SWEEP_OUTCOMES; i++)
        printf("%-17s %" PRId64 "\n", sweep_outcomes[i], s->outcome[i]);
    printf("failed            %" PRId64 "\n", s->failed);
    if (s->done)
        printf("seconds_per_cell  %.4g\n", s->seconds / (double)s->done);
}

static int sweep_make(const Arguments *a, const SweepSpec *spec, const Place *place)
{
    int64_t jobs = sweep_jobs(a, spec);
    Status s = sweep_check_memory(spec, jobs);
    if (!status_is_ok(s))
        return cli_report(s);
    Sweep sweep;
    s = sweep_begin(spec, place->program, place->folder, (int)jobs, &sweep);
    int code = cli_report(s);
    if (status_is_ok(s)) {
        if (sweep.found && !a->quiet)
            fprintf(stderr, "lrdlab: %" PRId64 " of %" PRId64 " cells are done already\n", sweep.found, spec->cells);
        slow_blas_tell();
        int number = sweep_show_run(&sweep, a->quiet);
        sweep_print_summary(&sweep);
        if (number)
            fprintf(stderr, "lrdlab: stopped; the same command goes on with what is missing\n");
        else if (sweep.failed)
            fprintf(stderr, "lrdlab: %" PRId64 " cells failed%s; the same command tries them again\n", sweep.failed,
                    sweep.done + sweep.failed < spec->cells ? ", and the rest was not tried" : "");
        code = number ? EXIT_SIGNAL + number : sweep.failed ? EXIT_FAILED : EXIT_DONE;
    }
    sweep_free(&sweep);
    return code;
}

/* ---- The verb */

static int sweep_in_place(const Arguments *a, const SweepSpec *spec)
{
    Place place = {0};
    Status s = output_check((NamedFile){"--slurm", a->slurm}, OUTPUT_SCRIPT, a->force);
    if (status_is_ok(s))
        s = place_check_words(a, &place);
    if (status_is_ok(s))
        s = place_make(a, spec, &place);
    if (status_is_ok(s))
        s = place_check_words(a, &place);
    int code = cli_report(s);
    if (status_is_ok(s))
        code = a->list    ? sweep_print_list(spec, &place)
               : a->slurm ? sweep_write_script(spec, &place, a->slurm)
                          : sweep_make(a, spec, &place);
    place_free(&place);
    return code;
}

int verb_sweep(const Arguments *a)
{
    if (!a->out)
        return cli_report(status_input("where shall the cells go? Say it with --out FOLDER"));
    if (a->list && a->slurm)
        return cli_report(status_input("--list prints the commands and --slurm writes a script; take one of them"));
    SweepSpec spec;
    Text problems = {0};
    Status s = sweep_spec_load(a->operand, &spec, &problems);
    int code = (int)s.code;
    if (status_is_ok(s))
        code = sweep_in_place(a, &spec);
    else
        cli_tell_lines(text_str(&problems));
    sweep_spec_free(&spec);
    text_free(&problems);
    return code;
}
