/* What the lab costs beside its training, measured from outside on a pseudo terminal of 120 x 40: lab PROGRAM
 * [--check].
 *
 * How long until its first frame stands, what it burns while it is paused, what it keeps in memory, how fast it trains
 * the reference's model at 30 frames a second beside `train` on the same threads (one fewer than the cores), rounds in
 * turn, and how much more processor time that takes, which is its drawing. --check: the first three alone, each held to
 * its bound. */
#include "../faults/pty_harness.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { STARTS = 9, ROUNDS = 5 };
static const double patience = 30, round_seconds = 15;

static char program[4096], folder[] = "/tmp/lrdlab-bench-XXXXXX", threads[40];

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* ---- One run in a terminal */

static PtyStart start_verb(const char *verb, const char *more)
{
    return (PtyStart){.words = {program, verb, "paper-lrd", "--log", "log.jsonl", "--force", "--set",
                                "train.steps=1000000000", "--set", "lab.rewind_mb=0", "--set", "lab.speed=0", "--set",
                                threads, more, NULL},
                      .term = "xterm-256color",
                      .locale = "C.UTF-8",
                      .columns = 120,
                      .rows = 40};
}

static double cpu_seconds(const Pty *r)
{
    return (double)r->use.ru_utime.tv_sec + (double)r->use.ru_stime.tv_sec +
           1e-6 * (double)(r->use.ru_utime.tv_usec + r->use.ru_stime.tv_usec);
}

static double resident_megabytes(const Pty *r)
{
#ifdef __APPLE__
    const double unit = 1;
#else
    const double unit = 1024;
#endif
    return (double)r->use.ru_maxrss * unit * 1e-6;
}

static void die(const char *why, Pty *r)
{
    fprintf(stderr, "bench: %s (status %d)\n", why, pty_code(r));
    pty_end(r);
    exit(1);
}

/* Ends it in order, the lab by its key and `train` by a signal. */
static void stop(Pty *r, bool lab)
{
    if (lab)
        pty_type(r, "q");
    else
        kill(r->process, SIGINT);
    if (!pty_watch(r, patience) || pty_code(r) != (lab ? 0 : 128 + SIGINT))
        die("the program did not end as it was told", r);
    pty_end(r);
}

/* Milliseconds until the last line of the first frame, which names the key for help, is there. */
static double first_frame(void)
{
    PtyStart start = start_verb("lab", "--paused");
    Pty r;
    const double begin = pty_clock();
    pty_start(&r, &start);
    while (!pty_wrote(&r, "help") && pty_clock() < begin + patience && !pty_watch(&r, .001))
        ;
    const double seconds = pty_clock() - begin;
    if (!pty_wrote(&r, "help"))
        die("no first frame", &r);
    stop(&r, true);
    return 1e3 * seconds;
}

/* Processor seconds that a process has taken so far; -1 where the system doesn't tell. */
static double cpu_so_far(pid_t process)
{
#if defined _POSIX_CPUTIME && _POSIX_CPUTIME >= 0
    clockid_t clock;
    struct timespec t;
    if (clock_getcpuclockid(process, &clock) == 0 && clock_gettime(clock, &t) == 0)
        return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
#else
    (void)process;
#endif
    return -1;
}

/* Processor seconds of a lab that stays paused for so long, its first `from` seconds left out where the system tells
 * them: a start takes more than minutes of a pause, and not always as much. */
static double paused_cpu(double from, double to)
{
    PtyStart start = start_verb("lab", "--paused");
    Pty r;
    pty_start(&r, &start);
    if (!pty_wait_open(&r, patience) || pty_watch(&r, from))
        die("the lab did not stay open", &r);
    const double before = cpu_so_far(r.process);
    if (pty_watch(&r, to - from))
        die("the lab did not stay open", &r);
    const double after = cpu_so_far(r.process);
    stop(&r, true);
    return before >= 0 && after >= 0 ? after - before : cpu_seconds(&r);
}

typedef struct Ride {
    double steps_per_second, cpu_per_step, megabytes;
} Ride;

/* The log's last evaluation: its step, and the seconds of training up to there. */
static double logged_rate(double *step)
{
    FILE *f = fopen("log.jsonl", "r");
    char *line = NULL;
    size_t room = 0;
    double seconds = 0, at, time;
    *step = 0;
    while (f && getline(&line, &room, f) > 0)
        if (sscanf(line, "{\"step\":%lf,\"time_s\":%lf", &at, &time) == 2 && at > 0) {
            *step = at;
            seconds = time;
        }
    free(line);
    if (f)
        fclose(f);
    return seconds > 0 ? *step / seconds : 0;
}

static Ride ride(bool lab, double seconds)
{
    PtyStart start = start_verb(lab ? "lab" : "train", lab ? NULL : "--quiet");
    Pty r;
    Ride ride;
    double step;
    pty_start(&r, &start);
    if (pty_watch(&r, seconds))
        die("the program ended too soon", &r);
    stop(&r, lab);
    ride.steps_per_second = logged_rate(&step); /* 0 where not even one evaluation was reached */
    ride.cpu_per_step = cpu_seconds(&r) / step;
    ride.megabytes = resident_megabytes(&r);
    return ride;
}

/* ---- What is said of them */

static double measure_first_frames(double *least)
{
    double ms[STARTS];
    for (int i = 0; i < STARTS; i++)
        ms[i] = first_frame();
    qsort(ms, STARTS, sizeof *ms, compare);
    *least = ms[0];
    return ms[STARTS / 2];
}

static double measure_pause(void)
{
    const double from = 1, to = 6;
    return 100 * paused_cpu(from, to) / (to - from);
}

static int report(bool good, const char *what, double value, const char *unit, double bound)
{
    printf("%s bench lab: %s %.2f %s, at most %g\n", good ? "ok" : "not ok", what, value, unit, bound);
    return !good;
}

static int check(void)
{
    enum { FRAME_MS = 150, MEGABYTES = 120 };
    double least;
    measure_first_frames(&least);
    double pause = measure_pause();
    for (int i = 0; i < 2 && pause >= 1; i++) /* what starting costs varies more on a busy machine */
        pause = measure_pause();
    const double megabytes = ride(true, 10).megabytes;
    int failed = report(least <= FRAME_MS, "first frame", least, "ms after the start", FRAME_MS);
    failed |= report(pause < 1, "paused", pause, "% of a core", 1);
    failed |= report(megabytes < MEGABYTES, "resident", megabytes, "MB without rewind points", MEGABYTES);
    return failed;
}

static void print_rounds(void)
{
    double rate[ROUNDS], cpu[ROUNDS], megabytes = 0;
    for (int i = 0; i < ROUNDS; i++) {
        const Ride lab = ride(true, round_seconds), train = ride(false, round_seconds);
        if (!(lab.steps_per_second > 0 && train.steps_per_second > 0)) {
            fputs("bench: no evaluation was reached within a round\n", stderr);
            exit(1);
        }
        rate[i] = lab.steps_per_second / train.steps_per_second;
        cpu[i] = lab.cpu_per_step / train.cpu_per_step;
        megabytes = lab.megabytes;
    }
    qsort(rate, ROUNDS, sizeof *rate, compare);
    qsort(cpu, ROUNDS, sizeof *cpu, compare);
    printf("resident                 %8.1f MB without rewind points\n", megabytes);
    printf("steps/s, lab over train  %8.3f    (%.3f to %.3f, %d rounds in turn of %.0f s, %s)\n", rate[ROUNDS / 2],
           rate[0], rate[ROUNDS - 1], ROUNDS, round_seconds, threads);
    printf("processor time a step    %8.3f    (%.3f to %.3f): lab over train, so what it draws with\n", cpu[ROUNDS / 2],
           cpu[0], cpu[ROUNDS - 1]);
}

static void print_all(void)
{
    double least;
    const double middle = measure_first_frames(&least);
    printf("first frame              %8.1f ms after the start (median of %d, least %.1f)\n", middle, STARTS, least);
    printf("paused                   %8.2f %% of a core\n", measure_pause());
    fflush(stdout);
    print_rounds();
}

int main(int argc, char **argv)
{
    if (argc < 2 || !realpath(argv[1], program) || !mkdtemp(folder) || chdir(folder) != 0) {
        fputs("usage: lab PROGRAM [--check]\n", stderr);
        return 2;
    }
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    snprintf(threads, sizeof threads, "train.threads=%ld", cores > 1 ? cores - 1 : 1);
    int failed = 0;
    if (argc > 2 && strcmp(argv[2], "--check") == 0)
        failed = check();
    else
        print_all();
    unlink("log.jsonl");
    if (chdir("/") != 0 || rmdir(folder) != 0)
        perror(folder);
    return failed;
}
