#include <lrd/sweep/sweep_run.h>

#include <lrd/sweep/cell_command.h>
#include <lrd/base/util.h>
#include <lrd/io/lockfile.h>

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

Status sweep_begin(const SweepSpec *spec, const char *program, const char *folder, int jobs, Sweep *out)
{
    enum { SHOWN = 10 };
    *out = (Sweep){.spec = spec, .program = program, .folder = folder, .jobs = jobs};
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

static void worker_start(Sweep *s, Worker *w, const SweepListener *listener)
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
        listener->cell_failed(listener->self, status.text);
    }
}

static void worker_end(Sweep *s, Worker *w, int code, const SweepListener *listener)
{
    Result result;
    w->busy = false;
    if (cell_read(s, w->cell, &result)) {
        sweep_count(s, w->cell, &result);
        listener->cell_is_done(listener->self, s, w->cell, &result);
        result_free(&result);
    } else if (code == STATUS_OK) {
        s->state[w->cell] = CELL_ELSEWHERE; /* another process has it in hand */
        s->elsewhere++;
    } else if (s->stopping) {
        s->state[w->cell] = CELL_DUE;
    } else {
        sweep_fail(s, w->cell);
        Text sentence = {0};
        sweep_cell_name(s->spec, w->cell, &sentence);
        const char *why = text_str(w->child.complaint.length ? &w->child.complaint : &w->child.progress);
        text_addf(&sentence, " failed with exit status %d%s%s", code, *why ? ": " : "", why);
        listener->cell_failed(listener->self, text_str(&sentence));
        text_free(&sentence);
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
static void sweep_look_elsewhere(Sweep *s, const SweepListener *listener)
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
        listener->cell_is_done(listener->self, s, cell, &result);
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

static void sweep_turn(Sweep *s, const SweepListener *listener)
{
    for (int i = 0; i < s->jobs; i++) {
        Worker *w = &s->workers[i];
        int code;
        if (w->busy) {
            child_listen(&w->child);
            if (child_is_over(&w->child, &code))
                worker_end(s, w, code, listener);
        }
        if (!w->busy && !s->stopping)
            worker_start(s, w, listener);
    }
    if (!s->stopping)
        sweep_look_elsewhere(s, listener);
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

void sweep_run(Sweep *s, const SweepListener *listener)
{
    enum { FAILURES_MAX = 10 };
    struct pollfd *places = xcalloc((size_t)s->jobs, sizeof *places);
    s->began = clock_seconds();
    cells_start_with_one_thread();
    do {
        sweep_turn(s, listener);
        if (listener->is_stopped(listener->self) && !s->stopping)
            sweep_stop(s);
        s->stopping = s->stopping || s->failed_in_a_row >= FAILURES_MAX;
        listener->moment_passed(listener->self, s);
        if (s->done + s->failed < s->spec->cells)
            sweep_wait(s, places);
    } while (sweep_busy(s) > 0 || (!s->stopping && s->done + s->failed < s->spec->cells));
    free(places);
}
