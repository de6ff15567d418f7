#include <lrd/log/log_index.h>
#include <lrd/base/util.h>
#include <lrd/log/milestone_event.h>
#include <lrd/log/record_fields.h>
#include <lrd/log/page_index.h>
#include <lrd/log/probe_json.h>
#include <lrd/log/runlog.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Probes of attention are kept by layer, behind those of each kind. */
enum { PROBE_SLOTS = PROBE_KIND_COUNT + MODEL_DEPTH_MAX };

/* A change of a setting, by rising step. */
typedef struct SettingChange {
    int64_t step;
    char key[SETTING_KEY_MAX], to[EVENT_VALUE_MAX];
} SettingChange;

struct LogIndex {
    char *path;
    LogMap map;
    RunlogReader *reader;
    Record record;       /* the newest */
    Record reread;       /* of an earlier step */
    RunSummary *summary; /* of the whole run */
    LogStart start;      /* settings at the first row */
    bool has_decay, has_ended;
    bool foreign; /* no start row of ours: it has no milestones of its own */
    Milestones milestones;
    Milestones before;                  /* this step */
    Event raised[MILESTONE_KIND_COUNT]; /* at it */
    int raised_count;
    Evaluation step_row; /* all that was told of the newest step; step -1: none */
    unsigned step_told, ever_told;
    PageIndex evaluations, samples;
    PageIndex probes[PROBE_SLOTS];
    SettingChange *changes;
    int change_count, change_capacity;
    struct Chapter { /* where the pages of a branch that was left are kept */
        PageIndex evaluations, samples;
        SettingChange *changes;
        int change_count;
    } chapter[BRANCHES_MAX];
    int64_t rows;
};

/* ---- what is kept of every row ---- */

/* Room for one more of count things of this size. */
static void *grown(void *things, int count, int *capacity, size_t size)
{
    if (count < *capacity)
        return things;
    *capacity = 2 * *capacity + 64;
    return xrealloc(things, (size_t)*capacity * size);
}

static void chapters_free(LogIndex *l)
{
    for (int i = 0; i < BRANCHES_MAX; i++) {
        page_index_free(&l->chapter[i].evaluations);
        page_index_free(&l->chapter[i].samples);
        free(l->chapter[i].changes);
        l->chapter[i] = (struct Chapter){0};
    }
}

static void index_clear(LogIndex *l)
{
    chapters_free(l);
    l->evaluations.count = l->samples.count = l->change_count = 0;
    for (int slot = 0; slot < PROBE_SLOTS; slot++)
        l->probes[slot].count = 0;
    l->rows = 0;
    l->has_ended = false;
    l->has_decay = l->start.tells_decay;
    l->milestones = l->before = milestones_start();
    l->step_row.step = -1;
    l->step_told = l->ever_told = 0;
    l->raised_count = 0;
    run_summary_clear(l->summary, &l->start.settings);
    l->summary->given = l->start.given;
    l->summary->parameters = l->start.parameters;
    l->summary->train_rows = l->start.train_rows;
    l->summary->mirror_rows = l->start.mirror_rows;
    l->summary->unseen_rows = l->start.unseen_rows;
}

static Settings settings_at(const LogIndex *l, int64_t step)
{
    Settings settings = l->start.settings;
    for (int i = 0; i < l->change_count && l->changes[i].step <= step; i++)
        (void)settings_set(&settings, l->changes[i].key, l->changes[i].to); /* a matrix that was scaled is no setting */
    return settings;
}

/* The rows after step no longer hold. */
static void index_cut(LogIndex *l, int64_t step)
{
    l->evaluations.count = page_index_upto(&l->evaluations, step);
    l->samples.count = page_index_upto(&l->samples, step);
    for (int slot = 0; slot < PROBE_SLOTS; slot++)
        l->probes[slot].count = page_index_upto(&l->probes[slot], step);
    while (l->change_count > 0 && l->changes[l->change_count - 1].step > step)
        l->change_count--;
    l->summary->settings = settings_at(l, step);
}

/* ---- rows as they come ---- */

/* Where nobody said how long the run is, it is as long as what was seen of it. */
static void run_summary_follow(LogIndex *l, int64_t step)
{
    if (!l->start.tells_steps)
        l->start.settings.train.steps = l->summary->settings.train.steps = max_i64(step, 1);
}

static void take_start(LogIndex *l)
{
    l->start = l->record.start;
    l->foreign = !*l->start.version;
    index_clear(l);
}

static void add_change(LogIndex *l, int64_t step, const char *key, const char *to)
{
    l->changes = grown(l->changes, l->change_count, &l->change_capacity, sizeof *l->changes);
    SettingChange *c = &l->changes[l->change_count++];
    c->step = step;
    snprintf(c->key, sizeof c->key, "%s", key);
    snprintf(c->to, sizeof c->to, "%s", to);
    (void)settings_set(&l->summary->settings, key, to);
}

static void copy_things(void **to, const void *from, int count, size_t size)
{
    free(*to);
    *to = xmalloc((size_t)count * size + 1);
    memcpy(*to, from ? from : "", from ? (size_t)count * size : 0);
}

/* The branch that was in hand is left for another one: its pages are kept, and where that other one was in hand before,
 * its own come back. */
static void turn_chapter(LogIndex *l, int left, int now)
{
    struct Chapter *old = &l->chapter[left - 1], *next = &l->chapter[now - 1];
    if (next->changes) { /* both lists change hands */
        *old = (struct Chapter){l->evaluations, l->samples, l->changes, l->change_count};
        old->changes = grown(old->changes, old->change_count, &l->change_capacity, sizeof *old->changes);
        l->evaluations = next->evaluations;
        l->samples = next->samples;
        l->changes = next->changes;
        l->change_count = l->change_capacity = next->change_count;
        *next = (struct Chapter){0};
        return;
    }
    void *changes = old->changes;
    page_index_copy(&old->evaluations, &l->evaluations);
    page_index_copy(&old->samples, &l->samples);
    copy_things(&changes, l->changes, l->change_count, sizeof *l->changes);
    old->changes = changes;
    old->change_count = l->change_count;
}

static void take_event(LogIndex *l, const Event *e)
{
    int branch = l->summary->branches.now;
    if (e->kind == EVENT_SET)
        add_change(l, e->step, e->key, e->to);
    l->has_ended = e->kind == EVENT_END;
    run_summary_add_event(l->summary, e);
    if (l->summary->branches.now != branch)
        turn_chapter(l, branch, l->summary->branches.now);
    if (e->kind == EVENT_RESUMED || e->kind == EVENT_BRANCH)
        index_cut(l, e->step);
    l->summary->step = max_i64(l->summary->step, e->step);
}

static void take_change(LogIndex *l, int64_t step, const char *key, const char *from, const char *to)
{
    Event e = {.kind = EVENT_SET, .step = step, .value = NAN};
    snprintf(e.key, sizeof e.key, "%s", key);
    snprintf(e.from, sizeof e.from, "%s", from);
    snprintf(e.to, sizeof e.to, "%s", to);
    if (l->evaluations.count > 0)
        take_event(l, &e);
    else
        add_change(l, step, key, to); /* what it began with is no change */
}

/* The decay in force, of a program that tells it in its rows alone. */
static void take_decay(LogIndex *l, const Evaluation *e)
{
    const DecayKind *kinds = decay_kinds;
    const Settings now = l->summary->settings;
    char before[32], strength[32];
    if (!l->foreign || !*e->decay_kind)
        return;
    l->has_decay = true;
    snprintf(before, sizeof before, "%.9g", now.decay.strength);
    snprintf(strength, sizeof strength, "%.9g", e->decay_strength);
    if (strcmp(kinds[now.decay.kind].name, e->decay_kind) != 0)
        take_change(l, e->step, "decay.kind", kinds[now.decay.kind].name, e->decay_kind);
    if (isfinite(e->decay_strength) && strcmp(before, strength) != 0)
        take_change(l, e->step, "decay.strength", before, strength);
    if (*e->decay_targets && strcmp(decay_target_names[now.decay.targets], e->decay_targets) != 0)
        take_change(l, e->step, "decay.targets", decay_target_names[now.decay.targets], e->decay_targets);
}

/* The milestones of a step are those of all that its rows tell: what half of it raised is taken back before. */
static void take_milestones(LogIndex *l, const Evaluation *e, bool again)
{
    if (again) {
        for (int i = 0; i < l->raised_count; i++)
            run_summary_drop_event(l->summary, l->raised[i].kind, e->step);
        l->milestones = l->before;
    }
    l->before = l->milestones;
    l->raised_count = milestone_events(&l->milestones, l->summary, e, l->raised);
    for (int i = 0; i < l->raised_count; i++)
        take_event(l, &l->raised[i]);
}

static void take_foreign(LogIndex *l, Evaluation *e)
{
    const bool again = l->step_row.step == e->step && l->evaluations.count > 0;
    Evaluation half = {0}, shown = {0}; /* empty, to be copied to */
    if (again) {
        evaluation_copy(&half, &l->step_row);
        evaluation_fill(e, &half, 0);
    }
    l->step_told = l->record.told | (again ? l->step_told : 0);
    l->ever_told |= l->step_told;
    evaluation_copy(&l->step_row, e);
    take_decay(l, e);
    page_index_add(&l->evaluations, e->step, runlog_reader_place(l->reader));
    evaluation_copy(&shown, e);
    if (l->summary->has_evaluation)
        evaluation_fill(&shown, &l->summary->evaluation, l->step_told);
    run_summary_add_partial(l->summary, e, &shown, l->step_told);
    take_milestones(l, e, again);
    evaluation_free(&half);
    evaluation_free(&shown);
}

static void take_evaluation(LogIndex *l, Evaluation *e)
{
    run_summary_follow(l, e->step);
    if (l->foreign) {
        take_foreign(l, e);
        return;
    }
    page_index_add(&l->evaluations, e->step, runlog_reader_place(l->reader));
    run_summary_add_evaluation(l->summary, e);
}

static void take_sample(LogIndex *l, const Sample *s)
{
    run_summary_follow(l, s->step);
    page_index_add(&l->samples, s->step, runlog_reader_place(l->reader));
    run_summary_add_sample(l->summary, s);
}

/* A run that went back: the summary knows what it had come to by then, the rest begins anew. */
static void milestones_back(Milestones *m, const RunSummary *b)
{
    *m = milestones_start();
    m->is_low = b->collapsed >= 0;
}

/* A row of a step before the newest: a run that began again without saying so. A second row of a step replaces the
 * first, or, in a log of another program, completes it. */
static void take_row(LogIndex *l, PageIndex *x, int64_t step)
{
    l->has_ended = false;
    if (step < max_i64(page_index_last(&l->evaluations), page_index_last(&l->samples))) {
        index_cut(l, step - 1);
        run_summary_cut(l->summary, step - 1);
        milestones_back(&l->milestones, l->summary);
        l->step_row.step = -1;
    } else if (step == page_index_last(x) && !l->foreign) {
        x->count--;
    }
}

static int probe_slot(ProbeKind kind, int64_t layer)
{
    return kind != PROBE_ATTENTION ? (int)kind : layer < MODEL_DEPTH_MAX ? PROBE_KIND_COUNT + (int)layer : -1;
}

static void take_probe(LogIndex *l)
{
    int slot = probe_slot(l->record.probe, l->record.probe_layer);
    if (slot >= 0)
        page_index_add(&l->probes[slot], l->record.probe_step, runlog_reader_place(l->reader));
}

static void take_record(LogIndex *l)
{
    switch (l->record.kind) {
    case RECORD_START:
        take_start(l);
        return;
    case RECORD_EVALUATION:
        take_row(l, &l->evaluations, l->record.evaluation.step);
        take_evaluation(l, &l->record.evaluation);
        break;
    case RECORD_SAMPLE:
        take_row(l, &l->samples, l->record.sample.step);
        take_sample(l, &l->record.sample);
        break;
    case RECORD_EVENT:
        take_event(l, &l->record.event);
        break;
    case RECORD_PROBE:
        take_probe(l);
        return;
    case RECORD_OTHER:
        return;
    }
    l->rows++;
}

/* ---- the file ---- */

static void index_begin(LogIndex *l)
{
    l->start = (LogStart){.settings = settings_default()};
    l->foreign = true;
    index_clear(l);
}

static RunlogReader *open_regular(const char *path, const LogMap *map, Status *status)
{
    struct stat info;
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)) {
        *status = status_input("%s is not a file that can be read twice; write it to one first", path);
        return NULL;
    }
    return runlog_reader_open_mapped(path, map, status);
}

LogIndex *log_index_open(const char *path, Status *status)
{
    return log_index_open_mapped(path, NULL, status);
}

LogIndex *log_index_open_mapped(const char *path, const LogMap *map, Status *status)
{
    RunlogReader *reader = open_regular(path, map, status);
    if (!reader)
        return NULL;
    LogIndex *l = xcalloc(1, sizeof *l);
    Settings settings = settings_default();
    l->path = xstrdup(path);
    l->map = map ? *map : (LogMap){0};
    l->reader = reader;
    evaluation_init(&l->step_row, 0, 0);
    record_init(&l->record);
    record_init(&l->reread);
    l->summary = run_summary_new(&settings, 0, 0);
    index_begin(l);
    return l;
}

void log_index_close(LogIndex *l)
{
    if (!l)
        return;
    runlog_reader_close(l->reader);
    record_free(&l->record);
    record_free(&l->reread);
    evaluation_free(&l->step_row);
    run_summary_free(l->summary);
    page_index_free(&l->evaluations);
    page_index_free(&l->samples);
    for (int slot = 0; slot < PROBE_SLOTS; slot++)
        page_index_free(&l->probes[slot]);
    free(l->changes);
    chapters_free(l);
    free(l->path);
    free(l);
}

static bool index_reopen(LogIndex *l, Status *fault)
{
    RunlogReader *reader = open_regular(l->path, &l->map, fault);
    if (!reader)
        return false;
    runlog_reader_close(l->reader);
    l->reader = reader;
    index_begin(l);
    return true;
}

bool log_index_read(LogIndex *l, Status *fault)
{
    *fault = status_ok();
    bool any = runlog_reader_is_stale(l->reader) && index_reopen(l, fault);
    for (Status status;;) {
        long line = runlog_reader_line(l->reader);
        if (runlog_reader_next(l->reader, &l->record, &status)) {
            take_record(l);
            any = true;
            continue;
        }
        if (status_is_ok(*fault))
            *fault = status;
        if (runlog_reader_line(l->reader) == line)
            return any; /* the end, or a fault of reading rather than of a line */
    }
}

/* ---- questions ---- */

Status log_index_check_map(const LogIndex *l)
{
    return log_fields_check_map(runlog_reader_fields(l->reader), l->path);
}

Status log_index_check(const LogIndex *l)
{
    return log_fields_check(runlog_reader_fields(l->reader), l->path);
}

void log_index_add_notes(const LogIndex *l, Text *out)
{
    log_fields_add_notes(runlog_reader_fields(l->reader), out);
}

void log_index_describe_columns(const LogIndex *l, Text *out)
{
    log_fields_describe(runlog_reader_fields(l->reader), out);
}

Status log_index_tail(const LogIndex *l, double seconds)
{
    if (!runlog_reader_has_tail(l->reader, seconds))
        return status_ok();
    return status_input("%s:%ld: the last line is not whole and is left out", l->path,
                        runlog_reader_line(l->reader) + 1);
}

const char *log_index_path(const LogIndex *l)
{
    return l->path;
}

int64_t log_index_rows(const LogIndex *l)
{
    return l->rows;
}

bool log_index_is_foreign(const LogIndex *l)
{
    return l->foreign;
}

bool log_index_has_task(const LogIndex *l)
{
    return l->start.tells_task;
}

bool log_index_has_decay(const LogIndex *l)
{
    return l->has_decay;
}

bool log_index_has_ended(const LogIndex *l)
{
    return l->has_ended;
}

int64_t log_index_first(const LogIndex *l)
{
    int64_t evaluation = l->evaluations.count ? l->evaluations.pages[0].step : INT64_MAX;
    int64_t sample = l->samples.count ? l->samples.pages[0].step : INT64_MAX;
    int64_t first = min_i64(evaluation, sample);
    return first == INT64_MAX ? 0 : first;
}

int64_t log_index_last(const LogIndex *l)
{
    return l->summary->step;
}

const Settings *log_index_start_settings(const LogIndex *l)
{
    return &l->start.settings;
}

bool log_index_change(const LogIndex *l, int i, int64_t *step, const char **key, const char **to)
{
    if (i >= l->change_count)
        return false;
    *step = l->changes[i].step;
    *key = l->changes[i].key;
    *to = l->changes[i].to;
    return true;
}

const RunSummary *log_index_summary(const LogIndex *l)
{
    return l->summary;
}

int64_t log_index_next(const LogIndex *l, int64_t step)
{
    int64_t next = INT64_MAX;
    const PageIndex *const indices[] = {&l->evaluations, &l->samples};
    for (int i = 0; i < 2; i++) {
        int at = page_index_upto(indices[i], step);
        if (at < indices[i]->count)
            next = min_i64(next, indices[i]->pages[at].step);
    }
    return next == INT64_MAX ? -1 : next;
}

/* ---- an earlier step ---- */

/* The row is read again; false when it is not there any more (the file was cut: the next read starts anew). */
static bool row_read_again(LogIndex *l, const PageIndex *x, int index)
{
    Status status;
    return index >= 0 && runlog_reader_again(l->reader, x->pages[index].place, &l->reread, &status);
}

/* The evaluation of a page, with what the rows before it told last of the numbers that it does not tell. */
static bool evaluation_read(LogIndex *l, int index, Evaluation *out)
{
    enum { FURTHEST = 256 };
    if (!row_read_again(l, &l->evaluations, index))
        return false;
    evaluation_copy(out, &l->reread.evaluation);
    unsigned told = l->reread.told;
    for (int i = index - 1; l->foreign && i >= 0 && i > index - FURTHEST; i--) {
        const bool same_step = l->evaluations.pages[i].step == out->step;
        if (!same_step && (told & l->ever_told) == l->ever_told)
            break;
        if (!row_read_again(l, &l->evaluations, i))
            break;
        evaluation_fill(out, &l->reread.evaluation, same_step ? 0 : told);
        told |= l->reread.told;
    }
    return true;
}

void log_index_summary_at(LogIndex *l, int64_t step, RunSummary *out)
{
    run_summary_copy(out, l->summary);
    if (step >= l->summary->step)
        return;
    run_summary_cut(out, step);
    out->settings = settings_at(l, step);
    int evaluation = page_index_upto(&l->evaluations, step) - 1, sample = page_index_upto(&l->samples, step) - 1;
    int before = evaluation < 0 ? -1 : page_index_upto(&l->evaluations, l->evaluations.pages[evaluation].step - 1) - 1;
    out->is_live = false;
    out->has_before = evaluation_read(l, before, &out->before);
    out->has_evaluation = evaluation_read(l, evaluation, &out->evaluation);
    out->has_sample = row_read_again(l, &l->samples, sample);
    if (out->has_sample)
        out->sample = l->reread.sample;
    out->at_floor = false;
    for (int i = 0; out->has_evaluation && i < out->evaluation.matrix_count; i++)
        out->at_floor |= out->evaluation.matrix[i].floor;
    out->step = max_i64(out->has_evaluation ? out->evaluation.step : 0, out->has_sample ? out->sample.step : 0);
}

bool log_index_probe_at(LogIndex *l, int64_t step, const ProbeRequest *ask, Probe *out)
{
    const int slot = probe_slot(ask->kind, ask->layer);
    const PageIndex *x = &l->probes[slot < 0 ? 0 : slot];
    int at = page_index_upto(x, step) - 1;
    if (at < 0)
        return false;
    if (out->tokens > 0 && out->step == x->pages[at].step && probe_slot(out->ask.kind, out->ask.layer) == slot)
        return true;
    Text row = {0};
    bool read = runlog_reader_line_at(l->reader, x->pages[at].place, &row) &&
                probe_read(text_str(&row), row.length, &l->start.settings, out);
    text_free(&row);
    return read;
}
