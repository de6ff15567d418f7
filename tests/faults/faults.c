/* What must hold whatever is done to the program: faults PROGRAM CASE [COUNT [SEED]].
 *
 * Each case says "ok NAME" or "not ok NAME"; the exit status is 1 when one failed. A failed one names the seed and
 * the turn, with which it comes again. It works in a folder of its own. */
#include "rider.h"

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char program[4096], folder[] = "/tmp/lrdlab-faults-XXXXXX";
static int failures;
static double patience = 30; /* sanitizers and busy machines are slow */

/* ---- Verdicts */

static void verdict(bool good, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void verdict(bool good, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs(good ? "ok faults: " : "not ok faults: ", stdout);
    vprintf(format, args);
    putchar('\n');
    fflush(stdout);
    va_end(args);
    failures += !good;
}

static void remark(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void remark(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("# ", stdout);
    vprintf(format, args);
    putchar('\n');
    va_end(args);
}

static void show_tail(const Rider *r)
{
    struct termios now = {0};
    tcgetattr(r->own_end, &now);
    remark("alternate screen %d, cursor hidden %d, keypad %d", r->alternate, r->no_cursor, r->keypad);
    remark("modes %lx %lx %lx %lx, were %lx %lx %lx %lx", (unsigned long)now.c_iflag, (unsigned long)now.c_oflag,
           (unsigned long)now.c_cflag, (unsigned long)now.c_lflag, (unsigned long)r->before.c_iflag,
           (unsigned long)r->before.c_oflag, (unsigned long)r->before.c_cflag, (unsigned long)r->before.c_lflag);
    fputs("# the last output: ", stdout);
    for (size_t i = r->tail_length > 1500 ? r->tail_length - 1500 : 0; i < r->tail_length; i++) {
        unsigned char c = (unsigned char)r->tail[i];
        if (c == '\n')
            fputs("\n# ", stdout);
        else
            printf(c < 32 || c > 126 ? "\\x%02x" : "%c", c);
    }
    putchar('\n');
}

/* ---- Chance: splitmix64, so that a seed says everything */

static uint64_t chance;

static uint64_t draw(uint64_t below)
{
    uint64_t z = (chance += 0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return (z ^ (z >> 31)) % below;
}

/* ---- Starting the lab */

static const char *const small_run[] = {
    "--set", "task.p=29",           "--set", "model.dim=32",         "--set", "model.depth=1",
    "--set", "model.heads=2",       "--set", "model.mlp=64",         "--set", "train.batch=128",
    "--set", "train.eval_every=20", "--set", "train.sample_every=5", "--set", "train.steps=1000000000",
    "--set", "train.threads=2",     NULL};

static RiderStart start_verb(const char *verb, const char *const *more)
{
    RiderStart start = {.term = "xterm-256color", .locale = "C.UTF-8", .columns = 100, .rows = 30};
    int at = 0;
    start.words[at++] = program;
    start.words[at++] = verb;
    for (int i = 0; small_run[i]; i++)
        start.words[at++] = small_run[i];
    for (int i = 0; more && more[i]; i++)
        start.words[at++] = more[i];
    return start;
}

static const char *const with_files[] = {"--log", "run.jsonl", "--save", "run.safetensors", "--force", NULL};
static const char *const saving_often[] = {"--log",        "run.jsonl", "--save",  "run.safetensors",
                                           "--save-every", "50",        "--force", NULL};
static const char *const at_200[] = {"--set", "lab.speed=200", NULL};

static void remove_files(void)
{
    unlink("run.jsonl");
    unlink("run.safetensors");
    unlink("run.safetensors.tmp");
}

/* ---- Files */

/* The words after the program's name; its exit status. */
static int run_quietly(const char *verb, const char *operand)
{
    pid_t child = fork();
    if (child == 0) {
        int nowhere = open("/dev/null", O_RDWR);
        dup2(nowhere, 0), dup2(nowhere, 1), dup2(nowhere, 2);
        execl(program, program, verb, operand, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Every line is whole; has_end: whether the last one says that the run ended. */
static bool log_is_whole(bool *has_end)
{
    FILE *f = fopen("run.jsonl", "r");
    *has_end = false;
    if (!f)
        return true;
    char *line = NULL;
    size_t room = 0;
    bool whole = true;
    for (ssize_t n; (n = getline(&line, &room, f)) > 0;) {
        whole = whole && n > 2 && line[0] == '{' && line[n - 2] == '}' && line[n - 1] == '\n';
        *has_end = strstr(line, "\"event\": \"end\"") || strstr(line, "\"event\":\"end\"");
    }
    free(line);
    fclose(f);
    return whole;
}

static bool checkpoint_is_whole(bool *exists)
{
    *exists = access("run.safetensors", F_OK) == 0;
    return !*exists || run_quietly("info", "run.safetensors") == 0;
}

/* After an end by a signal that the program answers: all of what was promised. */
static bool files_are_right(bool in_order)
{
    bool has_end, has_checkpoint, good = log_is_whole(&has_end);
    if (!good)
        remark("the log has a broken line");
    if (!checkpoint_is_whole(&has_checkpoint)) {
        remark("the checkpoint is broken");
        good = false;
    }
    if (in_order && !(has_end && has_checkpoint)) {
        remark("%s%s is missing", has_end ? "" : "the log's last row ", has_checkpoint ? "" : "the checkpoint");
        good = false;
    }
    return good;
}

/* ---- Signals at any time */

static const int orderly[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

/* One life of a verb, ended by a signal after some milliseconds. */
static bool kill_once(const char *verb, int number, int milliseconds, bool twice)
{
    bool lab = strcmp(verb, "lab") == 0;
    RiderStart start = start_verb(verb, lab ? with_files : saving_often);
    Rider r;
    remove_files();
    rider_start(&r, &start);
    double end = rider_clock() + milliseconds / 1000.0;
    while (rider_clock() < end)
        rider_watch(&r, .001);
    bool opened = r.alternate;
    kill(r.process, number);
    if (twice) {
        rider_watch(&r, .002);
        kill(r.process, number);
    }
    bool good = rider_watch(&r, patience);
    if (!good)
        remark("it goes on");
    good = good && rider_code(&r) == 128 + number;
    bool may_be_anything = number == SIGKILL || !WIFEXITED(r.status);
    if (good && number != SIGKILL && !rider_is_restored(&r)) {
        remark("the terminal is not restored");
        good = false;
    }
    if (!files_are_right(lab && opened && !may_be_anything))
        good = false;
    if (!good) {
        remark("signal %d after %d ms: status %d", number, milliseconds, rider_code(&r));
        show_tail(&r);
    }
    rider_end(&r);
    return good;
}

static void case_kills(int count)
{
    int good = 0;
    for (int i = 0; i < count; i++) {
        int pick = (int)draw(5), wait = (int)draw(700);
        bool twice = draw(4) == 0;
        good += kill_once(draw(3) ? "lab" : "train", pick < 4 ? orderly[pick] : SIGKILL, wait, twice);
    }
    verdict(good == count, "killed at %d random times: terminal and files are whole (%d)", count, good);
}

static void case_signals(int count)
{
    (void)count;
    for (int i = 0; i < 8; i++)
        verdict(kill_once(i < 4 ? "lab" : "train", orderly[i % 4], 600, false), "%s: signal %d ends it in order",
                i < 4 ? "lab" : "train", orderly[i % 4]);
}

static void case_deadly(int count)
{
    (void)count;
    static const int deadly[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGUSR1, SIGALRM};
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++) {
        RiderStart start = start_verb("lab", at_200);
        Rider r;
        rider_start(&r, &start);
        bool good = rider_wait_open(&r, patience);
        rider_watch(&r, .2);
        kill(r.process, deadly[i]);
        good = rider_watch(&r, patience) && good && rider_code(&r) != 0 && rider_is_restored(&r);
        if (!good)
            show_tail(&r);
        verdict(good, "signal %d kills the lab (%d), the terminal is restored", deadly[i], rider_code(&r));
        rider_end(&r);
    }
}

static void case_stop(int count)
{
    (void)count;
    RiderStart start = start_verb("lab", at_200);
    Rider r;
    rider_start(&r, &start);
    bool good = rider_wait_open(&r, patience);
    for (int i = 0; i < 5 && good; i++) {
        int status = 0;
        rider_watch(&r, .1);
        kill(r.process, SIGTSTP); /* as ^Z does, but that the kernel ignores for a group without a shell */
        rider_watch(&r, .3);
        bool stopped = waitpid(r.process, &status, WNOHANG | WUNTRACED) == r.process && WIFSTOPPED(status);
        good = (stopped ? rider_is_restored(&r) : r.alternate) && good;
        kill(r.process, SIGCONT);
        good = rider_wait_open(&r, patience) && good;
    }
    kill(r.process, SIGSTOP);
    rider_watch(&r, .1);
    tcsetattr(r.own_end, TCSANOW, &r.before); /* what a shell does meanwhile */
    r.alternate = false;
    kill(r.process, SIGCONT);
    good = rider_wait_open(&r, patience) && good;
    rider_watch(&r, .2);
    rider_type(&r, "q"); /* read at once, so the settings are the lab's again */
    good = rider_watch(&r, patience) && rider_code(&r) == 0 && rider_is_restored(&r) && good;
    if (!good)
        show_tail(&r);
    verdict(good, "stopped and continued six times, then q (%d)", rider_code(&r));
    rider_end(&r);
}

/* ---- Terminals that go away or stand still */

static void lose_terminal(bool hup_ignored)
{
    RiderStart start = start_verb("lab", with_files);
    start.hup_ignored = hup_ignored;
    Rider r;
    remove_files();
    rider_start(&r, &start);
    bool good = rider_wait_open(&r, patience);
    rider_watch(&r, .3);
    close(r.own_end);
    close(r.terminal);
    r.own_end = r.terminal = -1;
    good = rider_reap(&r, 5) && rider_code(&r) == 129 && files_are_right(true) && good;
    verdict(good, "the terminal vanishes%s: ended in order in seconds (%d)", hup_ignored ? ", SIGHUP ignored" : "",
            rider_code(&r));
    rider_end(&r);
}

static void case_gone(int count)
{
    (void)count;
    lose_terminal(false);
    lose_terminal(true);
}

/* ^S: output stops until ^Q. */
static void hold_output(const char *verb)
{
    RiderStart start = start_verb(verb, with_files);
    bool lab = strcmp(verb, "lab") == 0;
    Rider r;
    remove_files();
    rider_start(&r, &start);
    bool good = lab ? rider_wait_open(&r, patience) : rider_wait_output(&r, patience);
    rider_watch(&r, .5);
    rider_type(&r, "\x13");
    rider_watch(&r, .5);
    kill(r.process, SIGTERM);
    good = rider_watch(&r, patience) && rider_code(&r) == 143 && files_are_right(true) && rider_is_restored(&r) && good;
    if (!good)
        show_tail(&r);
    verdict(good, "%s after ^S: SIGTERM ends it in order (%d)", verb, rider_code(&r));
    rider_end(&r);
}

static void case_stalled(int count)
{
    (void)count;
    RiderStart start = start_verb("lab", with_files);
    start.columns = 200, start.rows = 60;
    Rider r;
    remove_files();
    rider_start(&r, &start);
    bool good = rider_wait_open(&r, patience);
    rider_sleep(3); /* nobody reads: the line is full by now */
    kill(r.process, SIGTERM);
    good = rider_reap(&r, patience) && rider_code(&r) == 143 && files_are_right(true) && good;
    rider_watch(&r, .1);
    good = rider_is_restored(&r) && good;
    if (!good)
        show_tail(&r);
    verdict(good, "a terminal that takes no output: SIGTERM ends the lab in order (%d)", rider_code(&r));
    rider_end(&r);
    hold_output("lab");
    hold_output("train");
}

/* ---- Names of terminals and locales */

static void try_name(const char *term, const char *locale, const char *extra, bool opens)
{
    RiderStart start = start_verb("lab", at_200);
    start.term = term;
    start.locale = locale;
    start.extra = extra;
    start.columns = 80, start.rows = 24;
    Rider r;
    rider_start(&r, &start);
    bool good;
    if (opens) {
        good = rider_wait_output(&r, patience) && !rider_watch(&r, .4);
        rider_type(&r, "t?\033q");
        good = rider_watch(&r, patience) && rider_code(&r) == 0 && rider_is_restored(&r) && good;
    } else {
        good = rider_watch(&r, patience) && rider_code(&r) == 2 && rider_wrote(&r, "TERM") && !rider_wrote(&r, "\033");
    }
    bool ascii = strcmp(locale, "C.UTF-8") != 0 && strncmp(extra ? extra : "", "LC_CTYPE=", 9) != 0;
    for (size_t i = 0; ascii && i < r.tail_length; i++)
        good = good && !(r.tail[i] & 0x80);
    if (!good)
        show_tail(&r);
    verdict(good, "TERM=%s LC_ALL=%s %s: %s (%d)", term ? term : "(unset)", locale, extra ? extra : "",
            opens ? "the lab opens, q leaves" : "one sentence and 2", rider_code(&r));
    rider_end(&r);
}

static void case_names(int count)
{
    (void)count;
    static const char *const good[] = {"vt100", "vt220", "linux", "ansi", "screen", "xterm", "tmux-256color"};
    static const char *const bad[] = {
        NULL, "", "dumb", "no-such-terminal", "xterm-kitty-of-nowhere", "../../etc/passwd"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        try_name(good[i], "C.UTF-8", NULL, true);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        try_name(bad[i], "C.UTF-8", NULL, false);
    try_name("xterm-256color", "C", NULL, true);
    try_name("xterm-256color", "xx_YY.nowhere", NULL, true);
    try_name("xterm-256color", "", "LC_CTYPE=C.UTF-8", true);
    try_name("xterm-256color", "C.UTF-8", "NO_COLOR=1", true);
    try_name("xterm-256color", "C.UTF-8", "COLUMNS=99999999", true);
}

/* ---- Sizes, keys, bytes */

static void case_resizes(int count)
{
    RiderStart start = start_verb("lab", at_200);
    Rider r;
    rider_start(&r, &start);
    bool good = rider_wait_open(&r, patience);
    for (int i = 0; i < count && !rider_watch(&r, 10.0 / 500); i++) {
        bool tiny = draw(10) == 0;
        rider_size(&r, tiny ? 1 + (int)draw(3) : 1 + (int)draw(250), tiny ? 1 : 1 + (int)draw(80));
    }
    rider_size(&r, 1, 1);
    rider_watch(&r, .2);
    rider_type(&r, "q");
    good = rider_watch(&r, patience) && rider_code(&r) == 0 && rider_is_restored(&r) && good;
    if (!good)
        show_tail(&r);
    verdict(good, "%d sizes at 50 a second, down to 1 x 1, then q (%d)", count, rider_code(&r));
    rider_end(&r);
}

/* A run.jsonl of a few hundred steps, for watch to show. */
static bool make_log(void)
{
    RiderStart start = start_verb("train", with_files);
    Rider r;
    rider_start(&r, &start);
    rider_watch(&r, 1.5);
    kill(r.process, SIGINT);
    bool good = rider_watch(&r, patience) && rider_code(&r) == 130;
    rider_end(&r);
    return good;
}

static RiderStart start_watch(void)
{
    RiderStart start = {.term = "xterm-256color", .locale = "C.UTF-8", .columns = 100, .rows = 30};
    start.words[0] = program;
    start.words[1] = "watch";
    start.words[2] = "run.jsonl";
    return start;
}

/* A key of the storm. What writes files is rare, what ends the lab is left out. */
static void storm_key(char *to)
{
    static const char *const keys[] = {"\033[A",
                                       "\033[B",
                                       "\033[C",
                                       "\033[D",
                                       "\033[Z",
                                       "\033OA",
                                       "\033OB",
                                       "\t",
                                       "\r",
                                       "\033",
                                       "\x7f",
                                       "\x15",
                                       "\x0c",
                                       "\033[5~",
                                       "\033[6~",
                                       "\033[H",
                                       "\033[F",
                                       "\xc3\xa9",
                                       "\xff",
                                       "\033[<0;10;10M",
                                       ":train.threads 1\r",
                                       ":decay.strength 0\r",
                                       ":train.lr 10\r",
                                       ":decay.strength 1000000\r",
                                       ":lab.fps 1\r",
                                       ":lab.fps 60\r",
                                       ":train.batch 0\r",
                                       ":train.eval_every 1\r",
                                       ":nonsense\r",
                                       ":decay.kind polar\r",
                                       ":train.lr 0.001\r"};
    static const char plain[] = " .tTdDgnmbxy123456789?:=oOu*/hjkliIcCeEfFaAvVzZ<>[]+-_|!@#$%^&()\"'~`0";
    static const char rare[] = "wsprR";
    uint64_t dice = draw(100);
    if (dice < 20)
        snprintf(to, 32, "%s", keys[draw(sizeof keys / sizeof *keys)]);
    else if (dice == 20 && draw(10) == 0)
        snprintf(to, 32, "%c", rare[draw(sizeof rare - 1)]);
    else
        snprintf(to, 32, "%c", plain[draw(sizeof plain - 1)]);
}

static void storm(const char *verb, const RiderStart *start, int count)
{
    uint64_t seed = chance;
    Rider r;
    rider_start(&r, start);
    bool good = rider_wait_open(&r, patience);
    int sent = 0;
    for (; sent < count && !r.ended; sent++) {
        char key[32];
        storm_key(key);
        rider_type(&r, key);
        rider_watch(&r, sent % 50 == 0 ? .05 : 0);
    }
    bool alive = !rider_watch(&r, 1);
    rider_type(&r, "\033");
    rider_watch(&r, .3);
    rider_type(&r, "\033");
    rider_watch(&r, .3);
    rider_type(&r, "q");
    good = rider_watch(&r, patience * 4) && alive && rider_code(&r) == 0 && rider_is_restored(&r) && good;
    if (!good)
        show_tail(&r);
    verdict(good, "%s: a storm of %d keys (seed %llu, %d sent): still there, q leaves (%d)", verb, count,
            (unsigned long long)seed, sent, rider_code(&r));
    rider_end(&r);
}

static void case_storm(int count)
{
    static const char *const fast[] = {"--set", "lab.speed=0", NULL};
    RiderStart start = start_verb("lab", fast);
    storm("lab", &start, count);
}

static void case_watch(int count)
{
    RiderStart start = start_watch();
    verdict(make_log(), "watch: there is a log");
    storm("watch", &start, count);
    for (size_t i = 0; i < sizeof orderly / sizeof *orderly; i++) {
        Rider r;
        rider_start(&r, &start);
        bool good = rider_wait_open(&r, patience);
        rider_watch(&r, .1);
        kill(r.process, orderly[i]);
        good = rider_watch(&r, patience) && rider_code(&r) == 128 + orderly[i] && rider_is_restored(&r) && good;
        if (!good)
            show_tail(&r);
        verdict(good, "watch: signal %d ends it, the terminal is restored (%d)", orderly[i], rider_code(&r));
        rider_end(&r);
    }
}

static void case_bytes(int count)
{
    (void)count;
    static const char *const watched[] = {"--set", "lab.speed=300", "--set", "lab.fps=30", NULL};
    RiderStart start = start_verb("lab", watched);
    start.columns = 120, start.rows = 40;
    Rider r;
    rider_start(&r, &start);
    bool good = rider_wait_open(&r, patience);
    rider_watch(&r, 3);
    long long before = r.bytes;
    rider_watch(&r, 5);
    double per_second = (double)(r.bytes - before) / 5;
    verdict(good && per_second > 0 && per_second < 60000,
            "the overview at 30 frames a second writes %.1f kB/s (under 60)", per_second / 1000);
    rider_type(&r, " ");
    rider_watch(&r, 10); /* until the message about it has gone */
    before = r.bytes;
    rider_watch(&r, 3);
    verdict(r.bytes == before, "a still screen writes nothing (%lld bytes in 3 s)", r.bytes - before);
    rider_type(&r, "q");
    rider_watch(&r, patience);
    rider_end(&r);
}

/* Whether anything is drawn when this comes; a hint that comes or goes just then is not taken for it. */
static bool is_drawn(Rider *r, const char *sent)
{
    bool drawn = true;
    for (int turn = 0; turn < 3 && drawn && !r->ended; turn++) {
        long long before = r->bytes;
        rider_type(r, sent);
        rider_watch(r, .3);
        drawn = r->bytes != before;
    }
    return drawn;
}

/* With --mouse the wheel is an arrow key, a click nothing, and the terminal's mouse is off again in the end. */
static void case_wheel(int count)
{
    (void)count;
    static const char *const with_mouse[] = {"--paused", "--mouse", NULL};
    RiderStart start = start_verb("lab", with_mouse);
    Rider r;
    rider_start(&r, &start);
    bool good = rider_wait_open(&r, patience);
    rider_watch(&r, 10);
    good = good && !is_drawn(&r, "\033[<0;12;5M\033[<0;12;5m");
    good = good && is_drawn(&r, "\033[<64;12;5M") && is_drawn(&r, "\033[<65;12;5M") && rider_wrote(&r, "strength");
    rider_type(&r, "q");
    good = rider_watch(&r, patience) && rider_code(&r) == 0 && rider_wrote(&r, "1000l") && good;
    verdict(good, "the wheel is an arrow key with --mouse alone (%d)", rider_code(&r));
    rider_end(&r);
}

/* What a terminal sends on its own holds letters that are keys: none of them may act. */
static void case_sequences(int count)
{
    (void)count;
    static const char *const sent[] = {"\033[<0;12;5M\033[<0;12;5m",
                                       "\033[<64;12;5M",
                                       "\033[M2tq",
                                       "\033[I\033[O",
                                       "\033[200~t2 \nq\033[201~",
                                       "\033]11;rgb:2222/tttt/qqqq\a",
                                       "\033P1$r2tq\033\\",
                                       "\033[116;5u",
                                       "\033[?64;1;2c",
                                       "\033[[q",
                                       "\033Ot",
                                       "\033O2P"};
    static const char *const paused[] = {"--paused", NULL};
    RiderStart start = start_verb("lab", paused);
    Rider r;
    rider_start(&r, &start);
    bool good = rider_wait_open(&r, patience);
    rider_watch(&r, 10); /* until little moves */
    for (size_t i = 0; i < sizeof sent / sizeof *sent; i++) {
        const bool drawn = is_drawn(&r, sent[i]);
        if (drawn)
            remark("%s is drawn", sent[i] + 1);
        good = !drawn && !r.ended && good;
    }
    const bool acts = is_drawn(&r, "\033P"); /* the projector, by two keys in one go */
    if (!acts)
        remark("Escape and P are not");
    good = acts && good;
    rider_type(&r, "q");
    good = rider_watch(&r, patience) && rider_code(&r) == 0 && good;
    verdict(good, "mouse, focus, paste and answers of a terminal are no keys (%d)", rider_code(&r));
    rider_end(&r);
}

/* PRELOAD names the library of preload.c. */
static const char *preload_variable(void)
{
    const char *library = getenv("PRELOAD");
    static char variable[4200];
    snprintf(variable, sizeof variable, "LD_PRELOAD=%s", library ? library : "");
    return variable;
}

static void case_sgemm(int count)
{
    (void)count;
    static const char *const verbs[] = {"lab", "train"};
    for (int i = 0; i < 2; i++) {
        RiderStart start = start_verb(verbs[i], NULL);
        start.extra = preload_variable();
        setenv("PRELOAD_SGEMM", "1", 1);
        Rider r;
        rider_start(&r, &start);
        bool good = rider_watch(&r, patience) && rider_code(&r) == 1 && rider_wrote(&r, "wrong matrix products");
        if (!good)
            show_tail(&r);
        verdict(good && !rider_wrote(&r, "\033"), "%s with a BLAS that computes wrongly: one sentence and 1 (%d)",
                verbs[i], rider_code(&r));
        rider_end(&r);
    }
}

static void case_noise(int count)
{
    (void)count;
    RiderStart start = start_verb("lab", at_200);
    start.extra = preload_variable();
    setenv("PRELOAD_NOISE", "1", 1);
    Rider r;
    rider_start(&r, &start);
    bool good = rider_wait_open(&r, patience);
    r.tail_length = 0;
    rider_watch(&r, 1);
    bool clean = !rider_wrote(&r, "NOISE");
    rider_type(&r, "q");
    good = rider_watch(&r, patience) && rider_code(&r) == 0 && good;
    verdict(good && clean && rider_wrote(&r, "NOISE") && rider_is_restored(&r),
            "what a library writes to stderr comes after the end, not on the screen");
    rider_end(&r);
    rider_start(&r, &start);
    good = rider_wait_open(&r, patience);
    rider_watch(&r, .5);
    kill(r.process, SIGABRT);
    good = rider_watch(&r, patience) && good;
    verdict(good && rider_wrote(&r, "NOISE") && rider_is_restored(&r), "and also when it died");
    rider_end(&r);
}

static const struct {
    const char *name;
    void (*run)(int count);
    int count;
} cases[] = {
    {"kills", case_kills, 20},   {"signals", case_signals, 0},     {"deadly", case_deadly, 0},
    {"stop", case_stop, 0},      {"gone", case_gone, 0},           {"stalled", case_stalled, 0},
    {"names", case_names, 0},    {"bytes", case_bytes, 0},         {"resizes", case_resizes, 500},
    {"storm", case_storm, 5000}, {"watch", case_watch, 2000},      {"noise", case_noise, 0},
    {"sgemm", case_sgemm, 0},    {"sequences", case_sequences, 0}, {"wheel", case_wheel, 0},
};

int main(int argc, char **argv)
{
    bool found = false;
    if (argc < 3 || !realpath(argv[1], program) || !mkdtemp(folder) || chdir(folder) != 0) {
        fprintf(stderr, "usage: faults PROGRAM CASE [COUNT [SEED]]\n");
        return 2;
    }
    setenv("HOME", folder, 1);
    setenv("XDG_CONFIG_HOME", folder, 1);
    chance = argc > 4 ? strtoull(argv[4], NULL, 10) : 20260101;
    patience = getenv("PATIENCE") ? strtod(getenv("PATIENCE"), NULL) : patience;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (strcmp(cases[i].name, argv[2]) != 0)
            continue;
        found = true;
        cases[i].run(argc > 3 ? (int)strtol(argv[3], NULL, 10) : cases[i].count);
    }
    char command[64 + sizeof folder];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    bool removed = system(command) == 0;
    return !found ? 2 : failures || !removed;
}
