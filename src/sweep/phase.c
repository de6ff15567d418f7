#include <lrd/sweep/phase.h>

#include <lrd/base/quote.h>
#include <lrd/base/util.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- Measures */

const PhaseMeasure phase_measures[] = {
    {"unseen", "best unseen accuracy of a run", PHASE_SHARE, offsetof(Result, best_unseen_acc), 0},
    {"best-test", "best accuracy of a run on all test pairs, mirrored ones too", PHASE_SHARE,
     offsetof(Result, best_test_acc), 0},
    {"last-unseen", "unseen accuracy at the end of a run", PHASE_SHARE, offsetof(Result, unseen_acc), 0},
    {"grokked", "step at which a run has grokked", PHASE_STEPS, offsetof(Result, grokked), 0},
    {"delay", "steps from memorised to grokked", PHASE_STEPS, offsetof(Result, grokked), offsetof(Result, memorised)},
    {"memorised", "step at which a run has memorised", PHASE_STEPS, offsetof(Result, memorised), 0},
    {"stable-rank", "stable rank of Q and K at the end", PHASE_NUMBER, offsetof(Result, stable_rank), 0},
    {"effective-rank", "effective rank of Q and K at the end", PHASE_NUMBER, offsetof(Result, effective_rank), 0},
    {"turn", "turn of Q and K at the end, degrees per step", PHASE_NUMBER, offsetof(Result, turn), 0},
};
const int phase_measure_count = sizeof phase_measures / sizeof phase_measures[0];

static double measure_value(const PhaseMeasure *m, const Result *r)
{
    const char *base = (const char *)r;
    if (m->unit != PHASE_STEPS)
        return *(const double *)(base + m->offset);
    const int64_t step = *(const int64_t *)(base + m->offset),
                  since = m->since ? *(const int64_t *)(base + m->since) : 0;
    return step >= 0 && since >= 0 ? (double)(step - since) : NAN;
}

static Status choose_measure(const char *name, const PhaseMeasure **out)
{
    *out = &phase_measures[0];
    Text names = {0};
    bool found = !name;
    for (int i = 0; i < phase_measure_count; i++) {
        text_addf(&names, "%s%s", i ? ", " : "", phase_measures[i].name);
        if (name && strcmp(phase_measures[i].name, name) == 0) {
            *out = &phase_measures[i];
            found = true;
        }
    }
    Status s =
        found ? status_ok()
              : status_input("--measure cannot be %s; it takes one of %s", quote_word(name).text, text_str(&names));
    text_free(&names);
    return s;
}

/* ---- Keys */

/* The n-th key of all axes, NULL behind the last. */
static const char *key_at(const SweepSpec *s, int n)
{
    for (int a = 0; a < s->axis_count; a++) {
        if (n < s->axes[a].key_count)
            return s->axes[a].keys[n];
        n -= s->axes[a].key_count;
    }
    return NULL;
}

static bool key_is_seed(const char *key)
{
    size_t n = strlen(key);
    return n > 5 && strcmp(key + n - 5, ".seed") == 0;
}

static bool key_varies(const SweepSpec *s, const char *key)
{
    for (int a = 0; a < s->axis_count; a++) {
        const SweepAxis *axis = &s->axes[a];
        for (int k = 0; k < axis->key_count; k++)
            for (int v = 1; v < axis->value_count && strcmp(axis->keys[k], key) == 0; v++)
                if (strcmp(axis->words[v * axis->key_count + k], axis->words[k]) != 0)
                    return true;
    }
    return false;
}

/* Asked for by name, or the usual one, or the first of those left over that varies; NULL for none. */
static const char *choose_key(const SweepSpec *s, const char *asked, const char *usual, const char *taken)
{
    const char *wanted = asked ? asked : usual, *first = NULL;
    for (int n = 0; key_at(s, n); n++) {
        const char *key = key_at(s, n);
        if (taken && strcmp(key, taken) == 0)
            continue;
        if (strcmp(key, wanted) == 0 && (asked || key_varies(s, key)))
            return key;
        if (!first && !key_is_seed(key) && key_varies(s, key))
            first = key;
    }
    return asked ? NULL : first;
}

static Status refuse_key(const SweepSpec *s, const char *option, const char *key)
{
    Text keys = {0};
    for (int n = 0; key_at(s, n); n++)
        text_addf(&keys, "%s%s", n ? ", " : "", key_at(s, n));
    Status status = status_input("%s cannot be %s; the axes of this sweep are %s, and each can be taken once", option,
                                 quote_word(key).text, text_str(&keys));
    text_free(&keys);
    return status;
}

static Status choose_keys(Phase *p, const char *asked_across, const char *asked_up)
{
    const SweepSpec *s = &p->spec;
    const char *across = choose_key(s, asked_across, "task.frac", asked_up);
    if (!across)
        return asked_across ? refuse_key(s, "--across", asked_across)
                            : status_input("nothing but seeds varies in this sweep: a diagram needs an axis");
    const char *up = choose_key(s, asked_up, "decay.strength", across);
    if (!up && asked_up)
        return refuse_key(s, "--up", asked_up);
    snprintf(p->across, sizeof p->across, "%s", across);
    snprintf(p->up, sizeof p->up, "%s", up ? up : "");
    return status_ok();
}

/* ---- Panels */

static bool key_is_of_panel(const Phase *p, const char *key)
{
    return strcmp(key, p->across) != 0 && strcmp(key, p->up) != 0 && !key_is_seed(key) && key_varies(&p->spec, key);
}

static char *panel_title(const Phase *p, int64_t cell)
{
    Text title = {0};
    text_add(&title, "");
    for (int n = 0; key_at(&p->spec, n); n++)
        if (key_is_of_panel(p, key_at(&p->spec, n)))
            text_addf(&title, "%s%s %s", title.length ? ", " : "", key_at(&p->spec, n),
                      sweep_cell_value(&p->spec, cell, key_at(&p->spec, n)));
    return title.data;
}

bool phase_cell_is_of_panel(const Phase *p, const PhasePanel *panel, int64_t cell)
{
    char *title = panel_title(p, cell);
    bool same = strcmp(title, panel->title) == 0;
    free(title);
    return same;
}

static int word_place(const char **words, int count, const char *word)
{
    for (int i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return -1;
}

static int word_add(const char ***words, int *count, const char *word)
{
    int at = word_place(*words, *count, word);
    if (at >= 0)
        return at;
    *words = xrealloc(*words, (size_t)(*count + 1) * sizeof **words);
    (*words)[*count] = word;
    return (*count)++;
}

static const char *up_word(const Phase *p, int64_t cell)
{
    return *p->up ? sweep_cell_value(&p->spec, cell, p->up) : "";
}

/* Which panel each cell belongs to, and the words on its edges. */
static void make_panels(Phase *p, int *panel_of)
{
    for (int64_t cell = 0; cell < p->spec.cells; cell++) {
        char *title = panel_title(p, cell);
        int at = 0;
        while (at < p->panel_count && strcmp(p->panels[at].title, title) != 0)
            at++;
        if (at == p->panel_count) {
            p->panels = xrealloc(p->panels, (size_t)++p->panel_count * sizeof *p->panels);
            p->panels[at] = (PhasePanel){.title = title};
        } else {
            free(title);
        }
        PhasePanel *panel = &p->panels[at];
        panel_of[cell] = at;
        word_add(&panel->across, &panel->across_count, sweep_cell_value(&p->spec, cell, p->across));
        word_add(&panel->up, &panel->up_count, up_word(p, cell));
    }
    for (int i = 0; i < p->panel_count; i++) {
        size_t places = (size_t)p->panels[i].across_count * (size_t)p->panels[i].up_count;
        p->panels[i].places = xcalloc(places, sizeof *p->panels[i].places);
    }
}

static PhasePlace *place_of(const Phase *p, const PhasePanel *panel, int64_t cell)
{
    int x = word_place(panel->across, panel->across_count, sweep_cell_value(&p->spec, cell, p->across));
    int y = word_place(panel->up, panel->up_count, up_word(p, cell));
    return &panel->places[y * panel->across_count + x];
}

/* ---- Numbers */

/* While numbers come in: mean, and in spread the sum of squares about it (Welford 1962). */
static void search_path_add(PhasePlace *place, double value)
{
    place->done++;
    if (isnan(value))
        return;
    double before = value - place->mean;
    place->mean += before / ++place->with;
    place->spread += before * (value - place->mean);
}

static void place_finish(PhasePlace *place)
{
    place->spread = place->with > 1 ? sqrt(place->spread / (place->with - 1)) : NAN;
    if (place->with == 0)
        place->mean = NAN;
}

/* The value of the cell's result; false when there is none that belongs to this spec. */
static bool cell_value(Phase *p, const char *folder, int64_t cell, double *out)
{
    Text path = {0};
    text_addf(&path, "%s/", folder);
    sweep_cell_name(&p->spec, cell, &path);
    text_add(&path, "/" SWEEP_RESULT_FILE);
    Result r;
    bool there = access(text_str(&path), F_OK) == 0 && status_is_ok(result_read(text_str(&path), &r));
    text_free(&path);
    if (!there)
        return false;
    Text difference = {0};
    Recipe recipe = sweep_cell_recipe(&p->spec, cell);
    bool same = recipe_is_same(&r.recipe, &recipe, &difference);
    p->done += same;
    p->others += !same;
    *out = measure_value(p->measure, &r);
    recipe_free(&recipe);
    text_free(&difference);
    result_free(&r);
    return same;
}

static void fill_places(Phase *p, const char *folder, const int *panel_of)
{
    for (int64_t cell = 0; cell < p->spec.cells; cell++) {
        PhasePlace *place = place_of(p, &p->panels[panel_of[cell]], cell);
        double value;
        place->runs++;
        p->seeds = max_int(p->seeds, place->runs);
        if (cell_value(p, folder, cell, &value))
            search_path_add(place, value);
    }
    for (int i = 0; i < p->panel_count; i++)
        for (int k = 0; k < p->panels[i].across_count * p->panels[i].up_count; k++)
            place_finish(&p->panels[i].places[k]);
}

static Status read_copy(const char *folder, SweepSpec *out)
{
    Text path = {0}, problems = {0};
    text_addf(&path, "%s/" SWEEP_COPY_FILE, folder);
    Status s = access(text_str(&path), F_OK) == 0
                   ? sweep_spec_load(text_str(&path), out, &problems)
                   : status_input("%s is not the folder of a sweep: there is no " SWEEP_COPY_FILE
                                  " in it; name the one after sweep --out",
                                  quote_word(folder).text);
    if (problems.length)
        s = status_input("%.*s", (int)strcspn(text_str(&problems), "\n"), text_str(&problems));
    text_free(&path);
    text_free(&problems);
    return s;
}

Status phase_read(const char *folder, const char *across, const char *up, const char *measure, Phase *out)
{
    *out = (Phase){0};
    Status s = choose_measure(measure, &out->measure);
    if (status_is_ok(s))
        s = read_copy(folder, &out->spec);
    if (status_is_ok(s))
        s = choose_keys(out, across, up);
    if (!status_is_ok(s))
        return s;
    int *panel_of = xcalloc((size_t)out->spec.cells, sizeof *panel_of);
    make_panels(out, panel_of);
    fill_places(out, folder, panel_of);
    free(panel_of);
    if (out->done == 0)
        s = status_input("%s holds no result yet; \"lrdlab sweep %s/" SWEEP_COPY_FILE " --out %s\" makes them",
                         quote_word(folder).text, folder, folder);
    return s;
}

void phase_free(Phase *p)
{
    for (int i = 0; i < p->panel_count; i++) {
        free(p->panels[i].title);
        free(p->panels[i].across);
        free(p->panels[i].up);
        free(p->panels[i].places);
    }
    free(p->panels);
    sweep_spec_free(&p->spec);
    *p = (Phase){0};
}

/* ---- As a table */

static void csv_add_number(Text *out, double value)
{
    if (isfinite(value))
        text_addf(out, ",%.9g", value);
    else
        text_add(out, ",");
}

void phase_print_csv(const Phase *p, Text *out)
{
    text_addf(out, "panel,%s,%s%smeasure,mean,spread,with,done,runs\n", p->across, p->up, *p->up ? "," : "");
    for (int i = 0; i < p->panel_count; i++) {
        const PhasePanel *panel = &p->panels[i];
        for (int y = 0; y < panel->up_count; y++)
            for (int x = 0; x < panel->across_count; x++) {
                const PhasePlace *place = &panel->places[y * panel->across_count + x];
                text_addf(out, "\"%s\",%s,%s%s%s", panel->title, panel->across[x], panel->up[y], *p->up ? "," : "",
                          p->measure->name);
                csv_add_number(out, place->mean);
                csv_add_number(out, place->spread);
                text_addf(out, ",%d,%d,%d\n", place->with, place->done, place->runs);
            }
    }
}
