#include <lrd/app/sweep_show.h>

#include <lrd/app/progress.h>
#include <lrd/app/stop.h>
#include <lrd/base/util.h>
#include <lrd/view/canvas.h>
#include <lrd/view/format.h>

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

typedef struct SweepShow {
    bool quiet, live;
    int lines; /* that stand there now */
    double drawn;
} SweepShow;

static int show_rows(void)
{
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 2 ? size.ws_row : 24;
}

/* ---- Numbers */

/* How much of its cell a worker has done, by steps: a run that grokks ends sooner. */
static double worker_fraction(const Worker *w)
{
    int64_t step, last;
    if (!progress_read(text_str(&w->child.progress), &step, &last) || last <= 0)
        return 0;
    return (double)step / (double)last;
}

static double sweep_seconds_left(const Sweep *s, int *busy)
{
    double made = (double)(s->done - s->found), due = (double)(s->spec->cells - s->done - s->failed);
    *busy = 0;
    for (int i = 0; i < s->jobs; i++)
        if (s->workers[i].busy) {
            double part = worker_fraction(&s->workers[i]);
            made += part;
            due -= part;
            ++*busy;
        }
    double took = clock_seconds() - s->began;
    return made > 0 ? due * took / made : -1;
}

static void sweep_add_totals(const Sweep *s, Text *out)
{
    int busy;
    double left = sweep_seconds_left(s, &busy);
    text_addf(out, "%s of %s done", format_count(s->done).s, format_count(s->spec->cells).s);
    if (busy)
        text_addf(out, ", %d at work", busy);
    if (s->elsewhere)
        text_addf(out, ", %s elsewhere", format_count(s->elsewhere).s);
    if (s->failed)
        text_addf(out, ", %s failed", format_count(s->failed).s);
    if (left >= 0 && s->done + s->failed < s->spec->cells)
        text_addf(out, ", %s left", format_duration(left).s);
}

/* ---- Lines */

static void show_clear(SweepShow *show)
{
    if (show->lines > 0)
        fprintf(stderr, "\r\033[%dA\033[J", show->lines);
    show->lines = 0;
}

static void add_bar(Text *out, double fraction)
{
    enum { CELLS = 12 };
    int full = (int)(fraction * CELLS);
    text_add(out, "[");
    for (int i = 0; i < CELLS; i++)
        text_add(out, i < full ? "#" : "-");
    text_add(out, "] ");
}

static int longest_word(const SweepAxis *axis, int k)
{
    int most = 0;
    for (int v = 0; v < axis->value_count; v++)
        most = max_int(most, (int)strlen(axis->words[v * axis->key_count + k]));
    return most;
}

/* The values of the cell alone, in the order of the axes and one below the other; the heading names the keys. */
static void add_values(Text *out, const SweepSpec *spec, int64_t cell)
{
    for (int a = 0; a < spec->axis_count; a++)
        for (int k = 0; k < spec->axes[a].key_count; k++)
            text_addf(out, "%-*s ", longest_word(&spec->axes[a], k),
                      sweep_cell_value(spec, cell, spec->axes[a].keys[k]));
}

static void add_keys(Text *out, const SweepSpec *spec)
{
    for (int a = 0; a < spec->axis_count; a++)
        for (int k = 0; k < spec->axes[a].key_count; k++)
            text_addf(out, "%s%s", a || k ? ", " : "", spec->axes[a].keys[k]);
}

/* What the worker says comes in parts, two blanks between them: as many as there is room for. */
static void add_parts(Text *out, const char *said, int columns)
{
    while (*said) {
        const char *end = strstr(said, "  ");
        size_t n = end ? (size_t)(end - said) : strlen(said);
        Text part = {0};
        text_add_bytes(&part, said, n);
        bool fits = canvas_width(text_str(out)) + 2 + canvas_width(text_str(&part)) < columns;
        if (fits)
            text_addf(out, " %s", text_str(&part));
        text_free(&part);
        if (!fits)
            return;
        said += n + (end ? 2 : 0);
    }
}

static void show_line(SweepShow *show, const char *line, int columns)
{
    /* One that is too long would wrap and spoil the count of lines. */
    fprintf(stderr, "%.*s\n", columns - 1, line);
    show->lines++;
}

static void show_worker(SweepShow *show, const Sweep *s, const Worker *w, int columns)
{
    Text line = {0};
    add_bar(&line, worker_fraction(w));
    add_values(&line, s->spec, w->cell);
    add_parts(&line, w->child.progress.length ? text_str(&w->child.progress) : "begins", columns);
    show_line(show, text_str(&line), columns);
    text_free(&line);
}

static void show_draw(void *self, const Sweep *s)
{
    SweepShow *show = self;
    double now = clock_seconds();
    if (show->quiet || !show->live || now - show->drawn < 0.25)
        return;
    show->drawn = now;
    int columns = progress_columns(), room = show_rows() - 3;
    Text head = {0}, keys = {0};
    show_clear(show);
    add_bar(&head, (double)s->done / (double)s->spec->cells);
    sweep_add_totals(s, &head);
    text_add(&head, s->stopping ? ", stopping" : "");
    show_line(show, text_str(&head), columns);
    add_keys(&keys, s->spec);
    show_line(show, text_str(&keys), columns);
    for (int i = 0; i < s->jobs && room > 0; i++)
        if (s->workers[i].busy) {
            show_worker(show, s, &s->workers[i], columns);
            room--;
        }
    text_free(&head);
    text_free(&keys);
}

/* A line of its own, above those that are drawn over. */
static void show_say(void *self, const char *sentence)
{
    show_clear(self);
    fprintf(stderr, "lrdlab: %s\n", sentence);
}

static void show_cell(void *self, const Sweep *s, int64_t cell, const Result *r)
{
    SweepShow *show = self;
    if (show->quiet || show->live)
        return;
    Text line = {0};
    sweep_add_totals(s, &line);
    text_add(&line, ": ");
    sweep_cell_name(s->spec, cell, &line);
    text_addf(&line, " %s", r->outcome);
    if (r->grokked >= 0)
        text_addf(&line, " at step %s", format_count(r->grokked).s);
    text_addf(&line, ", best unseen %s", format_percent(r->best_unseen_acc).s);
    show_say(show, text_str(&line));
    text_free(&line);
}

static bool show_is_stopped(void *self)
{
    (void)self;
    return stop_signal() != 0;
}

int sweep_show_run(Sweep *s, bool quiet)
{
    SweepShow show = {.quiet = quiet, .live = progress_is_live()};
    stop_watch(NULL);
    sweep_run(s, &(SweepListener){.self = &show,
                                  .cell_is_done = show_cell,
                                  .cell_failed = show_say,
                                  .moment_passed = show_draw,
                                  .is_stopped = show_is_stopped});
    int number = stop_signal();
    stop_end();
    show_clear(&show);
    return number;
}
