/* Keys: storms of them, in the lab and in watch, the wheel that is two of them, and sequences that are none. */
#include "faults.h"

#include <signal.h>
#include <stdio.h>

/* ---- Storms */

/* A run.jsonl of a few hundred steps, for watch to show. */
static bool make_log(void)
{
    PtyStart start = start_verb("train", with_files);
    Pty r;
    pty_start(&r, &start);
    pty_watch(&r, 1.5);
    kill(r.process, SIGINT);
    bool good = pty_watch(&r, patience) && pty_code(&r) == 130;
    pty_end(&r);
    return good;
}

static PtyStart start_watch(void)
{
    PtyStart start = {.term = "xterm-256color", .locale = "C.UTF-8", .columns = 100, .rows = 30};
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

static void storm(const char *verb, const PtyStart *start, int count)
{
    uint64_t seed = chance;
    Pty r;
    pty_start(&r, start);
    bool good = pty_wait_open(&r, patience);
    int sent = 0;
    for (; sent < count && !r.ended; sent++) {
        char key[32];
        storm_key(key);
        pty_type(&r, key);
        pty_watch(&r, sent % 50 == 0 ? .05 : 0);
    }
    bool alive = !pty_watch(&r, 1);
    pty_type(&r, "\033");
    pty_watch(&r, .3);
    pty_type(&r, "\033");
    pty_watch(&r, .3);
    pty_type(&r, "q");
    good = pty_watch(&r, patience * 4) && alive && pty_code(&r) == 0 && pty_is_restored(&r) && good;
    if (!good)
        show_tail(&r);
    verdict(good, "%s: a storm of %d keys (seed %llu, %d sent): still there, q leaves (%d)", verb, count,
            (unsigned long long)seed, sent, pty_code(&r));
    pty_end(&r);
}

void case_storm(int count)
{
    static const char *const fast[] = {"--set", "lab.speed=0", NULL};
    PtyStart start = start_verb("lab", fast);
    storm("lab", &start, count);
}

void case_watch(int count)
{
    PtyStart start = start_watch();
    verdict(make_log(), "watch: there is a log");
    storm("watch", &start, count);
    for (size_t i = 0; i < sizeof orderly / sizeof *orderly; i++) {
        Pty r;
        pty_start(&r, &start);
        bool good = pty_wait_open(&r, patience);
        pty_watch(&r, .1);
        kill(r.process, orderly[i]);
        good = pty_watch(&r, patience) && pty_code(&r) == 128 + orderly[i] && pty_is_restored(&r) && good;
        if (!good)
            show_tail(&r);
        verdict(good, "watch: signal %d ends it, the terminal is restored (%d)", orderly[i], pty_code(&r));
        pty_end(&r);
    }
}

/* ---- Sequences */

/* Whether anything is drawn when this comes; a hint that comes or goes just then is not taken for it. */
static bool is_drawn(Pty *r, const char *sent)
{
    bool drawn = true;
    for (int turn = 0; turn < 3 && drawn && !r->ended; turn++) {
        long long before = r->bytes;
        pty_type(r, sent);
        pty_watch(r, .3);
        drawn = r->bytes != before;
    }
    return drawn;
}

/* A press and its release, in the form of SGR; columns and rows from 1. */
static const char *clicked(int x, int y)
{
    static char sent[64];
    snprintf(sent, sizeof sent, "\033[<0;%d;%dM\033[<0;%d;%dm", x, y, x, y);
    return sent;
}

/* What stands on the screen then is written whole: curses alone writes only the cells that differ. */
static void redraw_after(Pty *r, const char *sent)
{
    pty_type(r, sent);
    pty_watch(r, .3);
    pty_type(r, "\f");
    pty_watch(r, .5);
}

/* The mouse works unless it is told not to, also where the terminal's description knows only the old form, and is off
 * again in the end. */
void case_wheel(int count)
{
    (void)count;
    static const char *const terms[] = {"xterm-256color", "screen-256color"};
    static const char *const paused[] = {"--paused", NULL};
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        PtyStart start = start_verb("lab", paused);
        Pty r;
        start.term = terms[i];
        pty_start(&r, &start);
        bool good = pty_wait_open(&r, patience) && !pty_watch(&r, 3);

        for (int x = 34; x < 60 && good && !pty_wrote(&r, "singular values over the steps"); x += 2)
            redraw_after(&r, clicked(x, 2)); /* along the tabs, to the waterfall */
        good = good && pty_wrote(&r, "singular values over the steps");
        redraw_after(&r, "1");
        for (int y = 6; y < 14 && good && !pty_wrote(&r, "Step axis: 1/"); y++) {
            char turned[32];
            snprintf(turned, sizeof turned, "\033[<64;30;%dM", y);
            redraw_after(&r, turned); /* over a curve */
        }
        good = good && pty_wrote(&r, "Step axis: 1/");
        pty_type(&r, "q");
        good = pty_watch(&r, patience) && pty_code(&r) == 0 && pty_wrote(&r, "1000l") && good;
        verdict(good, "%s: a click on a tab, the wheel over curves (%d)", terms[i], pty_code(&r));
        pty_end(&r);
    }
}

/* What a terminal sends on its own holds letters that are keys: none of them may act, nor the mouse where it is not
 * wanted. */
void case_sequences(int count)
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
    static const char *const paused[] = {"--paused", "--no-mouse", NULL};
    PtyStart start = start_verb("lab", paused);
    Pty r;
    pty_start(&r, &start);
    bool good = pty_wait_open(&r, patience);
    pty_watch(&r, 10); /* until little moves */
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
    pty_type(&r, "q");
    good = pty_watch(&r, patience) && pty_code(&r) == 0 && good;
    verdict(good, "mouse, focus, paste and answers of a terminal are no keys (%d)", pty_code(&r));
    pty_end(&r);
}
