/* Signals at any time. */
#include "faults.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

const int orderly[ORDERLY] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGXCPU};
static const char *const saving_often[] = {"--log",        "run.jsonl", "--save",  "run.safetensors",
                                           "--save-every", "50",        "--force", NULL};

/* One life of a verb, ended by a signal after some milliseconds. */
static bool kill_once(const char *verb, int number, int milliseconds, bool twice)
{
    bool lab = strcmp(verb, "lab") == 0;
    PtyStart start = start_verb(verb, lab ? with_files : saving_often);
    Pty r;
    remove_files();
    pty_start(&r, &start);
    double end = pty_clock() + milliseconds / 1000.0;
    while (pty_clock() < end)
        pty_watch(&r, .001);
    bool opened = r.alternate;
    kill(r.process, number);
    if (twice) {
        pty_watch(&r, .002);
        kill(r.process, number);
    }
    bool good = pty_watch(&r, patience);
    if (!good)
        remark("it goes on");
    good = good && pty_code(&r) == 128 + number;
    bool may_be_anything = number == SIGKILL || !WIFEXITED(r.status);
    if (good && number != SIGKILL && !pty_is_restored(&r)) {
        remark("the terminal is not restored");
        good = false;
    }
    if (!files_are_right(lab && opened && !may_be_anything))
        good = false;
    if (!good) {
        remark("signal %d after %d ms: status %d", number, milliseconds, pty_code(&r));
        show_tail(&r);
    }
    pty_end(&r);
    return good;
}

void case_kills(int count)
{
    int good = 0;
    for (int i = 0; i < count; i++) {
        int pick = (int)draw(ORDERLY + 1), wait = (int)draw(700);
        bool twice = draw(4) == 0;
        good += kill_once(draw(3) ? "lab" : "train", pick < ORDERLY ? orderly[pick] : SIGKILL, wait, twice);
    }
    verdict(good == count, "killed at %d random times: terminal and files are whole (%d)", count, good);
}

void case_signals(int count)
{
    (void)count;
    for (int i = 0; i < 2 * ORDERLY; i++)
        verdict(kill_once(i < ORDERLY ? "lab" : "train", orderly[i % ORDERLY], 600, false),
                "%s: signal %d ends it in order", i < ORDERLY ? "lab" : "train", orderly[i % ORDERLY]);
}

void case_deadly(int count)
{
    (void)count;
    const int deadly[] = {SIGSEGV,   SIGABRT,   SIGBUS,   SIGFPE,   SIGILL, SIGALRM, SIGPOLL,
#ifdef SIGPWR
                          SIGPWR,    SIGSTKFLT, SIGRTMIN, SIGRTMAX,
#endif
                          SIGVTALRM, SIGPROF};
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++) {
        PtyStart start = start_verb("lab", at_200);
        Pty r;
        pty_start(&r, &start);
        bool good = pty_wait_open(&r, patience);
        pty_watch(&r, .2);
        kill(r.process, deadly[i]);
        good = pty_watch(&r, patience) && good && pty_code(&r) != 0 && pty_is_restored(&r);
        if (!good)
            show_tail(&r);
        verdict(good, "signal %d kills the lab (%d), the terminal is restored", deadly[i], pty_code(&r));
        pty_end(&r);
    }
}

void case_stop(int count)
{
    (void)count;
    PtyStart start = start_verb("lab", at_200);
    Pty r;
    pty_start(&r, &start);
    bool good = pty_wait_open(&r, patience);
    for (int i = 0; i < 5 && good; i++) {
        int status = 0;
        pty_watch(&r, .1);
        kill(r.process, SIGTSTP); /* as ^Z does, but that the kernel ignores for a group without a shell */
        pty_watch(&r, .3);
        bool stopped = waitpid(r.process, &status, WNOHANG | WUNTRACED) == r.process && WIFSTOPPED(status);
        good = (stopped ? pty_is_restored(&r) : r.alternate) && good;
        kill(r.process, SIGCONT);
        good = pty_wait_open(&r, patience) && good;
    }
    kill(r.process, SIGSTOP);
    pty_watch(&r, .1);
    tcsetattr(r.own_end, TCSANOW, &r.before); /* what a shell does meanwhile */
    r.alternate = false;
    kill(r.process, SIGCONT);
    good = pty_wait_open(&r, patience) && good;
    pty_watch(&r, .2);
    pty_type(&r, "q"); /* read at once, so the settings are the lab's again */
    good = pty_watch(&r, patience) && pty_code(&r) == 0 && pty_is_restored(&r) && good;
    if (!good)
        show_tail(&r);
    verdict(good, "stopped and continued six times, then q (%d)", pty_code(&r));
    pty_end(&r);
}
