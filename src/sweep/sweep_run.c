#include <lrd/sweep/sweep_run.h>

#include <lrd/sweep/cell_command.h>
#include <lrd/app/cli.h>
#include <lrd/app/stop.h>
#include <lrd/app/sweep_show.h>
#include <lrd/base/util.h>
#include <lrd/io/lockfile.h>
#include <lrd/sweep/result.h>
#include <lrd/view/format.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef enum CellState { CELL_DUE, CELL_AT_WORK, CELL_ELSEWHERE, CELL_DONE, CELL_FAILED } CellState;

const char *const sweep_outcomes[SWEEP_OUTCOMES] = {"grokked", "generalised", "memorised", "not-memorised",
                                                    "non-finite"};

/* ---- What is there */

/* false: not there, or not whole. */
static bool cell_read(const Sweep *s, int64_t cell, Result *out)
{
    Text path = {0};
    cell_file(s->folder, s->spec, cell, SWEEP_RESULT_FILE, &path);
    bool good = access(text_str(&path), F_OK) == 0 && status_is_ok(result_read(text_str(&path), out));
    text_free(&path);
    return good;
}

static bool cell_is_of_spec(const Sweep *s, int64_t cell, const Result *there, Text *difference)
{
    Recipe here = sweep_cell_recipe(s->spec, cell);
    bool same = recipe_is_same(&there->recipe, &here, difference);
    recipe_free(&here);
    return same;
}

static void sweep_count(Sweep *s, int64_t cell, const Result *r)
{
    s->state[cell] = CELL_DONE;
    s->done++;
    s->failed_in_a_row = 0;
    s->seconds += r->seconds;
    for (int i = 0; i < SWEEP_OUTCOMES; i++)
        s->outcome[i] += strcmp(sweep_outcomes[i], r->outcome) == 0;
}

Status sweep_begin(const SweepSpec *spec, const char *program, const char *folder, int jobs, bool quiet, Sweep *out)
{
    enum { SHOWN = 10 };
    *out = (Sweep){.spec = spec, .program = program, .folder = folder, .jobs = jobs, .quiet = quiet};
    out->state = xcalloc((size_t)spec->cells, sizeof *out->state);
    out->workers = xcalloc((size_t)jobs, sizeof *out->workers);
    int64_t others = 0;
    for (int64_t cell = 0; cell < spec->cells; cell++) {
        Result there;
        if (!cell_read(out, cell, &there))
            continue;
        Text difference = {0}, name = {0};
        sweep_cell_name(spec, cell, &name);
        if (cell_is_of_spec(out, cell, &there, &difference))
            sweep_count(out, cell, &there);
        else if (others++ < SHOWN)
            fprintf(stderr, "lrdlab: %s: %s\n", text_str(&name), text_str(&difference));
        text_free(&difference);
        text_free(&name);
        result_free(&there);
    }
    out->found = out->done;
    out->began = clock_seconds();
    return others ? status_input("%lld results in %s are of other settings than this spec gives them; take another "
                                 "folder with --out, or remove theirs",
                                 (long long)others, folder)
                  : status_ok();
}

void sweep_free(Sweep *s)
{
    free(s->state);
    free(s->workers);
    *s = (Sweep){0};
}

/* ---- Workers */

/* The next cell in this state, from where the last search ended; -1 for none. */
static int64_t sweep_find(const Sweep *s, CellState state, int64_t *from)
{
    for (int64_t i = 0; i < s->spec->cells; i++) {
        int64_t cell = (*from + i) % s->spec->cells;
        if (s->state[cell] == state) {
            *from = cell + 1;
            return cell;
        }
    }
    return -1;
}

static void sweep_fail(Sweep *s, int64_t cell)
{
    s->state[cell] = CELL_FAILED;
    s->failed++;
    s->failed_in_a_row++;
}

static void worker_start(Sweep *s, Worker *w, SweepShow *show)
{
    int64_t cell = sweep_find(s, CELL_DUE, &s->next);
    if (cell < 0)
        return;
    CellCommand command;
    cell_command_make(s->spec, cell, s->program, s->folder, false, &command);
    Status status = child_start((const char *const *)command.words, &w->child);
    cell_command_free(&command);
    if (status_is_ok(status)) {
        w->busy = true;
        w->cell = cell;
        w->began = clock_seconds();
        s->state[cell] = CELL_AT_WORK;
    } else {
        sweep_fail(s, cell);
        sweep_show_say(show, "%s", status.text);
    }
}

static void sweep_tell(const Sweep *s, SweepShow *show, int64_t cell, const Result *r)
{
    if (s->quiet || show->live)
        return;
    Text totals = {0}, name = {0};
    sweep_add_totals(s, &totals);
    sweep_cell_name(s->spec, cell, &name);
    FormatText best = format_percent(r->best_unseen_acc);
    if (r->grokked >= 0)
        sweep_show_say(show, "%s: %s %s at step %s, best unseen %s", text_str(&totals), text_str(&name), r->outcome,
                       format_count(r->grokked).s, best.s);
    else
        sweep_show_say(show, "%s: %s %s, best unseen %s", text_str(&totals), text_str(&name), r->outcome, best.s);
    text_free(&totals);
    text_free(&name);
}

static void worker_end(Sweep *s, Worker *w, int code, SweepShow *show)
{
    Result result;
    w->busy = false;
    if (cell_read(s, w->cell, &result)) {
        sweep_count(s, w->cell, &result);
        sweep_tell(s, show, w->cell, &result);
        result_free(&result);
    } else if (code == EXIT_DONE) {
        s->state[w->cell] = CELL_ELSEWHERE; /* another process has it in hand */
        s->elsewhere++;
    } else if (s->stopping) {
        s->state[w->cell] = CELL_DUE;
    } else {
        sweep_fail(s, w->cell);
        Text name = {0};
        sweep_cell_name(s->spec, w->cell, &name);
        const char *why = text_str(w->child.complaint.length ? &w->child.complaint : &w->child.progress);
        sweep_show_say(show, "%s failed with exit status %d%s%s", text_str(&name), code, *why ? ": " : "", why);
        text_free(&name);
    }
    child_forget(&w->child);
}

/* Whether the process that has this cell in hand has left it behind. */
static bool cell_is_left(const Sweep *s, int64_t cell)
{
    Text lock = {0};
    cell_file(s->folder, s->spec, cell, SWEEP_RESULT_FILE, &lock);
    text_add(&lock, ".lock");
    bool left = !lockfile_is_held(text_str(&lock));
    text_free(&lock);
    return left;
}

/* The cells that others have in hand, every second: they may be done by now. Whether one was left behind takes a file
 * to find out, so only some of them are looked at each time. */
static void sweep_look_elsewhere(Sweep *s, SweepShow *show)
{
    enum { LOCKS = 16 };
    double now = clock_seconds();
    if (s->elsewhere == 0 || now - s->looked < 1)
        return;
    s->looked = now;
    for (int64_t cell = 0; cell < s->spec->cells; cell++) {
        Result result;
        if (s->state[cell] != CELL_ELSEWHERE || !cell_read(s, cell, &result))
            continue;
        s->elsewhere--;
        sweep_count(s, cell, &result);
        sweep_tell(s, show, cell, &result);
        result_free(&result);
    }
    for (int i = 0; i < LOCKS && s->elsewhere > 0; i++) {
        int64_t cell = sweep_find(s, CELL_ELSEWHERE, &s->next_look);
        if (!cell_is_left(s, cell))
            continue;
        s->elsewhere--;
        s->state[cell] = CELL_DUE;
    }
}

/* ---- The loop */

static int sweep_busy(const Sweep *s)
{
    int busy = 0;
    for (int i = 0; i < s->jobs; i++)
        busy += s->workers[i].busy;
    return busy;
}

/* Sleeps until a worker says something, ends (its stderr closes), or a moment went by. */
static void sweep_wait(const Sweep *s, struct pollfd *places)
{
    enum { MOMENT_MS = 100 };
    nfds_t count = 0;
    for (int i = 0; i < s->jobs; i++)
        if (s->workers[i].busy)
            places[count++] = (struct pollfd){.fd = s->workers[i].child.errors, .events = POLLIN};
    poll(places, count, MOMENT_MS);
}

static void sweep_turn(Sweep *s, SweepShow *show)
{
    for (int i = 0; i < s->jobs; i++) {
        Worker *w = &s->workers[i];
        int code;
        if (w->busy) {
            child_listen(&w->child);
            if (child_is_over(&w->child, &code))
                worker_end(s, w, code, show);
        }
        if (!w->busy && !s->stopping)
            worker_start(s, w, show);
    }
    if (!s->stopping)
        sweep_look_elsewhere(s, show);
}

/* At a terminal ^C has reached the workers already: the second signal makes them give up the step in hand. */
static void sweep_stop(Sweep *s)
{
    s->stopping = true;
    for (int i = 0; i < s->jobs; i++)
        if (s->workers[i].busy)
            child_stop(&s->workers[i].child);
}

/* Every call of BLAS in a run is single-threaded (num/mat): the threads that a BLAS starts on loading would stand idle,
 * and where processes are limited (ulimit -u) keep cells from starting. This process has loaded its own already. */
static void cells_start_with_one_thread(void)
{
    static const char *const names[] = {"OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "BLIS_NUM_THREADS",
                                        "MKL_NUM_THREADS"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        setenv(names[i], "1", 1);
}

int sweep_run(Sweep *s)
{
    enum { FAILURES_MAX = 10 };
    SweepShow show = sweep_show_start();
    struct pollfd *places = xcalloc((size_t)s->jobs, sizeof *places);
    s->began = clock_seconds();
    cells_start_with_one_thread();
    stop_watch(NULL);
    do {
        sweep_turn(s, &show);
        if (stop_signal() && !s->stopping)
            sweep_stop(s);
        s->stopping = s->stopping || s->failed_in_a_row >= FAILURES_MAX;
        if (!s->quiet)
            sweep_show_draw(&show, s);
        if (s->done + s->failed < s->spec->cells)
            sweep_wait(s, places);
    } while (sweep_busy(s) > 0 || (!s->stopping && s->done + s->failed < s->spec->cells));
    int number = stop_signal();
    stop_end();
    sweep_show_end(&show);
    free(places);
    return number;
}
