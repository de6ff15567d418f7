#include <lrd/app/open_log.h>
#include <lrd/app/verbs.h>
#include <lrd/base/quote.h>
#include <lrd/base/util.h>
#include <lrd/io/atomic_file.h>
#include <lrd/io/outputs.h>
#include <lrd/log/log_names.h>
#include <lrd/log/log_index.h>
#include <lrd/session/replay.h>
#include <lrd/view/figure.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PLOT_LOGS_MAX = 256, SPECTRUM = -1, RELATIVE = -2, ARMS = 2 };

/* ---- One row a kind of panel; the series that it draws, unseen pairs and the test set first */

typedef struct PlotSeries {
    SeriesId id;
    FigureDash dash;
    const char *name; /* behind that of the curve; "": the only one */
} PlotSeries;

typedef struct PlotPanel {
    const char *name, *title, *y_label;
    bool y_log;
    double least, most, scale;
    int count; /* of series, or SPECTRUM, RELATIVE */
    PlotSeries series[3];
} PlotPanel;

static const PlotPanel plot_panels[] = {
    {"accuracy",
     "Accuracy",
     "right answers (%)",
     false,
     0,
     100,
     100,
     3,
     {{SERIES_UNSEEN_ACC, DASH_SOLID, "unseen"},
      {SERIES_TRAIN_ACC, DASH_LONG, "train"},
      {SERIES_MIRROR_ACC, DASH_DOTS, "mirror"}}},
    {"loss",
     "Loss",
     "cross-entropy (nats)",
     true,
     NAN,
     NAN,
     1,
     2,
     {{SERIES_TEST_LOSS, DASH_SOLID, "test"}, {SERIES_TRAIN_LOSS, DASH_LONG, "train"}}},
    {"rank",
     "Stable rank of Q and K",
     "stable rank (mean)",
     true,
     NAN,
     NAN,
     1,
     1,
     {{SERIES_STABLE_RANK, DASH_SOLID, ""}}},
    {"norm", "Length of Q and K", "Frobenius norm (mean)", false, 0, NAN, 1, 1, {{SERIES_NORM, DASH_SOLID, ""}}},
    {"turn", "Turn of Q and K", "degrees a step (mean)", true, NAN, NAN, 1, 1, {{SERIES_TURN, DASH_SOLID, ""}}},
    {"spectrum", "Singular values of Q and K, at the end", "singular value (mean)", false, 0, NAN, 1, SPECTRUM, {{0}}},
    {"relative",
     "Singular values, relative to the largest",
     "share of the largest (mean)",
     false,
     0,
     1,
     1,
     RELATIVE,
     {{0}}},
};
enum { PLOT_PANELS = sizeof plot_panels / sizeof plot_panels[0] };

/* ---- Logs, and groups of them that differ in seeds alone */

typedef struct PlotLog {
    LogIndex *book;
    int group;
} PlotLog;

typedef struct PlotGroup {
    int first, count, grokked; /* the first of its logs */
    char name[FIGURE_NAME_MAX];
} PlotGroup;

typedef struct Plot {
    PlotLog log[PLOT_LOGS_MAX];
    PlotGroup group[PLOT_LOGS_MAX];
    int log_count, group_count;
} Plot;

static bool key_counts(const char *key)
{
    const char *dot = strrchr(key, '.');
    return strcmp(dot, ".seed") != 0 && strncmp(key, "lab.", 4) != 0 && strcmp(key, "train.threads") != 0;
}

static bool settings_differ(const Settings *a, const Settings *b, const Setting *row)
{
    Text x = {0}, y = {0};
    settings_get(a, row, &x);
    settings_get(b, row, &y);
    bool differ = strcmp(text_str(&x), text_str(&y)) != 0;
    text_free(&x);
    text_free(&y);
    return differ;
}

/* The same settings but for seeds, and the same changes. */
static bool logs_are_alike(const LogIndex *a, const LogIndex *b)
{
    if (log_index_is_foreign(a) || log_index_is_foreign(b))
        return false;
    for (int i = 0; i < settings_count; i++)
        if (key_counts(settings_table[i].key) &&
            settings_differ(log_index_start_settings(a), log_index_start_settings(b), &settings_table[i]))
            return false;
    for (int i = 0;; i++) {
        int64_t step[2];
        const char *key[2], *to[2];
        bool has = log_index_change(a, i, &step[0], &key[0], &to[0]);
        if (has != log_index_change(b, i, &step[1], &key[1], &to[1]))
            return false;
        if (!has)
            return true;
        if (step[0] != step[1] || strcmp(key[0], key[1]) != 0 || strcmp(to[0], to[1]) != 0)
            return false;
    }
}

static void plot_make_groups(Plot *p, bool band)
{
    for (int i = 0; i < p->log_count; i++) {
        int g = 0;
        while (g < p->group_count && !(band && logs_are_alike(p->log[p->group[g].first].book, p->log[i].book)))
            g++;
        if (g == p->group_count)
            p->group[p->group_count++] = (PlotGroup){.first = i};
        p->log[i].group = g;
        p->group[g].count++;
        p->group[g].grokked += log_index_summary(p->log[i].book)->grokked >= 0;
    }
}

/* A group is named by the settings in which it differs from the first of all; a log alone by its file. */
static void plot_name_groups(Plot *p, const char *const *paths, bool band)
{
    for (int g = 0; g < p->group_count; g++) {
        PlotGroup *group = &p->group[g];
        const Settings *own = log_index_start_settings(p->log[group->first].book);
        Text name = {0};
        for (int i = 0; band && i < settings_count; i++) {
            bool varies = false;
            for (int k = 0; k < p->group_count && key_counts(settings_table[i].key); k++)
                varies |=
                    settings_differ(own, log_index_start_settings(p->log[p->group[k].first].book), &settings_table[i]);
            if (varies) {
                text_addf(&name, "%s%s ", name.length ? " " : "", strrchr(settings_table[i].key, '.') + 1);
                settings_get(own, &settings_table[i], &name);
            }
        }
        if (group->count > 1 || band) {
            text_addf(&name, "%s%d of %d grokked", name.length ? ": " : "", group->grokked, group->count);
        } else if (p->log_count <= REPLAY_LOGS_MAX) {
            char names[REPLAY_LOGS_MAX][COMPARISON_NAME_MAX];
            log_names(paths, p->log_count, names);
            text_add(&name, names[group->first]);
        } else {
            quote_add(&name, paths[group->first]);
        }
        snprintf(group->name, sizeof group->name, "%s", text_str(&name));
        text_free(&name);
    }
}

/* ---- Lines */

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Between two values as the share says; values are sorted. */
static double quantile(const double *values, int count, double share)
{
    double at = share * (count - 1);
    int below = (int)at;
    return below + 1 < count ? values[below] + (at - below) * (values[below + 1] - values[below]) : values[below];
}

/* Fills point i from what the logs of a group have there. */
static void line_set(FigureLine *line, int i, double *values, int count)
{
    line->y[i] = NAN;
    if (line->low)
        line->low[i] = line->high[i] = NAN;
    if (count == 0)
        return;
    qsort(values, (size_t)count, sizeof *values, by_value);
    line->y[i] = quantile(values, count, .5);
    if (line->low) {
        line->low[i] = quantile(values, count, .25);
        line->high[i] = quantile(values, count, .75);
    }
}

static const Series *log_series(const Plot *p, int log, SeriesId id)
{
    return &log_index_summary(p->log[log].book)->series[id];
}

/* The group's log with the most points says where; a log that ended before counts no more. */
static void add_series(const Plot *p, int g, const PlotPanel *kind, const PlotSeries *s, FigurePanel *panel)
{
    const PlotGroup *group = &p->group[g];
    const Series *longest = log_series(p, group->first, s->id);
    double values[PLOT_LOGS_MAX];
    for (int i = 0; i < p->log_count; i++)
        if (p->log[i].group == g && log_series(p, i, s->id)->count > longest->count)
            longest = log_series(p, i, s->id);
    if (longest->count == 0)
        return;
    FigureLine *line = figure_add_line(panel, longest->count, group->count > 1);
    bool any = false;
    for (int k = 0; k < longest->count; k++) {
        int64_t step = longest->bucket[k].last;
        int count = 0;
        for (int i = 0; i < p->log_count; i++) {
            const Series *own = log_series(p, i, s->id);
            double v = series_at(own, step) * kind->scale;
            if (p->log[i].group == g && own->count && own->bucket[own->count - 1].last >= step && isfinite(v))
                values[count++] = v;
        }
        line->x[k] = (double)step;
        line_set(line, k, values, count);
        any |= count > 0;
    }
    line->color = g;
    line->dash = s->dash;
    if (any)
        snprintf(line->name, sizeof line->name, "%.70s%s%s", group->name, *s->name ? ", " : "", s->name);
}

static void add_spectrum(const Plot *p, int g, bool relative, FigurePanel *panel)
{
    const PlotGroup *group = &p->group[g];
    const Evaluation *first = &log_index_summary(p->log[group->first].book)->evaluation;
    double values[PLOT_LOGS_MAX];
    if (first->matrix_count == 0)
        return;
    FigureLine *line = figure_add_line(panel, first->sigma_count, group->count > 1);
    for (int k = 0; k < first->sigma_count; k++) {
        int count = 0;
        for (int i = 0; i < p->log_count; i++) {
            const Evaluation *e = &log_index_summary(p->log[i].book)->evaluation;
            if (p->log[i].group != g || e->matrix_count == 0 || e->sigma_count != first->sigma_count)
                continue;
            double sum = 0;
            for (int m = 0; m < e->matrix_count; m++) {
                const float *sigma = e->sigma + (size_t)m * (size_t)e->sigma_count;
                sum += (double)sigma[k] / (relative ? (double)sigma[0] : 1);
            }
            values[count++] = sum / e->matrix_count;
        }
        line->x[k] = k + 1;
        line_set(line, k, values, count);
    }
    line->color = g;
    snprintf(line->name, sizeof line->name, "%s", group->name);
}

static void add_marks(const Plot *p, int g, FigurePanel *panel)
{
    int64_t step;
    const char *key, *to;
    for (int i = 0; log_index_change(p->log[p->group[g].first].book, i, &step, &key, &to); i++) {
        char name[FIGURE_NAME_MAX];
        const char *dot = strrchr(key, '.');
        snprintf(name, sizeof name, "%.40s %.40s", dot ? dot + 1 : key, to);
        bool there = false; /* the same change, in another group */
        for (int k = 0; k < panel->mark_count; k++)
            there |= panel->marks[k].x == (double)step && strcmp(panel->marks[k].name, name) == 0;
        if (!there)
            figure_add_mark(panel, (double)step, g, name);
    }
}

static void plot_add_panel(const Plot *p, const PlotPanel *kind, bool x_log, Figure *f)
{
    FigurePanel *panel = &f->panel[f->panel_count++];
    bool spectrum = kind->count < 0;
    *panel =
        (FigurePanel){.x_log = x_log && !spectrum, .y_log = kind->y_log, .y_least = kind->least, .y_most = kind->most};
    snprintf(panel->title, sizeof panel->title, "%s", kind->title);
    snprintf(panel->y_label, sizeof panel->y_label, "%s", kind->y_label);
    snprintf(panel->x_label, sizeof panel->x_label, "%s", spectrum ? "number of the singular value" : "step");
    for (int g = 0; g < p->group_count; g++) {
        for (int i = 0; i < kind->count; i++)
            add_series(p, g, kind, &kind->series[i], panel);
        if (spectrum)
            add_spectrum(p, g, kind->count == RELATIVE, panel);
        else
            add_marks(p, g, panel);
    }
}

/* Who looks at whom at the end of an arm: layer 0, the mean of its heads (log/probe). */
static void plot_add_map(const Plot *p, int g, Figure *f)
{
    FigurePanel *panel = &f->panel[f->panel_count++];
    LogIndex *book = p->log[p->group[g].first].book;
    Probe probe = {0};
    ProbeRequest ask = {.kind = PROBE_ATTENTION};
    *panel = (FigurePanel){0};
    snprintf(panel->title, sizeof panel->title, "Attention, layer 0: %.60s", p->group[g].name);
    snprintf(panel->x_label, sizeof panel->x_label, "number that is looked at");
    snprintf(panel->y_label, sizeof panel->y_label, "number that looks");
    if (log_index_probe_at(book, log_index_last(book), &ask, &probe) && probe.maps > 0) {
        size_t cells = (size_t)probe.side * (size_t)probe.side;
        panel->map = xcalloc(cells, sizeof *panel->map);
        panel->map_side = probe.side;
        panel->map_numbers = probe.tokens;
        for (size_t i = 0; i < cells * (size_t)probe.maps; i++)
            panel->map[i % cells] += probe.map[i] / (float)probe.maps;
    } else {
        snprintf(panel->note, sizeof panel->note,
                 "The log has no portraits of attention. lrdlab train --portraits --log FILE.jsonl records them.");
    }
    probe_free(&probe);
}

/* ---- The command line */

static const struct {
    const char *ending;
    FigureFormat format;
} plot_formats[] = {{".svg", FIGURE_SVG}, {".pdf", FIGURE_PDF}, {".png", FIGURE_PNG}};

static Status plot_find_format(const Arguments *a, FigureFormat *format)
{
    size_t n = a->out ? strlen(a->out) : 0;
    for (int i = 0; i < 3; i++)
        if (n > 4 && strcmp(a->out + n - 4, plot_formats[i].ending) == 0) {
            *format = plot_formats[i].format;
            return output_check((NamedFile){"--out", a->out}, OUTPUT_PICTURE, a->force);
        }
    return a->out ? status_input("%s is no kind of figure; --out takes FILE.svg, FILE.pdf or FILE.png",
                                 quote_word(a->out).text)
                  : status_input("where shall the figure go? Say it with --out FILE.svg, FILE.pdf or FILE.png");
}

static const PlotPanel *panel_find(const char *name, size_t length)
{
    for (int i = 0; i < PLOT_PANELS; i++)
        if (strlen(plot_panels[i].name) == length && strncmp(plot_panels[i].name, name, length) == 0)
            return &plot_panels[i];
    return NULL;
}

/* Every word of --panels, in its order. */
static Status plot_choose_panels(const char *words, const PlotPanel **chosen, int *count)
{
    *count = 0;
    for (const char *at = words;; at++) {
        size_t n = strcspn(at, ",");
        char word[32];
        snprintf(word, sizeof word, "%.*s", (int)n, at);
        const PlotPanel *panel = panel_find(at, n);
        if (!panel || *count == PLOT_PANELS)
            return status_input(
                "--panels cannot have %s%s; it takes some of accuracy,loss,rank,norm,turn,spectrum,relative, each once",
                quote_word(word).text, panel ? " too" : "");
        for (int i = 0; i < *count; i++)
            if (chosen[i] == panel)
                return status_input("--panels has %s twice; take one out", quote_word(word).text);
        chosen[(*count)++] = panel;
        at += n;
        if (!*at)
            return status_ok();
    }
}

static Status plot_check(const Arguments *a, const PlotPanel **chosen, int *count, FigureFormat *format)
{
    Status s = plot_find_format(a, format);
    bool mechanism = a->layout != NULL;
    if (status_is_ok(s) && mechanism && strcmp(a->layout, "mechanism") != 0)
        s = status_input("--layout cannot be %s; it takes mechanism", quote_word(a->layout).text);
    if (status_is_ok(s) && mechanism && a->panels)
        s = status_input("--layout mechanism has its panels; leave out --panels");
    if (status_is_ok(s) && mechanism && a->operands.count != 2 && !a->band)
        s = status_input("--layout mechanism compares two logs: lrdlab plot --layout mechanism A.jsonl B.jsonl");
    if (status_is_ok(s) && a->axis_x && strcmp(a->axis_x, "log") != 0 && strcmp(a->axis_x, "linear") != 0)
        s = status_input("--x cannot be %s; it takes log or linear", quote_word(a->axis_x).text);
    if (status_is_ok(s) && a->operands.count > PLOT_LOGS_MAX)
        s = status_input("at most %d logs go into a figure; leave some out", PLOT_LOGS_MAX);
    if (status_is_ok(s))
        s = plot_choose_panels(mechanism   ? "accuracy,loss,rank,relative"
                               : a->panels ? a->panels
                                           : "accuracy,loss,rank,norm",
                               chosen, count);
    return s;
}

static Status plot_open(const Arguments *a, Plot *p)
{
    Status s = status_ok();
    for (int i = 0; i < a->operands.count && status_is_ok(s); i++) {
        LogIndex *book = open_log(a, a->operands.words[i], -1, &s);
        if (book)
            p->log[p->log_count++].book = book;
    }
    return s;
}

static Status plot_draw(const Plot *p, const Arguments *a, const PlotPanel *const *chosen, int count, Figure *f)
{
    bool mechanism = a->layout != NULL;
    if (mechanism && p->group_count != ARMS)
        return status_input("--layout mechanism compares two arms; with --band these logs make %d", p->group_count);
    f->columns = mechanism ? 3 : count < 3 ? count : count == 4 ? 2 : 3;
    for (int i = 0; i < count; i++)
        plot_add_panel(p, chosen[i], a->axis_x && strcmp(a->axis_x, "log") == 0, f);
    for (int g = 0; mechanism && g < ARMS; g++)
        plot_add_map(p, g, f);
    return status_ok();
}

int verb_plot(const Arguments *a)
{
    const PlotPanel *chosen[PLOT_PANELS];
    int count = 0;
    FigureFormat format = FIGURE_SVG;
    Figure figure = {0};
    Text bytes = {0};
    Status s = plot_check(a, chosen, &count, &format);
    if (!status_is_ok(s))
        return cli_report(s);
    Plot *p = xcalloc(1, sizeof *p);
    s = plot_open(a, p);
    if (status_is_ok(s)) {
        plot_make_groups(p, a->band);
        plot_name_groups(p, a->operands.words, a->band);
        s = plot_draw(p, a, chosen, count, &figure);
    }
    if (status_is_ok(s))
        s = figure_export(&figure, format, &bytes);
    if (status_is_ok(s))
        s = atomic_file_store(a->out, text_str(&bytes), bytes.length);
    for (int i = 0; i < p->log_count; i++)
        log_index_close(p->log[i].book);
    figure_free(&figure);
    text_free(&bytes);
    free(p);
    return cli_report(s);
}
