#include <lrd/app/progress.h>

#include <lrd/app/cli.h>
#include <lrd/base/text.h>
#include <lrd/base/util.h>
#include <lrd/view/canvas.h>
#include <lrd/view/format.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

bool progress_is_live(void)
{
    const char *term = getenv("TERM");
    return term && *term && strcmp(term, "dumb") != 0 && isatty(STDERR_FILENO);
}

Progress progress_start(bool quiet)
{
    return (Progress){.quiet = quiet, .live = progress_is_live(), .evaluated = -1};
}

int progress_columns(void)
{
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/* A count as format_count writes it. */
static bool progress_read_count(const char **at, int64_t *out)
{
    int64_t value = 0;
    bool any = false;
    for (; (**at >= '0' && **at <= '9') || **at == ','; ++*at)
        if (**at != ',') {
            value = 10 * value + (**at - '0');
            any = true;
        }
    *out = value;
    return any;
}

bool progress_read(const char *line, int64_t *step, int64_t *last)
{
    static const char before[] = "step ", between[] = " of ";
    if (strncmp(line, before, sizeof before - 1) != 0)
        return false;
    line += sizeof before - 1;
    if (!progress_read_count(&line, step) || strncmp(line, between, sizeof between - 1) != 0)
        return false;
    line += sizeof between - 1;
    return progress_read_count(&line, last);
}

/* One part of the line; whole parts are left out when the line is full. */
static void progress_add(Text *line, int columns, const char *part)
{
    if (line->length && canvas_width(text_str(line)) + canvas_width(part) + 2 >= columns)
        return;
    text_addf(line, "%s%s", line->length ? "  " : "", part);
}

static void progress_add_accuracy(Text *line, int columns, const char *name, double accuracy)
{
    char part[64];
    if (!isfinite(accuracy))
        return;
    snprintf(part, sizeof part, "%s %s", name, format_percent(accuracy).s);
    progress_add(line, columns, part);
}

static void progress_write(const Progress *p, const Run *run, int64_t step, int columns, Text *line)
{
    const RunSummary *b = run_summary(run);
    char part[96];
    int64_t last = max_i64(step, run_last_step(run)); /* a resumed run may be past it */
    snprintf(part, sizeof part, "step %s of %s", format_count(step).s, format_count(last).s);
    progress_add(line, columns, part);
    double rate = rate_per_second(&p->rate);
    if (rate > 0) {
        progress_add(line, columns, format_rate(rate).s);
        snprintf(part, sizeof part, "%s left", format_duration((double)(last - step) / rate).s);
        progress_add(line, columns, part);
    }
    if (!b->has_evaluation)
        return;
    progress_add_accuracy(line, columns, "train", b->evaluation.train_acc);
    progress_add_accuracy(line, columns, "unseen", b->evaluation.unseen_acc);
    if (isfinite(b->evaluation.stable_rank)) {
        snprintf(part, sizeof part, "stable rank %s", format_number(b->evaluation.stable_rank, 3).s);
        progress_add(line, columns, part);
    }
}

static void progress_clear(Progress *p)
{
    if (p->width)
        fprintf(stderr, "\r%*s\r", p->width, "");
    p->width = 0;
}

static void progress_draw(Progress *p, const Run *run)
{
    enum { PER_SECOND = 10 };
    double now = clock_seconds();
    if (now - p->drawn < 1.0 / PER_SECOND)
        return;
    p->drawn = now;
    Text line = {0};
    progress_write(p, run, run_step(run), progress_columns(), &line);
    int width = canvas_width(text_str(&line));
    fprintf(stderr, "\r%s%*s\r", text_str(&line), max_int(p->width - width, 0), "");
    p->width = width;
    text_free(&line);
}

void progress_turn(Progress *p, const Run *run)
{
    enum { LOG_COLUMNS = 200 };
    rate_step(&p->rate, clock_seconds());
    if (p->quiet)
        return;
    if (p->live) {
        progress_draw(p, run);
        return;
    }
    const RunSummary *b = run_summary(run);
    if (!b->has_evaluation || b->evaluation.step == p->evaluated)
        return;
    p->evaluated = b->evaluation.step;
    Text line = {0};
    progress_write(p, run, p->evaluated, LOG_COLUMNS, &line);
    fprintf(stderr, "%s\n", text_str(&line));
    text_free(&line);
}

void progress_say(Progress *p, const char *message)
{
    if (!*message)
        return;
    progress_clear(p);
    cli_tell_lines(message);
}

void progress_end(Progress *p)
{
    progress_clear(p);
}
