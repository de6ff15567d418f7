#include <lrd/log/run_summary.h>
#include <lrd/base/text.h>
#include <lrd/base/util.h>
#include <lrd/log/record_fields.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

RunSummary *run_summary_new(const Settings *settings, int matrix_count, int sigma_count)
{
    RunSummary *b = xcalloc(1, sizeof *b);
    evaluation_init(&b->evaluation, matrix_count, sigma_count);
    evaluation_init(&b->before, matrix_count, sigma_count);
    b->sigmas = sigma_history_new(matrix_count, sigma_count);
    run_summary_clear(b, settings);
    return b;
}

void run_summary_free(RunSummary *b)
{
    if (!b)
        return;
    evaluation_free(&b->evaluation);
    evaluation_free(&b->before);
    eval_history_clear(&b->moments);
    sigma_history_free(&b->sigmas);
    branches_clear(&b->branches);
    free(b);
}

static void evaluation_clear(Evaluation *e)
{
    int matrices = e->matrix_count, sigmas = e->sigma_count;
    evaluation_free(e);
    evaluation_init(e, matrices, sigmas);
}

void run_summary_clear(RunSummary *b, const Settings *settings)
{
    b->settings = *settings;
    b->given = (GivenFiles){0};
    b->parameters = b->train_rows = b->mirror_rows = b->unseen_rows = 0;
    b->step = 0;
    evaluation_clear(&b->evaluation);
    evaluation_clear(&b->before);
    eval_history_clear(&b->moments);
    sigma_history_clear(&b->sigmas);
    b->has_evaluation = b->is_live = b->has_before = b->has_sample = false;
    b->sample = (Sample){.batch_loss = NAN, .batch_acc = NAN, .unseen_sample_acc = NAN, .stable_rank = NAN};
    for (int i = 0; i < SERIES_COUNT; i++)
        series_clear(&b->series[i]);
    b->event_count = 0;
    b->memorised = b->collapsed = b->grokked = b->lost = b->regained = -1;
    b->generalised_early = b->at_floor = false;
    b->train_peak = 0;
    branches_start(&b->branches, settings);
}

/* Series and events are most of a summary, and mostly empty: only what is used is copied. */
void run_summary_copy(RunSummary *to, const RunSummary *from)
{
    Evaluation evaluation = to->evaluation, before = to->before;
    SigmaHistory sigmas = to->sigmas;
    evaluation_copy(&evaluation, &from->evaluation);
    evaluation_copy(&before, &from->before);
    EvalHistory moments = to->moments;
    eval_history_copy(&moments, &from->moments);
    sigma_history_copy(&sigmas, &from->sigmas);
    Branches branches = to->branches;
    branches_copy(&branches, &from->branches);
    memcpy(to, from, offsetof(RunSummary, series));
    memcpy(to->events, from->events, (size_t)from->event_count * sizeof *to->events);
    memcpy((char *)to + offsetof(RunSummary, event_count), (const char *)from + offsetof(RunSummary, event_count),
           sizeof *to - offsetof(RunSummary, event_count));
    to->evaluation = evaluation;
    to->before = before;
    to->moments = moments;
    to->sigmas = sigmas;
    to->branches = branches;
    for (int i = 0; i < SERIES_COUNT; i++) {
        to->series[i].count = from->series[i].count;
        memcpy(to->series[i].bucket, from->series[i].bucket, (size_t)from->series[i].count * sizeof(SeriesBucket));
    }
}

static const unsigned RUN_SUMMARY_ALL_TOLD = ~0U;

static double matrix_mean(const Evaluation *e, size_t member)
{
    double sum = 0;
    int count = 0;
    for (int i = 0; i < e->matrix_count; i++) {
        double value = *(const double *)((const char *)&e->matrix[i] + member);
        if (isnan(value))
            continue;
        sum += value;
        count++;
    }
    return count ? sum / count : NAN;
}

/* A number that is not there yet is no point of a curve; one that stopped being there is a gap. */
static void run_summary_add_point(RunSummary *b, SeriesId id, int64_t step, double value)
{
    if (!isnan(value) || b->series[id].count > 0)
        series_add(&b->series[id], step, value);
}

/* Only a log, whose shape nobody knows before its first evaluation, brings another one than the summary was made for.
 */
static void run_summary_add_sigmas(RunSummary *b, const Evaluation *e)
{
    if (e->matrix_count == 0 || e->sigma_count == 0)
        return;
    if (!sigma_history_has_shape(&b->sigmas, e->matrix_count, e->sigma_count)) {
        sigma_history_free(&b->sigmas);
        b->sigmas = sigma_history_new(e->matrix_count, e->sigma_count);
    }
    sigma_history_add(&b->sigmas, e->step, e->sigma);
}

static void run_summary_add_matrices(RunSummary *b, const Evaluation *e)
{
    run_summary_add_point(b, SERIES_NORM, e->step, matrix_mean(e, offsetof(MatrixMeasure, norm)));
    run_summary_add_point(b, SERIES_TURN, e->step, matrix_mean(e, offsetof(MatrixMeasure, turn)));
    run_summary_add_sigmas(b, e);
    b->at_floor = false;
    for (int i = 0; i < e->matrix_count; i++)
        b->at_floor = b->at_floor || e->matrix[i].floor;
}

/* The evaluation in hand becomes the ghost behind what comes now. */
static void run_summary_keep_before(RunSummary *b, int64_t step)
{
    if (!b->has_evaluation || b->is_live || step <= b->evaluation.step)
        return;
    evaluation_copy(&b->before, &b->evaluation);
    b->has_before = true;
}

/* The curves of an evaluation's own numbers, by their field. */
static const struct {
    SeriesId id;
    size_t offset;
    bool is_rank; /* looked at between evaluations too */
} evaluation_series[] = {
    {SERIES_TRAIN_ACC, offsetof(Evaluation, train_acc), false},
    {SERIES_MIRROR_ACC, offsetof(Evaluation, mirror_acc), false},
    {SERIES_UNSEEN_ACC, offsetof(Evaluation, unseen_acc), false},
    {SERIES_TEST_ACC, offsetof(Evaluation, test_acc), false},
    {SERIES_TRAIN_LOSS, offsetof(Evaluation, train_loss), false},
    {SERIES_TEST_LOSS, offsetof(Evaluation, test_loss), false},
    {SERIES_STABLE_RANK, offsetof(Evaluation, stable_rank), true},
    {SERIES_EFFECTIVE_RANK, offsetof(Evaluation, effective_rank), true},
    {SERIES_PARTICIPATION, offsetof(Evaluation, participation), true},
};

static bool offset_is_told(size_t offset, unsigned told)
{
    for (int i = 0; i < evaluation_field_count; i++)
        if (evaluation_fields[i].offset == offset)
            return told >> i & 1;
    return false;
}

static void run_summary_add_numbers(RunSummary *b, const Evaluation *e, bool ranks_only, unsigned told)
{
    for (size_t i = 0; i < sizeof evaluation_series / sizeof *evaluation_series; i++) {
        const double value = *(const double *)((const char *)e + evaluation_series[i].offset);
        if (ranks_only && !evaluation_series[i].is_rank)
            continue;
        if (!isnan(value) || offset_is_told(evaluation_series[i].offset, told))
            run_summary_add_point(b, evaluation_series[i].id, e->step, value);
    }
}

void run_summary_add_partial(RunSummary *b, const Evaluation *e, const Evaluation *shown, unsigned told)
{
    run_summary_keep_before(b, e->step);
    evaluation_copy(&b->evaluation, shown);
    eval_history_add(&b->moments, shown);
    b->has_evaluation = true;
    b->is_live = false;
    b->step = e->step;
    b->train_peak = fmax(b->train_peak, e->train_acc); /* fmax leaves NAN out */
    run_summary_add_numbers(b, e, false, told);
    if (e->matrix_count > 0 || told == RUN_SUMMARY_ALL_TOLD)
        run_summary_add_matrices(b, e);
}

void run_summary_add_evaluation(RunSummary *b, const Evaluation *e)
{
    run_summary_add_partial(b, e, e, RUN_SUMMARY_ALL_TOLD);
}

void run_summary_add_spectrum(RunSummary *b, const Evaluation *matrices_only)
{
    const Evaluation *from = matrices_only;
    Evaluation *to = &b->evaluation;
    if (from->matrix_count != to->matrix_count || from->sigma_count != to->sigma_count)
        return;
    run_summary_keep_before(b, from->step);
    b->is_live = b->has_evaluation;
    memcpy(to->matrix, from->matrix, sizeof to->matrix);
    memcpy(to->sigma, from->sigma, (size_t)from->matrix_count * (size_t)from->sigma_count * sizeof *to->sigma);
    to->stable_rank = from->stable_rank;
    to->effective_rank = from->effective_rank;
    to->participation = from->participation;
    b->step = from->step;
    run_summary_add_numbers(b, from, true, RUN_SUMMARY_ALL_TOLD);
    run_summary_add_matrices(b, from);
}

/* The rank is left to run_summary_add_spectrum in a live run; in a log the sample is all there is of it, and a value
 * that comes twice changes nothing. */
void run_summary_add_sample(RunSummary *b, const Sample *s)
{
    b->sample = *s;
    b->has_sample = true;
    b->step = s->step;
    run_summary_add_point(b, SERIES_BATCH_LOSS, s->step, s->batch_loss);
    run_summary_add_point(b, SERIES_BATCH_ACC, s->step, s->batch_acc);
    run_summary_add_point(b, SERIES_UNSEEN_SAMPLE, s->step, s->unseen_sample_acc);
    run_summary_add_point(b, SERIES_STABLE_RANK, s->step, s->stable_rank);
}

static bool event_is_grokking(EventKind kind)
{
    return kind == EVENT_GROKKED || kind == EVENT_GENERALISED || kind == EVENT_LOST || kind == EVENT_REGAINED;
}

static bool event_is_milestone(EventKind kind)
{
    return kind == EVENT_MEMORISED || kind == EVENT_COLLAPSED || event_is_grokking(kind);
}

static void run_summary_keep_event(RunSummary *b, const Event *e)
{
    if (b->event_count == RUN_SUMMARY_EVENTS_MAX) {
        int victim = 0;
        while (victim < RUN_SUMMARY_EVENTS_MAX && event_is_milestone(b->events[victim].kind))
            victim++;
        victim %= RUN_SUMMARY_EVENTS_MAX; /* nothing but milestones: the oldest */
        b->event_count--;
        memmove(&b->events[victim], &b->events[victim + 1], (size_t)(b->event_count - victim) * sizeof *b->events);
    }
    b->events[b->event_count++] = *e;
}

static void milestone_cut(int64_t *milestone, int64_t step)
{
    if (*milestone > step)
        *milestone = -1;
}

/* The peak may have been handed over from a checkpoint: it is only found anew when the curve lost something. */
static void run_summary_cut_peak(RunSummary *b, int count_before)
{
    const Series *train = &b->series[SERIES_TRAIN_ACC];
    if (train->count == count_before)
        return;
    b->train_peak = 0;
    for (int i = 0; i < train->count; i++)
        b->train_peak = fmax(b->train_peak, (double)train->bucket[i].high);
}

/* Of an evaluation, or of matrices, that came later than step the newest ones up to there take the place. */
static void run_summary_cut_evaluations(RunSummary *b, int64_t step)
{
    eval_history_cut(&b->moments, step);
    b->has_before = b->has_before && b->before.step <= step;
    if (!b->has_evaluation || (b->evaluation.step <= step && !b->is_live))
        return;
    int place = eval_history_find(&b->moments, step);
    b->has_evaluation = place >= 0;
    b->is_live = false;
    if (place >= 0)
        evaluation_copy(&b->evaluation, eval_history_at(&b->moments, place));
    b->has_before = place > 0;
    if (place > 0)
        evaluation_copy(&b->before, eval_history_at(&b->moments, place - 1));
}

/* What a run is called, and since when, stays what it was the first time: generalising too soon to be grokking takes
 * grokking's place, and whatever comes after it was regained. */
static void run_summary_add_grokking(RunSummary *b, const Event *e)
{
    if (e->kind == EVENT_LOST) {
        b->lost = e->step;
        return;
    }
    if (b->grokked < 0) {
        b->grokked = e->step;
        b->generalised_early = e->kind == EVENT_GENERALISED;
    } else {
        b->regained = e->step;
    }
    b->lost = -1;
}

/* What came after the cut may have taken back what came before it. The first time may be older than all events kept. */
static void run_summary_cut_grokking(RunSummary *b, int64_t step)
{
    milestone_cut(&b->grokked, step);
    b->generalised_early = b->generalised_early && b->grokked >= 0;
    b->lost = b->regained = -1;
    for (int i = 0; i < b->event_count; i++)
        if (event_is_grokking(b->events[i].kind) && b->events[i].step > b->grokked)
            run_summary_add_grokking(b, &b->events[i]);
}

void run_summary_drop_event(RunSummary *b, EventKind kind, int64_t step)
{
    int i = b->event_count - 1;
    while (i >= 0 && (b->events[i].kind != kind || b->events[i].step != step))
        i--;
    if (i < 0)
        return;
    memmove(&b->events[i], &b->events[i + 1], (size_t)(--b->event_count - i) * sizeof *b->events);
    if (kind == EVENT_MEMORISED)
        milestone_cut(&b->memorised, step - 1);
    else if (kind == EVENT_COLLAPSED)
        milestone_cut(&b->collapsed, step - 1);
    else if (event_is_grokking(kind))
        run_summary_cut_grokking(b, step - 1);
}

void run_summary_cut(RunSummary *b, int64_t step)
{
    int rows = b->series[SERIES_TRAIN_ACC].count;
    for (int i = 0; i < SERIES_COUNT; i++)
        series_cut(&b->series[i], step);
    sigma_history_cut(&b->sigmas, step);
    milestone_cut(&b->memorised, step);
    milestone_cut(&b->collapsed, step);
    int kept = 0;
    for (int i = 0; i < b->event_count; i++)
        if (b->events[i].step <= step)
            b->events[kept++] = b->events[i];
    b->event_count = kept;
    run_summary_cut_grokking(b, step);
    run_summary_cut_evaluations(b, step);
    b->has_sample = b->has_sample && b->sample.step <= step;
    run_summary_cut_peak(b, rows);
}

/* As it is now, for when another branch comes in hand. */
static LeftSummary *run_summary_leave(const RunSummary *b)
{
    RunSummary *left = run_summary_new(&b->settings, b->evaluation.matrix_count, b->evaluation.sigma_count);
    run_summary_copy(left, b);
    branches_clear(&left->branches);
    return left_summary_new(left, run_summary_free);
}

/* A log of another program may tell of branches that this one knows nothing of: then it only goes back. */
static void run_summary_branch(RunSummary *b, const Event *e)
{
    long long from, to;
    if (text_to_i64(e->from, &from) && text_to_i64(e->to, &to) && from >= 1 && from <= b->branches.count &&
        to == b->branches.count + 1 && to <= BRANCHES_MAX)
        branches_add(&b->branches, run_summary_leave(b), (int)from, e->step, e->key);
}

/* No event of the branch that it leads to, which is as it was left. */
static void run_summary_switch(RunSummary *b, const Event *e)
{
    long long number;
    if (!text_to_i64(e->to, &number) || number < 1 || number > BRANCHES_MAX)
        return;
    const RunSummary *to = branches_summary(&b->branches, (int)number);
    if (!to)
        return;
    LeftSummary *left = run_summary_leave(b);
    Branches branches = b->branches;
    b->branches = (Branches){0};
    run_summary_copy(b, to);
    b->branches = branches;
    branches_switch(&b->branches, left, (int)number);
}

void run_summary_add_event(RunSummary *b, const Event *e)
{
    switch (e->kind) {
    case EVENT_SET: /* a key that is no setting (a matrix that was scaled) changes none */
        (void)settings_set(&b->settings, e->key, e->to);
        break;
    case EVENT_MEMORISED:
        b->memorised = b->memorised < 0 ? e->step : b->memorised;
        break;
    case EVENT_COLLAPSED:
        b->collapsed = b->collapsed < 0 ? e->step : b->collapsed;
        break;
    case EVENT_GROKKED:
    case EVENT_GENERALISED:
    case EVENT_REGAINED:
    case EVENT_LOST:
        run_summary_add_grokking(b, e);
        break;
    case EVENT_FLOOR:
        b->at_floor = true;
        break;
    case EVENT_SWITCH:
        run_summary_switch(b, e);
        return;
    case EVENT_BRANCH:
        run_summary_branch(b, e);
        run_summary_cut(b, e->step);
        b->step = e->step;
        break;
    case EVENT_RESUMED:
        run_summary_cut(b, e->step);
        b->step = e->step;
        break;
    default:
        break;
    }
    run_summary_keep_event(b, e);
}
