#include <lrd/sweep/slurm_script.h>

#include <lrd/sweep/cell_command.h>
#include <lrd/base/util.h>
#include <lrd/io/outputs.h>

#include <math.h>
#include <string.h>

/* Cores of the task that needs most, and its memory with a fifth to spare. */
static void script_needs(const SweepSpec *spec, int *threads, double *megabytes)
{
    *threads = 1;
    *megabytes = 0;
    for (int64_t cell = 0; cell < spec->cells; cell++) {
        Settings settings;
        Schedule schedule;
        sweep_cell_make(spec, cell, &settings, &schedule);
        schedule_free(&schedule);
        settings.train.threads = cell_threads(&settings);
        *threads = max_int(*threads, settings.train.threads);
        *megabytes = fmax(*megabytes, ceil(1.2 * settings_memory_bytes(&settings) / 1048576));
    }
}

bool sbatch_takes(const char *word)
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

void slurm_script_print(const SweepSpec *spec, const char *program, const char *folder, const char *copy, Text *out)
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
    sbatch_add_word(out, folder, "/slurm-%A_%a.txt");
    text_add(out, "\n");
    text_addf(out,
              "# %lld cells, %lld in each task. Send it with: sbatch THIS-FILE\n"
              "# It may be sent again at any time, also while it runs: only what is missing is made.\n"
              "first=$((SLURM_ARRAY_TASK_ID * %lld + 1))\n"
              "last=$((first + %lld - 1))\n"
              "export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1\n",
              (long long)spec->cells, (long long)each, (long long)each, (long long)each);
    shell_add_word(out, program);
    text_add(out, " sweep ");
    shell_add_word(out, copy);
    text_add(out, " --out ");
    shell_add_word(out, folder);
    text_add(out, " --list | sed -n \"${first},${last}p\" | {\n"
                  "    worst=0\n"
                  "    while IFS= read -r command; do\n"
                  "        sh -c \"$command\" </dev/null || worst=$?\n"
                  "    done\n"
                  "    exit $worst\n"
                  "}\n");
    output_seal(out);
}
